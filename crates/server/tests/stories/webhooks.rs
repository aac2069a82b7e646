//! Deliveries at the door: only what a platform signed gets in, and no request takes more than its share.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::merchant::NORDLYS;
use crate::outside::{
    Request, envelope, exchange, from_meta, from_shop, message, meta_signature, shopify_signature,
};
use crate::scene::Scene;
use crate::world::{FACEBOOK_APP_ID, FACEBOOK_SECRET, SHOPIFY_SECRET, VERIFY_TOKEN, World};

const META: &str = "x-hub-signature-256";
const SHOP: &str = "x-shopify-hmac-sha256";
const MIB: usize = 1024 * 1024;

/// A delivery of Meta's with a body that says "warm gift? 🕯".
fn delivery(world: &World) -> Request {
    let at = world.app().now().millis();
    let event = message("0", "12334", "test_message_id", "warm gift? \u{1f56f}", at);
    from_meta(envelope("0", at, &[event]).to_string())
}

/// Refused, and always with the same words, whatever was wrong.
async fn refused(world: &World, requests: Vec<(&str, Request)>) {
    let mut words = Vec::new();
    for (what, request) in requests {
        let answer = request.send(world).await;
        assert_eq!((answer.status, &*answer.told("code")), (401, "webhook.bad_signature"), "{what}");
        assert_eq!(answer.told("detail"), "Invalid HMAC signature");
        words.push(answer.body);
    }
    words.dedup();
    assert_eq!(words.len(), 1, "nothing of the request is in the answer");
    assert!(world.told("inbox.accepted").is_empty());
}

#[tokio::test]
async fn t01_no_broken_signature_of_metas_gets_in() {
    let world = World::unconnected(Vec::new()).await;
    let good = delivery(&world);
    let body = good.body().to_vec();
    let right = meta_signature(FACEBOOK_SECRET, &body);
    let digest = right.trim_start_matches("sha256=").to_owned();
    let bare = good.clone().without(META);
    let with = |value: &str| bare.clone().header(META, value);
    let reserialised =
        serde_json::to_vec_pretty(&serde_json::from_slice::<serde_json::Value>(&body).unwrap());
    let mut non_ascii = right.clone().into_bytes();
    non_ascii.push(0xff);

    let requests = vec![
        ("none", bare.clone()),
        ("empty", with("")),
        ("no digest", with("sha256=")),
        ("one digit less", with(&right[..right.len() - 1])),
        ("one byte less", with(&right[..right.len() - 2])),
        ("half", with(&right[..39])),
        ("one byte more", with(&format!("{right}00"))),
        ("twice as long", with(&format!("{right}{digest}"))),
        ("no name", with(&digest)),
        ("another case", with(&format!("SHA256={digest}"))),
        ("sha1", with(&format!("sha1={digest}"))),
        ("sha512", with(&format!("sha512={digest}"))),
        ("a colon", with(&format!("sha256:{digest}"))),
        ("two signs", with(&format!("sha256=={digest}"))),
        ("a space", with(&format!("sha256= {digest}"))),
        ("quoted", with(&format!("\"{right}\""))),
        ("a list", with(&format!("{right}, {right}"))),
        ("a parameter", with(&format!("{right};alg=sha256"))),
        ("no hex", with(&format!("sha256=g{}", &digest[1..]))),
        ("zeros", with(&format!("sha256={}", "0".repeat(64)))),
        ("base64", with(&format!("sha256={}", STANDARD.encode(hex::decode(&digest).unwrap())))),
        ("non-ascii", bare.clone().header(META, non_ascii)),
        ("twice", good.clone().header(META, right.clone())),
        ("a wrong one first", with("sha256=00").header(META, right.clone())),
        ("a wrong one last", good.clone().header(META, "sha256=00")),
        ("another key", with(&meta_signature("another key", &body))),
        ("no key", with(&meta_signature("", &body))),
        ("the verify token", with(&meta_signature(VERIFY_TOKEN, &body))),
        ("the app id", with(&meta_signature(FACEBOOK_APP_ID, &body))),
        ("shopify's key", with(&meta_signature(SHOPIFY_SECRET, &body))),
        ("another body", good.clone().with_body(b"{}".to_vec())),
        ("no body", good.clone().with_body(Vec::new())),
        ("a written-anew body", good.clone().with_body(reserialised.unwrap())),
        ("one more byte", good.clone().with_body([&body[..], b"\n"].concat())),
        ("one byte less", good.clone().with_body(&body[..body.len() - 1])),
        ("a mark first", good.clone().with_body([b"\xef\xbb\xbf", &body[..]].concat())),
        ("in the older header", bare.clone().header("x-hub-signature", right.clone())),
        ("in shopify's header", bare.clone().header(SHOP, shopify_signature(FACEBOOK_SECRET, &body))),
        ("in the address", Request::post(&format!("/facebook/webhook?signature={right}"), body.clone())),
        ("at the other door", Request::post("/shopify/webhook", body.clone()).header(META, right)),
    ];
    assert_eq!(requests.len(), 40);
    refused(&world, requests).await;
    assert_eq!(good.send(&world).await.status, 200);
    world.close().await;
}

#[tokio::test]
async fn t01_no_broken_signature_of_a_shops_gets_in() {
    let world = World::unconnected(Vec::new()).await;
    let body = br#"{"id":106,"title":"Lumi \u00e5 mug"}"#.to_vec();
    let good = from_shop(NORDLYS, "products/update", "delivery-1", body.clone());
    let right = shopify_signature(SHOPIFY_SECRET, &body);
    let digest = STANDARD.decode(&right).unwrap();
    let bare = good.clone().without(SHOP);
    let with = |value: &str| bare.clone().header(SHOP, value);

    refused(
        &world,
        vec![
            ("none", bare.clone()),
            ("empty", with("")),
            ("hex", with(&hex::encode(&digest))),
            ("no padding", with(&STANDARD_NO_PAD.encode(&digest))),
            ("more padding", with(&format!("{right}="))),
            ("another alphabet", with(&format!("-_{}", &URL_SAFE.encode(&digest)[2..]))),
            ("a name", with(&format!("sha256={right}"))),
            ("sha1", with(&format!("sha1={right}"))),
            ("a space within", with(&format!("{} {}", &right[..9], &right[9..]))),
            ("a byte less", with(&STANDARD.encode(&digest[..31]))),
            ("a byte more", with(&STANDARD.encode([&digest[..], b"\0"].concat()))),
            ("twice", good.clone().header(SHOP, right.clone())),
            ("in both spellings", good.clone().header("shopify-hmac-sha256", right.clone())),
            ("non-ascii", bare.clone().header(SHOP, [right.as_bytes(), b"\xe9"].concat())),
            ("another key", with(&shopify_signature("another key", &body))),
            ("meta's key", with(&shopify_signature(FACEBOOK_SECRET, &body))),
            ("no key", with(&shopify_signature("", &body))),
            ("another body", good.clone().with_body(br#"{"id":107}"#.to_vec())),
            ("a written-anew body", good.clone().with_body(r#"{"id":106,"title":"Lumi å mug"}"#)),
            ("meta's header", bare.clone().header(META, meta_signature(SHOPIFY_SECRET, &body))),
        ],
    )
    .await;
    let newer = bare.clone().header("shopify-hmac-sha256", right);
    assert_eq!((good.send(&world).await.status, newer.send(&world).await.status), (200, 200));
    world.close().await;
}

#[tokio::test]
async fn t01_escaped_and_raw_letters_are_both_taken_as_they_were_signed() {
    let world = World::unconnected(Vec::new()).await;

    for body in [
        r#"{"object":"page","entry":[{"id":"0","text":"\u00e4\u00f6\/\u0040 \ud83d\udd6f"}]}"#,
        r#"{"object":"page","entry":[{"id":"0","text":"äö/@ 🕯"}]}"#,
        "{\r\n\t\"object\" : \"page\" , \"entry\" : [ ] }\r\n\r\n",
        r#"{"object":"page","object":"page","entry":[]}"#,
    ] {
        let answer = from_meta(body).send(&world).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"status":"success"}"#), "{body}");
        assert_eq!(from_shop(NORDLYS, "products/update", "d", body).send(&world).await.status, 200);
    }
    world.close().await;
}

#[tokio::test]
async fn t02_sha1_never_counts() {
    let world = World::unconnected(Vec::new()).await;
    let body = r#"{"object":"page","entry":[]}"#;
    // HMAC-SHA1 of the body with the app's secret, as Meta still sends it.
    let sha1 = "sha1=17a1ea2ff840bca480ca853f71b2319f2de79561";
    let bare = Request::post("/facebook/webhook", body);
    let wrong = format!("sha256={}", "0".repeat(64));
    let shop = from_shop(NORDLYS, "products/update", "d", body).without(SHOP);

    refused(
        &world,
        vec![
            ("alone", bare.clone().header("x-hub-signature", sha1)),
            ("beside a wrong one", bare.clone().header("x-hub-signature", sha1).header(META, wrong)),
            ("in the newer header", bare.clone().header(META, sha1)),
            ("at the shop's door", shop.clone().header(SHOP, "sha1=sKcamyr17MxYxF6zr1W9MbyrK7M=")),
            ("at the shop's door, bare", shop.header(SHOP, "sKcamyr17MxYxF6zr1W9MbyrK7M=")),
        ],
    )
    .await;
    let both = from_meta(body).header("x-hub-signature", "sha1=00");
    assert_eq!(both.send(&world).await.status, 200, "the newer one alone decides");
    world.close().await;
}

#[tokio::test]
async fn t03_the_secret_before_a_rotation_verifies_until_its_end_and_not_a_second_longer() {
    let rotated = &[
        ("FACEBOOK_APP_SECRET_PREVIOUS", "the-former-secret-of-meta"),
        ("FACEBOOK_APP_SECRET_PREVIOUS_UNTIL", "2026-11-21T12:00:00Z"),
        ("SHOPIFY_API_SECRET_PREVIOUS", "the-former-secret-of-shopify"),
        ("SHOPIFY_API_SECRET_PREVIOUS_UNTIL", "2026-11-21T12:00:00Z"),
    ];
    let world = Scene::of(Vec::new()).configured(rotated).unconnected().await;
    let body = r#"{"object":"page","entry":[]}"#;
    let meta = Request::post("/facebook/webhook", body)
        .header(META, meta_signature("the-former-secret-of-meta", body.as_bytes()));
    let shop = from_shop(NORDLYS, "products/update", "d", body)
        .without(SHOP)
        .header(SHOP, shopify_signature("the-former-secret-of-shopify", body.as_bytes()));

    for (pause, former) in [(0, 200), (3_600, 200), (1, 401)] {
        world.clock().advance(Duration::from_secs(pause));
        assert_eq!(meta.send(&world).await.status, former);
        assert_eq!(shop.send(&world).await.status, former);
        assert_eq!(from_meta(body).send(&world).await.status, 200, "the present one always does");
    }
    world.close().await;
}

#[tokio::test]
async fn t05_what_is_too_large_is_refused_by_its_length_and_by_count() {
    let world = World::unconnected(Vec::new()).await;
    let address = world.url("").replace("http://", "");

    for (door, most) in [("/facebook/webhook", 3 * MIB), ("/shopify/webhook", 5 * MIB)] {
        for announced in [most + 1, 50 * MIB] {
            let head = Request::post(door, Vec::new()).header("content-length", announced.to_string());
            let answer = head.send(&world).await;
            assert_eq!((answer.status, answer.json()["code"].as_str()), (413, Some("http.body_too_large")));
        }
        let mut chunked = Request::post(door, Vec::new()).header("transfer-encoding", "chunked").bytes();
        chunked.extend_from_slice(format!("{:x}\r\n", most + 1).as_bytes());
        chunked.extend(std::iter::repeat_n(b' ', most + 1));
        assert_eq!(exchange(&address, &chunked).await.unwrap().status, 413);
        let whole = Request::post(door, vec![b' '; most]).send(&world).await;
        assert_eq!(whole.status, 401, "so much may come, if it is signed");
    }
    world.close().await;
}

#[tokio::test]
async fn t05_compressed_nested_and_oversized_requests_cost_nothing() {
    let world = World::unconnected(Vec::new()).await;

    for encoding in ["gzip", "br", "deflate", "gzip, identity", "x"] {
        let answer = from_meta("{}").header("content-encoding", encoding).send(&world).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (415, Some("http.body_encoded")));
    }
    for nested in [
        "[".repeat(200_000),
        format!("{}{}", "[".repeat(200_000), "]".repeat(200_000)),
        r#"{"entry":["#.repeat(50_000),
        format!(r#"{{"object":"page","entry":[{{"id":"0","messaging":[{}"#, r#"{"a":["#.repeat(100_000)),
    ] {
        assert_eq!(from_meta(nested.clone()).send(&world).await.status, 200);
        assert_eq!(from_shop(NORDLYS, "products/update", "d", nested).send(&world).await.status, 200);
    }
    let long = |length: usize| Request::get(&format!("/?{}", "a".repeat(length - 2)));
    let answer = long(8 * 1024 + 1).send(&world).await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (414, Some("http.uri_too_long")));
    assert_eq!(long(8 * 1024).send(&world).await.status, 200);
    assert_eq!(Request::get("/").header("x-much", "a".repeat(15_000)).send(&world).await.status, 200);
    assert_eq!(Request::get("/").header("x-much", "a".repeat(17_000)).send(&world).await.status, 431);
    world.close().await;
}

#[tokio::test]
async fn t05_all_bodies_on_their_way_share_one_budget() {
    let world = World::unconnected(Vec::new()).await;
    let address = world.url("").replace("http://", "");
    let mut request =
        Request::post("/shopify/webhook", Vec::new()).header("content-length", (5 * MIB).to_string()).bytes();
    request.extend(std::iter::repeat_n(b' ', 5 * MIB - 1));

    // Thirteen bodies of which the last byte never comes: together more than 64 MiB.
    let held = (0..13).map(|_| {
        let (address, request) = (&address, &request);
        Box::pin(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(request).await.ok();
            let mut answer = vec![0; 1_024];
            let read = stream.read(&mut answer).await.unwrap_or(0);
            String::from_utf8_lossy(&answer[..read]).into_owned()
        })
    });
    let (answer, _, others) = futures::future::select_all(held).await;

    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("\r\nretry-after: 1\r\n"));
    drop(others);
    let mut status = 503;
    for _ in 0..1_000 {
        status = from_meta(r#"{"object":"page","entry":[]}"#).send(&world).await.status;
        if status == 200 {
            break;
        }
    }
    assert_eq!(status, 200, "what the others held is free again");
    world.close().await;
}

#[tokio::test]
async fn t09_the_challenge_is_repeated_for_the_right_token_alone() {
    let world = World::unconnected(Vec::new()).await;
    let ask = async |query: &str| Request::get(&format!("/facebook/webhook?{query}")).send(&world).await;
    let good = format!("hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1158201444");

    let answer = ask(&good).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "1158201444"));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));

    let with = |token: &str, challenge: &str| {
        format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge={challenge}")
    };
    assert_eq!(ask(&with(VERIFY_TOKEN, &"9".repeat(128))).await.status, 200);
    for bad in [
        String::new(),
        with("", "1"),
        with("wrong", "1"),
        with(&VERIFY_TOKEN[..VERIFY_TOKEN.len() - 1], "1"),
        with(&format!("{VERIFY_TOKEN}0"), "1"),
        with(&VERIFY_TOKEN.to_ascii_uppercase(), "1"),
        with(&format!("%20{VERIFY_TOKEN}"), "1"),
        format!("{good}&hub.verify_token={VERIFY_TOKEN}"),
        format!("{good}&hub.mode=subscribe"),
        format!("{good}&hub.challenge=1"),
        good.replace("subscribe", "unsubscribe"),
        good.replace("hub.mode=subscribe&", ""),
        good.replace("&hub.challenge=1158201444", ""),
        good.replace("hub.", "hub_"),
        with(VERIFY_TOKEN, ""),
        with(VERIFY_TOKEN, "%3Cscript%3Ealert(1)%3C/script%3E"),
        with(VERIFY_TOKEN, "1%0d%0ax:%20y"),
        with(VERIFY_TOKEN, "a%20b"),
        with(VERIFY_TOKEN, "%C3%A5"),
        with(VERIFY_TOKEN, &"9".repeat(129)),
    ] {
        let answer = ask(&bad).await;
        assert_eq!(answer.problem(), (403, "Verification failed".to_owned()), "{bad}");
    }
    world.close().await;
}
