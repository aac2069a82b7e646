//! `shopclerk backup restore`: the one command that works on a folder without a store, and so never beside a running process.

use std::process::ExitCode;

use clap::Args;
use shopclerk_flows::backup;
use shopclerk_flows::progress::Progress as _;

use crate::cli;
use crate::cli::progress::Terminal;
use crate::config::flags::QuietFlags;
use crate::config::{Config, Sources};
use crate::engine::{self, Engine, Plan};

/// Flags of `shopclerk backup restore`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Which one, as `shopclerk backup list` names it; the newest otherwise.
    name: Option<String>,
    #[command(flatten)]
    settings: QuietFlags,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let sources = Sources::gather(options.settings.0.clone())?;
    let said = cli::block_on(restore(&sources, options.name.as_deref()))?;
    cli::print(&said);
    Ok(ExitCode::SUCCESS)
}

async fn restore(sources: &Sources, name: Option<&str>) -> anyhow::Result<String> {
    let plan = || Config::load(sources).map(Plan::of).map_err(|faults| anyhow::anyhow!("{faults}"));
    let terminal = Terminal::new();
    let restored = backup::restore(engine::place_to_restore(plan()?)?, name, &terminal).await;
    let (name, restored) = restored.map_err(|fault| anyhow::anyhow!(fault.sentence()))?;
    terminal.at("taking what lies beside the backups", 0, None);
    // The first start does this; here it is done while somebody looks.
    let engine = Engine::open_alone(plan()?).await?;
    engine.stop().await;
    terminal.end();
    Ok(format!(
        "{name} is back: the store as it was at {}.\n\
         {} parts of replies and {} messages wait for a person: they may have been dealt with since.\n\
         Nobody is signed in. Start with: shopclerk serve\n",
        restored.head.made_at, restored.parked, restored.unanswered
    ))
}
