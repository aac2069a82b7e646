//! The worker: does one step after the other while something is due, and sleeps until something becomes due. A step that
//! fails or panics costs a pause, never the worker.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use tokio_util::sync::CancellationToken;

use super::bell::Ear;
use super::wait;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Something was done; there may be more.
    Worked,
    /// Nothing is due.
    Idle,
    /// It failed, and was told where it failed.
    Failed,
}

/// What a worker works at.
#[async_trait]
pub(crate) trait Desk: Send + Sync {
    /// Does one thing that is due.
    async fn step(&self) -> Step;

    /// How long until something becomes due by itself; `None` = only a wake-up can tell.
    async fn next_due(&self) -> Option<Duration>;
}

/// Sleep when nothing is known to become due: what nobody announced is found then.
const UNTOLD: Duration = Duration::from_secs(5);
/// Longest sleep: a wall clock that was set back must not keep work waiting.
const LONGEST: Duration = Duration::from_mins(1);
/// Shortest sleep, so that a clock that stands still costs nothing.
const SHORTEST: Duration = Duration::from_millis(1);
/// Pause after a failed step; doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Works until told to stop; finishes the step under way.
pub(crate) async fn run(desk: &dyn Desk, mut ear: Ear, stop: &CancellationToken) {
    let mut failures = 0;
    while !stop.is_cancelled() {
        ear.clear();
        let outcome = AssertUnwindSafe(desk.step()).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!("a step of the worker panicked; the panic's own line is just above");
            Step::Failed
        });
        match outcome {
            Step::Worked => failures = 0,
            Step::Idle => {
                failures = 0;
                let sleep = desk.next_due().await.unwrap_or(UNTOLD).clamp(SHORTEST, LONGEST);
                rest(sleep, &mut ear, stop).await;
            }
            Step::Failed => {
                failures += 1;
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = wait::pause(pause_after(failures)) => {}
                }
            }
        }
    }
}

async fn rest(span: Duration, ear: &mut Ear, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = ear.rung() => {}
        () = wait::pause(span) => {}
    }
}

fn pause_after(failures: u32) -> Duration {
    let doubled = 1_u32.checked_shl(failures.saturating_sub(1).min(16)).unwrap_or(u32::MAX);
    FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::work::bell::Bell;

    /// Panics first, works once, then asks to stop.
    struct Clumsy {
        steps: AtomicUsize,
        stop: CancellationToken,
    }

    #[async_trait]
    impl Desk for Clumsy {
        async fn step(&self) -> Step {
            match self.steps.fetch_add(1, Ordering::Relaxed) {
                0 => panic!("a poisoned message"),
                1 => Step::Worked,
                _ => {
                    self.stop.cancel();
                    Step::Idle
                }
            }
        }

        async fn next_due(&self) -> Option<Duration> {
            None
        }
    }

    #[tokio::test]
    async fn a_panic_costs_a_pause_and_not_the_worker() {
        let stop = CancellationToken::new();
        let desk = Clumsy { steps: AtomicUsize::new(0), stop: stop.clone() };

        run(&desk, Bell::default().ear(), &stop).await;

        assert_eq!(desk.steps.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn failures_are_paced() {
        assert_eq!(pause_after(1), Duration::from_millis(250));
        assert_eq!(pause_after(3), Duration::from_secs(1));
        assert_eq!(pause_after(40), LONGEST_PAUSE);
    }
}
