//! Everything a Page may tell of that is no message: each kind does what it is to do, once, and is known to have come; and that
//! telling is switched on again where it was switched off.

use std::time::Duration;

use serde_json::{Value, json};
use shopclerk_domain::connection::ConnectionState;
use shopclerk_flows::poll;

use crate::merchant::{NORDLYS, session_cookie};
use crate::outside::{Answer, Request, from_meta};
use crate::products;
use crate::world::{FACEBOOK_APP_ID, PAGE, World};

impl World {
    /// An event of any kind between a shopper and the Page, and all that follows.
    async fn tells(&self, shopper: &str, kind: &str, value: Value) {
        self.sandbox().meta().happens(shopper, kind, &value).unwrap();
        self.settle().await;
    }

    /// The Page changes something about itself; delivered when this returns.
    async fn page_changes(&self, field: &str, value: Value) {
        self.sandbox().meta().page_changes(PAGE, field, &value).unwrap();
        self.sandbox().deliveries().idle().await;
    }

    /// How often the product has looked at the Page's own data.
    fn page_reads(&self) -> usize {
        let entries = self.sandbox().journal().after(0, usize::MAX);
        entries.iter().filter(|entry| entry.kind == "meta.page").count()
    }

    async fn account_state(&self) -> ConnectionState {
        self.app().store().list_accounts(self.merchant().await).await.unwrap()[0].account.state
    }

    /// All that the inbox said of itself under `name`, added up.
    fn counted_as(&self, name: &str) -> u64 {
        self.told("inbox.accepted").iter().filter_map(|(_, data)| data[name].as_u64()).sum()
    }

    /// Looks every connection through, as once a day.
    async fn reconciles(&self) {
        poll::everything(self.app()).await.unwrap();
        self.settle().await;
    }
}

/// The newest message between the shopper and the Page.
fn last_mid(world: &World, name: &str) -> String {
    world.sandbox().meta().messages(name).unwrap().last().unwrap().mid.clone()
}

/// Rows the inbox has made so far.
fn rows(world: &World) -> u64 {
    let told = world.told("inbox.accepted");
    told.iter().map(|(_, data)| data["rows"].as_array().map_or(0, Vec::len) as u64).sum()
}

#[tokio::test]
async fn kinds_without_a_use_are_recorded_once_and_answered_by_nothing() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let mid = last_mid(&world, "Ana");
    let before = world.counted_as("noted") + rows(&world);

    for (kind, value) in [
        ("optin", json!({ "type": "notification_messages", "notification_messages_token": "4207" })),
        ("request_thread_control", json!({ "requested_owner_app_id": 123, "metadata": "" })),
        ("reaction", json!({ "mid": mid, "action": "unreact" })),
        ("referral", json!({ "ref": "spring", "source": "SHORTLINK", "type": "OPEN_THREAD" })),
        ("read", json!({ "watermark": world.app().now().millis() })),
        ("delivery", json!({ "mids": [mid], "watermark": world.app().now().millis() })),
    ] {
        world.tells("Ana", kind, value).await;
        ana.received().nothing();
    }

    assert_eq!(world.counted_as("noted") + rows(&world), before + 6);
    world.close().await;
}

#[tokio::test]
async fn t08_of_reads_only_the_farthest_counts() {
    let world = World::with_shop(products::warm_things()).await;
    world.shopper("Ana").await;
    let now = world.app().now().millis();
    let before = world.counted_as("duplicates");

    for watermark in [now - 2_000, now - 1_000, now - 2_000, now - 1_000, now - 3_000] {
        world.tells("Ana", "read", json!({ "watermark": watermark })).await;
    }

    assert_eq!(world.counted_as("duplicates") - before, 3);
    world.close().await;
}

#[tokio::test]
async fn an_edited_message_is_answered_as_it_stands_then_and_kept_so() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let mid = world.sandbox().meta().shopper_writes("Ana", "how much is the Lumi mug?").unwrap();
    world.sandbox().deliveries().idle().await;

    let edit = json!({ "mid": mid, "text": "how much is the Storm coat?", "num_edit": "1" });
    world.tells("Ana", "message_edit", edit).await;
    ana.received().says(&["$189.00"]).never_says(&["Lumi"]);

    let late = json!({ "mid": mid, "text": "never mind", "num_edit": "2" });
    world.tells("Ana", "message_edit", late).await;
    ana.received().nothing();
    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap().to_string();
    assert!(kept.contains("never mind") && !kept.contains("Lumi mug"), "{kept}");
    world.close().await;
}

#[tokio::test]
async fn a_thread_that_another_takes_is_theirs_until_it_comes_back() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let taken =
        json!({ "previous_owner_app_id": FACEBOOK_APP_ID, "new_owner_app_id": 263_902_037_430_900_u64 });

    world.tells("Ana", "take_thread_control", taken).await;
    ana.asks("how much is the Storm coat?").await.nothing();
    let given =
        json!({ "previous_owner_app_id": 263_902_037_430_900_u64, "new_owner_app_id": FACEBOOK_APP_ID });
    world.tells("Ana", "pass_thread_control", given).await;

    ana.asks("how much is the Storm coat?").await.says(&["automatic", "$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn a_page_that_is_blocked_writes_nothing_until_it_is_allowed_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let enforces = async |action: &str| {
        world.sandbox().meta().enforces(PAGE, action).unwrap();
        world.sandbox().deliveries().idle().await;
    };

    enforces("warning").await;
    assert_eq!(world.account_state().await, ConnectionState::Ok);
    enforces("block").await;
    assert_eq!(world.account_state().await, ConnectionState::Blocked);
    ana.asks("how much is the Storm coat?").await.nothing();
    enforces("unblock").await;
    assert_eq!(world.account_state().await, ConnectionState::Ok);

    world.after(31 * Duration::from_mins(1)).await;
    ana.received().says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn a_burst_of_changes_of_a_page_is_read_once_after_the_last_and_is_in_the_mirror() {
    let world = World::with_shop(products::warm_things()).await;
    world.settle().await;
    let before = world.page_reads();
    for number in 0..20 {
        world.page_changes("name", json!(format!("Nordlys {number}"))).await;
    }
    world.page_changes("phone", json!("+47 22 22 22 22")).await;

    world.settle().await;

    assert_eq!(world.counted_as("noted"), 21);
    assert!(world.page_reads() - before <= 1, "{} reads", world.page_reads() - before);
    let mirrored = world.mirrored(&format!("facebook/{PAGE}/page_data.json")).await.unwrap();
    assert_eq!(mirrored["data"][0]["name"], "Nordlys 19");
    assert_eq!(mirrored["data"][0]["phone"], "+47 22 22 22 22");
    assert_eq!(
        world.app().store().list_accounts(world.merchant().await).await.unwrap()[0].account.name,
        "Nordlys 19"
    );
    world.close().await;
}

#[tokio::test]
async fn t08_a_change_told_again_is_the_same_and_what_the_page_did_itself_is_only_noted() {
    let world = World::with_shop(products::warm_things()).await;
    let change = |field: &str, value: Value| {
        let entry =
            json!({ "id": PAGE, "time": 1_795_258_801, "changes": [{ "field": field, "value": value }] });
        from_meta(json!({ "object": "page", "entry": [entry] }).to_string())
    };
    let before = world.page_reads();
    for delivery in [
        change("feed", json!({ "item": "post", "from": { "id": PAGE } })),
        change("feed", json!({ "item": "post", "from": { "id": PAGE } })),
    ] {
        let Answer { status, .. } = delivery.send(&world).await;
        assert_eq!(status, 200);
        world.settle().await;
    }
    assert_eq!(
        (world.counted_as("noted"), world.counted_as("duplicates"), world.page_reads()),
        (1, 1, before)
    );
    world.close().await;
}

#[tokio::test]
async fn what_was_said_of_a_page_is_listed_with_what_it_did() {
    let world = World::with_shop(products::warm_things()).await;
    for name in ["Nordlys & Daughters", "Nordlys"] {
        world.page_changes("name", json!(name)).await;
        world.after(Duration::from_secs(1)).await;
    }
    world.sandbox().meta().enforces(PAGE, "warning").unwrap();
    world.sandbox().deliveries().idle().await;

    let list = Request::get("/api/v1/connections").header("cookie", session_cookie(&world, world.browser()));
    let listed = list.send(&world).await.json();

    let shown = |row: &Value| (row["kind"].clone(), row["effect"].clone(), row["count"].clone());
    let told: Vec<_> = listed["data"][1]["told"].as_array().unwrap().iter().map(shown).collect();
    let expected = [("name", "read_again", 2), ("policy_enforcement", "none", 1)];
    assert_eq!(told, expected.map(|(kind, effect, count)| (json!(kind), json!(effect), json!(count))));
    assert_eq!(listed["data"][1]["told"][0]["last_at"], "2026-11-21T11:00:01.000Z");
    assert_eq!(listed["data"][0]["told"], json!([]), "of a shop");
    world.close().await;
}

#[tokio::test]
async fn a_permission_taken_back_is_found_out_at_once() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().meta().revoke(shopclerk_sandbox::meta::Revoked::RoleLost).unwrap();
    let value = json!({ "verb": "revoked", "target_ids": [PAGE] });
    let entry = json!({ "id": "1", "time": 1_795_258_801, "changes": [{ "field": "pages_messaging", "value": value }] });
    let told = from_meta(json!({ "object": "permissions", "entry": [entry] }).to_string());

    assert_eq!(told.send(&world).await.status, 200);
    world.settle().await;

    assert_eq!(world.account_state().await, ConnectionState::NeedsReconnect);
    world.close().await;
}

#[tokio::test]
async fn t62_what_a_page_or_the_app_turned_off_is_turned_on_again_and_told() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().page_turns_off(PAGE, &["messages", "message_echoes"]);
    ana.asks("how much is the Storm coat?").await.nothing();

    world.reconciles().await;

    let repaired = world.told("connect.repaired");
    assert_eq!((repaired.len(), &repaired[0].1["fields"]), (1, &json!(["messages", "message_echoes"])));
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);

    world.sandbox().meta().deliver_elsewhere("http://127.0.0.1:9/facebook/webhook");
    world.reconciles().await;

    let repaired = world.told("connect.repaired");
    assert_eq!((repaired.len(), &repaired[1].1["foreign"]), (2, &json!(true)));
    ana.asks("how much is the Lumi mug?").await.says(&["Lumi mug"]);
    world.close().await;
}

#[tokio::test]
async fn t62_a_topic_that_a_shop_dropped_is_made_again_and_told() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().shopify().drop_subscriptions(NORDLYS, &["PRODUCTS_UPDATE", "APP_UNINSTALLED"]).unwrap();

    world.reconciles().await;

    let repaired = world.told("connect.repaired");
    assert_eq!(
        (repaired.len(), &repaired[0].1["topics"]),
        (1, &json!(["app/uninstalled", "products/update"]))
    );
    world.reconciles().await;
    assert_eq!(world.told("connect.repaired").len(), 1, "what stands is left alone");
    world.close().await;
}
