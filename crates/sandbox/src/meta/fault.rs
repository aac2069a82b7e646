//! Faults as Meta words them. They happen to messages the product sends, and to readings of a conversation, by which it finds out
//! what became of one. Signs of typing and other questions are left alone: a rehearsal of "the next send" means just that, because a
//! conversation is read only where a send was doubted.

use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error::GraphError;
use crate::fault::{Fault, Upstream, Vendor};

const JSON: &str = "application/json; charset=UTF-8";

/// The front of this fake.
pub(crate) const VENDOR: Vendor = Vendor {
    upstream: Upstream::Meta,
    meets: |head: &Parts, body: &[u8]| is_message(head, body) || is_reading(head),
    refusal,
    endless: (
        JSON,
        "{\"message_id\":\"m_",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ),
};

fn is_message(head: &Parts, body: &[u8]) -> bool {
    let action = b"sender_action";
    head.method == Method::POST
        && head.uri.path().ends_with("/messages")
        && !body.windows(action.len()).any(|window| window == action)
}

fn is_reading(head: &Parts) -> bool {
    head.method == Method::GET && head.uri.path().ends_with("/conversations")
}

fn refusal(fault: Fault) -> Response {
    let error = match fault {
        Fault::TokenRefused => {
            let why = "Error validating access token: The session has been invalidated because the user changed their \
                       password or Facebook has changed the session for security reasons.";
            GraphError::new(190, why).subcode(460)
        }
        _ => GraphError::new(613, "(#613) Calls to this api have exceeded the rate limit.").transient(),
    };
    let status = StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
    (status, [(header::CONTENT_TYPE, JSON)], error.body("A-rehearsed-fault").to_string()).into_response()
}
