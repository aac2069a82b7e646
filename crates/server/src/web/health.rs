//! Whether the process lives and takes work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::State;

use super::problem::Problem;

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The process takes work: not yet while it starts, no longer while it stops.
pub(super) async fn ready(State(ready): State<Arc<AtomicBool>>) -> Result<&'static str, Problem> {
    if ready.load(Ordering::Acquire) { Ok("ready\n") } else { Err(Problem::not_ready()) }
}
