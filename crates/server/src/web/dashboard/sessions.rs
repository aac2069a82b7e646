//! `GET /app/sessions`: where the merchant is signed in; `POST /app/sessions/end-others` ends it everywhere else.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::json;
use shopclerk_flows::app::App;
use shopclerk_flows::session::{self, Listed};

use crate::web::extract::{FromBrowser, Json, Wants};
use crate::web::pages;
use crate::web::problem::Problem;

#[derive(Template)]
#[template(path = "sessions.html")]
struct Page {
    lines: Vec<Line>,
}

/// One session, ready to be shown.
struct Line {
    name: &'static str,
    tone: &'static str,
    detail: String,
}

pub(crate) async fn list(
    State(app): State<App>,
    FromBrowser(browser): FromBrowser,
    wants: Wants,
) -> Result<Response, Problem> {
    let sessions = session::list(&app, browser.session_id.as_deref()).await?;
    let told = |it: &Listed| json!({ "current": it.current, "begun_at": it.begun_at.to_string(), "used_at": it.used_at.to_string() });
    match wants {
        Wants::Page => {
            let page = Page { lines: sessions.iter().map(line).collect() };
            Ok(Html(pages::render(&page)?).into_response())
        }
        Wants::Json => {
            let sessions: Vec<_> = sessions.iter().map(told).collect();
            Ok(Json(json!({ "sessions": sessions })).into_response())
        }
    }
}

pub(crate) async fn end_others(
    State(app): State<App>,
    FromBrowser(browser): FromBrowser,
    wants: Wants,
) -> Result<Response, Problem> {
    let ended = session::end_others(&app, browser.session_id.as_deref()).await?;
    Ok(match wants {
        Wants::Page => Redirect::to("/app/sessions").into_response(),
        Wants::Json => Json(json!({ "ended": ended })).into_response(),
    })
}

fn line(session: &Listed) -> Line {
    Line {
        name: if session.current { "This browser" } else { "Another browser" },
        tone: if session.current { "true" } else { "wait" },
        detail: format!("Signed in {}, last used {}", minute(session.begun_at), minute(session.used_at)),
    }
}

/// As people read it: to the minute.
fn minute(at: shopclerk_domain::clock::Timestamp) -> String {
    let text = at.to_string();
    text.get(..16).map_or_else(|| text.clone(), |minute| format!("{} UTC", minute.replace('T', " ")))
}
