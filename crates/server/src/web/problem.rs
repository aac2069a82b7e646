//! Errors as people and programs see them: RFC 9457, with a stable code, and nothing of the request or an upstream in it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use shopclerk_flows::error::FlowError;

use super::api;

/// An error with a stable code; listed with cause and cure in `docs/errors.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: &'static str,
    pub(crate) cure: &'static str,
    /// Names the log line of an internal error.
    pub(crate) request_id: Option<String>,
}

impl Problem {
    pub(super) const fn new(
        status: StatusCode,
        code: &'static str,
        detail: &'static str,
        cure: &'static str,
    ) -> Self {
        Self { status, code, detail, cure, request_id: None }
    }

    const fn bad_request(code: &'static str, detail: &'static str, cure: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail, cure)
    }

    /// No such route.
    pub(crate) const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "http.not_found", "Not found", "Check the address.")
    }

    /// The route is there, the method is not.
    pub(crate) const fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "http.method_not_allowed",
            "Method not allowed",
            "Use the method the documentation names for this route.",
        )
    }

    /// The address is longer than any of ours.
    pub(crate) const fn uri_too_long() -> Self {
        Self::new(
            StatusCode::URI_TOO_LONG,
            "http.uri_too_long",
            "Address too long",
            "Addresses may have 8 KiB.",
        )
    }

    /// The body is larger than the route takes.
    pub(crate) const fn body_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "http.body_too_large",
            "Body too large",
            "Send at most 3 MiB to /facebook/webhook, 5 MiB to /shopify/webhook and 16 KiB elsewhere.",
        )
    }

    /// The body did not arrive in time or broke off.
    pub(crate) const fn body_unreadable() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "http.body_unreadable",
            "The body did not arrive",
            "Send the whole body within 10 seconds.",
        )
    }

    /// The body is compressed, which we do not take.
    pub(crate) const fn body_encoded() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "http.body_encoded",
            "Compressed bodies are not taken",
            "Send the body as it is.",
        )
    }

    /// Too much is under way.
    pub(crate) const fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "http.busy",
            "Too much is waiting",
            "Try again in a second.",
        )
    }

    /// One address asks too often.
    pub(crate) const fn too_many() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "http.too_many",
            "Too many requests",
            "Try again in a minute.",
        )
    }

    /// The request would change something and does not come from a page of ours.
    pub(crate) const fn other_site() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "http.other_site",
            "The request does not come from this site",
            "Use the buttons of the dashboard, in a browser of today.",
        )
    }

    /// We are not ready, or about to stop.
    pub(crate) const fn not_ready() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "http.not_ready", "Not ready", "Try again in a second.")
    }

    /// What the request waits for takes too long.
    pub(crate) const fn timed_out() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "http.timed_out", "It took too long", "Try again in a moment.")
    }

    /// A part of us fails; the log has the reason under this id.
    pub(crate) fn internal(source: &(dyn std::error::Error + 'static)) -> Self {
        let request_id = request_id();
        tracing::error!(request.id = %request_id, error = %source, source = ?source.source(), "a request failed");
        Self::with_id(request_id)
    }

    /// A handler panicked; the panic's own log line is just above.
    pub(crate) fn panicked() -> Response {
        let request_id = request_id();
        tracing::error!(request.id = %request_id, "a request panicked");
        Self::with_id(request_id).into_response()
    }

    pub(super) fn with_id(request_id: String) -> Self {
        let problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "http.internal",
            "Something went wrong on our side",
            "Try again. If it stays, give the request id to whoever runs this server.",
        );
        Self { request_id: Some(request_id), ..problem }
    }
}

/// Names one failure in answer and log; unguessable is not needed, unique within the log is.
fn request_id() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

const AGAIN: &str = "Start the connection again.";

const BAD_SIGNATURE: Problem = Problem::new(
    StatusCode::UNAUTHORIZED,
    "webhook.bad_signature",
    "Invalid HMAC signature",
    "Only the SHA-256 signature of the platform counts. Check that the app secret here is the app's.",
);

const BAD_SHOP: Problem = Problem::bad_request(
    "connect.bad_shop",
    "Invalid shop",
    "Name the shop by its permanent address, such as my-shop.myshopify.com.",
);

const MISSING_PARAMETER: Problem =
    Problem::bad_request("connect.missing_parameter", "Missing parameter", AGAIN);

const STATE_MALFORMED: Problem =
    Problem::bad_request("connect.state_malformed", "Malformed state token", AGAIN);

const STATE_INVALID: Problem = Problem::bad_request(
    "connect.state_invalid",
    "Invalid state token",
    "Start the connection again, and finish it in the same browser.",
);

const STATE_EXPIRED: Problem = Problem::bad_request(
    "connect.state_expired",
    "Expired state token",
    "Start the connection again, and finish it within ten minutes.",
);

const BAD_CALLBACK: Problem = Problem::bad_request("connect.bad_hmac", "Invalid HMAC signature", AGAIN);

const EXCHANGE_FAILED: Problem = Problem::bad_request(
    "connect.exchange_failed",
    "Token exchange failed",
    "Start the connection again. If it stays, check the app's id and secret.",
);

const NOT_GRANTED: Problem = Problem::bad_request(
    "connect.not_granted",
    "The connection was not granted",
    "Either it was cancelled, or the app is in development mode or lacks permissions. Start again and accept.",
);

const NO_SESSION: Problem = Problem::bad_request(
    "session.missing",
    "Missing session_id cookie",
    "Connect your shop first: it signs you in.",
);

const SESSION_ENDED: Problem = Problem::bad_request(
    "session.ended",
    "Invalid or expired session",
    "Sign in again by opening the app from your shop.",
);

const SIGNUP_CLOSED: Problem = Problem::new(
    StatusCode::FORBIDDEN,
    "connect.signup_closed",
    "This installation takes no further shops",
    "Whoever runs it can allow your shop with SHOPCLERK_SIGNUP.",
);

const OTHER_MERCHANT: Problem = Problem::new(
    StatusCode::CONFLICT,
    "connect.other_merchant",
    "This browser is signed in for another merchant",
    "Use another browser, or a private window.",
);

const ACCOUNT_TAKEN: Problem = Problem::new(
    StatusCode::CONFLICT,
    "connect.account_taken",
    "Another merchant here has this Page",
    "Let them disconnect it first, or start again and choose another Page.",
);

const HANDSHAKE_FAILED: Problem = Problem::new(
    StatusCode::FORBIDDEN,
    "webhook.verification_failed",
    "Verification failed",
    "Use the verify token that is set here as FACEBOOK_VERIFY_TOKEN.",
);

const BAD_SIGNED_REQUEST: Problem = Problem::new(
    StatusCode::UNAUTHORIZED,
    "webhook.bad_signed_request",
    "Invalid signed request",
    "Only what the platform signed with the app's secret counts. Check that the app secret here is the app's.",
);

const UNKNOWN_DELETION: Problem = Problem::new(
    StatusCode::NOT_FOUND,
    "deletion.unknown",
    "No request has this code",
    "Use the address that was shown when the deletion was asked for. Requests are listed for 400 days.",
);

impl From<FlowError> for Problem {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::BadSignature => BAD_SIGNATURE,
            FlowError::Busy => Self::busy(),
            FlowError::BadShop => BAD_SHOP,
            FlowError::MissingParameter(detail) => Self { detail, ..MISSING_PARAMETER },
            FlowError::StateMalformed => STATE_MALFORMED,
            FlowError::StateInvalid => STATE_INVALID,
            FlowError::StateExpired => STATE_EXPIRED,
            FlowError::BadCallback => BAD_CALLBACK,
            FlowError::ExchangeFailed => EXCHANGE_FAILED,
            FlowError::NotGranted => NOT_GRANTED,
            FlowError::NoSession => NO_SESSION,
            FlowError::SessionEnded => SESSION_ENDED,
            FlowError::SignupClosed => SIGNUP_CLOSED,
            FlowError::OtherMerchant => OTHER_MERCHANT,
            FlowError::AccountTaken => ACCOUNT_TAKEN,
            FlowError::HandshakeFailed => HANDSHAKE_FAILED,
            FlowError::BadSignedRequest => BAD_SIGNED_REQUEST,
            FlowError::UnknownDeletion => UNKNOWN_DELETION,
            FlowError::NotFound => Self::not_found(),
            FlowError::BadCursor => api::problem::BAD_CURSOR,
            FlowError::MayNotBeSent(why) => api::problem::may_not_be_sent(why),
            FlowError::StillUnreadable => api::problem::STILL_UNREADABLE,
            FlowError::Internal(source) => Self::internal(source.as_ref()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
            "cure": self.cure,
        });
        if let (Some(fields), Some(id)) = (body.as_object_mut(), &self.request_id) {
            fields.insert("request_id".to_owned(), json!(id));
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED && self.code.starts_with("api.") {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            }
            _ => {}
        }
        response.extensions_mut().insert(self);
        response
    }
}
