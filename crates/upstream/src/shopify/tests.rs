//! Signed addresses, webhooks, and what the client asks a shop.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use shopclerk_domain::clock::ManualClock;
use shopclerk_domain::customer::Customer;
use shopclerk_domain::event::{DedupKey, ShopHint};
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::money::Currency;

use super::oauth::CallbackError;
use super::subscriptions::{Subscribed, TOPICS};
use super::webhook::ReadWebhook;
use super::*;
use crate::UpstreamError;
use crate::canned::{Canned, Reply, client};
use crate::signing::hex_of;

/// The moment at which the published example was signed.
const SIGNED: Timestamp = Timestamp::from_millis(1_337_178_173_000);
const EXAMPLE: &str =
    "shop=some-shop.myshopify.com&code=a94a110d86d2452eb3e2af4cfb8a3828&timestamp=1337178173";
const EXAMPLE_HMAC: &str = "2cb1a277650a659f1b11e92a4a64275b128e037f2c3390e3c8fd2d8721dac9e2";

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn settings() -> ShopifySettings {
    ShopifySettings {
        url_template: URL_TEMPLATE.to_owned(),
        api_version: "2026-04".to_owned(),
        api_key: "key-1".to_owned(),
        api_secret: secret("hush"),
        previous_secret: None,
        scopes: vec!["read_products".to_owned(), "read_discounts".to_owned()],
    }
}

fn shopify() -> Shopify {
    Shopify::new(settings(), client().0)
}

fn shopify_at(vendor: &Canned) -> (Shopify, Arc<ManualClock>) {
    let (http, clock) = client();
    (
        Shopify::new(
            ShopifySettings { url_template: format!("{}/{{shop}}", vendor.url()), ..settings() },
            http,
        ),
        clock,
    )
}

fn shop() -> ShopDomain {
    ShopDomain::parse("some-shop.myshopify.com").unwrap()
}

/// `query` with a good signature over `text`.
fn signed(query: &str, text: &str) -> String {
    format!("{query}&hmac={}", hex_of(&secret("hush"), text.as_bytes()))
}

fn checked(query: &str) -> Result<String, CallbackError> {
    shopify().verify_callback(query, SIGNED).map(|params| params.shop.to_string())
}

#[test]
fn t18_the_published_example_holds_in_any_order() {
    let good = format!("{EXAMPLE}&hmac={EXAMPLE_HMAC}");
    let params = shopify().verify_callback(&good, SIGNED).unwrap();
    assert_eq!(params.shop, shop());
    assert_eq!(params.code.unwrap().expose(), "a94a110d86d2452eb3e2af4cfb8a3828");
    assert_eq!((params.state, params.host), (None, None));

    let mut parts: Vec<&str> = good.split('&').collect();
    parts.reverse();
    assert!(checked(&parts.join("&")).is_ok());
    assert!(checked(&good.replace(EXAMPLE_HMAC, &EXAMPLE_HMAC.to_uppercase())).is_ok());
    assert!(checked(&format!("{good}&signature=whatever")).is_ok());
    assert!(checked(&good.replace("some-shop", "some%2Dshop")).is_ok());
}

#[test]
fn t18_a_changed_doubled_dropped_or_added_parameter_is_refused() {
    let good = format!("{EXAMPLE}&hmac={EXAMPLE_HMAC}");
    for (query, error) in [
        (good.replace("a94a", "a94b"), CallbackError::BadHmac),
        (good.replace("some-shop", "other-shop"), CallbackError::BadHmac),
        (good.replace("1337178173", "1337178174"), CallbackError::BadHmac),
        (good.replace("2cb1", "2cb2"), CallbackError::BadHmac),
        (good.replace("code=a94a110d86d2452eb3e2af4cfb8a3828&", ""), CallbackError::BadHmac),
        (good.replace("&timestamp=1337178173", ""), CallbackError::BadHmac),
        (format!("{good}&extra=1"), CallbackError::BadHmac),
        (format!("{good}&ids[]=1"), CallbackError::BadHmac),
        (EXAMPLE.to_owned(), CallbackError::BadHmac),
        (format!("{EXAMPLE}&hmac="), CallbackError::BadHmac),
        (format!("{EXAMPLE}&hmac={}", &EXAMPLE_HMAC[1..]), CallbackError::BadHmac),
        (format!("{EXAMPLE}&hmac={}", &EXAMPLE_HMAC[2..]), CallbackError::BadHmac),
        (format!("{EXAMPLE}&hmac={EXAMPLE_HMAC}00"), CallbackError::BadHmac),
        (format!("{EXAMPLE}&hmac={}", "g".repeat(64)), CallbackError::BadHmac),
        (format!("{EXAMPLE}&hmac={}", "é".repeat(32)), CallbackError::BadHmac),
        (good.replace("some-shop", "some%252Dshop"), CallbackError::BadShop),
        (format!("{good}&hmac={EXAMPLE_HMAC}"), CallbackError::Doubled),
        (format!("{good}&shop=some-shop.myshopify.com"), CallbackError::Doubled),
        (format!("{good}&code=1"), CallbackError::Doubled),
        (format!("{good}&host=1&host=1"), CallbackError::Doubled),
        (format!("{good}&signature=1&signature=2"), CallbackError::Doubled),
        (format!("{good}&ids[]=1&ids=2"), CallbackError::Doubled),
        (format!("{good}&ids=1&ids[]=2"), CallbackError::Doubled),
        ("code=1&timestamp=1337178173".to_owned(), CallbackError::Missing),
        (String::new(), CallbackError::Missing),
    ] {
        assert_eq!(checked(&query), Err(error), "{query}");
    }
}

#[test]
fn t18_a_hostile_shop_is_refused_though_the_signature_is_right() {
    for shop in [
        "evil.example",
        "some-shop.myshopify.com.evil.example",
        "some-shop.myshopify.com%2F",
        "x%40evil.com",
        "-a.myshopify.com",
    ] {
        let query = format!("code=1&shop={shop}&timestamp=1337178173");
        let decoded = query.replace("%2F", "/").replace("%40", "@");
        assert_eq!(checked(&signed(&query, &decoded)), Err(CallbackError::BadShop), "{shop}");
    }
}

#[test]
fn t18_a_stamp_holds_for_five_minutes_either_way() {
    let good = format!("{EXAMPLE}&hmac={EXAMPLE_HMAC}");
    for (seconds, holds) in [(0, true), (300, true), (301, false), (86_400 * 365, false)] {
        let span = Duration::from_secs(seconds);
        assert_eq!(shopify().verify_callback(&good, SIGNED.plus(span)).is_ok(), holds, "{seconds}");
        assert_eq!(shopify().verify_callback(&good, SIGNED.minus(span)).is_ok(), holds, "-{seconds}");
    }
    for stamp in ["", "abc", "-1", "+1337178173", "1337178173.5", "99999999999999999999"] {
        let query = format!("shop=some-shop.myshopify.com&timestamp={stamp}");
        assert_eq!(
            checked(&signed(&query.replace('+', "%2B"), &query)),
            Err(CallbackError::Stale),
            "{stamp}"
        );
    }
    let none = "shop=some-shop.myshopify.com";
    assert_eq!(checked(&signed(none, none)), Err(CallbackError::Stale));
}

#[test]
fn t18_values_are_decoded_once_and_escaped_before_they_are_signed() {
    let rest = "shop=some-shop.myshopify.com&timestamp=1337178173";
    for (query, text) in [
        (format!("code=a%2Bb&{rest}"), format!("code=a+b&{rest}")),
        (format!("code=a+b&{rest}"), format!("code=a b&{rest}")),
        (format!("code=a%26shop%3Dx&{rest}"), format!("code=a%26shop=x&{rest}")),
        (format!("code=50%25&{rest}"), format!("code=50%25&{rest}")),
        (format!("a%3Db%26c=1&{rest}"), format!("a%3Db%26c=1&{rest}")),
        (format!("ids[]=2&ids[]=1&{rest}"), format!("ids=[\"2\", \"1\"]&{rest}")),
        (format!("ids%5B%5D=2&{rest}"), format!("ids=[\"2\"]&{rest}")),
        (format!("code=%C3%A9&{rest}"), format!("code=é&{rest}")),
        (format!("empty=&{rest}"), format!("empty=&{rest}")),
    ] {
        assert!(checked(&signed(&query, &text)).is_ok(), "{query}");
    }
}

#[test]
fn t03_a_callback_signed_with_the_secret_before_holds_until_its_end() {
    let rotated = ShopifySettings {
        api_secret: secret("new"),
        previous_secret: Some((secret("hush"), SIGNED)),
        ..settings()
    };
    let shopify = Shopify::new(rotated, client().0);
    let good = format!("{EXAMPLE}&hmac={EXAMPLE_HMAC}");
    assert!(shopify.verify_callback(&good, SIGNED).is_ok());
    let later = SIGNED.plus(Duration::from_secs(1));
    assert_eq!(shopify.verify_callback(&good, later).unwrap_err(), CallbackError::BadHmac);
}

#[test]
fn the_state_can_be_read_before_anything_is_believed() {
    let state = |query: &str| shopify().presented_state(query);
    assert_eq!(state("code=1&shop=some-shop.myshopify.com&state=s-1&hmac=wrong"), Ok("s-1".to_owned()));
    for query in [
        "",
        "code=1&state=s-1",
        "shop=a.myshopify.com&state=s",
        "shop=a.myshopify.com&code=1",
        "shop=a.myshopify.com&code=1&state=",
    ] {
        assert_eq!(state(query), Err(CallbackError::Missing), "{query}");
    }
    assert_eq!(state("code=1&shop=evil.example&state=s-1"), Err(CallbackError::BadShop));
    assert_eq!(state("code=1&shop=a.myshopify.com&state=s-1&state=s-2"), Err(CallbackError::Doubled));
}

#[test]
fn a_browser_is_sent_to_the_shop_itself() {
    let address = shopify().authorize_address(&shop(), "https://clerk.example/shopify/callback", "s-1");
    assert_eq!(
        address,
        "https://some-shop.myshopify.com/admin/oauth/authorize?client_id=key-1&scope=read_products%2Cread_discounts\
         &redirect_uri=https%3A%2F%2Fclerk.example%2Fshopify%2Fcallback&state=s-1"
    );
}

fn webhook_hmac(body: &[u8]) -> String {
    STANDARD.encode(hex::decode(hex_of(&secret("hush"), body)).unwrap())
}

#[test]
fn t01_a_webhook_is_signed_in_base64_exactly_once() {
    let (shopify, body) = (shopify(), br#"{"id":1,"title":"a\/b \u003c"}"#.as_slice());
    let good = webhook_hmac(body);
    let hex = hex_of(&secret("hush"), body);
    assert!(shopify.verify_webhook(&[good.as_bytes()], body, SIGNED));
    for bad in [
        String::new(),
        good.trim_end_matches('=').to_owned(),
        format!("{good}="),
        format!(" {good}"),
        format!("{good}\n"),
        format!("sha256={good}"),
        format!("sha1={good}"),
        good[4..].to_owned(),
        good.replace(&good[..1], if good.starts_with('A') { "B" } else { "A" }),
        good.replace(['+', '/'], "-"),
        STANDARD.encode(&hex),
        STANDARD.encode([0; 32]),
        STANDARD.encode([0; 20]),
        webhook_hmac(b"{}"),
        hex,
        "é".to_owned(),
    ]
    .into_iter()
    .filter(|bad| *bad != good)
    {
        assert!(!shopify.verify_webhook(&[bad.as_bytes()], body, SIGNED), "{bad}");
    }
    assert!(!shopify.verify_webhook(&[], body, SIGNED));
    assert!(!shopify.verify_webhook(&[good.as_bytes(), good.as_bytes()], body, SIGNED));
    assert!(!shopify.verify_webhook(&[b"\xff"], body, SIGNED));
    assert!(!shopify.verify_webhook(&[good.as_bytes()], br#"{"id":1,"title":"a/b <"}"#, SIGNED));
}

#[test]
fn t02_both_spellings_of_the_header_count_but_not_together() {
    let (body, good) = (b"{}", webhook_hmac(b"{}"));
    let verified = |names: &[&str]| {
        let mut headers = HeaderMap::new();
        for name in names {
            headers.append(HeaderName::try_from(*name).unwrap(), good.parse().unwrap());
        }
        shopify().verify_delivery(&headers, body, SIGNED)
    };
    assert!(verified(&["X-Shopify-Hmac-Sha256"]));
    assert!(verified(&["shopify-hmac-sha256"]));
    assert!(!verified(&["x-shopify-hmac-sha256", "shopify-hmac-sha256"]));
    assert!(!verified(&["x-hub-signature-256"]));
    assert!(!verified(&[]));
}

fn headers(topic: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("x-shopify-topic", topic),
        ("x-shopify-shop-domain", "some-shop.myshopify.com"),
        ("x-shopify-webhook-id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"),
        ("x-shopify-event-id", "98880550-7158-44d4-b7cd-2c97c8a091b5"),
        ("x-shopify-triggered-at", "2026-11-21T11:00:00.123456789Z"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    headers
}

fn heard(headers: &HeaderMap, body: &str) -> ReadWebhook {
    shopify().read_delivery(headers, body.as_bytes(), SIGNED)
}

fn keys(headers: &HeaderMap, body: &str) -> Vec<DedupKey> {
    match heard(headers, body) {
        ReadWebhook::Event(event) => event.dedup,
        ReadWebhook::Broken { why } => panic!("{why}"),
    }
}

#[test]
fn each_topic_is_a_hint_at_what_to_read_again() {
    let changed = |id| ShopHint::ProductChanged(ProductId::new(id));
    let other = |topic: &str| ShopHint::Other(topic.to_owned());
    let john = Customer { email: Some("john@example.com".to_owned()), phone: None };
    for (topic, body, hint) in [
        ("products/create", r#"{"id":9007199254740993}"#, changed(9_007_199_254_740_993)),
        ("products/update", r#"{"id":1,"updated_at":"2026-11-21T10:00:00Z","variants":[]}"#, changed(1)),
        ("products/update", r#"{"id":"1"}"#, changed(1)),
        ("products/delete", r#"{"id":1}"#, ShopHint::ProductDeleted(ProductId::new(1))),
        ("variants/out_of_stock", r#"{"id":2,"product_id":1}"#, changed(1)),
        (
            "inventory_levels/update",
            r#"{"inventory_item_id":70,"location_id":1,"available":5}"#,
            ShopHint::StockChanged(70),
        ),
        ("collections/update", r#"{"id":3}"#, ShopHint::ShopChanged),
        (
            "shop/update",
            r#"{"id":4,"domain":"nordlys.example","myshopify_domain":"some-shop.myshopify.com"}"#,
            ShopHint::ShopChanged,
        ),
        ("app/uninstalled", r#"{"myshopify_domain":"some-shop.myshopify.com"}"#, ShopHint::Removed),
        ("shop/redact", r#"{"shop_id":1,"shop_domain":"Some-Shop.myshopify.com"}"#, ShopHint::Erased),
        (
            "customers/redact",
            r#"{"shop_domain":"some-shop.myshopify.com","customer":{"email":"john@example.com"}}"#,
            ShopHint::CustomerErased { number: 0, about: john.clone() },
        ),
        (
            "customers/data_request",
            r#"{"shop_domain":"some-shop.myshopify.com","customer":{"id":1,"email":"john@example.com","phone":""},"data_request":{"id":9999}}"#,
            ShopHint::CustomerAsked { request: 9_999, about: john },
        ),
        ("app/scopes_update", r#"{"id":1,"current":["read_products"]}"#, ShopHint::ShopChanged),
        (
            "discounts/create",
            r#"{"admin_graphql_api_id":"gid://shopify/DiscountCodeNode/1"}"#,
            ShopHint::DiscountsChanged,
        ),
        ("something/new", "{}", other("something/new")),
    ] {
        let ReadWebhook::Event(event) = heard(&headers(topic), body) else { panic!("{topic}") };
        assert_eq!((event.hint, event.shop), (hint, shop()), "{topic}");
        assert_eq!((event.at.millis(), event.dedup.len()), (1_795_258_800_123, 2));
    }
}

#[test]
fn t04_headers_are_read_strictly_and_the_body_must_agree() {
    let broken = |headers: &HeaderMap, body: &str| matches!(heard(headers, body), ReadWebhook::Broken { .. });
    for name in ["x-shopify-topic", "x-shopify-shop-domain", "x-shopify-webhook-id"] {
        let mut without = headers("products/update");
        without.remove(name);
        assert!(broken(&without, r#"{"id":1}"#), "{name}");
    }
    for (name, value) in [
        ("x-shopify-topic", "products/delete"),
        ("shopify-topic", "products/update"),
        ("shopify-shop-domain", "some-shop.myshopify.com"),
        ("x-shopify-webhook-id", "2"),
        ("x-shopify-event-id", "2"),
        ("x-shopify-triggered-at", "2026-11-21T11:00:00Z"),
    ] {
        let mut doubled = headers("products/update");
        doubled.append(name, value.parse().unwrap());
        assert!(broken(&doubled, r#"{"id":1}"#), "{name}");
    }
    for (name, value) in [
        ("x-shopify-shop-domain", "evil.example"),
        ("x-shopify-shop-domain", "other-shop.myshopify.com/"),
        ("x-shopify-webhook-id", ""),
        ("x-shopify-webhook-id", "a b"),
        ("x-shopify-topic", &"x".repeat(200)),
    ] {
        let mut odd = headers("products/update");
        odd.insert(name, value.parse().unwrap());
        assert!(broken(&odd, r#"{"id":1}"#), "{name} {value}");
    }
    let mut bytes = headers("products/update");
    bytes.insert("x-shopify-event-id", HeaderValue::from_bytes(b"\xff").unwrap());
    assert!(broken(&bytes, r#"{"id":1}"#));

    for (topic, body) in [
        ("app/uninstalled", r#"{"myshopify_domain":"other-shop.myshopify.com"}"#),
        ("app/uninstalled", r#"{"domain":"some-shop.myshopify.com"}"#),
        ("app/uninstalled", r#"{"id":1,"title":"a product"}"#),
        ("shop/redact", r#"{"shop_id":1}"#),
        ("customers/redact", r#"{"shop_domain":"other-shop.myshopify.com"}"#),
        ("customers/data_request", r#"{"shop_domain":null}"#),
        ("shop/update", r#"{"myshopify_domain":"other-shop.myshopify.com"}"#),
        ("products/update", r#"{"id":1,"shop_domain":"other-shop.myshopify.com"}"#),
        ("products/update", "{}"),
        ("products/update", r#"{"id":0}"#),
        ("products/update", r#"{"id":-1}"#),
        ("products/update", r#"{"id":1.5}"#),
        ("products/delete", r#"{"id":null}"#),
        ("inventory_levels/update", r#"{"inventory_item_id":"x"}"#),
        ("products/update", "[]"),
        ("products/update", ""),
        ("products/update", "{"),
        ("products/update", &format!(r#"{{"id":{}1{}}}"#, "[".repeat(100), "]".repeat(100))),
    ] {
        assert!(broken(&headers(topic), body), "{topic} {body}");
    }
}

#[test]
fn t08_a_delivery_is_known_by_its_own_id_and_by_the_act_behind_it() {
    let first = headers("products/update");
    let again = keys(&first, r#"{"id":1,"title":"as it was"}"#);
    assert_eq!(keys(&first, r#"{"id":1}"#), again);

    let mut elsewhere = headers("products/update");
    elsewhere.insert("x-shopify-webhook-id", "other".parse().unwrap());
    let [delivery, act] = keys(&elsewhere, r#"{"id":1}"#)[..] else { panic!() };
    assert!(delivery != again[0] && act == again[1]);

    let [_, other_product] = keys(&elsewhere, r#"{"id":2}"#)[..] else { panic!() };
    let [_, other_topic] = keys(&headers("products/create"), r#"{"id":1}"#)[..] else { panic!() };
    assert!(other_product != again[1] && other_topic != again[1]);

    let mut other_shop = headers("products/update");
    other_shop.insert("x-shopify-shop-domain", "other-shop.myshopify.com".parse().unwrap());
    assert!(keys(&other_shop, r#"{"id":1}"#).iter().all(|key| !again.contains(key)));

    let mut nameless = headers("products/update");
    nameless.remove("x-shopify-event-id");
    nameless.remove("x-shopify-triggered-at");
    let ReadWebhook::Event(event) = heard(&nameless, r#"{"id":1}"#) else { panic!() };
    assert_eq!((event.dedup.len(), event.at), (1, SIGNED));
}

fn product_node(id: u64, more: bool) -> Value {
    json!({
        "id": format!("gid://shopify/Product/{id}"), "handle": format!("p-{id}"), "title": format!("P {id}"), "status": "ACTIVE",
        "updatedAt": "2026-11-20T10:00:00Z", "options": [{ "name": "Size", "optionValues": [{ "name": "S" }] }],
        "variants": variant_nodes(id * 10, more),
    })
}

fn variant_nodes(id: u64, more: bool) -> Value {
    json!({
        "nodes": [{
            "id": format!("gid://shopify/ProductVariant/{id}"), "price": "5.00", "availableForSale": true,
            "inventoryQuantity": 1, "inventoryPolicy": "DENY", "selectedOptions": [{ "name": "Size", "value": "S" }],
            "inventoryItem": { "id": format!("gid://shopify/InventoryItem/{id}"), "tracked": true },
        }],
        "pageInfo": { "hasNextPage": more, "endCursor": "v-1" },
    })
}

fn page_of(nodes: &[Value], next: Option<&str>, cost: &Value) -> String {
    let info = json!({ "hasNextPage": next.is_some(), "endCursor": next });
    json!({ "data": { "products": { "nodes": nodes, "pageInfo": info } }, "extensions": { "cost": cost } })
        .to_string()
}

fn cost(requested: u32, available: u32) -> Value {
    let status = json!({ "maximumAvailable": 2000.0, "currentlyAvailable": available, "restoreRate": 100 });
    json!({ "requestedQueryCost": requested, "actualQueryCost": requested, "throttleStatus": status })
}

fn sent(request: &str) -> Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_page_brings_what_can_be_taken_over_and_names_the_rest() {
    let bad = json!({ "id": "gid://shopify/Product/3", "handle": "broken" });
    let variants = json!({ "data": { "product": { "variants": variant_nodes(99, false) } } }).to_string();
    let page = page_of(&[product_node(1, false), product_node(2, true), bad], Some("c-1"), &cost(400, 1_600));
    let vendor = Canned::with_json(&[&page, &variants]);
    let (shopify, _) = shopify_at(&vendor);

    let since = Timestamp::from_millis(1_795_258_800_000);
    let found = shopify
        .products_page(&shop(), &secret("shpat_1"), Some("c-0"), Some(since), Currency::USD)
        .await
        .unwrap();

    let variants: Vec<usize> = found.products.iter().map(|product| product.variants.len()).collect();
    assert_eq!((variants, found.next.as_deref()), (vec![1, 2], Some("c-1")));
    assert_eq!((found.refused[0].handle.as_str(), found.cost.requested), ("broken", 400.0));
    let asked = vendor.asked();
    assert!(asked[0].starts_with("POST /some-shop.myshopify.com/admin/api/2026-04/graphql.json "));
    assert!(asked[0].contains("x-shopify-access-token: shpat_1"));
    let variables =
        json!({ "first": 100, "cursor": "c-0", "query": "updated_at:>='2026-11-21T11:00:00.000Z'" });
    assert_eq!(
        (&sent(&asked[0])["variables"], &sent(&asked[0])["operationName"]),
        (&variables, &json!("ProductsPage"))
    );
    assert_eq!(sent(&asked[1])["variables"], json!({ "id": "gid://shopify/Product/2", "cursor": "v-1" }));
}

#[tokio::test]
async fn a_page_that_costs_too_much_is_asked_for_in_smaller_pieces() {
    let dear = r#"{"errors":[{"message":"x","extensions":{"code":"MAX_COST_EXCEEDED","cost":1200,"maxCost":1000}}]}"#;
    let page = page_of(&[product_node(1, false)], None, &cost(100, 1_900));
    let vendor = Canned::with_json(&[dear, dear, &page, &page]);
    let (shopify, _) = shopify_at(&vendor);
    let token = secret("shpat_1");

    for _ in 0..2 {
        let found = shopify.products_page(&shop(), &token, None, None, Currency::USD).await.unwrap();
        assert_eq!((found.products.len(), found.next), (1, None));
    }

    let sizes: Vec<_> =
        vendor.asked().iter().map(|request| sent(request)["variables"]["first"].clone()).collect();
    assert_eq!(sizes, [100, 50, 25, 25]);
}

#[tokio::test]
async fn t15_a_shop_whose_allowance_is_spent_is_not_asked() {
    let page = page_of(&[], None, &cost(400, 100));
    let vendor = Canned::with_json(&[&page, &page]);
    let (shopify, clock) = shopify_at(&vendor);
    let token = secret("shpat_1");
    let ask = || async { shopify.products_page(&shop(), &token, None, None, Currency::USD).await };

    ask().await.unwrap();
    let wait = Some(Duration::from_secs(3));
    assert_eq!(ask().await.unwrap_err(), UpstreamError::Limited { retry_after: wait });
    assert_eq!(vendor.asked().len(), 1);

    clock.advance(Duration::from_secs(3));
    ask().await.unwrap();
}

#[tokio::test]
async fn an_answer_too_large_to_read_is_asked_for_in_smaller_pieces() {
    let huge = Reply::Json(200, format!("{{\"data\":\"{}\"}}", "x".repeat(100_000)));
    let page = page_of(&[], None, &cost(1, 2_000));
    let vendor = Canned::answering(vec![huge, Reply::Json(200, page)]);
    let (shopify, _) = shopify_at(&vendor);

    shopify.products_page(&shop(), &secret("shpat_1"), None, None, Currency::USD).await.unwrap();

    assert_eq!(sent(&vendor.asked()[1])["variables"]["first"], 50);
}

#[tokio::test]
async fn one_product_is_read_anew_or_found_gone() {
    let found = json!({ "data": { "product": product_node(1, false) } }).to_string();
    let other = json!({ "data": { "product": product_node(2, false) } }).to_string();
    let vendor = Canned::with_json(&[&found, r#"{"data":{"product":null}}"#, &other, r#"{"data":{}}"#]);
    let (shopify, _) = shopify_at(&vendor);
    let (token, id) = (secret("shpat_1"), ProductId::new(1));
    let read = || async {
        shopify.product(&shop(), &token, id, Currency::USD).await.map(|found| found.map(|it| it.title))
    };

    assert_eq!(read().await, Ok(Some("P 1".to_owned())));
    assert_eq!(read().await, Ok(None));
    assert_eq!(read().await, Err(UpstreamError::Malformed));
    assert_eq!(read().await, Err(UpstreamError::Malformed));
    assert_eq!(sent(&vendor.asked()[0])["variables"]["id"], "gid://shopify/Product/1");
}

#[tokio::test]
async fn what_is_denied_or_breaks_off_is_never_taken_for_gone() {
    let denied = r#"{"data":{"product":null},"errors":[{"extensions":{"code":"ACCESS_DENIED"}}]}"#;
    let endless = json!({ "data": { "products": { "nodes": [], "pageInfo": { "hasNextPage": true } } } });
    let vendor = Canned::with_json(&[denied, &endless.to_string()]);
    let (shopify, _) = shopify_at(&vendor);
    let token = secret("shpat_1");

    let product = shopify.product(&shop(), &token, ProductId::new(1), Currency::USD).await;
    let page = shopify.products_page(&shop(), &token, None, None, Currency::USD).await;

    assert_eq!(product, Err(UpstreamError::Refused { code: "ACCESS_DENIED".to_owned() }));
    assert_eq!(page.map(|page| page.next), Err(UpstreamError::Malformed));
}

#[tokio::test]
async fn the_shop_tells_its_facts_and_what_it_really_granted() {
    let body = json!({ "data": {
        "shop": { "name": "Nordlys", "url": "https://a.example", "primaryDomain": { "url": "https://nordlys.example" },
                  "currencyCode": "SEK", "ianaTimezone": "Europe/Stockholm" },
        "currentAppInstallation": { "accessScopes": [{ "handle": "read_products" }] },
    } });
    let odd = json!({ "data": { "shop": { "name": "Nordlys", "url": "https://a.example", "currencyCode": "EURO" } } });
    let vendor = Canned::with_json(&[&body.to_string(), &odd.to_string()]);
    let (shopify, _) = shopify_at(&vendor);

    let (facts, scopes) = shopify.shop_facts(&shop(), &secret("shpat_1")).await.unwrap();
    assert_eq!(
        (facts.name.as_str(), facts.currency.code(), facts.url.as_str()),
        ("Nordlys", "SEK", "https://nordlys.example")
    );
    assert_eq!((facts.timezone.as_str(), scopes), ("Europe/Stockholm", vec!["read_products".to_owned()]));
    assert_eq!(shopify.shop_facts(&shop(), &secret("shpat_1")).await.unwrap_err(), UpstreamError::Malformed);
}

#[tokio::test]
async fn t62_missing_subscriptions_are_made_and_all_are_read_back() {
    let callback = "https://clerk.example/shopify/webhook";
    let list = |topics: &[&str]| {
        let node = |topic: &&str| json!({ "topic": topic, "uri": callback });
        let mut nodes: Vec<Value> = topics.iter().map(node).collect();
        nodes.push(json!({ "topic": "ORDERS_CREATE", "uri": callback }));
        nodes.push(json!({ "topic": "PRODUCTS_DELETE", "uri": "https://elsewhere.example/" }));
        json!({ "data": { "webhookSubscriptions": { "nodes": nodes, "pageInfo": { "hasNextPage": false } } } }).to_string()
    };
    let all_but_two: Vec<String> =
        TOPICS[2..].iter().map(|topic| topic.replace('/', "_").to_uppercase()).collect();
    let standing: Vec<&str> = all_but_two.iter().map(String::as_str).collect();
    let made = r#"{"data":{"webhookSubscriptionCreate":{"webhookSubscription":{"id":"1"},"userErrors":[]}}}"#;
    let denied =
        r#"{"data":{"webhookSubscriptionCreate":null},"errors":[{"extensions":{"code":"ACCESS_DENIED"}}]}"#;
    let after: Vec<&str> = [&["PRODUCTS_CREATE"], &standing[..]].concat();
    let vendor = Canned::with_json(&[&list(&standing), made, denied, &list(&after)]);
    let (shopify, _) = shopify_at(&vendor);

    let Subscribed { topics, made } =
        shopify.ensure_subscriptions(&shop(), &secret("shpat_1"), callback).await.unwrap();

    assert_eq!(made, ["products/create"]);

    assert!(
        topics.contains(&"products/create".to_owned())
            && topics.contains(&"inventory_levels/update".to_owned())
    );
    assert!(!topics.contains(&"products/update".to_owned()));
    let first = &sent(&vendor.asked()[1])["variables"];
    assert_eq!((&first["topic"], &first["input"]["uri"]), (&json!("PRODUCTS_CREATE"), &json!(callback)));
}

#[tokio::test]
async fn t21_no_token_or_secret_stands_in_an_address() {
    let pair = r#"{"access_token":"shpat_2","scope":"read_products","expires_in":3600,"refresh_token":"shprt_2","refresh_token_expires_in":7776000}"#;
    let vendor = Canned::with_json(&[pair, pair]);
    let (shopify, _) = shopify_at(&vendor);

    let tokens = shopify.exchange_code(&shop(), &secret("CODE")).await.unwrap();
    shopify.refresh(&shop(), &tokens.refresh.unwrap()).await.unwrap();

    let asked = vendor.asked();
    for request in &asked {
        assert!(request.starts_with("POST /some-shop.myshopify.com/admin/oauth/access_token HTTP/1.1"));
        assert!(request.contains("client_id=key-1&client_secret=hush"));
    }
    assert!(asked[0].contains("code=CODE&expiring=1"));
    assert!(asked[1].contains("grant_type=refresh_token&refresh_token=shprt_2"));
}

proptest! {
    #[test]
    fn no_query_or_webhook_makes_the_reader_panic(query in "\\PC{0,80}", body in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(checked(&query).is_err());
        for topic in TOPICS {
            let _ = shopify_reads(topic, &body);
        }
    }
}

fn shopify_reads(topic: &str, body: &[u8]) -> bool {
    thread_local!(static SHOPIFY: Shopify = shopify());
    SHOPIFY
        .with(|shopify| matches!(shopify.read_delivery(&headers(topic), body, SIGNED), ReadWebhook::Event(_)))
}
