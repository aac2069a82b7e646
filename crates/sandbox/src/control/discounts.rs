//! The shop's discounts as its merchant sees and changes them.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::json;

use super::Control;
use super::answer::{Answer, Refusal, body, json};
use crate::shopify::DiscountPatch;

/// `GET /discounts`: all of them.
pub(super) async fn list(State(control): State<Control>) -> Answer {
    let discounts = control.shopify.discounts(&control.shop).unwrap_or_default();
    Ok(json(StatusCode::OK, &json!({ "discounts": discounts })))
}

/// `PATCH /discounts/{id}`: changes one, and sends the webhook this causes.
pub(super) async fn change(
    State(control): State<Control>,
    id: Result<Path<u64>, PathRejection>,
    request: Request,
) -> Answer {
    let id = number(id)?;
    let patch: DiscountPatch = body(request).await?;
    let discount = control.shopify.patch_discount(&control.shop, id, &patch)?;
    Ok(json(StatusCode::OK, &discount))
}

/// `DELETE /discounts/{id}`: removes one, and sends the webhook this causes.
pub(super) async fn remove(State(control): State<Control>, id: Result<Path<u64>, PathRejection>) -> Answer {
    control.shopify.delete_discount(&control.shop, number(id)?)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn number(id: Result<Path<u64>, PathRejection>) -> Result<u64, Refusal> {
    let message = "the address must end in the number of a discount, as GET /discounts lists it";
    id.map(|Path(id)| id).map_err(|_| Refusal::bad("control.bad_path", message))
}
