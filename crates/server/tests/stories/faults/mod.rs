//! Everything that can go wrong outside, a story for each fault at each platform: what a shopper or a merchant sees of it.
//!
//! A story stands in its platform's file, and its name begins with its fault's.

mod meta;
mod model;
mod objects;
mod shopify;

use shopclerk_sandbox::fault::{Fault, Order, Upstream};

use crate::world::World;

impl World {
    /// The next time, this goes wrong there.
    pub(crate) fn next(&self, upstream: Upstream, fault: Fault) {
        self.sandbox().faults().arm(Order::new(upstream, fault, 1).unwrap()).unwrap();
    }

    /// Whether everything has happened that was to go wrong.
    fn all_went_wrong(&self) -> bool {
        self.sandbox().faults().armed().is_empty()
    }

    /// How many parts of replies wait for a person.
    async fn left_to_a_person(&self) -> usize {
        self.app().store().list_parked(self.merchant().await, 10).await.unwrap().len()
    }
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
