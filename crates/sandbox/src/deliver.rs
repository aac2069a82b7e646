//! Webhooks on their way: one ordered queue per vendor, real HTTP, and the vendor's patience with a receiver that fails.
//!
//! The queue counts what is under way, so that "nothing is due" can be told from "nothing is coming". What a fault holds back
//! is not under way.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::fault::{self, Fault, Faults, Place, Upstream};
use crate::journal::Journal;
use crate::loopback;

/// A receiver must have answered by then; Messenger's rule, and Shopify's.
const PATIENCE: Duration = Duration::from_secs(5);
/// A vendor's queue is long but not endless.
const LONGEST_QUEUE: usize = 50_000;

/// Which vendor speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Facebook and its Messenger.
    Meta,
    /// A Shopify shop.
    Shopify,
}

impl Source {
    const fn upstream(self) -> Upstream {
        match self {
            Self::Meta => Upstream::Meta,
            Self::Shopify => Upstream::Shopify,
        }
    }
}

/// One request to a receiver.
#[derive(Clone)]
pub struct Delivery {
    /// Who sends it.
    pub source: Source,
    /// Where to; other places than this machine are refused.
    pub to: String,
    /// Headers as the vendor sets them, signature included.
    pub headers: Vec<(String, String)>,
    /// The signed bytes.
    pub body: Bytes,
    /// What a person calls it, for the journal.
    pub label: String,
}

impl Delivery {
    /// The vendor's date on it, as it stands on the wire.
    fn dated(&self) -> Value {
        match self.source {
            Source::Meta => {
                let body: Option<Value> = serde_json::from_slice(&self.body).ok();
                body.and_then(|body| body.pointer("/entry/0/time").cloned()).unwrap_or_default()
            }
            Source::Shopify => {
                let header = self.headers.iter().find(|(name, _)| name == "x-shopify-triggered-at");
                header.map(|(_, date)| date.as_str().into()).unwrap_or_default()
            }
        }
    }
}

/// The queues; clones share them.
#[derive(Clone)]
pub struct Deliveries {
    shared: Arc<Shared>,
}

struct Shared {
    journal: Journal,
    faults: Faults,
    /// What waits until the next delivery of the same vendor has been queued.
    overtaken: Mutex<Vec<Delivery>>,
    late: Mutex<Vec<Delivery>>,
    tasks: TaskTracker,
    meta: mpsc::Sender<Delivery>,
    shopify: mpsc::Sender<Delivery>,
    under_way: watch::Sender<usize>,
    stopped: CancellationToken,
}

impl Deliveries {
    /// Begins to deliver. `pauses` stand between the attempts of one delivery: as many as there may be repetitions.
    pub fn start(journal: Journal, faults: Faults, tasks: &TaskTracker, pauses: Vec<Duration>) -> Self {
        let (meta, from_meta) = mpsc::channel(LONGEST_QUEUE);
        let (shopify, from_shopify) = mpsc::channel(LONGEST_QUEUE);
        let under_way = watch::Sender::new(0);
        let stopped = CancellationToken::new();
        let pauses: Arc<[Duration]> = pauses.into();
        for queue in [from_meta, from_shopify] {
            let courier = Courier {
                journal: journal.clone(),
                client: loopback::client(PATIENCE),
                pauses: Arc::clone(&pauses),
                under_way: under_way.clone(),
                stopped: stopped.clone(),
            };
            tasks.spawn(courier.work(queue));
        }
        let (overtaken, late, tasks) = (Mutex::default(), Mutex::default(), tasks.clone());
        let shared = Shared { journal, faults, overtaken, late, tasks, meta, shopify, under_way, stopped };
        Self { shared: Arc::new(shared) }
    }

    /// Puts a delivery at the end of its vendor's queue, unless a fault happens to it.
    pub fn send(&self, delivery: Delivery) {
        let source = delivery.source;
        match self.shared.faults.meet(source.upstream(), Place::Delivery) {
            Some(Fault::OutOfOrder) => return kept(&self.shared.overtaken).push(delivery),
            Some(Fault::Duplicate) => {
                self.queue(delivery.clone());
                self.queue(delivery);
            }
            _ => self.queue(delivery),
        }
        let overtaken = kept(&self.shared.overtaken).extract_if(.., |one| one.source == source).collect();
        self.queue_all(overtaken);
    }

    /// Sends it when its time has come, or when late ones are let go.
    pub(crate) fn send_late(&self, delivery: Delivery) {
        kept(&self.shared.late).push(delivery);
        let deliveries = self.clone();
        self.shared.tasks.spawn(async move {
            tokio::select! {
                () = fault::pass(deliveries.faults().waits().late) => deliveries.let_go(),
                () = deliveries.shared.stopped.cancelled() => {}
            }
        });
    }

    /// What was to come late, or is to be overtaken, comes now.
    pub fn let_go(&self) {
        for held in [&self.shared.late, &self.shared.overtaken] {
            let held = std::mem::take(&mut *kept(held));
            self.queue_all(held);
        }
    }

    /// What is to go wrong.
    pub(crate) fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    fn queue_all(&self, deliveries: Vec<Delivery>) {
        for delivery in deliveries {
            self.queue(delivery);
        }
    }

    fn queue(&self, delivery: Delivery) {
        if self.shared.stopped.is_cancelled() {
            return;
        }
        let queue = match delivery.source {
            Source::Meta => &self.shared.meta,
            Source::Shopify => &self.shared.shopify,
        };
        // Counted before it is queued: the courier may be done with it before this line is left.
        self.shared.under_way.send_modify(|count| *count += 1);
        if let Err(refused) = queue.try_send(delivery) {
            self.shared.under_way.send_modify(|count| *count = count.saturating_sub(1));
            let (mpsc::error::TrySendError::Full(delivery) | mpsc::error::TrySendError::Closed(delivery)) =
                refused;
            let why = "the queue is full or closed";
            note(&self.shared.journal, &delivery, 0, &Outcome::Refused(why), Duration::ZERO);
        }
    }

    /// How many deliveries are queued or on the wire.
    pub fn in_flight(&self) -> usize {
        *self.shared.under_way.borrow()
    }

    /// Returns once nothing is queued or on the wire.
    pub async fn idle(&self) {
        let mut count = self.shared.under_way.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        count.wait_for(|under_way| *under_way == 0).await.ok();
    }

    /// Ends delivering; what is still queued is dropped.
    pub fn stop(&self) {
        self.shared.stopped.cancel();
    }
}

struct Courier {
    journal: Journal,
    client: reqwest::Result<reqwest::Client>,
    pauses: Arc<[Duration]>,
    under_way: watch::Sender<usize>,
    stopped: CancellationToken,
}

enum Outcome {
    Answered(u16),
    Unreachable(String),
    Refused(&'static str),
}

impl Courier {
    async fn work(self, mut queue: mpsc::Receiver<Delivery>) {
        loop {
            let next = tokio::select! {
                biased;
                () = self.stopped.cancelled() => break,
                next = queue.recv() => next,
            };
            let Some(delivery) = next else { break };
            tokio::select! {
                biased;
                () = self.stopped.cancelled() => (),
                () = self.deliver(&delivery) => (),
            }
            self.one_less();
        }
        queue.close();
        while queue.try_recv().is_ok() {
            self.one_less();
        }
    }

    fn one_less(&self) {
        self.under_way.send_modify(|count| *count = count.saturating_sub(1));
    }

    async fn deliver(&self, delivery: &Delivery) {
        for attempt in 0..=self.pauses.len() {
            let started = self.journal.clock().monotonic();
            let outcome = self.attempt(delivery).await;
            let took = self.journal.clock().monotonic().saturating_sub(started);
            note(&self.journal, delivery, attempt + 1, &outcome, took);
            match outcome {
                Outcome::Answered(200..=299) | Outcome::Refused(_) => return,
                Outcome::Answered(_) | Outcome::Unreachable(_) => {}
            }
            if let Some(pause) = self.pauses.get(attempt).filter(|pause| !pause.is_zero()) {
                fault::pass(*pause).await;
            }
        }
    }

    async fn attempt(&self, delivery: &Delivery) -> Outcome {
        let Ok(client) = &self.client else { return Outcome::Refused("no HTTP client could be built") };
        let Some(to) = Url::parse(&delivery.to).ok().filter(loopback::is_loopback) else {
            return Outcome::Refused("the sandbox delivers to this machine only");
        };
        let mut request = client.post(to).body(delivery.body.clone());
        for (name, value) in &delivery.headers {
            request = request.header(name, value);
        }
        match request.send().await {
            Ok(answer) => Outcome::Answered(answer.status().as_u16()),
            Err(error) if error.is_timeout() => Outcome::Unreachable("no answer within 5 s".to_owned()),
            Err(error) if error.is_connect() => Outcome::Unreachable("nobody listens there".to_owned()),
            Err(error) => Outcome::Unreachable(error.without_url().to_string()),
        }
    }
}

fn kept(deliveries: &Mutex<Vec<Delivery>>) -> std::sync::MutexGuard<'_, Vec<Delivery>> {
    deliveries.lock().unwrap_or_else(PoisonError::into_inner)
}

fn note(journal: &Journal, delivery: &Delivery, attempt: usize, outcome: &Outcome, took: Duration) {
    let kind = match delivery.source {
        Source::Meta => "meta.webhook",
        Source::Shopify => "shopify.webhook",
    };
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let (status, end) = match outcome {
        Outcome::Answered(status) => (Some(*status), format!("answered {status} in {ms} ms")),
        Outcome::Unreachable(why) => (None, format!("not delivered: {why}")),
        Outcome::Refused(why) => (None, format!("not sent: {why}")),
    };
    // The path alone: a receiver's address may carry a secret in its query.
    let path = Url::parse(&delivery.to).map_or_else(|_| String::new(), |to| to.path().to_owned());
    let data = json!({
        "path": path, "status": status, "ms": ms, "attempt": attempt, "bytes": delivery.body.len(),
        "dated": delivery.dated(),
    });
    journal.record(kind, format!("{}: {end}", delivery.label), data);
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::post;
    use shopclerk_domain::clock::SystemClock;

    use super::*;
    use crate::fault::Waits;

    fn faults(journal: &Journal) -> Faults {
        Faults::none(journal.clone(), Waits::UNTIL_LET_GO)
    }

    struct Receiver {
        address: String,
        heard: Arc<Mutex<Vec<String>>>,
        tasks: TaskTracker,
    }

    /// A receiver that answers 503 to its first `failures` requests.
    async fn receiver(failures: usize) -> Receiver {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (kept, count) = (Arc::clone(&heard), Arc::new(AtomicUsize::new(0)));
        let route = post(move |body: String| async move {
            kept.lock().unwrap().push(body);
            if count.fetch_add(1, Ordering::SeqCst) < failures {
                StatusCode::SERVICE_UNAVAILABLE
            } else {
                StatusCode::OK
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook?key=hidden", listener.local_addr().unwrap());
        let tasks = TaskTracker::new();
        tasks.spawn(async move { axum::serve(listener, Router::new().route("/hook", route)).await });
        Receiver { address, heard, tasks }
    }

    fn delivery(to: &str, body: &str) -> Delivery {
        Delivery {
            source: Source::Meta,
            to: to.to_owned(),
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: Bytes::from(body.to_owned()),
            label: format!("event {body}"),
        }
    }

    #[tokio::test]
    async fn a_failing_receiver_is_asked_again_and_the_order_holds() {
        let journal = Journal::in_memory(Arc::new(SystemClock::start()));
        let receiver = receiver(1).await;
        let deliveries =
            Deliveries::start(journal.clone(), faults(&journal), &receiver.tasks, vec![Duration::ZERO; 2]);

        deliveries.send(delivery(&receiver.address, "1"));
        deliveries.send(delivery(&receiver.address, "2"));
        deliveries.idle().await;

        assert_eq!(*receiver.heard.lock().unwrap(), ["1", "1", "2"]);
        let statuses: Vec<_> =
            journal.after(0, 9).iter().map(|entry| entry.data["status"].as_u64()).collect();
        assert_eq!(statuses, [Some(503), Some(200), Some(200)]);
        assert!(!format!("{:?}", journal.after(0, 9)).contains("hidden"));
        assert_eq!(deliveries.in_flight(), 0);
    }

    #[tokio::test]
    async fn nothing_leaves_this_machine_and_a_dead_receiver_is_given_up() {
        let journal = Journal::in_memory(Arc::new(SystemClock::start()));
        let deliveries =
            Deliveries::start(journal.clone(), faults(&journal), &TaskTracker::new(), vec![Duration::ZERO]);

        deliveries.send(delivery("http://shop.example/hook", "1"));
        deliveries.send(delivery("http://127.0.0.1:9/hook", "2"));
        deliveries.idle().await;

        let attempts: Vec<_> =
            journal.after(0, 9).iter().map(|entry| entry.data["attempt"].as_u64()).collect();
        assert_eq!(attempts, [Some(1), Some(1), Some(2)]);
    }

    #[tokio::test]
    async fn stopping_leaves_nothing_counted() {
        let journal = Journal::in_memory(Arc::new(SystemClock::start()));
        let deliveries = Deliveries::start(
            journal.clone(),
            faults(&journal),
            &TaskTracker::new(),
            vec![Duration::from_mins(10)],
        );
        deliveries.send(delivery("http://127.0.0.1:9/hook", "1"));
        deliveries.send(delivery("http://127.0.0.1:9/hook", "2"));

        deliveries.stop();
        deliveries.idle().await;

        deliveries.send(delivery("http://127.0.0.1:9/hook", "3"));
        assert_eq!(deliveries.in_flight(), 0);
    }

    #[tokio::test]
    async fn a_delivery_may_come_twice_or_be_overtaken() {
        let journal = Journal::in_memory(Arc::new(SystemClock::start()));
        let receiver = receiver(0).await;
        let deliveries = Deliveries::start(journal.clone(), faults(&journal), &receiver.tasks, Vec::new());
        for order in ["meta:duplicate", "meta:out_of_order"] {
            deliveries.faults().arm(order.parse().unwrap()).unwrap();
        }

        for body in ["1", "2", "3", "4"] {
            deliveries.send(delivery(&receiver.address, body));
        }
        deliveries.send_late(delivery(&receiver.address, "5"));
        deliveries.idle().await;
        assert_eq!(*receiver.heard.lock().unwrap(), ["1", "1", "3", "2", "4"]);

        deliveries.let_go();
        deliveries.idle().await;
        assert_eq!(receiver.heard.lock().unwrap().last().unwrap(), "5");
    }
}
