//! Waiting for a process of its own: the one place where these tests know real time.

use std::time::Duration;

/// What a healthy machine needs, many times over.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// What comes within the limit; `None` if it does not.
#[expect(clippy::disallowed_methods, reason = "another process goes by real time")]
pub(crate) async fn within<T>(limit: Duration, what: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, what).await.ok()
}

/// Lets real time pass.
#[expect(clippy::disallowed_methods, reason = "another process goes by real time")]
pub(crate) async fn pass(span: Duration) {
    tokio::time::sleep(span).await;
}

/// Looks until it is so; `false` if it is not within the limit.
pub(crate) async fn until(limit: Duration, is_so: impl AsyncFn() -> bool) -> bool {
    let looks = async {
        while !is_so().await {
            pass(Duration::from_millis(10)).await;
        }
    };
    within(limit, looks).await.is_some()
}
