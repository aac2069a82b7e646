//! What ends by age. Sweeping crosses merchants: its functions stand in [`crate::installation`].

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{ConversationId, MerchantId, ShopperId};

/// What ends by age, and what is too old of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aged {
    /// Events as they were received: done before one moment, given up before another.
    Events {
        /// Those that are done.
        done: Timestamp,
        /// Those that wait for a person.
        dead: Timestamp,
    },
    /// What was said.
    Messages {
        /// Said before.
        before: Timestamp,
        /// The kind of the job that writes a conversation's file anew.
        mirror: &'static str,
    },
    /// Turns with what they rested on, and their parts.
    Turns {
        /// Made before.
        before: Timestamp,
    },
    /// Products as turns saw them.
    KeptRows {
        /// Last used before.
        before: Timestamp,
    },
    /// Keys by which repetitions are known.
    DedupKeys {
        /// Seen before.
        before: Timestamp,
    },
    /// Which messages were taken back.
    TakenBack {
        /// Taken back before.
        before: Timestamp,
    },
    /// Deliveries that nobody could read.
    Quarantine {
        /// Received before.
        before: Timestamp,
    },
    /// Jobs that failed for good.
    GivenUpJobs {
        /// Given up before.
        before: Timestamp,
    },
    /// Sign-ins that were not finished.
    States {
        /// Ended before.
        before: Timestamp,
    },
    /// Sessions, however much they were used.
    Sessions {
        /// Begun before.
        before: Timestamp,
    },
    /// Shops' questions about customers, with their answers.
    DataRequests {
        /// Asked before.
        before: Timestamp,
    },
    /// The erasure ledger, as far as it is done.
    Ledger {
        /// Asked before.
        before: Timestamp,
    },
    /// Platforms' requests that a person be forgotten.
    Deletions {
        /// Asked before.
        before: Timestamp,
    },
}

/// What a slice came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swept {
    /// How much went.
    pub removed: usize,
    /// Where the next slice begins; `None` = nothing more is too old.
    pub next: Option<i64>,
}

/// A conversation in which nothing was said for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silent {
    /// Whose.
    pub merchant: MerchantId,
    /// The shopper.
    pub shopper: ShopperId,
    /// The conversation.
    pub conversation: ConversationId,
}
