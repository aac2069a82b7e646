//! The `Date` of every answer, by the sandbox's own clock: a client that compares it with its own must see no difference unless a
//! rehearsal makes one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use shopclerk_domain::clock::Clock;

/// The time as the platforms tell it.
pub(crate) struct Dates {
    clock: Arc<dyn Clock>,
    ahead_ms: AtomicI64,
}

impl Dates {
    pub(crate) fn by(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { clock, ahead_ms: AtomicI64::new(0) })
    }

    /// From now on the platforms' clocks are this far ahead of ours.
    pub(crate) fn run_ahead(&self, millis: i64) {
        self.ahead_ms.store(millis, Ordering::Relaxed);
    }

    fn header(&self) -> Option<HeaderValue> {
        let millis = self.clock.now().millis().saturating_add(self.ahead_ms.load(Ordering::Relaxed));
        let at = Timestamp::from_millisecond(millis).ok()?;
        let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()?;
        HeaderValue::from_str(&text).ok()
    }
}

/// Dates an answer.
pub(crate) async fn stamp(State(dates): State<Arc<Dates>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(date) = dates.header() {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}
