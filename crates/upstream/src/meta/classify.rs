//! What Graph's refusals mean. The HTTP status says little, so code and subcode decide; the table is the one place that
//! knows them.

use std::time::Duration;

use serde_json::Value;

use super::usage::{LONGEST_MINUTES, LONGEST_WAIT};
use crate::error::UpstreamError;
use crate::http::Answer;

/// What a refusal asks of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Wait.
    Throttle,
    /// Stop the Page; the merchant must connect again.
    Auth,
    /// The messaging window is closed.
    Window,
    /// This person cannot be reached until they write again.
    Unreachable,
    /// The Page may not send, for about that long where it is known.
    Blocked(Option<Duration>),
    /// The call or its content is wrong: never again.
    Bad,
    /// It may have been done all the same.
    Ambiguous,
}

/// Which subcodes a row is about.
#[derive(Clone, Copy, Debug)]
enum Sub {
    Is(i64),
    Absent,
    Any,
}

use Class::{Ambiguous, Auth, Bad, Blocked, Throttle, Unreachable, Window};
use Sub::{Absent, Any, Is};

/// First and last code, subcode, class. The first row that fits counts.
const TABLE: &[(i64, i64, Sub, Class)] = &[
    // Facebook answers 1545041 under several codes: blocked, deactivated or messages switched off.
    (0, i64::MAX, Is(1_545_041), Unreachable),
    (1, 1, Is(2_018_382), Bad),
    // Among these is 1357046: documented as sent although an error came back.
    (1, 1, Any, Ambiguous),
    (2, 2, Is(2_018_344), Bad),
    (2, 2, Any, Ambiguous),
    (3, 3, Any, Auth),
    (4, 4, Any, Throttle),
    (10, 10, Absent, Auth),
    (10, 10, Is(2_018_065), Window),
    (10, 10, Is(2_018_278), Window),
    (10, 10, Is(2_534_022), Window),
    (10, 10, Is(2_018_108), Unreachable),
    (10, 10, Is(1_893_063), Blocked(Some(Duration::from_mins(30)))),
    // Another app holds the thread: this part is over, the next message of the shopper decides anew.
    (10, 10, Is(2_018_300), Bad),
    (17, 17, Any, Throttle),
    (32, 32, Any, Throttle),
    (100, 100, Is(2_018_001), Unreachable),
    (100, 100, Any, Bad),
    (102, 102, Any, Auth),
    (190, 190, Any, Auth),
    (200, 299, Any, Auth),
    (341, 341, Any, Throttle),
    (368, 368, Any, Blocked(None)),
    (506, 506, Any, Bad),
    (551, 551, Any, Unreachable),
    (613, 613, Any, Throttle),
    (803, 803, Any, Bad),
    (1_200, 1_200, Any, Ambiguous),
    (2_200, 2_200, Any, Bad),
    (2_500, 2_500, Any, Bad),
    (2_635, 2_635, Any, Bad),
    (10_303, 10_303, Any, Bad),
    (80_001, 80_002, Any, Throttle),
    (80_006, 80_006, Any, Throttle),
];

/// Graph said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: i64,
    pub(super) subcode: Option<i64>,
    transient: bool,
    pub(super) retry_after: Option<Duration>,
}

impl Refusal {
    /// What it asks of us. A code nobody listed is final, unless Graph says that it will pass.
    pub(super) fn class(&self) -> Class {
        let fits = |(first, last, sub, _): &&(i64, i64, Sub, Class)| {
            (*first..=*last).contains(&self.code)
                && match sub {
                    Is(subcode) => self.subcode == Some(*subcode),
                    Absent => self.subcode.is_none(),
                    Any => true,
                }
        };
        let unlisted = if self.transient { Ambiguous } else { Bad };
        TABLE.iter().find(fits).map_or(unlisted, |(.., class)| *class)
    }

    /// Code and subcode as they are stored and shown.
    pub(super) fn words(&self) -> String {
        self.subcode.map_or_else(|| self.code.to_string(), |subcode| format!("{}/{subcode}", self.code))
    }
}

impl From<Refusal> for UpstreamError {
    /// For calls that may be repeated: all but a send.
    fn from(refusal: Refusal) -> Self {
        match refusal.class() {
            Throttle => Self::Limited { retry_after: refusal.retry_after },
            Auth => Self::TokenRefused,
            Ambiguous => Self::Unavailable,
            Window | Unreachable | Blocked(_) | Bad => Self::Refused { code: refusal.words() },
        }
    }
}

/// The refusal an answer holds, whatever its status.
pub(super) fn refusal_in(answer: &Answer) -> Option<Refusal> {
    let body: Value = answer.json()?;
    let error = body.get("error")?.as_object()?;
    let number = |name: &str| error.get(name).and_then(Value::as_i64);
    Some(Refusal {
        code: number("code").unwrap_or(0),
        subcode: number("error_subcode"),
        transient: error.get("is_transient").and_then(Value::as_bool).unwrap_or(false),
        retry_after: asked_wait(answer),
    })
}

/// How long an answer asks us to wait, as far as that is believed.
pub(super) fn asked_wait(answer: &Answer) -> Option<Duration> {
    regain(answer).or_else(|| answer.retry_after()).map(|wait| wait.min(LONGEST_WAIT))
}

/// Minutes until access is regained, as the usage header estimates them; zero is no estimate.
fn regain(answer: &Answer) -> Option<Duration> {
    let usage: Value = serde_json::from_str(answer.header("x-business-use-case-usage")?).ok()?;
    let uses = usage.as_object()?.values().filter_map(Value::as_array).flatten();
    let minutes =
        uses.filter_map(|one| one.get("estimated_time_to_regain_access").and_then(Value::as_u64)).max()?;
    (minutes > 0).then(|| Duration::from_mins(minutes.min(LONGEST_MINUTES)))
}

#[cfg(test)]
mod tests {
    use super::super::send::SendError;
    use super::*;

    const A_DAY: &str =
        r#"{"1065":[{"type":"messenger","call_count":101,"estimated_time_to_regain_access":1440}]}"#;

    fn answered(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Answer {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        Answer { status, headers, body: body.to_owned().into() }
    }

    fn class_of(code: i64, subcode: Option<i64>) -> Class {
        Refusal { code, subcode, transient: false, retry_after: None }.class()
    }

    #[test]
    fn every_documented_code_has_its_class() {
        for (code, subcodes, class) in [
            (1, &[None, Some(99), Some(1_357_046)][..], Ambiguous),
            (1, &[Some(2_018_382)], Bad),
            (2, &[None], Ambiguous),
            (2, &[Some(2_018_344)], Bad),
            (3, &[None], Auth),
            (4, &[None, Some(2_018_022)], Throttle),
            (17, &[None], Throttle),
            (32, &[None], Throttle),
            (341, &[None], Throttle),
            (613, &[None], Throttle),
            (80_001, &[None], Throttle),
            (80_002, &[None], Throttle),
            (80_006, &[None], Throttle),
            (10, &[None], Auth),
            (10, &[Some(2_018_065), Some(2_018_278), Some(2_534_022)], Window),
            (10, &[Some(2_018_108)], Unreachable),
            (10, &[Some(1_893_063)], Blocked(Some(Duration::from_mins(30)))),
            (10, &[Some(2_018_300), Some(77)], Bad),
            (100, &[None, Some(33), Some(2_018_034), Some(2_018_109), Some(2_018_008), Some(2_018_320)], Bad),
            (100, &[Some(2_018_001)], Unreachable),
            (102, &[None], Auth),
            (190, &[None, Some(458), Some(459), Some(460), Some(463), Some(467), Some(490), Some(492)], Auth),
            (200, &[None, Some(2_018_028), Some(2_018_027), Some(2_018_021)], Auth),
            (200, &[Some(1_545_041)], Unreachable),
            (230, &[None], Auth),
            (299, &[None], Auth),
            (300, &[None], Bad),
            (551, &[None, Some(1_545_041)], Unreachable),
            (368, &[None], Blocked(None)),
            (506, &[None], Bad),
            (803, &[None], Bad),
            (1_200, &[None], Ambiguous),
            (2_200, &[None], Bad),
            (2_500, &[None], Bad),
            (2_635, &[None], Bad),
            (10_303, &[None], Bad),
            (999_999, &[None, Some(1)], Bad),
            (0, &[None], Bad),
            (-1, &[None], Bad),
        ] {
            for subcode in subcodes {
                assert_eq!(class_of(code, *subcode), class, "{code}/{subcode:?}");
            }
        }
    }

    /// What a class does to a message, as the documents say it.
    const fn does(class: Class) -> &'static str {
        match class {
            Throttle => "waits as long as Meta says, and the Page's other messages with it",
            Auth => "the Page stops; its merchant connects it again",
            Window => "not sent and listed: the shopper wrote too long ago",
            Unreachable => "not sent and listed: the shopper cannot be reached until they write again",
            Blocked(_) => "the Page stops for 30 minutes, then tries again",
            Bad => "not sent and listed: the same message would be refused again",
            Ambiguous => "unknown: it may have arrived, and is looked for",
        }
    }

    #[test]
    fn every_row_is_reached_and_documented() {
        let documented =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reliability.md"))
                .unwrap();
        for (first, last, sub, class) in TABLE {
            let codes = match (*first, *last) {
                (0, i64::MAX) => "any".to_owned(),
                (first, last) if first == last => first.to_string(),
                (first, last) => format!("{first} to {last}"),
            };
            let (subcode, sub) = match sub {
                Is(subcode) => (Some(*subcode), subcode.to_string()),
                Absent => (None, "none".to_owned()),
                Any => (Some(7), "any other".to_owned()),
            };
            assert_eq!(class_of(*first, subcode), *class, "{codes} {sub} is hidden by a row above it");
            let row = format!("| {codes} | {sub} | {} |", does(*class));
            assert!(documented.contains(&row), "docs/reliability.md lacks the row\n{row}");
        }
    }

    #[test]
    fn an_unlisted_code_that_will_pass_is_ambiguous() {
        let answer =
            answered(500, &[], r#"{"error":{"code":987654,"is_transient":true,"message":"secret words"}}"#);
        let refusal = refusal_in(&answer).unwrap();
        assert_eq!(refusal.class(), Ambiguous);
        assert_eq!(refusal.words(), "987654");
    }

    #[test]
    fn the_usage_header_tells_how_long_to_wait() {
        let usage = r#"{"1065":[{"type":"messenger","call_count":101,"estimated_time_to_regain_access":7}]}"#;
        for (headers, wait) in [
            (vec![("x-business-use-case-usage", usage)], Some(420)),
            (vec![("x-business-use-case-usage", "{"), ("retry-after", "30")], Some(30)),
            (vec![("x-business-use-case-usage", "[1]")], None),
            (vec![("retry-after", "soon")], None),
            (vec![("retry-after", "86400")], Some(3_600)),
            (vec![("x-business-use-case-usage", A_DAY)], Some(3_600)),
            (vec![], None),
        ] {
            let refusal = refusal_in(&answered(400, &headers, r#"{"error":{"code":613}}"#)).unwrap();
            let retry_after = wait.map(Duration::from_secs);
            assert_eq!(UpstreamError::from(refusal), UpstreamError::Limited { retry_after });
        }
    }

    #[test]
    fn t15_no_block_is_believed_to_last_longer_than_any_other_wait() {
        for (code, headers, wait) in [
            (368, vec![("x-business-use-case-usage", A_DAY)], Some(3_600)),
            (368, vec![("retry-after", "600")], Some(600)),
            (368, vec![], None),
        ] {
            let body = format!(r#"{{"error":{{"code":{code}}}}}"#);
            let answer = Answer { body: body.into(), ..answered(400, &headers, "") };
            let sent = SendError::from(refusal_in(&answer).unwrap());
            assert_eq!(sent, SendError::Blocked { retry_after: wait.map(Duration::from_secs) });
        }
    }

    #[test]
    fn what_is_no_refusal_is_not_taken_for_one() {
        for body in ["", "{", "<html>", "[]", "{}", r#"{"error":"text"}"#, r#"{"error":null}"#] {
            assert_eq!(refusal_in(&answered(500, &[], body)), None, "{body}");
        }
    }
}
