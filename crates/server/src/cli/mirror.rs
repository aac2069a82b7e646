//! `shopclerk mirror`: the mirror looked through, and built again.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use shopclerk_flows::mirror::audit::{self, Tally};
use shopclerk_flows::progress::Progress;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// What can be done with the mirror.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compare every object with what the store would write, and name those that are missing, different or extra. Changes
    /// nothing; ends with 1 if something is wrong.
    Verify(Options),
    /// Write every object again, and remove what does not belong there.
    Rebuild(Options),
}

/// Flags of both.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    settings: QuietFlags,
}

/// Compare.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Verify {}

/// Build again.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Rebuild {}

/// How many objects were found in which way, or written and removed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Counted {
    same: u64,
    missing: u64,
    different: u64,
    extra: u64,
    written: u64,
    removed: u64,
}

impl From<Tally> for Counted {
    fn from(tally: Tally) -> Self {
        let Tally { same, missing, different, extra, written, removed } = tally;
        Self { same, missing, different, extra, written, removed }
    }
}

impl Order for Verify {
    const NAME: &'static str = "mirror.verify";
    type Answer = Counted;

    async fn carry_out(self, product: &Product, progress: &dyn Progress) -> anyhow::Result<Counted> {
        Ok(audit::verify(&product.app, progress).await?.into())
    }
}

impl Order for Rebuild {
    const NAME: &'static str = "mirror.rebuild";
    type Answer = Counted;

    async fn carry_out(self, product: &Product, progress: &dyn Progress) -> anyhow::Result<Counted> {
        Ok(audit::rebuild(&product.app, progress).await?.into())
    }
}

pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Verify(options) => cli::block_on(verify(options)),
        Command::Rebuild(options) => cli::block_on(rebuild(options)),
    }
}

async fn verify(options: Options) -> anyhow::Result<ExitCode> {
    let found = control::ask(&options.settings.0, Verify {}).await?;
    let Counted { same, missing, different, extra, .. } = found;
    cli::print(&format!(
        "{same} as they should be, {missing} missing, {different} different, {extra} extra.\n"
    ));
    let wrong = missing + different + extra > 0;
    if wrong {
        cli::print("`shopclerk mirror rebuild` mends all of it.\n");
    }
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn rebuild(options: Options) -> anyhow::Result<ExitCode> {
    let Counted { written, removed, .. } = control::ask(&options.settings.0, Rebuild {}).await?;
    cli::print(&format!("{written} written, {removed} removed.\n"));
    Ok(ExitCode::SUCCESS)
}
