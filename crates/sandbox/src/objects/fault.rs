//! Faults as S3 words them. They happen to every call.

use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error::S3Error;
use super::xml::Xml;
use crate::fault::{Fault, Upstream, Vendor};

const XML: &str = "application/xml";

/// The front of this fake.
pub(crate) const VENDOR: Vendor = Vendor {
    upstream: Upstream::Objects,
    meets: |_head: &Parts, _body: &[u8]| true,
    refusal,
    endless: (
        XML,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Object>",
        "0123456789abcdef0123456789abcdef0123456789abcdef",
    ),
};

fn refusal(fault: Fault) -> Response {
    let error = match fault {
        Fault::TokenRefused => {
            let why = "The AWS Access Key Id you provided does not exist in our records.";
            S3Error::new(403, "InvalidAccessKeyId", why)
        }
        Fault::ClockMoved => {
            let why = "The difference between the request time and the server's time is too large.";
            S3Error::new(403, "RequestTimeTooSkewed", why)
        }
        _ => S3Error::slow_down(),
    };
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let body = Xml::error(&error, "/", "A0REHEARSED0FAULT");
    (status, [(header::CONTENT_TYPE, XML)], body).into_response()
}
