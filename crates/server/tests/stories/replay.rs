//! What did not get through: listed with the reason, and put up again once, by whoever it belongs to.

use std::time::Duration;

use serde_json::{Value, json};
use shopclerk_domain::ids::EventId;
use shopclerk_flows::operator::Scope;
use shopclerk_flows::poll;
use shopclerk_flows::wiring::{Delivery, JobLane, Quarantined};
use shopclerk_sandbox::meta::GraphError;

use crate::control::orders;
use crate::merchant::{NORDLYS, from_the_page, session_cookie};
use crate::operator::with;
use crate::outside::{Answer, Request, from_meta, from_shop, message};
use crate::products;
use crate::scene::Scene;
use crate::shopper::{Received, Shopper};
use crate::world::{PAGE, World};

const QUESTION: &str = "how much is the Storm coat?";

/// What waits, as the merchant sees it.
async fn waiting(world: &World) -> Vec<Value> {
    let cookie = session_cookie(world, world.browser());
    let answer = Request::get("/api/v1/deliveries").header("cookie", cookie).send(world).await;
    answer.json()["data"].as_array().unwrap().clone()
}

/// The merchant puts it up again.
async fn replays(world: &World, id: &Value) -> Answer {
    decides(world, id, "replay").await
}

/// The merchant decides what becomes of it.
async fn decides(world: &World, id: &Value, decision: &str) -> Answer {
    let path = format!("/api/v1/deliveries/{}/{decision}", id.as_str().unwrap());
    let request = from_the_page(world, Request::post(&path, ""));
    request.header("cookie", session_cookie(world, world.browser())).send(world).await
}

/// The merchant presses a button on the page of what waits; the answer's status.
async fn presses(world: &World, id: &Value, decision: &str) -> u16 {
    let path = format!("/app/waiting/{}/{decision}", id.as_str().unwrap());
    let request = from_the_page(world, Request::post(&path, ""));
    request.header("cookie", session_cookie(world, world.browser())).send(world).await.status
}

impl World {
    /// What answers this arrives, but nobody can tell: it waits for a person.
    async fn parks_the_answer_to(&self, shopper: &Shopper<'_>, question: &str) -> Received {
        self.settles_no_doubt();
        let error = GraphError::new(2, "Service temporarily unavailable").transient();
        self.sandbox().meta().next_send_taken_but(error);
        let arrived = shopper.asks(question).await;
        self.after(Duration::from_secs(10)).await;
        arrived
    }
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
    assert_eq!(world.parks_the_answer_to(&ana, QUESTION).await.0.len(), 1);

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

#[tokio::test]
async fn t10_a_message_that_is_too_old_waits_for_a_person_who_may_have_it_answered() {
    let scene = Scene::of(products::warm_things());
    let world = scene.set(|settings| settings.stale_after = Duration::from_mins(5)).connected().await;
    let ana = world.shopper("Ana").await;
    ana.writes(QUESTION).await;
    world.after(Duration::from_mins(6)).await;
    ana.received().nothing();

    let listed = waiting(&world).await;
    assert_eq!((&listed[0]["what"], &listed[0]["why"]), (&json!("message"), &json!("turn.too_late")));
    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap();
    assert!(kept.to_string().contains(QUESTION), "a person reads what was asked: {kept}");
    assert_eq!(replays(&world, &listed[0]["id"]).await.status, 200);
    world.settle().await;

    ana.received().says(&["$189.00"]);
    assert_eq!(waiting(&world).await, Vec::<Value>::new());
    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap().to_string();
    assert_eq!(kept.matches(QUESTION).count(), 1, "asked once: {kept}");
    world.close().await;
}

#[tokio::test]
async fn t14_what_a_rule_forbids_is_not_sent_because_a_person_says_so() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.writes(QUESTION).await;
    world.after(Duration::from_hours(25)).await;
    world.connect().await;
    let listed = waiting(&world).await;

    let refused = replays(&world, &listed[0]["id"]).await;
    assert_eq!((refused.status, refused.told("code").as_str()), (409, "api.may_not_be_sent"));
    ana.is_answered_by_a_person("Sorry for the wait!").await;
    assert_eq!(decides(&world, &listed[0]["id"], "sent").await.status, 404, "a message was never sent by us");
    assert_eq!(decides(&world, &listed[0]["id"], "drop").await.json(), json!({ "status": "dropped" }));

    assert_eq!(waiting(&world).await, Vec::<Value>::new());
    assert_eq!(decides(&world, &listed[0]["id"], "drop").await.status, 404);
    ana.received().says(&["Sorry for the wait"]);
    world.close().await;
}

#[tokio::test]
async fn t13_a_person_who_knows_that_a_parked_part_arrived_says_so_and_it_stands_in_the_history() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.parks_the_answer_to(&ana, "thanks").await.says(&["welcome"]);
    let page = world.walk("/app").await;
    assert!(page.body.contains("1 thing waits for a person."), "{}", page.body);
    let listed = waiting(&world).await;
    assert_eq!(listed[0]["why"], "outbox.not_readable");
    let page = world.walk("/app/waiting").await.body;
    assert!(page.contains("Facebook does not let us look") && page.contains("It did arrive"), "{page}");

    assert_eq!(presses(&world, &listed[0]["id"], "shout").await, 404);
    assert_eq!(presses(&world, &listed[0]["id"], "sent").await, 303);
    assert_eq!(presses(&world, &listed[0]["id"], "sent").await, 404);
    ana.asks(QUESTION).await.says(&["$189.00"]);

    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap().to_string();
    assert_eq!(kept.matches("welcome").count(), 1, "{kept}");
    assert!(!world.walk("/app").await.body.contains("waits for a person"));
    assert!(world.walk("/app/waiting").await.body.contains("Nothing waits."));
    world.close().await;
}

#[tokio::test]
async fn what_the_channel_refused_is_listed_and_sent_when_it_may_be() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let gone = GraphError::new(551, "(#551) This person isn't available right now.").subcode(1_545_041);
    world.sandbox().meta().next_send(gone);
    ana.asks("thanks").await.nothing();

    let listed = waiting(&world).await;
    assert_eq!((&listed[0]["what"], &listed[0]["why"]), (&json!("part"), &json!("meta.unreachable")));
    assert_eq!(replays(&world, &listed[0]["id"]).await.status, 200);
    world.settle().await;

    ana.received().says(&["welcome"]);
    assert_eq!(waiting(&world).await, Vec::<Value>::new());
    world.close().await;
}

#[tokio::test]
async fn a_shopper_who_asked_for_a_person_is_listed_until_one_speaks() {
    let world = World::with_shop(products::warm_things()).await;
    let (ana, ben) = (world.shopper("Ana").await, world.shopper("Ben").await);
    ana.asks("can I talk to a person?").await.says(&["asked a person"]);
    ben.asks("can I talk to a person?").await.says(&["asked a person"]);

    let listed = waiting(&world).await;
    let whys: Vec<&str> = listed.iter().map(|row| row["why"].as_str().unwrap()).collect();
    assert_eq!((whys, world.told("person.wanted").len()), (vec!["person.wanted"; 2], 2));
    assert_eq!(replays(&world, &listed[0]["id"]).await.status, 404, "only a person can do it");
    ana.is_answered_by_a_person("Marit here.").await;
    assert_eq!(decides(&world, &listed[1]["id"], "drop").await.status, 200);

    assert_eq!(waiting(&world).await, Vec::<Value>::new());
    world.close().await;
}

#[tokio::test]
async fn the_terminal_shows_what_waits_and_takes_decisions_in_plain_words() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.writes(QUESTION).await;
    world.after(Duration::from_mins(61)).await;
    let merchant = world.merchant().await.to_string();
    let decide = |id: &str, decision: &str| json!({ "merchant": merchant, "id": id, "decision": decision });

    let listed = orders(&world, "deliveries.list", &json!({ "merchant": null })).await;
    let row = &listed[0]["done"][0];
    assert_eq!((&row["what"], &row["why"]), (&json!("message"), &json!("turn.too_late")));
    let id = row["id"].as_str().unwrap();
    for (arguments, sentence) in [
        (decide("nothing", "send"), "none of the names"),
        (decide("event-999999", "drop"), "does not wait"),
        (decide(id, "was-sent"), "cannot be decided so"),
        (decide(id, "shout"), "decision is not understood"),
        (json!({ "merchant": "Mia", "id": id, "decision": "drop" }), "no merchant's user_uuid"),
    ] {
        let told = orders(&world, "deliveries.decide", &arguments).await;
        assert!(told[0]["failed"].as_str().is_some_and(|why| why.contains(sentence)), "{told:?}");
    }
    assert_eq!(orders(&world, "deliveries.decide", &decide(id, "send")).await, [json!({ "done": null })]);
    world.settle().await;

    ana.received().says(&["$189.00"]);
    assert_eq!(
        orders(&world, "deliveries.list", &json!({ "merchant": merchant })).await[0]["done"],
        json!([])
    );
    world.close().await;
}
