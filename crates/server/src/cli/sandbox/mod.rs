//! `shopclerk sandbox`: the product beside fakes of Meta and Shopify, all on this machine. Reads no setting of the product.

mod connect;
pub(crate) mod folder;
mod goods;
mod plan;
mod tell;
mod token;
mod watcher;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use shopclerk_domain::clock::{Clock, SystemClock};
use shopclerk_domain::entropy::{Entropy, SeededEntropy, SystemEntropy};
use shopclerk_sandbox::Sandbox;
use shopclerk_sandbox::fault::Order;
use tokio::net::TcpListener;

use self::folder::{Folder, Ports};
use self::tell::Teller;
use crate::engine::{self, Engine};
use crate::{cli, telemetry};

/// Flags of `shopclerk sandbox`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Load a real store instead of the sample one: Shopify product CSV, storefront products.json, Admin REST JSON or bulk
    /// JSONL, plain or gzip; the form is detected.
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// The currency of the catalogue's prices, where the file does not say.
    #[arg(long, value_name = "CODE", default_value = "USD")]
    currency: String,
    /// Where everything is kept; a second start goes on where the first ended.
    #[arg(long, value_name = "FOLDER", default_value = "./sandbox-data")]
    data_dir: PathBuf,
    /// Four ports, for app, Meta, Shopify and the page; or `auto` for any that are free.
    #[arg(long, value_name = "PORTS", default_value = "5080,5081,5082,5083")]
    ports: Ports,
    /// Leave the two connects to you.
    #[arg(long)]
    manual: bool,
    /// Let the fakes draw from this seed, so that a run can be repeated.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Let something go wrong outside, as docs/sandbox.md lists it: `upstream:name` or `upstream:name:count`, such as
    /// `meta:cut_after:2`. May be given several times.
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Order>,
    /// Print one JSON line when ready, for programs that drive the sandbox.
    #[arg(long)]
    json: bool,
}

/// Runs until Ctrl-C or SIGTERM.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    telemetry::start("warn");
    cli::block_on(rehearse(options))?;
    Ok(ExitCode::SUCCESS)
}

/// The running sandbox: the product and its fakes.
struct Stage {
    engine: Engine,
    sandbox: Sandbox,
}

async fn rehearse(options: &Options) -> anyhow::Result<()> {
    let stop = cli::stop_signal()?;
    let teller = Teller::new(options.json);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let mut folder = Folder::open(&options.data_dir, &options.ports, &SystemEntropy)?;
    tell::step(&format!("everything is kept in {}", folder.path().display()));
    let goods = goods::choose(options, &mut folder)?;
    let listener = listen(&options.ports, &mut folder).await?;
    let app_url = format!("http://{}", listener.local_addr()?);
    let entropy = fakes_entropy(options.seed, &folder);
    let sandbox = Sandbox::start(plan::fakes(&folder, &app_url, goods, Arc::clone(&clock), entropy)).await?;
    folder.keep_ports(&app_url, &sandbox)?;
    for order in &options.faults {
        sandbox.faults().arm(*order)?;
    }
    let engine = Engine::start(plan::product(&folder, &app_url, &sandbox, clock)?, listener).await?;
    let stage = Stage { engine, sandbox };
    connect::show_status(&stage, &app_url, options.manual).await?;
    if options.manual {
        tell::manual(&stage.sandbox, &app_url);
    } else {
        connect::both(&stage, &app_url).await?;
    }
    if !options.manual {
        connect::until_ready(&stage, &teller, &stop).await?;
    }
    teller.ready(&folder, &stage, &app_url).await?;
    while !stop.is_cancelled() {
        connect::show_status(&stage, &app_url, options.manual).await?;
        tokio::select! {
            () = stop.cancelled() => {}
            () = connect::pause() => {}
        }
    }
    tell::step("finishing what is under way");
    close(stage).await;
    Ok(())
}

/// What is on its way arrives first, then the product finishes, then the fakes go.
async fn close(stage: Stage) {
    let Stage { engine, sandbox } = stage;
    connect::drain(&sandbox).await;
    engine.stop().await;
    sandbox.close().await;
}

async fn listen(ports: &Ports, folder: &mut Folder) -> anyhow::Result<TcpListener> {
    let wanted = folder.ports(ports);
    match engine::bind(([127, 0, 0, 1], wanted.app).into()).await {
        // Remembered ports are a wish, not a promise.
        Err(_) if ports.is_auto() => {
            folder.forget_ports();
            engine::bind(([127, 0, 0, 1], 0).into()).await
        }
        other => other.context("another sandbox may be running; `--ports auto` takes any that are free"),
    }
}

/// With a seed the fakes repeat themselves, but each start of one folder continues with other numbers.
fn fakes_entropy(seed: Option<u64>, folder: &Folder) -> Arc<dyn Entropy> {
    match seed {
        Some(seed) => Arc::new(SeededEntropy::new(seed.wrapping_add(folder.starts() << 32))),
        None => Arc::new(SystemEntropy),
    }
}
