//! What every request and every answer passes: limits on address and time, headers that browsers obey.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;

use super::Web;
use super::problem::Problem;

/// Longest address.
const LONGEST: usize = 8 * 1024;
/// A request must be answered by then, whatever it waits for.
const DEADLINE: Duration = Duration::from_secs(15);

const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Refuses what no route of ours needs.
pub(super) fn check(uri: &Uri) -> Result<(), Problem> {
    let length = uri.path_and_query().map_or(0, |target| target.as_str().len());
    if length > LONGEST { Err(Problem::uri_too_long()) } else { Ok(()) }
}

/// The answer, or in time that there is none.
pub(super) fn within_deadline(answer: impl Future<Output = Response>) -> impl Future<Output = Response> {
    within(DEADLINE, answer)
}

/// No `async fn`: that would hold what it is given twice, and an answer is moved as a whole.
#[expect(clippy::disallowed_methods, reason = "the one place that bounds a whole request")]
fn within(span: Duration, answer: impl Future<Output = Response>) -> impl Future<Output = Response> {
    tokio::time::timeout(span, answer)
        .map(|answered| answered.unwrap_or_else(|_| Problem::timed_out().into_response()))
}

/// Sets the headers that hold for everything we answer; nothing of ours may be framed, sniffed, kept or referred from.
pub(super) fn guard(web: &Web, response: &mut Response) {
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 4] = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if web.cookies.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn t05_a_request_that_never_ends_is_answered_all_the_same() {
        let answer = within(Duration::ZERO, std::future::pending()).await;

        assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
    }
}
