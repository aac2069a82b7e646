//! `shopclerk backup`: make, list, check and put back backups.

mod list;
mod now;
mod restore;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

pub(crate) use self::list::List;
pub(crate) use self::now::Now;
pub(crate) use self::verify::Verify;

/// What can be done with backups.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make one now, read it back and remove those that no rule keeps.
    Now(now::Options),
    /// Name all backups, the newest first.
    List(list::Options),
    /// Fetch one, open all of it and check the database in it.
    Verify(verify::Options),
    /// Put one back into a data folder without a store. Nothing may run on it.
    Restore(restore::Options),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Now(options) => now::run(options),
        Command::List(options) => list::run(options),
        Command::Verify(options) => verify::run(options),
        Command::Restore(options) => restore::run(options),
    }
}

/// A length as people say it.
fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} KB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
