//! The variable parts of an address.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::web::problem::Problem;

/// The first variable segment, percent-decoded once. What is not UTF-8 names nothing of ours.
#[derive(Clone, Debug)]
pub(crate) struct Segment(pub(crate) String);

/// All variable segments in their order, each as [`Segment`].
#[derive(Clone, Debug)]
pub(crate) struct Segments(pub(crate) Vec<String>);

impl<S: Send + Sync> FromRequestParts<S> for Segments {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params =
            RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        Ok(Self(params.iter().map(|(_, value)| value.to_owned()).collect()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Segments(all) = Segments::from_request_parts(parts, state).await?;
        all.into_iter().next().map(Self).ok_or(Problem::not_found())
    }
}
