//! Parts in doubt: no usable answer to their send ever came. Their echo settles them; where it does not come, what the channel
//! shows of the conversation does; and where that cannot be known, a person decides. Nothing is sent again in hope.

use std::collections::HashSet;
use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy;
use shopclerk_domain::message::{OutboxPart, PartState};
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_storage::nouns::outbox::Settled;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::meta::conversations::{Found, Sought};

use super::door::Door;
use super::{Next, settle, tell};
use crate::app::App;
use crate::error::FlowError;
use crate::work::retry;

/// Messages whose ids are known and that are therefore others.
const KNOWN: usize = 100;

/// How long what is waited for, until a part in doubt is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoubtSettings {
    /// An unknown send waits so long for its echo before the conversation is read.
    pub echo_wait: Duration,
    /// Two readings in which it does not stand are at least so far apart.
    pub between_reads: Duration,
    /// What does not stand there is missing only so long after it was to be sent: a channel may show a message late.
    pub missing_after: Duration,
    /// Where reading is put off over and over, or for long, a person decides after so long.
    pub give_up_after: Duration,
}

impl Default for DoubtSettings {
    fn default() -> Self {
        Self {
            echo_wait: Duration::from_secs(10),
            between_reads: Duration::from_secs(5),
            missing_after: Duration::from_secs(30),
            give_up_after: Duration::from_mins(10),
        }
    }
}

/// What reading the conversation came to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Looked {
    Found(Found),
    /// Later it may be read.
    Later(Option<Duration>),
    /// It will not be read.
    Impossible,
}

/// Goes one step towards knowing what became of a part; until it is known nothing follows.
pub(super) async fn settle_part(app: &App, leased: &Leased, part: &OutboxPart) -> Result<Next, FlowError> {
    let now = app.now();
    let settled = match part.state {
        // Whoever was sending it is gone without a word.
        PartState::Sending => Settled::Unknown { look_at: now.plus(app.settings().doubt.echo_wait) },
        _ if now < part.run_at => return Ok(Next::Stop),
        _ => {
            let looked = look(app, leased, part).await?;
            let jitter = entropy::fraction(app.entropy());
            decide(part, looked, app.settings().doubt, now, jitter)
        }
    };
    let next = if matches!(settled, Settled::Sent { .. }) { Next::GoOn } else { Next::Stop };
    tell(app, part, &settled, None);
    match settle(app, leased, part, settled).await {
        // Its echo came while we looked, or the lease went on: whoever looks next sees that.
        Err(error) if error.is_conflict() => Ok(Next::Stop),
        Err(error) => Err(error),
        Ok(()) => Ok(next),
    }
}

async fn look(app: &App, leased: &Leased, part: &OutboxPart) -> Result<Looked, FlowError> {
    let Some(since) = part.sending_at else { return Ok(Looked::Impossible) };
    // Who may not write for now may still read.
    let (merchant, conversation) = (leased.lease.merchant, leased.lease.conversation);
    let found = app.store().look_out(merchant, conversation, &[]).await?;
    let key = found.and_then(|found| Door::of(app, found.sender).key);
    let Some(key) = key else { return Ok(Looked::Impossible) };
    let history = app.store().list_messages(merchant, conversation, KNOWN).await?;
    let known: HashSet<String> = history.into_iter().filter_map(|message| message.native_id).collect();
    let sought = Sought { content: &part.part.content, since, known: &known };
    let (page, to) = (&leased.account.native_id, &leased.conversation.alias);
    Ok(match app.meta().find_sent(page, &key.token, to, &sought).await {
        Ok(found) => Looked::Found(found),
        Err(UpstreamError::Limited { retry_after }) => Looked::Later(retry_after),
        // An answer that nobody can read says nothing of the part, and the next one may be whole.
        Err(UpstreamError::Unavailable | UpstreamError::Unclear | UpstreamError::Malformed) => {
            Looked::Later(None)
        }
        Err(UpstreamError::TokenRefused | UpstreamError::Refused { .. }) => Looked::Impossible,
    })
}

/// The rule: found = sent; missing in two readings far enough apart and late enough = sent once again; the rest is a person's.
fn decide(part: &OutboxPart, looked: Looked, times: DoubtSettings, now: Timestamp, jitter: f64) -> Settled {
    let parked = |code: &str| Settled::Parked { code: code.to_owned() };
    let since = part.sending_at.unwrap_or(now);
    match looked {
        Looked::Found(Found::There(native_id)) => Settled::Sent { native_id: Some(native_id) },
        Looked::Found(Found::Unsure) => parked("outbox.not_recognised"),
        Looked::Found(Found::Absent) if part.resent => parked("outbox.missing_twice"),
        Looked::Found(Found::Absent) => {
            let twice = part.missed_at.is_some_and(|first| now.since(first) >= times.between_reads);
            if twice && now.since(since) >= times.missing_after {
                return Settled::Resend;
            }
            let late_enough = since.plus(times.missing_after).max(now.plus(times.between_reads));
            // A clock that was set back must not keep it waiting for ever.
            let longest = now.plus(times.missing_after.max(times.between_reads));
            Settled::Missed { look_at: late_enough.min(longest) }
        }
        Looked::Later(hint) if now.since(since) < times.give_up_after => {
            // Nothing else leaves this conversation meanwhile: however long the channel asks us to wait, by then a person has it.
            // A clock that was set back must not make that longer.
            let last = since.min(now).plus(times.give_up_after);
            Settled::Unknown { look_at: retry::next_attempt(now, 1, hint, jitter).min(last) }
        }
        Looked::Later(_) | Looked::Impossible => parked("outbox.not_readable"),
    }
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::entropy::SeededEntropy;
    use shopclerk_domain::ids::{ConversationId, PartId, TurnId};
    use shopclerk_domain::message::{Content, Part};

    use super::*;

    const SENDING: Timestamp = Timestamp::from_millis(1_000_000);

    fn part(missed_after: Option<u64>, resent: bool) -> OutboxPart {
        let entropy = SeededEntropy::new(5);
        OutboxPart {
            id: PartId::new(SENDING, &entropy),
            conversation: ConversationId::new(SENDING, &entropy),
            turn: TurnId::new(SENDING, &entropy),
            part: Part { content: Content::Text { text: "Hi".to_owned(), choices: vec![] }, claims: vec![] },
            state: PartState::Unknown,
            attempt: 0,
            run_at: SENDING,
            sending_at: Some(SENDING),
            missed_at: missed_after.map(|seconds| SENDING.plus(Duration::from_secs(seconds))),
            resent,
        }
    }

    /// What is decided so many seconds after the send.
    fn after(seconds: u64, part: &OutboxPart, looked: Looked) -> Settled {
        decide(part, looked, DoubtSettings::default(), SENDING.plus(Duration::from_secs(seconds)), 0.5)
    }

    fn look_at(seconds: u64) -> Settled {
        Settled::Missed { look_at: SENDING.plus(Duration::from_secs(seconds)) }
    }

    #[test]
    fn t13_missing_twice_and_long_enough_is_sent_again_once() {
        let absent = || Looked::Found(Found::Absent);
        assert_eq!(after(10, &part(None, false), absent()), look_at(30));
        assert_eq!(after(29, &part(None, false), absent()), look_at(34));
        assert_eq!(after(60, &part(None, false), absent()), look_at(65));
        assert_eq!(after(30, &part(Some(10), false), absent()), Settled::Resend);
        assert_eq!(after(29, &part(Some(10), false), absent()), look_at(34));
        assert_eq!(after(31, &part(Some(29), false), absent()), look_at(36));
        assert_eq!(after(34, &part(Some(29), false), absent()), Settled::Resend);
        assert!(matches!(after(40, &part(Some(10), true), absent()), Settled::Parked { .. }));
    }

    #[test]
    fn t13_what_cannot_be_known_is_a_persons() {
        let there = || Looked::Found(Found::There("m_1".to_owned()));
        for part in [part(None, false), part(Some(10), true)] {
            assert_eq!(after(10, &part, there()), Settled::Sent { native_id: Some("m_1".to_owned()) });
            for looked in [Looked::Found(Found::Unsure), Looked::Impossible] {
                assert!(matches!(after(10, &part, looked), Settled::Parked { .. }));
            }
            assert!(matches!(after(599, &part, Looked::Later(None)), Settled::Unknown { .. }));
            assert!(matches!(after(600, &part, Looked::Later(None)), Settled::Parked { .. }));
        }
    }

    #[test]
    fn t15_an_absurd_wait_puts_nothing_off_beyond_the_time_after_which_a_person_decides() {
        let a_day = || Looked::Later(Some(Duration::from_hours(24)));
        let at = |seconds| Settled::Unknown { look_at: SENDING.plus(Duration::from_secs(seconds)) };
        assert_eq!(after(10, &part(None, false), a_day()), at(600));
        assert_eq!(after(599, &part(None, false), a_day()), at(600));
        assert_eq!(after(10, &part(None, false), Looked::Later(Some(Duration::from_secs(40)))), at(50));
        assert!(matches!(after(600, &part(None, false), a_day()), Settled::Parked { .. }));
        let an_hour_before = SENDING.minus(Duration::from_hours(1));
        let settled = decide(&part(None, false), a_day(), DoubtSettings::default(), an_hour_before, 0.5);
        assert_eq!(settled, Settled::Unknown { look_at: an_hour_before.plus(Duration::from_mins(10)) });
    }

    #[test]
    fn t61_a_clock_set_back_keeps_no_part_waiting() {
        let an_hour_before = SENDING.minus(Duration::from_hours(1));
        let times = DoubtSettings::default();
        let settled = decide(&part(None, false), Looked::Found(Found::Absent), times, an_hour_before, 0.5);
        assert_eq!(settled, Settled::Missed { look_at: an_hour_before.plus(Duration::from_secs(30)) });
    }
}
