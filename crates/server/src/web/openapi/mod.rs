//! `GET /openapi.json`: every route with what it takes and what it answers, made of the handlers' own types and of the very
//! problems they answer with. What a route is, stands in the file of its area; `document` writes it down.

mod api;
mod document;
mod operation;
mod operator;
mod pages;
mod platforms;

use std::sync::OnceLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use self::operation::Operation;

/// Every route of the router.
fn operations() -> Vec<Operation> {
    [pages::operations(), platforms::operations(), api::operations(), operator::operations()].concat()
}

pub(super) async fn show() -> impl IntoResponse {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    let text = DOCUMENT.get_or_init(|| document::write(&operations()).to_string());
    ([(CONTENT_TYPE, "application/json")], text.as_str())
}

#[cfg(test)]
mod tests;
