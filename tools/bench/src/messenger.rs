//! Messenger, as far as a reply needs it: takes what a Page sends, tells whoever waits for it, and brings each message back to the
//! app as its echo.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};
use shopclerk_domain::clock::{Clock as _, SystemClock};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::delivery::{self, Line};
use crate::platforms;
use crate::start::now;

/// Echoes on their way at once; those of one shopper in order.
const COURIERS: usize = 8;

/// What a shopper sees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    /// Cards, or words.
    pub(crate) cards: bool,
}

/// The talk of all Pages.
#[derive(Default)]
pub(crate) struct Messenger {
    waiting: Mutex<HashMap<String, UnboundedSender<Seen>>>,
    couriers: Mutex<Vec<UnboundedSender<Vec<u8>>>>,
    sent: AtomicU64,
    echoed: Arc<AtomicU64>,
}

impl Messenger {
    /// Its address.
    pub(crate) fn router(self: Arc<Self>) -> Router {
        Router::new().route("/meta/{version}/{page}/messages", post(take)).with_state(self)
    }

    /// Brings the echoes to this address from now on.
    #[expect(clippy::disallowed_methods, reason = "a bench's couriers end with it")]
    pub(crate) async fn echo_to(&self, address: SocketAddr) -> anyhow::Result<()> {
        let mut couriers = Vec::with_capacity(COURIERS);
        for _ in 0..COURIERS {
            let (sender, echoes) = unbounded_channel();
            tokio::spawn(bring(Line::to(address).await?, echoes, Arc::clone(&self.echoed)));
            couriers.push(sender);
        }
        *self.couriers.lock().unwrap_or_else(PoisonError::into_inner) = couriers;
        Ok(())
    }

    /// How many messages were taken whose echo was not acknowledged yet.
    pub(crate) fn unechoed(&self) -> u64 {
        let echoed = self.echoed.load(Ordering::Relaxed);
        self.sent.load(Ordering::Relaxed).saturating_sub(echoed)
    }

    /// What this shopper sees from now on.
    pub(crate) fn watch(&self, shopper: &str) -> UnboundedReceiver<Seen> {
        let (sender, seen) = unbounded_channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(shopper.to_owned(), sender);
        seen
    }

    fn show(&self, shopper: &str, seen: Seen) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watching) = waiting.get(shopper) {
            watching.send(seen).ok();
        }
    }

    fn echo(&self, page: &str, shopper: &str, id: &str, message: &Value) {
        let at = SystemClock::start().now().millis();
        let mut echo = message.clone();
        if let Some(fields) = echo.as_object_mut() {
            fields.extend([("is_echo".to_owned(), json!(true)), ("mid".to_owned(), json!(id))]);
        }
        let event = json!({ "sender": { "id": page }, "recipient": { "id": shopper }, "timestamp": at, "message": echo });
        let (request, _) = delivery::signed(delivery::event(page, at, &event).to_string().as_bytes());
        let couriers = self.couriers.lock().unwrap_or_else(PoisonError::into_inner);
        let at: usize = shopper.bytes().map(usize::from).sum();
        if let Some(courier) = couriers.get(at % couriers.len().max(1)) {
            courier.send(request).ok();
        }
    }
}

/// Takes one send.
async fn take(
    State(messenger): State<Arc<Messenger>>,
    Path((_, page)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let at = now();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let shopper = asked.pointer("/recipient/id").and_then(Value::as_str).unwrap_or_default();
    let Some(message) = asked.get("message") else {
        return platforms::answer(json!({ "recipient_id": shopper }).to_string());
    };
    messenger.show(shopper, Seen { at, cards: message.get("attachment").is_some() });
    let number = messenger.sent.fetch_add(1, Ordering::Relaxed);
    let id = format!("m_sent{number:010}");
    messenger.echo(&page, shopper, &id, message);
    platforms::answer(json!({ "recipient_id": shopper, "message_id": id }).to_string())
}

/// Brings echoes one after the other; those behind one that is refused are missed at the end.
async fn bring(mut line: Line, mut echoes: UnboundedReceiver<Vec<u8>>, brought: Arc<AtomicU64>) {
    while let Some(request) = echoes.recv().await {
        if line.deliver(&request).await.is_err() {
            return;
        }
        brought.fetch_add(1, Ordering::Relaxed);
    }
}
