//! What is to go wrong outside: armed, looked at, and disarmed.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};

use super::Control;
use super::answer::{Answer, Refusal, body, json as answered};
use crate::fault::{BadOrder, Fault, Order, Posted};

impl From<BadOrder> for Refusal {
    fn from(bad: BadOrder) -> Self {
        let status = match bad {
            BadOrder::TooMany => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, "control.bad_fault", bad.to_string())
    }
}

/// `GET /faults`: what is armed and has not happened yet, and what there is.
pub(super) async fn read(State(control): State<Control>) -> Response {
    view(&control)
}

/// `POST /faults`: from now on this happens so often.
pub(super) async fn arm(State(control): State<Control>, request: Request) -> Answer {
    let posted: Posted = body(request).await?;
    control.faults.arm(Order::try_from(posted)?)?;
    Ok(view(&control))
}

/// `DELETE /faults`: nothing is to go wrong any more, and what was held back is let go.
pub(super) async fn disarm(State(control): State<Control>) -> Response {
    control.faults.disarm();
    control.faults.let_go();
    control.deliveries.let_go();
    StatusCode::NO_CONTENT.into_response()
}

fn view(control: &Control) -> Response {
    let known =
        Fault::ALL.map(|fault| (fault.word().to_owned(), json!(fault.upstreams().collect::<Vec<_>>())));
    let known: Map<_, _> = known.into_iter().collect();
    answered(StatusCode::OK, &json!({ "armed": control.faults.armed(), "known": known }))
}
