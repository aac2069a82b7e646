//! When something may be written to a shopper: the one rule that every send passes, be it a part of a reply, the sign of typing or a
//! person's own words. It decides; what is then done with a part is its caller's.

use std::time::Duration;

use crate::channel::SendPolicy;
use crate::clock::Timestamp;
use crate::conversation::Conversation;
use crate::ids::TurnId;

/// Whom the answers come from is told anew after so long; what was found before may still be on its way for a window's length.
pub const DISCLOSURE_LASTS: Duration = Duration::from_hours(7 * 24);

/// What is about to be written, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// An automatic answer that is yet to be found, to messages the newest of which was written then.
    Answer {
        /// When it was written, by the channel's clock.
        to: Timestamp,
    },
    /// A part of an automatic reply; notes that a person was called and confirmations of a stop are such parts too.
    Part {
        /// The turn that made it.
        of: TurnId,
    },
    /// The sign that somebody is writing.
    Typing,
    /// What a person of the shop wrote.
    Persons,
}

/// Whether the account may be written from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It may.
    Open,
    /// Not before then.
    Held {
        /// Until when.
        until: Timestamp,
        /// Why.
        why: Reason,
    },
    /// It has stopped for good.
    Ended,
}

/// All that decides besides the conversation itself.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The channel's.
    pub policy: SendPolicy,
    /// A message older than this gets no automatic answer.
    pub stale_after: Duration,
    /// What the account lets us do.
    pub access: Access,
}

/// How it is to be sent, where it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// As an answer within the window.
    Response,
    /// As a person's answer after it: never for anything automatic.
    HumanAgent,
}

/// Why something may not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The account or its merchant has stopped.
    Disconnected,
    /// The shopper said stop, and has not come back.
    OptedOut,
    /// A person has the word.
    PersonSpeaks,
    /// The shopper's last message is too long ago for the channel.
    WindowClosed,
    /// The message is too old to be answered by itself.
    TooLate,
    /// The shopper has not been told that the answers are automatic, and this does not tell it.
    Undisclosed,
    /// Only the merchant can mend the account.
    NeedsReconnect,
    /// The channel forbids the account to write for now.
    Blocked,
    /// The channel's limits are nearly spent.
    Paced,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Disconnected,
        Self::OptedOut,
        Self::PersonSpeaks,
        Self::WindowClosed,
        Self::TooLate,
        Self::Undisclosed,
        Self::NeedsReconnect,
        Self::Blocked,
        Self::Paced,
    ];

    /// The stable code for lists and journals.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::OptedOut => "opted_out",
            Self::PersonSpeaks => "paused",
            Self::WindowClosed => "window.closed",
            Self::TooLate => "too_late",
            Self::Undisclosed => "undisclosed",
            Self::NeedsReconnect => "account.needs_reconnect",
            Self::Blocked => "meta.blocked",
            Self::Paced => "meta.paced",
        }
    }

    /// The same for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Disconnected => "the account or the last shop is disconnected",
            Self::OptedOut => "the shopper said stop",
            Self::PersonSpeaks => "a person has the word",
            Self::WindowClosed => "the shopper wrote too long ago",
            Self::TooLate => "too old for an automatic answer",
            Self::Undisclosed => "the shopper was not told yet that the answers are automatic",
            Self::NeedsReconnect => "only the merchant can mend the account",
            Self::Blocked => "the channel forbids the account to write for now",
            Self::Paced => "the channel's limits are nearly spent",
        }
    }
}

/// What the rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be sent now.
    May(Label),
    /// Not now; it may be asked again then.
    Later {
        /// When.
        at: Timestamp,
        /// Why not now.
        why: Reason,
    },
    /// Not at all.
    Never(Reason),
}

/// The rule. Silence is the answer to every doubt: no known message, no window. What will never pass is told before what only has to
/// wait, so that nothing waits in vain.
pub fn may_write(words: Words, conversation: &Conversation, rules: &Rules, now: Timestamp) -> Verdict {
    if rules.access == Access::Ended {
        return Verdict::Never(Reason::Disconnected);
    }
    let label = match words {
        Words::Persons => persons_label(conversation, rules.policy, now),
        Words::Answer { .. } | Words::Part { .. } | Words::Typing => {
            match against_automatic(words, conversation, rules, now) {
                Some(reason) => return Verdict::Never(reason),
                None => Some(Label::Response),
            }
        }
    };
    match (label, rules.access) {
        (None, _) => Verdict::Never(Reason::WindowClosed),
        // An answer may be found meanwhile: it waits in the outbox.
        (Some(label), Access::Held { .. }) if matches!(words, Words::Answer { .. }) => Verdict::May(label),
        (Some(_), Access::Held { until, why }) => Verdict::Later { at: until, why },
        (Some(label), _) => Verdict::May(label),
    }
}

/// What forbids something automatic, whatever the account may.
fn against_automatic(
    words: Words,
    conversation: &Conversation,
    rules: &Rules,
    now: Timestamp,
) -> Option<Reason> {
    let turn = if let Words::Part { of } = words { Some(of) } else { None };
    // The last words of the turn that fell silent are what it says of that.
    let said_so = |by: Option<TurnId>| turn.is_some() && by == turn;
    if conversation.paused_until.is_some_and(|until| until > now) && !said_so(conversation.pause_turn) {
        return Some(Reason::PersonSpeaks);
    }
    if !is_within(conversation, rules.policy.window, rules.policy.margin, now) {
        return Some(Reason::WindowClosed);
    }
    match words {
        Words::Answer { to } if now.since(to) > rules.stale_after => Some(Reason::TooLate),
        // Last, because who said stop may come back by the very words that are to be answered.
        _ if conversation.opted_out && !said_so(conversation.opt_out_turn) => Some(Reason::OptedOut),
        Words::Part { .. }
            if !is_disclosed(conversation, rules, now) && !said_so(conversation.disclosing) =>
        {
            Some(Reason::Undisclosed)
        }
        _ => None,
    }
}

fn is_disclosed(conversation: &Conversation, rules: &Rules, now: Timestamp) -> bool {
    let longest = DISCLOSURE_LASTS + rules.policy.window;
    conversation.disclosed_at.is_some_and(|at| now.since(at) <= longest)
}

fn persons_label(conversation: &Conversation, policy: SendPolicy, now: Timestamp) -> Option<Label> {
    if is_within(conversation, policy.window, policy.margin, now) {
        Some(Label::Response)
    } else {
        is_within(conversation, policy.human_window, policy.margin, now).then_some(Label::HumanAgent)
    }
}

fn is_within(conversation: &Conversation, window: Duration, margin: Duration, now: Timestamp) -> bool {
    conversation.last_shopper_at.is_some_and(|at| now < at.plus(window).minus(margin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::{ChannelKind, ShopperAlias};
    use crate::conversation::{Lately, Memory};
    use crate::entropy::SeededEntropy;
    use crate::ids::{AccountId, ConversationId, MerchantId, ShopperId};

    const WRITTEN: Timestamp = Timestamp::from_millis(1_000_000);
    const MINUTE: Duration = Duration::from_mins(1);
    const DAY: Duration = Duration::from_hours(24);
    const RESPONSE: Verdict = Verdict::May(Label::Response);

    fn turn(number: u64) -> TurnId {
        TurnId::new(WRITTEN, &SeededEntropy::new(number))
    }

    /// A shopper who wrote at `WRITTEN` and was told whom she writes with.
    fn conversation() -> Conversation {
        let entropy = SeededEntropy::new(3);
        Conversation {
            id: ConversationId::new(WRITTEN, &entropy),
            merchant: MerchantId::new(WRITTEN, &entropy),
            account: AccountId::new(WRITTEN, &entropy),
            shopper: ShopperId::new(WRITTEN, &entropy),
            alias: ShopperAlias::parse("7764400000004821").unwrap(),
            first_name: None,
            last_shopper_at: Some(WRITTEN),
            paused_until: None,
            pause_turn: None,
            opted_out: false,
            opt_out_turn: None,
            disclosed_at: Some(WRITTEN),
            disclosing: None,
            memory: Memory::default(),
            lately: Lately::default(),
        }
    }

    const AUTOMATIC: fn() -> [Words; 3] =
        || [Words::Answer { to: WRITTEN }, Words::Part { of: turn(1) }, Words::Typing];

    fn check(words: Words, conversation: &Conversation, access: Access, after: Duration, expected: Verdict) {
        let policy = ChannelKind::Messenger.send_policy();
        let rules = Rules { policy, stale_after: Duration::from_hours(48), access };
        let verdict = may_write(words, conversation, &rules, WRITTEN.plus(after));
        assert_eq!(verdict, expected, "{words:?} {after:?}");
    }

    #[test]
    fn t14_nothing_automatic_is_sent_outside_the_window() {
        let never = Verdict::Never(Reason::WindowClosed);
        let unheard = Conversation { last_shopper_at: None, ..conversation() };
        for words in AUTOMATIC() {
            check(words, &conversation(), Access::Open, Duration::ZERO, RESPONSE);
            check(words, &conversation(), Access::Open, Duration::from_millis(86_339_999), RESPONSE);
            check(words, &conversation(), Access::Open, Duration::from_mins(24 * 60 - 1), never);
            check(words, &unheard, Access::Open, Duration::ZERO, never);
        }
    }

    #[test]
    fn t14_a_person_may_answer_for_a_week_and_nothing_else_goes_as_a_persons_words() {
        let paused =
            Conversation { paused_until: Some(WRITTEN.plus(DAY * 30)), opted_out: true, ..conversation() };
        for conversation in [conversation(), paused] {
            let check = |after, expected| check(Words::Persons, &conversation, Access::Open, after, expected);
            check(MINUTE, RESPONSE);
            check(Duration::from_mins(24 * 60 - 1), Verdict::May(Label::HumanAgent));
            check(Duration::from_millis(604_739_999), Verdict::May(Label::HumanAgent));
            check(Duration::from_mins(7 * 24 * 60 - 1), Verdict::Never(Reason::WindowClosed));
        }
    }

    #[test]
    fn t14_while_a_person_speaks_only_the_last_words_of_who_called_them_are_said() {
        let until = Some(WRITTEN.plus(MINUTE * 2));
        let person = Conversation { paused_until: until, ..conversation() };
        for words in AUTOMATIC() {
            check(words, &person, Access::Open, MINUTE, Verdict::Never(Reason::PersonSpeaks));
            check(words, &person, Access::Open, MINUTE * 2, RESPONSE);
        }
        let called = Conversation { pause_turn: Some(turn(1)), ..person };
        check(Words::Part { of: turn(1) }, &called, Access::Open, MINUTE, RESPONSE);
        check(
            Words::Part { of: turn(2) },
            &called,
            Access::Open,
            MINUTE,
            Verdict::Never(Reason::PersonSpeaks),
        );
        check(Words::Typing, &called, Access::Open, MINUTE, Verdict::Never(Reason::PersonSpeaks));
    }

    #[test]
    fn t14_who_said_stop_hears_that_it_was_understood_and_nothing_more() {
        let stopped = Conversation { opted_out: true, opt_out_turn: Some(turn(1)), ..conversation() };
        check(Words::Part { of: turn(1) }, &stopped, Access::Open, MINUTE, RESPONSE);
        for words in [Words::Answer { to: WRITTEN }, Words::Part { of: turn(2) }, Words::Typing] {
            check(words, &stopped, Access::Open, MINUTE, Verdict::Never(Reason::OptedOut));
        }
    }

    #[test]
    fn t51_nothing_is_said_to_who_was_not_told_that_it_is_automatic() {
        let unaware = Conversation { disclosed_at: None, disclosing: Some(turn(1)), ..conversation() };
        check(Words::Part { of: turn(1) }, &unaware, Access::Open, MINUTE, RESPONSE);
        check(
            Words::Part { of: turn(2) },
            &unaware,
            Access::Open,
            MINUTE,
            Verdict::Never(Reason::Undisclosed),
        );
        check(Words::Typing, &unaware, Access::Open, MINUTE, RESPONSE);
    }

    #[test]
    fn t51_what_waited_until_a_week_was_over_is_not_said_without_telling_it_anew() {
        let back = Conversation { last_shopper_at: Some(WRITTEN.plus(DAY * 8)), ..conversation() };
        let late = Conversation { disclosing: Some(turn(1)), ..back.clone() };
        check(Words::Part { of: turn(1) }, &back, Access::Open, DAY * 8, RESPONSE);
        check(
            Words::Part { of: turn(1) },
            &back,
            Access::Open,
            DAY * 8 + MINUTE,
            Verdict::Never(Reason::Undisclosed),
        );
        check(Words::Part { of: turn(1) }, &late, Access::Open, DAY * 8 + MINUTE, RESPONSE);
    }

    #[test]
    fn t10_a_message_that_is_too_old_is_not_answered_and_an_answer_found_in_time_may_wait() {
        let policy = ChannelKind::Messenger.send_policy();
        let hour = Duration::from_hours(1);
        let rules = Rules { policy, stale_after: hour, access: Access::Open };
        let asked = |words, after| may_write(words, &conversation(), &rules, WRITTEN.plus(after));
        assert_eq!(asked(Words::Answer { to: WRITTEN }, hour), RESPONSE);
        assert_eq!(asked(Words::Answer { to: WRITTEN }, hour + MINUTE), Verdict::Never(Reason::TooLate));
        assert_eq!(asked(Words::Part { of: turn(1) }, hour * 9), RESPONSE);
    }

    #[test]
    fn what_waits_for_the_account_waits_only_as_long_as_it_may_be_sent() {
        let held = Access::Held { until: WRITTEN.plus(MINUTE * 9), why: Reason::Blocked };
        let later = Verdict::Later { at: WRITTEN.plus(MINUTE * 9), why: Reason::Blocked };
        check(Words::Part { of: turn(1) }, &conversation(), held, MINUTE, later);
        check(Words::Answer { to: WRITTEN }, &conversation(), held, MINUTE, RESPONSE);
        check(Words::Persons, &conversation(), held, MINUTE, later);
        check(Words::Part { of: turn(1) }, &conversation(), held, DAY, Verdict::Never(Reason::WindowClosed));
        for words in AUTOMATIC().into_iter().chain([Words::Persons]) {
            check(words, &conversation(), Access::Ended, MINUTE, Verdict::Never(Reason::Disconnected));
        }
    }

    #[test]
    fn codes_are_told_apart() {
        let codes: std::collections::HashSet<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
    }
}
