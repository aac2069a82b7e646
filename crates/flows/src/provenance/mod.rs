//! What a reply rests on: noted while the turn goes on, kept with it as its record, and told to the onlooker.
//!
//! A record is enough to take the turn again: what the turn was given, what the shelf and the model answered it, and what it
//! came to. A turn takes no chance, so there is no seed in it. It holds the shopper's words of this turn alone: of earlier
//! messages only how long they were, because those may be taken back by themselves.

mod given;
mod kept;
mod offers;
mod outcome;
mod play;
mod replay;
mod tape;
mod tell;

use serde::{Deserialize, Serialize};
use shopclerk_agent::turn::{Guide, TurnInput, TurnOutput};
use shopclerk_domain::chat::Usage;
use shopclerk_domain::ids::PartId;
use shopclerk_domain::message::Message;
use shopclerk_domain::ports::{ChatModel, Shelf};
use shopclerk_storage::nouns::proofs::KeptRow;

use self::given::Given;
pub use self::given::Heard;
use self::kept::keep_text;
pub use self::outcome::{Draft, Held, Outcome, Said, Step, Struck};
pub(crate) use self::outcome::{claim, refused};
pub(crate) use self::replay::replay;
pub use self::replay::{Difference, Replayed};
pub use self::tape::{Asked, Call, ToolResult};
use self::tape::{Look, Tape, TapedModel, TapedShelf};
pub(crate) use self::tell::{tell, tell_link};
use crate::error::FlowError;
use crate::model::{Bounds, Known, Prices};

/// The form of the records that this version writes.
const FORM: u32 = 1;

/// How long a turn took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timings {
    /// From the first event on disk to the lease.
    pub(crate) waited_millis: f64,
    /// From the lease to the finished draft.
    pub(crate) turn_millis: f64,
}

/// The record of a turn.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The form it is written in.
    form: u32,
    /// The version of the program that took the turn.
    program: String,
    given: Given,
    looks: Vec<Look>,
    model: Option<Talk>,
    outcome: Outcome,
    /// The ids of the reply's parts in the outbox.
    parts: Vec<String>,
    cost: Cost,
    waited_millis: f64,
    turn_millis: f64,
}

/// What the model cost in a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Tokens it read.
    pub prompt_tokens: u64,
    /// Tokens it wrote.
    pub answer_tokens: u64,
    /// What they are worth, in millionths of whatever the endpoint is paid in.
    pub micros: u64,
}

/// A turn's talk with the model: what it was bound to, and each asking.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Talk {
    without_tools: bool,
    asks: u32,
    calls: u32,
    tokens: u64,
    answer_tokens: u32,
    /// The hash under which the operator's own instructions are kept, in hex.
    template: Option<String>,
    wishes: Option<String>,
    account: String,
    /// Who said something before in this conversation, and how many characters of it.
    history: Vec<(String, usize)>,
    asked: Vec<Asked>,
}

impl Record {
    /// The version of the program that took the turn.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// What the shopper wrote.
    pub fn heard(&self) -> &[Heard] {
        &self.given.heard
    }

    /// Each asking of the model.
    pub fn asked(&self) -> &[Asked] {
        self.model.as_ref().map(|talk| talk.asked.as_slice()).unwrap_or_default()
    }

    /// What it came to.
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The parts of the reply with their ids in the outbox.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &Said)> {
        self.parts.iter().map(String::as_str).zip(&self.outcome.reply)
    }

    /// What the model cost.
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    /// How long the message waited, and how long the turn took, in milliseconds.
    pub const fn millis(&self) -> (f64, f64) {
        (self.waited_millis, self.turn_millis)
    }

    /// The record as it is kept.
    pub(crate) fn to_text(&self) -> Result<String, FlowError> {
        serde_json::to_string(self).map_err(|error| FlowError::Internal(Box::new(error)))
    }

    /// Reads a record; `None` where it is written in a form that this version does not know.
    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|record: &Self| record.form == FORM)
    }
}

/// What is noted while a turn goes on.
#[derive(Debug)]
pub(crate) struct Notes {
    given: Given,
    talk: Option<Talk>,
    template: Option<KeptRow>,
    tape: Tape,
}

impl Notes {
    /// Begins with what the turn is given.
    pub(crate) fn begin(input: &TurnInput, model: Option<(&Known, Bounds)>) -> Self {
        let template = model.and_then(|(known, _)| known.guide.template.as_deref());
        let template = template.map(|template| keep_text(template.to_owned()));
        let talk = model.map(|(known, bounds)| Talk::begin(known, bounds, template.as_ref()));
        Self { given: Given::of(input), talk, template, tape: Tape::default() }
    }

    /// The shelf, listened to.
    pub(crate) const fn shelf<'a>(&'a self, inner: &'a dyn Shelf) -> TapedShelf<'a> {
        TapedShelf { shelf: inner, tape: &self.tape }
    }

    /// The model, listened to.
    pub(crate) const fn model<'a>(&'a self, inner: &'a dyn ChatModel) -> TapedModel<'a> {
        TapedModel { model: inner, tape: &self.tape }
    }

    /// The record of the turn, and the contents that it names.
    pub(crate) fn end(
        self,
        output: &TurnOutput,
        parts: impl Iterator<Item = PartId>,
        timings: &Timings,
        prices: Prices,
    ) -> (Record, Vec<KeptRow>) {
        let noted = self.tape.end();
        let usage = noted.asked.iter().fold(Usage::default(), |sum, asked| Usage {
            prompt: sum.prompt.saturating_add(asked.prompt_tokens),
            answer: sum.answer.saturating_add(asked.answer_tokens),
        });
        let (without_tools, asked) = (noted.without_tools, noted.asked);
        let record = Record {
            form: FORM,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            given: self.given,
            looks: noted.looks,
            model: self.talk.map(|talk| Talk { without_tools, asked, ..talk }),
            outcome: Outcome::of(output),
            parts: parts.map(|part| part.to_string()).collect(),
            cost: Cost {
                prompt_tokens: usage.prompt,
                answer_tokens: usage.answer,
                micros: prices.cost(usage),
            },
            waited_millis: timings.waited_millis,
            turn_millis: timings.turn_millis,
        };
        (record, noted.rows.into_values().chain(self.template).collect())
    }
}

impl Talk {
    fn begin(known: &Known, bounds: Bounds, template: Option<&KeptRow>) -> Self {
        let Guide { wishes, account, .. } = known.guide.clone();
        Self {
            without_tools: false,
            asks: bounds.asks,
            calls: bounds.calls,
            tokens: bounds.tokens,
            answer_tokens: bounds.answer_tokens,
            template: template.map(|kept| hex::encode(kept.name)),
            wishes,
            account,
            history: known.history.iter().map(length).collect(),
            asked: Vec::new(),
        }
    }
}

fn length(message: &Message) -> (String, usize) {
    let chars = message.text.as_deref().map_or(0, |text| text.chars().count());
    (message.author.word().to_owned(), chars)
}
