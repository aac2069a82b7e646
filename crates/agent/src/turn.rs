//! One turn: reads what the shopper wrote, lets a model or the rules draft, and lets nothing out that the gate did not prove.
//!
//! The drafter is the only thing a model replaces; callers see the same input and output.

use shopclerk_domain::channel::Capabilities;
use shopclerk_domain::chat::{Completion, Usage};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::discount::ToldCodes;
use shopclerk_domain::message::{Incoming, Reply};
use shopclerk_domain::ports::{Shelf, ShelfUnavailable};
use thiserror::Error;

pub use crate::converse::ModelSide;
use crate::converse::{Stopped, converse};
pub use crate::freshness::Freshness;
use crate::gate::{self, Ground, Verdict};
use crate::promotions::Offers;
pub use crate::prompt::Guide;
use crate::reply;
use crate::rules::{self, Draft, Situation};

/// Everything a turn may know.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts of which each may hold beside any other")]
pub struct TurnInput {
    /// The shop that is spoken for.
    pub shop: ShopFacts,
    /// What the channel can carry.
    pub capabilities: Capabilities,
    /// The shopper's first name, as the channel told it.
    pub first_name: Option<String>,
    /// The bubbles of this turn, in order.
    pub messages: Vec<Incoming>,
    /// What the talk was about.
    pub memory: Memory,
    /// Nothing was said in this conversation before.
    pub history_is_empty: bool,
    /// The reply must say that it comes from an automatic assistant.
    pub disclose: bool,
    /// So many replies were given lately that a machine may be writing: a person is called.
    pub too_often: bool,
    /// The shopper said stop: only what surely asks for something is answered.
    pub opted_out: bool,
    /// Age limits of what may be quoted.
    pub freshness: Freshness,
    /// Which discount codes shoppers may be told.
    pub told_codes: ToldCodes,
    /// The time of the turn.
    pub now: Timestamp,
}

/// What a turn leads to.
#[derive(Clone, Debug)]
pub struct TurnOutput {
    /// What is said; `None` where silence is the right answer.
    pub reply: Option<Reply>,
    /// What the talk is about from now on.
    pub memory: Memory,
    /// The reply says that it comes from an automatic assistant.
    pub disclosed: bool,
    /// The shopper asked for a person.
    pub hand_over: bool,
    /// The shopper wants no more messages.
    pub stop: bool,
    /// How the reply came about.
    pub trace: Trace,
}

/// How a reply came about, for the provenance record and the people who read it.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// What was understood, in one line such as `gift, warm, at most $40.00`.
    pub understood: String,
    /// The tools that were used, in order.
    pub steps: Vec<Step>,
    /// What the gate said of each draft; the last one went out.
    pub drafts: Vec<Verdict>,
    /// What the model said, as it was received.
    pub exchanges: Vec<Exchange>,
    /// Who wrote what went out.
    pub drafted_by: Drafter,
    /// Why the rules answered although there is a model, as a stable word.
    pub model_stopped: Option<&'static str>,
}

/// Who writes a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drafter {
    /// The rules.
    #[default]
    Rules,
    /// The model.
    Model,
}

/// One answer of the model, as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Its words.
    pub text: String,
    /// The tools it asked for: name and arguments.
    pub calls: Vec<(String, String)>,
    /// What it cost.
    pub usage: Usage,
}

impl Exchange {
    /// So much of a text is kept.
    const MOST_CHARS: usize = 4_000;

    pub(crate) fn of(said: &Completion) -> Self {
        let cut = |text: &str| reply::cut(text, Self::MOST_CHARS);
        let calls = said.calls.iter().map(|call| (cut(&call.name), cut(&call.arguments)));
        Self { text: cut(&said.text), calls: calls.collect(), usage: said.usage }
    }
}

/// One use of a tool. How long it took is the caller's to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Name of the tool.
    pub tool: &'static str,
    /// What came of it, such as `9 of 112 fit`.
    pub summary: String,
}

/// Why a turn has no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TurnError {
    /// The catalogue cannot be read; the turn may be tried again.
    #[error("the catalogue cannot be read right now")]
    CatalogueUnavailable(#[from] ShelfUnavailable),
    /// Not even the plainest reply passed the gate.
    #[error("no reply passed the claim gate")]
    NothingToSay,
}

/// Whether a shopper says that no more messages are wanted.
pub fn says_stop(messages: &[Incoming], memory: &Memory, shop: &ShopFacts) -> bool {
    rules::says_stop(messages, memory, shop.currency)
}

/// Answers the messages of one turn by rules.
pub async fn answer(input: TurnInput, shelf: &dyn Shelf) -> Result<TurnOutput, TurnError> {
    answer_with(input, shelf, None).await
}

/// Answers the messages of one turn with a model where there is one and it is of use, else by rules.
pub async fn answer_with(
    input: TurnInput,
    shelf: &dyn Shelf,
    side: Option<ModelSide<'_>>,
) -> Result<TurnOutput, TurnError> {
    let Some(asked) = rules::read(&input) else {
        return Ok(silence(input.memory));
    };
    if input.opted_out && !asked.comes_back(&input.messages) {
        return Ok(silence(input.memory));
    }
    let side = side.filter(|_| asked.suits_a_model() && !input.too_often);
    let mut situation = Situation::new(&input, asked, shelf);
    let mut trace = Trace { understood: situation.understood(), ..Trace::default() };
    if let Some(side) = side {
        match converse(&mut situation, &side, &mut trace).await {
            Ok((reply, draft)) => {
                trace.drafted_by = Drafter::Model;
                return Ok(output(reply, draft, situation, trace));
            }
            Err(Stopped::Shelf(error)) => return Err(error.into()),
            Err(stopped) => trace.model_stopped = Some(stopped.word()),
        }
    }
    let draft = rules::draft(&mut situation).await?;
    let reply = prove(&draft, &situation, &mut trace.drafts)?;
    Ok(output(reply, draft, situation, trace))
}

fn output(reply: Reply, draft: Draft, mut situation: Situation<'_>, mut trace: Trace) -> TurnOutput {
    trace.steps = situation.take_steps();
    TurnOutput {
        reply: Some(reply),
        memory: draft.memory,
        disclosed: situation.input.disclose || situation.input.history_is_empty,
        hand_over: draft.hand_over,
        stop: draft.stop,
        trace,
    }
}

fn silence(memory: Memory) -> TurnOutput {
    let trace = Trace::default();
    TurnOutput { reply: None, memory, disclosed: false, hand_over: false, stop: false, trace }
}

/// The draft as it is, then without what the gate refused, then bare names and links, then one sentence without any fact.
fn prove(draft: &Draft, situation: &Situation<'_>, verdicts: &mut Vec<Verdict>) -> Result<Reply, TurnError> {
    let input = situation.input;
    let ground = ground(draft, input);
    let checked = gate::check(&draft.contents, &ground);
    let mended = checked.without_refused(&draft.contents);
    verdicts.push(checked.verdict());
    if let Some(parts) = checked.into_parts(draft.contents.clone()).filter(|parts| !parts.is_empty()) {
        return Ok(Reply { parts });
    }
    for contents in [mended, rules::bare(situation, draft), rules::plain(situation)] {
        let contents = reply::fit(contents, input.capabilities);
        if contents.is_empty() {
            continue;
        }
        let checked = gate::check(&contents, &ground);
        verdicts.push(checked.verdict());
        if let Some(parts) = checked.into_parts(contents) {
            return Ok(Reply { parts });
        }
    }
    Err(TurnError::NothingToSay)
}

/// What a draft may rest on.
pub(crate) fn ground<'g>(draft: &'g Draft, input: &'g TurnInput) -> Ground<'g> {
    Ground {
        rows: &draft.rows,
        offers: Offers {
            rows: &draft.offers,
            codes: &input.told_codes,
            language: draft.memory.language,
            zone: &input.shop.timezone,
        },
        shop: &input.shop,
        said: &draft.said,
        freshness: input.freshness,
        now: input.now,
    }
}
