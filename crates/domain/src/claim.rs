//! Claims: the factual statements of an outgoing message, each with the catalogue row it rests on.

use crate::clock::Timestamp;
use crate::discount::{Benefit, Conditions};
use crate::ids::{DiscountId, ProductId, VariantId};
use crate::money::Money;
use crate::product::ProductRow;

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
    /// Its own words say this of it: a colour, a size, what it is made of.
    Described(String),
    /// It costs so much less than before.
    Saving(Money),
    /// It costs so many hundredths less than before, rounded down.
    SavingPercent(u32),
    /// This discount applies to it.
    Covered(DiscountId),
    /// A discount gives this.
    Gives(Benefit),
    /// A discount is had with this code.
    Code(String),
    /// A discount asks this and nothing else.
    Asks(Conditions),
}

/// A row of the merchant's catalogue, as claims name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowId {
    /// A product's.
    Product(ProductId),
    /// A discount's.
    Discount(DiscountId),
}

/// A fact said of a product or a discount, as it was found true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What is stated.
    pub fact: Fact,
    /// The words that state it, as the shopper reads them.
    pub said: String,
    /// The row it rests on: of the product or the discount it is said of.
    pub row: RowId,
    /// The variant it is said of; `None` = the product as a whole, or no product.
    pub variant: Option<VariantId>,
    /// Version of the row it was checked against.
    pub version: u64,
    /// When that row's figures were last known to be the shop's.
    pub read_at: Timestamp,
}

impl Claim {
    /// A fact said of a product as a whole.
    pub fn of(row: &ProductRow, fact: Fact, said: &str) -> Self {
        Self {
            fact,
            said: said.to_owned(),
            row: RowId::Product(row.product.id),
            variant: None,
            version: row.version,
            read_at: row.read_at,
        }
    }

    /// The product it is said of.
    pub const fn product(&self) -> Option<ProductId> {
        match self.row {
            RowId::Product(id) => Some(id),
            RowId::Discount(_) => None,
        }
    }

    /// The discount it is said of, or says that it applies.
    pub const fn discount(&self) -> Option<DiscountId> {
        match (&self.row, &self.fact) {
            (RowId::Discount(id), _) | (RowId::Product(_), Fact::Covered(id)) => Some(*id),
            (RowId::Product(_), _) => None,
        }
    }
}

/// A statement that no row supports, with the reason: it never leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedClaim {
    /// The words that state it.
    pub said: String,
    /// Why it is refused, in a few plain words such as `no such price`.
    pub why: String,
}
