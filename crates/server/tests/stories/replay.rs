//! What did not get through: listed with the reason, and put up again once, by whoever it belongs to.

use std::time::Duration;

use serde_json::{Value, json};
use shopclerk_domain::ids::EventId;
use shopclerk_flows::operator::Scope;
use shopclerk_flows::poll;
use shopclerk_flows::wiring::{Delivery, JobLane, Quarantined};
use shopclerk_sandbox::meta::GraphError;

use crate::merchant::{NORDLYS, from_the_page, session_cookie};
use crate::operator::with;
use crate::outside::{Answer, Request, from_meta, from_shop, message};
use crate::products;
use crate::world::{PAGE, Shopper, World};

const QUESTION: &str = "how much is the Storm coat?";

/// What waits, as the merchant sees it.
async fn waiting(world: &World) -> Vec<Value> {
    let cookie = session_cookie(world, world.browser());
    let answer = Request::get("/api/v1/deliveries").header("cookie", cookie).send(world).await;
    answer.json()["data"].as_array().unwrap().clone()
}

/// The merchant puts it up again.
async fn replays(world: &World, id: &Value) -> Answer {
    let path = format!("/api/v1/deliveries/{}/replay", id.as_str().unwrap());
    let request = from_the_page(world, Request::post(&path, ""));
    request.header("cookie", session_cookie(world, world.browser())).send(world).await
}

/// Every turn over what waits fails, until it is given up.
async fn fails_for_good(world: &World) {
    let (store, now) = (world.app().store(), world.app().now());
    let leased =
        store.lease_conversation(now, Duration::from_mins(1)).await.unwrap().expect("something waits");
    let events: Vec<EventId> = leased.events.iter().map(|event| event.id).collect();
    store.fail_turn(&leased.lease, &events, None, "turn.no_answer", now).await.unwrap();
    store.release(&leased.lease, now).await.unwrap();
}

/// What an older version could not read.
async fn was_not_read(world: &World, source: &'static str, head: Option<String>, body: &str) {
    let piece = Quarantined { source, why: "not understood then", head, body: body.as_bytes().to_vec() };
    let delivery = Delivery { quarantined: vec![piece], ..Delivery::default() };
    let now = world.app().now();
    world.app().store().accept(delivery, now, now).await.unwrap();
}

fn asked(ana: &Shopper<'_>, at: i64) -> String {
    message(PAGE, &ana.psid(), "m_quarantined", QUESTION, at).to_string()
}

#[tokio::test]
async fn a_message_whose_turns_all_failed_is_answered_once_it_is_put_up_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.writes(QUESTION).await;
    fails_for_good(&world).await;
    world.settle().await;
    ana.received().nothing();

    let listed = waiting(&world).await;
    assert_eq!(
        (listed.len(), &listed[0]["what"], &listed[0]["why"]),
        (1, &json!("message"), &json!("turn.no_answer"))
    );
    assert_eq!(replays(&world, &listed[0]["id"]).await.json(), json!({ "status": "replayed" }));
    world.settle().await;

    ana.received().says(&["$189.00"]);
    assert_eq!(waiting(&world).await, Vec::<Value>::new());
    assert_eq!(replays(&world, &listed[0]["id"]).await.problem(), (404, "Not found".to_owned()));
    world.settle().await;
    ana.received().nothing();
    world.close().await;
}

#[tokio::test]
async fn work_that_was_given_up_is_done_once_it_is_put_up_again() {
    let world = World::with_shop(products::warm_things()).await;
    let (store, now) = (world.app().store(), world.app().now());
    poll::everything(world.app()).await.unwrap();
    while let Some(leased) =
        store.lease_job(JobLane::Errands, now, Duration::from_mins(1), &[]).await.unwrap()
    {
        store.give_up_job(&leased, "upstream.malformed", now).await.unwrap();
    }
    world.restocks_silently(|goods| goods[0].title = "Summer Amber candle".to_owned());

    let listed = waiting(&world).await;
    let whats: Vec<&str> = listed.iter().map(|row| row["what"].as_str().unwrap()).collect();
    assert_eq!(whats, ["subscribe_shop", "sync_catalogue", "subscribe_account", "poll_account"]);
    for row in &listed {
        assert_eq!(
            (&row["why"], replays(&world, &row["id"]).await.status),
            (&json!("upstream.malformed"), 200)
        );
    }
    world.settle().await;

    let goods = world.mirrored(&format!("shopify/{NORDLYS}/shop_products.json")).await.unwrap();
    assert!(goods.to_string().contains("Summer Amber candle"));
    assert_eq!(waiting(&world).await, Vec::<Value>::new());
    world.close().await;
}

#[tokio::test]
async fn t13_a_parked_part_is_sent_once_more_when_a_person_says_so() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.settles_no_doubt();
    world
        .sandbox()
        .meta()
        .next_send_taken_but(GraphError::new(2, "Service temporarily unavailable").transient());
    assert_eq!(ana.asks(QUESTION).await.0.len(), 1);
    world.after(Duration::from_secs(10)).await;

    let listed = waiting(&world).await;
    assert_eq!((listed.len(), &listed[0]["what"]), (1, &json!("part")));
    let both = tokio::join!(replays(&world, &listed[0]["id"]), replays(&world, &listed[0]["id"]));
    let mut seen = [both.0.status, both.1.status];
    seen.sort_unstable();
    world.settle().await;

    assert_eq!((seen, ana.received().0.len()), ([200, 404], 1));
    assert_eq!(waiting(&world).await, Vec::<Value>::new());
    world.close().await;
}

#[tokio::test]
async fn t06_a_quarantined_message_is_answered_once_however_often_it_is_read_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    was_not_read(&world, "messenger", None, &asked(&ana, world.app().now().millis())).await;
    let token = world.token(&[Scope::Read, Scope::Write]).await;
    let listed = world.asks(&token, "/api/v1/deliveries").await.json()["data"].clone();
    assert_eq!((&listed[0]["what"], &listed[0]["why"]), (&json!("messenger"), &json!("not understood then")));

    let path = format!("/api/v1/deliveries/{}/replay", listed[0]["id"].as_str().unwrap());
    let request = with(Request::post(&path, ""), &token);
    let answers = futures::future::join_all((0..16).map(|_| request.send(&world))).await;
    world.settle().await;

    let mut seen: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    seen.sort_unstable();
    assert_eq!((seen[0], seen[1..].iter().all(|status| *status == 404)), (200, true), "{seen:?}");
    ana.received().says(&["$189.00"]);
    assert_eq!(world.asks(&token, "/api/v1/deliveries").await.json()["data"], json!([]));
    world.close().await;
}

#[tokio::test]
async fn t08_a_quarantined_event_that_came_another_way_meanwhile_has_no_second_effect() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let event = asked(&ana, world.app().now().millis());
    was_not_read(&world, "messenger", None, &event).await;
    let entry = format!(r#"{{"object":"page","entry":[{{"id":"{PAGE}","messaging":[{event}]}}]}}"#);
    assert_eq!(from_meta(entry).send(&world).await.status, 200);
    world.settle().await;
    ana.received().says(&["$189.00"]);

    let token = world.token(&[Scope::Write]).await;
    let again = with(Request::post("/api/v1/deliveries/quarantined-1/replay", ""), &token).send(&world).await;
    world.settle().await;

    assert_eq!(again.status, 200, "it is read, and known");
    ana.received().nothing();
    world.close().await;
}

#[tokio::test]
async fn t06_a_quarantined_webhook_of_a_shop_is_read_with_the_headers_it_came_with() {
    let world = World::with_shop(products::warm_things()).await;
    let broken = from_shop(NORDLYS, "products/update", "d-1", r#"{"id":"many"}"#);
    assert_eq!(broken.send(&world).await.status, 200);
    let head = json!([
        ["x-shopify-topic", "products/update"],
        ["x-shopify-shop-domain", NORDLYS],
        ["x-shopify-webhook-id", "d-2"],
    ]);
    was_not_read(&world, "shopify", Some(head.to_string()), r#"{"id":104}"#).await;
    let token = world.token(&[Scope::Read, Scope::Write]).await;
    let replay = async |number: u32| {
        let path = format!("/api/v1/deliveries/quarantined-{number}/replay");
        let answer = with(Request::post(&path, ""), &token).send(&world).await;
        (answer.status, answer.told("code"))
    };
    let reads = world.product_reads();

    assert_eq!(replay(1).await, (409, "api.still_unreadable".to_owned()));
    assert_eq!(replay(2).await, (200, String::new()));
    world.settle().await;

    assert_eq!(world.product_reads(), reads + 1, "the product is read again");
    let left = world.asks(&token, "/api/v1/deliveries").await.json();
    assert_eq!(left["data"].as_array().unwrap().len(), 1, "what cannot be read stays");
    world.close().await;
}

#[tokio::test]
async fn t43_the_quarantine_is_the_operators_alone() {
    let world = World::with_shop(products::warm_things()).await;
    was_not_read(&world, "messenger", None, "{}").await;
    let token = world.token(&[Scope::Read, Scope::Write]).await;

    assert_eq!(waiting(&world).await, Vec::<Value>::new());
    assert_eq!(replays(&world, &json!("quarantined-1")).await.status, 404);
    let named = format!("/api/v1/deliveries/quarantined-1/replay?merchant={}", world.merchant().await);
    assert_eq!(with(Request::post(&named, ""), &token).send(&world).await.status, 404);
    let nobodys = with(Request::post("/api/v1/deliveries/event-1/replay", ""), &token).send(&world).await;
    assert_eq!(nobodys.told("code"), "api.merchant_missing");
    assert_eq!(world.asks(&token, "/api/v1/deliveries").await.json()["data"].as_array().unwrap().len(), 1);
    world.close().await;
}
