//! What is believed and allowed at the edge: whose forwarded addresses count, and how often a stranger may ask.

use std::net::IpAddr;

use shopclerk_flows::wiring::StateCaps;

use super::check::Checker;

/// What the outermost layers need to know.
#[derive(Clone, Debug)]
pub struct EdgeConfig {
    /// Whose forwarded addresses count.
    pub proxies: Proxies,
    /// Sign-ins one address may begin in a minute; 0 = no limit.
    pub logins_per_minute: u32,
    /// Ways back one address may take in a minute; 0 = no limit.
    pub callbacks_per_minute: u32,
    /// Handshakes one address may ask for in a minute; 0 = no limit.
    pub handshakes_per_minute: u32,
    /// How many sign-ins may be under way.
    pub pending_logins: StateCaps,
}

/// The proxies that tell the truth about who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<(IpAddr, u32)>);

impl Proxies {
    /// Addresses and networks, such as `127.0.0.1,10.0.0.0/8`; `Err` is the one that is neither.
    fn parse(text: &str) -> Result<Self, &str> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| network(part).ok_or(part)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this address is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|(network, prefix)| match (network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= *prefix
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= *prefix
            }
            _ => false,
        })
    }

    /// Who asks: the connection's other end, or, where that is a proxy of ours, the last address in its
    /// `X-Forwarded-For` that is none. What stands further left was written by whoever asks.
    pub fn client<'a>(&self, peer: IpAddr, forwarded: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut client = peer.to_canonical();
        for hop in forwarded.rev().flat_map(|line| line.rsplit(',')) {
            if !self.contains(client) {
                break;
            }
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            client = address.to_canonical();
        }
        client
    }
}

fn network(text: &str) -> Option<(IpAddr, u32)> {
    let (address, prefix) =
        text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let address: IpAddr = address.parse().ok()?;
    let widest = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(Some(widest), |prefix| prefix.parse().ok())?;
    (prefix <= widest).then_some((address, prefix))
}

const MOST_PER_MINUTE: u32 = 10_000_000;
const MOST_PENDING: usize = 10_000_000;

pub(super) fn read(check: &mut Checker<'_>) -> Option<EdgeConfig> {
    let proxies = proxies(check);
    let mut rate = |option| check.number(option, 0..=MOST_PER_MINUTE);
    let logins = rate("SHOPCLERK_LOGINS_PER_MINUTE");
    let callbacks = rate("SHOPCLERK_CALLBACKS_PER_MINUTE");
    let handshakes = rate("SHOPCLERK_HANDSHAKES_PER_MINUTE");
    let in_all = check.number("SHOPCLERK_PENDING_LOGINS", 100..=MOST_PENDING);
    let per_peer = check.number("SHOPCLERK_PENDING_LOGINS_PER_ADDRESS", 10..=MOST_PENDING);
    Some(EdgeConfig {
        proxies: proxies?,
        logins_per_minute: logins?,
        callbacks_per_minute: callbacks?,
        handshakes_per_minute: handshakes?,
        pending_logins: StateCaps { in_all: in_all?, per_peer: per_peer? },
    })
}

fn proxies(check: &mut Checker<'_>) -> Option<Proxies> {
    const NAME: &str = "SHOPCLERK_TRUSTED_PROXIES";
    let parsed = Proxies::parse(check.optional(NAME).unwrap_or_default());
    if let Err(part) = &parsed {
        let what = format!("`{part}` is neither an address nor a network");
        check.fault(NAME, what, "write addresses or networks, such as 127.0.0.1,10.0.0.0/8");
    }
    parsed.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(trusted: &str, peer: &str, forwarded: &[&str], expected: &str) {
        let proxies = Proxies::parse(trusted).unwrap();
        let client = proxies.client(peer.parse().unwrap(), forwarded.iter().copied());
        assert_eq!(client, expected.parse::<IpAddr>().unwrap(), "{trusted} {peer} {forwarded:?}");
    }

    #[test]
    fn t70_a_forwarded_address_counts_only_from_a_proxy_of_ours() {
        check("", "127.0.0.1", &["9.9.9.9"], "127.0.0.1");
        check("127.0.0.1", "127.0.0.1", &[], "127.0.0.1");
        check("127.0.0.1", "127.0.0.1", &["9.9.9.9"], "9.9.9.9");
        check("127.0.0.1", "::ffff:127.0.0.1", &["::ffff:9.9.9.9"], "9.9.9.9");
        check("127.0.0.1", "8.8.8.8", &["9.9.9.9"], "8.8.8.8");
        check("127.0.0.1", "127.0.0.1", &["1.1.1.1, 9.9.9.9"], "9.9.9.9");
        check("127.0.0.1", "127.0.0.1", &["1.1.1.1", "9.9.9.9"], "9.9.9.9");
        check("127.0.0.0/8,10.0.0.0/8", "127.0.0.5", &["1.1.1.1, 9.9.9.9, 10.3.2.1"], "9.9.9.9");
        check("127.0.0.1", "127.0.0.1", &["9.9.9.9, somebody"], "127.0.0.1");
        check("fd00::/8", "fd12::1", &["2001:db8::7"], "2001:db8::7");
        check("0.0.0.0/0", "7.7.7.7", &["6.6.6.6"], "6.6.6.6");
    }

    #[test]
    fn what_is_no_network_is_named() {
        for text in ["10.0.0.0/33", "proxy.example", "10.0.0.0/x", "::/129", "10.0.0.1:80"] {
            assert_eq!(Proxies::parse(&format!("127.0.0.1, {text}")), Err(text));
        }
    }
}
