//! Takes a recorded turn again, from its record alone: the same understanding, rules and gate over what the shelf and the
//! model answered then. A newer program may decide otherwise; then it says where.

use shopclerk_agent::budget::Bounds;
use shopclerk_agent::turn::{self as agent, Guide, ModelSide, TurnInput, TurnOutput};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::message::{Author, Message};
use shopclerk_storage::nouns::proofs::{KeptRow, RowName};

use super::given::Unreadable;
use super::kept::keep_text;
use super::outcome::Outcome;
use super::play::{PlayedModel, PlayedShelf};
use super::{Record, Talk};
use crate::app::App;
use crate::error::FlowError;

/// What came of taking a turn again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// The same reply with the same verdicts.
    Same,
    /// Something else; the first differences.
    Differs(Vec<Difference>),
    /// It cannot be taken again; why.
    Impossible(&'static str),
}

/// Where two outcomes differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// In what.
    pub what: &'static str,
    /// How it was.
    pub then: String,
    /// How it is now.
    pub now: String,
}

/// Takes the turn again.
pub(crate) async fn replay(app: &App, merchant: MerchantId, record: &Record) -> Result<Replayed, FlowError> {
    let mut rows = app.store().find_kept_rows(merchant, names(record)).await?;
    // The record holds their hashes: another content under such a name is not what the turn saw.
    rows.retain(|row| keep_text(row.body.clone()).name == row.name);
    Ok(match take_again(record, &rows).await {
        Ok(differences) if differences.is_empty() => Replayed::Same,
        Ok(differences) => Replayed::Differs(differences),
        Err(why) => Replayed::Impossible(why),
    })
}

/// All contents that the record names.
fn names(record: &Record) -> Vec<RowName> {
    let mut names = PlayedShelf::names(&record.looks);
    names.extend(record.model.as_ref().and_then(Talk::template_name));
    names
}

async fn take_again(record: &Record, rows: &[KeptRow]) -> Result<Vec<Difference>, &'static str> {
    if names(record).iter().any(|name| rows.iter().all(|row| row.name != *name)) {
        return Err("products or instructions it rested on are no longer kept as they were");
    }
    let unknown = |Unreadable| "it speaks of something that this version does not know";
    let input = record.given.read().map_err(unknown)?;
    let shelf = PlayedShelf::new(&record.looks, rows);
    let model = record.model.as_ref().map(|talk| PlayedModel::new(&talk.asked, talk.without_tools));
    let taken = match (&record.model, &model) {
        (Some(talk), Some(model)) => with_model(input, &shelf, talk, model, rows).await,
        _ => agent::answer(input, &shelf).await,
    };
    let mut differences = Vec::new();
    let strayed = shelf.looks.strayed().or_else(|| model.as_ref().and_then(|model| model.asked.strayed()));
    if let Some(now) = strayed {
        differences.push(Difference { what: "what it asked", then: "nothing more".to_owned(), now });
    }
    let unasked = shelf.looks.left() + model.as_ref().map_or(0, |model| model.asked.left());
    if unasked > 0 {
        let then = format!("{unasked} answers more");
        differences.push(Difference { what: "what it asked", then, now: "did not need them".to_owned() });
    }
    match taken {
        Ok(output) => compare(&record.outcome, &Outcome::of(&output), &mut differences),
        Err(error) => differences.push(Difference {
            what: "the reply",
            then: said(&record.outcome),
            now: error.to_string(),
        }),
    }
    Ok(differences)
}

async fn with_model(
    input: TurnInput,
    shelf: &PlayedShelf,
    talk: &Talk,
    model: &PlayedModel,
    rows: &[KeptRow],
) -> Result<TurnOutput, agent::TurnError> {
    let template = talk.template_name().and_then(|name| rows.iter().find(|row| row.name == name));
    let guide = Guide {
        template: template.map(|kept| kept.body.as_str().into()),
        wishes: talk.wishes.clone(),
        account: talk.account.clone(),
    };
    let history: Vec<Message> = talk.history.iter().map(as_long).collect();
    let bounds =
        Bounds { asks: talk.asks, calls: talk.calls, tokens: talk.tokens, answer_tokens: talk.answer_tokens };
    let side = ModelSide { model, guide: &guide, history: &history, bounds };
    agent::answer_with(input, shelf, Some(side)).await
}

/// A message of which only the length is known: it fills a prompt as the real one did.
fn as_long((author, chars): &(String, usize)) -> Message {
    Message {
        author: Author::from_word(author).unwrap_or(Author::Person),
        native_id: None,
        text: (*chars > 0).then(|| "x".repeat(*chars)),
        at: Timestamp::from_millis(0),
    }
}

impl Talk {
    fn template_name(&self) -> Option<RowName> {
        hex::decode(self.template.as_ref()?).ok()?.try_into().ok()
    }
}

fn compare(then: &Outcome, now: &Outcome, differences: &mut Vec<Difference>) {
    let mut differ = |what, then: String, now: String| {
        if then != now {
            differences.push(Difference { what, then, now });
        }
    };
    differ("what it understood", then.understood.clone(), now.understood.clone());
    differ("who wrote it", drafted(then), drafted(now));
    differ("the tools it used", steps(then), steps(now));
    differ("what was struck out", struck(then), struck(now));
    differ("the reply", said(then), said(now));
    differ("what followed", followed(then), followed(now));
    if differences.is_empty() && then != now {
        let (then, now) = (details(then), details(now));
        differences.push(Difference { what: "the details of the reply", then, now });
    }
}

fn drafted(outcome: &Outcome) -> String {
    let stopped = outcome.model_stopped.as_ref().map(|why| format!(", since the model was {why}"));
    format!("the {}{}", outcome.drafted_by, stopped.unwrap_or_default())
}

fn steps(outcome: &Outcome) -> String {
    let steps = outcome.steps.iter().map(|step| format!("{}: {}", step.tool, step.summary));
    steps.collect::<Vec<_>>().join("; ")
}

fn struck(outcome: &Outcome) -> String {
    let refused = outcome.drafts.iter().flat_map(|draft| &draft.refused);
    refused.map(|struck| format!("\"{}\" ({})", struck.said, struck.why)).collect::<Vec<_>>().join("; ")
}

fn said(outcome: &Outcome) -> String {
    outcome.reply.iter().map(|said| said.gist.as_str()).collect::<Vec<_>>().join(" / ")
}

fn followed(outcome: &Outcome) -> String {
    let all =
        [("disclosed", outcome.disclosed), ("handed over", outcome.hand_over), ("stopped", outcome.stop)];
    all.into_iter().filter(|(_, is)| *is).map(|(word, _)| word).collect::<Vec<_>>().join(", ")
}

/// Everything, for what the lines above do not show: cards, choices, claims.
fn details(outcome: &Outcome) -> String {
    serde_json::to_string(&(&outcome.reply, &outcome.drafts)).unwrap_or_default()
}
