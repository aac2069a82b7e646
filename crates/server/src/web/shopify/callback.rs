//! `GET /shopify/callback`: the shop sends the browser back; a verified callback is the sign-in.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use shopclerk_flows::app::App;
use shopclerk_flows::{connect, connection_check};

use crate::web::check_results;
use crate::web::cookies::CookieStyle;
use crate::web::extract::{FromBrowser, Json, Wants};
use crate::web::problem::Problem;

pub(crate) async fn finish(
    State(app): State<App>,
    State(cookies): State<CookieStyle>,
    FromBrowser(browser): FromBrowser,
    wants: Wants,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let done = connect::shopify::finish(&app, query.as_deref().unwrap_or(""), &browser).await?;
    let answer = match wants {
        Wants::Page => Redirect::to("/app").into_response(),
        Wants::Json => {
            let tests = connection_check::after_shop(&app, done.merchant, &done.domain).await?;
            let mut body = json!({ "user_uuid": done.merchant.to_string(), "shopify_data": done.shop });
            check_results::add(&mut body, "shop", &tests);
            Json(body).into_response()
        }
    };
    Ok((cookies.session(&done.session_id), answer).into_response())
}
