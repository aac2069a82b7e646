//! How far a long run is, on stderr: a line at every twentieth of it, and whatever is found on the way.

use std::sync::Arc;
use std::time::Duration;

use shopclerk_domain::clock::{Clock, SystemClock};

/// So many lines a run tells of itself.
const LINES: u64 = 20;

/// A run under way.
pub(crate) struct Progress {
    what: &'static str,
    total: u64,
    done: u64,
    clock: Arc<dyn Clock>,
    begun: Duration,
}

impl Progress {
    /// Begins a run of `total` things, called `what`.
    pub(crate) fn begin(what: &'static str, total: u64) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let begun = clock.monotonic();
        Self { what, total, done: 0, clock, begun }
    }

    /// One more is done; `found` is told with every line, such as `3 delivered`.
    pub(crate) fn step(&mut self, found: impl FnOnce() -> String) {
        self.done += 1;
        if self.done.is_multiple_of((self.total / LINES).max(1)) {
            let (what, total, taken) = (self.what, self.total, self.taken());
            eprintln!("{} of {total} {what} in {taken:.1?}: {}", self.done, found());
        }
    }

    /// How long the run has taken so far.
    pub(crate) fn taken(&self) -> Duration {
        self.clock.monotonic().saturating_sub(self.begun)
    }
}
