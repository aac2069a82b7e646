//! `GET /shopify/{shop}/login`: sends the browser to the shop's consent page.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use shopclerk_flows::app::App;
use shopclerk_flows::connect;

use crate::web::cookies::CookieStyle;
use crate::web::extract::{FromBrowser, Segment};
use crate::web::problem::Problem;

pub(crate) async fn start(
    State(app): State<App>,
    State(cookies): State<CookieStyle>,
    FromBrowser(browser): FromBrowser,
    Segment(shop): Segment,
) -> Result<impl IntoResponse, Problem> {
    let begun = connect::shopify::begin(&app, &shop, &browser).await?;
    let (slot, value) = &begun.cookie;
    Ok((cookies.attempt(*slot, value), Redirect::to(&begun.address)))
}
