//! The page for people: files that are built in. What they show they ask of the control surface beside them.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::answer::{Answer, Refusal};

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, content type and bytes of everything the page loads.
const FILES: [(&str, &str, &[u8]); 10] = [
    ("sandbox.css", CSS, include_bytes!("page/sandbox.css")),
    ("sandbox.js", SCRIPT, include_bytes!("page/sandbox.js")),
    ("api.js", SCRIPT, include_bytes!("page/api.js")),
    ("chat.js", SCRIPT, include_bytes!("page/chat.js")),
    ("claims.js", SCRIPT, include_bytes!("page/claims.js")),
    ("dom.js", SCRIPT, include_bytes!("page/dom.js")),
    ("journal.js", SCRIPT, include_bytes!("page/journal.js")),
    ("model.js", SCRIPT, include_bytes!("page/model.js")),
    ("shop.js", SCRIPT, include_bytes!("page/shop.js")),
    ("words.js", SCRIPT, include_bytes!("page/words.js")),
];

/// `GET /`: the page itself.
pub(super) async fn index() -> Response {
    built_in("text/html; charset=utf-8", include_bytes!("page/index.html"))
}

/// `GET /{file}`: what the page loads.
pub(super) async fn file(Path(asked): Path<String>) -> Answer {
    let found = FILES.into_iter().find(|(name, _, _)| *name == asked);
    let (_, kind, bytes) = found.ok_or_else(Refusal::unknown_path)?;
    Ok(built_in(kind, bytes))
}

fn built_in(kind: &'static str, bytes: &'static [u8]) -> Response {
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
