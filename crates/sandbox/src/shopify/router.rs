//! The fake's addresses, and the answer to all others.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::{ShopifyFake, admin, authorize, storefront, token};

/// Longest body taken; a query of 250 ids has a few thousand characters.
const MOST_BODY: usize = 1 << 20;
/// Longest part of a foreign address that is written down.
const MOST_NAMED: usize = 200;

impl ShopifyFake {
    /// Everything this fake answers.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/{shop}/admin/oauth/authorize", get(authorize::show).post(authorize::decide))
            .route("/{shop}/admin/oauth/access_token", post(token::exchange))
            .route("/{shop}/admin/api/{version}/graphql.json", post(admin::answer))
            .route("/{shop}", get(storefront::home))
            .route("/{shop}/", get(storefront::home))
            .route("/{shop}/products/{handle}", get(storefront::product))
            .route("/{shop}/cart/{items}", get(storefront::cart))
            .route("/{shop}/files/{*path}", get(storefront::file))
            .fallback(unknown)
            .method_not_allowed_fallback(unknown)
            .layer(DefaultBodyLimit::max(MOST_BODY))
            .with_state(Arc::clone(self))
    }
}

/// A call this fake does not know names itself, so that nobody takes silence for an answer.
async fn unknown(State(fake): State<Arc<ShopifyFake>>, method: Method, uri: Uri) -> Response {
    let path: String = uri.path().chars().take(MOST_NAMED).collect();
    fake.unknown.fetch_add(1, Ordering::Relaxed);
    let call = format!("{method} {path}");
    fake.note("shopify.unknown_call", "unknown".to_owned(), call.clone(), json!({ "call": call }));
    answer(StatusCode::NOT_FOUND, &json!({ "errors": "Not Found", "unknown_call": call }))
}

/// A JSON answer.
pub(crate) fn answer(status: StatusCode, body: &Value) -> Response {
    answer_text(status, body.to_string())
}

/// A JSON answer that is written already.
pub(crate) fn answer_text(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}
