//! What this process counts: answers of HTTP, and what the product told its onlooker. Kinds and routes are words of ours, so
//! their number is bounded; nothing here names anybody.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use shopclerk_flows::watch::Watcher;

/// One answer's labels: the route as the router knows it, the method, the status.
pub(crate) type Answered = (String, &'static str, u16);
/// How often one route was answered, by method and status.
type OfRoute = BTreeMap<(&'static str, u16), u64>;

/// The counters. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meters(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    happenings: Mutex<BTreeMap<&'static str, u64>>,
    answers: Mutex<BTreeMap<String, OfRoute>>,
}

impl Meters {
    /// Something happened in the product.
    pub(crate) fn happened(&self, kind: &'static str) {
        *lock(&self.0.happenings).entry(kind).or_insert(0) += 1;
    }

    /// A request was answered.
    pub(crate) fn answered(&self, route: &str, method: &'static str, status: u16) {
        let mut answers = lock(&self.0.answers);
        match answers.get_mut(route) {
            Some(of_route) => *of_route.entry((method, status)).or_insert(0) += 1,
            None => drop(answers.insert(route.to_owned(), OfRoute::from([((method, status), 1)]))),
        }
    }

    /// How often each kind of thing happened.
    pub(crate) fn happenings(&self) -> Vec<(&'static str, u64)> {
        lock(&self.0.happenings).iter().map(|(kind, count)| (*kind, *count)).collect()
    }

    /// How often each route was answered how.
    pub(crate) fn answers(&self) -> Vec<(Answered, u64)> {
        let answers = lock(&self.0.answers);
        let told = |(route, of_route): (&String, &OfRoute)| {
            let labelled = |(&(method, status), &count)| ((route.clone(), method, status), count);
            of_route.iter().map(labelled).collect::<Vec<_>>()
        };
        answers.iter().flat_map(told).collect()
    }
}

fn lock<T>(counts: &Mutex<T>) -> MutexGuard<'_, T> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
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

    fn reads(&self) -> bool {
        self.watcher.reads()
    }
}
