//! When a channel lets us write: the rules every automatic send must pass.

use crate::channel::SendPolicy;
use crate::clock::Timestamp;
use crate::conversation::Conversation;

/// Whether an automatic reply may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may.
    Allowed,
    /// The shopper's last message is too long ago; only a new one opens the window.
    WindowClosed,
    /// A person has the word until then.
    Paused(Timestamp),
}

/// Applies the channel's policy to a conversation. Silence is the answer to every doubt: no known message, no window.
pub fn may_reply(conversation: &Conversation, policy: SendPolicy, now: Timestamp) -> Permission {
    if let Some(until) = conversation.paused_until.filter(|until| *until > now) {
        return Permission::Paused(until);
    }
    let closes = conversation.last_shopper_at.map(|at| at.plus(policy.window).minus(policy.margin));
    if closes.is_some_and(|closes| now < closes) { Permission::Allowed } else { Permission::WindowClosed }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::channel::{ChannelKind, ShopperAlias};
    use crate::conversation::Memory;
    use crate::entropy::SeededEntropy;
    use crate::ids::{AccountId, ConversationId, MerchantId, ShopperId};

    const WRITTEN: Timestamp = Timestamp::from_millis(1_000_000);

    fn check(after: Duration, paused_for: Option<Duration>, expected: Permission) {
        let entropy = SeededEntropy::new(3);
        let conversation = Conversation {
            id: ConversationId::new(WRITTEN, &entropy),
            merchant: MerchantId::new(WRITTEN, &entropy),
            account: AccountId::new(WRITTEN, &entropy),
            shopper: ShopperId::new(WRITTEN, &entropy),
            alias: ShopperAlias::parse("7764400000004821").unwrap(),
            first_name: None,
            last_shopper_at: Some(WRITTEN),
            paused_until: paused_for.map(|span| WRITTEN.plus(span)),
            disclosed_at: None,
            memory: Memory::default(),
        };
        let policy = ChannelKind::Messenger.send_policy();
        assert_eq!(may_reply(&conversation, policy, WRITTEN.plus(after)), expected);
    }

    #[test]
    fn t14_nothing_is_sent_outside_the_window_or_while_a_person_speaks() {
        let minute = Duration::from_mins(1);

        check(Duration::ZERO, None, Permission::Allowed);
        check(Duration::from_millis(24 * 3_600_000 - 60_001), None, Permission::Allowed);
        check(Duration::from_mins(24 * 60 - 1), None, Permission::WindowClosed);
        check(minute, Some(minute * 2), Permission::Paused(WRITTEN.plus(minute * 2)));
        check(minute * 3, Some(minute * 2), Permission::Allowed);
    }
}
