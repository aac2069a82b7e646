//! A world to tell stories in: the product with a real database file, fakes of Meta and Shopify over real HTTP, and a clock that
//! stands still until a story moves it. Nothing sleeps: `settle` does what is due.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use shopclerk::config::{Config, Sources};
use shopclerk::engine::{Engine, Plan, bind};
use shopclerk_domain::clock::{Clock, ManualClock, Timestamp};
use shopclerk_domain::entropy::{Entropy, SeededEntropy};
use shopclerk_domain::fault::NoFaults;
use shopclerk_domain::ids::MerchantId;
use shopclerk_flows::app::App;
use shopclerk_flows::watch::Watcher;
use shopclerk_flows::{connections, worker};
use shopclerk_sandbox::meta::{Held, Message, PageSetup, Side};
use shopclerk_sandbox::shopify::ProductPatch;
use shopclerk_sandbox::shopify::store::{Product, ShopInfo, Status, Store};
use shopclerk_sandbox::walk::{Accept, Walked, Walker};
use shopclerk_sandbox::{Goods, Ports, Sandbox, SandboxOptions};
use tempfile::TempDir;

/// Saturday, 21 November 2026, 11:00 UTC.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_795_258_800_000);
pub(crate) const FACEBOOK_APP_ID: &str = "123456789012345";
pub(crate) const FACEBOOK_SECRET: &str = "4f1c0a7e5b9d4e0f8a6c2d3b1e5f7a90";
pub(crate) const VERIFY_TOKEN: &str = "a-token-only-this-story-knows-93";
pub(crate) const SHOPIFY_KEY: &str = "story-client-id-5521";
pub(crate) const SHOPIFY_SECRET: &str = "shpss_story_5b1e7f2a9c4d8e6033aa";
pub(crate) const PAGE: &str = "106511000000001";
/// What must never show anywhere.
const SECRETS: &[&str] = &[FACEBOOK_SECRET, VERIFY_TOKEN, SHOPIFY_SECRET];
/// How every token begins that the fakes hand out.
const TOKEN_PREFIXES: &[&str] = &["EAAB", "EAAG", "shpat_", "shprt_"];
const SHOP: &str = "nordlys.myshopify.com";
/// Work left over after this many steps means that something turns in circles.
const MOST_STEPS: usize = 1_000;

/// Everything a story needs. Must be closed: that is where secrets, unknown calls and work left over come to light.
pub(crate) struct World {
    engine: Option<Engine>,
    sandbox: Option<Sandbox>,
    clock: Arc<ManualClock>,
    folder: TempDir,
    browser: Walker,
    app_url: String,
    seen: Arc<Seen>,
    answers: Mutex<Vec<String>>,
}

/// What the product told its onlooker.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Vec<(&'static str, String, serde_json::Value)>>);

impl Watcher for Seen {
    fn saw(&self, kind: &'static str, summary: String, data: serde_json::Value) {
        self.0.lock().unwrap().push((kind, summary, data));
    }
}

impl World {
    /// The product and its fakes; nothing is connected, the shop sells `products`.
    pub(crate) async fn unconnected(products: Vec<Product>) -> Self {
        Self::with_pages(products, vec![PageSetup::new(PAGE, "Nordlys")]).await
    }

    /// The same, with these Pages.
    pub(crate) async fn with_pages(products: Vec<Product>, pages: Vec<PageSetup>) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let app_url = format!("http://{}", listener.local_addr().unwrap());
        let sandbox = Sandbox::start(fakes(&app_url, store(products), pages, &clock)).await.unwrap();
        let seen = Arc::new(Seen::default());
        let plan = plan(&app_url, &sandbox, &folder, &clock, &seen);
        let engine = Engine::open(plan, listener).await.unwrap();
        Self {
            engine: Some(engine),
            sandbox: Some(sandbox),
            clock,
            folder,
            browser: Walker::new(Accept::Html).unwrap(),
            app_url,
            seen,
            answers: Mutex::default(),
        }
    }

    /// A shop and a Page, connected through the real redirects, its catalogue read.
    pub(crate) async fn with_shop(products: Vec<Product>) -> Self {
        let world = Self::unconnected(products).await;
        world.connect().await;
        world
    }

    /// Walks both connects and lets everything that follows happen.
    pub(crate) async fn connect(&self) {
        let walked = self.walk(&format!("/shopify/{SHOP}/login")).await;
        assert_eq!(walked.status, 200, "{}", walked.body);
        let walked = self.walk("/facebook/login").await;
        assert_eq!(walked.status, 200, "{}", walked.body);
        self.settle().await;
    }

    /// Goes where the address leads, saying yes to every consent page.
    pub(crate) async fn walk(&self, path: &str) -> Walked {
        let walked = self.browser.walk(&self.url(path)).await.unwrap();
        self.answers.lock().unwrap().push(walked.body.clone());
        walked
    }

    /// The merchant's browser.
    pub(crate) fn browser(&self) -> &Walker {
        &self.browser
    }

    /// An address of the product.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.app_url)
    }

    /// Remembers an answer, so that `close` can look for secrets in it.
    pub(crate) fn remember_answer(&self, body: &str) {
        self.answers.lock().unwrap().push(body.to_owned());
    }

    pub(crate) fn app(&self) -> &App {
        &self.engine.as_ref().unwrap().app
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().unwrap()
    }

    pub(crate) fn clock(&self) -> &ManualClock {
        &self.clock
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn shop(&self) -> &str {
        self.sandbox().shop()
    }

    /// Lets time pass, and everything that becomes due by it happen.
    pub(crate) async fn after(&self, span: Duration) {
        self.clock.advance(span);
        self.settle().await;
    }

    /// Does what is due until nothing is, and nothing is on its way.
    pub(crate) async fn settle(&self) {
        for _ in 0..MOST_STEPS {
            self.sandbox().deliveries().idle().await;
            if worker::step(self.app()).await {
                continue;
            }
            if self.sandbox().deliveries().in_flight() == 0 {
                return;
            }
        }
        let due = self.app().store().list_due(self.clock.now(), 20).await.unwrap();
        panic!("still busy after {MOST_STEPS} steps: {due:?}");
    }

    /// The one merchant.
    pub(crate) async fn merchant(&self) -> MerchantId {
        connections::first_overview(self.app()).await.unwrap().merchant.expect("a merchant")
    }

    /// A shopper who has been told already that an automatic assistant answers.
    pub(crate) async fn shopper(&self, name: &'static str) -> Shopper<'_> {
        let shopper = self.stranger(name);
        shopper.writes("hi").await;
        self.settle().await;
        shopper.looked_at.lock().unwrap().clone_from(&self.count(name));
        shopper
    }

    /// A shopper who has never written.
    pub(crate) fn stranger(&self, name: &'static str) -> Shopper<'_> {
        Shopper { world: self, name, looked_at: Mutex::new(self.count(name)) }
    }

    fn count(&self, name: &str) -> usize {
        self.sandbox().meta().messages(name).map_or(0, |messages| messages.len())
    }

    /// The merchant changes a product in the shop; its webhooks go out.
    pub(crate) fn sets(&self, handle: &str, patch: ProductPatch) {
        self.sandbox().shopify().patch_product(self.shop(), handle, &patch).unwrap();
    }

    /// What the product told its onlooker under `kind`.
    pub(crate) fn told(&self, kind: &str) -> Vec<(String, serde_json::Value)> {
        let seen = self.seen.0.lock().unwrap();
        seen.iter().filter(|entry| entry.0 == kind).map(|entry| (entry.1.clone(), entry.2.clone())).collect()
    }

    /// An object of the mirror, below `users/<uuid>/`.
    pub(crate) async fn mirrored(&self, path: &str) -> Option<serde_json::Value> {
        let merchant = self.merchant().await;
        let file = self.folder().join("data/mirror/users").join(merchant.to_string()).join(path);
        let bytes = std::fs::read(file).ok()?;
        Some(serde_json::from_slice(&bytes).unwrap())
    }

    /// Stops the product as a restart would and starts it again on the same folder and address.
    pub(crate) async fn restarts(&mut self) {
        let engine = self.engine.take().unwrap();
        let address = self.app_url.trim_start_matches("http://").parse().unwrap();
        engine.stop().await;
        let listener = bind(address).await.unwrap();
        let plan = plan(&self.app_url, self.sandbox(), &self.folder, &self.clock, &self.seen);
        self.engine = Some(Engine::open(plan, listener).await.unwrap());
    }

    /// Fails if work is left over, if a fake saw a call it does not know, or if a secret shows anywhere.
    pub(crate) async fn close(mut self) {
        self.settle().await;
        let due = self.app().store().list_due(self.clock.now(), 20).await.unwrap();
        assert!(due.is_empty(), "work is left over: {due:?}");
        self.close_with_work_left().await;
    }

    /// As `close`, for a story that ends while something still waits.
    pub(crate) async fn close_with_work_left(&mut self) {
        let engine = self.engine.take().unwrap();
        let sandbox = self.sandbox.take().unwrap();
        assert_eq!(sandbox.unknown_calls(), 0, "a fake saw a call it does not know");
        engine.stop().await;
        sandbox.close().await;
        self.no_secret_shows();
    }

    /// I5: no token or app secret in the database, the mirror, the index, or anything that was answered or told.
    fn no_secret_shows(&self) {
        let mut places: Vec<(String, Vec<u8>)> = Vec::new();
        files(&self.folder().join("data"), &mut places);
        for (number, answer) in self.answers.lock().unwrap().iter().enumerate() {
            places.push((format!("answer {number}"), answer.clone().into_bytes()));
        }
        for (kind, summary, data) in self.seen.0.lock().unwrap().iter() {
            places.push(((*kind).to_owned(), format!("{summary} {data}").into_bytes()));
        }
        for (place, bytes) in &places {
            for secret in SECRETS.iter().chain(TOKEN_PREFIXES) {
                let shows = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!shows, "a secret shows in {place}: {secret}..");
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if self.engine.is_some() && !std::thread::panicking() {
            panic!("a story must end with `world.close().await`");
        }
    }
}

fn files(folder: &std::path::Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files(&entry, found);
        } else {
            found.push((entry.display().to_string(), std::fs::read(&entry).unwrap()));
        }
    }
}

fn store(products: Vec<Product>) -> Store {
    let shop = ShopInfo {
        id: 7_001,
        name: "Nordlys".to_owned(),
        domain: SHOP.to_owned(),
        currency: "USD".to_owned(),
        timezone: "America/New_York".to_owned(),
        ..ShopInfo::default()
    };
    let products = products.into_iter().map(|product| (product.id, product)).collect();
    Store { shop, products, ..Store::default() }
}

fn fakes(app_url: &str, store: Store, pages: Vec<PageSetup>, clock: &Arc<ManualClock>) -> SandboxOptions {
    SandboxOptions {
        folder: None,
        ports: Ports::default(),
        facebook_app_id: FACEBOOK_APP_ID.to_owned(),
        facebook_app_secret: FACEBOOK_SECRET.to_owned(),
        facebook_redirect_uris: vec![format!("{app_url}/facebook/callback")],
        pages,
        shopify_api_key: SHOPIFY_KEY.to_owned(),
        shopify_api_secret: SHOPIFY_SECRET.to_owned(),
        shopify_redirect_uris: vec![format!("{app_url}/shopify/callback")],
        goods: Goods::Always(store),
        files: |_path| None,
        shopper: "Ana".to_owned(),
        control_path: "a-path-nobody-guesses".to_owned(),
        retry_pauses: vec![Duration::ZERO],
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        entropy: Arc::new(SeededEntropy::new(11)) as Arc<dyn Entropy>,
    }
}

fn plan(
    app_url: &str,
    sandbox: &Sandbox,
    folder: &TempDir,
    clock: &Arc<ManualClock>,
    seen: &Arc<Seen>,
) -> Plan {
    let data = folder.path().join("data");
    let shopify_url = sandbox.shopify_url_template();
    let values = [
        ("SHOPCLERK_PUBLIC_URL", app_url),
        ("SHOPCLERK_DATA_DIR", data.to_str().unwrap()),
        ("FACEBOOK_APP_ID", FACEBOOK_APP_ID),
        ("FACEBOOK_APP_SECRET", FACEBOOK_SECRET),
        ("FACEBOOK_VERIFY_TOKEN", VERIFY_TOKEN),
        ("FACEBOOK_GRAPH_URL", sandbox.meta_url()),
        ("FACEBOOK_DIALOG_URL", sandbox.meta_url()),
        ("SHOPIFY_API_KEY", SHOPIFY_KEY),
        ("SHOPIFY_API_SECRET", SHOPIFY_SECRET),
        ("SHOPIFY_URL", &shopify_url),
    ];
    let config = Config::load(&Sources::only(&values).unwrap()).unwrap();
    let mut settings = config.settings;
    settings.settle.quiet_ms = 0;
    settings.mirror_delay = Duration::ZERO;
    settings.index_delay = Duration::ZERO;
    Plan {
        settings,
        meta: config.meta,
        shopify: config.shopify,
        storage: config.storage,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        entropy: Arc::new(SeededEntropy::new(42)) as Arc<dyn Entropy>,
        faults: Arc::new(NoFaults),
        watcher: Arc::clone(seen) as Arc<dyn Watcher>,
    }
}

/// A shopper in Messenger.
pub(crate) struct Shopper<'a> {
    world: &'a World,
    name: &'static str,
    looked_at: Mutex<usize>,
}

impl Shopper<'_> {
    /// Writes a message; it is delivered when this returns, and answered once the world settles.
    pub(crate) async fn writes(&self, text: &str) {
        self.world.sandbox().meta().shopper_writes(self.name, text).unwrap();
        self.world.sandbox().deliveries().idle().await;
    }

    /// Writes and waits for the answer.
    pub(crate) async fn asks(&self, text: &str) -> Received {
        self.writes(text).await;
        self.world.settle().await;
        self.received()
    }

    /// Taps a quick reply or a button.
    pub(crate) async fn taps(&self, title: &str, payload: &str) -> Received {
        self.world.sandbox().meta().shopper_taps(self.name, payload, Some(title)).unwrap();
        self.world.settle().await;
        self.received()
    }

    /// What the Page has sent since the last look.
    pub(crate) fn received(&self) -> Received {
        let all = self.world.sandbox().meta().messages(self.name).unwrap_or_default();
        let mut looked_at = self.looked_at.lock().unwrap();
        let new = all.iter().skip(*looked_at).filter(|message| message.from == Side::Page).cloned().collect();
        *looked_at = all.len();
        Received(new)
    }
}

/// Messages of the Page.
#[derive(Debug)]
pub(crate) struct Received(pub(crate) Vec<Message>);

impl Received {
    pub(crate) fn nothing(&self) {
        assert!(self.0.is_empty(), "{self:?}");
    }

    /// All words, cards' included, in one text.
    pub(crate) fn words(&self) -> String {
        let mut words = Vec::new();
        for message in &self.0 {
            words.extend(message.text.clone());
            for card in &message.cards {
                words.push(format!("[{}: {}]", card.title, card.subtitle.as_deref().unwrap_or_default()));
            }
        }
        words.join("\n")
    }

    /// The cards' titles in order.
    pub(crate) fn titles(&self) -> Vec<String> {
        self.0.iter().flat_map(|message| &message.cards).map(|card| card.title.clone()).collect()
    }

    /// The words must hold each of these.
    #[track_caller]
    pub(crate) fn says(&self, parts: &[&str]) -> &Self {
        let words = self.words();
        for part in parts {
            assert!(words.to_lowercase().contains(&part.to_lowercase()), "{part:?} is missing in:\n{words}");
        }
        self
    }

    /// The words must hold none of these.
    #[track_caller]
    pub(crate) fn never_says(&self, parts: &[&str]) -> &Self {
        let words = self.words();
        for part in parts {
            assert!(!words.to_lowercase().contains(&part.to_lowercase()), "{part:?} is in:\n{words}");
        }
        self
    }
}

/// A price and nothing else changes.
pub(crate) fn price(price: &str) -> ProductPatch {
    ProductPatch { price: Some(price.to_owned()), ..ProductPatch::default() }
}

/// The stock and nothing else changes.
pub(crate) fn stock(pieces: i64) -> ProductPatch {
    ProductPatch { inventory: Some(pieces), ..ProductPatch::default() }
}

/// The status and nothing else changes.
pub(crate) fn status(status: Status) -> ProductPatch {
    ProductPatch { status: Some(status), ..ProductPatch::default() }
}

/// A Page that only a business portfolio holds.
pub(crate) fn portfolio_page(id: &str, name: &str) -> PageSetup {
    PageSetup { held: Held::ByPortfolio, ..PageSetup::new(id, name) }
}
