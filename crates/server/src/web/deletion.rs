//! `GET /deletion/{code}`: how far a request for deletion has come, for whoever was given its code. It tells nothing of whose it
//! is or what it names.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::deletion::{self, Progress};

use super::extract::{Json, Segment, Wants};
use super::pages;
use super::problem::Problem;

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// `pending` or `done`.
    status: &'static str,
    /// When it was asked for.
    #[schemars(extend("format" = "date-time"))]
    asked_at: String,
    /// When the last of it was gone.
    #[schemars(extend("format" = "date-time"))]
    done_at: Option<String>,
}

#[derive(Template)]
#[template(path = "deletion.html")]
struct Page<'a> {
    whole: bool,
    asked_at: &'a str,
    done_at: Option<&'a str>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Segment(code): Segment,
    wants: Wants,
) -> Result<Response, Problem> {
    let Progress { asked_at, whole, done_at } = deletion::progress(&app, &code).await?;
    let (asked_at, done_at) = (asked_at.to_string(), done_at.map(|at| at.to_string()));
    match wants {
        Wants::Page => {
            let page = Page { whole, asked_at: &asked_at, done_at: done_at.as_deref() };
            Ok(Html(pages::render(&page)?).into_response())
        }
        Wants::Json => {
            let status = if whole { "done" } else { "pending" };
            Ok(Json(Shown { status, asked_at, done_at }).into_response())
        }
    }
}
