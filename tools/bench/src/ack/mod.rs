//! How fast deliveries are acknowledged: the product in `--role web` beside a minimal reference on the same disk and under the same
//! load, in alternating pairs, each on fresh databases. Afterwards every acknowledged message must be found in both stores.

mod load;
mod messages;
mod reference;

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, ensure};
use shopclerk_domain::clock::{Clock as _, SystemClock};
use tempfile::TempDir;

use self::load::Ran;
pub(crate) use self::messages::Crowd;
use self::messages::Signed;
pub(crate) use self::reference::serve as serve_reference;
use crate::merchants;
use crate::server::{Server, found, product};
use crate::spread::Spread;

/// What is to be reached: this share of the reference, and a 99th percentile of at most so many times its.
const SHARE: f64 = 0.75;
const TIMES: f64 = 3.0;
/// A reference that is not so many times as fast as one that commits each message by itself is a straw man.
const TUNED: f64 = 5.0;
/// Pairs that differ by more than this (between their quartiles) were measured on a machine that does something else as well.
const NOISE: f64 = 0.25;
/// Messages that are committed one by one: enough to know how slow that is.
const SINGLY: u32 = 2_000;

/// What is measured.
pub(crate) struct Plan<'a> {
    pub(crate) binary: &'a Path,
    pub(crate) connections: usize,
    pub(crate) messages: u32,
    pub(crate) pairs: u32,
    pub(crate) crowd: Crowd,
}

impl Plan<'_> {
    /// Most messages that the reference commits together. With half of those who deliver at once it is fastest, as the product is: the
    /// others are heard while it waits for the disk.
    fn group(&self) -> usize {
        self.connections.div_ceil(2)
    }
}

/// One pair.
struct Pair {
    reference: Ran,
    product: Ran,
}

/// Measures, prints, and says whether the machine was quiet enough for it to count.
#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
pub(crate) fn run(plan: &Plan<'_>) -> anyhow::Result<bool> {
    ensure!(plan.pairs >= 5, "a median wants at least five pairs");
    let binary = found(plan.binary)?;
    println!(
        "{} connections, {} messages of {} known shoppers over {} Pages in each run, {} pairs",
        plan.connections, plan.messages, plan.crowd.shoppers, plan.crowd.pages, plan.pairs
    );
    let prepared = tempfile::tempdir()?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(merchants::connected(&prepared.path().join("data"), plan.crowd.pages))?;
    drop(runtime);
    let mut pairs = Vec::new();
    for number in 1..=plan.pairs {
        let reference = of_reference(plan, plan.messages, plan.group())?;
        let product = of_product(plan, &binary, prepared.path())?;
        println!("pair {number}: reference {}; product {}", words(&reference), words(&product));
        pairs.push(Pair { reference, product });
    }
    let single = of_reference(plan, SINGLY.min(plan.messages), 1)?;
    println!("one transaction per message: {}", words(&single));
    report(&pairs, &single)
}

/// How many messages a second the reference acknowledges on this machine as it is now: what other figures are to be read beside.
pub(crate) fn pace() -> anyhow::Result<f64> {
    let crowd = Crowd { pages: 100, shoppers: 2_000 };
    let plan = Plan { binary: Path::new(""), connections: 64, messages: 40_000, pairs: 1, crowd };
    Ok(of_reference(&plan, plan.messages, plan.group())?.per_second)
}

fn words(ran: &Ran) -> String {
    format!("{:.0}/s, p50 {:.2?}, p99 {:.2?}", ran.per_second, ran.p50, ran.p99)
}

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn report(pairs: &[Pair], single: &Ran) -> anyhow::Result<bool> {
    let spread = |of: &dyn Fn(&Pair) -> f64| Spread::of(pairs.iter().map(of).collect());
    let rate = spread(&|pair| pair.reference.per_second);
    let share = spread(&|pair| pair.product.per_second / pair.reference.per_second);
    let times = spread(&|pair| pair.product.p99.as_secs_f64() / pair.reference.p99.as_secs_f64());
    let tuned = rate.median / single.per_second;
    println!("reference: {rate:.0}/s, {tuned:.1} times one transaction per message");
    println!("product:   {:.0}/s", spread(&|pair| pair.product.per_second));
    println!("product / reference: {share:.2}; to reach: {SHARE}");
    println!("p99 / p99: {times:.2}; at most: {TIMES}");
    println!("every acknowledged message has its row in both stores");
    let noise = rate.noise().max(share.noise());
    if noise > NOISE {
        println!("refused: the machine is too noisy ({:.0} % between quartiles)", noise * 100.0);
        return Ok(false);
    }
    println!("noise: {:.0} % between quartiles", noise * 100.0);
    ensure!(tuned >= TUNED, "the reference is only {tuned:.1} times one transaction per message");
    ensure!(share.median >= SHARE, "{:.2} of the reference, not {SHARE}", share.median);
    ensure!(times.median <= TIMES, "p99 is {:.2} times the reference's, not {TIMES}", times.median);
    Ok(true)
}

fn of_reference(plan: &Plan<'_>, count: u32, most: usize) -> anyhow::Result<Ran> {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("reference").arg("--folder").arg(folder.path()).arg("--most").arg(most.to_string());
    let server = Server::start(&mut command)?;
    let (ran, delivered) = drive(plan, &server, count)?;
    drop(server);
    let kept = reference::kept(folder.path())?;
    let missing = delivered.iter().filter(|message| !kept.contains(message.body())).count();
    ensure!(missing == 0, "{missing} acknowledged messages are not in the reference's store");
    Ok(ran)
}

fn of_product(plan: &Plan<'_>, binary: &Path, prepared: &Path) -> anyhow::Result<Ran> {
    let folder = tempfile::tempdir()?;
    copy(&prepared.join("data"), &folder.path().join("data"))?;
    let server = Server::start(product(binary, folder.path()).args(["--role", "web"]))?;
    let (ran, delivered) = drive(plan, &server, plan.messages)?;
    drop(server);
    let kept = rows(&folder)?;
    let missing = delivered.iter().filter(|message| !kept.contains(&message.id)).count();
    ensure!(missing == 0, "{missing} acknowledged messages are not in the product's store");
    Ok(ran)
}

/// Each shopper writes once to become known, then what is measured is delivered.
fn drive(plan: &Plan<'_>, server: &Server, count: u32) -> anyhow::Result<(Ran, Arc<Vec<Signed>>)> {
    let now = SystemClock::start().now().millis();
    let first = Arc::new(plan.crowd.write("first", plan.crowd.shoppers, now));
    let then = Arc::new(plan.crowd.write("then", count, now));
    load::run(server.address, plan.connections, &first)?;
    Ok((load::run(server.address, plan.connections, &then)?, then))
}

/// A data folder of which nobody has anything open.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// The ids of all messages in the product's inbox.
fn rows(folder: &TempDir) -> anyhow::Result<HashSet<String>> {
    let connection = rusqlite::Connection::open(folder.path().join("data/shopclerk.db"))?;
    let mut ids = connection.prepare("SELECT native_id FROM inbox")?;
    let rows = ids.query_map([], |row| row.get(0))?;
    rows.collect::<Result<_, _>>().context("the product's rows")
}
