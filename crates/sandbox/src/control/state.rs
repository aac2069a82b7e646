//! What the page's head shows: which shop and Page, how far the connecting is, and the totals.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Control;
use super::answer::{Answer, json};

/// What the embedder tells of the product it started.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Status {
    /// Where the product is reached.
    pub app_url: Option<String>,
    /// Whether the Page is connected.
    pub facebook_connected: bool,
    /// Whether the shop is connected.
    pub shopify_connected: bool,
    /// When the product last read the whole catalogue, in UTC milliseconds.
    pub synced_at: Option<i64>,
    /// What is left for the person to do, in order.
    pub steps: Vec<Step>,
    /// Further figures of the product by name, such as its false claims stopped.
    pub figures: Map<String, Value>,
}

/// One thing for the person to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What to do.
    pub title: String,
    /// Where.
    pub url: String,
    /// Whether it is done.
    pub done: bool,
}

/// `GET /state`.
pub(super) async fn read(State(control): State<Control>) -> Answer {
    let status = control.status.borrow().clone();
    let shop = control.shopify.shop(&control.shop).unwrap_or_default();
    let products = control.shopify.products(&control.shop).map_or(0, |products| products.len());
    let page = control.meta.main_page().map(|page| json!({ "id": page.id, "name": page.name }));
    let totals = json!({
        "shoppers": control.meta.shoppers().len(),
        "sends": control.meta.sends().len(),
        "deliveries_in_flight": control.deliveries.in_flight(),
        "unknown_calls": control.unknown_calls(),
        "journal": *control.journal.watch().borrow(),
    });
    let body = json!({
        "shop": { "name": shop.name, "domain": shop.domain, "currency": shop.currency, "products": products },
        "page": page,
        "shopper": control.shopper,
        "shoppers": control.meta.shoppers(),
        "app_url": status.app_url,
        "connected": { "facebook": status.facebook_connected, "shopify": status.shopify_connected },
        "synced_at": status.synced_at,
        "steps": status.steps,
        "figures": status.figures,
        "model": control.model.view(0).mode,
        "totals": totals,
    });
    Ok(json(StatusCode::OK, &body))
}
