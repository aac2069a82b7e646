//! Time as an argument: the instant type and the clock every crate is handed. Nobody else reads the system's clock.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

/// An instant in UTC milliseconds since 1970, as it is stored in every table and file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `millis` after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339, such as `2027-01-31T00:00:00Z`.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|instant| Self(instant.as_millisecond()))
    }

    /// Reads the `Date` of an HTTP answer, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    pub fn parse_http(text: &str) -> Option<Self> {
        let instant = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        Some(Self(instant.as_millisecond()))
    }

    /// Day and minute in UTC, such as `2027-01-31 00:00 UTC`, for people.
    pub fn to_the_minute(self) -> String {
        let at = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        at.strftime("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// This instant moved into the future; stops at the end of time instead of wrapping.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis_of(span)))
    }

    /// This instant moved into the past; stops at the beginning of time instead of wrapping.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis_of(span)))
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, for logs and files people read.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(instant) => write!(out, "{instant:.3}"),
            Err(_) => write!(out, "{} ms", self.0),
        }
    }
}

fn millis_of(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Where the time comes from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Wall time: expiry, windows, schedules, display.
    fn now(&self) -> Timestamp;

    /// Time since some fixed start that never goes back: deadlines and durations.
    fn monotonic(&self) -> Duration;
}

/// The machine's own clock.
#[derive(Debug)]
pub struct SystemClock {
    started: std::time::Instant,
}

impl SystemClock {
    /// A clock whose monotonic time starts now.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn start() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        let since_1970 =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(millis_of(since_1970))
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A clock that stands still until it is moved: for stories and rehearsals.
#[derive(Debug)]
pub struct ManualClock {
    at: Mutex<(Timestamp, Duration)>,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn at(start: Timestamp) -> Self {
        Self { at: Mutex::new((start, Duration::ZERO)) }
    }

    /// Lets `span` pass on both the wall and the monotonic clock.
    pub fn advance(&self, span: Duration) {
        let mut at = self.at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *at = (at.0.plus(span), at.1.saturating_add(span));
    }

    /// Moves the wall clock alone, as an operator or a broken time server would.
    pub fn jump_to(&self, wall: Timestamp) {
        self.at.lock().unwrap_or_else(std::sync::PoisonError::into_inner).0 = wall;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.at.lock().unwrap_or_else(std::sync::PoisonError::into_inner).0
    }

    fn monotonic(&self) -> Duration {
        self.at.lock().unwrap_or_else(std::sync::PoisonError::into_inner).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_reads_as_utc_and_never_wraps() {
        assert_eq!(Timestamp::from_millis(1_795_258_800_876).to_string(), "2026-11-21T11:00:00.876Z");
        assert_eq!(Timestamp::from_millis(i64::MAX).plus(Duration::from_secs(1)).millis(), i64::MAX);
        assert_eq!(Timestamp::from_millis(5).since(Timestamp::from_millis(9)), Duration::ZERO);
    }

    #[test]
    fn a_jump_of_the_wall_clock_leaves_deadlines_alone() {
        let clock = ManualClock::at(Timestamp::from_millis(1_000));

        clock.advance(Duration::from_secs(2));
        clock.jump_to(Timestamp::from_millis(0));

        assert_eq!(clock.now().millis(), 0);
        assert_eq!(clock.monotonic(), Duration::from_secs(2));
    }
}
