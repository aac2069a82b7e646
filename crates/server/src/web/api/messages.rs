//! `GET /api/v1/messages/{id}/provenance`: what a message rests on.

use axum::extract::State;
use shopclerk_flows::app::App;
use shopclerk_flows::explain;
use shopclerk_flows::operator::Scope;

use crate::explain::view::ProvenanceJson;
use crate::web::extract::{Caller, Json, ListQuery, Segment};
use crate::web::problem::Problem;

pub(crate) async fn provenance(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    query: ListQuery,
) -> Result<Json<ProvenanceJson>, Problem> {
    let merchant = caller.with(Scope::Read)?.some_merchant(&app, &query).await?;
    let explained = explain::one(&app, merchant, &id).await?.ok_or(Problem::not_found())?;
    Ok(Json(ProvenanceJson::from(&explained)))
}
