//! The leaky bucket calls are paid from.

use std::time::Duration;

use serde_json::{Value, json};

/// How much a shop lets an app ask, by its plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowance {
    capacity: f64,
    per_second: f64,
}

impl Allowance {
    /// What a development shop was seen to have.
    pub const DEVELOPMENT: Self = Self { capacity: 2_000.0, per_second: 100.0 };
    /// What the dearest usual plan has: a large catalogue is read in seconds.
    pub const PLUS: Self = Self { capacity: 20_000.0, per_second: 1_000.0 };
}

/// One shop's bucket, filled up to the time it was last asked.
#[derive(Debug)]
pub(super) struct Bucket {
    allowance: Allowance,
    available: f64,
    at: Duration,
}

impl Bucket {
    pub(super) fn full(allowance: Allowance, now: Duration) -> Self {
        Self { allowance, available: allowance.capacity, at: now }
    }

    /// Takes `cost` out; false when it holds less.
    pub(super) fn take(&mut self, cost: u64, now: Duration) -> bool {
        self.fill(now);
        let enough = points(cost) <= self.available;
        if enough {
            self.available -= points(cost);
        }
        enough
    }

    /// Gives back what was taken in advance and not needed.
    pub(super) fn give_back(&mut self, cost: u64) {
        self.available = (self.available + points(cost)).min(self.allowance.capacity);
    }

    /// Leaves nothing.
    pub(super) fn drain(&mut self, now: Duration) {
        self.fill(now);
        self.available = 0.0;
    }

    /// The same bucket with nothing in it.
    pub(super) fn emptied(self) -> Self {
        Self { available: 0.0, ..self }
    }

    /// `throttleStatus`, as it stands after the call.
    pub(super) fn status(&self) -> Value {
        json!({ "maximumAvailable": self.allowance.capacity, "currentlyAvailable": self.available.floor(), "restoreRate": self.allowance.per_second })
    }

    fn fill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.at);
        self.available =
            (self.available + passed.as_secs_f64() * self.allowance.per_second).min(self.allowance.capacity);
        self.at = self.at.max(now);
    }
}

/// Costs stay far below what a float holds exactly.
fn points(cost: u64) -> f64 {
    f64::from(u32::try_from(cost).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drained_bucket_refills_by_a_hundred_points_a_second() {
        let mut bucket = Bucket::full(Allowance::DEVELOPMENT, Duration::ZERO);
        assert!(bucket.take(2_000, Duration::ZERO));
        assert!(!bucket.take(1, Duration::ZERO));

        assert!(bucket.take(200, Duration::from_secs(2)));
        assert!(!bucket.take(1, Duration::from_secs(2)));

        bucket.give_back(u64::MAX);
        assert_eq!(bucket.status()["currentlyAvailable"], 2_000.0);
    }
}
