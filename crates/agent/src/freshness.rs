//! How old a row may be before its figures are no longer quoted.

use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::discount::DiscountRow;
use shopclerk_domain::product::ProductRow;

/// Age limits of a row's figures. An older figure is left out of the reply and refused by the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// For prices, former prices and discounts.
    pub price: Duration,
    /// For stock figures and for "in stock" and "sold out".
    pub stock: Duration,
}

impl Default for Freshness {
    fn default() -> Self {
        Self { price: Duration::from_hours(1), stock: Duration::from_mins(10) }
    }
}

impl Freshness {
    /// Whether the row's prices may be quoted now.
    pub fn price_is_fresh(self, row: &ProductRow, now: Timestamp) -> bool {
        now.since(row.read_at) <= self.price
    }

    /// Whether the discount may be told of now.
    pub fn discount_is_fresh(self, row: &DiscountRow, now: Timestamp) -> bool {
        now.since(row.read_at) <= self.price
    }

    /// Whether the row's stock may be quoted now.
    pub fn stock_is_fresh(self, row: &ProductRow, now: Timestamp) -> bool {
        now.since(row.read_at) <= self.stock
    }
}
