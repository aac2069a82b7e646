//! The Send API: what it takes, what it refuses, and the echo.

use super::*;

fn more(title: &str) -> Value {
    json!({ "content_type": "text", "title": title, "payload": format!("v1:{title}") })
}

#[tokio::test]
async fn a_reply_shows_and_comes_back_as_an_echo_with_its_metadata() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    rig.fake.shopper_writes("Ana", "is it blue?").unwrap();

    let (status, answer) = rig
        .send(&token, "Ana", json!({ "text": "Yes.", "metadata": "out:7", "quick_replies": [more("More")] }))
        .await;

    assert_eq!((status, answer["recipient_id"].as_str()), (200, rig.fake.psid("Ana").as_deref()));
    let shown = rig.fake.messages("Ana").unwrap();
    assert_eq!((shown[1].from, shown[1].text.as_deref()), (Side::Page, Some("Yes.")));
    assert_eq!(shown[1].quick_replies[0].title, "More");
    let echo = rig.heard().await.remove(1);
    assert_eq!((&echo["sender"]["id"], &echo["recipient"]["id"]), (&json!(PAGE), &answer["recipient_id"]));
    assert_eq!(
        echo["message"],
        json!({ "is_echo": true, "app_id": 1_517_776_481_860_111_u64, "metadata": "out:7",
                "mid": answer["message_id"], "text": "Yes." })
    );
    assert_eq!(rig.fake.sends()[0].mid, answer["message_id"].as_str().unwrap());
}

#[tokio::test]
async fn cards_show_as_cards() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    rig.fake.shopper_writes("Ana", "a candle?").unwrap();
    let element = json!({
        "title": "Winter Amber", "subtitle": "$24.90", "image_url": "http://127.0.0.1/a.svg",
        "default_action": { "type": "web_url", "url": "http://127.0.0.1/p/1" },
        "buttons": [{ "type": "postback", "title": "Add to cart", "payload": "v1:cart:1" }],
    });
    let payload = json!({ "template_type": "generic", "elements": [element] });

    rig.send(&token, "Ana", json!({ "attachment": { "type": "template", "payload": payload } })).await;

    let card = rig.fake.messages("Ana").unwrap().remove(1).cards.remove(0);
    assert_eq!((card.title.as_str(), card.url.as_deref()), ("Winter Amber", Some("http://127.0.0.1/p/1")));
    assert_eq!(card.buttons[0].payload.as_deref(), Some("v1:cart:1"));
    assert_eq!(rig.heard().await[1]["message"]["attachments"][0]["payload"], payload);
    let journalled = rig.journal.after(0, 500).pop().unwrap();
    assert!(journalled.kind == "meta.webhook", "{journalled:?}");
}

#[tokio::test]
async fn the_window_closes_after_a_day_and_after_a_week_for_people() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    rig.fake.shopper_writes("Ana", "hello").unwrap();
    let tagged = |tag: &str| {
        json!({ "recipient": { "id": rig.fake.psid("Ana") }, "messaging_type": "MESSAGE_TAG", "tag": tag,
                "message": { "text": "hi" } })
    };
    let path = format!("{PAGE}/messages");

    rig.clock.advance(Duration::from_mins(24 * 60 - 1));
    assert_eq!(rig.send(&token, "Ana", json!({ "text": "in time" })).await.0, 200);
    rig.clock.advance(Duration::from_mins(1));
    let late = rig.send(&token, "Ana", json!({ "text": "late" })).await;
    assert_eq!(error(&late), (10, Some(2_018_278)));
    assert_eq!(rig.call("POST", &path, &token, &tagged("HUMAN_AGENT")).await.0, 200);
    assert_eq!(error(&rig.call("POST", &path, &token, &tagged("ACCOUNT_UPDATE")).await), (100, None));

    rig.clock.advance(Duration::from_hours(6 * 24));
    assert_eq!(error(&rig.call("POST", &path, &token, &tagged("HUMAN_AGENT")).await), (10, Some(2_018_278)));
    rig.fake.shopper_writes("Ana", "back again").unwrap();
    assert_eq!(rig.send(&token, "Ana", json!({ "text": "welcome" })).await.0, 200);
}

#[tokio::test]
async fn wrong_recipients_types_and_tokens_are_refused() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    let user = rig.long_token(ALL).await;
    rig.fake.shopper_writes("Ana", "hello").unwrap();
    let path = format!("{PAGE}/messages");
    let psid = rig.fake.psid("Ana").unwrap();
    let text = json!({ "text": "hi" });
    let body = |extra: Value| {
        let mut body = json!({ "recipient": { "id": psid }, "messaging_type": "RESPONSE" });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };

    for (extra, expected) in [
        (json!({ "message": text, "recipient": { "id": "123" } }), (100, Some(2_018_001))),
        (json!({ "message": text, "recipient": {} }), (100, None)),
        (json!({ "message": text, "messaging_type": "PROMOTION" }), (100, None)),
        (json!({ "message": text, "messaging_type": null }), (100, None)),
        (json!({ "message": text, "sender_action": "typing_on" }), (100, None)),
        (json!({ "message": text, "reply_to": { "mid": "m_unknown" } }), (100, None)),
        (json!({ "sender_action": "wave" }), (100, None)),
        (json!({ "message": {} }), (100, Some(2_018_034))),
        (json!({}), (100, Some(2_018_034))),
    ] {
        let answer = rig.call("POST", &path, &token, &body(extra.clone())).await;
        assert_eq!(error(&answer), expected, "{extra}");
    }
    let whole = body(json!({ "message": text }));
    assert_eq!(error(&rig.call("POST", &path, &user, &whole).await), (210, None));
    assert_eq!(error(&rig.call("POST", "77/messages", &token, &whole).await), (100, Some(33)));
    assert_eq!(rig.call("POST", "me/messages", &token, &whole).await.0, 200);
    rig.fake.revoke(Revoked::AppRemoved).unwrap();
    assert_eq!(error(&rig.call("POST", &path, &token, &whole).await), (190, Some(458)));
}

#[tokio::test]
async fn a_page_without_the_permission_cannot_write() {
    let rig = Rig::start().await;
    rig.fake.decline(&["pages_messaging"]);
    let token = rig.page_token(ALL).await;
    rig.fake.shopper_writes("Ana", "hello").unwrap();

    assert_eq!(error(&rig.send(&token, "Ana", json!({ "text": "hi" })).await), (230, None));
}

#[tokio::test]
async fn the_dots_show_until_a_message_comes_or_twenty_seconds_pass() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    rig.fake.shopper_writes("Ana", "hello").unwrap();
    let act = async |action: &str| {
        let body = json!({ "recipient": { "id": rig.fake.psid("Ana") }, "sender_action": action });
        rig.call("POST", &format!("{PAGE}/messages"), &token, &body).await.1
    };

    assert_eq!(act("typing_on").await, json!({ "recipient_id": rig.fake.psid("Ana") }));
    assert!(rig.fake.typing("Ana"));
    rig.clock.advance(Duration::from_secs(20));
    assert!(!rig.fake.typing("Ana"));
    act("typing_on").await;
    act("mark_seen").await;
    assert!(rig.fake.typing("Ana"));
    rig.send(&token, "Ana", json!({ "text": "hi" })).await;
    assert!(!rig.fake.typing("Ana"));
}

#[tokio::test]
async fn three_hundred_sends_a_second_and_no_more() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    rig.fake.shopper_writes("Ana", "hello").unwrap();
    for _ in 0..300 {
        assert_eq!(rig.send(&token, "Ana", json!({ "text": "hi" })).await.0, 200);
    }

    let request = http().post(format!("{}/v26.0/{PAGE}/messages", rig.base)).bearer_auth(&token);
    let request = request.query(&[("appsecret_proof", hmac_hex(SECRET, token.as_bytes()))]);
    let limited = request.json(&json!({ "recipient": { "id": "1" } })).send().await.unwrap();
    let usage = limited.headers()["x-business-use-case-usage"].to_str().unwrap().to_owned();
    assert_eq!(limited.json::<Value>().await.unwrap()["error"]["code"], 613);
    let usage: Value = serde_json::from_str(&usage).unwrap();
    assert_eq!(usage[PAGE][0]["call_count"], 100);

    rig.clock.advance(Duration::from_secs(1));
    assert_eq!(rig.send(&token, "Ana", json!({ "text": "hi" })).await.0, 200);
}

#[tokio::test]
async fn an_arranged_error_meets_one_send() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    rig.fake.shopper_writes("Ana", "hello").unwrap();
    rig.fake.next_send(GraphError::new(368, "The action attempted has been deemed abusive").subcode(1));

    assert_eq!(error(&rig.send(&token, "Ana", json!({ "text": "hi" })).await), (368, Some(1)));
    assert_eq!(rig.send(&token, "Ana", json!({ "text": "hi" })).await.0, 200);
    assert_eq!(rig.fake.sends().len(), 1);
}

#[tokio::test]
async fn what_messenger_could_send_and_this_fake_cannot_is_named() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    rig.fake.shopper_writes("Ana", "hello").unwrap();
    let image = json!({ "attachment": { "type": "image", "payload": { "url": "https://x/1.png" } } });

    assert_eq!(error(&rig.send(&token, "Ana", image).await), (2500, None));
    assert_eq!(rig.fake.unknown_calls(), 1);
}
