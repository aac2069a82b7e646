//! T06 over what nobody foresaw: real payloads with something in them changed, in one delivery with a message that is well
//! formed. Nothing is answered by an error, and the message is always heard.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::merchant::NORDLYS;
use crate::outside::{from_meta, from_shop, message};
use crate::products;
use crate::world::{PAGE, World};

/// Deliveries of each platform that are mutated.
const CASES: usize = 160;

/// Entries as Meta sends them, one of each kind.
fn entries() -> Vec<Value> {
    let person = json!({ "id": "7764400000000945" });
    let event = |name: &str, value: Value| {
        let mut event =
            json!({ "sender": person, "recipient": { "id": PAGE }, "timestamp": 1_795_258_800_876_i64 });
        event[name] = value;
        json!({ "id": PAGE, "time": 1_795_258_801_234_i64, "messaging": [event] })
    };
    vec![
        event("message", json!({ "mid": "m_a", "text": "Blue", "quick_reply": { "payload": "COLOR:blue" } })),
        event(
            "message",
            json!({ "mid": "m_c", "attachments": [{ "type": "image", "payload": { "url": "https://x/" } }] }),
        ),
        event("message", json!({ "mid": "m_k", "is_deleted": true })),
        event(
            "message",
            json!({ "is_echo": true, "app_id": 1_517_776_481_860_111_u64, "metadata": "out:x", "mid": "m_Q" }),
        ),
        event("postback", json!({ "mid": "m_P", "title": "Add", "payload": "v1:cart:add:8301" })),
        event(
            "reaction",
            json!({ "mid": "m_Q", "action": "react", "reaction": "love", "emoji": "\u{2764}" }),
        ),
        event("read", json!({ "watermark": 1_795_258_803_000_i64 })),
        event("message_edit", json!({ "mid": "m_Z", "text": "the red one", "num_edit": "1" })),
        event(
            "take_thread_control",
            json!({ "previous_owner_app_id": "123", "new_owner_app_id": 5, "metadata": "" }),
        ),
        event("optin", json!({ "ref": "footer", "user_ref": "u-77" })),
        json!({ "id": PAGE, "time": 1_795_258_801, "changes": [{ "field": "feed", "value": { "item": "comment", "from": { "id": "1" } } }] }),
        json!({ "id": PAGE, "time": 1_795_258_801, "standby": [{ "sender": person, "message": { "mid": "m_S", "text": "x" } }] }),
    ]
}

/// What a shop's webhooks hold, by topic.
fn shop_bodies() -> Vec<(&'static str, Value)> {
    let customer = json!({ "id": 191_167, "email": "john@example.com", "phone": "555-625-1199" });
    vec![
        ("products/update", json!({ "id": 101, "updated_at": "2026-11-21T11:00:00Z", "title": "Lumi" })),
        ("inventory_levels/update", json!({ "inventory_item_id": 5, "location_id": 6, "available": 3 })),
        ("app/uninstalled", json!({ "id": 7_001, "myshopify_domain": NORDLYS })),
        (
            "customers/redact",
            json!({ "shop_id": 7_001, "shop_domain": NORDLYS, "customer": customer, "orders_to_redact": [1] }),
        ),
        (
            "customers/data_request",
            json!({ "shop_domain": NORDLYS, "customer": customer, "data_request": { "id": 9_999 } }),
        ),
        ("shop/redact", json!({ "shop_id": 7_001, "shop_domain": NORDLYS })),
    ]
}

/// Something that stands where it should not.
fn odd(choice: u8) -> Value {
    match choice % 12 {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(1e300),
        4 => json!(u64::MAX),
        5 => json!(""),
        6 => json!("\u{0}\u{202e}\u{d7ff}"),
        7 => json!("9".repeat(700)),
        8 => json!([]),
        9 => json!({}),
        10 => json!([[[[[[{ "id": {} }]]]]]]),
        _ => json!({ "id": [1], "mid": 7, "text": {}, "sender": "x" }),
    }
}

/// Walks down as the tape says and changes what it comes to.
fn mutate(value: &mut Value, tape: &[u8]) {
    let [step, rest @ ..] = tape else { return };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let name = fields.keys().nth(usize::from(*step) % fields.len()).unwrap().clone();
            match step / 64 {
                0 => drop(fields.remove(&name)),
                1 => drop(fields.insert(name, odd(*step))),
                _ => mutate(fields.get_mut(&name).unwrap(), rest),
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let at = usize::from(*step) % list.len();
            if step / 64 == 0 { list.push(odd(*step)) } else { mutate(&mut list[at], rest) }
        }
        other => *other = odd(*step),
    }
}

fn draw<T: std::fmt::Debug>(runner: &mut TestRunner, strategy: impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).unwrap().current()
}

#[tokio::test]
async fn t06_whatever_is_changed_in_a_delivery_its_well_formed_neighbour_is_heard() {
    let world = World::with_shop(products::warm_things()).await;
    world.shopper("Ana").await;
    let psid = world.sandbox().meta().psid("Ana").unwrap();
    let mut runner = TestRunner::deterministic();
    let kinds = entries();

    for number in 0..CASES {
        let tapes = draw(&mut runner, vec(vec(any::<u8>(), 1..12), 1..4));
        let mut broken = kinds[number % kinds.len()].clone();
        for tape in &tapes {
            mutate(&mut broken, tape);
        }
        let at = world.app().now().millis();
        let mid = format!("m_good_{number}");
        let good = json!({ "id": PAGE, "time": at, "messaging": [message(PAGE, &psid, &mid, "hi", at)] });
        let body = json!({ "object": "page", "entry": [broken, good] }).to_string();

        assert_eq!(from_meta(body.clone()).send(&world).await.status, 200, "{body}");
        let again = json!({ "object": "page", "entry": [good] }).to_string();
        let known = world.told("inbox.accepted").last().unwrap().1["rows"].as_array().map_or(0, Vec::len);
        assert!(known > 0, "nothing was heard of {body}");
        from_meta(again).send(&world).await;
        assert_eq!(
            world.told("inbox.accepted").last().unwrap().1["duplicates"],
            1,
            "it was not the good one: {body}"
        );

        let mut bytes = body.into_bytes();
        let (at, to) = draw(&mut runner, (any::<prop::sample::Index>(), any::<u8>()));
        let place = at.index(bytes.len());
        bytes[place] = to;
        assert_eq!(from_meta(bytes).send(&world).await.status, 200);
    }
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t06_whatever_is_changed_in_a_shops_webhook_it_is_acknowledged() {
    let world = World::with_shop(products::warm_things()).await;
    let mut runner = TestRunner::deterministic();
    let kinds = shop_bodies();

    for number in 0..CASES {
        let (topic, body) = &kinds[number % kinds.len()];
        let mut body = body.clone();
        let tapes = draw(&mut runner, vec(vec(any::<u8>(), 1..12), 1..4));
        for tape in &tapes {
            mutate(&mut body, tape);
        }
        let answer = from_shop(NORDLYS, topic, &format!("d-{number}"), body.to_string()).send(&world).await;
        assert_eq!(answer.status, 200, "{topic} {body}");
    }
    world.settle().await;
    assert!(!world.told("connect.still_installed").is_empty(), "some were whole");
    world.close().await;
}
