//! The browser a request comes from, as its cookies tell.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use shopclerk_flows::connect::Browser;

use crate::web::cookies::CookieStyle;

/// Takes [`Browser`] out of a request.
#[derive(Clone, Debug)]
pub(crate) struct FromBrowser(pub(crate) Browser);

/// The address at the other end of the connection, as the accept loop notes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl<S> FromRequestParts<S> for FromBrowser
where
    S: Sync,
    CookieStyle: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip().to_string()).unwrap_or_default();
        Ok(Self(CookieStyle::from_ref(state).read(&parts.headers, peer)))
    }
}
