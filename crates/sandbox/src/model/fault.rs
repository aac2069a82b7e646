//! Faults as endpoints of models word them. They happen to chats.

use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;

use super::answer;
use crate::fault::{Fault, Upstream, Vendor};

/// The front of this fake.
pub(crate) const VENDOR: Vendor = Vendor {
    upstream: Upstream::Model,
    meets: |head: &Parts, _body: &[u8]| head.uri.path().ends_with("/chat/completions"),
    refusal,
    endless: ("text/event-stream", "", answer::ANOTHER_WORD),
};

fn refusal(fault: Fault) -> Response {
    match fault {
        Fault::TokenRefused => answer::error(StatusCode::UNAUTHORIZED, "Incorrect API key provided"),
        _ => answer::error(StatusCode::TOO_MANY_REQUESTS, "Rate limit reached for requests"),
    }
}
