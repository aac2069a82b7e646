//! Platforms that answer at once with canned words, keep each shop's allowance as Shopify does, and write down whoever asks for more
//! than there is. Where their work must not be counted as ours, they are a process of their own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::start::now;

/// What a development shop has: points at most, and points that come back each second.
const MOST: f64 = 2_000.0;
const PER_SECOND: f64 = 100.0;
/// What a page of products is reckoned at (measured on the sandbox's schema), and anything else.
const PAGE_COST: f64 = 420.0;
const OTHER_COST: f64 = 12.0;
/// Calls that one Page may be asked for within a minute: far below Meta's day.
const PAGE_CALLS: u32 = 60;

#[derive(Default)]
struct Journal {
    calls: u64,
    refused: u64,
    /// The least that was ever left in a shop's bucket.
    least: f64,
    buckets: HashMap<String, (f64, f64)>,
    pages: HashMap<String, Asked>,
}

/// How a Page was asked what it is.
#[derive(Clone, Copy)]
struct Asked {
    calls: u32,
    last: Instant,
}

/// Shopify and the Pages of Meta.
pub(crate) struct Platforms {
    begun: Instant,
    page_of_products: String,
    fields: String,
    journal: Mutex<Journal>,
}

/// Serves until the process is killed; prints its address first.
#[expect(clippy::print_stdout, reason = "the address is what the parent waits for")]
pub(crate) fn run(products: u32) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let router = Platforms::open(products).router();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    })
}

/// Serves in this process until it ends; answers with the address.
#[expect(clippy::disallowed_methods, reason = "a bench's own servers end with it")]
pub(crate) async fn serve(router: Router) -> anyhow::Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

impl Platforms {
    /// With so many products in each shop.
    pub(crate) fn open(products: u32) -> Arc<Self> {
        Arc::new(Self {
            begun: now(),
            page_of_products: page_of_products(products).to_string(),
            fields: installed().to_string(),
            journal: Mutex::new(Journal { least: MOST, ..Journal::default() }),
        })
    }

    /// Their addresses.
    pub(crate) fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/shop/{shop}/admin/api/{version}/graphql.json", post(shop))
            .route("/meta/{version}/{page}", get(page))
            .route("/meta/{version}/{page}/subscribed_apps", get(fields))
            .route("/journal", get(journal))
            .with_state(self)
    }

    /// When a Page was last asked what it is.
    pub(crate) fn asked(&self, page: &str) -> Option<Instant> {
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        journal.pages.get(page).map(|asked| asked.last)
    }
}

async fn shop(
    State(platforms): State<Arc<Platforms>>,
    Path((shop, _)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let asks_for_products = body.windows(14).any(|window| window == b"\"ProductsPage\"");
    let (cost, data) =
        if asks_for_products { (PAGE_COST, platforms.page_of_products.as_str()) } else { (OTHER_COST, SHOP) };
    let left = platforms.pay(&shop, cost);
    let status = json!({ "maximumAvailable": MOST, "currentlyAvailable": left.unwrap_or(0.0), "restoreRate": PER_SECOND });
    let cost = json!({ "requestedQueryCost": cost, "actualQueryCost": cost, "throttleStatus": status });
    let extensions = json!({ "cost": cost });
    answer(match left {
        Some(_) => format!(r#"{{"data":{data},"extensions":{extensions}}}"#),
        None => {
            format!(
                r#"{{"errors":[{{"message":"Throttled","extensions":{{"code":"THROTTLED"}}}}],"extensions":{extensions}}}"#
            )
        }
    })
}

async fn page(State(platforms): State<Arc<Platforms>>, Path((_, page)): Path<(String, String)>) -> Response {
    platforms.count(&page);
    answer(format!(r#"{{"id":"{page}","name":"Page {page}","category":"Home goods store","fan_count":12}}"#))
}

async fn fields(
    State(platforms): State<Arc<Platforms>>,
    Path((_, page)): Path<(String, String)>,
) -> Response {
    platforms.count(&page);
    answer(platforms.fields.clone())
}

async fn journal(State(platforms): State<Arc<Platforms>>) -> Response {
    let journal = platforms.journal.lock().unwrap_or_else(PoisonError::into_inner);
    let busiest = journal.pages.values().map(|asked| asked.calls).max().unwrap_or(0);
    answer(
        json!({ "calls": journal.calls, "refused": journal.refused, "least_left": journal.least, "busiest_page": busiest })
            .to_string(),
    )
}

pub(crate) fn answer(body: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

impl Platforms {
    /// Takes the cost out of the shop's bucket; `None` when it holds less.
    fn pay(&self, shop: &str, cost: f64) -> Option<f64> {
        let at = self.begun.elapsed().as_secs_f64();
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        journal.calls += 1;
        let bucket = journal.buckets.entry(shop.to_owned()).or_insert((MOST, at));
        let filled = (bucket.0 + (at - bucket.1) * PER_SECOND).min(MOST);
        let left = filled - cost;
        *bucket = (if left < 0.0 { filled } else { left }, at);
        journal.least = journal.least.min(left);
        if left < 0.0 {
            journal.refused += 1;
            return None;
        }
        Some(left)
    }

    fn count(&self, page: &str) {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        journal.calls += 1;
        let at = now();
        let asked = journal.pages.entry(page.to_owned()).or_insert(Asked { calls: 0, last: at });
        *asked = Asked { calls: asked.calls + 1, last: at };
        if asked.calls > PAGE_CALLS {
            journal.refused += 1;
        }
    }
}

const SHOP: &str = r#"{"shop":{"name":"A shop","url":"https://shop.example","primaryDomain":{"url":"https://shop.example"},"currencyCode":"USD","ianaTimezone":"UTC"},"currentAppInstallation":{"accessScopes":[{"handle":"read_products"}]}}"#;

fn page_of_products(count: u32) -> Value {
    let product = |number: u32| {
        json!({
            "id": format!("gid://shopify/Product/{}", number + 1), "handle": format!("product-{number}"),
            "title": format!("Product {number}"), "descriptionHtml": "<p>Warm, soft and made to last.</p>",
            "vendor": "Shop", "productType": "Throw", "tags": ["warm", "soft"], "status": "ACTIVE",
            "onlineStoreUrl": format!("https://shop.example/products/product-{number}"), "isGiftCard": false,
            "requiresSellingPlan": false, "updatedAt": "2026-11-01T00:00:00Z",
            "options": [{ "name": "Title", "optionValues": [{ "name": "Default Title" }] }],
            "variants": {
                "nodes": [{
                    "id": format!("gid://shopify/ProductVariant/{}", number + 1), "price": "24.90",
                    "availableForSale": true, "inventoryQuantity": 7, "inventoryPolicy": "DENY",
                    "selectedOptions": [{ "name": "Title", "value": "Default Title" }],
                    "inventoryItem": { "id": format!("gid://shopify/InventoryItem/{}", number + 1), "tracked": true },
                }],
                "pageInfo": { "hasNextPage": false },
            },
        })
    };
    let nodes: Vec<Value> = (0..count).map(product).collect();
    json!({ "products": { "nodes": nodes, "pageInfo": { "hasNextPage": false } } })
}

fn installed() -> Value {
    json!({ "data": [{ "id": crate::merchants::APP_ID, "subscribed_fields": shopclerk_flows::wiring::PAGE_FIELDS }] })
}
