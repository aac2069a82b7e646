//! `POST /app/connections/{id}/disconnect`: its merchant ends a connection.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::connect::disconnect::{self, ConnectionId};

use super::connections;
use crate::web::extract::{Json, Segment, SignedIn, Wants};
use crate::web::problem::Problem;

/// What comes of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DisconnectedJson {
    /// Always `disconnected`.
    status: &'static str,
}

pub(crate) async fn end(
    State(app): State<App>,
    SignedIn(merchant): SignedIn,
    wants: Wants,
    Segment(id): Segment,
) -> Result<Response, Problem> {
    let id = ConnectionId::parse(&id).ok_or(Problem::not_found())?;
    disconnect::run(&app, merchant, id).await?;
    Ok(match wants {
        Wants::Page => Redirect::to(connections::WITH_DISCONNECTED).into_response(),
        Wants::Json => Json(DisconnectedJson { status: "disconnected" }).into_response(),
    })
}
