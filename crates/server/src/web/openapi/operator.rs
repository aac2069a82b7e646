//! What the operator's programs ask.

use axum::http::StatusCode;

use super::operation::{Content, Operation, Who};
use crate::web::api::problem;
use crate::web::problem::Problem;

const PLAIN: Content = Content::Text("text/plain; charset=utf-8");

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/healthz", "isAlive", "Whether the process answers.").answers(
            StatusCode::OK,
            "It does",
            vec![PLAIN],
        ),
        Operation::get("/readyz", "isReady", "Whether the process takes work.")
            .answers(StatusCode::OK, "It does", vec![PLAIN])
            .refuses([Problem::not_ready()]),
        Operation::get(
            "/metrics",
            "metrics",
            "What was done and what waits, for Prometheus. Needs the scope `metrics`.",
        )
        .by(Who::Token)
        .answers(
            StatusCode::OK,
            "The figures",
            vec![Content::Text("text/plain; version=0.0.4; charset=utf-8")],
        )
        .refuses([problem::UNAUTHENTICATED, problem::BAD_TOKEN, problem::SCOPE_MISSING])
        .refuses([Problem::not_found()]),
        Operation::get("/openapi.json", "describe", "This document.").answers(
            StatusCode::OK,
            "The document",
            vec![Content::AnyJson],
        ),
    ]
}
