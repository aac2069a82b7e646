//! `/facebook/data-deletion`: Meta asks, for a person, that what we keep of theirs be deleted.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::deletion;

use crate::web::extract::{Json, SmallBody};
use crate::web::problem::Problem;

/// Where the person sees how far it has come, in the form Meta shows them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Asked {
    /// Where the person sees how far it has come.
    url: String,
    /// What names the request there.
    confirmation_code: String,
}

/// Meta asks.
pub(crate) async fn receive(State(app): State<App>, body: SmallBody) -> Result<Json<Asked>, Problem> {
    let deletion::Asked { url, code } = deletion::ask(&app, &body.bytes).await?;
    Ok(Json(Asked { url, confirmation_code: code }))
}
