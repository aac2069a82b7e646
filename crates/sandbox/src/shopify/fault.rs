//! Faults as Shopify words them. They happen to calls of the Admin API, not to the sign-in.

use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::json;

use super::{admin, router};
use crate::fault::{Fault, Upstream, Vendor};

/// The front of this fake.
pub(crate) const VENDOR: Vendor = Vendor {
    upstream: Upstream::Shopify,
    meets: |head: &Parts, _body: &[u8]| head.uri.path().ends_with("/graphql.json"),
    refusal,
    endless: (
        "application/json; charset=utf-8",
        "{\"data\":{\"products\":{\"nodes\":[",
        "{\"id\":\"gid://shopify/Product/1\"},",
    ),
};

fn refusal(fault: Fault) -> Response {
    match fault {
        Fault::TokenRefused => {
            router::answer(StatusCode::UNAUTHORIZED, &json!({ "errors": admin::BAD_TOKEN }))
        }
        _ => router::answer(StatusCode::OK, &admin::throttled_by_others()),
    }
}
