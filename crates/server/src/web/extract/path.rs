//! The variable part of an address.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::web::problem::Problem;

/// The first variable segment, percent-decoded once. What is not UTF-8 names nothing of ours.
#[derive(Clone, Debug)]
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params =
            RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        let first = params.iter().next().map(|(_, value)| value.to_owned());
        first.map(Self).ok_or(Problem::not_found())
    }
}
