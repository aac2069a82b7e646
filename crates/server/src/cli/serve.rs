//! `shopclerk serve`: the product with the operator's settings.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use tokio_util::sync::CancellationToken;

use crate::config::flags::SettingFlags;
use crate::config::{Config, Faults, Sources, reference};
use crate::engine::{self, Engine, Plan};
use crate::{cli, telemetry};

/// Flags of `shopclerk serve`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only check the settings, and say all that is missing or wrong.
    #[arg(long)]
    check: bool,
    /// Print every setting with its default and what it is for.
    #[arg(long)]
    print_defaults: bool,
    #[command(flatten)]
    settings: SettingFlags,
}

/// Exit code for settings that cannot be started with.
const BAD_SETTINGS: u8 = 2;

/// Runs until Ctrl-C or SIGTERM.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    if options.print_defaults {
        cli::print(reference::text());
        return Ok(ExitCode::SUCCESS);
    }
    let config = match Sources::gather(options.settings.0.clone()).map(|sources| Config::load(&sources))? {
        Ok(config) => config,
        Err(faults) => return Ok(refuse(&faults)),
    };
    if options.check {
        for remark in &config.remarks {
            cli::print(&format!("{remark}.\n"));
        }
        cli::print(&format!("The settings are good. Listening would be on {}.\n", config.bind));
        return Ok(ExitCode::SUCCESS);
    }
    telemetry::start("info");
    cli::block_on(serve(config))?;
    Ok(ExitCode::SUCCESS)
}

fn refuse(faults: &Faults) -> ExitCode {
    eprintln!("shopclerk: {faults}");
    ExitCode::from(BAD_SETTINGS)
}

async fn serve(config: Config) -> anyhow::Result<()> {
    for remark in &config.remarks {
        tracing::warn!("{remark}");
    }
    refuse_sandbox_folder(&config.storage.folder)?;
    let stop = cli::stop_signal()?;
    let listener = engine::bind(config.bind).await?;
    let (address, public_url) = (config.bind, config.settings.public_url.clone());
    let engine = Engine::start(Plan::of(config), listener).await.context("the start failed")?;
    tracing::info!(%address, url = %public_url, "ready");
    wait(stop).await;
    tracing::info!("stopping: what is under way is finished first");
    engine.stop().await;
    Ok(())
}

/// A folder of the sandbox, or the product's within it, holds made-up shops and keys: nothing to serve real shoppers from.
fn refuse_sandbox_folder(folder: &Path) -> anyhow::Result<()> {
    if cli::sandbox::folder::belongs_to_sandbox(folder) {
        anyhow::bail!(
            "{} belongs to `shopclerk sandbox`; set SHOPCLERK_DATA_DIR to another folder",
            folder.display()
        );
    }
    Ok(())
}

async fn wait(stop: CancellationToken) {
    stop.cancelled().await;
}
