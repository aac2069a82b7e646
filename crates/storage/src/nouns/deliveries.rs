//! What did not get through and waits for a person: events without an answer, work that was given up, parts that were refused or
//! whose sending could not be settled, shoppers who asked for a person. Each leaves the list once, by a person's decision.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{ConversationId, MerchantId, PartId};

use crate::error::StoreError;

/// What kind of thing waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UndoneKind {
    /// An event of a conversation whose turns all failed.
    Event,
    /// Follow-up work that was given up.
    Job,
    /// A part of a reply that was refused, or of which nobody knows whether it arrived.
    Part,
    /// A conversation whose shopper asked for a person, and none has spoken since.
    Person,
}

/// How a person ends the wait of something without putting it up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The part did arrive.
    WasSent,
    /// Nothing more is to come of it.
    Dropped,
}

/// One thing that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// Its number among its kind; grows.
    pub row: i64,
    /// The stable word of what it is, such as `message` or `sync_catalogue`.
    pub what: String,
    /// The conversation it belongs to, where it belongs to one.
    pub conversation: Option<ConversationId>,
    /// The part it is, where it is one.
    pub part: Option<PartId>,
    /// The stable code of why it waits.
    pub why: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Since when it waits.
    pub since: Timestamp,
}

/// See the module.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// What waits of a kind, oldest first, after the row `after`.
    async fn list_undone(
        &self,
        merchant: MerchantId,
        kind: UndoneKind,
        after: i64,
        most: usize,
    ) -> Result<Vec<Undone>, StoreError>;

    /// Puts it up again as if it had never been tried; `false` = nothing of the kind waits under this row, perhaps because
    /// somebody just put it up.
    async fn put_up_again(
        &self,
        merchant: MerchantId,
        kind: UndoneKind,
        row: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Ends its wait; `false` = nothing waits under this row, or it cannot end so: only a part was ever sent.
    async fn end_wait(
        &self,
        merchant: MerchantId,
        kind: UndoneKind,
        row: i64,
        ending: Ending,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
}
