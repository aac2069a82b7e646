//! The journal, to be asked for or to be followed live.

use std::collections::VecDeque;
use std::convert::Infallible;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Control;
use super::answer::{Answer, Refusal, json};
use crate::journal::{Entry, Journal};

/// Entries in one answer.
const MOST: usize = 500;

/// `GET /journal?after=N`: what followed entry N, at most 500 entries, oldest first.
pub(super) async fn read(State(control): State<Control>, RawQuery(query): RawQuery) -> Answer {
    let entries = control.journal.after(after(query.as_deref())?, MOST);
    Ok(json(StatusCode::OK, &json!({ "entries": entries })))
}

/// `GET /journal/live?after=N`: the same as server-sent events, as they happen. A browser that reconnects goes on behind
/// the last entry it got.
pub(super) async fn follow(
    State(control): State<Control>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let asked = after(query.as_deref())?;
    let seen =
        headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse::<u64>().ok());
    let events = live(control.journal, asked.max(seen.unwrap_or_default()), control.stop);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

fn after(query: Option<&str>) -> Result<u64, Refusal> {
    let mut given =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).filter(|(name, _)| name == "after");
    match given.next() {
        None => Ok(0),
        Some((_, number)) => number.parse().map_err(|_| {
            Refusal::bad("control.bad_after", "after is the number of an entry: digits, 0 for all")
        }),
    }
}

struct Follower {
    newest: watch::Receiver<u64>,
    journal: Journal,
    seq: u64,
    ready: VecDeque<Entry>,
    stop: CancellationToken,
}

/// Entries behind `seq`, without end until the sandbox stops.
fn live(
    journal: Journal,
    seq: u64,
    stop: CancellationToken,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let follower = Follower { newest: journal.watch(), journal, seq, ready: VecDeque::new(), stop };
    futures::stream::unfold(follower, |mut follower| async move {
        let entry = follower.next().await?;
        let data = serde_json::to_string(&entry).ok()?;
        Some((Ok(Event::default().id(entry.seq.to_string()).data(data)), follower))
    })
}

impl Follower {
    async fn next(&mut self) -> Option<Entry> {
        loop {
            if let Some(entry) = self.ready.pop_front() {
                self.seq = entry.seq;
                return Some(entry);
            }
            // Marked as seen before reading: an entry written in between wakes the next wait.
            self.newest.borrow_and_update();
            self.ready = self.journal.after(self.seq, MOST).into();
            if self.ready.is_empty() {
                tokio::select! {
                    () = self.stop.cancelled() => return None,
                    changed = self.newest.changed() => changed.ok()?,
                }
            } else if self.stop.is_cancelled() {
                return None;
            }
        }
    }
}
