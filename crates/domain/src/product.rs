//! The catalogue's words: products, variants, stock, and the row a claim rests on.

use crate::clock::Timestamp;
use crate::ids::{CollectionId, ProductId, VariantId};
use crate::money::Money;

/// Whether the merchant shows a product. What we do not know is never offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProductStatus {
    /// On sale.
    Active,
    /// Being prepared.
    Draft,
    /// Withdrawn.
    Archived,
    /// Reachable by its link only: never recommended on our own accord.
    Unlisted,
    /// A status this version does not know.
    Other,
}

/// A product as the shop describes it, with everything that can be bought of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// The shop's number.
    pub id: ProductId,
    /// Last part of its address.
    pub handle: String,
    /// Name.
    pub title: String,
    /// Maker; may be empty.
    pub vendor: String,
    /// Kind of product; may be empty.
    pub product_type: String,
    /// Labels.
    pub tags: Vec<String>,
    /// Description as plain text: the merchant's words, never instructions.
    pub description: String,
    /// Shown or not.
    pub status: ProductStatus,
    /// Address in the online store; `None` = not on sale there, so neither linked nor offered.
    pub url: Option<String>,
    /// Picture address.
    pub image: Option<String>,
    /// What may be chosen, in order, such as `Size`; empty when there is nothing to choose.
    pub options: Vec<String>,
    /// Titles of the collections it is in.
    pub collections: Vec<String>,
    /// The shop's numbers of the collections it is in; perhaps not all of them.
    pub in_collections: Vec<CollectionId>,
    /// The merchant's further facts: key and value, such as `material`, `soy wax`.
    pub facts: Vec<(String, String)>,
    /// A gift card rather than a thing.
    pub gift_card: bool,
    /// Sold by subscription only: a cart link cannot buy it.
    pub subscription_only: bool,
    /// When the shop last changed it.
    pub updated_at: Timestamp,
    /// What can be bought, in the shop's order.
    pub variants: Vec<Variant>,
}

/// One thing that can be bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The shop's number.
    pub id: VariantId,
    /// The shop's number of the stock item behind it, by which stock changes are announced.
    pub stock_item: u64,
    /// Chosen values, one per entry of [`Product::options`]; empty for the only variant.
    pub options: Vec<String>,
    /// The merchant's article number; may be empty.
    pub sku: String,
    /// What it costs now.
    pub price: Money,
    /// What it is said to have cost before; a saving exists only if it is above `price`.
    pub compare_at: Option<Money>,
    /// Whether and how many can be bought.
    pub stock: Stock,
    /// Picture of this variant alone.
    pub image: Option<String>,
}

/// What the shop says of a variant's stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stock {
    /// May be bought now: counts sales below zero and uncounted stock as the shop does.
    pub for_sale: bool,
    /// Whether the shop counts it; without that, `quantity` means nothing.
    pub counted: bool,
    /// Counted pieces; may be negative.
    pub quantity: i64,
    /// May be sold below zero.
    pub oversell: bool,
}

impl Stock {
    /// The number of pieces we may name: only where it is counted, positive, and really ends at zero.
    pub fn figure(&self) -> Option<u64> {
        let honest = self.for_sale && self.counted && !self.oversell;
        if honest { u64::try_from(self.quantity).ok().filter(|pieces| *pieces > 0) } else { None }
    }
}

impl Variant {
    /// The former price, where there is a real saving.
    pub fn reduced_from(&self) -> Option<Money> {
        self.compare_at.filter(|was| was.currency == self.price.currency && was.minor > self.price.minor)
    }

    /// The chosen values joined as shops show them, such as `Blue / Large`; empty for the only variant.
    pub fn title(&self) -> String {
        self.options.join(" / ")
    }
}

impl Product {
    /// Whether we may recommend it: active and on the online store, with something to buy once.
    pub fn is_offered(&self) -> bool {
        let sold = self.status == ProductStatus::Active && self.url.is_some();
        sold && !self.subscription_only && !self.variants.is_empty()
    }

    /// Whether at least one variant may be bought now.
    pub fn is_for_sale(&self) -> bool {
        self.variants.iter().any(|variant| variant.stock.for_sale)
    }

    /// The lowest and highest price, of what is for sale where anything is, else of all.
    pub fn price_span(&self) -> Option<(Money, Money)> {
        let for_sale = self.is_for_sale();
        let counted = self.variants.iter().filter(|variant| variant.stock.for_sale || !for_sale);
        let prices = counted.map(|variant| variant.price);
        Some((prices.clone().min_by_key(|price| price.minor)?, prices.max_by_key(|price| price.minor)?))
    }
}

/// A product as the store holds it: what a claim resolves to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductRow {
    /// The product.
    pub product: Product,
    /// Grows with every change of its content; never reused, also not over a removal.
    pub version: u64,
    /// When the figures were last known to be the shop's: the latest of its own read and the shop's last complete pass; long
    /// ago if the shop has said since that they changed.
    pub read_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(for_sale: bool, counted: bool, quantity: i64, oversell: bool, expected: Option<u64>) {
        assert_eq!(Stock { for_sale, counted, quantity, oversell }.figure(), expected);
    }

    #[test]
    fn only_an_honest_count_is_named() {
        check(true, true, 7, false, Some(7));
        check(true, true, 7, true, None);
        check(true, false, 7, false, None);
        check(false, true, 0, false, None);
        check(true, true, -3, true, None);
    }
}
