//! Erasures: what is to be forgotten, written down before it is done and long after. Doing one is repeatable; its rows go in
//! slices. Where the store keeps the newest row of a table for its number, that row stays without owner and content.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use shopclerk_domain::channel::ShopperAlias;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::customer::Customer;
use shopclerk_domain::erasure::{AskedBy, Erased, Subject};
use shopclerk_domain::ids::{AccountId, ConversationId, ErasureId, EventId, MerchantId, ShopperId};

use crate::error::StoreError;

/// The kind of the job that does an erasure; its key is the erasure.
pub const ERASE: &str = "erase";

/// An erasure that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewErasure {
    /// Its number in the ledger.
    pub id: ErasureId,
    /// What is to be forgotten.
    pub subject: Subject,
    /// Who asks.
    pub asked_by: AskedBy,
    /// By what a customer is recognised; forgotten as soon as it is done.
    pub about: Option<Customer>,
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureRow {
    /// Its place in the ledger; grows.
    pub row: i64,
    /// Its number.
    pub id: ErasureId,
    /// Whose data.
    pub merchant: MerchantId,
    /// What is to be forgotten.
    pub subject: Subject,
    /// Who asked.
    pub asked_by: AskedBy,
    /// When.
    pub asked_at: Timestamp,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// By what a customer is recognised, until it is done.
    pub about: Option<Customer>,
}

/// A conversation that is to go, and by what the channel names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The conversation.
    pub conversation: ConversationId,
    /// The shopper.
    pub shopper: ShopperId,
    /// The channel's id of the account.
    pub account: String,
    /// The channel's id of the shopper; `None` once it was cut off.
    pub alias: Option<ShopperAlias>,
}

/// Whose conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One shopper's.
    Shopper(ShopperId),
    /// All over an account.
    Account(AccountId),
    /// All of the merchant's.
    Merchant,
}

/// What one look through the inbox found, and where the next one begins; `None` = it was the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxLook {
    /// Rows of the conversations looked for.
    pub events: Vec<EventId>,
    /// Where the next look begins.
    pub next: Option<EventId>,
}

/// See the module.
#[async_trait]
pub trait Erasures: Send + Sync {
    /// Writes down what is to be forgotten and puts up the job for each; what is asked for already is asked for once.
    async fn ask_erasures(
        &self,
        merchant: MerchantId,
        erasures: Vec<NewErasure>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// A line of the ledger.
    async fn find_erasure(
        &self,
        merchant: MerchantId,
        id: ErasureId,
    ) -> Result<Option<ErasureRow>, StoreError>;

    /// It is done: what a customer was recognised by goes, and what was removed is overwritten on disk.
    async fn finish_erasure(
        &self,
        merchant: MerchantId,
        id: ErasureId,
        outcome: Erased,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Conversations that are to go, in order of their ids.
    async fn list_traces(
        &self,
        merchant: MerchantId,
        scope: Scope,
        after: Option<ConversationId>,
        most: usize,
    ) -> Result<Vec<Trace>, StoreError>;

    /// Shoppers of these conversations who said what the customer is recognised by, in history or inbox.
    async fn list_shoppers_who_are(
        &self,
        merchant: MerchantId,
        customer: &Customer,
        conversations: Vec<ConversationId>,
    ) -> Result<Vec<ShopperId>, StoreError>;

    /// Cuts conversations off from their shoppers: nothing is due in them any more, whoever holds a lease has lost it, and
    /// what the shopper writes from now on begins a new one. With `silent_since`, only those in which nobody has written since
    /// then. Answers with those that were.
    async fn cut_off(
        &self,
        merchant: MerchantId,
        conversations: Vec<ConversationId>,
        silent_since: Option<Timestamp>,
    ) -> Result<Vec<ConversationId>, StoreError>;

    /// Rows of the merchant's inbox that belong to these conversations, of a stretch of it.
    async fn look_through_inbox(
        &self,
        merchant: MerchantId,
        conversations: Arc<HashSet<ConversationId>>,
        from: EventId,
    ) -> Result<InboxLook, StoreError>;

    /// Removes inbox rows.
    async fn erase_events(&self, merchant: MerchantId, events: Vec<EventId>) -> Result<(), StoreError>;

    /// Removes at most `most` rows of a conversation, and in the end the conversation, with its shopper where it was their
    /// last; `false` once nothing is left of it.
    async fn erase_conversation(
        &self,
        merchant: MerchantId,
        conversation: ConversationId,
        most: usize,
    ) -> Result<bool, StoreError>;

    /// Removes the words of one message, also where it arrives later.
    async fn erase_message(
        &self,
        merchant: MerchantId,
        conversation: ConversationId,
        native_id: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Removes at most `most` rows of what was read from a shop (of all shops for `None`); `false` once nothing is left.
    async fn erase_goods(
        &self,
        merchant: MerchantId,
        shop: Option<&ShopDomain>,
        most: usize,
    ) -> Result<bool, StoreError>;

    /// Removes what is left of a subject whose conversations and goods are gone: its connection, tokens, jobs, whatever
    /// table names it. The ledger stays.
    async fn erase_rest(&self, merchant: MerchantId, subject: &Subject) -> Result<(), StoreError>;
}
