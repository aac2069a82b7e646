//! Events: the things a delivery tells us, each of which has one effect.

use crate::channel::{ChannelKind, ShopperAlias};
use crate::clock::Timestamp;
use crate::connection::ShopDomain;
use crate::customer::Customer;
use crate::ids::{PartId, ProductId};

/// Sixteen bytes that are the same for the same event however often and in whatever batch it is delivered. That of a message leads
/// with the time it names, so that the keys of a day lie together: should it come again with another time, its turn knows it by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DedupKey(pub [u8; 16]);

/// What an event of a conversation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The shopper wrote, or tapped a quick choice.
    Message,
    /// The shopper tapped a button.
    Tap,
    /// A message of ours came back: proof that it arrived.
    OwnEcho(PartId),
    /// Somebody else wrote for the account: a person, or another program.
    PersonEcho,
    /// The shopper took a message back.
    Deleted {
        /// The channel's id of the message.
        native_id: String,
    },
    /// The shopper wrote a message anew.
    Edited {
        /// The channel's id of the message.
        native_id: String,
        /// Its words now.
        text: String,
    },
    /// The shopper turned to us without words, such as by a reaction: named by its word.
    Contact(String),
    /// All that was said up to a moment was delivered, or read.
    Farthest {
        /// Which of the two.
        word: String,
        /// Up to when, by the channel's clock.
        until: Timestamp,
    },
    /// A person or another program took the conversation over.
    ThreadTaken,
    /// The conversation was handed back to us.
    ThreadGiven,
    /// Recorded without effect: what another program answers, what we do not know.
    Other(String),
}

impl EventKind {
    /// The stable word for it in tables and journals.
    pub fn word(&self) -> &str {
        match self {
            Self::Message => "message",
            Self::Tap => "tap",
            Self::OwnEcho(_) => "own_echo",
            Self::PersonEcho => "person_echo",
            Self::Deleted { .. } => "deleted",
            Self::Edited { .. } => "message_edit",
            Self::ThreadTaken => "thread_taken",
            Self::ThreadGiven => "thread_given",
            Self::Contact(word) | Self::Farthest { word, .. } | Self::Other(word) => word,
        }
    }

    /// Whether it asks for a turn of the clerk.
    pub const fn asks_for_reply(&self) -> bool {
        matches!(self, Self::Message | Self::Tap)
    }
}

/// An event of a conversation as it is put into the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationEvent {
    /// The channel it came over.
    pub channel: ChannelKind,
    /// The channel's id of the account it is for.
    pub account: String,
    /// The shopper it is about.
    pub shopper: ShopperAlias,
    /// What it is.
    pub kind: EventKind,
    /// The same for the same event.
    pub dedup: DedupKey,
    /// The channel's id of the message, where it has one.
    pub native_id: Option<String>,
    /// When it happened, by the channel's clock.
    pub at: Timestamp,
    /// The event as received, for the turn that reads it.
    pub body: Vec<u8>,
}

/// What a channel says of an account itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountEvent {
    /// The channel.
    pub channel: ChannelKind,
    /// The channel's id of the account.
    pub account: String,
    /// The stable word for its kind.
    pub kind: String,
    /// What it means to us.
    pub news: AccountNews,
    /// The same for the same event.
    pub dedup: DedupKey,
    /// When it happened, by the channel's clock, where it says so.
    pub at: Option<Timestamp>,
}

/// What an account's event means to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountNews {
    /// It is another than we know it: it is read again.
    Changed,
    /// What it lets us do may be another: it is asked.
    Regranted,
    /// It may not write for now.
    Blocked,
    /// It may write again.
    Unblocked,
    /// Known to have come.
    Noted,
}

impl AccountNews {
    /// The stable word for its effect in tables and journals.
    pub const fn effect(self) -> &'static str {
        match self {
            Self::Changed => "read_again",
            Self::Regranted => "checked",
            Self::Blocked => "blocked",
            Self::Unblocked => "unblocked",
            Self::Noted => "none",
        }
    }
}

/// A shop's word that something changed: a hint to read it again, never the truth itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopEvent {
    /// The shop.
    pub shop: ShopDomain,
    /// Keys by which a repeated delivery is known; any match means it is known.
    pub dedup: Vec<DedupKey>,
    /// What changed.
    pub hint: ShopHint,
    /// When it happened, by the shop's clock, where it says so.
    pub at: Timestamp,
}

/// What a shop says has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShopHint {
    /// This product was made or changed.
    ProductChanged(ProductId),
    /// This product is gone.
    ProductDeleted(ProductId),
    /// The stock of the item with this number changed.
    StockChanged(u64),
    /// A discount was made, changed or removed, or one of its codes was.
    DiscountsChanged,
    /// The shop itself, a collection, or something else that only a whole read finds.
    ShopChanged,
    /// The shop removed us, or so it is said.
    Removed,
    /// The merchant is to be told what we know of a customer.
    CustomerAsked {
        /// The shop's number of the request.
        request: u64,
        /// Whom it is about.
        about: Customer,
    },
    /// A customer is to be forgotten.
    CustomerErased {
        /// The shop's number of the customer; zero where it names none.
        number: u64,
        /// Whom it is about.
        about: Customer,
    },
    /// The whole shop is to be forgotten.
    Erased,
    /// Recorded without effect.
    Other(String),
}
