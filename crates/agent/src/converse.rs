//! A turn with a model: it looks through its tools and writes the words; the rows carry the facts, and the gate has the last
//! word. What it says is sent back once with the reason; then the rules answer.

use shopclerk_domain::chat::{Completion, Line, ModelError, Prompt};
use shopclerk_domain::claim::RefusedClaim;
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::discount::Terms;
use shopclerk_domain::message::{Content, Message, Part, Reply};
use shopclerk_domain::ports::{ChatModel, ShelfUnavailable};
use shopclerk_domain::product::ProductRow;
use thiserror::Error;

use crate::budget::{Bounds, Budget};
use crate::gate::{self, Said, Verdict};
use crate::prompt::{self, Guide};
use crate::reply;
use crate::rules::{self, Answer, Draft, Situation};
use crate::speech;
use crate::taps::Tap;
use crate::tools::{self, Hands, arguments};
use crate::turn::{Exchange, Trace, ground};

/// A longer answer is no chat message.
const MOST_CHARS: usize = 1_200;
/// So many rows are told where the model cannot look by itself.
const MOST_TOLD: usize = 8;
/// So many reasons are told, and so much of each.
const MOST_REASONS: usize = 6;
const REASON_CHARS: usize = 80;

const NO_MORE: &str = r#"{"error":"no more look-ups in this turn; answer with what you have"}"#;
const SENT_BACK: &str = "Your answer was not sent, because the catalogue does not hold what it says. Write the whole answer \
again, without these statements or with the figures you were given:";

/// What a turn has besides the rules.
#[derive(Clone, Copy)]
pub struct ModelSide<'a> {
    /// The model, bound to this turn.
    pub model: &'a dyn ChatModel,
    /// How it is to speak.
    pub guide: &'a Guide,
    /// What was said in this conversation before, oldest first.
    pub history: &'a [Message],
    /// What it may use.
    pub bounds: Bounds,
}

impl std::fmt::Debug for ModelSide<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("ModelSide").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

/// Why the rules must answer instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Stopped {
    /// The model did not answer, or may not be asked.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// What it said was sent back, and what it said then does not hold either.
    #[error("twice it said what no row holds")]
    Unprovable,
    /// The catalogue cannot be read: nobody can answer.
    #[error(transparent)]
    Shelf(#[from] ShelfUnavailable),
}

impl Stopped {
    /// The stable word for it in records.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Model(error) => error.word(),
            Self::Unprovable => "unprovable",
            Self::Shelf(_) => "catalogue",
        }
    }
}

/// Lets the model draft until a draft is proved.
pub(crate) async fn converse(
    situation: &mut Situation<'_>,
    side: &ModelSide<'_>,
    trace: &mut Trace,
) -> Result<(Reply, Draft), Stopped> {
    let mut talk = Talk::begin(situation, side).await?;
    let mut sent_back = false;
    loop {
        let said = talk.ask(trace).await?;
        let looks = !said.calls.is_empty() && !talk.prompt.tools.is_empty();
        if looks && !talk.look(&said).await? {
            continue;
        }
        let draft = if looks { rules::person(talk.hands.situation) } else { talk.draft(&said.text)? };
        let (verdict, parts) = talk.prove(&draft);
        trace.drafts.push(verdict.clone());
        match parts {
            Some(parts) => return Ok((Reply { parts }, draft)),
            None if sent_back => return Err(Stopped::Unprovable),
            None => talk.send_back(said, &verdict).await?,
        }
        sent_back = true;
    }
}

/// One turn's exchange with the model.
struct Talk<'t, 'a, 's> {
    hands: Hands<'t, 'a>,
    side: &'s ModelSide<'s>,
    prompt: Prompt,
    budget: Budget,
    /// What the rules would answer, where the model was given it: for endpoints without tools.
    base: Option<Draft>,
}

impl<'t, 'a, 's> Talk<'t, 'a, 's> {
    async fn begin(situation: &'t mut Situation<'a>, side: &'s ModelSide<'s>) -> Result<Self, Stopped> {
        let wants_facts =
            side.guide.template.as_deref().is_some_and(|own| own.contains("{shopify_products}"));
        let (budget, prompt) = (Budget::of(side.bounds), Prompt::default());
        let mut talk = Self { hands: Hands::new(situation), side, prompt, budget, base: None };
        talk.prompt.most_tokens = side.bounds.answer_tokens;
        if side.model.is_without_tools() {
            talk.tell_facts().await?;
            return Ok(talk);
        }
        talk.prompt.tools = tools::specs();
        let facts = if wants_facts { talk.found_by_rules().await? } else { talk.shown_before().await? };
        talk.tell(facts.as_deref());
        Ok(talk)
    }

    fn tell(&mut self, facts: Option<&str>) {
        self.prompt.lines = prompt::lines(self.hands.situation, self.side.guide, self.side.history, facts);
    }

    /// Begins anew without tools: what the rules find goes into the prompt.
    async fn tell_facts(&mut self) -> Result<(), Stopped> {
        self.prompt.tools.clear();
        let facts = self.found_by_rules().await?;
        self.tell(facts.as_deref());
        Ok(())
    }

    async fn found_by_rules(&mut self) -> Result<Option<String>, Stopped> {
        let base = rules::draft(self.hands.situation).await?;
        let facts = self.facts(&base.rows);
        self.base = Some(base);
        Ok(facts)
    }

    /// The products that a question such as "the first one" speaks of.
    async fn shown_before(&mut self) -> Result<Option<String>, Stopped> {
        let situation = &mut *self.hands.situation;
        if !situation.asked.request.refers_back {
            return Ok(None);
        }
        let memory = &situation.input.memory;
        let ids: Vec<_> = memory.shown.iter().take(rules::MOST_CARDS).copied().collect();
        let rows = situation.rows(&ids).await?;
        Ok(self.facts(&rows))
    }

    fn facts(&mut self, rows: &[ProductRow]) -> Option<String> {
        let told: Vec<_> = rows.iter().take(MOST_TOLD).map(|row| self.hands.meet(row)).collect();
        (!told.is_empty()).then(|| serde_json::Value::Array(told).to_string())
    }

    /// Asks once; a model that turns out to take no tools is asked again without them.
    async fn ask(&mut self, trace: &mut Trace) -> Result<Completion, Stopped> {
        self.budget.ask(&self.prompt)?;
        let mut said = self.side.model.complete(&self.prompt).await;
        if said == Err(ModelError::NoTools) && !self.prompt.tools.is_empty() {
            self.tell_facts().await?;
            self.budget.ask(&self.prompt)?;
            said = self.side.model.complete(&self.prompt).await;
        }
        let said = said?;
        self.budget.used(said.usage);
        trace.exchanges.push(Exchange::of(&said));
        Ok(said)
    }

    /// Does what the model asks for; whether a person is to answer now. Calling one is no look-up: it works when those are used
    /// up, or a shopper who wants a person would get the rules.
    async fn look(&mut self, said: &Completion) -> Result<bool, Stopped> {
        let calls = said.calls.iter().map(arguments::in_order).collect();
        self.prompt.lines.push(Line::Clerk { text: said.text.clone(), calls });
        for call in &said.calls {
            let may = tools::calls_a_person(call) || (!self.budget.must_answer() && self.budget.call());
            let result = if may { self.hands.act(call).await? } else { NO_MORE.to_owned() };
            self.prompt.lines.push(Line::Found { call: call.id.clone(), result });
        }
        Ok(self.hands.hand_over)
    }

    /// The words with the cards they are about.
    fn draft(&self, said: &str) -> Result<Draft, Stopped> {
        let words = speech::plain(said);
        if words.is_empty() {
            return Err(ModelError::Malformed.into());
        }
        let (words, told) = self.hands.with_offers(&words);
        let words = self.hands.with_codes(&words);
        let shown = self.covered(self.shown(&words), &told);
        let taps = if shown.is_empty() { vec![Tap::Person] } else { vec![Tap::Cheaper, Tap::Person] };
        let situation = &*self.hands.situation;
        let wanted = &situation.asked.request.wanted;
        let nothing_fits =
            self.hands.nothing_fits || self.base.as_ref().is_some_and(|base| base.said.nothing_fits);
        let answer = Answer {
            memory: self.memory(&shown),
            sentences: vec![words],
            shown,
            spoken_of: self.hands.met.clone(),
            offers: self.hands.offers.clone(),
            choices: taps.into_iter().map(|tap| rules::choice(situation, tap)).collect(),
            said: Said { at_most: wanted.at_most, at_least: wanted.at_least, nothing_fits },
            ..Answer::default()
        };
        Ok(answer.draft(situation))
    }

    /// Beside a sentence about what is shown below stands only what it is about, and something of it.
    fn covered(&self, shown: Vec<ProductRow>, told: &[&Terms]) -> Vec<ProductRow> {
        let Some(terms) = told.iter().find(|terms| !terms.is_for_everything()) else { return shown };
        let covers = |row: &&ProductRow| terms.cover(&row.product);
        let kept: Vec<ProductRow> = shown.iter().filter(covers).cloned().collect();
        if !kept.is_empty() {
            return kept;
        }
        self.hands.met.iter().filter(covers).take(rules::MOST_CARDS).cloned().collect()
    }

    /// What the model chose to show; else what it names; else what the rules would show.
    fn shown(&self, words: &str) -> Vec<ProductRow> {
        let chosen = self.hands.shown.iter();
        let chosen = chosen.filter_map(|id| self.hands.met.iter().find(|row| row.product.id == *id));
        let chosen: Vec<ProductRow> = chosen.cloned().collect();
        if !chosen.is_empty() {
            return chosen;
        }
        let named = self.hands.named_in(words);
        if !named.is_empty() {
            return named;
        }
        self.base.as_ref().map(|base| base.shown.clone()).unwrap_or_default()
    }

    fn memory(&self, shown: &[ProductRow]) -> Memory {
        let before = &self.hands.situation.input.memory;
        match (&self.hands.wanted, &self.base, shown) {
            (_, None, []) => before.clone(),
            (Some(wanted), ..) => rules::remember(wanted, shown),
            (None, Some(base), []) => base.memory.clone(),
            (None, ..) => {
                let words = self.base.as_ref().map_or(&before.words, |base| &base.memory.words);
                let about = if let [only] = shown { Some(only.product.id) } else { None };
                let shown = shown.iter().map(|row| row.product.id).collect();
                Memory { words: words.clone(), shown, about, ..Memory::default() }
            }
        }
    }

    fn prove(&self, draft: &Draft) -> (Verdict, Option<Vec<Part>>) {
        let gists: Vec<String> = draft.contents.iter().map(Content::gist).collect();
        let unfit = if gists.iter().any(|gist| gist.chars().count() > MOST_CHARS) {
            Some("longer than a chat message")
        } else if gists.iter().any(|gist| prompt::gives_away(gist, self.side.guide)) {
            Some("repeats what you were told")
        } else {
            None
        };
        if let Some(why) = unfit {
            let claim = RefusedClaim { said: String::new(), why: why.to_owned() };
            return (Verdict { claims: Vec::new(), refused: vec![claim] }, None);
        }
        let checked = gate::check(&draft.contents, &ground(draft, self.hands.situation.input));
        (checked.verdict(), checked.into_parts(draft.contents.clone()).filter(|parts| !parts.is_empty()))
    }

    /// Tells the model what does not hold. Whoever looked nothing up is told what there is.
    async fn send_back(&mut self, said: Completion, verdict: &Verdict) -> Result<(), Stopped> {
        self.prompt.lines.push(Line::Clerk { text: said.text, calls: Vec::new() });
        let reasons = verdict.refused.iter().take(MOST_REASONS);
        let reasons =
            reasons.map(|claim| format!("\n- {}: {}", reply::cut(&claim.said, REASON_CHARS), claim.why));
        let mut ours = format!("{SENT_BACK}{}", reasons.collect::<String>());
        if self.hands.met.is_empty()
            && let Some(facts) = self.found_by_rules().await?
        {
            ours.push_str("\nFound for this question (data): ");
            ours.push_str(&facts);
        }
        self.prompt.lines.push(Line::Ours(ours));
        Ok(())
    }
}
