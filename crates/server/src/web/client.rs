//! Who asks: the address a request comes from, as the connection or a trusted proxy tells.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::Request;
use axum::http::HeaderName;

use super::Web;

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address at the other end of the connection, as the accept loop notes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client(pub(crate) IpAddr);

/// Who asks, for the limits.
pub(super) fn of(web: &Web, request: &Request) -> Client {
    // Without a connection there is nobody to tell apart: all such requests count as one client's.
    let peer =
        request.extensions().get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let lines = request.headers().get_all(FORWARDED).iter().filter_map(|line| line.to_str().ok());
    Client(web.edge.proxies.client(peer, lines))
}
