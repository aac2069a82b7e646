//! Where a call may go. A host is judged twice: by its name before the call, and by its address after it was resolved, so that
//! a name which points into our own network leads nowhere.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use super::Host;

/// The hosts that the configuration names, which alone may lie in a private network.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    named: Arc<Mutex<HashSet<String>>>,
    /// Those of them that are called in clear, and so must not lie in the open internet.
    inside: Arc<Mutex<HashSet<String>>>,
}

/// How far a client reaches whose one host the configuration names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Wherever the name leads.
    Anywhere,
    /// The own network alone: what travels in clear must not leave it.
    Inside,
    /// The open internet alone.
    Outside,
}

impl Reach {
    fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Inside => !is_public(address),
            Self::Outside => is_public(address),
            Self::Anywhere => true,
        }
    }
}

impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = *self;
        resolved(name, move |address| reach.allows(address))
    }
}

impl Guard {
    /// The address to call, if it may be called at all.
    pub(super) fn admit(&self, url: &str, host: Host) -> Option<Url> {
        let url = Url::parse(url).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        match host {
            Host::Vendor => (url.scheme() == "https" && url.domain().is_some()).then_some(url),
            Host::StandIn => {
                note(&self.named, &url)?;
                matches!(url.scheme(), "http" | "https").then_some(url)
            }
            Host::Operator if url.scheme() == "http" => {
                let public = match url.host()? {
                    url::Host::Ipv4(four) => is_public_v4(four),
                    url::Host::Ipv6(six) => is_public(IpAddr::V6(six)),
                    url::Host::Domain(_) => false,
                };
                note(&self.inside, &url)?;
                (!public).then_some(url)
            }
            Host::Operator => {
                note(&self.named, &url)?;
                (url.scheme() == "https").then_some(url)
            }
        }
    }

    /// Which addresses a name may lead to.
    fn reach(&self, name: &str) -> Reach {
        let has = |names: &Mutex<HashSet<String>>| {
            names.lock().unwrap_or_else(PoisonError::into_inner).contains(name)
        };
        match (has(&self.inside), has(&self.named)) {
            (true, _) => Reach::Inside,
            (false, true) => Reach::Anywhere,
            (false, false) => Reach::Outside,
        }
    }
}

fn note(names: &Mutex<HashSet<String>>, url: &Url) -> Option<()> {
    let name = url.host_str()?.to_owned();
    names.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
    Some(())
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach(name.as_str());
        resolved(name, move |address| reach.allows(address))
    }
}

/// The addresses of a name that may be called.
fn resolved(name: Name, may: impl Fn(IpAddr) -> bool + Send + 'static) -> Resolving {
    Box::pin(async move {
        let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
        let kept: Vec<SocketAddr> = found.filter(|at| may(at.ip())).collect();
        if kept.is_empty() {
            return Err("the name has no address that may be called".into());
        }
        Ok(Box::new(kept.into_iter()) as Addrs)
    })
}

/// Whether an address lies in the open internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => match carried_v4(six) {
            Some(four) => is_public_v4(four),
            // 2000::/3 is all that was ever given out; of it, 2001:db8::/32 is for documents.
            None => six.segments()[0] & 0xe000 == 0x2000 && six.segments()[..2] != [0x2001, 0x0db8],
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmark = a == 198 && (b == 18 || b == 19);
    let protocol = a == 192 && b == 0 && c == 0;
    !(a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || shared
        || benchmark
        || protocol)
}

/// The old address inside a new one: mapped, compatible, translated (`64:ff9b::/96`) or 6to4 (`2002::/16`).
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0x0064, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => {
            let ([one, two], [three, four]) = (high.to_be_bytes(), low.to_be_bytes());
            Some(Ipv4Addr::new(one, two, three, four))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t20_only_public_addresses_are_called() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "198.18.0.1",
            "203.0.113.7",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in
            ["157.240.1.1", "23.227.38.74", "2a03:2880:f003::1", "::ffff:157.240.1.1", "64:ff9b::9df0:101"]
        {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn t20_a_vendors_address_is_https_with_a_name_and_nothing_else() {
        let guard = Guard::default();
        for (url, admitted) in [
            ("https://graph.facebook.com/v26.0/me", true),
            ("http://graph.facebook.com/v26.0/me", false),
            ("https://157.240.1.1/", false),
            ("https://[::1]/", false),
            ("https://2130706433/", false),
            ("https://a@graph.facebook.com/", false),
            ("https://:p@graph.facebook.com/", false),
            ("file:///etc/passwd", false),
            ("graph.facebook.com", false),
            ("", false),
        ] {
            assert_eq!(guard.admit(url, Host::Vendor).is_some(), admitted, "{url}");
        }
    }

    #[test]
    fn t20_the_operators_service_is_called_in_clear_on_private_addresses_alone() {
        let guard = Guard::default();
        for (url, admitted) in [
            ("https://llm.example/v1", true),
            ("https://10.0.0.7/v1", true),
            ("http://127.0.0.1:11434/v1", true),
            ("http://10.0.0.7/v1", true),
            ("http://[::1]:8000/v1", true),
            ("http://llm.internal/v1", true),
            ("http://157.240.1.1/v1", false),
            ("http://[2a03:2880:f003::1]/v1", false),
            ("http://user:pw@127.0.0.1/v1", false),
            ("ftp://127.0.0.1/v1", false),
        ] {
            assert_eq!(guard.admit(url, Host::Operator).is_some(), admitted, "{url}");
        }
        assert!(!guard.reach("llm.internal").allows("157.240.1.1".parse().unwrap()));
        assert!(guard.reach("llm.internal").allows("10.0.0.7".parse().unwrap()));
        assert!(guard.reach("llm.example").allows("157.240.1.1".parse().unwrap()));
    }

    #[tokio::test]
    async fn t20_a_name_that_points_inside_is_resolved_only_if_the_configuration_names_it() {
        let guard = Guard::default();
        assert!(guard.resolve("localhost".parse().unwrap()).await.is_err());

        assert!(guard.admit("http://localhost:4001/v26.0/me", Host::StandIn).is_some());
        assert!(guard.resolve("localhost".parse().unwrap()).await.is_ok());
    }

    #[tokio::test]
    async fn t20_what_travels_in_clear_stays_in_the_own_network() {
        assert!(Reach::Inside.resolve("localhost".parse().unwrap()).await.is_ok());
        assert!(Reach::Inside.resolve("157.240.1.1".parse().unwrap()).await.is_err());
        assert!(Reach::Anywhere.resolve("157.240.1.1".parse().unwrap()).await.is_ok());
    }
}
