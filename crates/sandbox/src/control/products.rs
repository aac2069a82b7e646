//! The shop's goods as its merchant sees and changes them.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde_json::json;

use super::Control;
use super::answer::{Answer, Refusal, body, json};
use crate::shopify::ProductPatch;

/// `GET /products`: all of them.
pub(super) async fn list(State(control): State<Control>) -> Answer {
    let products = control.shopify.products(&control.shop).unwrap_or_default();
    Ok(json(StatusCode::OK, &json!({ "products": products })))
}

/// `PATCH /products/{handle}`: changes all variants of one, and sends the webhooks this causes.
pub(super) async fn change(
    State(control): State<Control>,
    handle: Result<Path<String>, PathRejection>,
    request: Request,
) -> Answer {
    let Ok(Path(handle)) = handle else {
        let message = "the address does not decode to UTF-8: percent-encode handles as UTF-8";
        return Err(Refusal::bad("control.bad_path", message));
    };
    let patch: ProductPatch = body(request).await?;
    let product = control.shopify.patch_product(&control.shop, &handle, &patch)?;
    Ok(json(StatusCode::OK, &product))
}
