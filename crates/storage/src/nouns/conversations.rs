//! Conversations: the lease under which one worker at a time handles one, its turns and its history.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{Account, ShopFacts};
use shopclerk_domain::conversation::{Conversation, Memory};
use shopclerk_domain::ids::{AccountId, ConversationId, EventId, MerchantId, PartId, ShopperId, TurnId};
use shopclerk_domain::message::{Message, OutboxPart, Part};

use crate::error::StoreError;
use crate::nouns::inbox::InboxEvent;
use crate::nouns::jobs::NewJob;
use crate::nouns::outbox::NextSend;
use crate::nouns::proofs::{KeptRow, Linked};

/// A worker's timed hold on a conversation. Every unit under it checks that it is still the newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Whose conversation.
    pub merchant: MerchantId,
    /// Which conversation.
    pub conversation: ConversationId,
    /// Grows with every lease of this conversation; an older number is refused.
    pub fence: i64,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// A leased conversation with all that is due.
#[derive(Clone, Debug)]
pub struct Leased {
    /// The hold.
    pub lease: Lease,
    /// The conversation.
    pub conversation: Conversation,
    /// The account it runs over.
    pub account: Account,
    /// Events that wait, oldest first; at most 50.
    pub events: Vec<InboxEvent>,
    /// The event that came last of all that wait, these and others.
    pub newest_waiting: Option<EventId>,
    /// Parts that are neither sent nor given up, in sending order.
    pub parts: Vec<OutboxPart>,
    /// Whether anything was said in it before these events.
    pub history_is_empty: bool,
    /// Whether any shop of the merchant's is connected: without one there is nothing to sell.
    pub is_open: bool,
    /// The shop that is spoken for, once it has told its facts.
    pub shop: Option<SpokenFor>,
}

/// A shop that a clerk speaks for.
#[derive(Clone, Debug)]
pub struct SpokenFor {
    /// What it says of itself.
    pub facts: ShopFacts,
    /// Whether its catalogue was ever read to the end.
    pub is_read: bool,
}

/// What a turn makes true, all of it or nothing.
#[derive(Clone, Debug)]
pub struct FinishedTurn {
    /// The turn.
    pub turn: TurnId,
    /// When it was finished.
    pub at: Timestamp,
    /// Events it has dealt with.
    pub events: Vec<EventId>,
    /// What the shopper said in them, for the history.
    pub heard: Vec<Message>,
    /// The parts of its reply with their ids, in sending order.
    pub parts: Vec<(PartId, Part)>,
    /// What is remembered from now on.
    pub memory: Memory,
    /// Whether the reply carries the disclosure: made as soon as a part of it was sent.
    pub disclosed: bool,
    /// Until when the clerk is silent from now on, if a person was asked for: who waits for that person is listed.
    pub pause_until: Option<Timestamp>,
    /// Whether the shopper wants automatic messages from now on.
    pub opt_out: OptOut,
    /// What the reply rests on, as JSON: opaque to the store, and linked to the merchant's chain of proofs.
    pub provenance: String,
    /// The products that the record names, as the turn saw them.
    pub rows: Vec<KeptRow>,
    /// Follow-up work, such as the mirror.
    pub jobs: Vec<NewJob>,
    /// The send of its first part, to be begun at once.
    pub begin: Option<NextSend>,
}

/// What came of finishing a turn.
#[derive(Clone, Copy, Debug)]
pub struct Finished {
    /// Where its record joined the chain of proofs.
    pub linked: Linked,
    /// Whether the send of its first part was begun.
    pub begun: bool,
}

/// What a turn changes about whether the shopper wants automatic messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptOut {
    /// Nothing.
    Stays,
    /// No more, from the turn's own confirmation on.
    Begins,
    /// They are wanted again.
    Ends,
}

/// A turn as it was recorded.
#[derive(Clone, Debug)]
pub struct TurnRecord {
    /// The turn.
    pub turn: TurnId,
    /// When it was finished.
    pub at: Timestamp,
    /// What its reply rests on, as JSON.
    pub provenance: String,
    /// The conversation it answered in.
    pub conversation: ConversationId,
    /// When it was taken back, because what it said was no longer true before it was sent.
    pub withdrawn_at: Option<Timestamp>,
}

/// A conversation as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationRow {
    /// The conversation.
    pub id: ConversationId,
    /// The account it runs over.
    pub account: AccountId,
    /// Who writes.
    pub shopper: ShopperId,
    /// The shopper's first name, where it is known.
    pub first_name: Option<String>,
    /// When it began.
    pub began_at: Timestamp,
    /// When the shopper wrote last.
    pub last_shopper_at: Option<Timestamp>,
    /// Until when a person has the word.
    pub paused_until: Option<Timestamp>,
}

/// A place in a history: what was said then, and its row among what was said at the same moment.
pub type Place = (Timestamp, i64);

/// See the module.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Ends the turn under its lease: history, parts, memory, provenance and jobs become true and its events done.
    /// The lease stays, for sending. `Conflict` if it is no longer the newest. If a person spoke since the lease began,
    /// the parts are recorded as refused (`paused`): the owner speaks, we are silent. A pause that the turn itself asks for
    /// begins after its own parts. Where a send is begun, all of it is durable; else a power cut may undo it.
    async fn finish_turn(&self, lease: &Lease, turn: FinishedTurn) -> Result<Finished, StoreError>;

    /// What arrived for the conversation after this event and waits: in the order in which it came.
    async fn list_arrived(
        &self,
        merchant: MerchantId,
        conversation: ConversationId,
        after: EventId,
    ) -> Result<Vec<InboxEvent>, StoreError>;

    /// Marks events done that lead to no turn (echoes, reads, stale messages), with the history they leave.
    async fn finish_events(
        &self,
        lease: &Lease,
        events: &[EventId],
        heard: Vec<Message>,
        jobs: Vec<NewJob>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The shopper wants no more automatic messages; nothing tells them so, because a person has the word or it is too late.
    async fn opt_out(&self, lease: &Lease) -> Result<(), StoreError>;

    /// Leaves events to a person, with `why`: they are listed, what was said in them joins the history, and no turn answers them
    /// unless the person says so.
    async fn leave_events(
        &self,
        lease: &Lease,
        events: &[EventId],
        heard: Vec<Message>,
        why: &str,
        jobs: Vec<NewJob>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Counts a failed turn: its events wait until `retry_at`, or become dead letters with `why` when it is `None`.
    async fn fail_turn(
        &self,
        lease: &Lease,
        events: &[EventId],
        retry_at: Option<Timestamp>,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Ends the lease early and makes the conversation due again when something in it is.
    async fn release(&self, lease: &Lease, now: Timestamp) -> Result<(), StoreError>;

    /// The conversation as it is now.
    async fn find_conversation(
        &self,
        merchant: MerchantId,
        id: ConversationId,
    ) -> Result<Option<Conversation>, StoreError>;

    /// The merchant's conversations in the order of their ids, after `after`: for walks through all of them.
    async fn list_conversation_ids(
        &self,
        merchant: MerchantId,
        after: Option<ConversationId>,
        most: usize,
    ) -> Result<Vec<ConversationId>, StoreError>;

    /// Remembers the shopper's first name.
    async fn name_shopper(
        &self,
        merchant: MerchantId,
        id: ConversationId,
        first_name: &str,
    ) -> Result<(), StoreError>;

    /// The newest `most` messages, oldest first; parts of ours count from the moment they were sent.
    async fn list_messages(
        &self,
        merchant: MerchantId,
        id: ConversationId,
        most: usize,
    ) -> Result<Vec<Message>, StoreError>;

    /// Some of the merchant's conversations, those that began last first, older than `before`.
    async fn list_conversations(
        &self,
        merchant: MerchantId,
        before: Option<ConversationId>,
        most: usize,
    ) -> Result<Vec<ConversationRow>, StoreError>;

    /// Some of a conversation's messages, newest first, each with its place; older than `before`.
    async fn page_messages(
        &self,
        merchant: MerchantId,
        id: ConversationId,
        before: Option<Place>,
        most: usize,
    ) -> Result<Vec<(Place, Message)>, StoreError>;

    /// The turn that made a part, for explaining it.
    async fn find_turn(&self, merchant: MerchantId, turn: TurnId) -> Result<Option<TurnRecord>, StoreError>;
}
