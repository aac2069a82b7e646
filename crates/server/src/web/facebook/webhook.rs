//! `/facebook/webhook`: Meta delivers messages here. We only store them; see `flows::inbox`.

use axum::extract::{RawQuery, State};
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::inbox::{self, Source};

use crate::web::extract::{FacebookBody, Json};
use crate::web::problem::Problem;

/// Where Meta delivers.
pub(crate) const PATH: &str = "/facebook/webhook";

/// What a delivery is answered with.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(crate) struct Received {
    /// Always `success`.
    status: &'static str,
}

impl Received {
    /// It is on disk, or there was nothing in it for us.
    pub(crate) const fn success() -> Self {
        Self { status: "success" }
    }
}

/// Meta asks whether this address is ours.
pub(crate) async fn prove(State(app): State<App>, RawQuery(query): RawQuery) -> Result<String, Problem> {
    Ok(inbox::handshake(&app, query.as_deref().unwrap_or(""))?)
}

/// Meta delivers.
pub(crate) async fn receive(State(app): State<App>, body: FacebookBody) -> Result<Json<Received>, Problem> {
    inbox::accept(&app, Source::Messenger, body.headers, &body.bytes).await?;
    Ok(Json(Received::success()))
}
