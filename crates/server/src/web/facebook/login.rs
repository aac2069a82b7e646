//! `GET /facebook/login`: sends the signed-in browser to Facebook.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use shopclerk_flows::app::App;
use shopclerk_flows::connect;

use crate::web::cookies::CookieStyle;
use crate::web::extract::FromBrowser;
use crate::web::problem::Problem;

pub(crate) async fn start(
    State(app): State<App>,
    State(cookies): State<CookieStyle>,
    FromBrowser(browser): FromBrowser,
) -> Result<impl IntoResponse, Problem> {
    let begun = connect::facebook::begin(&app, &browser).await?;
    let (slot, value) = &begun.cookie;
    Ok((cookies.attempt(*slot, value), Redirect::to(&begun.address)))
}
