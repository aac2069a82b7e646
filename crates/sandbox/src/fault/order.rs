//! What somebody orders to go wrong: which fault, at which platform, how often.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Fault, Upstream};

/// Most times that one order may name.
const MOST_TIMES: u64 = 1_000;

/// Why an order is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadOrder {
    /// No platform is called so.
    #[error("there is no upstream `{name}`: there are {known}", name = .0, known = upstreams(Upstream::ALL))]
    Upstream(String),
    /// No fault is called so.
    #[error("there is no fault `{name}`: there are {known}", name = .0, known = faults())]
    Fault(String),
    /// That cannot go wrong there.
    #[error(
        "`{name}` cannot happen at `{at}`, but at {known}",
        name = .0.word(), at = .1.word(), known = upstreams(.0.upstreams())
    )]
    DoesNotApply(Fault, Upstream),
    /// So often, nothing goes wrong.
    #[error("a count is a whole number from 1 to {MOST_TIMES}")]
    Count,
    /// The words on the command line are no order.
    #[error("a fault is written upstream:name or upstream:name:count, such as meta:cut_after:2")]
    Form,
    /// Too much is to go wrong already.
    #[error("as many faults are armed as there may be: wait until some have happened, or disarm them")]
    TooMany,
}

/// From now on, this goes wrong so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Order {
    pub(super) upstream: Upstream,
    #[serde(rename = "name")]
    pub(super) fault: Fault,
    pub(super) count: u64,
}

/// An order as it is posted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Posted {
    upstream: String,
    name: String,
    count: Option<u64>,
}

impl Order {
    /// This fault at this platform, so often.
    pub fn new(upstream: Upstream, fault: Fault, count: u64) -> Result<Self, BadOrder> {
        if fault.place(upstream).is_none() {
            return Err(BadOrder::DoesNotApply(fault, upstream));
        }
        if !(1..=MOST_TIMES).contains(&count) {
            return Err(BadOrder::Count);
        }
        Ok(Self { upstream, fault, count })
    }

    fn named(upstream: &str, name: &str, count: u64) -> Result<Self, BadOrder> {
        let platform = Upstream::ALL.into_iter().find(|known| known.word() == upstream);
        let fault = Fault::ALL.into_iter().find(|known| known.word() == name);
        let platform = platform.ok_or_else(|| BadOrder::Upstream(shortened(upstream)))?;
        let fault = fault.ok_or_else(|| BadOrder::Fault(shortened(name)))?;
        Self::new(platform, fault, count)
    }
}

impl TryFrom<Posted> for Order {
    type Error = BadOrder;

    fn try_from(posted: Posted) -> Result<Self, BadOrder> {
        Self::named(&posted.upstream, &posted.name, posted.count.unwrap_or(1))
    }
}

impl FromStr for Order {
    type Err = BadOrder;

    /// Reads `upstream:name` or `upstream:name:count`.
    fn from_str(written: &str) -> Result<Self, BadOrder> {
        let (upstream, rest) = written.split_once(':').ok_or(BadOrder::Form)?;
        let (name, count) = match rest.split_once(':') {
            Some((name, count)) => (name, count.parse().map_err(|_| BadOrder::Count)?),
            None => (rest, 1),
        };
        Self::named(upstream, name, count)
    }
}

/// As much of a foreign word as a refusal repeats.
fn shortened(word: &str) -> String {
    word.chars().filter(|letter| !letter.is_control()).take(40).collect()
}

fn upstreams(known: impl IntoIterator<Item = Upstream>) -> String {
    known.into_iter().map(Upstream::word).collect::<Vec<_>>().join(", ")
}

fn faults() -> String {
    Fault::ALL.map(Fault::word).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_names_platform_fault_and_count() {
        for (written, expected) in [
            ("meta:cut_after", Order::new(Upstream::Meta, Fault::CutAfter, 1)),
            ("objects:clock_moved:1000", Order::new(Upstream::Objects, Fault::ClockMoved, 1_000)),
            ("meta", Err(BadOrder::Form)),
            ("mars:slow", Err(BadOrder::Upstream("mars".to_owned()))),
            ("meta:sleepy", Err(BadOrder::Fault("sleepy".to_owned()))),
            ("model:echo_lost", Err(BadOrder::DoesNotApply(Fault::EchoLost, Upstream::Model))),
            ("meta:slow:0", Err(BadOrder::Count)),
            ("meta:slow:1001", Err(BadOrder::Count)),
            ("meta:slow:-1", Err(BadOrder::Count)),
            ("meta:slow:1:1", Err(BadOrder::Count)),
        ] {
            assert_eq!(written.parse(), expected, "{written}");
        }
    }

    #[test]
    fn a_refusal_says_what_there_is() {
        let said = |written: &str| written.parse::<Order>().unwrap_err().to_string();

        assert!(said("mars:slow").ends_with("there are meta, shopify, model, objects"));
        assert!(said("meta:sleepy").contains("cut_before, cut_after, garbage"));
        assert_eq!(said("model:duplicate"), "`duplicate` cannot happen at `model`, but at meta, shopify");
    }
}
