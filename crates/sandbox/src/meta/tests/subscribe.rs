//! Subscriptions at the app and at the Page.

use super::*;

fn app_token() -> String {
    format!("{APP}|{SECRET}")
}

async fn subscribe(rig: &Rig, callback: &str, verify: &str) -> (u16, Value) {
    let body =
        json!({ "object": "page", "callback_url": callback, "verify_token": verify, "fields": "messages" });
    rig.call("POST", &format!("{APP}/subscriptions"), &app_token(), &body).await
}

#[tokio::test]
async fn the_webhook_is_subscribed_only_if_it_repeats_the_challenge() {
    let rig = Rig::start().await;
    let webhook = format!("{}/facebook/webhook", rig.app_url);

    assert_eq!(error(&subscribe(&rig, &webhook, "wrong").await), (2200, None));
    assert_eq!(error(&subscribe(&rig, "http://127.0.0.1:9/hook", "verify").await), (2200, None));
    assert_eq!(error(&subscribe(&rig, "http://192.0.2.1/hook", "verify").await), (2200, None));
    assert_eq!(subscribe(&rig, &webhook, "verify").await.1, json!({ "success": true }));

    let (_, kept) = rig.call("GET", &format!("{APP}/subscriptions"), &app_token(), &json!({})).await;
    assert_eq!(kept["data"][0]["callback_url"], webhook);
    assert_eq!(kept["data"][0]["fields"], json!([{ "name": "messages", "version": "v26.0" }]));
    let page = rig.page_token(ALL).await;
    assert_eq!(error(&rig.call("GET", &format!("{APP}/subscriptions"), &page, &json!({})).await), (15, None));
}

#[tokio::test]
async fn a_page_turns_fields_on_and_off_with_its_own_token_only() {
    let rig = Rig::start().await;
    let user = rig.long_token(ALL).await;
    let page = rig.page_token(ALL).await;
    let path = format!("{PAGE}/subscribed_apps");
    let fields = |fields: &str| json!({ "subscribed_fields": fields });

    assert_eq!(error(&rig.call("POST", &path, &user, &fields("messages")).await), (210, None));
    assert_eq!(error(&rig.call("POST", &path, &page, &fields("messages,moods")).await), (100, None));
    assert_eq!(error(&rig.call("POST", &path, &page, &json!({})).await), (100, None));
    assert_eq!(
        error(&rig.call("POST", "77/subscribed_apps", &page, &fields("messages")).await),
        (100, Some(33))
    );
    assert_eq!(rig.call("GET", &path, &page, &json!({})).await.1, json!({ "data": [] }));
    rig.call("POST", &path, &page, &fields("messages,message_echoes")).await;
    let (_, on) = rig.call("GET", &path, &page, &json!({})).await;
    assert_eq!(
        (&on["data"][0]["id"], &on["data"][0]["subscribed_fields"][1]),
        (&json!(APP), &json!("message_echoes"))
    );

    rig.call("DELETE", &path, &page, &json!({})).await;
    assert_eq!(rig.call("GET", &path, &page, &json!({})).await.1, json!({ "data": [] }));
}

#[tokio::test]
async fn permissions_that_were_declined_are_missed_by_name() {
    let rig = Rig::start().await;
    let path = format!("{PAGE}/subscribed_apps");
    let fields = json!({ "subscribed_fields": "messages" });

    for missing in ["pages_manage_metadata", "pages_messaging"] {
        rig.fake.decline(&[missing]);
        let token = rig.page_token(ALL).await;
        let answer = rig.call("POST", &path, &token, &fields).await;
        assert_eq!(error(&answer), (200, None));
        assert!(answer.1["error"]["message"].as_str().unwrap().contains(missing), "{answer:?}");
    }
}

#[tokio::test]
async fn an_event_needs_the_field_at_both_levels() {
    let rig = Rig::start().await;
    let page = rig.page_token(ALL).await;
    rig.fake.shopper_writes("Ana", "one").unwrap();
    assert!(!rig.fake.is_connected());

    subscribe(&rig, &format!("{}/facebook/webhook", rig.app_url), "verify").await;
    rig.fake.shopper_writes("Ana", "two").unwrap();
    rig.call(
        "POST",
        &format!("{PAGE}/subscribed_apps"),
        &page,
        &json!({ "subscribed_fields": MESSAGE_FIELDS }),
    )
    .await;
    rig.fake.shopper_writes("Ana", "three").unwrap();
    rig.send(&page, "Ana", json!({ "text": "four" })).await;

    let heard = rig.heard().await;
    assert_eq!(heard.len(), 1, "echoes are on at the Page, but not at the app: {heard:?}");
    assert_eq!(heard[0]["message"]["text"], "three");
    assert!(rig.fake.is_connected());
}

#[tokio::test]
async fn what_was_promised_and_said_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let on_disk = |options: &mut MetaOptions| {
        options.state = StateFile::new(folder.path().join("meta.json"));
        options.conversations = Some(folder.path().join("conversations.jsonl"));
    };
    let first = Rig::with(on_disk).await;
    let token = first.connected().await;
    first.fake.shopper_writes("Ana", "hello").unwrap();
    let (_, sent) = first.send(&token, "Ana", json!({ "text": "Hello Ana", "metadata": "out:1" })).await;

    let second = Rig::with(on_disk).await;

    assert!(second.fake.is_connected());
    assert_eq!(second.fake.messages("Ana"), first.fake.messages("Ana"));
    assert_eq!(second.fake.sends()[0].metadata.as_deref(), Some("out:1"));
    assert_eq!(second.fake.psid("Ana").as_deref(), sent["recipient_id"].as_str());
    assert_eq!(second.send(&token, "Ana", json!({ "text": "still here" })).await.0, 200);
}
