//! `shopclerk serve`: the product with the operator's settings.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use shopclerk_domain::clock::SystemClock;
use shopclerk_domain::entropy::SystemEntropy;
use shopclerk_domain::fault::{FaultPoints, NoFaults, StopAt};
use shopclerk_flows::watch::Nobody;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Faults, Sources, sources};
use crate::engine::{self, Engine, Plan};
use crate::{cli, telemetry};

/// Flags of `shopclerk serve`. Each has the same name as a setting and is stronger than it.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where to listen [`SHOPCLERK_BIND`, default 127.0.0.1:5000].
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<String>,
    /// The https address people and platforms reach this server at [`SHOPCLERK_PUBLIC_URL`].
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Where database, keys, index and mirror live [`SHOPCLERK_DATA_DIR`, default ./data].
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// Only check the settings, and say all that is missing or wrong.
    #[arg(long)]
    check: bool,
    /// Print every setting with its default and what it is for.
    #[arg(long)]
    print_defaults: bool,
}

impl Options {
    fn flags(&self) -> BTreeMap<String, String> {
        let given = [
            ("SHOPCLERK_BIND", &self.bind),
            ("SHOPCLERK_PUBLIC_URL", &self.public_url),
            ("SHOPCLERK_DATA_DIR", &self.data_dir),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect()
    }
}

/// Exit code for settings that cannot be started with.
const BAD_SETTINGS: u8 = 2;

/// Runs until Ctrl-C or SIGTERM.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    if options.print_defaults {
        cli::print(sources::reference());
        return Ok(ExitCode::SUCCESS);
    }
    let config = match Sources::gather(options.flags()).map(|sources| Config::load(&sources))? {
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
    let faults: Arc<dyn FaultPoints> = match config.fault_point {
        Some(point) => Arc::new(StopAt::new(point)),
        None => Arc::new(NoFaults),
    };
    let public_url = config.settings.public_url.clone();
    let plan = Plan {
        settings: config.settings,
        meta: config.meta,
        shopify: config.shopify,
        storage: config.storage,
        clock: Arc::new(SystemClock::start()),
        entropy: Arc::new(SystemEntropy),
        faults,
        watcher: Arc::new(Nobody),
    };
    let engine = Engine::start(plan, listener).await.context("the start failed")?;
    tracing::info!(address = %config.bind, url = %public_url, "ready");
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
