//! `GET /api/v1/merchants`: whom the operator may name.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::connections;
use shopclerk_flows::operator::Scope;

use super::{Listed, problem};
use crate::web::extract::{Caller, Json, ListQuery};
use crate::web::problem::Problem;

/// A merchant of this installation.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MerchantJson {
    /// The `user_uuid` people know from their files.
    #[schemars(extend("format" = "uuid"))]
    id: String,
}

pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    query: ListQuery,
) -> Result<Json<Listed<MerchantJson>>, Problem> {
    let Caller::Operator(_) = caller.with(Scope::Read)? else { return Err(problem::OPERATOR_ONLY) };
    let page = connections::merchants(&app, &query.slice()).await?;
    Ok(Json(Listed::of(page, |merchant| MerchantJson { id: merchant.to_string() })))
}
