//! A world to tell stories in: the product with a real database file, fakes of Meta and Shopify over real HTTP, and a clock that
//! stands still until a story moves it. Nothing sleeps: `settle` does what is due.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use shopclerk::config::Config;
use shopclerk::engine::{Engine, Plan, bind};
use shopclerk_domain::clock::{Clock, ManualClock, Timestamp};
use shopclerk_domain::entropy::{Entropy, SeededEntropy};
use shopclerk_domain::fault::FaultPoints;
use shopclerk_domain::ids::MerchantId;
use shopclerk_flows::app::{App, Settings};
use shopclerk_flows::watch::Watcher;
use shopclerk_flows::{connections, worker};
use shopclerk_sandbox::Sandbox;
use shopclerk_sandbox::meta::{Held, PageSetup};
use shopclerk_sandbox::objects::ObjectsFake;
use shopclerk_sandbox::shopify::ProductPatch;
use shopclerk_sandbox::shopify::store::{Product, Status};
use shopclerk_sandbox::walk::{Accept, Walked, Walker};
use tempfile::TempDir;

use crate::model_verbs::MODEL_KEY;
use crate::outside::{envelope, from_meta};
use crate::rehearsal::{Rehearsal, Stepped};
use crate::scene::{Scene, fakes, settings_of, store};
use crate::shopper::Shopper;

/// Saturday, 21 November 2026, 11:00 UTC.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_795_258_800_000);
pub(crate) const FACEBOOK_APP_ID: &str = "123456789012345";
pub(crate) const FACEBOOK_SECRET: &str = "4f1c0a7e5b9d4e0f8a6c2d3b1e5f7a90";
pub(crate) const VERIFY_TOKEN: &str = "a-token-only-this-story-knows-93";
pub(crate) const SHOPIFY_KEY: &str = "story-client-id-5521";
pub(crate) const SHOPIFY_SECRET: &str = "shpss_story_5b1e7f2a9c4d8e6033aa";
pub(crate) const PAGE: &str = "106511000000001";
pub(crate) const BUCKET_KEY: &str = "DO00STORYKEY5521AB7F";
pub(crate) const BUCKET_SECRET: &str = "wq7Rk2vT9pLx4mZ8bN3cJ6hF1sD5gY0aE";
/// In an operator's option: where the fake S3 is.
pub(crate) const OBJECTS_URL: &str = "{objects}";
/// What must never show anywhere.
const SECRETS: &[&str] = &[FACEBOOK_SECRET, VERIFY_TOKEN, SHOPIFY_SECRET, BUCKET_SECRET, MODEL_KEY];
/// How every token begins that the fakes hand out.
const TOKEN_PREFIXES: &[&str] = &["EAAB", "EAAG", "shpat_", "shprt_"];
pub(crate) const SHOP: &str = "nordlys.myshopify.com";
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
    rehearsal: Arc<Rehearsal>,
    /// One stream for all runs: a restart draws other ids.
    entropy: Arc<SeededEntropy>,
    goods: Mutex<Vec<Product>>,
    change: Box<dyn Fn(&mut Settings)>,
    operator: &'static [(&'static str, &'static str)],
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
        Scene::of(products).unconnected().await
    }

    /// The same, with these Pages.
    pub(crate) async fn with_pages(products: Vec<Product>, pages: Vec<PageSetup>) -> Self {
        Scene::of(products).with_pages(pages).unconnected().await
    }

    /// The product and its fakes, as the scene says.
    pub(crate) async fn open(scene: Scene) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let app_url = format!("http://{}", listener.local_addr().unwrap());
        let store = store(scene.products.clone(), scene.currency, "Nordlys");
        let sandbox =
            Sandbox::start(fakes(&app_url, store, scene.pages, Arc::clone(&clock) as Arc<dyn Clock>))
                .await
                .unwrap();
        let mut world = Self {
            engine: None,
            sandbox: Some(sandbox),
            clock,
            folder,
            browser: Walker::new(Accept::Html).unwrap(),
            app_url,
            seen: Arc::default(),
            answers: Mutex::default(),
            rehearsal: Arc::new(Rehearsal::new()),
            entropy: Arc::new(SeededEntropy::new(42)),
            change: scene.change,
            goods: Mutex::new(scene.products),
            operator: scene.operator,
        };
        world.engine = Some(Engine::open(world.plan(), listener).await.unwrap());
        world
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

    /// Waits, while workers of its own work, until the journal of the fakes shows what is waited for.
    pub(crate) async fn until(&self, happened: impl Fn(&Self) -> bool) {
        let mut newest = self.sandbox().journal().watch();
        while !happened(self) {
            newest.changed().await.unwrap();
        }
    }

    /// Does what is due until nothing is, and nothing is on its way.
    pub(crate) async fn settle(&self) {
        assert_eq!(self.goes_on().await, Stepped::Idle, "the process died while the world settled");
    }

    /// Goes on until the process dies at a point that the rehearsal names. What it had told the outside arrives.
    pub(crate) async fn until_it_dies(&self) {
        assert_eq!(self.goes_on().await, Stepped::Died, "the process was to die and did not");
        self.sandbox().deliveries().idle().await;
    }

    async fn goes_on(&self) -> Stepped {
        for _ in 0..MOST_STEPS {
            self.sandbox().deliveries().idle().await;
            match self.rehearsal.run(worker::step(self.app())).await {
                Stepped::Worked => {}
                Stepped::Died => return Stepped::Died,
                Stepped::Idle if self.sandbox().deliveries().in_flight() > 0 => {}
                Stepped::Idle => return Stepped::Idle,
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
        shopper.looks_away();
        shopper
    }

    /// A shopper who has never written.
    pub(crate) fn stranger(&self, name: &'static str) -> Shopper<'_> {
        Shopper::new(self, name)
    }

    /// The merchant changes a product in the shop; its webhooks go out.
    #[expect(clippy::needless_pass_by_value, reason = "a change is made where it is told")]
    pub(crate) fn sets(&self, handle: &str, patch: ProductPatch) {
        self.sandbox().shopify().patch_product(self.shop(), handle, &patch).unwrap();
    }

    /// A delivery of Meta's with one message of this shopper's, in whatever form.
    pub(crate) async fn delivers_message(&self, psid: &str, message: serde_json::Value) {
        self.delivers_event(psid, "message", message).await;
    }

    /// A delivery of Meta's with one event of this shopper's under `name`.
    pub(crate) async fn delivers_event(&self, psid: &str, name: &str, event: serde_json::Value) {
        let at = self.clock.now().millis();
        let event = serde_json::json!({ "sender": { "id": psid }, "recipient": { "id": PAGE }, "timestamp": at, name: event });
        let body = envelope(PAGE, at, &[event]).to_string();
        assert_eq!(from_meta(body).send(self).await.status, 200);
    }

    /// The merchant changes the whole shop, and not one webhook is sent.
    pub(crate) fn restocks_silently(&self, change: impl FnOnce(&mut Vec<Product>)) {
        let mut products = self.goods.lock().unwrap();
        change(&mut products);
        self.sandbox().shopify().add_store(store(products.clone(), "USD", "Nordlys")).unwrap();
    }

    /// The merchant gives the shop another name, and not one webhook is sent.
    pub(crate) fn renames_shop(&self, name: &str) {
        let products = self.goods.lock().unwrap().clone();
        self.sandbox().shopify().add_store(store(products, "USD", name)).unwrap();
    }

    /// How often the shop was asked for one product.
    pub(crate) fn product_reads(&self) -> u64 {
        self.asked("graphql OneProduct")
    }

    /// How often the shop was asked for a page of products.
    pub(crate) fn pages_read(&self) -> u64 {
        self.asked("graphql ProductsPage")
    }

    fn asked(&self, what: &str) -> u64 {
        self.sandbox().shopify().calls().get(what).copied().unwrap_or(0)
    }

    /// How many messages the product asked Meta to send, with and without success; the sign of typing does not count.
    pub(crate) fn sends_asked(&self) -> usize {
        let entries = self.sandbox().journal().after(0, usize::MAX);
        entries.iter().filter(|entry| entry.kind == "meta.send").count()
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
        self.is_switched_off().await;
        self.is_switched_on().await;
    }

    /// Stops the product.
    pub(crate) async fn is_switched_off(&mut self) {
        self.engine.take().unwrap().stop().await;
    }

    /// Starts it on the folder and address it had.
    pub(crate) async fn is_switched_on(&mut self) {
        self.rehearsal.revive();
        let address = self.app_url.trim_start_matches("http://").parse().unwrap();
        let listener = bind(address).await.unwrap();
        self.engine = Some(Engine::open(self.plan(), listener).await.unwrap());
    }

    /// What happens at named points of the product.
    pub(crate) fn rehearsal(&self) -> &Rehearsal {
        &self.rehearsal
    }

    /// The product's configuration.
    pub(crate) fn config(&self) -> Config {
        let mut config = settings_of(&self.app_url, self.sandbox(), &self.folder, self.operator);
        (self.change)(&mut config.settings);
        config
    }

    /// Restarts with other settings than before.
    pub(crate) async fn restarts_set(&mut self, change: fn(&mut Settings)) {
        self.change = Box::new(change);
        self.restarts().await;
    }

    /// What the product is started with, the first time and after each restart.
    pub(crate) fn plan(&self) -> Plan {
        Plan {
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            entropy: Arc::clone(&self.entropy) as Arc<dyn Entropy>,
            faults: Arc::clone(&self.rehearsal) as Arc<dyn FaultPoints>,
            watcher: Arc::clone(&self.seen) as Arc<dyn Watcher>,
            ..Plan::of(self.config())
        }
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
        assert!(sandbox.faults().armed().is_empty(), "what was to go wrong did not");
        engine.stop().await;
        let objects = Arc::clone(sandbox.objects());
        sandbox.close().await;
        self.no_secret_shows(&objects);
    }

    /// I5: no token or app secret in the database, the mirror, the index, or anything that was answered or told.
    fn no_secret_shows(&self, objects: &ObjectsFake) {
        let mut places: Vec<(String, Vec<u8>)> = Vec::new();
        files(&self.folder().join("data"), &mut places);
        for key in objects.keys() {
            let content = objects.content(&key).unwrap();
            places.push((format!("object {key}"), content));
        }
        for (number, answer) in self.answers.lock().unwrap().iter().enumerate() {
            places.push((format!("answer {number}"), answer.clone().into_bytes()));
        }
        for (kind, summary, data) in self.seen.0.lock().unwrap().iter() {
            places.push(((*kind).to_owned(), format!("{summary} {data}").into_bytes()));
        }
        no_secret_in(&places);
    }
}

/// I5: none of these places shows a secret of the stories.
pub(crate) fn no_secret_in(places: &[(String, Vec<u8>)]) {
    for (place, bytes) in places {
        for secret in SECRETS.iter().chain(TOKEN_PREFIXES) {
            let shows = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!shows, "a secret shows in {place}: {secret}..");
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let closed = self.engine.is_none() || std::thread::panicking();
        assert!(closed, "a story must end with `world.close().await`");
    }
}

/// Every file below a folder, with what it holds; a socket holds nothing.
pub(crate) fn files(folder: &std::path::Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files(&entry, found);
        } else if entry.is_file() {
            found.push((entry.display().to_string(), std::fs::read(&entry).unwrap()));
        }
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
