//! A running fake for this folder's tests: a small shop, a clock that stands still, and a receiver for webhooks.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use bytes::Bytes;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use shopclerk_domain::clock::{Clock, ManualClock, Timestamp};
use shopclerk_domain::entropy::SeededEntropy;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use super::store::{
    Buyers, Collection, Discount, Gives, Goods, Image, Minimum, Product, ShopInfo, Status, Store, Variant,
};
use super::{Allowance, ShopifyFake, ShopifyOptions};
use crate::deliver::Deliveries;
use crate::fault::{Faults, Waits};
use crate::journal::Journal;
use crate::state::StateFile;

pub(super) const SHOP: &str = "fjord.myshopify.com";
pub(super) const REDIRECT: &str = "http://127.0.0.1:9/shopify/callback?from=shopify";
pub(super) const SCOPES: &str = "read_products,read_inventory";
/// 2026-11-21T11:00:00Z.
pub(super) const NOW: i64 = 1_795_258_800_000;
/// Ids beyond what a float holds.
pub(super) const BIG: u64 = 9_007_199_254_741_000;

/// A delivery as the app received it.
pub(super) type Received = (HeaderMap, Bytes);

/// The fake on a loopback port.
pub(super) struct Stage {
    pub(super) fake: Arc<ShopifyFake>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) journal: Journal,
    pub(super) deliveries: Deliveries,
    pub(super) http: reqwest::Client,
    pub(super) base: String,
    pub(super) hook_url: String,
    received: Arc<Mutex<Vec<Received>>>,
    tasks: TaskTracker,
}

impl Stage {
    /// The fake with the little shop.
    pub(super) async fn set() -> Self {
        Self::with(little_shop(), StateFile::in_memory(), StateFile::in_memory()).await
    }

    /// The fake with this shop and these files.
    pub(super) async fn with(store: Store, state: StateFile, catalogue: StateFile) -> Self {
        let tasks = TaskTracker::new();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(NOW)));
        let journal = Journal::in_memory(Arc::clone(&clock) as Arc<dyn Clock>);
        let deliveries = Deliveries::start(
            journal.clone(),
            Faults::none(journal.clone(), Waits::UNTIL_LET_GO),
            &tasks,
            vec![Duration::ZERO; 2],
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let fake = ShopifyFake::open(ShopifyOptions {
            client_id: "app-key".to_owned(),
            client_secret: "app-secret".to_owned(),
            redirect_uris: vec![REDIRECT.to_owned()],
            base_url: base.clone(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(SeededEntropy::new(1)),
            journal: journal.clone(),
            deliveries: deliveries.clone(),
            state,
            catalogue,
            files: |path| {
                (path == "sample/lamp.svg").then_some(("image/svg+xml", Cow::Borrowed(b"<svg/>".as_slice())))
            },
            allowance: Allowance::DEVELOPMENT,
        })
        .unwrap();
        if fake.shops().is_empty() {
            fake.add_store(store).unwrap();
        }
        tasks.spawn(axum::serve(listener, fake.router()).into_future());

        let received = Arc::new(Mutex::new(Vec::new()));
        let hooks = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hook_url = format!("http://{}/shopify/webhook", hooks.local_addr().unwrap());
        let router = Router::new().route("/shopify/webhook", post(receive)).with_state(Arc::clone(&received));
        tasks.spawn(axum::serve(hooks, router).into_future());
        let http = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { fake, clock, journal, deliveries, http, base, hook_url, received, tasks }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/{SHOP}{path}", self.base)
    }

    /// Walks the consent page and gives the callback's parameters.
    pub(super) async fn install(&self) -> BTreeMap<String, String> {
        let answer =
            self.http.post(self.authorize_url(SCOPES)).form(&[("decision", "install")]).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        let target = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        target.query_pairs().into_owned().collect()
    }

    pub(super) fn authorize_url(&self, scopes: &str) -> String {
        let mut url = url::Url::parse(&self.url("/admin/oauth/authorize")).unwrap();
        url.query_pairs_mut()
            .append_pair("client_id", "app-key")
            .append_pair("scope", scopes)
            .append_pair("redirect_uri", REDIRECT)
            .append_pair("state", "a-state");
        url.to_string()
    }

    /// Asks the token endpoint as the app would.
    pub(super) async fn token(&self, fields: Value) -> (u16, Value) {
        let mut body = json!({ "client_id": "app-key", "client_secret": "app-secret" });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let answer = self.http.post(self.url("/admin/oauth/access_token")).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// An expiring pair for `SCOPES`.
    pub(super) async fn pair(&self) -> (String, String) {
        let code = self.install().await["code"].clone();
        let (status, body) = self.token(json!({ "code": code, "expiring": "1" })).await;
        assert_eq!(status, 200, "{body}");
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        (text("access_token"), text("refresh_token"))
    }

    /// A token for these scopes that never ends.
    pub(super) async fn static_token(&self, scopes: &str) -> String {
        let answer = self.http.post(self.authorize_url(scopes)).send().await.unwrap();
        let target = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        let code = target.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let (_, body) = self.token(json!({ "code": code })).await;
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// Posts a query.
    pub(super) async fn post(&self, token: &str, version: &str, body: &Value) -> reqwest::Response {
        let url = self.url(&format!("/admin/api/{version}/graphql.json"));
        self.http.post(url).header("x-shopify-access-token", token).json(body).send().await.unwrap()
    }

    /// Posts a query and reads the answer, which is HTTP 200 for all errors of the query itself.
    pub(super) async fn ask(&self, token: &str, query: &str, variables: Value) -> Value {
        let answer = self.post(token, "2026-04", &json!({ "query": query, "variables": variables })).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// What the app has received once nothing is on its way.
    pub(super) async fn received(&self) -> Vec<Received> {
        self.deliveries.idle().await;
        self.received.lock().unwrap().clone()
    }

    /// Stops the listeners with the runtime; nothing of this stage waits.
    pub(super) fn close(self) {
        self.deliveries.stop();
        self.tasks.close();
    }
}

async fn receive(State(received): State<Arc<Mutex<Vec<Received>>>>, headers: HeaderMap, body: Bytes) {
    received.lock().unwrap().push((headers, body));
}

/// Four products, a collection and every oddity the tests name.
pub(super) fn little_shop() -> Store {
    let shop = ShopInfo {
        id: BIG,
        name: "Fjord & Co".to_owned(),
        domain: SHOP.to_owned(),
        currency: "USD".to_owned(),
        timezone: "Europe/Oslo".to_owned(),
        description: "Things from the coast".to_owned(),
        email: "hello@fjord.example".to_owned(),
    };
    let lamp = Product {
        title: "Harbour Lamp <script>".to_owned(),
        description_html: "<p>Warm light &amp; <b>oak</b>.</p><script>alert(1)</script>".to_owned(),
        options: vec!["Size".to_owned()],
        tags: vec!["gift".to_owned(), "light".to_owned()],
        images: vec![Image { url: "sample/lamp.svg".to_owned(), alt: "A lamp".to_owned() }],
        collections: vec!["gifts".to_owned()],
        metafields: [("material".to_owned(), "oak".to_owned())].into(),
        variants: vec![
            Variant { compare_at_price: Some("60.00".to_owned()), ..variant(11, "Small", "49.90", 3) },
            variant(12, "Large", "89", 0),
        ],
        ..product(1, "harbour-lamp")
    };
    let hidden = Product { status: Status::Unlisted, ..product(3, "secret-mug") };
    let draft = Product { status: Status::Draft, published: false, ..product(4, "draft-vase") };
    let products = [lamp, product(2, "sea-candle"), hidden, draft];
    let gifts = Collection {
        id: BIG + 900,
        handle: "gifts".to_owned(),
        title: "Gifts".to_owned(),
        description: "To give < and keep".to_owned(),
        updated_at: NOW - 5_000,
    };
    Store {
        shop,
        products: products.into_iter().map(|product| (product.id, product)).collect(),
        collections: [("gifts".to_owned(), gifts)].into(),
        discounts: discounts().into_iter().map(|discount| (discount.id, discount)).collect(),
    }
}

/// A discount of each kind, and for each kind of goods, buyers and minimum.
fn discounts() -> Vec<Discount> {
    let one = |number: u64, code: &str, gives: Gives| Discount {
        id: BIG + 700 + number,
        title: format!("Discount {number}"),
        codes: (!code.is_empty()).then(|| code.to_owned()).into_iter().collect(),
        gives,
        starts_at: NOW - 1_000,
        created_at: NOW - 2_000,
        updated_at: NOW - 1_000 + i64::try_from(number).unwrap(),
        ..Discount::default()
    };
    let percent = || Gives::Percent("0.15".to_owned());
    let amount = |each: bool| {
        if each { Gives::AmountEach("5.00".to_owned()) } else { Gives::Amount("5.00".to_owned()) }
    };
    let more = || Gives::OneMore { buy: 2, percent: "1".to_owned() };
    vec![
        Discount { on: Goods::Collections(vec!["gifts".to_owned()]), ..one(0, "", percent()) },
        Discount { minimum: Minimum::Subtotal("50".to_owned()), ..one(1, "TEN", percent()) },
        Discount { on: Goods::Products(vec![BIG + 1]), ..one(2, "", amount(false)) },
        Discount { on: Goods::Variants(vec![BIG + 11]), ..one(3, "FIVE", amount(true)) },
        Discount { minimum: Minimum::Quantity(3), ..one(4, "", Gives::FreeShipping) },
        one(5, "POST", Gives::FreeShipping),
        one(6, "", more()),
        one(7, "MORE", more()),
        one(8, "", Gives::App),
        one(9, "APP", Gives::App),
        Discount { buyers: Buyers::Segment("Regulars".to_owned()), ..one(10, "VIP", percent()) },
        Discount { buyers: Buyers::Customer("Ana".to_owned()), ..one(11, "ANA", percent()) },
        Discount { ends_at: Some(NOW - 1), ..one(12, "OVER", percent()) },
        Discount { starts_at: NOW + 1_000, ..one(13, "SOON", percent()) },
    ]
}

/// A plain product with one variant.
pub(super) fn product(number: u64, handle: &str) -> Product {
    Product {
        id: BIG + number,
        handle: handle.to_owned(),
        title: handle.replace('-', " "),
        vendor: "Fjord".to_owned(),
        published: true,
        created_at: NOW - 1_000_000,
        updated_at: NOW - 100_000 + i64::try_from(number).unwrap() * 1_000,
        variants: vec![Variant { options: Vec::new(), ..variant(number * 10 + 1, "", "19.00", 5) }],
        ..Product::default()
    }
}

/// A variant with one chosen value.
pub(super) fn variant(number: u64, value: &str, price: &str, quantity: i64) -> Variant {
    Variant {
        id: BIG + number,
        inventory_item_id: BIG + 5_000 + number,
        options: vec![value.to_owned()],
        sku: format!("F-{number}"),
        price: price.to_owned(),
        tracked: true,
        quantity,
        requires_shipping: true,
        updated_at: NOW - 100_000,
        ..Variant::default()
    }
}
