//! `shopclerk doctor`: looks at everything the product rests on, and says what is well, what is not, and what to do.

use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shopclerk_flows::doctor::{self, Finding, Level};
use shopclerk_flows::progress::Progress;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::config::{Config, Faults, Sources};
use crate::control::{self, Order, Product};
use crate::doctor::{premises, screen};

const TEACHES: &str = "\
It asks the process that runs on the data folder, or opens the folder itself when none runs.
It changes nothing and shows no secret.

Each line is `ok`, `warning` or `broken`, with its cure behind an arrow. The exit code is the
worst of them: 0, 1 or 2.

  shopclerk doctor                everything
  shopclerk doctor --brief        only what wants to be looked at
  shopclerk doctor --json | jq    for programs; a finding's `code` never changes its meaning

docs/doctor.md shows what it says of installations that are broken in one way or another.";

/// Flags of `shopclerk doctor`.
#[derive(Debug, Args)]
#[command(after_help = TEACHES)]
pub(crate) struct Options {
    /// Leave out what is well.
    #[arg(long, conflicts_with = "json")]
    brief: bool,
    /// One JSON document instead of lines.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: QuietFlags,
}

/// Looks at everything, in the process that has it open.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Examine {}

/// What was found, in all the forms it may be shown in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Found {
    worst: u8,
    text: String,
    brief: String,
    json: Value,
}

impl Found {
    fn of(findings: &[Finding]) -> Self {
        let worst = match screen::worst(findings) {
            Level::Ok => 0,
            Level::Warning => 1,
            Level::Broken => 2,
        };
        Self {
            worst,
            text: screen::text(findings),
            brief: screen::brief(findings),
            json: screen::json(findings),
        }
    }
}

impl Order for Examine {
    const NAME: &'static str = "doctor.examine";

    type Answer = Found;

    async fn carry_out(self, product: &Product, _progress: &dyn Progress) -> anyhow::Result<Found> {
        let premises = premises::renewed(&product.premises);
        Ok(Found::of(&doctor::examine(&product.app, &premises).await))
    }
}

/// Prints what is found; the exit code is the worst of it.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let flags = &options.settings.0;
    let found = match Sources::gather(flags.clone()).map(|sources| Config::load(&sources))? {
        Err(faults) => Found::of(&unset(&faults)),
        Ok(config) => cli::block_on(control::ask(flags, Examine {})).unwrap_or_else(|error| {
            Found::of(&doctor::examine_unopened(&premises::of(&config), &format!("{error:#}")))
        }),
    };
    if options.json {
        cli::print(&format!("{:#}\n", found.json));
    } else {
        cli::print(if options.brief { &found.brief } else { &found.text });
    }
    Ok(ExitCode::from(found.worst))
}

/// Settings that cannot be started with: nothing else can be looked at.
fn unset(faults: &Faults) -> Vec<Finding> {
    let broken = |fault: &crate::config::Fault| {
        Finding::broken("settings.fault", fault.what.clone(), fault.cure.clone()).about(&fault.option)
    };
    faults.0.iter().map(broken).collect()
}
