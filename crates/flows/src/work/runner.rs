//! The worker: does one step after the other while something is due, and sleeps until something becomes due.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::wait;

/// What a worker works at.
#[async_trait]
pub(crate) trait Desk: Send + Sync {
    /// Does one thing that is due; `false` when nothing is.
    async fn step(&self) -> bool;

    /// How long until something becomes due by itself; `None` = only a wake-up can tell.
    async fn next_due(&self) -> Option<Duration>;
}

/// Longest sleep: what nobody announced is found then.
const LONGEST: Duration = Duration::from_secs(5);
/// Shortest sleep, so that a clock that stands still costs nothing.
const SHORTEST: Duration = Duration::from_millis(1);

/// Works until told to stop; finishes the step under way.
pub(crate) async fn run(desk: &dyn Desk, wake: &Notify, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if desk.step().await {
            continue;
        }
        let sleep = desk.next_due().await.unwrap_or(LONGEST).clamp(SHORTEST, LONGEST);
        tokio::select! {
            () = stop.cancelled() => {}
            () = wake.notified() => {}
            () = wait::pause(sleep) => {}
        }
    }
}
