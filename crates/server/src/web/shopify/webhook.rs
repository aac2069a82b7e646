//! `POST /shopify/webhook`: the shop tells us what changed. We only store it; see `flows::inbox`.

use axum::extract::State;
use shopclerk_flows::app::App;
use shopclerk_flows::inbox::{self, Source};

use crate::web::extract::ShopifyBody;
use crate::web::facebook::webhook::Received;
use crate::web::problem::Problem;

pub(crate) async fn receive(State(app): State<App>, body: ShopifyBody) -> Result<Received, Problem> {
    inbox::accept(&app, Source::Shopify, body.headers, &body.bytes).await?;
    Ok(Received::success())
}
