//! How fast a Page may send: what Meta's answers tell of its allowance, and what a refusal of a send asked for. Nothing a header
//! says is believed beyond these bounds. Who is about to send takes a place here, because many look at the same moment.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::usage::{percent, regained};
use crate::http::Answer;

/// From so many percent on a Page's sends are spread out.
const SLOW_FROM: f64 = 75.0;
const GAP: Duration = Duration::from_millis(500);
/// No place is promised later than so.
const FARTHEST: Duration = Duration::from_mins(1);
/// From so many percent on nothing is sent for a while.
const STOP_FROM: f64 = 95.0;
const STOP: Duration = Duration::from_mins(1);
/// A refusal that names no time is taken to mean this.
const REFUSED: Duration = Duration::from_secs(1);
/// Pages that are remembered; forgetting one costs a refused send.
const MOST: usize = 20_000;

/// What is known of one Page.
#[derive(Clone, Copy, Debug, Default)]
struct OfPage {
    /// Nothing is sent before, by the monotonic clock, as the last answer told.
    told: Duration,
    /// Nor before, since a send was refused. What other sends are told, which were on their way then, makes it no shorter.
    refused: Duration,
    /// Sends are so far apart.
    gap: Duration,
    last: Duration,
    /// The place that was promised last to one of those who came too early.
    promised: Duration,
}

impl OfPage {
    fn held_until(&self) -> Duration {
        self.told.max(self.refused)
    }
}

/// What is known of all.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<String, OfPage>>);

impl Pace {
    /// How long a send of this Page would wait now, if it would; nothing is taken.
    pub(super) fn wait(&self, page: &str, now: Duration) -> Option<Duration> {
        let of_page = self.known().get(page).copied().unwrap_or_default();
        let spread = if of_page.gap.is_zero() { Duration::ZERO } else { of_page.last + of_page.gap };
        let until = of_page.held_until().max(spread);
        (until > now).then(|| until.saturating_sub(now))
    }

    /// Takes the place of a send that is made at once, or says how long to wait for one. Those who come too early are told one moment
    /// each, so that they do not come again together.
    pub(super) fn take(&self, page: &str, now: Duration) -> Result<(), Duration> {
        let mut known = self.known();
        let Some(of_page) = known.get_mut(page) else { return Ok(()) };
        let held_until = of_page.held_until();
        if held_until > now {
            return Err(held_until.saturating_sub(now));
        }
        if of_page.gap.is_zero() || of_page.last + of_page.gap <= now {
            of_page.last = now;
            return Ok(());
        }
        // Not all who were promised a place come for it: nobody is put off further than so.
        of_page.promised = (of_page.promised.max(of_page.last) + of_page.gap).min(now + FARTHEST);
        Err(of_page.promised.saturating_sub(now))
    }

    /// A send was refused for its number.
    pub(super) fn refused(&self, page: &str, wait: Option<Duration>, now: Duration) {
        let mut known = self.known();
        let of_page = of(&mut known, page);
        of_page.refused = of_page.refused.max(now + wait.unwrap_or(REFUSED));
    }

    /// Remembers what the answer to a send told of its Page.
    pub(super) fn learn(&self, page: &str, answer: &Answer, now: Duration) {
        let read = |name| answer.header(name).and_then(|text| serde_json::from_str::<Value>(text).ok());
        let by_case = read("x-business-use-case-usage");
        let of_case = by_case.as_ref().and_then(|all| all.get(page)).and_then(Value::as_array);
        let of_page = read("x-page-usage");
        let told: Vec<&Value> =
            of_case.into_iter().flatten().filter(|one| is_for_sends(one)).chain(&of_page).collect();
        if told.is_empty() {
            return;
        }
        let used = told.iter().map(|usage| percent(usage)).fold(0.0, f64::max);
        let regained = told.iter().map(|usage| regained(usage)).max().unwrap_or_default();
        let stop = if used >= STOP_FROM { STOP } else { Duration::ZERO };
        let mut known = self.known();
        let of_page = of(&mut known, page);
        of_page.told = now + stop.max(regained);
        of_page.gap = if used >= SLOW_FROM { GAP } else { Duration::ZERO };
        if of_page.gap.is_zero() {
            of_page.promised = Duration::ZERO;
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, OfPage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn of<'k>(known: &'k mut HashMap<String, OfPage>, page: &str) -> &'k mut OfPage {
    if known.len() >= MOST {
        known.clear();
    }
    known.entry(page.to_owned()).or_default()
}

/// Sends have an allowance of their own.
fn is_for_sends(usage: &Value) -> bool {
    usage.get("type").and_then(Value::as_str) == Some("messenger")
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    const START: Duration = Duration::from_secs(1_000);

    /// How long Page 7 waits to send, in milliseconds, after an answer with this header and a send.
    fn check(header: &'static str, value: &str, expected: Option<u64>) {
        let pace = Pace::default();
        let headers = [(header.parse().unwrap(), value.parse().unwrap())].into_iter().collect();
        pace.learn("7", &Answer { status: 200, headers, body: bytes::Bytes::new() }, START);
        // Where it is held, there is no place to take.
        assert_eq!(
            pace.take("7", START).err(),
            expected.filter(|wait| *wait > 500).map(Duration::from_millis)
        );
        assert_eq!(pace.wait("7", START), expected.map(Duration::from_millis), "{header}: {value:.80}");
        assert_eq!(pace.wait("8", START), None);
    }

    #[test]
    fn t15_a_page_sends_slower_before_it_is_refused() {
        let case = "x-business-use-case-usage";
        let messenger = |percent: &str| format!(r#"{{"7":[{{"type":"messenger","call_count":{percent}}}]}}"#);
        check(case, &messenger("74"), None);
        check(case, &messenger("75"), Some(500));
        check(case, &messenger("95"), Some(60_000));
        check(
            case,
            r#"{"7":[{"type":"messenger","call_count":3,"estimated_time_to_regain_access":7}]}"#,
            Some(420_000),
        );
        check(
            case,
            r#"{"7":[{"type":"pages","call_count":99}],"8":[{"type":"messenger","call_count":99}]}"#,
            None,
        );
        check("x-page-usage", r#"{"call_count":80,"total_time":1,"total_cputime":1}"#, Some(500));
    }

    #[test]
    fn t15_headers_with_absurd_limits_do_no_harm() {
        let case = "x-business-use-case-usage";
        let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
        for value in [
            "",
            "{",
            "[]",
            "null",
            "7",
            r#""x""#,
            &deep,
            "NaN",
            r#"{"7":{"type":"messenger"}}"#,
            r#"{"7":[1,null,"x"]}"#,
            r#"{"7":[{"type":"messenger","call_count":-5,"estimated_time_to_regain_access":-9}]}"#,
            r#"{"7":[{"type":"messenger","call_count":"99","estimated_time_to_regain_access":"5"}]}"#,
            r#"{"7":[{"type":"messenger","estimated_time_to_regain_access":1e300}]}"#,
        ] {
            check(case, value, None);
            check("x-page-usage", value, None);
        }
        let longest = Some(3_600_000);
        check(
            case,
            r#"{"7":[{"type":"messenger","estimated_time_to_regain_access":18446744073709551615}]}"#,
            longest,
        );
        check(case, r#"{"7":[{"type":"messenger","call_count":1e308}]}"#, Some(60_000));
    }

    fn learn(pace: &Pace, percent: u64) {
        let usage = format!(r#"{{"7":[{{"type":"messenger","call_count":{percent}}}]}}"#);
        let headers = [("x-business-use-case-usage".parse().unwrap(), usage.parse().unwrap())];
        let headers = headers.into_iter().collect();
        pace.learn("7", &Answer { status: 200, headers, body: bytes::Bytes::new() }, START);
    }

    #[test]
    fn t15_of_many_who_would_send_at_once_one_may_and_each_other_is_told_a_moment_of_its_own() {
        let pace = Pace::default();
        learn(&pace, 80);
        let mut waits: Vec<Duration> = thread::scope(|all| {
            let senders: Vec<_> = (0..32).map(|_| all.spawn(|| pace.take("7", START).err())).collect();
            senders.into_iter().map(|one| one.join().unwrap().unwrap_or_default()).collect()
        });

        waits.sort_unstable();
        assert_eq!(waits, (0..32).map(|turn| GAP * turn).collect::<Vec<_>>());
        assert_eq!(pace.take("7", START + GAP), Ok(()));
        assert_eq!(pace.take("7", START + GAP), Err(GAP * 31), "behind all who were promised a place");
        assert_eq!(pace.take("8", START), Ok(()));
        learn(&pace, 50);
        assert_eq!([pace.take("7", START + GAP), pace.take("7", START + GAP)], [Ok(()); 2]);
    }

    #[test]
    fn t15_a_refused_send_holds_its_page_whatever_others_are_told_meanwhile() {
        let pace = Pace::default();
        pace.refused("7", Some(Duration::from_secs(30)), START);
        pace.refused("7", None, START);
        assert_eq!(pace.wait("7", START), Some(Duration::from_secs(30)));
        assert_eq!(pace.wait("7", START + Duration::from_secs(30)), None);
        for percent in [1, 80, 96, 1] {
            learn(&pace, percent);
            assert!(pace.wait("7", START).is_some_and(|wait| wait >= Duration::from_secs(30)), "{percent}");
        }
        assert_eq!(pace.take("7", START), Err(Duration::from_secs(30)));
        assert_eq!(pace.take("7", START + Duration::from_secs(30)), Ok(()));
    }
}
