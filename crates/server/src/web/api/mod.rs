//! The JSON API: lists page by page, for a merchant's session or the operator's token. What another merchant has is not found,
//! just as what does not exist.

pub(super) mod connections;
pub(super) mod conversations;
pub(super) mod deliveries;
pub(super) mod merchants;
pub(super) mod messages;
pub(super) mod problem;
pub(super) mod products;

use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_domain::clock::Timestamp;
use shopclerk_flows::paging::Page;

use super::extract::query::cursor;

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Listed<T> {
    /// The rows.
    data: Vec<T>,
    /// What the next page is asked for with, as `cursor`; null when this was the last one.
    next: Option<String>,
}

impl<T> Listed<T> {
    fn of<R>(page: Page<R>, show: impl FnMut(R) -> T) -> Self {
        Self { data: page.rows.into_iter().map(show).collect(), next: page.next.as_deref().map(cursor) }
    }
}

/// An instant as programs read it: RFC 3339 in UTC.
fn instant(at: Timestamp) -> String {
    at.to_string()
}
