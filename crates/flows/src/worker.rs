//! What the workers work at: conversations, jobs and indexes, the sign of typing, and the upkeep of connections. Each has
//! workers of its own, so that no long read keeps a shopper waiting.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use shopclerk_storage::installation::NextDue;

use crate::app::App;
use crate::catalogue::indexes;
use crate::connect::{subscribe, token};
use crate::error::FlowError;
use crate::work::bell::{Bell, Ear};
use crate::work::runner::{self, Desk, Step};
use crate::{jobs, turn, typing};

/// Conversations worked at side by side.
const CONVERSATIONS: usize = 4;
/// Jobs worked at side by side.
const JOBS: usize = 2;
/// How often token pairs that end soon are looked for.
const TOKENS_EVERY: Duration = Duration::from_mins(1);
/// How often subscriptions and catalogues are looked through for what no delivery told.
const LOOK_EVERY: Duration = Duration::from_hours(24);

/// Turns and sends.
struct Talk(App);

/// Jobs, and the indexes that follow their changes.
struct Errands(App);

/// The sign of typing.
struct Typing(App);

/// Tokens that end soon, and what was missed.
struct Upkeep {
    app: App,
    /// When everything was last looked through, by the monotonic clock.
    looked: Mutex<Option<Duration>>,
}

#[async_trait]
impl Desk for Talk {
    async fn step(&self) -> Step {
        judge(turn::do_next(&self.0).await)
    }

    async fn next_due(&self) -> Option<Duration> {
        next_due(&self.0).await.conversation.map(|at| at.since(self.0.now()))
    }
}

#[async_trait]
impl Desk for Errands {
    async fn step(&self) -> Step {
        match judge(jobs::do_next(&self.0).await) {
            Step::Idle if indexes::follow_next(&self.0).await => Step::Worked,
            step => step,
        }
    }

    async fn next_due(&self) -> Option<Duration> {
        let job = next_due(&self.0).await.job.map(|at| at.since(self.0.now()));
        let index = self.0.indexes.next_due().map(|at| at.saturating_sub(self.0.clock().monotonic()));
        job.into_iter().chain(index).min()
    }
}

#[async_trait]
impl Desk for Typing {
    async fn step(&self) -> Step {
        if typing::show_next(&self.0).await { Step::Worked } else { Step::Idle }
    }

    async fn next_due(&self) -> Option<Duration> {
        None
    }
}

#[async_trait]
impl Desk for Upkeep {
    async fn step(&self) -> Step {
        if let Err(error) = token::renew_ending(&self.app).await {
            tracing::warn!(code = %error.code, "ending tokens could not be listed");
        }
        if !self.is_time_to_look() {
            return Step::Idle;
        }
        match subscribe::renew_all(&self.app).await {
            Ok(()) => Step::Idle,
            Err(error) => judge(Err(error)),
        }
    }

    async fn next_due(&self) -> Option<Duration> {
        Some(TOKENS_EVERY)
    }
}

impl Upkeep {
    const fn new(app: App) -> Self {
        Self { app, looked: Mutex::new(None) }
    }

    /// At the start, and once a day.
    fn is_time_to_look(&self) -> bool {
        let now = self.app.clock().monotonic();
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let due = looked.is_none_or(|last| now.saturating_sub(last) >= LOOK_EVERY);
        if due {
            *looked = Some(now);
        }
        due
    }
}

async fn next_due(app: &App) -> NextDue {
    app.store().next_due().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the store did not say what is due next");
        NextDue::default()
    })
}

fn judge(worked: Result<bool, FlowError>) -> Step {
    match worked {
        Ok(true) => Step::Worked,
        Ok(false) => Step::Idle,
        Err(error) => {
            tracing::error!(%error, source = ?std::error::Error::source(&error), "a step of the worker failed");
            Step::Failed
        }
    }
}

/// Does one thing that is due, of whatever kind; `false` when nothing is. Stories call it until it says so.
pub async fn step(app: &App) -> bool {
    let desks: [&dyn Desk; 3] = [&Typing(app.clone()), &Talk(app.clone()), &Errands(app.clone())];
    for desk in desks {
        if desk.step().await == Step::Worked {
            return true;
        }
    }
    false
}

/// Starts the workers; they end when `app.stop` says so.
pub fn start(app: &App) {
    for _ in 0..CONVERSATIONS {
        employ(app, Talk(app.clone()), app.bell.ear());
    }
    for _ in 0..JOBS {
        employ(app, Errands(app.clone()), app.bell.ear());
    }
    employ(app, Typing(app.clone()), app.bell.ear());
    // Upkeep goes by the clock alone.
    employ(app, Upkeep::new(app.clone()), Bell::default().ear());
}

fn employ(app: &App, desk: impl Desk + 'static, ear: Ear) {
    let stop = app.stop.clone();
    app.tasks.spawn(async move { runner::run(&desk, ear, &stop).await });
}

/// What an earlier process left open is settled before anything is leased.
pub async fn recover(app: &App) -> Result<usize, FlowError> {
    // Their echoes were not heard while nobody listened: the wait for them begins now.
    let look_at = app.now().plus(app.settings().echo_wait);
    let unknown = app.store().recover_sending(look_at).await?;
    if unknown > 0 {
        tracing::warn!(parts = unknown, "sends were cut off by the last stop; waiting for their echoes");
    }
    Ok(unknown)
}
