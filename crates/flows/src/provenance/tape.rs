//! Listens while a turn looks at the shelf and talks to a model, and notes what was asked and what came back: enough to let
//! the same turn be taken again without either.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shopclerk_domain::chat::{Completion, Line, ModelError, Prompt};
use shopclerk_domain::discount::DiscountRow;
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::ports::{ChatModel, Found, Order, Shelf, ShelfUnavailable, Wanted};
use shopclerk_domain::product::ProductRow;
use shopclerk_storage::nouns::proofs::{KeptRow, RowName};

use super::given::Amount;
use super::kept::{self, Seen};
use super::offers;

/// So much of what a model wrote is noted of each text. The longest answer that may be sent is far shorter.
const MOST_CHARS: usize = 8_000;

/// One look at the catalogue. What came of it is absent where the catalogue could not be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Look {
    /// Products that fit.
    Search {
        /// What was wanted.
        wanted: Sought,
        /// How many at most.
        most: usize,
        /// What was found.
        found: Option<Fitting>,
    },
    /// Products by their ids.
    Rows {
        /// Which.
        ids: Vec<u64>,
        /// Those that are offered.
        rows: Option<Vec<Seen>>,
    },
    /// Discounts that may be told of.
    Promotions {
        /// Those there are.
        rows: Option<Vec<Seen>>,
    },
}

/// What a search found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Fitting {
    pub(super) rows: Vec<Seen>,
    pub(super) hits: usize,
    pub(super) offered: usize,
}

/// What was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sought {
    words: String,
    at_most: Option<Amount>,
    at_least: Option<Amount>,
    without: Vec<String>,
    except: Vec<u64>,
    like: Option<u64>,
    order: String,
}

impl From<&Wanted> for Sought {
    fn from(wanted: &Wanted) -> Self {
        let order = match wanted.order {
            Order::Fit => "fit",
            Order::CheapestFirst => "cheapest_first",
            Order::DearestFirst => "dearest_first",
        };
        Self {
            words: wanted.words.clone(),
            at_most: wanted.at_most.map(Amount::from),
            at_least: wanted.at_least.map(Amount::from),
            without: wanted.without.clone(),
            except: wanted.except.iter().map(|id| id.number()).collect(),
            like: wanted.like.map(ProductId::number),
            order: order.to_owned(),
        }
    }
}

/// One asking of the model and its answer, as it was received.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Asked {
    /// What its tools found since it was asked last, as it saw it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<ToolResult>,
    /// What it was told was wrong with its last draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_back: Option<String>,
    /// Its words.
    #[serde(default)]
    pub text: String,
    /// The tools it asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// Tokens it read.
    #[serde(default)]
    pub prompt_tokens: u64,
    /// Tokens it wrote.
    #[serde(default)]
    pub answer_tokens: u64,
    /// Why there is no answer, as a stable word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// What a tool told the model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToolResult {
    /// The call it answers.
    pub call: String,
    /// What it found, as JSON in a text.
    pub result: String,
}

/// A tool that the model asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    /// Its name for the call.
    pub id: String,
    /// The tool.
    pub tool: String,
    /// The arguments as the model wrote them.
    pub arguments: String,
}

impl Asked {
    fn of(prompt: &Prompt, answer: &Result<Completion, ModelError>) -> Self {
        let mut asked = Self::default();
        // What came after the model's own last words.
        let new =
            prompt.lines.iter().rev().take_while(|line| matches!(line, Line::Found { .. } | Line::Ours(_)));
        for line in new {
            match line {
                Line::Found { call, result } => {
                    asked.found.insert(0, ToolResult { call: call.clone(), result: result.clone() });
                }
                Line::Ours(text) => asked.sent_back = Some(text.clone()),
                Line::Shopper(_) | Line::Clerk { .. } => {}
            }
        }
        match answer {
            Ok(said) => {
                asked.text = cut(&said.text);
                let calls = said.calls.iter().map(|call| Call {
                    id: cut(&call.id),
                    tool: cut(&call.name),
                    arguments: cut(&call.arguments),
                });
                asked.calls = calls.collect();
                (asked.prompt_tokens, asked.answer_tokens) = (said.usage.prompt, said.usage.answer);
            }
            Err(error) => asked.failed = Some(error.word().to_owned()),
        }
        asked
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARS).collect()
}

/// What was noted so far.
#[derive(Debug, Default)]
pub(super) struct Noted {
    pub(super) looks: Vec<Look>,
    pub(super) rows: BTreeMap<RowName, KeptRow>,
    pub(super) without_tools: bool,
    pub(super) asked: Vec<Asked>,
}

impl Noted {
    fn see<R>(&mut self, rows: &[R], keep: impl Fn(&R) -> Option<(Seen, KeptRow)>) -> Vec<Seen> {
        let mut seen = Vec::with_capacity(rows.len());
        for (one, kept) in rows.iter().filter_map(keep) {
            self.rows.insert(kept.name, kept);
            seen.push(one);
        }
        seen
    }
}

/// Notes while a turn goes on.
#[derive(Debug, Default)]
pub(super) struct Tape(Mutex<Noted>);

impl Tape {
    fn note(&self, note: impl FnOnce(&mut Noted)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn end(self) -> Noted {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A shelf that is listened to.
pub(crate) struct TapedShelf<'a> {
    pub(super) shelf: &'a dyn Shelf,
    pub(super) tape: &'a Tape,
}

#[async_trait]
impl Shelf for TapedShelf<'_> {
    async fn search(&self, wanted: &Wanted, most: usize) -> Result<Found, ShelfUnavailable> {
        let found = self.shelf.search(wanted, most).await;
        self.tape.note(|noted| {
            let fitting = found.as_ref().ok().map(|found| Fitting {
                rows: noted.see(&found.rows, kept::keep),
                hits: found.fitting,
                offered: found.offered,
            });
            noted.looks.push(Look::Search { wanted: wanted.into(), most, found: fitting });
        });
        found
    }

    async fn rows(&self, ids: &[ProductId]) -> Result<Vec<ProductRow>, ShelfUnavailable> {
        let rows = self.shelf.rows(ids).await;
        self.tape.note(|noted| {
            let seen = rows.as_ref().ok().map(|rows| noted.see(rows, kept::keep));
            noted.looks.push(Look::Rows { ids: ids.iter().map(|id| id.number()).collect(), rows: seen });
        });
        rows
    }

    async fn promotions(&self) -> Result<Vec<DiscountRow>, ShelfUnavailable> {
        let rows = self.shelf.promotions().await;
        self.tape.note(|noted| {
            let seen = rows.as_ref().ok().map(|rows| noted.see(rows, offers::keep));
            noted.looks.push(Look::Promotions { rows: seen });
        });
        rows
    }
}

/// A model that is listened to.
pub(crate) struct TapedModel<'a> {
    pub(super) model: &'a dyn ChatModel,
    pub(super) tape: &'a Tape,
}

#[async_trait]
impl ChatModel for TapedModel<'_> {
    fn is_without_tools(&self) -> bool {
        let without = self.model.is_without_tools();
        self.tape.note(|noted| noted.without_tools = without);
        without
    }

    async fn complete(&self, prompt: &Prompt) -> Result<Completion, ModelError> {
        let answer = self.model.complete(prompt).await;
        self.tape.note(|noted| noted.asked.push(Asked::of(prompt, &answer)));
        answer
    }
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::chat::{ToolCall, Usage};

    use super::*;

    #[test]
    fn what_a_model_saw_and_said_is_noted_as_it_was() {
        let call =
            ToolCall { id: "1".to_owned(), name: "search".to_owned(), arguments: "{not json".to_owned() };
        let lines = vec![
            Line::Ours("the rules".to_owned()),
            Line::Shopper("how much?".to_owned()),
            Line::Clerk { text: String::new(), calls: vec![call.clone()] },
            Line::Found { call: "1".to_owned(), result: "{\"products\":[]}".to_owned() },
        ];
        let prompt = Prompt { lines, ..Prompt::default() };
        let said = Completion {
            text: "It costs **$19.90**\u{200B}".to_owned(),
            calls: vec![call],
            usage: Usage { prompt: 300, answer: 7 },
        };

        let asked = Asked::of(&prompt, &Ok(said));

        assert_eq!(asked.text, "It costs **$19.90**\u{200B}");
        assert_eq!(asked.calls[0].arguments, "{not json");
        assert_eq!((asked.prompt_tokens, asked.found[0].result.as_str()), (300, "{\"products\":[]}"));
        let first = Prompt { lines: prompt.lines[..2].to_vec(), ..Prompt::default() };
        let failed = Asked::of(&first, &Err(ModelError::Slow));
        assert_eq!((failed.failed.as_deref(), failed.sent_back), (Some("slow"), None));
    }
}
