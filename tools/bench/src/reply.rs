//! How long a shopper's message takes from its delivery to the first word at the Send API, and how many replies a second there are
//! under load: without a model, without settling time, and with everything on: catalogue, index, gate, echoes, mirror. The sign of typing
//! is shown under load; near idle the answer is there before it. A reply is one text and its cards.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::json;
use shopclerk_domain::clock::{Clock as _, SystemClock};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::ack;
use crate::delivery::{self, Line};
use crate::merchants::page;
use crate::messenger::{Messenger, Seen};
use crate::platforms::{self, Platforms};
use crate::poll;
use crate::server::{Server, found, product};
use crate::spread::Spread;
use crate::start::now;

/// What is to be reached: the first word near idle, and replies a second.
const FIRST_WORD: Duration = Duration::from_millis(4);
const REPLIES: f64 = 500.0;
/// Merchants whose Pages are written to, and products of each.
const MERCHANTS: u32 = 8;
const PRODUCTS: u32 = 20;
/// A reply that takes longer is lost.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two messages near idle.
const PAUSE: Duration = Duration::from_millis(25);
/// Times that each is measured.
const SPANS: usize = 5;
/// A machine whose figures differ by more between their quartiles proves nothing.
const NOISE: f64 = 0.25;

const QUESTIONS: [&str; 4] = [
    "do you have a warm throw?",
    "something soft, please",
    "is there a throw that lasts?",
    "a warm and soft one?",
];

/// What is measured.
pub(crate) struct Plan<'a> {
    pub(crate) binary: &'a Path,
    /// Messages near idle.
    pub(crate) single: u32,
    /// Shoppers who write at once.
    pub(crate) abreast: u32,
    /// How long the load lasts, each time.
    pub(crate) span: Duration,
}

/// Measures and prints; `false` where the machine was too noisy.
#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
pub(crate) fn run(plan: &Plan<'_>) -> anyhow::Result<bool> {
    let binary = found(plan.binary)?;
    let before = ack::pace()?;
    let measured = tokio::runtime::Runtime::new()?.block_on(async {
        let folder = tempfile::tempdir()?;
        let messenger = Arc::<Messenger>::default();
        let router = Platforms::open(PRODUCTS).router().merge(Arc::clone(&messenger).router());
        let platforms = platforms::serve(router).await?;
        prepare(&folder.path().join("data"), platforms).await?;
        let mut command = product(&binary, folder.path());
        command
            .env("FACEBOOK_GRAPH_URL", format!("http://{platforms}/meta"))
            .env("FACEBOOK_DIALOG_URL", format!("http://{platforms}/meta"))
            .env("SHOPIFY_URL", format!("http://{platforms}/shop/{{shop}}"))
            // Whoever answers at once for minutes would be taken for a machine, as it is.
            .env("SHOPCLERK_REPLIES_AN_HOUR", "1000000")
            .env("SHOPCLERK_SETTLE_MS", "0");
        let server = Server::start(&mut command)?;
        messenger.echo_to(server.address).await?;
        measure(plan, &messenger, server.address).await
    });
    println!("the reference of `ack` acknowledged {before:.0}/s before and {:.0}/s after", ack::pace()?);
    measured
}

/// Merchants whose shops were read.
async fn prepare(folder: &Path, platforms: SocketAddr) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let app = poll::open(folder, &platforms.to_string()).await?;
    poll::connect_and_look(&app, MERCHANTS).await?;
    poll::close(app).await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
async fn measure(plan: &Plan<'_>, messenger: &Arc<Messenger>, server: SocketAddr) -> anyhow::Result<bool> {
    let mut shoppers = Vec::new();
    for number in 0..plan.abreast {
        let mut shopper = Shopper::new(messenger, server, number).await?;
        // The first reply says that it is automatic, and asks for the name.
        shopper.asks().await?;
        shoppers.push(shopper);
    }
    let firsts = near_idle(plan.single, &mut shoppers).await?;
    let middles = Spread::of(firsts.chunks(firsts.len().div_ceil(SPANS).max(1)).map(middle_millis).collect());
    let mut sorted = firsts;
    sorted.sort_unstable();
    println!("near idle, {} messages: first word {}", sorted.len(), words(&sorted));
    println!("p50 of {SPANS} parts: {middles:.2} ms");

    let (rates, mut under_load) = load(plan, shoppers).await?;
    under_load.sort_unstable();
    let rate = Spread::of(rates);
    println!(
        "{} shoppers at once, {} times {} s: {rate:.0} replies/s",
        plan.abreast,
        SPANS,
        plan.span.as_secs()
    );
    let noise = rate.noise().max(middles.noise());
    println!("noise: {:.0} % between quartiles; first word {}", noise * 100.0, words(&under_load));
    within_patience(all_echoed(messenger)).await.context("not every message came back as its echo")?;
    if noise > NOISE {
        println!("refused: the machine is too noisy");
        return Ok(false);
    }
    let most = FIRST_WORD.as_secs_f64() * 1_000.0;
    ensure!(middles.median <= most, "the first word takes {:.2} ms, not {most:.0} ms", middles.median);
    ensure!(rate.median >= REPLIES, "{:.0} replies/s, not {REPLIES}", rate.median);
    Ok(true)
}

/// One message after the other, each from the next shopper.
async fn near_idle(messages: u32, shoppers: &mut [Shopper]) -> anyhow::Result<Vec<Duration>> {
    let mut firsts = Vec::new();
    for number in 0..messages {
        pause().await;
        let at = usize::try_from(number)? % shoppers.len().max(1);
        firsts.push(shoppers.get_mut(at).context("nobody writes")?.asks().await?);
    }
    Ok(firsts)
}

/// Everybody at once, several times: the replies a second of each time, and how long each first word took.
async fn load(plan: &Plan<'_>, mut shoppers: Vec<Shopper>) -> anyhow::Result<(Vec<f64>, Vec<Duration>)> {
    let (mut rates, mut all) = (Vec::new(), Vec::new());
    for _ in 0..SPANS {
        let begun = now();
        let mut asking = tokio::task::JoinSet::new();
        for shopper in shoppers.drain(..) {
            asking.spawn(shopper.keeps_asking(begun + plan.span));
        }
        let mut replies = 0;
        for asked in asking.join_all().await {
            let (shopper, firsts) = asked?;
            replies += firsts.len();
            all.extend(firsts);
            shoppers.push(shopper);
        }
        #[expect(clippy::cast_precision_loss, reason = "shown without digits")]
        rates.push(replies as f64 / begun.elapsed().as_secs_f64());
    }
    Ok((rates, all))
}

async fn all_echoed(messenger: &Messenger) {
    while messenger.unechoed() > 0 {
        pause().await;
    }
}

fn middle_millis(firsts: &[Duration]) -> f64 {
    let mut sorted = firsts.to_vec();
    sorted.sort_unstable();
    at(&sorted, 50).as_secs_f64() * 1_000.0
}

fn words(sorted: &[Duration]) -> String {
    format!("p50 {:.2?}, p90 {:.2?}, p99 {:.2?}", at(sorted, 50), at(sorted, 90), at(sorted, 99))
}

fn at(sorted: &[Duration], percent: usize) -> Duration {
    sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
}

/// A shopper with a connection of their own.
struct Shopper {
    line: Line,
    seen: UnboundedReceiver<Seen>,
    id: String,
    page: String,
    asked: usize,
}

impl Shopper {
    async fn new(messenger: &Arc<Messenger>, server: SocketAddr, number: u32) -> anyhow::Result<Self> {
        let id = format!("72{number:014}");
        let seen = messenger.watch(&id);
        Ok(Self { line: Line::to(server).await?, seen, id, page: page(number % MERCHANTS), asked: 0 })
    }

    /// Asks, and waits for the cards; answers with how long the first word took.
    async fn asks(&mut self) -> anyhow::Result<Duration> {
        let at = SystemClock::start().now().millis();
        let question = QUESTIONS.get(self.asked % QUESTIONS.len()).copied().unwrap_or_default();
        let message = json!({ "mid": format!("m_{}_{}", self.id, self.asked), "text": question });
        self.asked += 1;
        let event = json!({
            "sender": { "id": self.id }, "recipient": { "id": self.page }, "timestamp": at, "message": message,
        });
        let (request, _) = delivery::signed(delivery::event(&self.page, at, &event).to_string().as_bytes());
        let begun = now();
        self.line.deliver(&request).await?;
        within_patience(self.reply(begun)).await.with_context(|| format!("no whole reply to: {question}"))?
    }

    async fn reply(&mut self, begun: Instant) -> anyhow::Result<Duration> {
        let mut first = None;
        loop {
            let Seen { at, cards } = self.seen.recv().await.context("Messenger is gone")?;
            ensure!(!cards || first.is_some(), "cards without words");
            let first = *first.get_or_insert(at.saturating_duration_since(begun));
            if cards {
                return Ok(first);
            }
        }
    }

    async fn keeps_asking(mut self, end: Instant) -> anyhow::Result<(Self, Vec<Duration>)> {
        let mut firsts = Vec::new();
        while now() < end {
            firsts.push(self.asks().await?);
        }
        Ok((self, firsts))
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the machine's own time")]
async fn pause() {
    tokio::time::sleep(PAUSE).await;
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the machine's own time")]
async fn within_patience<T>(reply: impl Future<Output = T>) -> anyhow::Result<T> {
    Ok(tokio::time::timeout(PATIENCE, reply).await?)
}
