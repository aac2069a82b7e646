//! `shopclerk token`: the operator's API tokens.

mod list;
mod new;
mod revoke;

use std::process::ExitCode;

use clap::Subcommand;

pub(crate) use list::List;
pub(crate) use new::Keep;
pub(crate) use revoke::Revoke;

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a token and print it, once: only its hash is kept.
    New(new::Options),
    /// Show which tokens there are, what they are good for and when they end.
    List(list::Options),
    /// End a token at once.
    Revoke(revoke::Options),
}

pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::New(options) => new::run(options),
        Command::List(options) => list::run(&options),
        Command::Revoke(options) => revoke::run(options),
    }
}
