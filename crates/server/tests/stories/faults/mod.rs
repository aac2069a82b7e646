//! Everything that can go wrong outside, a story for each fault at each platform: what a shopper or a merchant sees of it.
//!
//! A story stands in its platform's file, and its name begins with its fault's.

mod meta;
mod model;
mod objects;
mod shopify;

use serde_json::Value;
use shopclerk_domain::clock::Timestamp;
use shopclerk_flows::worker;
use shopclerk_sandbox::fault::{Fault, Order, Upstream};

use crate::world::{World, price};

impl World {
    /// The next time, this goes wrong there.
    pub(crate) fn next(&self, upstream: Upstream, fault: Fault) {
        self.sandbox().faults().arm(Order::new(upstream, fault, 1).unwrap()).unwrap();
    }

    /// Whether everything has happened that was to go wrong.
    fn all_went_wrong(&self) -> bool {
        self.sandbox().faults().armed().is_empty()
    }

    /// What the platform has told the product so far: the date that stood on each delivery.
    async fn told_by(&self, upstream: Upstream) -> Vec<Timestamp> {
        self.sandbox().deliveries().idle().await;
        let kind = format!("{}.webhook", upstream.word());
        let entries = self.sandbox().journal().after(0, usize::MAX);
        let deliveries = entries.iter().filter(|entry| entry.kind == kind);
        let date = |dated: &Value| match dated {
            Value::Number(millis) => Timestamp::from_millis(millis.as_i64().unwrap()),
            dated => Timestamp::parse(dated.as_str().unwrap()).unwrap(),
        };
        deliveries.map(|entry| date(&entry.data["dated"])).collect()
    }

    /// How many parts of replies wait for a person.
    async fn left_to_a_person(&self) -> usize {
        self.app().store().list_parked(self.merchant().await, 10).await.unwrap().len()
    }
}

/// A change is read or written by a call that takes its time, and a shopper is answered meanwhile.
async fn no_shopper_waits_for(upstream: Upstream, slow: Fault, mut world: World) {
    let ana = world.shopper("Ana").await;
    worker::start(world.app());
    world.next(upstream, slow);

    world.sets("storm-coat", price("149.50"));
    world.until(World::all_went_wrong).await;
    ana.writes("do you have a candle?").await;
    world.until(|_| ana.sees("Winter Amber")).await;

    world.sandbox().faults().let_go();
    world.close_with_work_left().await;
}

#[test]
fn every_fault_has_a_story_at_every_platform_it_can_happen_at() {
    for (upstream, stories) in [
        (Upstream::Meta, include_str!("meta.rs")),
        (Upstream::Shopify, include_str!("shopify.rs")),
        (Upstream::Model, include_str!("model.rs")),
        (Upstream::Objects, include_str!("objects.rs")),
    ] {
        for fault in Fault::ALL {
            let can_happen = fault.upstreams().any(|one| one == upstream);
            let name = format!("#[tokio::test]\nasync fn {}_", fault.word());
            let arms = format!("Fault::{fault:?}");
            let has = stories.contains(&name) && stories.contains(&arms);
            assert_eq!(has, can_happen, "{} at {}", fault.word(), upstream.word());
        }
    }
}
