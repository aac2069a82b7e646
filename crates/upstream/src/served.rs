//! What answers tell beside their content: which version of its API a vendor really serves, and what time it is there.

use std::sync::{Mutex, PoisonError};

use shopclerk_domain::clock::Timestamp;

use crate::http::Answer;

/// What the newest answers of a vendor told.
#[derive(Debug)]
pub(crate) struct Served {
    /// The header that names the version.
    version_header: &'static str,
    newest: Mutex<Newest>,
}

#[derive(Debug, Default)]
struct Newest {
    version: Option<String>,
    warned: bool,
    ahead_ms: Option<i64>,
}

impl Served {
    pub(crate) fn by(version_header: &'static str) -> Self {
        Self { version_header, newest: Mutex::default() }
    }

    /// Remembers what an answer that came at `now` tells. An outdated version is not refused but served by another one: only
    /// this tells, so the first such answer is warned of.
    pub(crate) fn note(&self, vendor: &'static str, asked: &str, answer: &Answer, now: Timestamp) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(date) = answer.header("date").and_then(Timestamp::parse_http) {
            newest.ahead_ms = Some(now.millis().saturating_sub(date.millis()));
        }
        let Some(used) = answer.header(self.version_header).filter(|used| used.len() <= 32) else { return };
        if used != asked && !newest.warned {
            newest.warned = true;
            tracing::warn!(vendor, asked, used, "the platform answers with another version of its API");
        }
        newest.version = Some(used.to_owned());
    }

    /// The version that answered last, where it told.
    pub(crate) fn version(&self) -> Option<String> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).version.clone()
    }

    /// By how many milliseconds our clock was ahead of the vendor's at the last answer; negative = behind.
    pub(crate) fn ahead_ms(&self) -> Option<i64> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).ahead_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_answer_tells_the_version_and_the_time() {
        let served = Served::by("x-version");
        let told = |headers: &[(&'static str, &'static str)]| {
            let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            let answer = Answer { status: 200, headers: headers.collect(), body: "".into() };
            served.note("a vendor", "v2", &answer, Timestamp::from_millis(784_111_779_000));
            (served.version(), served.ahead_ms())
        };
        assert_eq!(told(&[]), (None, None));
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(told(&[date, ("x-version", "v1")]), (Some("v1".to_owned()), Some(2_000)));
        assert_eq!(told(&[("date", "yesterday")]), (Some("v1".to_owned()), Some(2_000)));
    }
}
