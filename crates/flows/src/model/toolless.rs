//! Remembers for a while that the model takes no tools. It is a guess from a refusal's words, so it ends by itself: a wrong one
//! would leave every merchant without tools until a restart.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So long a guess holds.
const HOLDS: Duration = Duration::from_hours(1);

/// Times are of the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Toolless {
    until: Mutex<Option<Duration>>,
}

impl Toolless {
    pub(super) fn holds(&self, now: Duration) -> bool {
        self.until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| now < until)
    }

    pub(super) fn found(&self, now: Duration) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = Some(now.saturating_add(HOLDS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_holds_for_an_hour() {
        let (toolless, at) = (Toolless::default(), Duration::from_secs);
        assert!(!toolless.holds(at(0)));
        toolless.found(at(10));
        assert_eq!([10, 3_609, 3_610].map(|second| toolless.holds(at(second))), [true, true, false]);
    }
}
