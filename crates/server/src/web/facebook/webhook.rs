//! `/facebook/webhook`: Meta delivers messages here. We only store them; see `flows::inbox`.

use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::inbox::{self, Source};

use crate::web::extract::FacebookBody;
use crate::web::problem::Problem;

/// Where Meta delivers.
pub(crate) const PATH: &str = "/facebook/webhook";

/// What a delivery is answered with.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(crate) struct Received {
    /// Always `success`.
    status: &'static str,
}

impl Received {
    /// It is on disk, or there was nothing in it for us.
    pub(crate) const fn success() -> Self {
        Self { status: "success" }
    }
}

impl IntoResponse for Received {
    /// Written out once and for all: nothing else is said so often.
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/json")], r#"{"status":"success"}"#).into_response()
    }
}

/// Meta asks whether this address is ours.
pub(crate) async fn prove(State(app): State<App>, RawQuery(query): RawQuery) -> Result<String, Problem> {
    Ok(inbox::handshake(&app, query.as_deref().unwrap_or(""))?)
}

/// Meta delivers.
pub(crate) async fn receive(State(app): State<App>, body: FacebookBody) -> Result<Received, Problem> {
    inbox::accept(&app, Source::Messenger, body.headers, &body.bytes).await?;
    Ok(Received::success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_out_is_what_is_told_of_it() {
        let written = Received::success().into_response().into_body();
        let written = axum::body::to_bytes(written, 1_000).await.unwrap();

        assert_eq!(&written[..], serde_json::to_string(&Received::success()).unwrap().as_bytes());
    }
}
