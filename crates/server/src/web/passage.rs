//! What every request passes on its way in, and every answer on its way out. All of it in one layer: a router copies for each
//! request whatever lies below a layer, so that each further one costs as much as all that it covers.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::extract::Wants;
use super::{Web, client, headers, metrics, pages};

/// Notes who asks, refuses what no route needs, bounds the wait, and gives the answer its headers, its form and its count.
pub(super) async fn pass(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let wants = Wants::of(request.headers());
    let asked = metrics::Asked::of(&request);
    let client = client::of(&web, &request);
    request.extensions_mut().insert(client);
    let answer = match headers::check(request.uri()) {
        Ok(()) => headers::within_deadline(next.run(request)).await,
        Err(problem) => problem.into_response(),
    };
    let mut answer = pages::in_form(answer, wants);
    headers::guard(&web, &mut answer);
    asked.answered(&web.meters, answer.status());
    answer
}
