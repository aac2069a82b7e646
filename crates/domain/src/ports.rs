//! What the agent may ask for. Each port is bound to one merchant before the agent sees it, so no argument can name another.

use async_trait::async_trait;
use thiserror::Error;

use crate::chat::{Completion, ModelError, Prompt};
use crate::discount::DiscountRow;
use crate::ids::ProductId;
use crate::money::Money;
use crate::product::ProductRow;

/// What a shopper is looking for, as far as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The words that describe it, cleaned of greetings, limits and chat; empty = anything.
    pub words: String,
    /// It may cost this much.
    pub at_most: Option<Money>,
    /// It should cost at least this much.
    pub at_least: Option<Money>,
    /// Makers and words it must not have.
    pub without: Vec<String>,
    /// Products not to show (again).
    pub except: Vec<ProductId>,
    /// Something like this one.
    pub like: Option<ProductId>,
    /// How to order what fits.
    pub order: Order,
}

/// How to order what fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// What fits best first.
    #[default]
    Fit,
    /// The cheapest first.
    CheapestFirst,
    /// The dearest first.
    DearestFirst,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Offered products that fit and whose prices keep the limits by their rows, best first, at most as many as asked.
    pub rows: Vec<ProductRow>,
    /// How many fit in all.
    pub fitting: usize,
    /// How many the catalogue offers in all.
    pub offered: usize,
}

/// The catalogue cannot be read right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the catalogue cannot be read right now")]
pub struct ShelfUnavailable;

/// One merchant's catalogue.
#[async_trait]
pub trait Shelf: Send + Sync {
    /// Offered products that fit `wanted`; the figures come from the rows, never from the index.
    async fn search(&self, wanted: &Wanted, most: usize) -> Result<Found, ShelfUnavailable>;

    /// The rows of these products as they are now, in this order; what is gone or not offered is left out.
    async fn rows(&self, ids: &[ProductId]) -> Result<Vec<ProductRow>, ShelfUnavailable>;

    /// The discounts that may be told of now.
    async fn promotions(&self) -> Result<Vec<DiscountRow>, ShelfUnavailable>;
}

/// A language model, bound to one turn: what it may cost and how long it may take is settled before the agent sees it.
#[async_trait]
pub trait ChatModel: Send + Sync {
    /// Whether it is known to take no tools.
    fn is_without_tools(&self) -> bool;

    /// One answer.
    async fn complete(&self, prompt: &Prompt) -> Result<Completion, ModelError>;
}
