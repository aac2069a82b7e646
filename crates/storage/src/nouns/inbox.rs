//! The inbox: what deliveries told us, one row per event, kept until its turn is done.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::customer::Customer;
use shopclerk_domain::event::{AccountEvent, AccountNews, ConversationEvent, ShopEvent};
use shopclerk_domain::ids::{AccountId, ConversationId, EventId, MerchantId};

use crate::error::StoreError;
use crate::nouns::erasures::NewErasure;
use crate::nouns::jobs::NewJob;

/// One verified delivery, taken apart.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// Events of conversations.
    pub conversations: Vec<ConversationEvent>,
    /// What is said of accounts themselves, each with the job that follows it up.
    pub accounts: Vec<(AccountEvent, Option<AccountJob>)>,
    /// A shop's hints, each with what follows it up.
    pub shop: Vec<(ShopEvent, FollowUp)>,
    /// What did not parse: kept for a person, acknowledged all the same.
    pub quarantined: Vec<Quarantined>,
    /// The quarantined piece this was read out of: it leaves the quarantine in the same unit, or nothing happens.
    pub releases: Option<i64>,
}

/// Work about an account, whoever's it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountJob {
    /// What is to be done.
    pub kind: &'static str,
    /// When it may start.
    pub run_at: Timestamp,
}

/// What a shop's hint leads to; made out to the merchant who has the shop when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowUp {
    /// Nothing: it is only known to have come.
    Nothing,
    /// A job.
    Job(NewJob),
    /// Something is to be forgotten.
    Erase(MerchantId, NewErasure),
    /// The merchant is to be told what we know of a customer.
    Tell(MerchantId, NewDataRequest),
}

/// A shop's question what we know of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDataRequest {
    /// What names it within the merchant: the shop and its number.
    pub request: String,
    /// Whom it is about.
    pub about: Customer,
}

/// How long a conversation must be quiet before its turn, and how long that may put it off.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settle {
    /// Restarts with each event.
    pub quiet_ms: i64,
    /// Counted from the first event that waits.
    pub at_most_ms: i64,
}

/// A piece of a delivery that nobody could read.
#[derive(Clone, Debug)]
pub struct Quarantined {
    /// Where it came from: `messenger` or `shopify`.
    pub source: &'static str,
    /// What is wrong with it, in a few fixed words.
    pub why: &'static str,
    /// What came with the bytes and is needed to read them again: opaque to the store.
    pub head: Option<String>,
    /// The bytes as received.
    pub body: Vec<u8>,
}

/// What became of a delivery.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// Events that are new, in order.
    pub stored: Vec<Stored>,
    /// Shop hints that are new.
    pub hints: usize,
    /// What is new and has no row of its own: how far messages were read, what is said of accounts.
    pub noted: usize,
    /// Accounts that were forbidden to write, or allowed again.
    pub moved: Vec<(AccountId, AccountNews)>,
    /// Events that were known already.
    pub duplicates: usize,
    /// Events for accounts and shops we do not serve: counted, not kept.
    pub unknown: usize,
}

/// A new inbox row.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Whose it is.
    pub merchant: MerchantId,
    /// The account it is for.
    pub account: AccountId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// The row.
    pub event: EventId,
    /// When it happened, by the channel's clock.
    pub at: Timestamp,
    /// Whether it asks for a reply.
    pub asks_for_reply: bool,
    /// Whether a worker has to see it; else it was done with its receipt.
    pub waits: bool,
}

/// An event of a leased conversation.
#[derive(Clone, Debug)]
pub struct InboxEvent {
    /// When a person said that it is to be answered after all.
    pub again_at: Option<Timestamp>,
    /// The row.
    pub id: EventId,
    /// The stable word of its kind; `repeated` for a message that was heard before, or stands before it.
    pub kind: String,
    /// The channel's id of the message, where it has one.
    pub native_id: Option<String>,
    /// When it happened, by the channel's clock.
    pub at: Timestamp,
    /// When it was put on disk.
    pub received_at: Timestamp,
    /// Whether it asks for a reply still: no echo does, and no message that a person answered meanwhile.
    pub asks_for_reply: bool,
    /// How often its turn has failed.
    pub attempt: u32,
    /// The event as received; empty, and of kind `deleted`, once the shopper took the message back.
    pub body: Vec<u8>,
}

/// See the module.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Stores what is new of a delivery and gives what must hold at once its effect, in one unit: a known dedup key
    /// changes nothing; a message of ours that came back settles its outbox part as sent; a person's message pauses the
    /// conversation until `pause_until` and withdraws the clerk's queued parts; a taken-back message loses its text in
    /// the history and in its waiting inbox row.
    /// A message moves the conversation's window and its due time by the next lease, before which all that arrived is linked.
    /// An edited message is answered as it stands then; a reaction or link opens the window; whoever takes the thread over is a
    /// person until it comes back. Of reads and deliveries the farthest is kept. What is said of an account is counted by kind and
    /// effect, and followed up by at most one job per account and kind.
    /// A shop's hint makes the figures of its product old until they are read again. Unknown accounts and shops are only
    /// counted. Conversations and shoppers are made at their first event.
    ///
    /// `Conflict` if the piece it releases is no longer in quarantine.
    ///
    /// What leaves a worker nothing to do is done at once: kinds without effect, the echo of a part that is being sent, and
    /// events more than 35 days old or 12 hours ahead by their own clock, which get no effect at all.
    async fn accept(
        &self,
        delivery: Delivery,
        now: Timestamp,
        pause_until: Timestamp,
    ) -> Result<Accepted, StoreError>;
}
