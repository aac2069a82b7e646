//! The connection check: a new connection is tried both ways, and whatever it finds changes nothing else.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shopclerk_domain::clock::Clock as _;
use shopclerk_domain::connection::{ConnectionName, ShopDomain};
use shopclerk_flows::connection_check::{NewCheck, Outcome};
use shopclerk_flows::worker;
use shopclerk_sandbox::walk::Walker;

use crate::merchant::{self, NORDLYS, SHOP_LOGIN, fresh_program, on_its_way};
use crate::outside::{Request, from_meta};
use crate::products;
use crate::scene::Scene;
use crate::world::{PAGE, START, World};

/// Signs in with a program, and answers with the callback's JSON.
async fn answer_to(world: &World, program: &Walker, path: &str) -> Value {
    let back = on_its_way(world, program, path).await;
    let walked = program.get(&back).await.unwrap();
    assert_eq!(walked.status, 200, "{}", walked.body);
    world.remember_answer(&walked.body);
    serde_json::from_str(&walked.body).unwrap()
}

/// The same, while the work that follows is done.
async fn answer_while_working(world: &World, program: &Walker, path: &str) -> Value {
    let working = async {
        loop {
            worker::step(world.app()).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = answer_to(world, program, path) => answer,
        () = working => unreachable!(),
    }
}

/// What is shown of the connections: kind and the sentence on the check.
async fn shown(world: &World, program: &Walker) -> Vec<(String, String)> {
    let cookie = merchant::session_cookie(world, program);
    let page = Request::get("/app").header("cookie", cookie).send(world).await.json();
    let lines = page["connections"].as_array().unwrap().clone();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    lines.iter().map(|line| (text(line, "kind"), text(line, "check"))).collect()
}

fn patient() -> Scene {
    Scene::of(products::warm_things()).set(|settings| settings.check_wait = Duration::from_mins(1))
}

#[tokio::test]
async fn the_answer_to_a_connect_tells_that_both_ways_work() {
    let world = patient().unconnected().await;
    let program = fresh_program();

    let shop = answer_while_working(&world, &program, SHOP_LOGIN).await;
    let pages = answer_while_working(&world, &program, "/facebook/login").await;

    let success = json!({ "status": "success" });
    assert_eq!(shop["webhook_test"], success);
    assert_eq!(shop["polling_test"], json!([{ "shop": world.shop(), "result": success }]));
    assert_eq!(pages["webhook_test"], success);
    assert_eq!(pages["polling_test"], json!([{ "page_id": PAGE, "result": success }]));
    world.close().await;
}

#[tokio::test]
async fn a_check_that_takes_long_is_pending_and_then_kept() {
    let world = Scene::of(products::warm_things()).unconnected().await;
    let program = fresh_program();

    let answer = answer_to(&world, &program, SHOP_LOGIN).await;
    assert_eq!(answer["webhook_test"], json!({ "status": "pending" }));
    assert_eq!(answer["polling_test"][0]["result"], json!({ "status": "pending" }));
    world.settle().await;

    let works = "It was tried both ways and works.";
    assert_eq!(shown(&world, &program).await, [("Shopify shop".to_owned(), works.to_owned())]);
    world.close().await;
}

#[tokio::test]
async fn the_page_looks_again_by_itself_while_a_check_is_under_way() {
    let world = World::unconnected(products::warm_things()).await;
    world.rehearsal().dies_at("check.begin.committed");
    world.walk(SHOP_LOGIN).await;
    world.until_it_dies().await;

    let page = world.walk("/app").await.body;
    assert!(
        page.contains("http-equiv=\"refresh\"") && page.contains("It is being tried both ways"),
        "{page}"
    );
    let mut world = world;
    world.restarts().await;
    world.settle().await;

    let page = world.walk("/app").await.body;
    assert!(!page.contains("http-equiv") && page.contains("It was tried both ways and works"), "{page}");
    world.close().await;
}

#[tokio::test]
async fn a_server_that_cannot_reach_its_own_address_is_told_so_and_stays_connected() {
    let world = Scene::of(products::warm_things())
        .set(|settings| settings.shopify_webhook = "http://127.0.0.1:9/shopify/webhook".to_owned())
        .unconnected()
        .await;
    let program = fresh_program();
    answer_to(&world, &program, SHOP_LOGIN).await;
    world.settle().await;

    let [(_, check)] = &shown(&world, &program).await[..] else { panic!("one shop") };
    assert!(check.contains("could not reach its own public address"), "{check}");
    let line = merchant::line("Shopify shop", "Nordlys", "ok");
    assert_eq!(merchant::connections_of(&world, &program).await, [line]);
    assert_eq!(world.told("catalogue.synced").len(), 1);
    world.close().await;
}

#[tokio::test]
async fn an_address_that_leads_to_another_installation_is_told() {
    let elsewhere = World::unconnected(Vec::new()).await;
    let address = elsewhere.url("/facebook/webhook");
    let world = Scene::of(products::warm_things())
        .set(move |settings| settings.shopify_webhook.clone_from(&address))
        .unconnected()
        .await;
    let program = fresh_program();
    answer_to(&world, &program, SHOP_LOGIN).await;
    world.settle().await;

    let [(_, check)] = &shown(&world, &program).await[..] else { panic!("one shop") };
    assert!(check.contains("does not accept this app's signature"), "{check}");
    elsewhere.close().await;
    world.close().await;
}

#[tokio::test]
async fn a_platform_that_will_not_be_read_is_told() {
    let world = Scene::of(products::warm_things()).unconnected().await;
    let program = fresh_program();
    answer_to(&world, &program, SHOP_LOGIN).await;
    world.sandbox().shopify().revoke_tokens(world.shop()).unwrap();
    world.settle().await;
    world.after(Duration::from_mins(1)).await;

    let [(_, check)] = &shown(&world, &program).await[..] else { panic!("one shop") };
    assert!(check.contains("We are not let in"), "{check}");
    world.close().await;
}

#[tokio::test]
async fn t06_a_self_test_ticks_its_nonce_once_and_does_nothing_else() {
    let world = World::with_shop(products::warm_things()).await;
    let (nonce, merchant) = ("ab".repeat(32), world.merchant().await);
    let shop = ConnectionName::Shop(ShopDomain::parse(NORDLYS).unwrap());
    let ends_at = world.clock().now().plus(Duration::from_mins(1));
    let check = NewCheck { connection: shop.clone(), nonce: Sha256::digest(&nonce).into(), ends_at };
    let begin = async || world.app().store().begin_check(merchant, check.clone(), START).await.unwrap();
    let found = async || world.app().store().last_check(merchant, &shop).await.unwrap().unwrap().webhook;
    let body = json!({ "object": "shopclerk_self_test", "nonce": nonce }).to_string();
    let accepted = world.told("inbox.accepted").len();

    begin().await;
    assert_eq!(from_meta(body.clone()).with_body(body.replace("ab", "cd")).send(&world).await.status, 401);
    assert_eq!(from_meta(body.replace("ab", "cd")).send(&world).await.status, 200);
    assert_eq!(found().await, Outcome::Pending);
    assert_eq!(from_meta(body.clone()).send(&world).await.status, 200);
    assert_eq!(found().await, Outcome::Success);

    // Played back once it was used, or once it has ended, it is acknowledged and ticks nothing.
    world.after(Duration::from_mins(2)).await;
    begin().await;
    assert_eq!(from_meta(body).send(&world).await.status, 200);
    assert_eq!(found().await, Outcome::Pending);
    assert_eq!(world.told("inbox.accepted").len(), accepted);
    world.close().await;
}
