//! What a turn came to, in a record's words: what was understood, the drafts with what the gate said of each, and the reply.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shopclerk_agent::gate::Verdict;
use shopclerk_agent::turn::{Drafter, TurnOutput};
use shopclerk_domain::claim::{Claim, Fact, RefusedClaim, RowId};
use shopclerk_domain::message::{Button, Card, Choice, Content, Part};

/// What a turn came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What was understood, in one line.
    pub understood: String,
    /// The tools that were used.
    pub steps: Vec<Step>,
    /// What the gate said of each draft; the last one went out.
    pub drafts: Vec<Draft>,
    /// Who wrote what went out: `rules` or `model`.
    pub drafted_by: String,
    /// Why the rules answered although there is a model, as a stable word.
    pub model_stopped: Option<String>,
    /// The reply says that it comes from an automatic assistant.
    pub disclosed: bool,
    /// The shopper asked for a person.
    pub hand_over: bool,
    /// The shopper wants no more messages.
    pub stop: bool,
    /// What was said, part by part.
    pub reply: Vec<Said>,
}

/// One use of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name.
    pub tool: String,
    /// What came of it.
    pub summary: String,
}

/// What the gate said of one draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Statements that a row holds.
    pub claims: Vec<Held>,
    /// Statements that were struck out.
    pub refused: Vec<Struck>,
}

/// A statement with the row it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The words that state it.
    pub said: String,
    /// What kind of fact it is.
    pub fact: String,
    /// The product it is said of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// The discount, where it is said of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<String>,
    /// The variant it is said of.
    pub variant: Option<String>,
    /// Version of the row.
    pub version: u64,
    /// When that row was last known to be the shop's, in milliseconds.
    pub read_at: i64,
}

/// A statement that no row held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Struck {
    /// The words that state it.
    pub said: String,
    /// Why it is refused.
    pub why: String,
}

/// One part of a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The words, or the cards' titles.
    pub gist: String,
    /// What was sent.
    pub content: Value,
    /// What it states.
    pub claims: Vec<Held>,
}

impl Outcome {
    pub(super) fn of(output: &TurnOutput) -> Self {
        let trace = &output.trace;
        let parts = output.reply.as_ref().map(|reply| reply.parts.as_slice()).unwrap_or_default();
        Self {
            understood: trace.understood.clone(),
            steps: trace
                .steps
                .iter()
                .map(|step| Step { tool: step.tool.to_owned(), summary: step.summary.clone() })
                .collect(),
            drafts: trace.drafts.iter().map(Draft::from).collect(),
            drafted_by: drafter(trace.drafted_by).to_owned(),
            model_stopped: trace.model_stopped.map(str::to_owned),
            disclosed: output.disclosed,
            hand_over: output.hand_over,
            stop: output.stop,
            reply: parts.iter().map(Said::from).collect(),
        }
    }
}

fn drafter(drafter: Drafter) -> &'static str {
    match drafter {
        Drafter::Rules => "rules",
        Drafter::Model => "model",
    }
}

impl From<&Verdict> for Draft {
    fn from(verdict: &Verdict) -> Self {
        Self {
            claims: verdict.claims.iter().map(Held::from).collect(),
            refused: verdict.refused.iter().map(Struck::from).collect(),
        }
    }
}

impl From<&Claim> for Held {
    fn from(claim: &Claim) -> Self {
        let (product, discount) = match claim.row {
            RowId::Product(id) => (Some(id.to_string()), None),
            RowId::Discount(id) => (None, Some(id.to_string())),
        };
        Self {
            said: claim.said.clone(),
            fact: fact(&claim.fact).to_owned(),
            product,
            discount,
            variant: claim.variant.map(|variant| variant.to_string()),
            version: claim.version,
            read_at: claim.read_at.millis(),
        }
    }
}

impl From<&RefusedClaim> for Struck {
    fn from(claim: &RefusedClaim) -> Self {
        Self { said: claim.said.clone(), why: claim.why.clone() }
    }
}

/// A claim as journals show it.
pub(crate) fn claim(claim: &Claim) -> Value {
    json!(Held::from(claim))
}

/// A refused claim as journals show it.
pub(crate) fn refused(claim: &RefusedClaim) -> Value {
    json!(Struck::from(claim))
}

impl From<&Part> for Said {
    fn from(part: &Part) -> Self {
        Self {
            gist: part.content.gist(),
            content: content(&part.content),
            claims: part.claims.iter().map(Held::from).collect(),
        }
    }
}

fn content(content: &Content) -> Value {
    match content {
        Content::Text { text, choices } => json!({ "text": text, "choices": titles(choices) }),
        Content::Cards { cards, choices } => {
            json!({ "cards": cards.iter().map(card).collect::<Vec<_>>(), "choices": titles(choices) })
        }
    }
}

fn titles(choices: &[Choice]) -> Vec<Value> {
    choices.iter().map(|choice| json!({ "title": choice.title, "payload": choice.payload })).collect()
}

fn card(card: &Card) -> Value {
    let buttons = card.buttons.iter().map(|button| match button {
        Button::Link { title, url } => json!({ "title": title, "url": url }),
        Button::Postback { title, payload } => json!({ "title": title, "payload": payload }),
    });
    json!({
        "product": card.product.number(),
        "title": card.title,
        "subtitle": card.subtitle,
        "url": card.url,
        "image": card.image,
        "buttons": buttons.collect::<Vec<_>>(),
    })
}

fn fact(fact: &Fact) -> &'static str {
    match fact {
        Fact::Price(_) => "price",
        Fact::PriceFrom(_) => "price_from",
        Fact::PriceAtMost(_) => "price_at_most",
        Fact::PriceAtLeast(_) => "price_at_least",
        Fact::ReducedFrom(_) => "reduced_from",
        Fact::InStock(_) => "in_stock",
        Fact::Available => "available",
        Fact::SoldOut => "sold_out",
        Fact::Link(_) => "link",
        Fact::Cart(_) => "cart",
        Fact::Name(_) => "name",
        Fact::Described(_) => "described",
        Fact::Saving(_) => "saving",
        Fact::SavingPercent(_) => "saving_percent",
        Fact::Covered(_) => "covered",
        Fact::Gives(_) => "gives",
        Fact::Code(_) => "code",
        Fact::Asks(_) => "asks",
    }
}
