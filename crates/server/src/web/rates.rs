//! How often one address may ask for what costs us something before anybody is signed in. What is remembered of strangers
//! is bounded, however many addresses they have.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::Web;
use super::client;
use super::problem::Problem;
use crate::config::edge::EdgeConfig;

const MINUTE: Duration = Duration::from_mins(1);
/// Addresses remembered at once; beyond it, those that are not share one allowance.
const MOST: usize = 20_000;
/// How often those are forgotten that have their whole allowance again.
const SWEEP: Duration = Duration::from_secs(1);
/// Whom all share that are not remembered.
const EVERYBODY_ELSE: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
    /// The begin of a sign-in.
    Login,
    /// The end of one.
    Callback,
    /// Meta's question for the verify token.
    Handshake,
}

/// One allowance for each.
#[derive(Debug)]
pub(super) struct Rates {
    logins: Rate,
    callbacks: Rate,
    handshakes: Rate,
}

impl Rates {
    pub(super) fn of(edge: &EdgeConfig) -> Self {
        Self {
            logins: Rate::new(edge.logins_per_minute),
            callbacks: Rate::new(edge.callbacks_per_minute),
            handshakes: Rate::new(edge.handshakes_per_minute),
        }
    }

    const fn of_kind(&self, asked: Asked) -> &Rate {
        match asked {
            Asked::Login => &self.logins,
            Asked::Callback => &self.callbacks,
            Asked::Handshake => &self.handshakes,
        }
    }
}

/// Lets through what the client may still ask for.
pub(super) async fn limit(
    State((web, asked)): State<(Web, Asked)>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let client = client::of(&web.edge.proxies, request.headers(), request.extensions());
    let now = web.app.clock().monotonic();
    if web.rates.of_kind(asked).admits(client, now) {
        Ok(next.run(request).await)
    } else {
        Err(Problem::too_many())
    }
}

/// So many in a minute, all at once or spread.
#[derive(Debug)]
struct Rate {
    /// `None` = no limit.
    every: Option<Duration>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// When each address will have its whole allowance again.
    whole_at: HashMap<IpAddr, Duration>,
    /// When those that have it were last forgotten.
    swept_at: Duration,
}

impl Seen {
    /// The address, or whom it shares an allowance with because no more can be remembered. Looked through at most once a
    /// second: it is the same for all who ask meanwhile.
    fn place(&mut self, who: IpAddr, now: Duration) -> IpAddr {
        if self.whole_at.len() < MOST || self.whole_at.contains_key(&who) {
            return who;
        }
        if now.saturating_sub(self.swept_at) >= SWEEP {
            self.whole_at.retain(|_, whole_at| *whole_at > now);
            self.swept_at = now;
        }
        if self.whole_at.len() < MOST { who } else { EVERYBODY_ELSE }
    }
}

impl Rate {
    fn new(per_minute: u32) -> Self {
        Self { every: MINUTE.checked_div(per_minute), seen: Mutex::default() }
    }

    fn admits(&self, client: IpAddr, now: Duration) -> bool {
        let Some(every) = self.every else { return true };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let who = seen.place(network(client), now);
        let next = seen.whole_at.get(&who).copied().unwrap_or(now).max(now).saturating_add(every);
        let admitted = next.saturating_sub(now) <= MINUTE;
        if admitted {
            seen.whole_at.insert(who, next);
        }
        admitted
    }
}

/// Whoever has one address of the sixth version has a whole network of them.
fn network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered(rate: &Rate) -> usize {
        rate.seen.lock().unwrap().whole_at.len()
    }

    fn many(rate: &Rate, client: &str, times: u32, at_s: u64) -> usize {
        let client = client.parse().unwrap();
        (0..times).filter(|_| rate.admits(client, Duration::from_secs(at_s))).count()
    }

    #[test]
    fn t41_an_address_has_so_many_in_a_minute_and_no_more() {
        let rate = Rate::new(6);

        assert_eq!(many(&rate, "9.9.9.9", 10, 0), 6);
        assert_eq!(many(&rate, "8.8.8.8", 10, 0), 6, "another has its own");
        assert_eq!(many(&rate, "9.9.9.9", 10, 9), 0);
        assert_eq!(many(&rate, "9.9.9.9", 10, 10), 1);
        assert_eq!(many(&rate, "9.9.9.9", 10, 3_600), 6);
        assert_eq!(many(&Rate::new(0), "9.9.9.9", 10_000, 0), 10_000);
    }

    #[test]
    fn t41_a_whole_network_of_the_sixth_version_is_one() {
        let rate = Rate::new(3);

        assert_eq!(many(&rate, "2001:db8:1:2::1", 2, 0) + many(&rate, "2001:db8:1:2:ffff::9", 9, 0), 3);
        assert_eq!(many(&rate, "2001:db8:1:3::1", 9, 0), 3);
    }

    #[test]
    fn t41_what_is_remembered_of_strangers_is_bounded() {
        let rate = Rate::new(2);
        let stranger = |number: u32| IpAddr::V4(std::net::Ipv4Addr::from_bits(number));

        let admitted = (0..100_000).filter(|number| rate.admits(stranger(*number), Duration::ZERO)).count();

        assert_eq!(admitted, MOST + 2, "those beyond share one allowance");
        assert_eq!(remembered(&rate), MOST + 1);
        assert!(rate.admits(stranger(7_777_777), Duration::from_mins(2)), "and it passes");
        assert_eq!(remembered(&rate), 1);
    }
}
