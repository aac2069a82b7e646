//! Everything that can be rehearsed going wrong outside, in one table: what, at which platform, and how often from now on.
//! The front of each fake meets the faults of calls, [`crate::deliver`] those of webhooks and Meta's fake those of echoes.

mod armed;
mod front;
mod order;

use serde::Serialize;

pub(crate) use self::armed::pass;
pub use self::armed::{Faults, Waits};
pub(crate) use self::front::{Front, Vendor, stand};
pub(crate) use self::order::Posted;
pub use self::order::{BadOrder, Order};

/// Who is called, or tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Upstream {
    /// Facebook and its Messenger.
    Meta,
    /// The shop.
    Shopify,
    /// The language model.
    Model,
    /// The bucket.
    Objects,
}

impl Upstream {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Meta, Self::Shopify, Self::Model, Self::Objects];

    /// Its name in orders.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Shopify => "shopify",
            Self::Model => "model",
            Self::Objects => "objects",
        }
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It is done, and the answer takes its time.
    Slow,
    /// It is refused: too many calls.
    Limited,
    /// The line breaks before anything is done.
    CutBefore,
    /// It is done, and the line breaks before the answer.
    CutAfter,
    /// It is done, and the answer is none that anybody can read.
    Garbage,
    /// It is done, and the answer does not come to an end.
    Endless,
    /// A webhook comes twice.
    Duplicate,
    /// A webhook comes behind the one that should follow it.
    OutOfOrder,
    /// The token or key is refused, although it is good.
    TokenRefused,
    /// The echo of a message never comes.
    EchoLost,
    /// The echo of a message comes late.
    EchoLate,
    /// The platform's clock is an hour ahead.
    ClockMoved,
}

/// What a fault happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A call of the product's.
    Call,
    /// What a webhook tells, before it is signed.
    Event,
    /// A webhook on its way.
    Delivery,
    /// The webhook that tells of a message the Page sent.
    Echo,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Slow,
        Self::Limited,
        Self::CutBefore,
        Self::CutAfter,
        Self::Garbage,
        Self::Endless,
        Self::Duplicate,
        Self::OutOfOrder,
        Self::TokenRefused,
        Self::EchoLost,
        Self::EchoLate,
        Self::ClockMoved,
    ];

    /// Its name in orders.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Limited => "limited",
            Self::CutBefore => "cut_before",
            Self::CutAfter => "cut_after",
            Self::Garbage => "garbage",
            Self::Endless => "endless",
            Self::Duplicate => "duplicate",
            Self::OutOfOrder => "out_of_order",
            Self::TokenRefused => "token_refused",
            Self::EchoLost => "echo_lost",
            Self::EchoLate => "echo_late",
            Self::ClockMoved => "clock_moved",
        }
    }

    /// What it happens to at that platform; `None` where it cannot happen.
    pub(crate) const fn place(self, upstream: Upstream) -> Option<Place> {
        match (self, upstream) {
            (
                Self::Slow
                | Self::Limited
                | Self::CutBefore
                | Self::CutAfter
                | Self::Garbage
                | Self::Endless
                | Self::TokenRefused,
                _,
            )
            | (Self::ClockMoved, Upstream::Objects) => Some(Place::Call),
            (Self::ClockMoved, Upstream::Meta | Upstream::Shopify) => Some(Place::Event),
            (Self::Duplicate | Self::OutOfOrder, Upstream::Meta | Upstream::Shopify) => Some(Place::Delivery),
            (Self::EchoLost | Self::EchoLate, Upstream::Meta) => Some(Place::Echo),
            (Self::Duplicate | Self::OutOfOrder | Self::ClockMoved | Self::EchoLost | Self::EchoLate, _) => {
                None
            }
        }
    }

    /// Where it can happen.
    pub fn upstreams(self) -> impl Iterator<Item = Upstream> {
        Upstream::ALL.into_iter().filter(move |upstream| self.place(*upstream).is_some())
    }
}
