//! Shoppers and the person in the Page's inbox, driven by programs: what they write, tap and take back, and what they see.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::json;

use super::Control;
use super::answer::{Answer, Refusal, body, json};

#[derive(Deserialize)]
struct Writing {
    text: String,
}

#[derive(Deserialize)]
struct Tapping {
    payload: String,
    #[serde(default)]
    title: Option<String>,
}

#[derive(Deserialize)]
struct Replying {
    to: String,
    text: String,
}

/// `POST /shoppers/{name}/messages`: the shopper writes.
pub(super) async fn write(
    State(control): State<Control>,
    name: Result<Path<String>, PathRejection>,
    request: Request,
) -> Answer {
    let Path(name) = name.map_err(|_| bad_path())?;
    let writing: Writing = body(request).await?;
    let mid = control.meta.shopper_writes(&name, &writing.text)?;
    Ok(json(StatusCode::ACCEPTED, &json!({ "mid": mid })))
}

/// `GET /shoppers/{name}/messages`: the conversation as the shopper sees it; empty until they write.
pub(super) async fn conversation(
    State(control): State<Control>,
    name: Result<Path<String>, PathRejection>,
) -> Answer {
    let Path(name) = name.map_err(|_| bad_path())?;
    let messages = control.meta.messages(&name).unwrap_or_default();
    Ok(json(StatusCode::OK, &json!({ "messages": messages, "typing": control.meta.typing(&name) })))
}

/// `POST /shoppers/{name}/taps`: the shopper taps a quick reply or a button.
pub(super) async fn tap(
    State(control): State<Control>,
    name: Result<Path<String>, PathRejection>,
    request: Request,
) -> Answer {
    let Path(name) = name.map_err(|_| bad_path())?;
    let tapping: Tapping = body(request).await?;
    let mid = control.meta.shopper_taps(&name, &tapping.payload, tapping.title.as_deref())?;
    Ok(json(StatusCode::ACCEPTED, &json!({ "mid": mid })))
}

/// `DELETE /shoppers/{name}/messages/{mid}`: the shopper takes a message back.
pub(super) async fn take_back(
    State(control): State<Control>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Answer {
    let Path((name, mid)) = path.map_err(|_| bad_path())?;
    let hers = control.meta.messages(&name).unwrap_or_default().iter().any(|message| message.mid == mid);
    if !hers {
        return Err(crate::meta::ShopperError::UnknownMessage.into());
    }
    control.meta.shopper_deletes(&mid)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /people/replies`: a person answers from the Page's inbox.
pub(super) async fn reply(State(control): State<Control>, request: Request) -> Answer {
    let replying: Replying = body(request).await?;
    let mid = control.meta.person_replies(&replying.to, &replying.text)?;
    Ok(json(StatusCode::ACCEPTED, &json!({ "mid": mid })))
}

fn bad_path() -> Refusal {
    Refusal::bad("control.bad_path", "the address does not decode to UTF-8: percent-encode names as UTF-8")
}
