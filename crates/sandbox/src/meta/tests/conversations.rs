//! Reading what was written: newest first, to the second, in pages, no oftener than twice a second.

use super::*;

const FIELDS: &str = "id,participants,messages.limit(2){id,created_time,from,to,message,attachments}";

impl Rig {
    async fn read(&self, token: &str, params: &Value) -> (u16, Value) {
        self.call("GET", &format!("{PAGE}/conversations"), token, params).await
    }
}

#[tokio::test]
async fn what_was_written_is_read_newest_first_and_to_the_second() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    rig.fake.shopper_writes("Ben", "hello").unwrap();
    rig.fake.shopper_writes("Ana", "a candle?").unwrap();
    rig.clock.advance(Duration::from_millis(1_999));
    let (_, words) = rig.send(&token, "Ana", json!({ "text": "Here you are." })).await;
    let element = json!({ "title": "Winter Amber", "subtitle": "$24.90" });
    let payload = json!({ "template_type": "generic", "elements": [element] });
    let (_, cards) =
        rig.send(&token, "Ana", json!({ "attachment": { "type": "template", "payload": payload } })).await;

    let psid = rig.fake.psid("Ana");
    let (status, read) = rig.read(&token, &json!({ "user_id": psid, "fields": FIELDS })).await;

    assert_eq!((status, read["data"].as_array().unwrap().len()), (200, 1), "{read}");
    let messages = &read["data"][0]["messages"]["data"];
    assert_eq!((&messages[0]["id"], &messages[1]["id"]), (&cards["message_id"], &words["message_id"]));
    assert_eq!(messages[1]["message"], "Here you are.");
    assert_eq!(messages[1]["created_time"], "2026-11-21T11:00:01+0000");
    assert_eq!(
        (&messages[1]["from"]["id"], &messages[1]["to"]["data"][0]["id"]),
        (&json!(PAGE), &json!(psid))
    );
    assert_eq!(messages[0]["attachments"]["data"][0]["generic_template"]["title"], "Winter Amber");
    assert_eq!(messages[1].get("attachments"), None);
    let (_, all) = rig.read(&token, &json!({})).await;
    assert_eq!(all["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_does_not_fit_is_behind_the_next_page() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    for text in ["one", "two", "three"] {
        rig.fake.shopper_writes("Ana", text).unwrap();
    }

    let (_, read) = rig.read(&token, &json!({ "user_id": rig.fake.psid("Ana"), "fields": FIELDS })).await;
    let thread = &read["data"][0];
    let after = &thread["messages"]["paging"]["cursors"]["after"];
    assert!(thread["messages"]["paging"]["next"].is_string());
    let path = format!("{}/messages", thread["id"].as_str().unwrap());
    let (_, rest) = rig.call("GET", &path, &token, &json!({ "after": after, "fields": "message" })).await;

    assert_eq!(rest["data"].as_array().unwrap().len(), 1, "{rest}");
    assert_eq!((&rest["data"][0]["message"], rest["paging"].get("next")), (&json!("one"), None));
}

#[tokio::test]
async fn reading_is_refused_too_often_too_early_and_without_the_right() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    rig.fake.shopper_writes("Ana", "hello").unwrap();
    let one = json!({ "user_id": rig.fake.psid("Ana"), "fields": "messages{message}" });
    let count = |read: &Value| read["data"][0]["messages"]["data"].as_array().unwrap().len();

    rig.fake.reads_lag_by(Duration::from_secs(1));
    assert_eq!(count(&rig.read(&token, &one).await.1), 0);
    assert_eq!(rig.read(&token, &one).await.0, 200);
    assert_eq!(error(&rig.read(&token, &one).await), (613, None));
    rig.clock.advance(Duration::from_secs(1));
    assert_eq!(count(&rig.read(&token, &one).await.1), 1);
    rig.fake.next_read(GraphError::new(2, "Service temporarily unavailable"));
    assert_eq!(error(&rig.read(&token, &one).await), (2, None));

    let weak = rig.page_token("pages_show_list").await;
    assert_eq!(error(&rig.read(&weak, &one).await), (230, None));
    let unknown = json!({ "user_id": "1", "fields": "id" });
    assert_eq!(rig.read(&token, &unknown).await.1, json!({ "data": [] }));
}
