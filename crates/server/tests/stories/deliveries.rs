//! What signed deliveries do: each thing once, in order, durable before it is acknowledged, and never to somebody else's shop.

use std::time::Duration;

use serde_json::{Value, json};

use crate::merchant::{
    FJELL, NORDLYS, SHOP_LOGIN, comes_back, connections_of, fjell_opens, fresh_program, line, on_its_way,
};
use crate::outside::{Request, envelope, from_meta, from_shop, message};
use crate::products;
use crate::scene::Scene;
use crate::world::{PAGE, World, price, stock};

const OK: (u16, &str) = (200, r#"{"status":"success"}"#);

/// Sends a delivery, which must be acknowledged.
async fn arrives(world: &World, delivery: &Request) {
    let answer = delivery.send(world).await;
    assert_eq!((answer.status, answer.body.as_str()), OK);
}

/// The id by which the Page knows a shopper.
fn psid(world: &World, name: &str) -> String {
    world.sandbox().meta().psid(name).unwrap()
}

/// All that the inbox said of itself under `name`, added up.
fn counted(world: &World, name: &str) -> u64 {
    let told = world.told("inbox.accepted");
    told.iter().filter_map(|(_, data)| data[name].as_u64()).sum()
}

fn stored(world: &World) -> usize {
    world.told("inbox.accepted").iter().map(|(_, data)| data["rows"].as_array().map_or(0, Vec::len)).sum()
}

#[tokio::test]
async fn t06_signed_nonsense_is_acknowledged_and_kept_for_a_person() {
    let world = World::with_shop(products::warm_things()).await;
    let nonsense: &[&[u8]] = &[
        b"",
        b" ",
        b"null",
        b"true",
        b"17",
        b"\"page\"",
        b"{",
        b"}{",
        b"{\"object\":\"page\"",
        b"{\"object\":\"page\",\"entry\":{}}",
        b"{\"object\":\"page\",\"entry\":[1,null,\"x\",[]]}",
        b"{\"object\":\"page\",\"entry\":[{\"id\":\"1\",\"messaging\":7}]}",
        b"{\"object\":\"page\",\"entry\":[{\"id\":\"1\",\"messaging\":[7,null,[]]}]}",
        b"{\"object\":\"page\",\"entry\":[{\"id\":\"1\",\"messaging\":[{\"sender\":{\"id\":\"2\"},\"message\":3}]}]}",
        b"\xff\xfe{\0",
        b"{\"object\":\"p\xc3\x28ge\"}",
        b"object=page&entry=1",
        b"<xml/>",
    ];
    for body in nonsense {
        let before = counted(&world, "quarantined");
        arrives(&world, &from_meta(*body)).await;
        assert!(counted(&world, "quarantined") > before, "{}", String::from_utf8_lossy(body));
        let before = counted(&world, "quarantined");
        arrives(&world, &from_shop(NORDLYS, "products/update", "d", *body)).await;
        assert!(counted(&world, "quarantined") > before, "{}", String::from_utf8_lossy(body));
    }
    assert_eq!((stored(&world), counted(&world, "hints")), (0, 0));
    world.close().await;
}

#[tokio::test]
async fn t06_shapes_nobody_promised_are_acknowledged() {
    let world = World::with_shop(products::warm_things()).await;
    let at = world.app().now().millis();
    let of_page = |event: Value| envelope(PAGE, at, &[event]);
    let person = json!({ "id": "7764400000000945" });

    for body in [
        json!({}),
        json!({ "object": "instagram", "entry": [{ "id": "1", "messaging": [{}] }] }),
        json!({ "object": "permissions", "entry": [{ "changes": [{ "field": "connected" }] }] }),
        json!({ "object": "page", "entry": [] }),
        json!({ "object": "page", "entry": [{}] }),
        json!({ "object": "page", "entry": [{ "id": 5, "time": "soon", "changes": [{ "field": "name" }] }] }),
        json!([{ "object": "page", "entry": [] }]),
        of_page(json!({})),
        of_page(json!({ "sender": person })),
        of_page(json!({ "sender": person, "message": {} })),
        of_page(json!({ "sender": person, "message": { "mid": 7, "text": ["x"], "attachments": [{}] } })),
        of_page(json!({ "sender": person, "postback": null })),
        of_page(json!({ "sender": person, "read": { "watermark": "x" } })),
        of_page(json!({ "sender": { "user_ref": "u" }, "optin": { "ref": "x" } })),
        of_page(json!({ "policy_enforcement": { "action": "block" } })),
        of_page(json!({ "sender": person, "something": { "new": true } })),
        of_page(json!({ "sender": { "id": "a\0b" }, "message": { "mid": "m\n", "text": "\u{202e}\0" } })),
    ] {
        arrives(&world, &from_meta(body.to_string())).await;
    }
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t06_a_broken_entry_does_not_hold_up_its_neighbours() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let at = world.app().now().millis();
    let good = message(PAGE, &psid(&world, "Ana"), "m_between", "do you have the Lumi mug?", at);
    let deep: Value = serde_json::from_str(&format!("{}1{}", "[".repeat(60), "]".repeat(60))).unwrap();
    let entry = |events: Value| json!({ "id": PAGE, "time": at, "messaging": events });

    let body = json!({ "object": "page", "entry": [
        7, entry(json!("x")), entry(json!([{ "sender": deep }, null, good, 3])), { "id": PAGE, "messaging": {} },
    ] });
    arrives(&world, &from_meta(body.to_string())).await;
    world.settle().await;

    ana.received().says(&["Lumi mug"]);
    assert_eq!(counted(&world, "quarantined"), 6);
    world.close().await;
}

#[tokio::test]
async fn t07_what_was_acknowledged_is_answered_after_a_restart() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.shopper("Ana").await;
    let at = world.app().now().millis();
    let asked = message(PAGE, &psid(&world, "Ana"), "m_before", "do you have the Lumi mug?", at);

    arrives(&world, &from_meta(envelope(PAGE, at, &[asked]).to_string())).await;
    arrives(&world, &from_shop(NORDLYS, "products/update", "d-1", r#"{"id":106}"#)).await;
    let reads = world.told("catalogue.changed").len();
    world.restarts().await;
    let ana = world.stranger("Ana");
    world.settle().await;

    ana.received().says(&["Lumi mug"]);
    assert_eq!(world.told("catalogue.changed").len(), reads, "read again, and nothing was new");
    world.close().await;
}

#[tokio::test]
async fn t08_one_message_told_sixteen_times_at_once_has_one_answer() {
    let mut world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let at = world.app().now().millis();
    let id = psid(&world, "Ana");
    let asked = message(PAGE, &id, "m_often", "do you have the Lumi mug?", at);
    let reading = |mark: i64| json!({ "sender": { "id": id }, "recipient": { "id": PAGE }, "timestamp": mark, "read": { "watermark": mark } });

    let deliveries: Vec<Request> = (0..16_i64)
        .map(|number| {
            let event = asked.clone();
            let whole = match number % 4 {
                0 => envelope(PAGE, at, &[event]),
                1 => envelope(PAGE, at + number, &[event.clone(), event]),
                2 => envelope(PAGE, at, &[reading(at - number), event]),
                _ => envelope(PAGE, at, &[event, reading(at + number)]),
            };
            from_meta(if number % 2 == 0 { format!("{whole:#} \n") } else { whole.to_string() })
        })
        .collect();
    let answers = futures::future::join_all(deliveries.iter().map(|delivery| delivery.send(&world))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    world.settle().await;
    let received = ana.received();
    let mugs = received.titles().iter().filter(|title| title.contains("Lumi mug")).count();
    assert_eq!(mugs, 1, "{received:?}");

    world.restarts().await;
    let ana = world.stranger("Ana");
    arrives(&world, &deliveries[0]).await;
    world.settle().await;
    ana.received().nothing();
    world.close().await;
}

#[tokio::test]
async fn t08_one_change_of_a_shop_told_often_is_read_once() {
    let world = World::with_shop(products::warm_things()).await;
    let reads = || world.sandbox().shopify().calls().get("graphql OneProduct").copied().unwrap_or(0);
    let before = reads();
    let told = |delivery: &str, event: &str| {
        from_shop(NORDLYS, "products/update", delivery, r#"{"id":106}"#).header("x-shopify-event-id", event)
    };

    for _ in 0..8 {
        arrives(&world, &told("delivery-1", "event-1")).await;
        arrives(&world, &told("delivery-2", "event-1")).await;
    }
    world.settle().await;
    assert_eq!((counted(&world, "hints"), counted(&world, "duplicates")), (1, 15));
    assert_eq!(reads() - before, 1, "{:?}", world.sandbox().shopify().calls());

    arrives(&world, &told("delivery-3", "event-2")).await;
    world.settle().await;
    assert_eq!((counted(&world, "hints"), reads() - before), (2, 2));
    world.close().await;
}

#[tokio::test]
async fn t10_messages_from_long_ago_and_from_tomorrow_are_not_answered() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let (now, id) = (world.app().now(), psid(&world, "Ana"));
    let hours = |hours: u64| Duration::from_hours(hours);

    for (mid, at) in [
        ("m_36_days", now.minus(hours(36 * 24)).millis()),
        ("m_2_days", now.minus(hours(48)).millis()),
        ("m_2_hours", now.minus(hours(2)).millis()),
        ("m_tomorrow", now.plus(hours(24)).millis()),
        ("m_year_9999", 253_370_764_800_000),
        ("m_no_time", 0),
        ("m_before", -1),
    ] {
        let old = message(PAGE, &id, mid, "do you have the Lumi mug?", at);
        arrives(&world, &from_meta(envelope(PAGE, at, &[old]).to_string())).await;
    }
    world.settle().await;
    ana.received().nothing();

    ana.asks("do you have the Lumi mug?").await.says(&["Lumi mug"]);
    world.close().await;
}

#[tokio::test]
async fn t11_deliveries_for_strangers_are_acknowledged_counted_and_dropped() {
    let world = World::with_shop(products::warm_things()).await;
    let at = world.app().now().millis();
    let (before, calls) = (stored(&world), world.sandbox().journal().after(0, 10_000).len());

    let event = message("999", "12334", "test_message_id", "hello", at);
    arrives(&world, &from_meta(envelope("999", at, &[event]).to_string())).await;
    assert_eq!(counted(&world, "unknown"), 1);
    arrives(&world, &from_shop(FJELL, "products/update", "d-1", r#"{"id":106}"#)).await;
    assert_eq!(counted(&world, "unknown"), 2);

    assert!(world.app().store().list_due(world.app().now(), 5).await.unwrap().is_empty());
    assert_eq!((stored(&world), counted(&world, "quarantined")), (before, 0));
    assert_eq!(world.sandbox().journal().after(0, 10_000).len(), calls, "nobody was called");
    world.close().await;
}

#[tokio::test]
async fn t12_shuffled_and_doubled_news_of_a_product_end_in_what_the_shop_says_now() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    for (dollars, left) in [("21.00", 4), ("22.00", 0), ("23.00", 9)] {
        world.sets("lumi-mug", price(dollars));
        world.sets("lumi-mug", stock(left));
    }
    world.sandbox().deliveries().idle().await;

    let told = |topic: &str, id: &str, stamp: &str| {
        let body = format!(r#"{{"id":106,"updated_at":"{stamp}"}}"#);
        from_shop(NORDLYS, topic, id, body).header("x-shopify-triggered-at", stamp)
    };
    for (topic, id, stamp) in [
        ("products/update", "late", "2026-11-21T11:00:09.000000000Z"),
        ("products/delete", "never-happened", "2026-11-21T11:00:05Z"),
        ("products/update", "early", "2026-11-20T11:00:00Z"),
        ("products/create", "first", "2026-11-01T11:00:00Z"),
        ("products/update", "late", "2026-11-21T11:00:09.000000000Z"),
    ] {
        arrives(&world, &told(topic, id, stamp)).await;
        world.settle().await;
    }

    ana.asks("how much is the Lumi mug?").await.says(&["$23.00"]).never_says(&["$21.00", "$22.00", "$18.00"]);
    world.close().await;
}

#[tokio::test]
async fn t12_messages_that_arrive_in_the_wrong_order_are_one_conversation_in_the_right_one() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let (at, id) = (world.app().now().millis(), psid(&world, "Ana"));
    let said = |mid: &str, text: &str, after: i64| {
        from_meta(envelope(PAGE, at, &[message(PAGE, &id, mid, text, at + after)]).to_string())
    };
    world.clock().advance(Duration::from_secs(5));

    arrives(&world, &said("m_3", "under 20 dollars please", 3_000)).await;
    arrives(&world, &said("m_1", "hello!", 1_000)).await;
    arrives(&world, &said("m_2", "do you have a mug?", 2_000)).await;
    world.settle().await;

    ana.received().says(&["Lumi mug"]);
    let kept = world.mirrored(&format!("facebook/{PAGE}/conversations/{id}.json")).await.unwrap().to_string();
    let place = |text: &str| kept.find(text).unwrap_or_else(|| panic!("{text} is missing in {kept}"));
    assert!(place("hello!") < place("do you have a mug?"));
    assert!(place("do you have a mug?") < place("under 20 dollars please"));
    world.close().await;
}

#[tokio::test]
async fn t04_a_delivery_relabelled_for_another_shop_changes_nothing_there() {
    let world =
        Scene::of(products::warm_things()).configured(&[("SHOPCLERK_SIGNUP", "open")]).connected().await;
    fjell_opens(&world);
    let program = fresh_program();
    let back = on_its_way(&world, &program, "/shopify/fjell/login").await;
    assert_eq!(comes_back(&world, &program, &back).await.0, 200);
    world.settle().await;

    let of_nordlys = r#"{"id":106,"admin_graphql_api_id":"gid:\/\/shopify\/Product\/106"}"#;
    let uninstalled = r#"{"id":7001,"name":"Nordlys","myshopify_domain":"nordlys.myshopify.com"}"#;
    let redact = r#"{"shop_id":7001,"shop_domain":"nordlys.myshopify.com"}"#;
    for (number, (topic, body)) in [
        ("products/delete", of_nordlys),
        ("products/update", of_nordlys),
        ("app/uninstalled", of_nordlys),
        ("app/uninstalled", uninstalled),
        ("shop/redact", redact),
        ("customers/redact", redact),
        ("customers/data_request", redact),
        ("shop/update", uninstalled),
        ("no/such-topic", of_nordlys),
    ]
    .into_iter()
    .enumerate()
    {
        arrives(&world, &from_shop(FJELL, topic, &format!("d-{number}"), body)).await;
    }
    world.settle().await;

    assert_eq!(
        counted(&world, "quarantined"),
        6,
        "what names another shop, or should name one, is not believed"
    );
    assert_eq!(connections_of(&world, &program).await, [line("Shopify shop", "Fjell", "ok")]);
    let answer = Request::get("/app").header("cookie", crate::merchant::session_cookie(&world, &program));
    assert!(answer.send(&world).await.body.contains("1 products"), "its one product is still there");
    let ana = world.shopper("Ana").await;
    ana.asks("do you have the Lumi mug?").await.says(&["Lumi mug"]);
    assert_eq!(world.walk(SHOP_LOGIN).await.status, 200);
    world.settle().await;
    world.close().await;
}
