//! The commands.

pub(crate) mod backup;
pub(crate) mod connect;
pub(crate) mod deliveries;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod mirror;
pub(crate) mod poll;
pub(crate) mod privacy;
pub(crate) mod progress;
pub(crate) mod proof;
pub(crate) mod sandbox;
pub(crate) mod serve;
pub(crate) mod token;

use std::io::Write;

use anyhow::Context;
use clap::{Parser, Subcommand};
use tokio_util::sync::CancellationToken;

/// A self-hosted sales agent: answers the shoppers who write to a Facebook Page, with products, prices and stock from a
/// Shopify store, and can prove every word.
#[derive(Debug, Parser)]
#[command(name = "shopclerk", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Try everything on this machine: a sample shop, a Page and a chat, no account and no configuration needed.
    Sandbox(sandbox::Options),
    /// Run for real, with the settings of the environment, .env or shopclerk.toml.
    Serve(serve::Options),
    /// Say of everything whether it is well, and what to do if not.
    Doctor(doctor::Options),
    /// Connect a shop for which no browser is sent to agree.
    #[command(subcommand)]
    Connect(connect::What),
    /// The key ring that seals what is stored.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Take over from the Python version; without --apply it only reports.
    Import(import::Options),
    /// Make, check and put back backups of everything.
    #[command(subcommand)]
    Backup(backup::Command),
    /// Tokens for programs that ask /api/v1 or /metrics.
    #[command(subcommand)]
    Token(token::Command),
    /// The files a merchant's people read, in the data folder or in a bucket.
    #[command(subcommand)]
    Mirror(mirror::Command),
    /// What shops asked us to tell of their customers.
    #[command(subcommand)]
    Privacy(privacy::Command),
    /// What did not get through and waits for a person: shown, and decided.
    #[command(subcommand)]
    Deliveries(deliveries::Command),
    /// Looks at the connections, beside those that are made each night.
    #[command(subcommand)]
    Poll(poll::Command),
    /// Show what a message rests on: what was asked, looked up, struck out and said, and each statement's row.
    Explain(explain::Options),
    /// Check that no reply's record was changed or removed.
    #[command(subcommand)]
    Proof(proof::Command),
}

/// Prints a result to the terminal. A closed pipe ends nothing.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        tracing::debug!(%error, "nobody reads what is printed");
    }
}

/// Runs a command's future on the process's one runtime.
pub(crate) fn block_on<T>(command: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the machine gives no threads or timers")?;
    runtime.block_on(command)
}

/// Cancelled at Ctrl-C or SIGTERM; at a second one the process ends at once.
#[expect(
    clippy::disallowed_methods,
    reason = "signals are listened to until the very end, after the app's tasks"
)]
pub(crate) fn stop_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};

    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("signals cannot be listened to")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("signals cannot be listened to")?;
    let told = stop.clone();
    tokio::spawn(async move {
        for _ in 0..2 {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if told.is_cancelled() {
                eprintln!("stopping at once");
                std::process::exit(130);
            }
            told.cancel();
        }
    });
    Ok(stop)
}
