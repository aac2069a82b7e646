//! `GET /`: what this address is; Shopify's signed App URL goes straight on to the sign-in.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::connect;

use crate::web::extract::{Json, Wants};
use crate::web::pages;
use crate::web::problem::Problem;

/// What programs see.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HomeJson {
    /// Always `ok`.
    status: &'static str,
    /// Where to go on.
    message: &'static str,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home;

pub(crate) async fn show(
    State(app): State<App>,
    wants: Wants,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let signed = query.as_deref().filter(|query| query.split('&').any(|pair| pair.starts_with("hmac=")));
    if let Some(query) = signed {
        let shop = connect::shopify::opened_from_admin(&app, query)?;
        return Ok(Redirect::to(&format!("/shopify/{shop}/login")).into_response());
    }
    match wants {
        Wants::Page => Ok(Html(pages::render(&Home)?).into_response()),
        Wants::Json => {
            let message = "Use /facebook/login or /shopify/{shop_name}/login";
            Ok(Json(HomeJson { status: "ok", message }).into_response())
        }
    }
}
