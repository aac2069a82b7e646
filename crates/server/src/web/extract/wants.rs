//! Whether a person's browser asks, or a program.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;

/// What the answer should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// A page or a redirect: `text/html` is named in `Accept`.
    Page,
    /// JSON: everything else, so that curl's `*/*` sees JSON.
    Json,
}

impl Wants {
    /// Reads `Accept`.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let names_html = |value: &str| {
            value.split(',').any(|part| part.trim().to_ascii_lowercase().starts_with("text/html"))
        };
        let html = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(names_html);
        if html { Self::Page } else { Self::Json }
    }
}

impl<S: Sync> FromRequestParts<S> for Wants {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}
