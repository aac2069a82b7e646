//! `shopclerk keys`: the key ring in the operator's hands.

mod export;
mod rotate;

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Subcommand;

use crate::control::{self, Order};

pub(crate) use export::{Custody, MarkExported};
pub(crate) use rotate::{List, Retire, Rotate};

/// What can be done with the key ring.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the key ring, so that a copy of it is kept away from this machine. Without it no backup can be opened.
    Export(export::Options),
    /// Show the keys of the ring and how much each has sealed.
    List(rotate::Options),
    /// Put a fresh key in front of the ring and seal everything with it, also while the installation runs.
    Rotate(rotate::Options),
    /// Take an older key out of the ring, once nothing needs it.
    Retire(rotate::RetireOptions),
}

pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Export(options) => export::run(options),
        Command::List(options) => rotate::list(&options),
        Command::Rotate(options) => rotate::rotate(&options),
        Command::Retire(options) => rotate::retire(&options),
    }
}

/// Asks for what concerns the keys of a store that is there.
async fn ask<O: Order>(flags: &BTreeMap<String, String>, order: O) -> anyhow::Result<O::Answer> {
    control::expect_store(flags)?;
    control::ask(flags, order).await
}
