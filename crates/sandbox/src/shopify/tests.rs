//! The fake over real HTTP: connecting, tokens, webhooks, changes, the store's pages, and what survives a restart.

use std::time::Duration;

use serde_json::{Value, json};

use super::store::Status;
use super::testing::{BIG, NOW, REDIRECT, SHOP, Stage, little_shop, product};
use super::{ChangeError, HoldAt, ProductPatch, sign};
use crate::state::StateFile;

#[tokio::test]
async fn a_merchant_sees_who_asks_and_comes_back_with_a_signed_code() {
    let stage = Stage::set().await;

    let page = stage.http.get(stage.authorize_url("read_products")).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let page = page.text().await.unwrap();
    assert!(
        page.contains("<form method=\"post\">")
            && page.contains("View products")
            && page.contains("Fjord &amp; Co")
    );

    let mut back = stage.install().await;
    let hmac = back.remove("hmac").unwrap();
    assert_eq!(back.remove("from").as_deref(), Some("shopify"), "the app's own parameter is kept");
    let pairs: Vec<(String, String)> = back.clone().into_iter().collect();
    assert_eq!(hmac, sign::of_query(&pairs, "app-secret"));
    assert_eq!((back["shop"].as_str(), back["state"].as_str()), (SHOP, "a-state"));
    assert_eq!(back["timestamp"], (NOW / 1_000).to_string());
    stage.close();
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_the_app_did_not_register() {
    let stage = Stage::set().await;
    let good = stage.authorize_url("read_products");

    for (from, to, status) in [
        ("shopify%2Fcallback", "elsewhere", 400),
        ("client_id=app-key", "client_id=other", 400),
        ("read_products", "products", 400),
        (SHOP, "other.myshopify.com", 404),
    ] {
        for request in [stage.http.get(good.replace(from, to)), stage.http.post(good.replace(from, to))] {
            let answer = request.send().await.unwrap();
            assert_eq!(
                (answer.status().as_u16(), answer.headers().get("location")),
                (status, None),
                "{from}"
            );
        }
    }
    let cancelled = stage.http.post(good).form(&[("decision", "cancel")]).send().await.unwrap();
    assert_eq!(cancelled.status(), 200);
    assert!(!stage.fake.is_installed(SHOP));
    stage.close();
}

#[tokio::test]
async fn a_code_becomes_an_expiring_pair_once() {
    let stage = Stage::set().await;
    let code = stage.install().await["code"].clone();

    let (status, pair) = stage.token(json!({ "code": code, "expiring": "1" })).await;
    assert_eq!(status, 200);
    assert_eq!(pair["expires_in"], 3_600);
    assert_eq!(pair["refresh_token_expires_in"], 7_776_000);
    assert_eq!(pair["scope"], "read_products,read_inventory");

    let (status, again) = stage.token(json!({ "code": code, "expiring": "1" })).await;
    assert_eq!((status, &again["error"]), (400, &json!("invalid_request")));
    stage.close();
}

#[tokio::test]
async fn a_form_without_expiring_gives_a_token_without_an_end() {
    let stage = Stage::set().await;
    let code = stage.install().await["code"].clone();
    let fields = [("client_id", "app-key"), ("client_secret", "app-secret"), ("code", code.as_str())];

    let url = stage.url("/admin/oauth/access_token");
    let body: Value = stage.http.post(url).form(&fields).send().await.unwrap().json().await.unwrap();

    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["access_token", "scope"]);
    stage.close();
}

#[tokio::test]
async fn a_wrong_grant_is_refused_in_shopifys_shape() {
    let stage = Stage::set().await;
    let cases = [
        (json!({ "client_id": "other" }), 400, "application_cannot_be_found"),
        (json!({ "client_secret": "wrong" }), 400, "invalid_client"),
        (json!({ "code": "nonsense" }), 400, "invalid_request"),
        (json!({ "grant_type": "client_credentials" }), 400, "shop_not_permitted"),
        (json!({ "grant_type": "password" }), 400, "unsupported_grant_type"),
        (json!({ "grant_type": "refresh_token", "refresh_token": "dead" }), 401, "invalid_request"),
    ];
    for (fields, status, error) in cases {
        let (got, body) = stage.token(fields.clone()).await;
        assert_eq!((got, &body["error"]), (status, &json!(error)), "{fields}");
    }
    stage.close();
}

#[tokio::test]
async fn a_refreshed_pair_replaces_the_old_one_after_its_hour() {
    let stage = Stage::set().await;
    let (access, refresh) = stage.pair().await;
    let query = json!({ "query": "{ shop { name } }" });
    stage.clock.advance(Duration::from_hours(1));
    let late = stage.post(&access, "2026-04", &query).await;
    assert_eq!(late.status(), 401);
    assert!(late.json::<Value>().await.unwrap()["errors"].is_string());

    let grant = json!({ "grant_type": "refresh_token", "refresh_token": refresh });
    let (status, pair) = stage.token(grant.clone()).await;
    assert_eq!(status, 200);
    let (_, repaired) = stage.token(grant.clone()).await;
    let token = repaired["access_token"].as_str().unwrap();
    assert_eq!(stage.post(token, "2026-04", &query).await.status(), 200);
    assert_eq!(stage.post(pair["access_token"].as_str().unwrap(), "2026-04", &query).await.status(), 401);

    stage.fake.revoke_tokens(SHOP).unwrap();
    assert_eq!(stage.post(token, "2026-04", &query).await.status(), 401);
    assert_eq!(stage.token(grant).await.0, 401);
    stage.close();
}

#[tokio::test]
async fn refreshes_of_one_shop_that_overlap_are_counted() {
    let stage = Stage::set().await;
    let (_, refresh) = stage.pair().await;
    let fields = json!({ "grant_type": "refresh_token", "refresh_token": refresh });

    assert_eq!(stage.token(fields.clone()).await.0, 200);
    assert_eq!(stage.fake.most_refreshes_at_once(), 1);
    stage.fake.hold_refreshes(HoldAt::Arrival);
    let both = async { tokio::join!(stage.token(fields.clone()), stage.token(fields.clone())) };
    let release = async {
        while stage.fake.most_refreshes_at_once() < 2 {
            tokio::task::yield_now().await;
        }
        stage.fake.release_refreshes();
    };
    let ((one, other), ()) = tokio::join!(both, release);

    assert_eq!((one.0, other.0), (200, 200), "Shopify does not prevent it: whoever was first is locked out");
    stage.close();
}

#[tokio::test]
async fn only_a_shop_of_the_apps_own_organisation_gives_a_token_for_its_credentials() {
    let stage = Stage::set().await;
    let ask = json!({ "grant_type": "client_credentials" });

    let (status, refused) = stage.token(ask.clone()).await;
    assert_eq!((status, refused["error"].as_str()), (400, Some("shop_not_permitted")));
    stage.fake.belongs_to_our_organisation(SHOP);
    let (status, granted) = stage.token(ask).await;

    assert_eq!((status, granted["expires_in"].as_u64()), (200, Some(86_399)));
    assert!(granted.get("refresh_token").is_none());
    let asked = stage.ask(granted["access_token"].as_str().unwrap(), "{ shop { name } }", json!({})).await;
    assert_eq!(asked["data"]["shop"]["name"], "Fjord & Co");
    stage.close();
}

#[tokio::test]
async fn a_price_change_reaches_the_app_signed_and_the_next_query() {
    let stage = Stage::set().await;
    let token = stage.static_token("read_products,read_inventory").await;
    subscribe(&stage, &token, "PRODUCTS_UPDATE", json!(["id", "title", "variants"])).await;
    subscribe(&stage, &token, "INVENTORY_LEVELS_UPDATE", json!([])).await;

    let patch = ProductPatch { price: Some("12.5".to_owned()), ..ProductPatch::default() };
    let view = stage.fake.patch_product(SHOP, "sea-candle", &patch).unwrap();
    assert_eq!(view.price, "12.50");

    let received = stage.received().await;
    let (headers, body) = &received[0];
    assert_eq!(received.len(), 1);
    assert_eq!(headers["x-shopify-topic"], "products/update");
    assert_eq!(headers["x-shopify-hmac-sha256"], sign::of_body(body, "app-secret").as_str());
    assert_eq!(headers["x-shopify-shop-domain"], SHOP);
    assert_eq!(headers["x-shopify-triggered-at"], "2026-11-21T11:00:00.000000000Z");
    let body: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(body["variants"][0]["price"], "12.50");
    assert_eq!((body["id"].as_u64(), body.get("handle")), (Some(BIG + 2), None));

    let query = "{ products(first: 5, query: \"updated_at:>='2026-11-21T11:00:00Z'\") { nodes { handle } } }";
    let answer = stage.ask(&token, query, json!({})).await;
    assert_eq!(answer["data"]["products"]["nodes"], json!([{ "handle": "sea-candle" }]));
    stage.close();
}

#[tokio::test]
async fn stock_that_moves_alone_is_told_as_stock() {
    let stage = Stage::set().await;
    let token = stage.static_token("read_products,read_inventory").await;
    subscribe(&stage, &token, "PRODUCTS_UPDATE", json!([])).await;
    subscribe(&stage, &token, "INVENTORY_LEVELS_UPDATE", json!([])).await;

    let patch = ProductPatch { inventory: Some(0), ..ProductPatch::default() };
    stage.fake.patch_product(SHOP, "harbour-lamp", &patch).unwrap();

    let received = stage.received().await;
    assert_eq!(received.len(), 1, "the large lamp was sold out before");
    assert_eq!(received[0].0["x-shopify-topic"], "inventory_levels/update");
    let body: Value = serde_json::from_slice(&received[0].1).unwrap();
    assert_eq!(
        (body["available"].as_i64(), body["inventory_item_id"].as_u64()),
        (Some(0), Some(BIG + 5_011))
    );
    stage.close();
}

#[tokio::test]
async fn a_product_that_comes_and_goes_is_told_too() {
    let stage = Stage::set().await;
    let token = stage.static_token("read_products").await;
    for topic in ["PRODUCTS_CREATE", "PRODUCTS_DELETE"] {
        subscribe(&stage, &token, topic, json!([])).await;
    }

    stage.fake.put_product(SHOP, product(50, "new-rug")).unwrap();
    stage.fake.delete_product(SHOP, "new-rug").unwrap();

    let topics: Vec<String> = stage
        .received()
        .await
        .iter()
        .map(|(headers, _)| headers["x-shopify-topic"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(topics, ["products/create", "products/delete"]);
    assert!(matches!(stage.fake.delete_product(SHOP, "new-rug"), Err(ChangeError::NoSuchProduct)));
    stage.close();
}

#[tokio::test]
async fn a_change_that_makes_no_sense_is_refused() {
    let stage = Stage::set().await;
    let patch = |patch: ProductPatch| stage.fake.patch_product(SHOP, "sea-candle", &patch);
    let price = |price: &str| ProductPatch { price: Some(price.to_owned()), ..ProductPatch::default() };

    assert!(matches!(patch(price("1.299,00")), Err(ChangeError::BadPrice { .. })));
    assert!(matches!(patch(price("-1")), Err(ChangeError::BadPrice { .. })));
    assert!(matches!(patch(ProductPatch::default()), Err(ChangeError::NothingToChange)));
    let far = ProductPatch { inventory: Some(i64::MIN), ..ProductPatch::default() };
    assert!(matches!(patch(far), Err(ChangeError::BadInventory)));
    assert!(serde_json::from_value::<ProductPatch>(json!({ "colour": "red" })).is_err());
    assert_eq!(stage.fake.products(SHOP).unwrap()[1].price, "19.00");
    stage.close();
}

#[tokio::test]
async fn the_store_shows_what_is_for_sale_and_nothing_a_description_smuggles_in() {
    let stage = Stage::set().await;
    let get = async |path: &str| {
        let answer = stage.http.get(stage.url(path)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };

    let (status, home) = get("/").await;
    assert_eq!(status, 200);
    assert!(home.contains("sea candle") && !home.contains("secret mug") && !home.contains("draft vase"));
    let (_, lamp) = get(&format!("/products/harbour-lamp?variant={}", BIG + 12)).await;
    assert!(lamp.contains("Sold out") && lamp.contains("89.00 USD") && lamp.contains("<s>60.00 USD</s>"));
    assert!(lamp.contains("Warm light &amp; oak") && !lamp.contains("<script") && !lamp.contains("alert"));
    assert_eq!(get("/products/secret-mug").await.0, 200);
    assert_eq!(get("/products/draft-vase").await.0, 404);

    let (_, cart) = get(&format!("/cart/{}:9,{}:1,7:1?discount=%3Cb%3E", BIG + 11, BIG + 12)).await;
    assert!(
        cart.contains("149.70 USD") && cart.contains("No longer available") && cart.contains("&lt;b&gt;")
    );

    let picture = stage.http.get(stage.url("/files/sample/lamp.svg")).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    assert_eq!(picture.headers()["x-content-type-options"], "nosniff");
    assert_eq!(get("/files/..%2f..%2fetc%2fpasswd").await.0, 404);
    stage.close();
}

#[tokio::test]
async fn a_call_the_fake_does_not_know_names_itself() {
    let stage = Stage::set().await;

    let get = stage.http.get(stage.url("/admin/api/2026-04/products.json")).send().await.unwrap();
    let wrong_method = stage.http.get(stage.url("/admin/oauth/access_token")).send().await.unwrap();

    assert_eq!((get.status().as_u16(), wrong_method.status().as_u16()), (404, 404));
    let body: Value = get.json().await.unwrap();
    assert_eq!(body["unknown_call"], format!("GET /{SHOP}/admin/api/2026-04/products.json"));
    assert_eq!(stage.fake.unknown_calls(), 2);
    assert_eq!(stage.journal.after(0, 10)[0].kind, "shopify.unknown_call");
    stage.close();
}

#[tokio::test]
async fn tokens_subscriptions_and_prices_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let files = || {
        (StateFile::new(folder.path().join("state.json")), StateFile::new(folder.path().join("store.json")))
    };
    let (state, catalogue) = files();
    let first = Stage::with(little_shop(), state, catalogue).await;
    let token = first.static_token("read_products").await;
    subscribe(&first, &token, "PRODUCTS_UPDATE", json!([])).await;
    let patch = ProductPatch { status: Some(Status::Archived), ..ProductPatch::default() };
    first.fake.patch_product(SHOP, "sea-candle", &patch).unwrap();
    first.close();

    let (state, catalogue) = files();
    let second = Stage::with(little_shop(), state, catalogue).await;
    let query = "{ webhookSubscriptionsCount { count } productByHandle(handle: \"sea-candle\") { status } }";
    let answer = second.ask(&token, query, json!({})).await;

    assert_eq!(answer["data"]["webhookSubscriptionsCount"]["count"], 1);
    assert_eq!(answer["data"]["productByHandle"]["status"], "ARCHIVED");
    let saved = std::fs::read_to_string(folder.path().join("state.json")).unwrap();
    assert!(!saved.contains(&token), "the state file opens nothing");
    second.close();
}

#[tokio::test]
async fn the_journal_tells_everything_but_secrets() {
    let stage = Stage::set().await;
    let (access, refresh) = stage.pair().await;
    subscribe(&stage, &access, "PRODUCTS_UPDATE", json!([])).await;
    stage.token(json!({ "grant_type": "refresh_token", "refresh_token": refresh })).await;
    let patch = ProductPatch { price: Some("1".to_owned()), ..ProductPatch::default() };
    stage.fake.patch_product(SHOP, "sea-candle", &patch).unwrap();
    stage.received().await;

    let written = serde_json::to_string(&stage.journal.after(0, 100)).unwrap();

    for secret in [access.as_str(), refresh.as_str(), "app-secret", "shpat_", "shprt_"] {
        assert!(!written.contains(secret), "{secret}");
    }
    for kind in ["shopify.authorize", "shopify.token", "shopify.graphql", "shopify.change", "shopify.webhook"]
    {
        assert!(written.contains(kind), "{kind}");
    }
    assert!(!format!("{:?}", stage.fake).contains("secret"));
    assert_eq!(stage.fake.calls()["token refreshed"], 1);
    assert!(REDIRECT.starts_with("http://127.0.0.1"));
    stage.close();
}

/// Subscribes as the app does.
async fn subscribe(stage: &Stage, token: &str, topic: &str, fields: Value) {
    let query = include_str!("../../../upstream/src/shopify/queries/10_webhook_create.graphql");
    let input =
        json!({ "uri": stage.hook_url, "format": "JSON", "includeFields": fields, "name": "shopclerk" });
    let answer = stage.ask(token, query, json!({ "topic": topic, "input": input })).await;
    let made = &answer["data"]["webhookSubscriptionCreate"];
    assert_eq!(made["userErrors"], json!([]), "{answer}");
    assert_eq!(made["webhookSubscription"]["topic"], topic);
}
