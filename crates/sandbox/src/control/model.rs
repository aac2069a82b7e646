//! What the language model does: switched off, an echo, a script, lies, obedience; and the lies it has told.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde_json::Value;

use super::Control;
use super::answer::{Answer, Refusal, body, json};
use crate::model::Setting;

/// Lies shown at once.
const MOST_LIES: usize = 200;

/// `GET /model`.
pub(super) async fn read(State(control): State<Control>) -> Answer {
    Ok(json(StatusCode::OK, &control.model.view(MOST_LIES)))
}

/// `PUT /model`: from now on it does this.
pub(super) async fn set(State(control): State<Control>, request: Request) -> Answer {
    let asked: Value = body(request).await?;
    let setting = Setting::read(&asked).map_err(|bad| Refusal::bad("control.bad_model", bad.to_string()))?;
    control.model.set(setting);
    Ok(json(StatusCode::OK, &control.model.view(MOST_LIES)))
}
