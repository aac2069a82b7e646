//! The sandbox never leaves this machine: its client calls loopback alone, and its listeners answer loopback names alone.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::{Host, Url};

/// A client without redirects, proxies or trust in any certificate; each call ends within `limit`.
pub(crate) fn client(limit: Duration) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        // No certificate is ever needed here, and a machine without any must not fail to start.
        .tls_certs_only([])
        .timeout(limit)
        .build()
}

/// Whether `address` is a plain `http` address on this machine.
pub(crate) fn is_loopback(address: &Url) -> bool {
    address.scheme() == "http"
        && match address.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
}

/// Reads at most `most` bytes of an answer's body; what follows is dropped.
pub(crate) async fn start_of_body(mut answer: reqwest::Response, most: usize) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        let room = most.saturating_sub(body.len());
        body.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
        if body.len() >= most {
            break;
        }
    }
    body
}

/// Refuses requests that were addressed to another name: a page elsewhere must not reach in by pointing its own
/// domain at 127.0.0.1.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let named = request.headers().get(header::HOST).map(HeaderValue::as_bytes);
    let in_line = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    let allowed = match (named, in_line) {
        (None, None) => false,
        (named, in_line) => [named, in_line].into_iter().flatten().all(names_loopback),
    };
    if allowed {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This is a sandbox: call it as 127.0.0.1 or localhost, from this machine.\n")
        .into_response()
}

fn names_loopback(host: &[u8]) -> bool {
    let Some(host) = std::str::from_utf8(host).ok() else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(name);
    // Names below `localhost` lead nowhere else either (RFC 6761); a bucket may be one.
    let local = bare.to_ascii_lowercase();
    local == "localhost"
        || local.ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for (host, expected) in [
            ("127.0.0.1", true),
            ("127.0.0.1:5001", true),
            ("LOCALHOST:80", true),
            ("[::1]:5001", true),
            ("[::1]", true),
            ("bucket.localhost:5001", true),
            ("notlocalhost", false),
            ("localhost.evil.example", false),
            ("evil.example:127", false),
            ("127.0.0.1.evil.example", false),
            ("192.168.1.2:5001", false),
            ("localhost:80:80", false),
            ("", false),
        ] {
            assert_eq!(names_loopback(host.as_bytes()), expected, "{host}");
        }
    }

    #[test]
    fn calls_go_to_this_machine_only() {
        for (address, expected) in [
            ("http://127.0.0.1:5000/facebook/webhook", true),
            ("http://localhost/x", true),
            ("http://[::1]:9/", true),
            ("https://127.0.0.1/", false),
            ("http://10.0.0.1/", false),
            ("http://shop.example/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(address).unwrap()), expected, "{address}");
        }
    }
}
