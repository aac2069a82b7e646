//! What a look at each of many connections costs us. The platforms answer from another process, so the processor time of this one
//! is our own work alone: calls, units, counts, the mirror that follows. A first look reads everything; the measured one is a
//! night's, in which nothing has changed.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::merchants::{APP_ID, APP_SECRET, SHOPIFY_SECRET, VERIFY_TOKEN, connect, secret};
use anyhow::Context;
use serde_json::Value;
use shopclerk_domain::clock::{Clock, SystemClock};
use shopclerk_domain::entropy::{Entropy, SystemEntropy};
use shopclerk_domain::fault::{FaultPoints, NoFaults};
use shopclerk_flows::app::{App, Parts, Settings};
use shopclerk_flows::poll::now::{self, Chosen, Look};
use shopclerk_flows::progress::Unwatched;
use shopclerk_flows::watch::Nobody;
use shopclerk_flows::wiring::{
    Http, KeyRing, Meta, MetaSettings, Objects, Shopify, ShopifySettings, SqliteOptions, open_sqlite,
};
use shopclerk_flows::worker;
use shopclerk_storage::nouns::inbox::Settle;

/// What is due later is not part of the look.
const SOON: Duration = Duration::from_secs(2);
/// How often it is asked whether anything is left: seldom, for asking is our own work too.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A process that took less than this since it was asked last has nothing left to do.
const AT_REST: Duration = Duration::from_millis(20);

/// The platforms, until they are dropped.
struct Platforms {
    process: Child,
    address: String,
}

impl Drop for Platforms {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Prints what the second look at each of `connections` cost.
#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
pub(crate) fn run(connections: u32, products: u32) -> anyhow::Result<()> {
    let platforms = start(products)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        let app = open(folder.path(), &platforms.address).await?;
        println!("{connections} connections, {products} products in each shop");
        let first = connect_and_look(&app, connections / 2).await?;
        println!("first look: {}", first.words(connections));
        let before = journal(&platforms.address)?;
        let second = look(&app).await?;
        println!("a night's look: {}", second.words(connections));
        let after = journal(&platforms.address)?;
        let calls = called(&after) - called(&before);
        println!("calls of that look: {calls}; in the platforms' journal: {after}");
        close(app).await;
        let own = second.processor.as_secs_f64() * 1_000.0 / f64::from(connections);
        anyhow::ensure!(
            after.get("refused").and_then(Value::as_u64) == Some(0),
            "a platform's rate was exceeded"
        );
        anyhow::ensure!(own < 1.0, "a poll costs {own:.2} ms of our own time, not under 1 ms");
        Ok(())
    })
}

/// Connects so many merchants, starts the workers, and has everything looked at for the first time.
pub(crate) async fn connect_and_look(app: &App, merchants: u32) -> anyhow::Result<Taken> {
    worker::recover(app).await?;
    connect(app.store(), merchants).await?;
    worker::start(app);
    look(app).await
}

/// Ends the product that [`open`] began.
pub(crate) async fn close(app: App) {
    app.stop.cancel();
    app.tasks.close();
    app.tasks.wait().await;
}

/// What a look at everything took.
pub(crate) struct Taken {
    wall: Duration,
    processor: Duration,
}

impl Taken {
    fn words(&self, connections: u32) -> String {
        let each = |span: Duration| span.as_secs_f64() * 1_000.0 / f64::from(connections);
        format!(
            "{:.1} s in all; each connection {:.3} ms of our processor time, {:.3} ms of the clock",
            self.wall.as_secs_f64(),
            each(self.processor),
            each(self.wall)
        )
    }
}

/// Looks at everything and waits until all that follows is done, the mirror and the search indexes included.
#[expect(clippy::disallowed_methods, reason = "a bench measures the machine's own time")]
async fn look(app: &App) -> anyhow::Result<Taken> {
    let (begun, processor) = (Instant::now(), processor_time()?);
    let asked = now::ask(app, &Chosen::Everything).await?;
    let looks = now::follow(app, &asked, &Unwatched).await?;
    while app.store().next_due().await?.soonest().is_some_and(|at| at <= app.now().plus(SOON)) {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let wall = begun.elapsed();
    let mut before = processor_time()?;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = processor_time()?;
        if now.saturating_sub(std::mem::replace(&mut before, now)) < AT_REST {
            break;
        }
    }
    let failed = looks.iter().find(|look| !matches!(look, Look::Done(_)));
    anyhow::ensure!(failed.is_none(), "a look failed: {failed:?}");
    Ok(Taken { wall, processor: processor_time()?.saturating_sub(processor) })
}

/// Processor time of this process so far, in user and kernel.
fn processor_time() -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("processor time is read on Linux only")?;
    let (_, fields) = stat.rsplit_once(')').context("an odd /proc/self/stat")?;
    let ticks = |at: usize| fields.split_whitespace().nth(at).and_then(|field| field.parse::<u64>().ok());
    let (user, kernel) = ticks(11).zip(ticks(12)).context("an odd /proc/self/stat")?;
    // A hundred ticks a second, whatever the machine.
    Ok(Duration::from_millis((user + kernel) * 10))
}

fn start(products: u32) -> anyhow::Result<Platforms> {
    let mut process = Command::new(std::env::current_exe()?)
        .args(["platforms", "--products", &products.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .context("the platforms cannot be started")?;
    let out = process.stdout.take().context("the platforms say nothing")?;
    let mut address = String::new();
    BufReader::new(out).read_line(&mut address)?;
    Ok(Platforms { process, address: address.trim().to_owned() })
}

/// How often the platforms were called, by their journal.
fn called(journal: &Value) -> u64 {
    journal.get("calls").and_then(Value::as_u64).unwrap_or(0)
}

fn journal(address: &str) -> anyhow::Result<Value> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET /journal HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    Ok(serde_json::from_str(body)?)
}

/// The product in this process, its data in `folder`, at these platforms.
pub(crate) async fn open(folder: &Path, platforms: &str) -> anyhow::Result<App> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let faults: Arc<dyn FaultPoints> = Arc::new(NoFaults);
    let (keys, _) = KeyRing::open_or_create(&folder.join("keys"), &*entropy)?;
    let store = open_sqlite(SqliteOptions {
        folder: folder.to_owned(),
        keys,
        clock: Arc::clone(&clock),
        entropy: Arc::clone(&entropy),
        faults: Arc::clone(&faults),
        settle: Settle::default(),
    })
    .await?;
    let http = Http::new(Arc::clone(&clock), Arc::clone(&faults))?;
    let mut settings = Settings::at("http://127.0.0.1:9", folder.join("index"));
    settings.mirror_delay = Duration::ZERO;
    let meta = MetaSettings {
        graph_url: format!("http://{platforms}/meta"),
        dialog_url: format!("http://{platforms}/meta"),
        version: "v26.0".to_owned(),
        app_id: APP_ID.to_owned(),
        app_secret: secret(APP_SECRET),
        previous_secret: None,
        verify_token: secret(VERIFY_TOKEN),
        config_id: None,
    };
    let shopify = ShopifySettings {
        url_template: format!("http://{platforms}/shop/{{shop}}"),
        api_version: "2026-04".to_owned(),
        api_key: "bench-client".to_owned(),
        api_secret: secret(SHOPIFY_SECRET),
        previous_secret: None,
        scopes: vec!["read_products".to_owned()],
    };
    Ok(App::new(Parts {
        store: Arc::new(store),
        clock,
        entropy,
        meta: Meta::new(meta, http.clone()),
        shopify: Shopify::new(shopify, http),
        model: None,
        objects: Objects::in_folder(folder, &faults)?,
        watcher: Arc::new(Nobody),
        settings,
    }))
}
