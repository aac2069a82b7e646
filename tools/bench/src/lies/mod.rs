//! A model that lies on purpose against the claim gate: thousands of turns over the sample store and generated ones, over real
//! HTTP. Judged by the fake's own ledger of planted lies; the gate's code has no say in it.

mod shop;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use shopclerk_agent::budget::Bounds;
use shopclerk_agent::freshness::Freshness;
use shopclerk_agent::gate::{self, Ground, Offers, Said};
use shopclerk_agent::turn::{Drafter, Guide, ModelSide, TurnInput, TurnOutput, answer_with};
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::chat::{Completion, ModelError, Prompt};
use shopclerk_domain::clock::{Clock, SystemClock, Timestamp};
use shopclerk_domain::discount::ToldCodes;
use shopclerk_domain::entropy::SeededEntropy;
use shopclerk_domain::fault::NoFaults;
use shopclerk_domain::message::{Content, Incoming};
use shopclerk_domain::ports::ChatModel;
use shopclerk_sandbox::fault::Waits;
use shopclerk_sandbox::meta::PageSetup;
use shopclerk_sandbox::model::{Mode, Place, Setting};
use shopclerk_sandbox::objects::BucketSetup;
use shopclerk_sandbox::shopify::Allowance;
use shopclerk_sandbox::{Goods, Ports, Sandbox, SandboxOptions, sample};
use shopclerk_upstream::http::Http;
use shopclerk_upstream::model::chat::{Chat, ChatSettings};

use self::shop::{Shop, generated, sampled};

/// Longest wait for one answer of the fake.
const PATIENCE: Duration = Duration::from_secs(30);
/// The time of all turns.
const NOW: Timestamp = Timestamp::from_millis(1_795_258_800_000);

/// Lets the model lie over `turns` turns and prints what came of it; fails if a lie was delivered.
#[expect(clippy::print_stdout, reason = "a bench speaks on the terminal")]
pub(crate) fn run(turns: u64, seed: u64) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let figures = runtime.block_on(all(turns, seed))?;
    println!("{figures}");
    anyhow::ensure!(figures.delivered.is_empty(), "delivered: {:?}", figures.delivered);
    Ok(())
}

async fn all(turns: u64, seed: u64) -> Result<Figures> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let sandbox = Sandbox::start(fakes(Arc::clone(&clock), seed)?).await?;
    let http = Http::new(Arc::clone(&clock), Arc::new(NoFaults))?;
    let endpoint = sandbox.model_url().to_owned();
    let settings = ChatSettings { endpoint, key: None, model: None, silence: PATIENCE, total: PATIENCE };
    let liar = Liar(Chat::new(settings, &http)?);
    let mut figures = Figures::default();
    for (number, shop) in [sampled()?, generated(seed)?, generated(seed + 1)?].into_iter().enumerate() {
        let setting = Setting { mode: Mode::Lying, seed: Some(seed + number as u64), script: Vec::new() };
        sandbox.model().set(setting);
        for turn in 0..turns / 3 {
            let planted_before = sandbox.model().lies_told();
            let output = take_turn(&shop, &liar, &shop.question(turn)).await?;
            let planted = sandbox.model().lies_since(planted_before);
            figures.count(&output, &planted, &shop, &*clock);
        }
    }
    sandbox.close().await;
    Ok(figures)
}

fn fakes(clock: Arc<dyn Clock>, seed: u64) -> Result<SandboxOptions> {
    Ok(SandboxOptions {
        folder: None,
        ports: Ports::default(),
        facebook_app_id: "123456789012345".to_owned(),
        facebook_app_secret: "bench-8d1f7a2c".to_owned(),
        facebook_redirect_uris: Vec::new(),
        pages: vec![PageSetup::new("106511000000001", "Bench")],
        shopify_api_key: "bench-client".to_owned(),
        shopify_api_secret: "bench-f3a6b1d9".to_owned(),
        shopify_redirect_uris: Vec::new(),
        goods: Goods::Always(sample::load()?),
        files: |_path| None,
        allowance: Allowance::PLUS,
        bucket: BucketSetup::new("bench", "bench-secret"),
        shopper: "Ana".to_owned(),
        control_path: "a-path-nobody-guesses".to_owned(),
        retry_pauses: Vec::new(),
        waits: Waits::LIVE,
        clock,
        entropy: Arc::new(SeededEntropy::new(seed)),
    })
}

/// The fake over HTTP, asked as the product asks.
struct Liar(Chat);

#[async_trait]
impl ChatModel for Liar {
    fn is_without_tools(&self) -> bool {
        false
    }

    async fn complete(&self, prompt: &Prompt) -> Result<Completion, ModelError> {
        self.0.complete(prompt).await.map_err(|_| ModelError::Unavailable)
    }
}

async fn take_turn(shop: &Shop, liar: &Liar, question: &str) -> Result<TurnOutput> {
    let guide = Guide::default();
    let side = ModelSide { model: liar, guide: &guide, history: &[], bounds: Bounds::default() };
    let message = Incoming { text: question.to_owned(), payload: None, attachments: 0, at: NOW };
    let input = TurnInput {
        shop: shop.facts.clone(),
        capabilities: ChannelKind::Messenger.capabilities(),
        first_name: None,
        messages: vec![message],
        memory: shopclerk_domain::conversation::Memory::default(),
        history_is_empty: false,
        disclose: false,
        opted_out: false,
        freshness: Freshness::default(),
        told_codes: ToldCodes::None,
        now: NOW,
    };
    answer_with(input, shop, Some(side)).await.context("a turn found no answer")
}

/// What came of all turns.
#[derive(Default)]
struct Figures {
    turns: u64,
    in_words: u64,
    on_cards: u64,
    /// Turns that would have carried a lie, had the model's last words gone out unchecked.
    unchecked: u64,
    by_rules: u64,
    unanswered: u64,
    delivered: Vec<String>,
    gate: Vec<Duration>,
}

impl Figures {
    fn count(
        &mut self,
        output: &TurnOutput,
        planted: &[shopclerk_sandbox::model::Lie],
        shop: &Shop,
        clock: &dyn Clock,
    ) {
        self.turns += 1;
        self.by_rules += u64::from(output.trace.drafted_by == Drafter::Rules);
        let delivered = delivered(output);
        self.unanswered += u64::from(delivered.is_empty());
        for lie in planted {
            match lie.place {
                Place::Text => self.in_words += 1,
                Place::Cards => self.on_cards += 1,
            }
            if folded(&delivered).contains(&folded(&lie.words)) {
                self.delivered.push(format!("{}: {}", lie.about, lie.words));
            }
        }
        let last = output.trace.exchanges.iter().rfind(|said| said.calls.is_empty());
        let lied = |text: &str| planted.iter().any(|lie| text.contains(&lie.words));
        self.unchecked += u64::from(last.is_some_and(|said| lied(&said.text)));
        for said in output.trace.exchanges.iter().filter(|said| said.calls.is_empty()) {
            self.gate.push(time_gate(&said.text, shop, clock));
        }
    }
}

/// One check of these words, with as many rows as a turn holds.
fn time_gate(text: &str, shop: &Shop, clock: &dyn Clock) -> Duration {
    let said = Said::default();
    let ground = Ground {
        rows: shop.some_rows(),
        offers: Offers::NONE,
        shop: &shop.facts,
        said: &said,
        freshness: Freshness::default(),
        now: NOW,
    };
    let contents = [Content::Text { text: text.to_owned(), choices: Vec::new() }];
    let begun = clock.monotonic();
    let checked = gate::check(&contents, &ground);
    let taken = clock.monotonic().saturating_sub(begun);
    drop(checked);
    taken
}

/// Everything a shopper would see or open.
fn delivered(output: &TurnOutput) -> String {
    let mut seen = Vec::new();
    for part in output.reply.iter().flat_map(|reply| &reply.parts) {
        match &part.content {
            Content::Text { text, .. } => seen.push(text.clone()),
            Content::Cards { cards, .. } => {
                for card in cards {
                    seen.extend([card.title.clone(), card.subtitle.clone()]);
                    seen.extend(card.url.clone());
                }
            }
        }
    }
    seen.join("\n")
}

/// A judge's eye: what looks the same is the same.
fn folded(text: &str) -> String {
    text.to_lowercase().chars().filter(|seen| !seen.is_whitespace() && *seen != '\u{200B}').collect()
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gate = self.gate.clone();
        gate.sort_unstable();
        let at = |percent: usize| {
            gate.get(gate.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
        };
        writeln!(
            out,
            "{} turns, {} lies planted in words and {} on cards",
            self.turns, self.in_words, self.on_cards
        )?;
        writeln!(
            out,
            "{} lies delivered; {} turns would have carried one with the gate off",
            self.delivered.len(),
            self.unchecked
        )?;
        writeln!(out, "{} answered by the rules, {} not answered", self.by_rules, self.unanswered)?;
        write!(out, "gate: p50 {:.1?}, p99 {:.1?}, slowest {:.1?}", at(50), at(99), at(100))
    }
}
