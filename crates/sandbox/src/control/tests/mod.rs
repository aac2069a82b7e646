//! The whole sandbox over real HTTP, driven as a program drives it.

mod faults;

use std::time::Duration;

use serde_json::{Value, json};
use shopclerk_domain::clock::SystemClock;
use shopclerk_domain::entropy::SeededEntropy;

use super::*;
use crate::meta::PageSetup;
use crate::shopify::store::{Discount, Product, ShopInfo, Store, Variant};
use crate::walk::{Accept, Walker};
use crate::{Goods, Ports, Sandbox, SandboxError, SandboxOptions, loopback};

const PATH: &str = "a-path-nobody-guesses";

fn shop() -> Store {
    let variant = |id, title: &str, price: &str, quantity| Variant {
        id,
        inventory_item_id: id + 100,
        options: vec![title.to_owned()],
        price: price.to_owned(),
        tracked: true,
        quantity,
        ..Variant::default()
    };
    let candle = Product {
        id: 1,
        handle: "winter-amber".to_owned(),
        title: "Winter Amber".to_owned(),
        published: true,
        options: vec!["Size".to_owned()],
        variants: vec![variant(11, "Small", "24.90", 7), variant(12, "Large", "39.00", 0)],
        ..Product::default()
    };
    let domain = "nordlys-home.myshopify.com".to_owned();
    let shop = ShopInfo {
        id: 1,
        name: "Nordlys Home".to_owned(),
        domain,
        currency: "USD".to_owned(),
        ..ShopInfo::default()
    };
    Store { shop, products: [(1, candle)].into(), ..Store::default() }
}

fn options() -> SandboxOptions {
    SandboxOptions {
        folder: None,
        ports: Ports::default(),
        facebook_app_id: "1517776481860111".to_owned(),
        facebook_app_secret: "app-secret".to_owned(),
        facebook_redirect_uris: vec!["http://127.0.0.1:9/facebook/callback".to_owned()],
        pages: vec![PageSetup::new("106511000000001", "Nordlys Home")],
        shopify_api_key: "api-key".to_owned(),
        shopify_api_secret: "api-secret".to_owned(),
        shopify_redirect_uris: vec!["http://127.0.0.1:9/shopify/callback".to_owned()],
        goods: Goods::IfNew(shop()),
        allowance: crate::shopify::Allowance::DEVELOPMENT,
        files: |_| None,
        bucket: crate::objects::BucketSetup::new("bucket-key", "bucket-secret"),
        shopper: "Ana".to_owned(),
        control_path: PATH.to_owned(),
        retry_pauses: vec![Duration::ZERO],
        waits: crate::fault::Waits::UNTIL_LET_GO,
        clock: Arc::new(SystemClock::start()),
        entropy: Arc::new(SeededEntropy::new(3)),
    }
}

async fn call(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let client = loopback::client(Duration::from_secs(5)).unwrap();
    let request = client.request(method.parse().unwrap(), format!("{}{path}", sandbox.control_url()));
    let request = if body.is_null() { request } else { request.json(body) };
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
}

#[tokio::test]
async fn a_shopper_exists_from_their_first_message() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let empty = call(&sandbox, "GET", "/shoppers/Ana%20Lund/messages", &Value::Null).await;
    assert_eq!(empty, (200, json!({ "messages": [], "typing": false })));

    let (status, said) =
        call(&sandbox, "POST", "/shoppers/Ana%20Lund/messages", &json!({ "text": "hello" })).await;
    let (_, talk) = call(&sandbox, "GET", "/shoppers/Ana%20Lund/messages", &Value::Null).await;

    assert_eq!(status, 202);
    let message = &talk["messages"][0];
    assert_eq!(
        (&message["from"], &message["mid"], &message["text"]),
        (&json!("shopper"), &said["mid"], &json!("hello"))
    );
    assert_eq!((&message["cards"], &message["quick_replies"]), (&json!([]), &json!([])));
    assert!(message["at"].is_i64());
    sandbox.close().await;
}

#[tokio::test]
async fn people_reply_tap_and_take_back() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let (_, said) = call(&sandbox, "POST", "/shoppers/Ana/messages", &json!({ "text": "hello" })).await;
    let mid = said["mid"].as_str().unwrap();

    let reply = call(&sandbox, "POST", "/people/replies", &json!({ "to": "Ana", "text": "Mia here" })).await;
    let tap = call(&sandbox, "POST", "/shoppers/Ana/taps", &json!({ "payload": "x" })).await;
    let others = call(&sandbox, "DELETE", &format!("/shoppers/Bo/messages/{mid}"), &Value::Null).await;
    let gone = call(&sandbox, "DELETE", &format!("/shoppers/Ana/messages/{mid}"), &Value::Null).await;

    assert_eq!((reply.0, tap.0, others.0, gone.0), (202, 409, 404, 204));
    assert_eq!(tap.1["error"]["code"], "control.not_offered");
    let (_, talk) = call(&sandbox, "GET", "/shoppers/Ana/messages", &Value::Null).await;
    assert_eq!(
        (&talk["messages"][0]["deleted"], &talk["messages"][1]["by"]),
        (&json!(true), &json!("person"))
    );
    sandbox.close().await;
}

#[tokio::test]
async fn goods_are_listed_and_changed_for_all_variants() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let (_, before) = call(&sandbox, "GET", "/products", &Value::Null).await;
    let expected = json!({
        "handle": "winter-amber", "title": "Winter Amber", "status": "ACTIVE", "price": "24.90",
        "variants": [{ "title": "Small", "price": "24.90", "inventory": 7 },
                     { "title": "Large", "price": "39.00", "inventory": 0 }],
    });
    assert_eq!(before, json!({ "products": [expected] }));

    let patch = json!({ "price": "19.50", "inventory": 3, "status": "DRAFT" });
    let (status, after) = call(&sandbox, "PATCH", "/products/winter-amber", &patch).await;

    assert_eq!((status, &after["status"], &after["price"]), (200, &json!("DRAFT"), &json!("19.50")));
    assert_eq!(after["variants"][1], json!({ "title": "Large", "price": "19.50", "inventory": 3 }));
    for (path, patch, expected) in [
        ("/products/winter-amber", json!({ "price": "1.299,00" }), (400, "control.bad_price")),
        ("/products/winter-amber", json!({ "price": 12 }), (400, "control.bad_json")),
        ("/products/winter-amber", json!({}), (400, "control.nothing_to_change")),
        ("/products/nothing", json!({ "price": "1" }), (404, "control.unknown_product")),
    ] {
        let (status, body) = call(&sandbox, "PATCH", path, &patch).await;
        assert_eq!((status, body["error"]["code"].as_str().unwrap()), expected, "{patch}");
    }
    sandbox.close().await;
}

#[tokio::test]
async fn discounts_are_listed_changed_and_removed() {
    let ten = Discount {
        id: u64::MAX,
        title: "TEN".to_owned(),
        codes: vec!["TEN".to_owned()],
        ..Discount::default()
    };
    let store = Store { discounts: [(ten.id, ten)].into(), ..shop() };
    let sandbox = Sandbox::start(SandboxOptions { goods: Goods::IfNew(store), ..options() }).await.unwrap();
    let path = format!("/discounts/{}", u64::MAX);
    let call = async |method, path: &str, body: &Value| call(&sandbox, method, path, body).await;

    let (_, listed) = call("GET", "/discounts", &Value::Null).await;
    assert_eq!(listed["discounts"][0]["id"], u64::MAX.to_string());
    let (status, changed) =
        call("PATCH", &path, &json!({ "percent": "0.2", "minimum": "60", "ends_at": 1 })).await;
    assert_eq!((status, &changed["status"]), (200, &json!("EXPIRED")));
    assert_eq!(
        (&changed["gives"]["percent"], &changed["minimum"]["subtotal"]),
        (&json!("0.2"), &json!("60.00"))
    );
    for (path, body, status, code) in [
        (path.as_str(), json!({}), 400, "control.nothing_to_change"),
        (path.as_str(), json!({ "percent": "20" }), 400, "control.bad_share"),
        (path.as_str(), json!({ "minimum": "-1" }), 400, "control.bad_price"),
        ("/discounts/7", json!({ "percent": "0.2" }), 404, "control.unknown_discount"),
        ("/discounts/WARM10", json!({ "percent": "0.2" }), 400, "control.bad_path"),
    ] {
        let (found, refused) = call("PATCH", path, &body).await;
        assert_eq!((found, &refused["error"]["code"]), (status, &json!(code)), "{path} {body}");
    }
    assert_eq!(call("DELETE", &path, &Value::Null).await.0, 204);
    assert_eq!(call("GET", "/discounts", &Value::Null).await.1["discounts"], json!([]));
    sandbox.close().await;
}

#[tokio::test]
async fn the_journal_is_read_on_from_where_one_stopped() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    for number in 0..600 {
        sandbox.journal().record("test", format!("{number}"), json!({}));
    }

    let (_, first) = call(&sandbox, "GET", "/journal?after=0", &Value::Null).await;
    let (_, second) = call(&sandbox, "GET", "/journal?after=500", &Value::Null).await;

    assert_eq!(first["entries"].as_array().unwrap().len(), 500);
    assert_eq!(second["entries"].as_array().unwrap().len(), 100);
    assert_eq!(
        (&second["entries"][0]["seq"], &second["entries"][0]["summary"]),
        (&json!(501), &json!("500"))
    );
    assert_eq!(call(&sandbox, "GET", "/journal?after=-1", &Value::Null).await.0, 400);
    sandbox.close().await;
}

#[tokio::test]
async fn the_journal_is_followed_live_until_the_sandbox_closes() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    sandbox.journal().record("test", "before", json!({}));
    let client = loopback::client(Duration::from_secs(5)).unwrap();
    let mut live =
        client.get(format!("{}/journal/live?after=0", sandbox.control_url())).send().await.unwrap();
    assert_eq!(live.headers()["content-type"], "text/event-stream");

    sandbox.journal().record("test", "while", json!({}));
    let mut heard = String::new();
    while !heard.contains("while") {
        heard.push_str(std::str::from_utf8(&live.chunk().await.unwrap().unwrap()).unwrap());
    }
    sandbox.close().await;

    assert!(heard.contains("id: 1\n") && heard.contains("\"summary\":\"before\""), "{heard}");
    assert_eq!(live.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn the_page_is_strict_and_its_state_tells_the_way() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let step =
        Step { title: "Connect the shop".to_owned(), url: "http://127.0.0.1:9/x".to_owned(), done: false };
    sandbox.status().send_modify(|status| status.steps.push(step));

    let page =
        loopback::client(Duration::from_secs(5)).unwrap().get(sandbox.page_url()).send().await.unwrap();
    let (_, state) = call(&sandbox, "GET", "/state", &Value::Null).await;

    assert_eq!(page.status(), 200);
    let script = format!("{}sandbox.js", sandbox.page_url());
    let script = loopback::client(Duration::from_secs(5)).unwrap().get(script).send().await.unwrap();
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    assert!(
        page.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'; script-src 'self'")
    );
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    assert_eq!((&state["shop"]["name"], &state["shop"]["products"]), (&json!("Nordlys Home"), &json!(1)));
    assert_eq!((&state["shopper"], &state["steps"][0]["done"]), (&json!("Ana"), &json!(false)));
    sandbox.close().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_with_a_code() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let long = "x".repeat(70_000);

    for (method, path, body, expected) in [
        ("POST", "/shoppers/Ana/messages", json!({ "words": "hi" }), (400, "control.bad_json")),
        ("POST", "/shoppers/Ana/messages", json!({ "text": "" }), (400, "control.bad_text")),
        ("POST", "/shoppers/Ana/messages", json!({ "text": long }), (413, "control.body_too_large")),
        ("POST", "/shoppers/%FF/messages", json!({ "text": "hi" }), (400, "control.bad_path")),
        ("POST", "/shoppers/A%0Aa/messages", json!({ "text": "hi" }), (400, "control.bad_name")),
        ("POST", "/people/replies", json!({ "to": "Bo", "text": "hi" }), (404, "control.unknown_shopper")),
        ("PUT", "/products", json!({}), (404, "control.unknown_path")),
        ("GET", "/nothing", Value::Null, (404, "control.unknown_path")),
    ] {
        let (status, answer) = call(&sandbox, method, path, &body).await;
        assert_eq!((status, answer["error"]["code"].as_str().unwrap()), expected, "{method} {path}");
    }
    sandbox.close().await;
}

#[tokio::test]
async fn who_does_not_know_the_path_or_comes_by_another_name_is_refused() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let client = loopback::client(Duration::from_secs(5)).unwrap();
    let guessed = sandbox.control_url().replace(PATH, "a-path-somebody-guessed");

    assert_eq!(client.get(format!("{guessed}/journal")).send().await.unwrap().status(), 404);
    let shopify = sandbox.shopify_url_template().replace("{shop}", sandbox.shop());
    for url in [sandbox.page_url(), format!("{}/v26.0/me", sandbox.meta_url()), shopify] {
        let answer = client.get(url).header("Host", "rebound.example").send().await.unwrap();
        assert_eq!(answer.status(), 403);
    }
    sandbox.close().await;
}

#[tokio::test]
async fn the_walker_agrees_to_both_consent_pages() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let walker = Walker::new(Accept::Html).unwrap();
    let facebook = format!(
        "{}/v26.0/dialog/oauth?client_id=1517776481860111&scope=pages_messaging&state=s&\
         redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Ffacebook%2Fcallback",
        sandbox.meta_url()
    );
    let shopify = format!(
        "{}/admin/oauth/authorize?client_id=api-key&scope=read_products&state=s&\
         redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fshopify%2Fcallback",
        sandbox.shopify_url_template().replace("{shop}", sandbox.shop())
    );

    // Nobody listens at the callbacks: that the walk got there is what ends it.
    assert!(walker.walk(&facebook).await.is_err());
    assert!(walker.walk(&shopify).await.is_err());

    let kinds: Vec<String> = sandbox.journal().after(0, 99).into_iter().map(|entry| entry.summary).collect();
    assert!(kinds.iter().any(|summary| summary.contains("agreed and is sent back with a code")), "{kinds:?}");
    assert!(kinds.iter().any(|summary| summary.contains("install")), "{kinds:?}");
    sandbox.close().await;
}

#[tokio::test]
async fn a_second_start_goes_on_where_the_first_ended() {
    let folder = tempfile::tempdir().unwrap();
    let kept = || SandboxOptions { folder: Some(folder.path().join("sandbox")), ..options() };
    let first = Sandbox::start(kept()).await.unwrap();
    call(&first, "POST", "/shoppers/Ana/messages", &json!({ "text": "hello" })).await;
    call(&first, "PATCH", "/products/winter-amber", &json!({ "price": "19.50" })).await;
    let seq = *first.journal().watch().borrow();
    first.close().await;

    let second = Sandbox::start(kept()).await.unwrap();

    assert_eq!(second.meta().messages("Ana").unwrap().len(), 1);
    assert_eq!(call(&second, "GET", "/products", &Value::Null).await.1["products"][0]["price"], "19.50");
    assert_eq!(second.journal().record("test", "on", json!({})), seq + 1);
    second.close().await;
}

#[tokio::test]
async fn what_prevents_a_start_is_one_clear_line() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let port = sandbox.meta_url().rsplit_once(':').unwrap().1.parse().unwrap();
    let taken = SandboxOptions { ports: Ports { meta: port, ..Ports::default() }, ..options() };
    let guessable = SandboxOptions { control_path: "short".to_owned(), ..options() };
    let folder = tempfile::NamedTempFile::new().unwrap();
    let no_folder = SandboxOptions { folder: Some(folder.path().to_owned()), ..options() };

    let said = |error: Result<Sandbox, SandboxError>| error.err().unwrap().to_string();
    assert!(said(Sandbox::start(taken).await).contains(&format!("port {port}")));
    assert!(said(Sandbox::start(guessable).await).contains("control path"));
    assert!(said(Sandbox::start(no_folder).await).contains("writable"));
    sandbox.close().await;
}

#[tokio::test]
async fn the_model_is_off_at_the_start_and_does_what_it_is_told() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let (status, model) = call(&sandbox, "GET", "/model", &Value::Null).await;
    assert_eq!((status, &model["mode"]), (200, &json!("off")));

    let (status, model) = call(&sandbox, "PUT", "/model", &json!({ "mode": "lying", "seed": 7 })).await;
    assert_eq!((status, &model["mode"], &model["seed"]), (200, &json!("lying"), &json!(7)));
    assert_eq!(call(&sandbox, "GET", "/state", &Value::Null).await.1["model"], "lying");

    let (status, refused) = call(&sandbox, "PUT", "/model", &json!({ "mode": "honest" })).await;
    assert_eq!((status, &refused["error"]["code"]), (400, &json!("control.bad_model")));
    assert!(refused["error"]["message"].as_str().unwrap().contains("\"honest\""), "{refused}");
    assert_eq!(call(&sandbox, "GET", "/model", &Value::Null).await.1["mode"], "lying", "nothing changed");
    sandbox.close().await;
}
