//! The only place that waits on the machine's own timer.

use std::future::Future;
use std::time::Duration;

/// The future's value if it comes within `span`; the future is dropped otherwise.
#[expect(clippy::disallowed_methods, reason = "the one place that bounds a wait")]
pub(crate) async fn within<F: Future>(span: Duration, future: F) -> Option<F::Output> {
    tokio::time::timeout(span, future).await.ok()
}

/// Waits for `span`.
#[expect(clippy::disallowed_methods, reason = "the one place that waits")]
pub(crate) async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}
