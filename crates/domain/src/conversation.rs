//! What is remembered of one conversation between two turns.

use std::time::Duration;

use crate::channel::ShopperAlias;
use crate::clock::Timestamp;
use crate::ids::{AccountId, ConversationId, MerchantId, ProductId, ShopperId, TurnId, VariantId};
use crate::language::Language;
use crate::money::Money;

/// A conversation as a turn finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Whose it is.
    pub merchant: MerchantId,
    /// The account it runs over.
    pub account: AccountId,
    /// Who writes.
    pub shopper: ShopperId,
    /// The channel's id of that person within the account.
    pub alias: ShopperAlias,
    /// First name, once the channel told it.
    pub first_name: Option<String>,
    /// When the shopper last did something that opens the window.
    pub last_shopper_at: Option<Timestamp>,
    /// Until when a person has the word and the clerk is silent.
    pub paused_until: Option<Timestamp>,
    /// The turn that called the person: what it says of that is still said.
    pub pause_turn: Option<TurnId>,
    /// Whether the shopper wants no more automatic messages.
    pub opted_out: bool,
    /// The turn that was told so: its confirmation is the last that is sent.
    pub opt_out_turn: Option<TurnId>,
    /// When the shopper was last told that this is an automatic assistant.
    pub disclosed_at: Option<Timestamp>,
    /// The turn whose reply tells it, until a part of it was sent.
    pub disclosing: Option<TurnId>,
    /// What the talk is about.
    pub memory: Memory,
    /// Replies of the clerk lately.
    pub lately: Lately,
}

/// How many replies a shopper had within an hour, which begins with the first of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lately {
    /// When the hour began.
    pub since: Option<Timestamp>,
    /// The replies in it.
    pub replies: u32,
}

impl Lately {
    /// The replies of the hour that is under way `now`; a clock that was set back begins another.
    pub fn replies(&self, now: Timestamp) -> u32 {
        let lasts = |since: Timestamp| since <= now && now.since(since) < Duration::from_hours(1);
        if self.since.is_some_and(lasts) { self.replies } else { 0 }
    }
}

/// What the talk is about: enough to understand "anything cheaper?".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The words last searched for.
    pub words: String,
    /// Upper price limit of that search.
    pub at_most: Option<Money>,
    /// Lower price limit of that search.
    pub at_least: Option<Money>,
    /// Products last shown, in order.
    pub shown: Vec<ProductId>,
    /// The one product the talk is about, if it is about one.
    pub about: Option<ProductId>,
    /// The version of it that was named last, if one was.
    pub version: Option<VariantId>,
    /// The language the shopper was last answered in.
    pub language: Language,
}
