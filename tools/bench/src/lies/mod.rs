//! A model that lies on purpose against the claim gate: thousands of turns over the sample store and generated ones, over real
//! HTTP. Judged by the fake's own ledger of planted lies; the gate's code has no say in it.

mod figures;
pub(crate) mod shop;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
use shopclerk_sandbox::model::{Lie, Mode, Setting};
use shopclerk_sandbox::objects::BucketSetup;
use shopclerk_sandbox::shopify::Allowance;
use shopclerk_sandbox::{Goods, Ports, Sandbox, SandboxOptions, sample};
use shopclerk_upstream::http::Http;
use shopclerk_upstream::model::chat::{Chat, ChatSettings};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use self::figures::Figures;
use self::shop::{NOW, Shop, sampled};
use crate::progress::Progress;

/// Longest wait for one answer of the fake.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many turns are taken side by side.
const LANES: usize = 4;

/// Lets the model lie over `turns` turns and prints what came of it; fails if a lie was delivered.
#[expect(clippy::print_stdout, reason = "a bench speaks on the terminal")]
pub(crate) fn run(turns: u64, seed: u64) -> Result<()> {
    let figures = runtime()?.block_on(all(turns, seed))?;
    println!("{figures}");
    figures.verdict()
}

/// Takes one turn of such a run by itself and prints everything that was said in it.
#[expect(clippy::print_stdout, reason = "a bench speaks on the terminal")]
pub(crate) fn replay(number: u64, seed: u64) -> Result<()> {
    let turn = runtime()?.block_on(async {
        let (stage, lane) = (Stage::set(seed)?, Lane::open(seed).await?);
        let turn = lane.turn(&stage, number).await;
        lane.sandbox.close().await;
        turn
    })?;
    println!("{turn}");
    Ok(())
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

async fn all(turns: u64, seed: u64) -> Result<Figures> {
    let stage = Arc::new(Stage::set(seed)?);
    let (next, (teller, mut told)) = (Arc::new(AtomicU64::new(0)), mpsc::channel(LANES));
    let mut lanes = JoinSet::new();
    for _ in 0..LANES {
        let lane = Lane::open(seed).await?;
        lanes.spawn(lane.takes(turns, Arc::clone(&next), Arc::clone(&stage), teller.clone()));
    }
    drop(teller);
    let (mut figures, mut progress) = (Figures::default(), Progress::begin("turns", turns));
    while let Some(turn) = told.recv().await {
        for delivered in figures.count(&turn) {
            eprintln!("DELIVERED (--seed {seed} --only {}) {delivered}", turn.number);
        }
        progress.step(|| figures.so_far());
    }
    lanes.join_all().await.into_iter().collect::<Result<()>>()?;
    figures.taken = progress.taken();
    figures.time_gate(&stage);
    Ok(figures)
}

/// The shops that are lied about, turn by turn another one.
pub(crate) struct Stage {
    seed: u64,
    shops: [Shop; 3],
}

impl Stage {
    fn set(seed: u64) -> Result<Self> {
        let generated = |seed, currency| Shop::generated(seed, currency);
        let shops = [sampled()?, generated(seed, Currency::USD)?, generated(seed + 1, Currency::EUR)?];
        Ok(Self { seed, shops })
    }

    /// The shop of a turn.
    fn shop(&self, number: u64) -> &Shop {
        let [sample, dollars, euros] = &self.shops;
        match number % 3 {
            0 => sample,
            1 => dollars,
            _ => euros,
        }
    }
}

/// One turn: what was asked, what was planted, and what came of it.
struct Turn {
    number: u64,
    question: String,
    planted: Vec<Lie>,
    output: TurnOutput,
}

/// A model of its own, and turns taken one by one: so its ledger tells which lies are a turn's.
struct Lane {
    sandbox: Sandbox,
    liar: Liar,
}

impl Lane {
    async fn open(seed: u64) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let sandbox = Sandbox::start(fakes(Arc::clone(&clock), seed)?).await?;
        let http = Http::new(clock, Arc::new(NoFaults))?;
        let endpoint = sandbox.model_url().to_owned();
        let settings = ChatSettings { endpoint, key: None, model: None, silence: PATIENCE, total: PATIENCE };
        Ok(Self { sandbox, liar: Liar(Chat::new(settings, &http)?) })
    }

    async fn takes(
        self,
        turns: u64,
        next: Arc<AtomicU64>,
        stage: Arc<Stage>,
        teller: mpsc::Sender<Turn>,
    ) -> Result<()> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= turns {
                break;
            }
            teller.send(self.turn(&stage, number).await?).await.context("nobody counts the turns")?;
        }
        self.sandbox.close().await;
        Ok(())
    }

    /// What is lied in a turn is drawn from its number alone, so that each can be taken again by itself.
    async fn turn(&self, stage: &Stage, number: u64) -> Result<Turn> {
        let seed = (stage.seed << 32) + number;
        self.sandbox.model().set(Setting { mode: Mode::Lying, seed: Some(seed), script: Vec::new() });
        let shop = stage.shop(number);
        let question = shop.question(number / 3);
        let output = take_turn(shop, &self.liar, &question).await?;
        let planted = self.sandbox.model().lies_since(0);
        Ok(Turn { number, question, planted, output })
    }
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
        too_often: false,
        freshness: Freshness::default(),
        told_codes: ToldCodes::Public,
        now: NOW,
    };
    answer_with(input, shop, Some(side)).await.context("a turn found no answer")
}
