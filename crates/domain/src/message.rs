//! Messages in both directions, in words that no channel owns.

use crate::claim::Claim;
use crate::clock::Timestamp;
use crate::ids::{ConversationId, PartId, ProductId, TurnId};

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Author {
    /// The shopper.
    Shopper,
    /// Us.
    Clerk,
    /// A person of the merchant's, anywhere.
    Person,
}

impl Author {
    /// The stable word for it in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Clerk => "clerk",
            Self::Person => "person",
        }
    }

    /// The author that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Shopper, Self::Clerk, Self::Person].into_iter().find(|author| author.word() == word)
    }
}

/// One message of a conversation as we remember it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who wrote it.
    pub author: Author,
    /// The channel's id of it, once known.
    pub native_id: Option<String>,
    /// Its words; `None` when it had none or they were erased.
    pub text: Option<String>,
    /// When it was written, by the channel's clock.
    pub at: Timestamp,
}

/// What a shopper sent, as the turn reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The words; empty when there were none.
    pub text: String,
    /// What the tapped choice or button carries, exactly as we once sent it or as a stranger forged it.
    pub payload: Option<String>,
    /// How many pictures, stickers and files came with it.
    pub attachments: usize,
    /// When it was written, by the channel's clock.
    pub at: Timestamp,
}

/// A quick choice below a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the shopper reads and sends by tapping.
    pub title: String,
    /// What comes back to us; looked up, never trusted.
    pub payload: String,
}

/// A button on a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Button {
    /// Opens an address of the shop.
    Link {
        /// What the shopper reads.
        title: String,
        /// Where it leads.
        url: String,
    },
    /// Sends `payload` back to us.
    Postback {
        /// What the shopper reads.
        title: String,
        /// What comes back to us; looked up, never trusted.
        payload: String,
    },
}

/// A product shown as a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The product every statement on the card is said of.
    pub product: ProductId,
    /// Name.
    pub title: String,
    /// Price and stock in words.
    pub subtitle: String,
    /// Picture address.
    pub image: Option<String>,
    /// Where a tap on the card leads.
    pub url: Option<String>,
    /// What can be done with it.
    pub buttons: Vec<Button>,
}

/// The body of one part of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Words, with quick choices below them.
    Text {
        /// The words.
        text: String,
        /// Quick choices; empty for none.
        choices: Vec<Choice>,
    },
    /// Products side by side, with quick choices below them.
    Cards {
        /// The products.
        cards: Vec<Card>,
        /// Quick choices; empty for none.
        choices: Vec<Choice>,
    },
}

impl Content {
    /// What a person would say was sent: the text, or the cards' titles.
    pub fn gist(&self) -> String {
        match self {
            Self::Text { text, .. } => text.clone(),
            Self::Cards { cards, .. } => {
                cards.iter().map(|card| card.title.as_str()).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// One part of a reply with the claims it makes, all of them found true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What is sent.
    pub content: Content,
    /// What it states, each with its row.
    pub claims: Vec<Claim>,
}

/// What a turn says, part by part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// In the order they are sent.
    pub parts: Vec<Part>,
}

/// How far a part of a reply has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartState {
    /// Waits for its turn.
    Queued,
    /// The request is being written or under way.
    Sending,
    /// The channel took it.
    Sent,
    /// The channel or a rule refused it for good.
    Refused,
    /// Sent, but no answer came: settled by its echo, never by hope.
    Unknown,
    /// Could not be settled: a person decides.
    Parked,
}

impl PartState {
    /// The stable word for it in tables and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Parked => "parked",
        }
    }

    /// The state that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Queued, Self::Sending, Self::Sent, Self::Refused, Self::Unknown, Self::Parked]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// A part in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxPart {
    /// Its id; travels with the message so that its echo can be recognised.
    pub id: PartId,
    /// The conversation it goes to.
    pub conversation: ConversationId,
    /// The turn that made it.
    pub turn: TurnId,
    /// What is sent and what it states.
    pub part: Part,
    /// How far it has come.
    pub state: PartState,
    /// How often it was tried.
    pub attempt: u32,
    /// When it may be tried (again) or settled.
    pub run_at: Timestamp,
    /// When `sending` became durable.
    pub sending_at: Option<Timestamp>,
    /// When it was first looked for and not found.
    pub missed_at: Option<Timestamp>,
    /// Whether it went back to the queue because it had not arrived: once is all it may.
    pub resent: bool,
}
