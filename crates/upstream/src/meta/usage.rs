//! How much of Meta's limits is used up, as its answers tell for the whole app and for each Page. What can wait is put off before
//! Meta refuses it; what a shopper waits for does not ask here.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::http::Answer;

/// From so many percent on calls are spread out.
const SLOW_FROM: f64 = 75.0;
const SLOW: Duration = Duration::from_secs(10);
/// From so many percent on nothing is asked for a while.
const STOP_FROM: f64 = 95.0;
const STOP: Duration = Duration::from_mins(5);
/// No wait that Meta asks for is believed beyond this, whatever it is for: asking once more costs little, and what is held back for
/// longer by a number in a header is held back for nothing.
pub(super) const LONGEST_WAIT: Duration = Duration::from_mins(LONGEST_MINUTES);
pub(super) const LONGEST_MINUTES: u64 = 60;
/// Readings of a Page's conversations that Meta allows within a second.
const READS: usize = 2;
const SECOND: Duration = Duration::from_secs(1);
/// Pages that are remembered; forgetting one costs a refused call.
const MOST_PAGES: usize = 20_000;

/// Until when calls wait, by the monotonic clock.
#[derive(Debug, Default)]
struct Told {
    app: Duration,
    pages: HashMap<String, Duration>,
    /// When each Page's conversations were read, within the last second.
    reads: HashMap<String, VecDeque<Duration>>,
}

/// What is known of the limits.
#[derive(Debug, Default)]
pub(super) struct Usage(Mutex<Told>);

impl Usage {
    /// How long a call about this Page waits, if it does.
    pub(super) fn wait(&self, page: &str, now: Duration) -> Option<Duration> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = told.pages.get(page).copied().unwrap_or_default().max(told.app);
        (until > now).then(|| until.saturating_sub(now))
    }

    /// Takes one of a Page's readings of conversations, or says how long to wait for one.
    pub(super) fn take_read(&self, page: &str, now: Duration) -> Result<(), Duration> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.reads.len() >= MOST_PAGES {
            told.reads.clear();
        }
        let reads = told.reads.entry(page.to_owned()).or_default();
        reads.retain(|at| now.saturating_sub(*at) < SECOND);
        match reads.front() {
            Some(oldest) if reads.len() >= READS => Err((*oldest + SECOND).saturating_sub(now)),
            _ => {
                reads.push_back(now);
                Ok(())
            }
        }
    }

    /// Remembers what an answer told.
    pub(super) fn learn(&self, answer: &Answer, now: Duration) {
        let read = |name| answer.header(name).and_then(|text| serde_json::from_str::<Value>(text).ok());
        let (app, pages) = (read("x-app-usage"), read("x-business-use-case-usage"));
        if app.is_none() && pages.is_none() {
            return;
        }
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(app) = app {
            told.app = now + pause(&app);
        }
        for (page, uses) in pages.as_ref().and_then(Value::as_object).into_iter().flatten() {
            let longest =
                uses.as_array().into_iter().flatten().filter(|one| !is_for_sends(one)).map(pause).max();
            match longest {
                None => {}
                Some(Duration::ZERO) => drop(told.pages.remove(page)),
                Some(longest) => {
                    if told.pages.len() >= MOST_PAGES {
                        told.pages.clear();
                    }
                    told.pages.insert(page.clone(), now + longest);
                }
            }
        }
    }
}

/// Sends have an allowance of their own, and rules of their own for when it is spent.
fn is_for_sends(usage: &Value) -> bool {
    usage.get("type").and_then(Value::as_str) == Some("messenger")
}

/// How much of an allowance is used up, by whichever of its measures says most.
pub(super) fn percent(usage: &Value) -> f64 {
    let number = |name| usage.get(name).and_then(Value::as_f64).filter(|n| *n > 0.0).unwrap_or(0.0);
    ["call_count", "total_time", "total_cputime"].into_iter().map(number).fold(0.0, f64::max)
}

/// How long until it is given back, as Meta estimates it.
pub(super) fn regained(usage: &Value) -> Duration {
    let minutes = usage.get("estimated_time_to_regain_access").and_then(Value::as_u64).unwrap_or(0);
    Duration::from_mins(minutes.min(LONGEST_MINUTES))
}

fn pause(usage: &Value) -> Duration {
    let by_percent = match percent(usage) {
        high if high >= STOP_FROM => STOP,
        some if some >= SLOW_FROM => SLOW,
        _ => Duration::ZERO,
    };
    by_percent.max(regained(usage))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1_000);

    /// How long Page 7 waits after an answer with this header.
    fn check(header: &'static str, value: &'static str, expected: Option<u64>) {
        let usage = Usage::default();
        let headers = [(header.parse().unwrap(), value.parse().unwrap())].into_iter().collect();
        usage.learn(&Answer { status: 200, headers, body: bytes::Bytes::new() }, START);
        assert_eq!(usage.wait("7", START), expected.map(Duration::from_secs), "{header}: {value}");
    }

    #[test]
    fn t15_calls_are_spread_out_before_they_are_refused() {
        let app = "x-app-usage";
        check(app, r#"{"call_count":28,"total_time":25,"total_cputime":25}"#, None);
        check(app, r#"{"call_count":28,"total_time":75,"total_cputime":25}"#, Some(10));
        check(app, r#"{"call_count":95,"total_time":1,"total_cputime":1}"#, Some(300));
        check(app, r#"{"call_count":-1,"total_time":"x"}"#, None);
        check(app, "[]", None);
        check(app, "{", None);
        let page = "x-business-use-case-usage";
        check(
            page,
            r#"{"7":[{"type":"pages","call_count":80}],"8":[{"type":"pages","call_count":99}]}"#,
            Some(10),
        );
        check(
            page,
            r#"{"7":[{"type":"pages","call_count":3,"estimated_time_to_regain_access":7}]}"#,
            Some(420),
        );
        check(
            page,
            r#"{"7":[{"type":"pages","call_count":3,"estimated_time_to_regain_access":1440}]}"#,
            Some(3_600),
        );
        check(page, r#"{"7":[{"type":"messenger","call_count":100}]}"#, None);
        check(page, r#"{"7":7,"8":[1]}"#, None);
    }

    #[test]
    fn t15_conversations_are_read_twice_a_second_at_most() {
        let usage = Usage::default();
        let read = |page, millis| usage.take_read(page, START + Duration::from_millis(millis));
        assert_eq!([read("7", 0), read("7", 400)], [Ok(()), Ok(())]);
        assert_eq!(read("7", 600), Err(Duration::from_millis(400)));
        assert_eq!(read("8", 600), Ok(()));
        assert_eq!([read("7", 1_000), read("7", 1_100)], [Ok(()), Err(Duration::from_millis(300))]);
    }

    #[test]
    fn what_is_told_last_counts() {
        let usage = Usage::default();
        let tell = |percent: u64| {
            let value = format!(r#"{{"7":[{{"type":"pages","call_count":{percent}}}]}}"#);
            let headers = [("x-business-use-case-usage".parse().unwrap(), value.parse().unwrap())];
            let headers = headers.into_iter().collect();
            usage.learn(&Answer { status: 200, headers, body: bytes::Bytes::new() }, START);
            usage.wait("7", START)
        };
        assert_eq!([tell(96), tell(80), tell(50)], [Some(STOP), Some(SLOW), None]);
    }
}
