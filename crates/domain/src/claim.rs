//! Claims: the factual statements of an outgoing message, each with the catalogue row it rests on.

use crate::clock::Timestamp;
use crate::ids::{ProductId, VariantId};
use crate::money::Money;

/// What is stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// It costs this much; a variant's price, or one of the product's.
    Price(Money),
    /// Its cheapest variant for sale costs this much ("from $24.90").
    PriceFrom(Money),
    /// Nothing of it that is for sale costs more than this ("under $40").
    PriceAtMost(Money),
    /// Nothing of it that is for sale costs less than this ("over $40").
    PriceAtLeast(Money),
    /// It cost this much before, and costs less now.
    ReducedFrom(Money),
    /// This many pieces are left.
    InStock(u64),
    /// It can be bought now.
    Available,
    /// It cannot be bought now.
    SoldOut,
    /// It is found at this address.
    Link(String),
    /// This address opens the shop's cart with it.
    Cart(String),
    /// It is called this.
    Name(String),
}

/// A fact said of a product, as it was found true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What is stated.
    pub fact: Fact,
    /// The words that state it, as the shopper reads them.
    pub said: String,
    /// The product it is said of.
    pub product: ProductId,
    /// The variant it is said of; `None` = the product as a whole.
    pub variant: Option<VariantId>,
    /// Version of the row it was checked against.
    pub version: u64,
    /// When that row's figures were last known to be the shop's.
    pub read_at: Timestamp,
}

/// A statement that no row supports, with the reason: it never leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedClaim {
    /// The words that state it.
    pub said: String,
    /// Why it is refused, in a few plain words such as `no such price`.
    pub why: String,
}
