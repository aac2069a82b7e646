//! Where we listen, how we are reached, and what this process does.

use std::net::{IpAddr, SocketAddr};

use shopclerk_domain::connection::ShopDomain;
use shopclerk_flows::app::SignupRule;
use url::{Host, Url};

use super::check::Checker;

/// What a process does of the product's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It accepts, stores and acknowledges; what came in waits.
    Web,
    /// It works at what came in, too.
    WebAndWorker,
}

/// Addresses of this server and who may sign up.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// Where to listen.
    pub bind: SocketAddr,
    /// What this process does.
    pub role: Role,
    /// The public address, without a slash at the end.
    pub public_url: String,
    /// Whether the public address is on loopback.
    pub development: bool,
    /// Who may sign up.
    pub signup: SignupRule,
}

pub(super) fn read(check: &mut Checker<'_>) -> Option<HttpConfig> {
    let bind = bind(check);
    let role = role(check);
    let public = public_url(check);
    let signup = signup(check);
    let (public_url, development) = public?;
    Some(HttpConfig { bind: bind?, role: role?, public_url, development, signup: signup? })
}

fn bind(check: &mut Checker<'_>) -> Option<SocketAddr> {
    let text = check.required("SHOPCLERK_BIND", "write an address and a port, such as 127.0.0.1:5000")?;
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    check.fault(
        "SHOPCLERK_BIND",
        format!("`{text}` is not an address"),
        "write an address and a port, such as 127.0.0.1:5000",
    );
    None
}

fn role(check: &mut Checker<'_>) -> Option<Role> {
    const NAME: &str = "SHOPCLERK_ROLE";
    match check.optional(NAME).unwrap_or("web,worker") {
        "web" => Some(Role::Web),
        "web,worker" => Some(Role::WebAndWorker),
        text => {
            let what = format!("`{text}` is no role that a process can have alone");
            check.fault(NAME, what, "write web,worker, or web for a process that only accepts");
            None
        }
    }
}

fn public_url(check: &mut Checker<'_>) -> Option<(String, bool)> {
    const NAME: &str = "SHOPCLERK_PUBLIC_URL";
    let webhook = check.optional("FACEBOOK_WEBHOOK_ADDRESS").and_then(|address| Url::parse(address).ok());
    let given = check.optional(NAME).map(str::to_owned);
    let derived = webhook.map(|url| url.origin().ascii_serialization());
    let Some(text) = given.or(derived) else {
        check.fault(NAME, "is missing", "set it to the https address people and platforms reach this server at, such as https://clerk.example.com");
        return None;
    };
    let url = match Url::parse(&text) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() =>
        {
            url
        }
        _ => {
            check.fault(
                NAME,
                format!("`{text}` is not a web address"),
                "write it like https://clerk.example.com",
            );
            return None;
        }
    };
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        check.fault(NAME, "must be an origin, without a path", "write it like https://clerk.example.com");
        return None;
    }
    let development = is_loopback(&url);
    if url.scheme() == "http" && !development {
        check.fault(
            NAME,
            "must be https",
            "platforms refuse plain http; put a proxy with TLS in front and use its address",
        );
        return None;
    }
    Some((url.origin().ascii_serialization(), development))
}

/// Whether an address leads to this very machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

fn signup(check: &mut Checker<'_>) -> Option<SignupRule> {
    const NAME: &str = "SHOPCLERK_SIGNUP";
    match check.optional(NAME).unwrap_or("first") {
        "first" => Some(SignupRule::First),
        "open" => Some(SignupRule::Open),
        list => {
            let shops: Result<Vec<_>, _> =
                list.split(',').map(|shop| ShopDomain::parse_typed(shop.trim())).collect();
            if shops.is_err() {
                check.fault(
                    NAME,
                    format!("`{list}` is neither a word we know nor a list of shops"),
                    "write first, open, or shops such as a.myshopify.com,b.myshopify.com",
                );
            }
            shops.ok().map(SignupRule::Shops)
        }
    }
}
