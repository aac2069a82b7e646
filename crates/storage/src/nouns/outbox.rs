//! The outbox: parts of replies on their way out, `queued -> sending -> sent | refused | unknown -> sent | queued | parked`.

use async_trait::async_trait;
use shopclerk_domain::claim::{Claim, RowId};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::conversation::Conversation;
use shopclerk_domain::discount::DiscountRow;
use shopclerk_domain::ids::{ConversationId, MerchantId, PartId};
use shopclerk_domain::message::{OutboxPart, Part};
use shopclerk_domain::product::ProductRow;
use shopclerk_domain::secret::SecretText;
use shopclerk_domain::window::Rules;

use crate::error::StoreError;
use crate::nouns::connections::AccountRow;
use crate::nouns::conversations::Lease;
use crate::nouns::jobs::NewJob;

/// All that decides whether something may be written in a conversation, and whether it is still true: of one moment.
#[derive(Debug)]
pub struct Outlook {
    /// The conversation.
    pub conversation: Conversation,
    /// Who would write.
    pub sender: Sender,
    /// The products that were asked for, without those that are gone.
    pub products: Vec<ProductRow>,
    /// The discounts that were asked for, without those that are gone.
    pub discounts: Vec<DiscountRow>,
}

/// The account a conversation runs over, and whether it is served.
#[derive(Debug)]
pub struct Sender {
    /// The account, unless it is gone.
    pub account: Option<AccountRow>,
    /// Its token, unless only the merchant can mend it.
    pub token: Option<SecretText>,
    /// Whether any shop of the merchant's is connected: without one there is nothing to sell.
    pub is_open: bool,
}

/// Moves a part to `sending`, if all it rests on still holds at that very moment.
#[derive(Clone, Debug)]
pub struct StartSend {
    /// The part.
    pub part: PartId,
    /// Rows its claims were just found true against: the unit fails with `Conflict` if one has another version now.
    pub rests_on: Vec<(RowId, u64)>,
    /// The claims as just rechecked, with the versions above; they replace the stored ones.
    pub claims: Vec<Claim>,
}

/// A send that is begun by the unit before it. That unit asks the rule as well, of the conversation as it leaves it; where anything
/// stands against the send, the part stays queued.
#[derive(Clone, Debug)]
pub struct NextSend {
    /// The send.
    pub start: StartSend,
    /// What decides besides the conversation.
    pub rules: Rules,
}

/// What follows in the unit that settles a send.
#[derive(Clone, Debug)]
pub enum Then {
    /// Nothing: the lease stays.
    Stay,
    /// The next part is begun.
    Begin(NextSend),
    /// The lease ends, and the conversation is due again when something in it is.
    LetGo,
}

/// How a send ended, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The channel took it and named it so (`None` when only its echo told us).
    Sent {
        /// The channel's id of the message.
        native_id: Option<String>,
    },
    /// Refused for good; `code` is ours, such as `meta.100.2018001`. What waits behind it in the same turn is withdrawn.
    Refused {
        /// The stable code.
        code: String,
    },
    /// Nothing left the house, or only later: try again then. Counts an attempt.
    Again {
        /// When.
        at: Timestamp,
        /// The stable code of the reason.
        code: String,
    },
    /// It may have arrived: wait for its echo until then.
    Unknown {
        /// When to look again.
        look_at: Timestamp,
    },
    /// It does not show among what was written to the shopper; whether it is really missing is seen by looking again.
    Missed {
        /// When to look again.
        look_at: Timestamp,
    },
    /// It surely did not arrive: back to the queue, once in its life; `Conflict` if that has been.
    Resend,
    /// It could not be settled: a person decides. What waits behind it in the same turn is withdrawn.
    Parked {
        /// The stable code of the reason.
        code: String,
    },
}

/// See the module.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// What a send in this conversation finds, with the rows that what is to be said is about; `None` where there is no such
    /// conversation.
    async fn look_out(
        &self,
        merchant: MerchantId,
        conversation: ConversationId,
        about: &[RowId],
    ) -> Result<Option<Outlook>, StoreError>;

    /// `queued -> sending` under the lease. `Conflict` if the lease is no longer the newest, the part is not `queued`
    /// (a person's word has withdrawn it), or a row it rests on changed.
    async fn start_send(&self, lease: &Lease, send: StartSend, now: Timestamp) -> Result<(), StoreError>;

    /// Records how a send ended, and does what follows; says whether the next part was begun. A part that its echo settled meanwhile
    /// stays `sent`; sent parts join the history.
    async fn settle_send(
        &self,
        lease: &Lease,
        part: PartId,
        settled: Settled,
        jobs: Vec<NewJob>,
        then: Then,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Withdraws the turn of `part` and gives its events back to a new turn, because what it says is no longer true; where
    /// that happens again and again, the next turn comes later and later.
    /// `Conflict` if any part of it has left the queue: a shopper message gets at most one visible reply.
    async fn withdraw_turn(&self, lease: &Lease, part: PartId, now: Timestamp) -> Result<(), StoreError>;

    /// Puts another content in the place of a queued part whose turn has begun to be sent, or withdraws it (`None`).
    async fn rewrite_part(
        &self,
        lease: &Lease,
        part: PartId,
        content: Option<Part>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The part as it is now.
    async fn find_part(&self, merchant: MerchantId, part: PartId) -> Result<Option<OutboxPart>, StoreError>;

    /// Parts a person must decide on, oldest first.
    async fn list_parked(&self, merchant: MerchantId, most: usize) -> Result<Vec<OutboxPart>, StoreError>;
}
