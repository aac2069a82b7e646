//! What is armed and has not happened yet. Clones share it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;

use super::{BadOrder, Fault, Order, Place, Upstream};
use crate::journal::Journal;

/// Most orders at a time.
const MOST_ARMED: usize = 100;

/// How long what is held back waits, unless it is let go before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// An answer that takes its time.
    pub slow: Duration,
    /// An echo that comes late: later than the product waits for one.
    pub late: Duration,
}

impl Waits {
    /// For people, who see it happen.
    pub const LIVE: Self = Self { slow: Duration::from_secs(3), late: Duration::from_secs(15) };
    /// For stories, which let go themselves.
    pub const UNTIL_LET_GO: Self = Self { slow: Duration::from_hours(24), late: Duration::from_hours(24) };
}

/// What is to go wrong.
#[derive(Clone)]
pub struct Faults {
    shared: Arc<Shared>,
}

struct Shared {
    journal: Journal,
    waits: Waits,
    armed: Mutex<Vec<Order>>,
    /// How often slow answers were let go.
    let_go: watch::Sender<u64>,
}

impl Faults {
    /// Nothing goes wrong yet.
    pub fn none(journal: Journal, waits: Waits) -> Self {
        let let_go = watch::Sender::new(0);
        Self { shared: Arc::new(Shared { journal, waits, armed: Mutex::default(), let_go }) }
    }

    /// This is to go wrong, behind what was ordered before.
    pub fn arm(&self, order: Order) -> Result<(), BadOrder> {
        let mut armed = self.orders();
        if armed.len() >= MOST_ARMED {
            return Err(BadOrder::TooMany);
        }
        armed.push(order);
        let (name, at) = (order.fault.word(), order.upstream.word());
        let summary = format!("{name} at {at} is to happen, so often: {}", order.count);
        self.shared.journal.record("fault.armed", summary, json!(order));
        Ok(())
    }

    /// What has not happened yet, in order.
    pub fn armed(&self) -> Vec<Order> {
        self.orders().clone()
    }

    /// Nothing that was ordered happens any more.
    pub fn disarm(&self) {
        self.orders().clear();
        self.shared.journal.record("fault.disarmed", "Nothing is to go wrong any more", json!({}));
    }

    /// Lets the answers go that take their time.
    pub fn let_go(&self) {
        self.shared.let_go.send_modify(|times| *times += 1);
    }

    pub(crate) fn waits(&self) -> Waits {
        self.shared.waits
    }

    /// Whether anything is to go wrong with calls of this platform.
    pub(super) fn threaten(&self, upstream: Upstream) -> bool {
        self.orders().iter().any(|order| order.upstream == upstream)
    }

    /// The next fault that happens to this, if one is to.
    pub(crate) fn meet(&self, upstream: Upstream, place: Place) -> Option<Fault> {
        let mut armed = self.orders();
        let meets = |order: &Order| order.upstream == upstream && order.fault.place(upstream) == Some(place);
        let at = armed.iter().position(meets)?;
        let order = armed.get_mut(at)?;
        order.count = order.count.saturating_sub(1);
        let (fault, left) = (order.fault, order.count);
        if left == 0 {
            armed.remove(at);
        }
        drop(armed);
        let summary = format!("{} at {}", fault.word(), upstream.word());
        let data = json!({ "upstream": upstream, "name": fault, "left": left });
        self.shared.journal.record("fault.happened", summary, data);
        Some(fault)
    }

    /// From before a fault happens until it is let go or `limit` has passed.
    pub(super) fn hold(&self, limit: Duration) -> impl Future<Output = ()> + use<> {
        let mut let_go = self.shared.let_go.subscribe();
        async move {
            tokio::select! {
                // Whoever could let go is gone: nothing is held any more.
                _ = let_go.changed() => {}
                () = pass(limit) => {}
            }
        }
    }

    fn orders(&self) -> MutexGuard<'_, Vec<Order>> {
        self.shared.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A platform's own time.
#[expect(clippy::disallowed_methods, reason = "a vendor waits on its own clock")]
pub(crate) async fn pass(span: Duration) {
    tokio::time::sleep(span).await;
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::clock::SystemClock;

    use super::*;

    fn order(written: &str) -> Order {
        written.parse().unwrap()
    }

    #[test]
    fn faults_happen_in_order_as_often_as_they_were_ordered() {
        let journal = Journal::in_memory(Arc::new(SystemClock::start()));
        let faults = Faults::none(journal.clone(), Waits::LIVE);
        for written in ["meta:limited:2", "shopify:slow", "meta:cut_after", "meta:duplicate"] {
            faults.arm(order(written)).unwrap();
        }

        let met: Vec<_> = (0..4).map(|_| faults.meet(Upstream::Meta, Place::Call)).collect();

        assert_eq!(met, [Some(Fault::Limited), Some(Fault::Limited), Some(Fault::CutAfter), None]);
        assert_eq!(faults.armed(), [order("shopify:slow"), order("meta:duplicate")]);
        let told = journal.after(0, 99);
        let left: Vec<_> = told.iter().filter_map(|entry| entry.data["left"].as_u64()).collect();
        assert_eq!(left, [1, 0, 0]);
    }

    #[test]
    fn only_so_much_may_be_armed() {
        let faults = Faults::none(Journal::in_memory(Arc::new(SystemClock::start())), Waits::LIVE);
        for _ in 0..MOST_ARMED {
            faults.arm(order("meta:slow")).unwrap();
        }

        assert_eq!(faults.arm(order("meta:slow")), Err(BadOrder::TooMany));
        faults.disarm();
        assert_eq!(faults.arm(order("meta:slow")), Ok(()));
    }
}
