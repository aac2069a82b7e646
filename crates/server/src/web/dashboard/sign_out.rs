//! `POST /app/sign-out`: the session ends on the server, at once.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use shopclerk_flows::app::App;
use shopclerk_flows::session;

use crate::web::cookies::CookieStyle;
use crate::web::extract::{FromBrowser, Json, Wants};
use crate::web::problem::Problem;

pub(crate) async fn end(
    State(app): State<App>,
    State(cookies): State<CookieStyle>,
    FromBrowser(browser): FromBrowser,
    wants: Wants,
) -> Result<Response, Problem> {
    session::end(&app, browser.session_id.as_deref()).await?;
    let answer = match wants {
        Wants::Page => Redirect::to("/").into_response(),
        Wants::Json => Json(json!({ "status": "success" })).into_response(),
    };
    Ok((cookies.no_session(), answer).into_response())
}
