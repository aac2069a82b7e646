//! Plays back what a shelf and a model answered, to a turn that is taken again. Whoever asks for something else than was
//! asked then gets nothing, and that is noted.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use shopclerk_domain::chat::{Completion, ModelError, Prompt, ToolCall, Usage};
use shopclerk_domain::discount::DiscountRow;
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::ports::{ChatModel, Found, Shelf, ShelfUnavailable, Wanted};
use shopclerk_domain::product::ProductRow;
use shopclerk_storage::nouns::proofs::{KeptRow, RowName};

use super::given::Unreadable;
use super::kept::Seen;
use super::offers;
use super::tape::{Asked, Fitting, Look, Sought};

/// What is still to be played, and what was asked beyond it.
#[derive(Debug)]
pub(super) struct Player<T> {
    left: Mutex<VecDeque<T>>,
    strayed: Mutex<Option<String>>,
}

impl<T> Player<T> {
    fn new(all: impl Iterator<Item = T>) -> Self {
        Self { left: Mutex::new(all.collect()), strayed: Mutex::default() }
    }

    fn next(&self) -> Option<T> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn stray(&self, what: String) {
        self.strayed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(what);
    }

    /// What was asked that had not been asked then.
    pub(super) fn strayed(&self) -> Option<String> {
        self.strayed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How much was never asked for.
    pub(super) fn left(&self) -> usize {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// A shelf that answers what it answered then.
#[derive(Debug)]
pub(super) struct PlayedShelf {
    pub(super) looks: Player<Look>,
    rows: BTreeMap<RowName, String>,
}

impl PlayedShelf {
    pub(super) fn new(looks: &[Look], rows: &[KeptRow]) -> Self {
        let rows = rows.iter().map(|kept| (kept.name, kept.body.clone())).collect();
        Self { looks: Player::new(looks.iter().cloned()), rows }
    }

    /// The names of all contents that looks rest on.
    pub(super) fn names(looks: &[Look]) -> Vec<RowName> {
        let mut names: Vec<RowName> = looks.iter().flat_map(seen).filter_map(Seen::name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn read<R>(
        &self,
        seen: &[Seen],
        read: impl Fn(&Seen, &str) -> Result<R, Unreadable>,
    ) -> Result<Vec<R>, ShelfUnavailable> {
        let row = |one: &Seen| {
            let body = one.name().and_then(|name| self.rows.get(&name)).ok_or(Unreadable)?;
            read(one, body)
        };
        let rows: Result<Vec<R>, Unreadable> = seen.iter().map(row).collect();
        rows.map_err(|Unreadable| self.unavailable("a row that cannot be read".to_owned()))
    }

    fn unavailable(&self, what: String) -> ShelfUnavailable {
        self.looks.stray(what);
        ShelfUnavailable
    }
}

fn seen(look: &Look) -> &[Seen] {
    match look {
        Look::Search { found, .. } => found.as_ref().map(|found| found.rows.as_slice()).unwrap_or_default(),
        Look::Rows { rows, .. } | Look::Promotions { rows } => rows.as_deref().unwrap_or_default(),
    }
}

#[async_trait]
impl Shelf for PlayedShelf {
    async fn search(&self, wanted: &Wanted, most: usize) -> Result<Found, ShelfUnavailable> {
        let asked = Sought::from(wanted);
        match self.looks.next() {
            Some(Look::Search { wanted, most: then, found }) if wanted == asked && then == most => {
                let Fitting { rows, hits: fitting, offered } = found.ok_or(ShelfUnavailable)?;
                Ok(Found { rows: self.read(&rows, Seen::read)?, fitting, offered })
            }
            _ => Err(self.unavailable(format!("the catalogue for \"{}\"", wanted.words))),
        }
    }

    async fn rows(&self, ids: &[ProductId]) -> Result<Vec<ProductRow>, ShelfUnavailable> {
        let asked: Vec<u64> = ids.iter().map(|id| id.number()).collect();
        match self.looks.next() {
            Some(Look::Rows { ids, rows }) if ids == asked => {
                self.read(&rows.ok_or(ShelfUnavailable)?, Seen::read)
            }
            _ => Err(self.unavailable(format!("the rows of {} products", asked.len()))),
        }
    }

    async fn promotions(&self) -> Result<Vec<DiscountRow>, ShelfUnavailable> {
        match self.looks.next() {
            Some(Look::Promotions { rows }) => self.read(&rows.ok_or(ShelfUnavailable)?, offers::read),
            _ => Err(self.unavailable("the discounts".to_owned())),
        }
    }
}

/// A model that says what it said then.
#[derive(Debug)]
pub(super) struct PlayedModel {
    pub(super) asked: Player<Asked>,
    pub(super) without_tools: bool,
}

impl PlayedModel {
    pub(super) fn new(asked: &[Asked], without_tools: bool) -> Self {
        Self { asked: Player::new(asked.iter().cloned()), without_tools }
    }
}

#[async_trait]
impl ChatModel for PlayedModel {
    fn is_without_tools(&self) -> bool {
        self.without_tools
    }

    async fn complete(&self, _prompt: &Prompt) -> Result<Completion, ModelError> {
        let Some(asked) = self.asked.next() else {
            self.asked.stray("the model once more".to_owned());
            return Err(ModelError::Unavailable);
        };
        if let Some(word) = &asked.failed {
            return Err(failure(word));
        }
        let calls = asked.calls.into_iter();
        let calls = calls.map(|call| ToolCall { id: call.id, name: call.tool, arguments: call.arguments });
        Ok(Completion {
            text: asked.text,
            calls: calls.collect(),
            usage: Usage { prompt: asked.prompt_tokens, answer: asked.answer_tokens },
        })
    }
}

/// The failure that a record's word names.
fn failure(word: &str) -> ModelError {
    let all = [
        ModelError::NoTools,
        ModelError::Declined,
        ModelError::Refused,
        ModelError::Malformed,
        ModelError::Slow,
        ModelError::Spent,
        ModelError::Resting,
    ];
    all.into_iter().find(|error| error.word() == word).unwrap_or(ModelError::Unavailable)
}
