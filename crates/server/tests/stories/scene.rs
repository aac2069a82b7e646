//! How a world is before its story begins: what the shop sells, what the platforms know of the product, how it is configured.

use std::sync::Arc;
use std::time::Duration;

use shopclerk::config::{Config, Sources};
use shopclerk_domain::clock::Clock;
use shopclerk_domain::entropy::{Entropy, SeededEntropy};
use shopclerk_flows::app::Settings;
use shopclerk_sandbox::fault::Waits;
use shopclerk_sandbox::meta::PageSetup;
use shopclerk_sandbox::objects::BucketSetup;
use shopclerk_sandbox::shopify::Allowance;
use shopclerk_sandbox::shopify::store::{Product, ShopInfo, Store};
use shopclerk_sandbox::{Goods, Ports, Sandbox, SandboxOptions};
use tempfile::TempDir;

use crate::world::{
    BUCKET_KEY, BUCKET_SECRET, FACEBOOK_APP_ID, FACEBOOK_SECRET, OBJECTS_URL, PAGE, SHOP, SHOPIFY_KEY,
    SHOPIFY_SECRET, VERIFY_TOKEN, World,
};

/// How a world is before its story begins.
pub(crate) struct Scene {
    pub(crate) products: Vec<Product>,
    pub(crate) pages: Vec<PageSetup>,
    pub(crate) currency: &'static str,
    pub(crate) change: Box<dyn Fn(&mut Settings)>,
    pub(crate) operator: &'static [(&'static str, &'static str)],
}

impl Scene {
    /// A shop in US dollars that sells these, one Page, and the stories' own settings.
    pub(crate) fn of(products: Vec<Product>) -> Self {
        let pages = vec![PageSetup::new(PAGE, "Nordlys")];
        Self { products, pages, currency: "USD", change: Box::new(|_settings| {}), operator: &[] }
    }

    /// With these Pages.
    pub(crate) fn with_pages(self, pages: Vec<PageSetup>) -> Self {
        Self { pages, ..self }
    }

    /// A shop whose prices are in this currency.
    pub(crate) fn in_currency(self, currency: &'static str) -> Self {
        Self { currency, ..self }
    }

    /// With other settings; they hold after a restart too.
    pub(crate) fn set(self, change: impl Fn(&mut Settings) + 'static) -> Self {
        Self { change: Box::new(change), ..self }
    }

    /// With these options of the operator's beside the usual ones.
    pub(crate) fn configured(self, operator: &'static [(&'static str, &'static str)]) -> Self {
        Self { operator, ..self }
    }

    /// Nothing is connected yet.
    pub(crate) async fn unconnected(self) -> World {
        World::open(self).await
    }

    /// Shop and Page are connected, the catalogue is read.
    pub(crate) async fn connected(self) -> World {
        let world = World::open(self).await;
        world.connect().await;
        world
    }
}

pub(crate) fn store(products: Vec<Product>, currency: &str, name: &str) -> Store {
    let shop = ShopInfo {
        id: 7_001,
        name: name.to_owned(),
        domain: SHOP.to_owned(),
        currency: currency.to_owned(),
        timezone: "America/New_York".to_owned(),
        ..ShopInfo::default()
    };
    let products = products.into_iter().map(|product| (product.id, product)).collect();
    Store { shop, products, ..Store::default() }
}

/// What the platforms are told of the product at this address.
pub(crate) fn fakes(
    app_url: &str,
    store: Store,
    pages: Vec<PageSetup>,
    clock: Arc<dyn Clock>,
) -> SandboxOptions {
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
        allowance: Allowance::DEVELOPMENT,
        bucket: BucketSetup::new(BUCKET_KEY, BUCKET_SECRET),
        shopper: "Ana".to_owned(),
        control_path: "a-path-nobody-guesses".to_owned(),
        retry_pauses: vec![Duration::ZERO],
        waits: Waits::UNTIL_LET_GO,
        clock,
        entropy: Arc::new(SeededEntropy::new(11)) as Arc<dyn Entropy>,
    }
}

/// The settings of all stories: nothing is waited for that a story is not about.
pub(crate) fn settings_of(
    app_url: &str,
    sandbox: &Sandbox,
    folder: &TempDir,
    operator: &'static [(&'static str, &'static str)],
) -> Config {
    let data = folder.path().join("data");
    let shopify_url = sandbox.shopify_url_template();
    let mut values = vec![
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
        ("SHOPCLERK_LOGINS_PER_MINUTE", "0"),
        ("SHOPCLERK_CALLBACKS_PER_MINUTE", "0"),
        ("SHOPCLERK_HANDSHAKES_PER_MINUTE", "0"),
    ];
    let place = |value| if value == OBJECTS_URL { sandbox.objects_url() } else { value };
    values.extend(operator.iter().map(|(name, value)| (*name, place(*value))));
    if operator.iter().any(|(name, _)| *name == "AGENT_MODEL") {
        values.push(("AGENT_ENDPOINT", sandbox.model_url()));
    }
    let mut config = Config::load(&Sources::only(&values).unwrap()).unwrap();
    config.settings.settle.quiet_ms = 0;
    config.settings.mirror_delay = Duration::ZERO;
    config.settings.index_delay = Duration::ZERO;
    config.settings.reseal_pause = Duration::ZERO;
    config.settings.poll_spread = Duration::ZERO;
    config.settings.check_wait = Duration::ZERO;
    config
}
