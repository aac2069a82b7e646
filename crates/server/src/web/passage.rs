//! What every request passes on its way in, and every answer on its way out. All of it in one layer: a router copies for each
//! request whatever lies below a layer, so that each further one costs as much as all that it covers.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;

use super::extract::Wants;
use super::problem::Problem;
use super::{Web, headers, metrics, pages};

/// Refuses what no route needs, bounds the wait, outlives a panic, and gives the answer its headers, its form and its count.
pub(super) async fn pass(State(web): State<Web>, request: Request, next: Next) -> Response {
    let wants = Wants::of(request.headers());
    let asked = metrics::Asked::of(&request);
    let answer = match headers::check(request.uri()) {
        Ok(()) => {
            let answered = AssertUnwindSafe(headers::within_deadline(next.run(request))).catch_unwind().await;
            answered.unwrap_or_else(|_| Problem::panicked())
        }
        Err(problem) => problem.into_response(),
    };
    let mut answer = pages::in_form(answer, wants);
    headers::guard(&web, &mut answer);
    asked.answered(&web.meters, answer.status());
    answer
}
