//! Everything that can go wrong outside, one story for each fault at each platform: what a shopper or a merchant sees of it.

use shopclerk_sandbox::fault::{Fault, Order, Upstream};

use crate::world::World;

impl World {
    /// The next time, this goes wrong there.
    pub(crate) fn next(&self, upstream: Upstream, fault: Fault) {
        self.sandbox().faults().arm(Order::new(upstream, fault, 1).unwrap()).unwrap();
    }
}
