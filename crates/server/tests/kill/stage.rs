//! A shop and a Page on fakes that outlive the product, and the folder that all its lives share.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use shopclerk::config::{Config, Sources};
use shopclerk::engine::{Engine, Plan};
use shopclerk_domain::clock::SystemClock;
use shopclerk_domain::conversation::Conversation;
use shopclerk_domain::entropy::SystemEntropy;
use shopclerk_domain::ids::{ConversationId, MerchantId};
use shopclerk_domain::message::Message;
use shopclerk_flows::app::App;
use shopclerk_flows::connections;
use shopclerk_flows::deliveries::UndoneKind;
use shopclerk_sandbox::fault::{Fault, Order, Upstream, Waits};
use shopclerk_sandbox::meta::PageSetup;
use shopclerk_sandbox::objects::BucketSetup;
use shopclerk_sandbox::shopify::store::{Product, ShopInfo, Store, Variant};
use shopclerk_sandbox::shopify::{Allowance, ProductPatch};
use shopclerk_sandbox::walk::{Accept, Walker};
use shopclerk_sandbox::{Goods, Ports, Sandbox, SandboxOptions};
use tempfile::TempDir;

use crate::child::Process;
use crate::ledger::{COAT, LAMP, MUG, Question, Thing};
use crate::letter;
use crate::wait::{PATIENCE, pass, until};

const FACEBOOK_APP: &str = "123456789012345";
const FACEBOOK_SECRET: &str = "4f1c0a7e5b9d4e0f8a6c2d3b1e5f7a90";
const PAGE: &str = "106511000000001";
const VERIFY_TOKEN: &str = "a-token-only-this-test-knows-93";
const SHOPIFY_KEY: &str = "kill-client-id-5521";
const SHOPIFY_SECRET: &str = "shpss_kill_5b1e7f2a9c4d8e6033aa";
const SHOP: &str = "nordlys.myshopify.com";
/// Longer than a doubted send takes to be settled, with the settings below.
pub(crate) const SETTLED: Duration = Duration::from_secs(4);

/// The fakes, the folder, and the product while it lives.
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
    pub(crate) address: String,
    settings: Vec<(String, String)>,
    met: AtomicUsize,
}

impl Stage {
    /// Connected through the real redirects, its catalogue read; the product is dead.
    pub(crate) async fn set() -> Self {
        let folder = TempDir::new().unwrap();
        let address = free_address();
        let app_url = format!("http://{address}");
        let sandbox = Sandbox::start(fakes(&app_url)).await.unwrap();
        let settings = settings(&address, &sandbox, &folder);
        let stage = Self { sandbox, folder, address, settings, met: AtomicUsize::new(0) };
        let mut process = stage.starts("").await;
        stage.connect(&app_url).await;
        // What follows from connecting is done, and nothing of it is on its way any more.
        pass(Duration::from_secs(2)).await;
        stage.sandbox.deliveries().idle().await;
        process.kill();
        stage
    }

    async fn connect(&self, app_url: &str) {
        let browser = Walker::new(Accept::Html).unwrap();
        for way in [format!("{app_url}/shopify/{SHOP}/login"), format!("{app_url}/facebook/login")] {
            let walked = browser.walk(&way).await.unwrap();
            assert_eq!(walked.status, 200, "{}", walked.body);
        }
        // Until the shop is read, a clerk can name no price.
        let knows_prices = until(PATIENCE, async || {
            let question = self.asks(&COAT);
            until(Duration::from_secs(1), async || question.is_answered(self)).await
        });
        assert!(knows_prices.await, "the shop was not read");
    }

    /// The product lives again, and listens; or it died or froze at its rehearsal before it could.
    pub(crate) async fn starts(&self, rehearsal: &str) -> Process {
        self.starts_at(&self.address, rehearsal).await
    }

    /// As [`Stage::starts`], and only accepts.
    pub(crate) async fn starts_to_accept(&self, rehearsal: &str) -> Process {
        self.starts_with(&[("SHOPCLERK_ROLE", "web"), ("SHOPCLERK_BIND", &self.address)], rehearsal).await
    }

    /// As [`Stage::starts`], listening elsewhere.
    pub(crate) async fn starts_at(&self, address: &str, rehearsal: &str) -> Process {
        self.starts_with(&[("SHOPCLERK_BIND", address)], rehearsal).await
    }

    async fn starts_with(&self, more: &[(&str, &str)], rehearsal: &str) -> Process {
        let mut settings = self.settings.clone();
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let address = more.iter().find(|(name, _)| *name == "SHOPCLERK_BIND").expect("an address").1;
        let process = Process::start(&settings, rehearsal, self.folder.path());
        let ready = format!("http://{address}/readyz");
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build().unwrap();
        let is_up = async || {
            process.is_dead()
                || process.is_frozen()
                || client.get(&ready).send().await.is_ok_and(|answer| answer.status() == 200)
        };
        assert!(until(PATIENCE, is_up).await, "the process does not start:\n{}", process.last_words());
        process
    }

    /// A shopper nobody has met asks what the thing costs.
    pub(crate) fn asks(&self, thing: &'static Thing) -> Question {
        let shopper = self.meets();
        self.writes(&shopper, &format!("how much is the {}?", thing.title));
        Question { shopper, thing }
    }

    /// A shopper nobody has met wrote this so long ago, and it is delivered now; by what they are known.
    pub(crate) async fn wrote(&self, before: Duration, text: &str) -> String {
        let psid = format!("77640000{}", self.met.fetch_add(1, Ordering::SeqCst));
        letter::bring(&self.address, FACEBOOK_SECRET, PAGE, &psid, before, text).await;
        psid
    }

    /// The shopper writes.
    pub(crate) fn writes(&self, shopper: &str, text: &str) {
        self.sandbox.meta().shopper_writes(shopper, text).unwrap();
    }

    /// From now on the thing costs this.
    pub(crate) fn costs(&self, thing: &Thing, price: &str) {
        let patch = ProductPatch { price: Some(price.to_owned()), ..ProductPatch::default() };
        self.sandbox.shopify().patch_product(SHOP, &handle_of(thing), &patch).unwrap();
    }

    fn meets(&self) -> String {
        format!("Shopper {}", self.met.fetch_add(1, Ordering::SeqCst))
    }

    /// The next time, this goes wrong at Meta.
    pub(crate) fn next(&self, fault: Fault) {
        self.sandbox.faults().arm(Order::new(Upstream::Meta, fault, 1).unwrap()).unwrap();
    }

    /// Where everything durable lives.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The shoppers who stand on a person's list, for whatever reason; the product is dead.
    pub(crate) async fn left_to_a_person(&self) -> BTreeSet<String> {
        self.in_the_store(async |app, merchant| {
            let mut listed = BTreeSet::new();
            for kind in [UndoneKind::Event, UndoneKind::Part, UndoneKind::Person] {
                for undone in app.store().list_undone(merchant, kind, 0, 100_000).await.unwrap() {
                    let conversation = undone.conversation.expect("it is somebody's");
                    listed.insert(self.shopper_of(app, merchant, conversation).await);
                }
            }
            listed
        })
        .await
    }

    /// The shopper's conversation and what was said in it; the product is dead.
    pub(crate) async fn conversation_with(&self, shopper: &str) -> (Conversation, Vec<Message>) {
        let psid = self.sandbox.meta().psid(shopper).unwrap_or_else(|| shopper.to_owned());
        self.in_the_store(async |app, merchant| {
            for id in app.store().list_conversation_ids(merchant, None, 100_000).await.unwrap() {
                let found =
                    app.store().find_conversation(merchant, id).await.unwrap().expect("a conversation");
                if *found.alias.expose() == psid {
                    return (found, app.store().list_messages(merchant, id, 100).await.unwrap());
                }
            }
            panic!("{shopper} is not known");
        })
        .await
    }

    /// Looks into the folder of the dead product.
    async fn in_the_store<T>(&self, look: impl AsyncFnOnce(&App, MerchantId) -> T) -> T {
        let settings: Vec<(&str, &str)> =
            self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let config = Config::load(&Sources::only(&settings).unwrap()).unwrap();
        let engine = Engine::open_alone(Plan::of(config)).await.unwrap();
        let merchant = connections::first_overview(&engine.app).await.unwrap().merchant.expect("a merchant");
        let seen = look(&engine.app, merchant).await;
        engine.stop().await;
        seen
    }

    async fn shopper_of(&self, app: &App, merchant: MerchantId, id: ConversationId) -> String {
        let found = app.store().find_conversation(merchant, id).await.unwrap().expect("a conversation");
        let psid = found.alias.expose();
        let is_theirs = |name: &String| self.sandbox.meta().psid(name).is_some_and(|known| known == *psid);
        let name = self.sandbox.meta().shoppers().into_iter().find(is_theirs);
        name.unwrap_or_else(|| psid.to_owned())
    }

    /// Ends the fakes; nothing called anything they do not know.
    pub(crate) async fn close(self) {
        assert_eq!(self.sandbox.unknown_calls(), 0, "a fake saw a call it does not know");
        self.sandbox.close().await;
    }
}

/// An address that was free a moment ago. Below the ports that the system gives to callers: whoever calls the dead product over and
/// over must not come to sit in its place.
pub(crate) fn free_address() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let first = 20_000 + usize::try_from(std::process::id()).unwrap() % 10_000;
    loop {
        let address = format!("127.0.0.1:{}", first + NEXT.fetch_add(1, Ordering::SeqCst) % 2_000);
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

fn settings(address: &str, sandbox: &Sandbox, folder: &TempDir) -> Vec<(String, String)> {
    let data = folder.path().join("data").display().to_string();
    let public = format!("http://{address}");
    let shopify_url = sandbox.shopify_url_template();
    let values = [
        ("SHOPCLERK_PUBLIC_URL", public.as_str()),
        ("SHOPCLERK_DATA_DIR", &data),
        ("FACEBOOK_APP_ID", FACEBOOK_APP),
        ("FACEBOOK_APP_SECRET", FACEBOOK_SECRET),
        ("FACEBOOK_VERIFY_TOKEN", VERIFY_TOKEN),
        ("FACEBOOK_GRAPH_URL", sandbox.meta_url()),
        ("FACEBOOK_DIALOG_URL", sandbox.meta_url()),
        ("SHOPIFY_API_KEY", SHOPIFY_KEY),
        ("SHOPIFY_API_SECRET", SHOPIFY_SECRET),
        ("SHOPIFY_URL", &shopify_url),
        // A model that is there and refuses: it is asked, and the rules answer.
        ("AGENT_ENDPOINT", sandbox.model_url()),
        ("AGENT_MODEL", "rehearsal"),
        // Longer than the sign of typing waits: every message passes it.
        ("SHOPCLERK_SETTLE_MS", "200"),
        ("SHOPCLERK_ECHO_WAIT_SECONDS", "1"),
        ("SHOPCLERK_READS_APART_SECONDS", "1"),
        ("SHOPCLERK_MISSING_AFTER_SECONDS", "1"),
    ];
    values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

fn fakes(app_url: &str) -> SandboxOptions {
    SandboxOptions {
        folder: None,
        ports: Ports::default(),
        facebook_app_id: FACEBOOK_APP.to_owned(),
        facebook_app_secret: FACEBOOK_SECRET.to_owned(),
        facebook_redirect_uris: vec![format!("{app_url}/facebook/callback")],
        pages: vec![PageSetup::new(PAGE, "Nordlys")],
        shopify_api_key: SHOPIFY_KEY.to_owned(),
        shopify_api_secret: SHOPIFY_SECRET.to_owned(),
        shopify_redirect_uris: vec![format!("{app_url}/shopify/callback")],
        goods: Goods::Always(store()),
        files: |_path| None,
        allowance: Allowance::PLUS,
        bucket: BucketSetup::new("KILLKEY5521", "kill-bucket-secret-5521"),
        shopper: "Ana".to_owned(),
        control_path: "a-path-nobody-guesses".to_owned(),
        // A platform tries for hours: longer than the product is ever dead here.
        retry_pauses: vec![Duration::from_millis(25); 10_000],
        waits: Waits::LIVE,
        clock: Arc::new(SystemClock::start()),
        entropy: Arc::new(SystemEntropy),
    }
}

fn handle_of(thing: &Thing) -> String {
    thing.title.to_lowercase().replace(' ', "-")
}

fn store() -> Store {
    let product = |id: u64, thing: &Thing| {
        let variant = Variant {
            id: id * 10,
            inventory_item_id: id * 10 + 5,
            price: thing.price.trim_start_matches('$').to_owned(),
            tracked: true,
            quantity: 1_000,
            requires_shipping: true,
            ..Variant::default()
        };
        let product = Product {
            id,
            handle: handle_of(thing),
            title: thing.title.to_owned(),
            published: true,
            variants: vec![variant],
            ..Product::default()
        };
        (id, product)
    };
    let shop = ShopInfo {
        id: 7_001,
        name: "Nordlys".to_owned(),
        domain: SHOP.to_owned(),
        currency: "USD".to_owned(),
        timezone: "America/New_York".to_owned(),
        ..ShopInfo::default()
    };
    Store {
        shop,
        products: [product(101, &COAT), product(102, &MUG), product(103, &LAMP)].into(),
        ..Store::default()
    }
}
