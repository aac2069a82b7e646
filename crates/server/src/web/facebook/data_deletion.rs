//! `/facebook/data-deletion`: Meta asks, for a person, that what we keep of theirs be deleted.

use axum::extract::State;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::deletion;

use crate::web::extract::{Json, SmallBody};
use crate::web::problem::Problem;

/// Where the person sees how far it has come, in the form Meta shows them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Asked {
    url: String,
    confirmation_code: String,
}

/// Meta asks.
pub(crate) async fn receive(State(app): State<App>, body: SmallBody) -> Result<Json<Asked>, Problem> {
    let deletion::Asked { url, code } = deletion::ask(&app, &body.bytes).await?;
    Ok(Json(Asked { url, confirmation_code: code }))
}
