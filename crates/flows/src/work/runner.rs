//! The worker: does one step after the other while something is due, and sleeps until something becomes due. A step that
//! fails or panics costs a pause, never the worker. Of the workers of a crew that have nothing to do one keeps watch; it leaves the
//! watch to the next when it goes to work, so that a ring wakes as many as there is work for, and not all.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use tokio::sync::{Mutex, Notify};
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

/// Workers at the same kind of desk.
#[derive(Debug)]
pub(crate) struct Crew {
    /// Held by whoever keeps watch.
    watch: Mutex<Ear>,
    /// Somebody has worked: what is due next may be another thing now.
    worked: Notify,
}

impl Crew {
    /// A crew that is woken through this ear.
    pub(crate) fn with(ear: Ear) -> Self {
        Self { watch: Mutex::new(ear), worked: Notify::new() }
    }
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
pub(crate) async fn run(desk: &dyn Desk, crew: &Crew, stop: &CancellationToken) {
    let (mut failures, mut has_worked) = (0, false);
    while !stop.is_cancelled() {
        let outcome = AssertUnwindSafe(desk.step()).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!("a step of the worker panicked; the panic's own line is just above");
            Step::Failed
        });
        match outcome {
            Step::Worked => {
                failures = 0;
                has_worked = true;
            }
            Step::Idle => {
                failures = 0;
                if std::mem::take(&mut has_worked) {
                    crew.worked.notify_one();
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = keep_watch(desk, crew) => {}
                }
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

/// Waits for the watch, then until it rings or something becomes due. What is due is asked for by whoever has the watch: a ring
/// before that is answered by the look itself, one after it is heard.
async fn keep_watch(desk: &dyn Desk, crew: &Crew) {
    let mut ear = crew.watch.lock().await;
    loop {
        let sleep = desk.next_due().await.unwrap_or(UNTOLD).clamp(SHORTEST, LONGEST);
        tokio::select! {
            () = crew.worked.notified() => {}
            () = ear.rung() => return,
            () = wait::pause(sleep) => return,
        }
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

        run(&desk, &Crew::with(Bell::default().ear()), &stop).await;

        assert_eq!(desk.steps.load(Ordering::Relaxed), 3);
    }

    /// Finds nothing to do, and says so.
    struct Idle {
        looks: tokio::sync::mpsc::UnboundedSender<()>,
    }

    #[async_trait]
    impl Desk for Idle {
        async fn step(&self) -> Step {
            self.looks.send(()).unwrap();
            Step::Idle
        }

        async fn next_due(&self) -> Option<Duration> {
            Some(LONGEST)
        }
    }

    #[tokio::test]
    async fn a_ring_wakes_one_of_a_crew_that_is_idle() {
        let (bell, stop) = (Bell::default(), CancellationToken::new());
        let (looks, mut looked) = tokio::sync::mpsc::unbounded_channel();
        let (desk, crew) = (Idle { looks }, Crew::with(bell.ear()));

        let workers = futures::future::join_all((0..8).map(|_| run(&desk, &crew, &stop)));
        let ringing = async {
            for _ in 0..8 {
                looked.recv().await.unwrap();
            }
            for _ in 0..3 {
                bell.ring();
                looked.recv().await.unwrap();
                tokio::task::yield_now().await;
                assert!(looked.try_recv().is_err(), "the others sleep on");
            }
            stop.cancel();
        };
        tokio::join!(workers, ringing);
    }

    #[test]
    fn failures_are_paced() {
        assert_eq!(pause_after(1), Duration::from_millis(250));
        assert_eq!(pause_after(3), Duration::from_secs(1));
        assert_eq!(pause_after(40), LONGEST_PAUSE);
    }
}
