//! `GET /app/wishes`: how the merchant wants the clerk to speak; `POST /app/wishes` keeps it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::model::wishes::{self, Wished, Wishes};

use crate::web::extract::{Json, SignedIn, SmallBody, Wants};
use crate::web::pages;
use crate::web::problem::Problem;

const JUST_KEPT: &str = "notice=kept";
/// The page, saying also that the wishes were kept.
const WITH_KEPT: &str = "/app/wishes?notice=kept";

pub(crate) const TOO_LONG: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "wishes.too_long",
    "The wishes are longer than 1,000 characters",
    "Say it in fewer words.",
);

pub(crate) const MISSING: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "wishes.missing",
    "There is no field wishes",
    "Send the form of the page; an empty field means no wishes.",
);

/// What programs see.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WishesJson {
    /// What the merchant wishes; null when nothing.
    wishes: Option<String>,
    /// Whether there is a language model to be told of them.
    has_model: bool,
}

/// What comes of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KeptJson {
    /// Always `kept`.
    status: &'static str,
}

#[derive(Template)]
#[template(path = "wishes.html")]
struct Page {
    words: String,
    have_model: bool,
    just_kept: bool,
    too_long: bool,
}

pub(crate) async fn show(
    State(app): State<App>,
    SignedIn(merchant): SignedIn,
    wants: Wants,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let Wishes { words, have_model } = wishes::find(&app, merchant).await?;
    Ok(match wants {
        Wants::Page => {
            let (words, just_kept) = (words.unwrap_or_default(), query.as_deref() == Some(JUST_KEPT));
            Html(pages::render(&Page { words, have_model, just_kept, too_long: false })?).into_response()
        }
        Wants::Json => Json(WishesJson { wishes: words, has_model: have_model }).into_response(),
    })
}

pub(crate) async fn keep(
    State(app): State<App>,
    SignedIn(merchant): SignedIn,
    wants: Wants,
    body: SmallBody,
) -> Result<Response, Problem> {
    let words = field(&body.bytes).ok_or(MISSING)?;
    let wished = wishes::keep(&app, merchant, &words).await?;
    match (wished, wants) {
        (Wished::Kept, Wants::Page) => Ok(Redirect::to(WITH_KEPT).into_response()),
        (Wished::Kept, Wants::Json) => Ok(Json(KeptJson { status: "kept" }).into_response()),
        // What was written stays in the field, to be shortened.
        (Wished::TooLong, Wants::Page) => {
            let Wishes { have_model, .. } = wishes::find(&app, merchant).await?;
            let page = Page { words, have_model, just_kept: false, too_long: true };
            Ok((TOO_LONG.status, Html(pages::render(&page)?)).into_response())
        }
        (Wished::TooLong, Wants::Json) => Err(TOO_LONG),
    }
}

/// What was written, with the line ends that everybody but forms writes.
fn field(form: &[u8]) -> Option<String> {
    let mut fields = form_urlencoded::parse(form);
    fields.find(|(name, _)| name == "wishes").map(|(_, words)| words.replace("\r\n", "\n"))
}
