//! What the workers work at: conversations, jobs and indexes, objects, the sign of typing, the return of the model, and schedules.
//! Each has workers of its own, so that no long read keeps a shopper waiting.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use shopclerk_storage::installation::NextDue;
use shopclerk_storage::nouns::jobs::JobLane;

use crate::app::App;
use crate::catalogue::indexes;
use crate::error::FlowError;
use crate::keys::Sealing;
use crate::work::bell::Bell;
use crate::work::runner::{self, Crew, Desk, Step};
use crate::{jobs, model, schedules, turn, typing};

/// Conversations worked at side by side: most of their time they wait for a platform, for a model or for the disk.
const CONVERSATIONS: usize = 32;
/// Jobs worked at side by side: most of their time they wait for a platform.
const JOBS: usize = 16;
/// Of these, jobs of one merchant: a shop that answers slowly must not keep the others waiting.
pub(crate) const JOBS_EACH: usize = 4;
/// Objects written side by side: mostly waiting for their place.
const PARCELS: usize = 4;
/// How often it is looked for what nobody announced.
const GATHERED: Duration = Duration::from_secs(1);
/// Schedules run side by side: a long one must not keep tokens from being renewed.
const SCHEDULES: usize = 2;

/// Turns and sends.
struct Talk(App);

/// Jobs, and the indexes that follow their changes.
struct Errands(App);

/// Jobs that write objects. Their place may be slow or away, and then nobody else waits.
struct Parcels(App);

/// The sign of typing.
struct Typing(App);

/// What arrives where nobody leases.
struct Linking(App);

/// A model that is left alone.
struct Probe(App);

/// What recurs.
struct Schedules(App);

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
        match judge(jobs::do_next(&self.0, JobLane::Errands).await) {
            Step::Idle if indexes::follow_next(&self.0).await => Step::Worked,
            step => step,
        }
    }

    async fn next_due(&self) -> Option<Duration> {
        let job = next_due(&self.0).await.job.map(|at| at.since(self.0.now()));
        // What is due and was left aside waits for a worker to be free, who rings.
        let job = job.filter(|wait| !wait.is_zero() || self.0.shares.full().is_empty());
        let index = self.0.indexes.next_due().map(|at| at.saturating_sub(self.0.clock().monotonic()));
        job.into_iter().chain(index).min()
    }
}

#[async_trait]
impl Desk for Parcels {
    async fn step(&self) -> Step {
        judge(jobs::do_next(&self.0, JobLane::Objects).await)
    }

    async fn next_due(&self) -> Option<Duration> {
        // Talk puts such jobs up without a ring: they have gathered by the time they are found.
        let next = next_due(&self.0).await.object_job.map(|at| at.since(self.0.now()));
        Some(next.unwrap_or(GATHERED).min(GATHERED))
    }
}

#[async_trait]
impl Desk for Typing {
    async fn step(&self) -> Step {
        if typing::show_next(&self.0).await { Step::Worked } else { Step::Idle }
    }

    async fn next_due(&self) -> Option<Duration> {
        self.0.typing.next_due().map(|at| at.saturating_sub(self.0.clock().monotonic()))
    }
}

#[async_trait]
impl Desk for Linking {
    async fn step(&self) -> Step {
        judge(self.0.store().link_arrived().await.map_err(FlowError::from))
    }

    async fn next_due(&self) -> Option<Duration> {
        Some(GATHERED)
    }
}

#[async_trait]
impl Desk for Probe {
    async fn step(&self) -> Step {
        if model::probe_next(&self.0).await { Step::Worked } else { Step::Idle }
    }

    async fn next_due(&self) -> Option<Duration> {
        model::next_probe(&self.0).map(|at| at.saturating_sub(self.0.clock().monotonic()))
    }
}

#[async_trait]
impl Desk for Schedules {
    async fn step(&self) -> Step {
        judge(schedules::run_next(&self.0).await.map_err(FlowError::from))
    }

    async fn next_due(&self) -> Option<Duration> {
        schedules::next_due(&self.0).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the store did not say which schedule is due next");
            None
        })
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
    let desks: [&dyn Desk; 7] = [
        &Typing(app.clone()),
        &Probe(app.clone()),
        &Talk(app.clone()),
        &Schedules(app.clone()),
        &Errands(app.clone()),
        &Parcels(app.clone()),
        &Sealing(app.clone()),
    ];
    for desk in desks {
        if desk.step().await == Step::Worked {
            return true;
        }
    }
    false
}

/// Starts no workers, save one that links what arrives: what only the others would look at is not remembered.
pub fn only_accept(app: &App) {
    app.typing.shut();
    employ(app, Crew::with(Bell::default().ear()), 1, || Linking(app.clone()));
}

/// Starts the workers; they end when `app.stop` says so.
pub fn start(app: &App) {
    let rung = || Crew::with(app.bell.ear());
    // These go by the clock alone.
    let unrung = || Crew::with(Bell::default().ear());
    let rung_for_talk = || Crew::with(app.bell.ear_for_talk());
    employ(app, rung_for_talk(), CONVERSATIONS, || Talk(app.clone()));
    employ(app, rung(), JOBS, || Errands(app.clone()));
    employ(app, rung(), PARCELS, || Parcels(app.clone()));
    employ(app, rung_for_talk(), 1, || Typing(app.clone()));
    // A rotation goes on by itself only after a start: whoever began it does it otherwise.
    employ(app, unrung(), 1, || Sealing(app.clone()));
    employ(app, unrung(), SCHEDULES, || Schedules(app.clone()));
    if app.model().is_some() {
        employ(app, rung(), 1, || Probe(app.clone()));
    }
}

fn employ<D: Desk + 'static>(app: &App, crew: Crew, workers: usize, desk: impl Fn() -> D) {
    let crew = Arc::new(crew);
    for _ in 0..workers {
        let (desk, crew, stop) = (desk(), Arc::clone(&crew), app.stop.clone());
        app.tasks.spawn(async move { runner::run(&desk, &crew, &stop).await });
    }
}

/// What an earlier process left open is settled before anything is leased, and what recurs is made known.
pub async fn recover(app: &App) -> Result<usize, FlowError> {
    schedules::plan(app).await?;
    // Their echoes were not heard while nobody listened: the wait for them begins now.
    let look_at = app.now().plus(app.settings().doubt.echo_wait);
    let unknown = app.store().recover_sending(look_at).await?;
    if unknown > 0 {
        tracing::warn!(parts = unknown, "sends were cut off by the last stop; waiting for their echoes");
    }
    Ok(unknown)
}
