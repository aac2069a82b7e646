//! Budgets: what the language model has cost each shopper and each merchant on a day. A call is booked at its worst before it
//! is made, so that several workers together cannot overdraw either.

use async_trait::async_trait;
use shopclerk_domain::ids::{MerchantId, ShopperId};

use crate::error::StoreError;

/// What a call costs, or may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Tokens read and written.
    pub tokens: u64,
    /// Millionths of whatever the endpoint is paid in.
    pub micros: u64,
}

/// The most that a day may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyCaps {
    /// One shopper.
    pub shopper: Cost,
    /// One merchant with all shoppers.
    pub merchant: Cost,
}

/// How often a call of a day was not made, as a cap was met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    /// Because of a shopper's own.
    pub shopper: u64,
    /// Because of the merchant's.
    pub merchant: u64,
}

/// Whether a call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booked {
    /// It is booked.
    Yes,
    /// The shopper has used up the day; nothing is booked, and the refusal is counted.
    ShopperSpent,
    /// The merchant has; nothing is booked, and the refusal is counted.
    MerchantSpent,
}

/// See the module. A day is counted since 1970-01-01, UTC.
#[async_trait]
pub trait Budgets: Send + Sync {
    /// Books `worst` unless it would exceed a cap.
    async fn book_model(
        &self,
        merchant: MerchantId,
        shopper: ShopperId,
        day: i64,
        worst: Cost,
        caps: DailyCaps,
    ) -> Result<Booked, StoreError>;

    /// Puts what a call really cost in the place of what was booked for it.
    async fn settle_model(
        &self,
        merchant: MerchantId,
        shopper: ShopperId,
        day: i64,
        booked: Cost,
        real: Cost,
    ) -> Result<(), StoreError>;

    /// What a day has cost the merchant, or one shopper of theirs.
    async fn find_model_cost(
        &self,
        merchant: MerchantId,
        shopper: Option<ShopperId>,
        day: i64,
    ) -> Result<Cost, StoreError>;

    /// How often a cap of the merchant's and their shoppers' was met on a day.
    async fn find_model_refusals(&self, merchant: MerchantId, day: i64) -> Result<Refusals, StoreError>;
}
