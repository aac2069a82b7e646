//! Leaves a model alone that fails again and again: the rules answer at once, and a probe waits for its return.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So many failures in a row are enough.
const FAILURES: u32 = 3;

/// Counts failures; times are of the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// When it is looked after next; none while it works.
    probe_at: Option<Duration>,
}

/// What a note changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing.
    None,
    /// From now on it is left alone.
    Rests,
    /// It is asked again.
    Returns,
}

impl Breaker {
    pub(super) fn rests(&self) -> bool {
        self.state().probe_at.is_some()
    }

    pub(super) fn succeeded(&self) -> Change {
        let mut state = self.state();
        state.failures = 0;
        if state.probe_at.take().is_some() { Change::Returns } else { Change::None }
    }

    pub(super) fn failed(&self, now: Duration, probe_every: Duration) -> Change {
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        if state.failures < FAILURES || state.probe_at.is_some() {
            return Change::None;
        }
        state.probe_at = Some(now.saturating_add(probe_every));
        Change::Rests
    }

    pub(super) fn probe_at(&self) -> Option<Duration> {
        self.state().probe_at
    }

    /// A probe that found it puts it on trial: one more failure and it rests again.
    pub(super) fn probed(&self, is_there: Probed, now: Duration, probe_every: Duration) -> Change {
        let mut state = self.state();
        match is_there {
            Probed::There if state.probe_at.take().is_some() => {
                state.failures = FAILURES - 1;
                Change::Returns
            }
            Probed::There => Change::None,
            Probed::Gone => {
                state.probe_at = state.probe_at.map(|_| now.saturating_add(probe_every));
                Change::None
            }
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a probe found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Probed {
    There,
    Gone,
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(5);

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn three_failures_in_a_row_are_enough_and_a_success_forgets_them() {
        let breaker = Breaker::default();
        breaker.failed(at(0), EVERY);
        breaker.failed(at(1), EVERY);
        breaker.succeeded();
        assert_eq!([breaker.failed(at(2), EVERY), breaker.failed(at(3), EVERY)], [Change::None; 2]);
        assert!(!breaker.rests());

        assert_eq!(breaker.failed(at(4), EVERY), Change::Rests);
        assert_eq!((breaker.rests(), breaker.probe_at()), (true, Some(at(9))));
        assert_eq!(breaker.failed(at(5), EVERY), Change::None, "a late failure moves nothing");
        assert_eq!(breaker.probe_at(), Some(at(9)));
    }

    #[test]
    fn what_a_probe_finds_is_on_trial() {
        let breaker = Breaker::default();
        for second in 0..3 {
            breaker.failed(at(second), EVERY);
        }
        assert_eq!(breaker.probed(Probed::Gone, at(9), EVERY), Change::None);
        assert_eq!(breaker.probe_at(), Some(at(14)));
        assert_eq!(breaker.probed(Probed::There, at(14), EVERY), Change::Returns);
        assert!(!breaker.rests());

        assert_eq!(breaker.failed(at(15), EVERY), Change::Rests);
    }
}
