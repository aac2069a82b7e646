//! `shopclerk privacy`: what shops asked us to tell of their customers, and the answers to be handed on.

mod answer;
mod requests;

use std::process::ExitCode;

use clap::Subcommand;

pub(crate) use self::answer::Answer;
pub(crate) use self::requests::List;
use crate::config::flags::QuietFlags;
use crate::control;

/// What can be looked up.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List what shops asked us to tell of their customers, the newest first.
    Requests(requests::Options),
    /// Print the answer to one request, as JSON.
    Answer(answer::Options),
}

impl Command {
    const fn settings(&self) -> &QuietFlags {
        match self {
            Self::Requests(options) => &options.settings,
            Self::Answer(options) => &options.settings,
        }
    }
}

pub(crate) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    control::expect_store(&command.settings().0)?;
    match command {
        Command::Requests(options) => requests::run(options),
        Command::Answer(options) => answer::run(options),
    }
}
