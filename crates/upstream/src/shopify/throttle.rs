//! How much a shop lets us ask. The shop tells it with each answer; we look before each call, so that a busy shop is left alone
//! instead of refused again and again. Waiting is the caller's.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use shopclerk_domain::connection::ShopDomain;

/// What a call cost, and what is left, as the shop told it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// What the call was reckoned at before it ran.
    pub requested: f64,
    /// What was left after it.
    pub available: f64,
    /// What there can be at most.
    pub maximum: f64,
    /// What comes back each second.
    pub restore_rate: f64,
}

/// Products on a page where the shop allows it: the larger the page, the cheaper the product.
const LARGEST_PAGE: u32 = 100;
/// No wait is longer, whatever the figures say.
const LONGEST_WAIT: f64 = 120.0;
/// Shops that are remembered; forgetting one costs a refused call.
const MOST_SHOPS: usize = 10_000;

#[derive(Debug)]
struct Bucket {
    last: Option<(Cost, Duration)>,
    costs: HashMap<&'static str, f64>,
    page: u32,
}

/// What is known of each shop's allowance.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    shops: Mutex<HashMap<ShopDomain, Bucket>>,
}

impl Cost {
    /// Reads `extensions` of an answer; numbers may be whole or not.
    pub(super) fn read(extensions: &Value) -> Option<Self> {
        let cost = extensions.get("cost")?;
        let status = cost.get("throttleStatus")?;
        let number = |of: &Value, name: &str| {
            of.get(name).and_then(Value::as_f64).filter(|n| n.is_finite() && *n >= 0.0)
        };
        Some(Self {
            requested: number(cost, "requestedQueryCost").unwrap_or(0.0),
            available: number(status, "currentlyAvailable")?,
            maximum: number(status, "maximumAvailable")?,
            restore_rate: number(status, "restoreRate")?,
        })
    }

    /// How long until `needed` is there, if it is not.
    pub(super) fn wait_for(&self, needed: f64) -> Option<Duration> {
        let missing = needed.min(self.maximum) - self.available;
        if missing <= 0.0 {
            return None;
        }
        let seconds = if self.restore_rate > 0.0 { missing / self.restore_rate } else { LONGEST_WAIT };
        Some(Duration::from_secs_f64(seconds.clamp(0.1, LONGEST_WAIT)))
    }
}

impl Throttle {
    /// How long to wait before `operation`, by what it cost last time and what has come back since.
    pub(super) fn wait(&self, shop: &ShopDomain, operation: &'static str, now: Duration) -> Option<Duration> {
        self.with(shop, |bucket| {
            let (mut cost, at) = bucket.last?;
            let needed = *bucket.costs.get(operation)?;
            cost.available += cost.restore_rate * now.saturating_sub(at).as_secs_f64();
            cost.wait_for(needed)
        })
    }

    /// Remembers what an answer told.
    pub(super) fn learn(&self, shop: &ShopDomain, operation: &'static str, cost: Cost, now: Duration) {
        self.with(shop, |bucket| {
            bucket.last = Some((cost, now));
            if cost.requested > 0.0 {
                bucket.costs.insert(operation, cost.requested);
            }
        });
    }

    /// How many products to ask the shop for at once.
    pub(super) fn page_size(&self, shop: &ShopDomain) -> u32 {
        self.with(shop, |bucket| bucket.page)
    }

    /// Asks for fewer from now on; `false` when it is one already.
    pub(super) fn shrink_page(&self, shop: &ShopDomain, operation: &'static str) -> bool {
        self.with(shop, |bucket| {
            let shrunk = bucket.page > 1;
            bucket.page = (bucket.page / 2).max(1);
            bucket.costs.remove(operation);
            shrunk
        })
    }

    fn with<T>(&self, shop: &ShopDomain, look: impl FnOnce(&mut Bucket) -> T) -> T {
        let mut shops = self.shops.lock().unwrap_or_else(PoisonError::into_inner);
        if shops.len() >= MOST_SHOPS && !shops.contains_key(shop) {
            shops.clear();
        }
        let fresh = || Bucket { last: None, costs: HashMap::new(), page: LARGEST_PAGE };
        look(shops.entry(shop.clone()).or_insert_with(fresh))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shop() -> ShopDomain {
        ShopDomain::parse("nordlys.myshopify.com").unwrap()
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn t15_a_call_waits_for_what_it_cost_last_time() {
        let throttle = Throttle::default();
        assert_eq!(throttle.wait(&shop(), "Products", seconds(0)), None);

        let cost = Cost { requested: 400.0, available: 100.0, maximum: 2_000.0, restore_rate: 100.0 };
        throttle.learn(&shop(), "Products", cost, seconds(10));
        assert_eq!(throttle.wait(&shop(), "Products", seconds(10)), Some(seconds(3)));
        assert_eq!(throttle.wait(&shop(), "Products", seconds(12)), Some(seconds(1)));
        assert_eq!(throttle.wait(&shop(), "Products", seconds(13)), None);
        assert_eq!(throttle.wait(&shop(), "Shop", seconds(10)), None);
    }

    #[test]
    fn no_figures_make_it_wait_for_ever() {
        let never = Cost { requested: 900.0, available: 0.0, maximum: 40.0, restore_rate: 0.0 };
        assert_eq!(never.wait_for(900.0), Some(seconds(120)));
        let small = Cost { restore_rate: 2.0, available: 40.0, ..never };
        assert_eq!(small.wait_for(900.0), None);
        for odd in [
            json!({}),
            json!({ "cost": { "throttleStatus": { "maximumAvailable": -1 } } }),
            json!("x"),
            json!(null),
        ] {
            assert_eq!(Cost::read(&odd), None);
        }
    }

    #[test]
    fn pages_shrink_down_to_one_product() {
        let throttle = Throttle::default();
        let sizes: Vec<u32> = std::iter::from_fn(|| {
            throttle.shrink_page(&shop(), "Products").then(|| throttle.page_size(&shop()))
        })
        .collect();
        assert_eq!(sizes, [50, 25, 12, 6, 3, 1]);
    }
}
