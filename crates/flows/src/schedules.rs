//! The list of what recurs: name, rule, and the flow that is called. How it is leased and timed is `work::schedule`'s. A flow
//! here looks and puts jobs up; what takes long for one merchant is a job's.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use shopclerk_storage::StoreError;
use shopclerk_storage::installation::ScheduleRun;

use crate::app::{App, Settings};
use crate::backup;
use crate::connect::{check, token};
use crate::error::JobError;
use crate::poll;
use crate::retention;
use crate::work::schedule::{self, Plan, Rule};

/// Puts up the renewal of token pairs that end soon.
const RENEW_TOKENS: &str = "renew_tokens";
/// Asks what the tokens are worth that do not renew themselves.
const CHECK_TOKENS: &str = "check_tokens";
/// Looks through every connection for what no delivery told.
const POLL: &str = "poll";
/// Reads what changed in each shop since the last look.
const CHANGES: &str = "changes";
/// Reads the discounts of each shop.
const DISCOUNTS: &str = "discounts";
/// Makes the nightly backup.
const BACKUP: &str = "backup";
/// Carries the erasure ledger on beside the backups.
const KEEP_ERASURES: &str = "keep_erasures";

/// Removes what is too old.
const SWEEP: &str = "sweep";

/// Long enough for whatever only puts jobs up.
const SHORT: Duration = Duration::from_mins(2);
/// Long enough to carry a large store to a distant place and back.
const LONG: Duration = Duration::from_hours(6);

/// All schedules. One more is a line here and a line in [`call`].
fn plans(settings: &Settings) -> [Plan; 8] {
    let daily = Rule::DailyAt(settings.poll_at);
    [
        Plan { name: RENEW_TOKENS, rule: Rule::Every(Duration::from_mins(1)), hold: SHORT },
        Plan { name: CHECK_TOKENS, rule: daily, hold: SHORT },
        Plan { name: POLL, rule: daily, hold: SHORT },
        Plan { name: CHANGES, rule: Rule::Every(Duration::from_hours(1)), hold: SHORT },
        Plan { name: DISCOUNTS, rule: Rule::Every(Duration::from_mins(15)), hold: SHORT },
        Plan { name: BACKUP, rule: Rule::DailyAt(settings.backup.at), hold: LONG },
        Plan { name: KEEP_ERASURES, rule: Rule::Every(Duration::from_mins(1)), hold: SHORT },
        Plan { name: SWEEP, rule: daily, hold: LONG },
    ]
}

async fn call(app: &App, name: &str) -> Result<(), JobError> {
    match name {
        RENEW_TOKENS => token::renew_ending(app).await.map(drop),
        CHECK_TOKENS => check::all(app).await,
        POLL => poll::everything(app).await,
        CHANGES => poll::changes(app).await,
        DISCOUNTS => poll::discounts(app).await,
        BACKUP => backup::nightly(app).await,
        KEEP_ERASURES => backup::keep_erasures(app).await,
        SWEEP => retention::run(app).await,
        _ => Err(JobError::give_up("schedule.unknown")),
    }
}

/// Makes the list known to the store.
pub(crate) async fn plan(app: &App) -> Result<(), StoreError> {
    schedule::plan(app.store(), &plans(app.settings()), app.now()).await
}

/// Runs what has been due the longest; `false` when nothing is.
pub(crate) async fn run_next(app: &App) -> Result<bool, StoreError> {
    schedule::run_next(app.store(), app.clock(), &plans(app.settings()), |name| run(app, name)).await
}

/// How long until something is due.
pub(crate) async fn next_due(app: &App) -> Result<Option<Duration>, StoreError> {
    schedule::next_due(app.store(), &plans(app.settings()), app.now()).await
}

/// A flow that panics has failed: it must not keep its schedule leased.
async fn run(app: &App, name: &'static str) -> ScheduleRun {
    let called = AssertUnwindSafe(call(app, name)).catch_unwind().await;
    match called.unwrap_or_else(|_| Err(JobError::retry("schedule.panicked"))) {
        Ok(()) => ScheduleRun::Done,
        Err(error) => ScheduleRun::Failed(error.code),
    }
}
