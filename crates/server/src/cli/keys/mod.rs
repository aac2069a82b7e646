//! `shopclerk keys`: the key ring in the operator's hands.

mod export;

use std::process::ExitCode;

use clap::Subcommand;

pub(crate) use export::{Custody, MarkExported};

/// What can be done with the key ring.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the key ring, so that a copy of it is kept away from this machine. Without it no backup can be opened.
    Export(export::Options),
}

pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Export(options) => export::run(options),
    }
}
