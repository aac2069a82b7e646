//! One turn: reads what the shopper wrote, lets the rules draft, and lets nothing out that the gate did not prove.
//!
//! The drafter is the only thing a model will replace; callers see the same input and output.

use shopclerk_domain::channel::Capabilities;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::message::{Incoming, Reply};
use shopclerk_domain::ports::{Shelf, ShelfUnavailable};
use thiserror::Error;

pub use crate::freshness::Freshness;
use crate::gate::{self, Ground, Verdict};
use crate::reply;
use crate::rules::{self, Draft, Situation};

/// Everything a turn may know.
#[derive(Clone, Debug)]
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
    /// Age limits of what may be quoted.
    pub freshness: Freshness,
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

/// Answers the messages of one turn by rules.
pub async fn answer(input: TurnInput, shelf: &dyn Shelf) -> Result<TurnOutput, TurnError> {
    let Some(asked) = rules::read(&input) else {
        return Ok(silence(input.memory));
    };
    let mut situation = Situation::new(&input, asked, shelf);
    let understood = situation.understood();
    let draft = rules::draft(&mut situation).await?;
    let mut trace = Trace { understood, steps: situation.take_steps(), drafts: Vec::new() };
    let disclosed = input.disclose || input.history_is_empty;
    let reply = prove(&draft, &situation, &mut trace.drafts)?;
    Ok(TurnOutput {
        reply: Some(reply),
        memory: draft.memory,
        disclosed,
        hand_over: draft.hand_over,
        stop: draft.stop,
        trace,
    })
}

fn silence(memory: Memory) -> TurnOutput {
    let trace = Trace::default();
    TurnOutput { reply: None, memory, disclosed: false, hand_over: false, stop: false, trace }
}

/// The draft as it is, then without what the gate refused, then bare names and links, then one sentence without any fact.
fn prove(draft: &Draft, situation: &Situation<'_>, verdicts: &mut Vec<Verdict>) -> Result<Reply, TurnError> {
    let input = situation.input;
    let ground = Ground {
        rows: &draft.rows,
        shop: &input.shop,
        said: &draft.said,
        freshness: input.freshness,
        now: input.now,
    };
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
