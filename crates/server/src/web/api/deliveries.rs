//! `GET /api/v1/deliveries`: what did not get through; `POST /api/v1/deliveries/{id}/replay`, `/sent` and `/drop`: what a person
//! decides of it.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::deliveries::{self, Decision, DeliveryId};
use shopclerk_flows::operator::Scope;

use super::{Listed, instant, problem};
use crate::web::extract::{Caller, Json, ListQuery, Segment};
use crate::web::problem::Problem;

/// Something that waits for a person.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeliveryJson {
    /// Names it: `event-`, `job-`, `part-`, `person-` or `quarantined-` and a number.
    id: String,
    /// What it is, such as `message`, `sync_catalogue`, `part` or `conversation`; of a piece in quarantine where it came from.
    what: String,
    /// Why it waits.
    why: Option<String>,
    /// How often it was tried.
    attempts: u32,
    /// The conversation it belongs to, where it belongs to one.
    #[schemars(extend("format" = "uuid"))]
    conversation: Option<String>,
    /// Since when it waits.
    #[schemars(extend("format" = "date-time"))]
    since: String,
}

/// What comes of a decision.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DecidedJson {
    /// `replayed`, `sent` or `dropped`.
    status: &'static str,
}

/// A merchant's, or, where the operator names none, what could not be read and so is nobody's.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    query: ListQuery,
) -> Result<Json<Listed<DeliveryJson>>, Problem> {
    let Some(merchant) = caller.with(Scope::Read)?.merchant(&app, &query).await? else {
        let page = deliveries::quarantine(&app, &query.slice()).await?;
        return Ok(Json(Listed::of(page, |(id, row)| DeliveryJson {
            id: id.to_string(),
            what: row.source,
            why: Some(row.why),
            attempts: 0,
            conversation: None,
            since: instant(row.received_at),
        })));
    };
    let page = deliveries::list(&app, merchant, &query.slice()).await?;
    Ok(Json(Listed::of(page, |(id, row)| DeliveryJson {
        id: id.to_string(),
        what: row.what,
        why: row.why,
        attempts: row.attempts,
        conversation: row.conversation.map(|id| id.to_string()),
        since: instant(row.since),
    })))
}

pub(crate) async fn replay(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    query: ListQuery,
) -> Result<Json<DecidedJson>, Problem> {
    decide(&app, caller, &id, &query, Decision::Again).await
}

pub(crate) async fn sent(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    query: ListQuery,
) -> Result<Json<DecidedJson>, Problem> {
    decide(&app, caller, &id, &query, Decision::WasSent).await
}

pub(crate) async fn drop(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    query: ListQuery,
) -> Result<Json<DecidedJson>, Problem> {
    decide(&app, caller, &id, &query, Decision::Drop).await
}

async fn decide(
    app: &App,
    caller: Caller,
    id: &str,
    query: &ListQuery,
    decision: Decision,
) -> Result<Json<DecidedJson>, Problem> {
    let merchant = caller.with(Scope::Write)?.merchant(app, query).await?;
    match (DeliveryId::parse(id).ok_or(Problem::not_found())?, merchant) {
        (DeliveryId::Undone(kind, row), Some(merchant)) => {
            deliveries::decide(app, merchant, kind, row, decision).await?;
        }
        (DeliveryId::Undone(..), None) => return Err(problem::MERCHANT_MISSING),
        (DeliveryId::Quarantined(row), None) if decision == Decision::Again => {
            deliveries::read_again(app, row).await?;
        }
        (DeliveryId::Quarantined(_), _) => return Err(Problem::not_found()),
    }
    let status = match decision {
        Decision::Again => "replayed",
        Decision::WasSent => "sent",
        Decision::Drop => "dropped",
    };
    Ok(Json(DecidedJson { status }))
}
