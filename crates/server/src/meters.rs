//! What this process counts: answers of HTTP, and what the product told its onlooker. Kinds and routes are words of ours, so
//! their number is bounded; nothing here names anybody.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use shopclerk_flows::watch::Watcher;

/// One answer's labels: the route as the router knows it, the method, the status.
pub(crate) type Answered = (String, &'static str, u16);

/// The counters. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meters(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    happenings: Mutex<BTreeMap<&'static str, u64>>,
    answers: Mutex<BTreeMap<Answered, u64>>,
}

impl Meters {
    /// Something happened in the product.
    pub(crate) fn happened(&self, kind: &'static str) {
        count(&self.0.happenings, kind);
    }

    /// A request was answered.
    pub(crate) fn answered(&self, answer: Answered) {
        count(&self.0.answers, answer);
    }

    /// How often each kind of thing happened.
    pub(crate) fn happenings(&self) -> Vec<(&'static str, u64)> {
        all(&self.0.happenings)
    }

    /// How often each route was answered how.
    pub(crate) fn answers(&self) -> Vec<(Answered, u64)> {
        all(&self.0.answers)
    }
}

fn count<K: Ord>(counts: &Mutex<BTreeMap<K, u64>>, key: K) {
    *counts.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert(0) += 1;
}

fn all<K: Ord + Clone>(counts: &Mutex<BTreeMap<K, u64>>) -> Vec<(K, u64)> {
    let counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    counts.iter().map(|(key, count)| (key.clone(), *count)).collect()
}

/// Counts what a watcher is told, and tells it.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) meters: Meters,
    pub(crate) watcher: Arc<dyn Watcher>,
}

impl Watcher for Counted {
    fn saw(&self, kind: &'static str, summary: String, data: Value) {
        self.meters.happened(kind);
        self.watcher.saw(kind, summary, data);
    }
}
