//! What handlers take out of a request; each rejects with a `Problem`.

pub(super) mod body;
pub(super) mod browser;
pub(super) mod caller;
mod path;
pub(super) mod query;
mod signed_in;
mod wants;

pub(super) use body::{FacebookBody, ShopifyBody, SmallBody};
pub(super) use browser::FromBrowser;
pub(super) use caller::Caller;
pub(super) use path::{Segment, Segments};
pub(super) use query::ListQuery;
pub(super) use signed_in::SignedIn;
pub(super) use wants::Wants;

use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// JSON going out. Ours, so that the type that comes in can have a `Problem` as its rejection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}
