//! What people do, as the app hears it.

use super::*;

#[tokio::test]
async fn a_message_arrives_signed_and_escaped_as_meta_does_it() {
    let rig = Rig::start().await;
    rig.connected().await;

    let mid = rig.fake.shopper_writes("Ana", "un sac à 10 % ? 👜").unwrap();

    let event = rig.heard().await.remove(0);
    assert_eq!(event["sender"]["id"].as_str(), rig.fake.psid("Ana").as_deref());
    assert_eq!(event["recipient"]["id"], PAGE);
    assert_eq!(event["timestamp"], 1_795_258_800_000_i64);
    assert_eq!(event["message"], json!({ "mid": mid, "text": "un sac à 10 % ? 👜" }));
    let (headers, body) = rig.heard.lock().unwrap().remove(0);
    assert!(body.contains(r"un sac \u00e0 10 \u0025 ? \ud83d\udc5c"), "{body}");
    assert_eq!(headers["x-hub-signature-256"], format!("sha256={}", hmac_hex(SECRET, body.as_bytes())));
    assert!(headers["x-hub-signature"].to_str().unwrap().starts_with("sha1="));
}

#[tokio::test]
async fn a_person_in_the_inbox_is_heard_as_an_echo_that_is_not_ours() {
    let rig = Rig::start().await;
    rig.connected().await;
    rig.fake.shopper_writes("Ana", "hello").unwrap();

    let mid = rig.fake.person_replies("Ana", "Hi, Mia here").unwrap();

    let echo = rig.heard().await.remove(1);
    assert_eq!(
        echo["message"],
        json!({ "is_echo": true, "app_id": 263_902_037_430_900_u64, "mid": mid, "text": "Hi, Mia here" })
    );
    assert_eq!(rig.fake.messages("Ana").unwrap()[1].by, Author::Person);
    assert!(rig.fake.sends().is_empty());
}

#[tokio::test]
async fn only_what_is_on_offer_can_be_tapped() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    rig.fake.shopper_writes("Ana", "hello").unwrap();
    let button = json!({ "type": "postback", "title": "Add to cart", "payload": "v1:cart:1" });
    let payload = json!({ "template_type": "button", "text": "Winter Amber", "buttons": [button] });
    rig.send(&token, "Ana", json!({ "attachment": { "type": "template", "payload": payload } })).await;
    let quick = json!({ "content_type": "text", "title": "Cheaper?", "payload": "v1:cheaper" });
    rig.send(&token, "Ana", json!({ "text": "Or", "quick_replies": [quick] })).await;

    rig.fake.shopper_taps("Ana", "v1:cheaper", None).unwrap();
    assert!(matches!(rig.fake.shopper_taps("Ana", "v1:cheaper", None), Err(ShopperError::NotOffered)));
    rig.fake.shopper_taps("Ana", "v1:cart:1", Some("Add to cart")).unwrap();
    assert!(matches!(rig.fake.shopper_taps("Ana", "v1:cart:1", Some("Buy")), Err(ShopperError::NotOffered)));

    let heard = rig.heard().await;
    assert_eq!(heard[3]["message"]["quick_reply"], json!({ "payload": "v1:cheaper" }));
    assert_eq!(heard[4]["postback"]["payload"], "v1:cart:1");
    assert_eq!(heard[4]["postback"]["title"], "Add to cart");
}

#[tokio::test]
async fn a_message_taken_back_is_gone_and_said_to_be() {
    let rig = Rig::start().await;
    let token = rig.connected().await;
    let mid = rig.fake.shopper_writes("Ana", "my phone is 0123").unwrap();
    let (_, reply) = rig.send(&token, "Ana", json!({ "text": "hi" })).await;

    rig.fake.shopper_deletes(&mid).unwrap();

    assert_eq!(rig.heard().await[2]["message"], json!({ "mid": mid, "is_deleted": true }));
    let shown = rig.fake.messages("Ana").unwrap();
    assert_eq!((shown[0].text.as_ref(), shown[0].deleted), (None, true));
    for not_hers in [mid.as_str(), reply["message_id"].as_str().unwrap(), "m_x"] {
        assert!(matches!(rig.fake.shopper_deletes(not_hers), Err(ShopperError::UnknownMessage)));
    }
}

#[tokio::test]
async fn a_shopper_has_one_id_per_page_and_a_profile_there() {
    let rig = Rig::with(|options| options.pages.push(PageSetup::new("2", "Second"))).await;
    let token = rig.page_token(ALL).await;
    rig.fake.shopper_writes("Ana Lund", "hello").unwrap();
    rig.fake.shopper_writes_to("2", "Ana Lund", "hello").unwrap();
    let psid = rig.fake.psid("Ana Lund").unwrap();

    let (_, profile) = rig.call("GET", &psid, &token, &json!({ "fields": "first_name,name,locale" })).await;
    assert_eq!(profile, json!({ "id": psid, "first_name": "Ana", "name": "Ana Lund", "locale": "en_US" }));
    assert_eq!(rig.fake.messages_with("2", "Ana Lund").unwrap().len(), 1);
    assert_eq!(error(&rig.call("GET", &psid, &token, &json!({ "fields": "shoe_size" })).await), (100, None));
    assert_eq!(error(&rig.call("GET", "4242424242424242", &token, &json!({})).await), (100, Some(33)));
}

#[tokio::test]
async fn names_and_texts_have_limits() {
    let rig = Rig::start().await;
    let long = "x".repeat(2_001);

    for (name, text) in
        [("", "hi"), (" Ana", "hi"), ("A\nna", "hi"), (&long[..61], "hi"), ("Ana", " "), ("Ana", &long)]
    {
        assert!(rig.fake.shopper_writes(name, text).is_err(), "{name:?} {text:?}");
    }
    assert!(matches!(rig.fake.person_replies("Bo", "hi"), Err(ShopperError::UnknownShopper)));
    assert!(rig.fake.messages("Ana").is_none() && rig.fake.shoppers().is_empty());
}
