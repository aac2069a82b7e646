//! Who asks: the address a request comes from, as the connection or a trusted proxy tells.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::http::{Extensions, HeaderMap, HeaderName};

use super::places::Hearing;
use crate::config::edge::Proxies;

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who asks, for the limits.
pub(super) fn of(proxies: &Proxies, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
    // Without a connection there is nobody to tell apart: all such requests count as one client's.
    let connection = extensions.get::<Arc<Hearing>>();
    let peer = connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |connection| connection.peer);
    let lines = headers.get_all(FORWARDED).iter().filter_map(|line| line.to_str().ok());
    proxies.client(peer, lines)
}
