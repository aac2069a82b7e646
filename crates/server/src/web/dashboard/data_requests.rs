//! `GET /app/data-requests/{shop}/{number}`: the answer to what a shop asked for a customer, for its merchant to hand on.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_domain::ids::MerchantId;
use shopclerk_flows::app::App;
use shopclerk_flows::data_request::{self, Answered};
use shopclerk_flows::error::FlowError;

use crate::web::extract::{Segments, SignedIn};
use crate::web::problem::Problem;

/// Requests shown beside the connections; they are kept for a month.
const SHOWN: usize = 20;

/// A request, ready to be shown.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Asked {
    /// The shop and its number of the request.
    pub(super) request: String,
    /// When it was made.
    pub(super) at: String,
    /// Where the answer is; null while it is gathered.
    pub(super) answer: Option<String>,
}

/// The merchant's newest requests.
pub(super) async fn asked(app: &App, merchant: MerchantId) -> Result<Vec<Asked>, FlowError> {
    let kept = data_request::list(app, merchant).await?;
    let shown = kept.into_iter().take(SHOWN).map(|kept| Asked {
        answer: kept.done_at.map(|_| format!("/app/data-requests/{}", kept.request)),
        at: kept.asked_at.to_the_minute(),
        request: kept.request,
    });
    Ok(shown.collect())
}

pub(crate) async fn show(
    State(app): State<App>,
    SignedIn(merchant): SignedIn,
    Segments(request): Segments,
) -> Result<Response, Problem> {
    match data_request::show(&app, merchant, &request.join("/")).await? {
        Answered::Ready(answer) => {
            let file = (CONTENT_DISPOSITION, "attachment; filename=\"customer-data.json\"");
            Ok(([(CONTENT_TYPE, "application/json"), file], answer).into_response())
        }
        Answered::Unknown | Answered::Waiting => Err(Problem::not_found()),
    }
}
