//! The front of a fake: a call that a fault is to happen to meets it here, whatever would have answered it.

use std::convert::Infallible;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::stream;

use super::{Fault, Faults, Place, Upstream};

/// No fake takes more than this.
const LARGEST_BODY: usize = 64 * 1024 * 1024;
/// What a captive portal answers instead of the platform.
const SIGN_IN: &str = "<html><body>Please sign in to use this network.</body></html>";

/// What a fake knows of faults.
#[derive(Clone, Copy)]
pub(crate) struct Vendor {
    /// Who is called.
    pub(crate) upstream: Upstream,
    /// Whether faults happen to this call.
    pub(crate) meets: fn(&Parts, &[u8]) -> bool,
    /// How the platform words a refusal.
    pub(crate) refusal: fn(Fault) -> Response,
    /// Kind and beginning of an answer that does not end, and what comes again and again.
    pub(crate) endless: (&'static str, &'static str, &'static str),
}

/// The front of one fake.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) vendor: Vendor,
    pub(crate) faults: Faults,
}

/// Lets a call through, or what is to happen to it happen.
pub(crate) async fn stand(State(front): State<Front>, request: Request, next: Next) -> Response {
    let Front { vendor, faults } = front;
    if !faults.threaten(vendor.upstream) {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let pause = faults.hold(faults.waits().slow);
    let met = (vendor.meets)(&head, &body).then(|| faults.meet(vendor.upstream, Place::Call)).flatten();
    let answer = next.run(Request::from_parts(head, Body::from(body)));
    match met {
        Some(refused @ (Fault::Limited | Fault::TokenRefused | Fault::ClockMoved)) => {
            (vendor.refusal)(refused)
        }
        Some(Fault::CutBefore) => cut(),
        Some(Fault::CutAfter) => {
            drop(answer.await);
            cut()
        }
        Some(Fault::Garbage) => {
            drop(answer.await);
            ([(header::CONTENT_TYPE, "text/html")], SIGN_IN).into_response()
        }
        Some(Fault::Endless) => {
            drop(answer.await);
            endless(vendor)
        }
        Some(Fault::Slow) => {
            let answer = answer.await;
            pause.await;
            answer
        }
        Some(Fault::Duplicate | Fault::OutOfOrder | Fault::EchoLost | Fault::EchoLate) | None => answer.await,
    }
}

fn endless(vendor: Vendor) -> Response {
    let (kind, begins, goes_on) = vendor.endless;
    let pieces = std::iter::once(begins).chain(std::iter::repeat(goes_on));
    let pieces = pieces.map(|piece| Ok::<_, Infallible>(Bytes::from_static(piece.as_bytes())));
    ([(header::CONTENT_TYPE, kind)], Body::from_stream(stream::iter(pieces))).into_response()
}

/// Ends the task of the connection, and so the connection, without a word to anybody.
fn cut() -> ! {
    std::panic::resume_unwind(Box::new("the line broke"))
}
