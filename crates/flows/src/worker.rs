//! What the worker works at, in order of urgency: the sign of typing, conversations, jobs, the search index.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;

use crate::app::App;
use crate::catalogue::indexes;
use crate::connect::token;
use crate::error::FlowError;
use crate::work::runner::{self, Desk};
use crate::{jobs, turn, typing};

/// Conversations and jobs are each worked at by this many workers of one process.
const ABREAST: usize = 4;
/// How often token pairs that end soon are looked for.
const TOKENS_EVERY: Duration = Duration::from_mins(1);

/// The desk of a process that does everything.
#[derive(Debug)]
struct Everything {
    app: App,
}

#[async_trait]
impl Desk for Everything {
    async fn step(&self) -> bool {
        step(&self.app).await
    }

    async fn next_due(&self) -> Option<Duration> {
        let app = &self.app;
        let stored = match app.store().next_due().await {
            Ok(due) => due.map(|at| at.since(app.now())),
            Err(error) => {
                tracing::warn!(%error, "the store did not say what is due next");
                None
            }
        };
        let indexed = app.indexes.next_due().map(|at| at.saturating_sub(app.clock().monotonic()));
        [stored, indexed].into_iter().flatten().min()
    }
}

/// The desk that keeps tokens alive.
#[derive(Debug)]
struct Tokens {
    app: App,
}

#[async_trait]
impl Desk for Tokens {
    async fn step(&self) -> bool {
        if let Err(error) = token::renew_ending(&self.app).await {
            tracing::warn!(code = %error.code, "ending tokens could not be listed");
        }
        false
    }

    async fn next_due(&self) -> Option<Duration> {
        Some(TOKENS_EVERY)
    }
}

/// Does one thing that is due; `false` when nothing is. Stories call it directly, until it says so.
pub async fn step(app: &App) -> bool {
    if typing::show_next(app).await {
        return true;
    }
    let worked = match turn::do_next(app).await {
        Ok(false) => jobs::do_next(app).await,
        other => other,
    };
    match worked {
        Ok(true) => true,
        Ok(false) => indexes::follow_next(app).await,
        Err(error) => {
            tell(&error);
            false
        }
    }
}

fn tell(error: &FlowError) {
    tracing::error!(%error, source = ?std::error::Error::source(error), "a step of the worker failed");
}

/// Starts the workers; they end when `app.stop` says so.
pub fn start(app: &App) {
    for _ in 0..ABREAST {
        let desk = Everything { app: app.clone() };
        let (wake, stop) = (app.wake.clone(), app.stop.clone());
        app.tasks.spawn(async move { runner::run(&desk, &wake, &stop).await });
    }
    let (desk, stop) = (Tokens { app: app.clone() }, app.stop.clone());
    app.tasks.spawn(async move { runner::run(&desk, &Notify::new(), &stop).await });
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
