//! A merchant at a browser: the two sign-ins step by step, so that a story can stop half-way and go astray.

use serde_json::Value;
use shopclerk_sandbox::shopify::store::{Product, ShopInfo, Store};
use shopclerk_sandbox::walk::{Accept, Walker};

use crate::outside::Request;
use crate::products;
use crate::world::World;

pub(crate) const NORDLYS: &str = "nordlys.myshopify.com";
pub(crate) const FJELL: &str = "fjell.myshopify.com";
pub(crate) const SHOP_LOGIN: &str = "/shopify/nordlys/login";

/// A second shop on the platform.
pub(crate) fn fjell_opens(world: &World) {
    fjell_sells(world, vec![products::simple(901, "Fjell tent", "1990.00", 2)]);
}

/// The second shop has these products.
pub(crate) fn fjell_sells(world: &World, products: Vec<Product>) {
    let shop = ShopInfo {
        id: 7_002,
        name: "Fjell".to_owned(),
        domain: FJELL.to_owned(),
        currency: "NOK".to_owned(),
        timezone: "Europe/Oslo".to_owned(),
        ..ShopInfo::default()
    };
    let products = products.into_iter().map(|product| (product.id, product)).collect();
    world.sandbox().shopify().add_store(Store { shop, products, ..Store::default() }).unwrap();
}

/// A browser without a past.
pub(crate) fn fresh_browser() -> Walker {
    Walker::new(Accept::Html).unwrap()
}

/// A program that keeps cookies.
pub(crate) fn fresh_program() -> Walker {
    Walker::new(Accept::Json).unwrap()
}

/// Begins a sign-in and stops at the platform's door; answers with the platform's address.
pub(crate) async fn begins(world: &World, browser: &Walker, path: &str) -> String {
    let walked = browser.get(&world.url(path)).await.unwrap();
    assert_eq!(walked.status, 303, "{}", walked.body);
    walked.location.unwrap()
}

/// Agrees at the platform's door; answers with the address it sends the browser back to.
pub(crate) async fn agrees(browser: &Walker, door: &str) -> String {
    let yes: &[(&str, &str)] = &[("decision", "install"), ("answer", "continue")];
    let walked = browser.post_form(door, yes).await.unwrap();
    assert_eq!(walked.status, 303, "{}", walked.body);
    let back = walked.location.unwrap();
    back.split('#').next().unwrap_or(&back).to_owned()
}

/// Goes back to the product; answers with status and the sentence of the problem, if it is one.
pub(crate) async fn comes_back(world: &World, browser: &Walker, address: &str) -> (u16, String) {
    let walked = browser.get(address).await.unwrap();
    world.remember_answer(&walked.body);
    let problem: Option<Value> = serde_json::from_str(&walked.body).ok();
    let detail = problem.and_then(|body| Some(body.get("detail")?.as_str()?.to_owned()));
    (walked.status, detail.unwrap_or_default())
}

/// The browser's session, as a `Cookie` header carries it.
pub(crate) fn session_cookie(world: &World, browser: &Walker) -> String {
    let id = browser.cookie(&world.url("/"), "session_id").expect("a session");
    format!("session_id={id}")
}

/// A request as a browser sends it from one of our pages.
pub(crate) fn from_the_page(world: &World, request: Request) -> Request {
    let origin = world.url("");
    let host = origin.trim_start_matches("http://").to_owned();
    request.header("host", host).header("origin", origin).header("sec-fetch-site", "same-origin")
}

/// How often either fake was asked for tokens.
pub(crate) fn token_calls(world: &World) -> usize {
    let entries = world.sandbox().journal().after(0, 10_000);
    let asked = |kind: &str| kind == "meta.token" || kind == "shopify.token";
    entries.iter().filter(|entry| asked(&entry.kind)).count()
}

/// A browser that has agreed at the platform and is on its way back.
pub(crate) async fn on_its_way(world: &World, browser: &Walker, path: &str) -> String {
    let door = begins(world, browser, path).await;
    agrees(browser, &door).await
}

/// What a misused way back is answered with; no platform is asked for a token.
pub(crate) async fn refused(world: &World, browser: &Walker, address: &str, sentence: &str) {
    let before = token_calls(world);
    assert_eq!(comes_back(world, browser, address).await, (400, sentence.to_owned()), "{address}");
    assert_eq!(token_calls(world), before, "no code was traded: {address}");
}

/// A program that is signed in as the owner of Nordlys.
pub(crate) async fn signed_in(world: &World) -> Walker {
    let program = fresh_program();
    let back = on_its_way(world, &program, SHOP_LOGIN).await;
    assert_eq!(comes_back(world, &program, &back).await.0, 200);
    program
}

/// The connections a browser's merchant sees: kind, name, state.
pub(crate) async fn connections_of(world: &World, owner: &Walker) -> Vec<(String, String, String)> {
    let page = Request::get("/app").header("cookie", session_cookie(world, owner)).send(world).await;
    let text =
        |entry: &Value, name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let shown = page.json().get("connections").and_then(Value::as_array).cloned().unwrap_or_default();
    shown.iter().map(|entry| (text(entry, "kind"), text(entry, "name"), text(entry, "state"))).collect()
}

pub(crate) fn line(kind: &str, name: &str, state: &str) -> (String, String, String) {
    (kind.to_owned(), name.to_owned(), state.to_owned())
}
