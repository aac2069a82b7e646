//! What is kept how long: once a night everything that is too old goes, in short slices, from the old end. A run that is cut
//! off is taken up by the next.

use std::time::Duration;

use serde_json::json;
use shopclerk_domain::clock::Timestamp;
use shopclerk_storage::installation::Aged;

use crate::app::App;
use crate::error::JobError;
use crate::{erase, jobs};

/// Rows looked at in one unit: a few milliseconds.
const SLICE: usize = 200;
/// Conversations looked at in one go for those that fell silent.
const STRETCH: usize = 1_000;
/// What is taken for gone while it may still come late: taken-back messages are remembered as long as a channel may repeat.
const REPEATED_FOR: Duration = Duration::from_hours(35 * 24);

/// How long each kind of data is kept. What each holds and why is in `docs/retention.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Events as they were received, after they are done.
    pub events: Duration,
    /// Keys by which repetitions are known.
    pub dedup_keys: Duration,
    /// What was said, and what each reply rested on.
    pub messages: Duration,
    /// What failed for good and waits for a person.
    pub dead_letters: Duration,
    /// A shopper who wrote nothing.
    pub silent_shoppers: Duration,
    /// Sign-ins that were not finished.
    pub states: Duration,
    /// Answers to shops' questions about customers.
    pub data_requests: Duration,
    /// The ledger of what was forgotten.
    pub ledger: Duration,
}

const fn days(count: u64) -> Duration {
    Duration::from_hours(24 * count)
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            events: days(7),
            dedup_keys: days(35),
            messages: days(90),
            dead_letters: days(30),
            silent_shoppers: days(180),
            states: days(1),
            data_requests: days(30),
            ledger: days(400),
        }
    }
}

/// Removes all that is too old.
pub(crate) async fn run(app: &App) -> Result<(), JobError> {
    let now = app.now();
    for (name, aged) in kinds(app, now) {
        let removed = sweep(app, &aged, now).await?;
        if removed > 0 {
            tracing::info!(kind = name, removed, "what was kept long enough is gone");
            app.saw(
                "retention.swept",
                format!("{removed} of {name}"),
                json!({ "kind": name, "removed": removed }),
            );
        }
    }
    silent_shoppers(app, now.minus(app.settings().retention.silent_shoppers)).await
}

fn kinds(app: &App, now: Timestamp) -> Vec<(&'static str, Aged)> {
    let keep = app.settings().retention;
    let before = |span: Duration| now.minus(span);
    let session = Duration::from_millis(app.settings().sessions.absolute_ms.unsigned_abs());
    let dead = before(keep.dead_letters);
    vec![
        ("events", Aged::Events { done: before(keep.events), dead }),
        ("messages", Aged::Messages { before: before(keep.messages), mirror: jobs::MIRROR_CONVERSATION }),
        ("turns", Aged::Turns { before: before(keep.messages) }),
        // When one was last used is known to a day.
        ("kept rows", Aged::KeptRows { before: before(keep.messages + days(1)) }),
        ("dedup keys", Aged::DedupKeys { before: before(keep.dedup_keys) }),
        ("taken-back messages", Aged::TakenBack { before: before(keep.messages.max(REPEATED_FOR)) }),
        ("quarantine", Aged::Quarantine { before: dead }),
        ("given-up jobs", Aged::GivenUpJobs { before: dead }),
        ("states", Aged::States { before: before(keep.states) }),
        ("sessions", Aged::Sessions { before: before(session) }),
        ("data requests", Aged::DataRequests { before: before(keep.data_requests) }),
        ("erasure ledger", Aged::Ledger { before: before(keep.ledger) }),
        ("deletions", Aged::Deletions { before: before(keep.ledger) }),
    ]
}

async fn sweep(app: &App, aged: &Aged, now: Timestamp) -> Result<usize, JobError> {
    let (mut removed, mut after) = (0, Some(0));
    while let Some(place) = after.filter(|_| !app.stop.is_cancelled()) {
        let swept = app.store().sweep(aged.clone(), place, SLICE, now).await?;
        removed += swept.removed;
        after = swept.next;
    }
    Ok(removed)
}

/// Whoever wrote nothing for so long is forgotten; what they said is gone already.
async fn silent_shoppers(app: &App, before: Timestamp) -> Result<(), JobError> {
    let (mut gone, mut after) = (0, Some(0));
    while let Some(place) = after.filter(|_| !app.stop.is_cancelled()) {
        let (silent, next) = app.store().list_silent(before, place, STRETCH).await?;
        for one in &silent {
            erase::silent_shopper(app, one.merchant, one.shopper, before).await?;
        }
        gone += silent.len();
        after = next;
    }
    if gone > 0 {
        tracing::info!(shoppers = gone, "shoppers who wrote nothing for long are forgotten");
        app.saw(
            "retention.swept",
            format!("{gone} silent shoppers"),
            json!({ "kind": "shoppers", "removed": gone }),
        );
    }
    Ok(())
}
