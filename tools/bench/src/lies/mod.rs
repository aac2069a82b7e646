//! A model that lies on purpose against the claim gate: thousands of turns over the sample store and generated ones, over real
//! HTTP. Judged by the fake's own ledger of planted lies; the gate's code has no say in it.

mod figures;
pub(crate) mod shop;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use shopclerk_agent::budget::Bounds;
use shopclerk_agent::freshness::Freshness;
use shopclerk_agent::turn::{Guide, ModelSide, TurnInput, TurnOutput, answer_with};
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::chat::{Completion, ModelError, Prompt};
use shopclerk_domain::clock::{Clock, SystemClock};
use shopclerk_domain::discount::ToldCodes;
use shopclerk_domain::entropy::SeededEntropy;
use shopclerk_domain::fault::NoFaults;
use shopclerk_domain::message::Incoming;
use shopclerk_domain::money::Currency;
use shopclerk_domain::ports::ChatModel;
use shopclerk_sandbox::fault::Waits;
use shopclerk_sandbox::meta::PageSetup;
use shopclerk_sandbox::model::{Mode, Setting};
use shopclerk_sandbox::objects::BucketSetup;
use shopclerk_sandbox::shopify::Allowance;
use shopclerk_sandbox::{Goods, Ports, Sandbox, SandboxOptions, sample};
use shopclerk_upstream::http::Http;
use shopclerk_upstream::model::chat::{Chat, ChatSettings};

use self::figures::Figures;
use self::shop::{NOW, Shop, sampled};

/// Longest wait for one answer of the fake.
const PATIENCE: Duration = Duration::from_secs(30);

/// Lets the model lie over `turns` turns and prints what came of it; fails if a lie was delivered.
#[expect(clippy::print_stdout, reason = "a bench speaks on the terminal")]
pub(crate) fn run(turns: u64, seed: u64) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let figures = runtime.block_on(all(turns, seed))?;
    println!("{figures}");
    figures.verdict()
}

async fn all(turns: u64, seed: u64) -> Result<Figures> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let sandbox = Sandbox::start(fakes(Arc::clone(&clock), seed)?).await?;
    let http = Http::new(Arc::clone(&clock), Arc::new(NoFaults))?;
    let endpoint = sandbox.model_url().to_owned();
    let settings = ChatSettings { endpoint, key: None, model: None, silence: PATIENCE, total: PATIENCE };
    let liar = Liar(Chat::new(settings, &http)?);
    let mut figures = Figures::default();
    let begun = clock.monotonic();
    let shops =
        [sampled()?, Shop::generated(seed, Currency::USD)?, Shop::generated(seed + 1, Currency::EUR)?];
    for (number, shop) in shops.into_iter().enumerate() {
        let setting = Setting { mode: Mode::Lying, seed: Some(seed + number as u64), script: Vec::new() };
        sandbox.model().set(setting);
        for turn in 0..turns / 3 {
            let planted_before = sandbox.model().lies_told();
            let output = take_turn(&shop, &liar, &shop.question(turn)).await?;
            let planted = sandbox.model().lies_since(planted_before);
            figures.count(&output, &planted, &shop, &*clock);
        }
    }
    figures.taken = clock.monotonic().saturating_sub(begun);
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
