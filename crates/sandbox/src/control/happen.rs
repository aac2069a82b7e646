//! What else may happen, driven by programs: events between shopper and Page, changes of the Page, the shop removing the app.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::Value;

use super::Control;
use super::answer::{Answer, Refusal, body};
use crate::meta::ShopperError;

#[derive(Deserialize)]
struct Happening {
    kind: String,
    value: Value,
}

#[derive(Deserialize)]
struct Change {
    field: String,
    value: Value,
}

#[derive(Deserialize)]
struct Policy {
    action: String,
}

/// `POST /shoppers/{name}/events`: an event of any kind between the shopper and the Page.
pub(super) async fn between(
    State(control): State<Control>,
    name: Result<Path<String>, PathRejection>,
    request: Request,
) -> Answer {
    let Ok(Path(name)) = name else {
        let message = "the address does not decode to UTF-8: percent-encode names as UTF-8";
        return Err(Refusal::bad("control.bad_path", message));
    };
    let happening: Happening = body(request).await?;
    control.meta.happens(&name, &happening.kind, &happening.value)?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// `POST /page/changes`: something about the Page itself changes.
pub(super) async fn page(State(control): State<Control>, request: Request) -> Answer {
    let change: Change = body(request).await?;
    control.meta.page_changes(&main_page(&control)?, &change.field, &change.value)?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// `POST /page/policy`: Meta enforces its policy on the Page.
pub(super) async fn policy(State(control): State<Control>, request: Request) -> Answer {
    let policy: Policy = body(request).await?;
    control.meta.enforces(&main_page(&control)?, &policy.action)?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// `POST /shop/uninstall`: the shop removes the app.
pub(super) async fn uninstall(State(control): State<Control>) -> Answer {
    control.shopify.uninstall(&control.shop).map_err(ShopperError::Storage)?;
    Ok(StatusCode::ACCEPTED.into_response())
}

fn main_page(control: &Control) -> Result<String, ShopperError> {
    control.meta.main_page().map(|page| page.id.clone()).ok_or(ShopperError::UnknownPage)
}
