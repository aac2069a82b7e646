//! How the control surface words its answers and its refusals, and how much of a request it reads.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::meta::ShopperError;
use crate::shopify::ChangeError;

/// Longest request body.
const LARGEST_BODY: usize = 64 * 1024;

/// What each handler returns.
pub(super) type Answer = Result<Response, Refusal>;

/// A refusal: a stable code, and a sentence that says the cure.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// No such address.
    pub(super) fn unknown_path() -> Self {
        let message = "the control surface has no such address: see docs/sandbox.md for those it has";
        Self::new(StatusCode::NOT_FOUND, "control.unknown_path", message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        json(self.status, &json!({ "error": { "code": self.code, "message": self.message } }))
    }
}

impl From<ShopperError> for Refusal {
    fn from(error: ShopperError) -> Self {
        let (status, code) = match &error {
            ShopperError::BadName => (StatusCode::BAD_REQUEST, "control.bad_name"),
            ShopperError::BadText => (StatusCode::BAD_REQUEST, "control.bad_text"),
            ShopperError::UnknownShopper => (StatusCode::NOT_FOUND, "control.unknown_shopper"),
            ShopperError::UnknownMessage => (StatusCode::NOT_FOUND, "control.unknown_message"),
            ShopperError::NotOffered => (StatusCode::CONFLICT, "control.not_offered"),
            ShopperError::UnknownPage => (StatusCode::NOT_FOUND, "control.unknown_page"),
            ShopperError::UnknownKind => (StatusCode::BAD_REQUEST, "control.unknown_kind"),
            ShopperError::TooMany => (StatusCode::TOO_MANY_REQUESTS, "control.too_many_shoppers"),
            ShopperError::Storage(_) => (StatusCode::INTERNAL_SERVER_ERROR, "control.not_saved"),
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<ChangeError> for Refusal {
    fn from(error: ChangeError) -> Self {
        let (status, code) = match &error {
            ChangeError::NoSuchShop => (StatusCode::NOT_FOUND, "control.unknown_shop"),
            ChangeError::NoSuchProduct => (StatusCode::NOT_FOUND, "control.unknown_product"),
            ChangeError::NoSuchDiscount => (StatusCode::NOT_FOUND, "control.unknown_discount"),
            ChangeError::BadShare => (StatusCode::BAD_REQUEST, "control.bad_share"),
            ChangeError::NothingToChange => (StatusCode::BAD_REQUEST, "control.nothing_to_change"),
            ChangeError::BadPrice { .. } => (StatusCode::BAD_REQUEST, "control.bad_price"),
            ChangeError::BadInventory => (StatusCode::BAD_REQUEST, "control.bad_inventory"),
            ChangeError::NotSaved(_) => (StatusCode::INTERNAL_SERVER_ERROR, "control.not_saved"),
        };
        Self::new(status, code, error.to_string())
    }
}

/// A JSON answer.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let Ok(body) = serde_json::to_vec(body) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The request's body as JSON of that shape.
pub(super) async fn body<T: DeserializeOwned>(request: Request) -> Result<T, Refusal> {
    let Ok(bytes): Result<Bytes, _> = to_bytes(request.into_body(), LARGEST_BODY).await else {
        let message = "a request body has at most 64 KiB";
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "control.body_too_large", message));
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        Refusal::bad("control.bad_json", format!("the body is not the JSON that is asked for: {error}"))
    })
}
