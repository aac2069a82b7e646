//! Signatures, handshakes, and what the client says over the wire.

use std::time::Duration;

use reqwest::header::HeaderValue;
use shopclerk_domain::channel::ShopperAlias;
use shopclerk_domain::ids::PartId;
use shopclerk_domain::message::Content;
use url::Url;

use super::oauth::{DoubledParameter, read_callback};
use super::send::SendError;
use super::subscriptions::PAGE_FIELDS;
use super::*;
use crate::canned::{Canned, Reply, client};

const NOW: Timestamp = Timestamp::from_millis(1_795_258_800_000);
const HELLO: &[u8] = b"hello world";
const HELLO_SIGNED: &str = "sha256=f39034b29165ec6a5104d9aef27266484ab26c8caa7bca8bcb2dd02e8be61b17";

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn settings() -> MetaSettings {
    MetaSettings {
        graph_url: GRAPH_URL.to_owned(),
        dialog_url: DIALOG_URL.to_owned(),
        version: "v26.0".to_owned(),
        app_id: "123".to_owned(),
        app_secret: secret("sesame"),
        previous_secret: None,
        verify_token: secret("verify-me"),
        config_id: None,
    }
}

fn meta() -> Meta {
    Meta::new(settings(), client().0)
}

fn meta_at(vendor: &Canned) -> Meta {
    Meta::new(MetaSettings { graph_url: vendor.url(), ..settings() }, client().0)
}

fn signed(key: &str, body: &[u8]) -> String {
    format!("sha256={}", hex_of(&secret(key), body))
}

/// The parameters of a request's address, and whatever of its head and body is left.
fn query_of(request: &str) -> Vec<(String, String)> {
    let target = request.split(' ').nth(1).unwrap();
    let url = Url::parse("http://vendor").unwrap().join(target).unwrap();
    url.query_pairs().into_owned().collect()
}

#[test]
fn t01_metas_own_signatures_hold() {
    let meta = meta();
    assert!(meta.verify([HELLO_SIGNED.as_bytes()], HELLO, NOW));
    let second = "sha256=60905fdf409d0b4f721e99f6f25b31567a68a6b45e933d814e17a246be4c5a53";
    assert!(meta.verify([second.as_bytes()], b"hello world2", NOW));

    for body in [r#"{"text":"\u00e4\u00f6 \/ \u0040"}"#, r#"{"text":"äö / @"}"#, "", "\u{0}\u{ff}"] {
        assert!(meta.verify([signed("sesame", body.as_bytes()).as_bytes()], body.as_bytes(), NOW), "{body}");
    }
}

#[test]
fn t01_anything_else_is_refused() {
    let digest = &HELLO_SIGNED["sha256=".len()..];
    let broken: Vec<String> = [
        String::new(),
        "sha256".to_owned(),
        "sha256=".to_owned(),
        digest.to_owned(),
        format!("sha256:{digest}"),
        format!("sha256 ={digest}"),
        format!("sha256= {digest}"),
        format!(" {HELLO_SIGNED}"),
        format!("{HELLO_SIGNED} "),
        format!("{HELLO_SIGNED}\n"),
        format!("{HELLO_SIGNED}\0"),
        format!("{HELLO_SIGNED}00"),
        format!("{HELLO_SIGNED}0"),
        format!("{HELLO_SIGNED},{HELLO_SIGNED}"),
        HELLO_SIGNED[..HELLO_SIGNED.len() - 1].to_owned(),
        HELLO_SIGNED[..HELLO_SIGNED.len() - 2].to_owned(),
        HELLO_SIGNED[..HELLO_SIGNED.len() - 32].to_owned(),
        HELLO_SIGNED.replace("61b17", "61b18"),
        HELLO_SIGNED.replace("sha256=f", "sha256=e"),
        HELLO_SIGNED.replace('f', "g"),
        HELLO_SIGNED.replace('0', "é"),
        format!("SHA256={digest}"),
        format!("Sha256={digest}"),
        format!("sha512={digest}"),
        format!("sha1={digest}"),
        format!("md5={digest}"),
        format!("sha256=0x{digest}"),
        format!("sha256={digest}="),
        format!("sha256=\"{digest}\""),
        "sha256=0000000000000000000000000000000000000000000000000000000000000000".to_owned(),
        "sha256=85A5NLKRZexqUQTZryciZkhKsmyMqnvKi8st0C6L5hsX".to_owned(),
        signed("Sesame", HELLO),
        signed("", HELLO),
        signed("123", HELLO),
        signed("verify-me", HELLO),
        signed("sesame", b"hello world "),
        signed("sesame", b"Hello world"),
        signed("sesame", b""),
        signed("sesame", b"{}"),
    ]
    .into();
    let meta = meta();
    for signature in &broken {
        assert!(!meta.verify([signature.as_bytes()], HELLO, NOW), "{signature:?}");
    }
    assert!(!meta.verify([], HELLO, NOW));
    assert!(!meta.verify([b"sha256=\xff\xfe".as_slice()], HELLO, NOW));
    assert!(!meta.verify([HELLO_SIGNED.as_bytes(), HELLO_SIGNED.as_bytes()], HELLO, NOW));
    assert!(!meta.verify([HELLO_SIGNED.as_bytes(), b"".as_slice()], HELLO, NOW));
}

#[test]
fn t01_a_body_written_anew_no_longer_holds() {
    let received = br#"{"text":"\u00e9","n":1}"#;
    let signature = signed("sesame", received);
    for other in [
        r#"{"text":"é","n":1}"#,
        r#"{"n":1,"text":"\u00e9"}"#,
        r#"{"text": "\u00e9","n":1}"#,
        r#"{"text":"\u00E9","n":1}"#,
    ] {
        assert!(!meta().verify([signature.as_bytes()], other.as_bytes(), NOW), "{other}");
    }
}

#[test]
fn t02_only_the_sha_256_header_counts() {
    // HMAC-SHA1 of the same body with the same key is worth nothing, whatever stands beside it.
    let sha1 = HeaderValue::from_static("sha1=9c7ab4bd27b2ee1b2e6c9f2b1f4a6d8b8f0f2a33");
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-hub-signature", sha1.clone());
    assert!(!meta().verify_delivery(&headers, HELLO, NOW));

    headers.insert("x-hub-signature", HELLO_SIGNED.parse().unwrap());
    assert!(!meta().verify_delivery(&headers, HELLO, NOW));

    headers.insert("x-hub-signature-256", sha1);
    assert!(!meta().verify_delivery(&headers, HELLO, NOW));

    headers.insert("x-hub-signature-256", HELLO_SIGNED.parse().unwrap());
    assert!(meta().verify_delivery(&headers, HELLO, NOW));

    headers.append("X-Hub-Signature-256", HELLO_SIGNED.parse().unwrap());
    assert!(!meta().verify_delivery(&headers, HELLO, NOW));
}

#[test]
fn t03_the_secret_before_counts_until_its_end() {
    let rotated = MetaSettings { previous_secret: Some((secret("open"), NOW)), ..settings() };
    let meta = Meta::new(rotated, client().0);
    let (old, new) = (signed("open", HELLO), signed("sesame", HELLO));
    let later = NOW.plus(Duration::from_secs(1));
    for (signature, at, holds) in
        [(&old, NOW, true), (&new, NOW, true), (&old, later, false), (&new, later, true)]
    {
        assert_eq!(meta.verify([signature.as_bytes()], HELLO, at), holds);
    }

    let unset =
        MetaSettings { app_secret: secret(""), previous_secret: Some((secret(""), NOW)), ..settings() };
    assert!(!Meta::new(unset, client().0).verify([signed("", HELLO).as_bytes()], HELLO, NOW));
}

#[test]
fn t09_only_metas_handshake_is_answered() {
    let long = "1".repeat(129);
    for (query, challenge) in [
        ("hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=1158201444", Some("1158201444")),
        ("hub.challenge=a.b-c_d%7E&hub.verify_token=verify-me&hub.mode=subscribe&x=1", Some("a.b-c_d~")),
        ("hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1", None),
        ("hub.mode=subscribe&hub.verify_token=&hub.challenge=1", None),
        ("hub.mode=subscribe&hub.challenge=1", None),
        ("hub.mode=subscribe&hub.verify_token=verify-m&hub.challenge=1", None),
        ("hub.mode=subscribe&hub.verify_token=verify-me2&hub.challenge=1", None),
        ("hub.mode=subscribe&hub.verify_token=Verify-Me&hub.challenge=1", None),
        ("hub.mode=subscribe&hub.verify_token=verify-me+&hub.challenge=1", None),
        ("hub.mode=unsubscribe&hub.verify_token=verify-me&hub.challenge=1", None),
        ("hub.mode=Subscribe&hub.verify_token=verify-me&hub.challenge=1", None),
        ("hub.verify_token=verify-me&hub.challenge=1", None),
        ("hub.mode=subscribe&hub.verify_token=verify-me&hub.verify_token=verify-me&hub.challenge=1", None),
        ("hub.mode=subscribe&hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=1", None),
        ("hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=1&hub.challenge=2", None),
        ("hub.mode=subscribe&hub.verify_token=verify-me", None),
        ("hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=", None),
        ("hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=%3Cscript%3E", None),
        ("hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=1%0D%0AX:1", None),
        ("hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=1+2", None),
        ("hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=%C3%A9", None),
        (&format!("hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge={long}"), None),
        ("", None),
    ] {
        assert_eq!(meta().handshake(query).as_deref(), challenge, "{query}");
    }
    let unset = MetaSettings { verify_token: secret(""), ..settings() };
    assert_eq!(
        Meta::new(unset, client().0).handshake("hub.mode=subscribe&hub.verify_token=&hub.challenge=1"),
        None
    );
}

#[test]
fn the_dialog_is_asked_for_scopes_or_by_configuration() {
    let address = meta().dialog_address("https://shop.example/facebook/callback?a=b", "s-1");
    assert!(address.starts_with("https://www.facebook.com/v26.0/dialog/oauth?client_id=123&"));
    assert!(
        address.contains("redirect_uri=https%3A%2F%2Fshop.example%2Ffacebook%2Fcallback%3Fa%3Db&state=s-1")
    );
    assert!(address.contains("scope=pages_messaging%2Cpages_show_list"));

    let configured = MetaSettings { config_id: Some("77".to_owned()), ..settings() };
    let address = Meta::new(configured, client().0).dialog_address("https://shop.example/", "s-1");
    assert!(address.contains("config_id=77") && !address.contains("scope="));
}

#[test]
fn t22_a_callback_is_read_once_per_name() {
    let read = |query: &str| {
        read_callback(query)
            .map(|found| (found.code.map(|code| code.expose().clone()), found.state, found.refused))
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(read("code=A%2B1&state=s-1"), Ok((text("A+1"), text("s-1"), false)));
    assert_eq!(
        read("error=access_denied&error_code=200&error=again&state=s-1"),
        Ok((None, text("s-1"), true))
    );
    assert_eq!(read("error_message=App+inactive"), Ok((None, None, true)));
    assert_eq!(read("code=&state="), Ok((None, None, false)));
    assert_eq!(read("code=1&code=1"), Err(DoubledParameter));
    assert_eq!(read("state=1&code=1&state=2"), Err(DoubledParameter));
}

#[tokio::test]
async fn t21_no_secret_stands_in_an_address() {
    let token = r#"{"access_token":"EAAlong","token_type":"bearer","expires_in":5183944}"#;
    let vendor = Canned::with_json(&[token, token, r#"{"message_id":"m_1"}"#, r#"{"success":true}"#]);
    let meta = meta_at(&vendor);

    let long = meta.exchange_code(&secret("CODE"), "https://shop.example/cb").await.unwrap();
    meta.lengthen(&secret("EAAshort")).await.unwrap();
    let to = ShopperAlias::parse("7764").unwrap();
    let part = PartId::parse("0192f3a0-0000-7000-8000-000000000001").unwrap();
    let hello = Content::Text { text: "Hello".to_owned(), choices: Vec::new() };
    meta.send("106", &long.token, &to, part, &hello).await.unwrap();
    meta.subscribe_app("https://shop.example/facebook/webhook").await.unwrap();

    assert_eq!(long.expires_in, Some(Duration::from_secs(5_183_944)));
    for request in vendor.asked() {
        let line = request.lines().next().unwrap();
        assert!(line.starts_with("POST /v26.0/"), "{line}");
        for hidden in ["sesame", "CODE", "EAAshort", "EAAlong", "verify-me"] {
            assert!(!line.contains(hidden), "{line}");
        }
    }
    assert!(vendor.asked()[2].contains(r#""metadata":"out:0192f3a0-0000-7000-8000-000000000001""#));
}

#[tokio::test]
async fn the_proof_is_made_of_the_very_token_of_the_call() {
    let vendor = Canned::with_json(&["{}", r#"{"data":[]}"#]);
    let meta = meta_at(&vendor);
    let to = ShopperAlias::parse("7764").unwrap();

    meta.typing_on("106", &secret("page-token"), &to).await.unwrap();
    assert_eq!(meta.app_subscription().await.unwrap(), None);

    let proof =
        |token: &str| vec![("appsecret_proof".to_owned(), hex_of(&secret("sesame"), token.as_bytes()))];
    assert_eq!(query_of(&vendor.asked()[0]), proof("page-token"));
    assert!(vendor.asked()[0].contains("authorization: Bearer page-token"));
    assert_eq!(query_of(&vendor.asked()[1]), proof("123|sesame"));
    assert!(vendor.asked()[1].contains("authorization: Bearer 123|sesame"));
}

#[tokio::test]
async fn no_id_climbs_out_of_its_path() {
    let vendor = Canned::with_json(&["{}", "{}"]);
    let meta = meta_at(&vendor);
    let to = ShopperAlias::parse("7764").unwrap();
    for page in ["..", "a/../b?c#d"] {
        meta.typing_on(page, &secret("t"), &to).await.unwrap();
    }
    let lines: Vec<String> =
        vendor.asked().iter().map(|request| request.split('?').next().unwrap().to_owned()).collect();
    assert_eq!(lines, ["POST /v26.0/-/messages", "POST /v26.0/a%2F%2E%2E%2Fb%3Fc%23d/messages"]);
}

#[tokio::test]
async fn pages_are_gathered_from_all_lists_and_missing_fields_are_done_without() {
    let refused = |body: &str| Reply::Json(400, body.to_owned());
    let answered = |body: &str| Reply::Json(200, body.to_owned());
    let vendor = Canned::answering(vec![
        refused(r#"{"error":{"code":100,"message":"(#100) Tried accessing nonexisting field (phone)"}}"#),
        answered(
            r#"{"data":[{"id":"1","name":"One","access_token":"T1","tasks":["MESSAGING","MANAGE"]}],
                "paging":{"cursors":{"after":"Q"},"next":"http://evil.example/?access_token=EAA&after=Q"}}"#,
        ),
        answered(r#"{"data":[{"id":"2","name":"Two"}],"paging":{"cursors":{"after":"R"}}}"#),
        answered(r#"{"data":[{"id":"9"}]}"#),
        answered(r#"{"data":[{"id":"2","name":"Two","access_token":"T2","tasks":["MESSAGING"]}]}"#),
        refused(r#"{"error":{"code":200}}"#),
        answered(
            r#"{"data":{"is_valid":true,"granular_scopes":[{"scope":"pages_messaging","target_ids":["1","3"]}]}}"#,
        ),
        answered(r#"{"id":"3","name":"Three","access_token":"T3"}"#),
    ]);

    let pages = meta_at(&vendor).pages(&secret("EAA")).await.unwrap();

    let found: Vec<_> =
        pages.iter().map(|page| (page.id.as_str(), page.token.as_ref().unwrap().expose().as_str())).collect();
    assert_eq!(found, [("1", "T1"), ("2", "T2"), ("3", "T3")]);
    assert!(query_of(&vendor.asked()[2]).contains(&("after".to_owned(), "Q".to_owned())));
}

#[tokio::test]
async fn a_dead_token_or_a_busy_moment_is_no_empty_list_of_pages() {
    for (status, body, error) in [
        (400, r#"{"error":{"code":190,"error_subcode":460}}"#, UpstreamError::TokenRefused),
        (400, r#"{"error":{"code":4}}"#, UpstreamError::Limited { retry_after: None }),
        (503, "<html>", UpstreamError::Unavailable),
        (200, "<html>", UpstreamError::Malformed),
    ] {
        let vendor = Canned::answering(vec![Reply::Json(status, body.to_owned())]);
        assert_eq!(meta_at(&vendor).pages(&secret("EAA")).await.unwrap_err(), error, "{body}");
    }
}

#[tokio::test]
async fn a_wrong_app_secret_is_final() {
    let vendor = Canned::answering(vec![Reply::Json(
        400,
        r#"{"error":{"code":1,"message":"secret words"}}"#.to_owned(),
    )]);
    let error = meta_at(&vendor).exchange_code(&secret("CODE"), "https://shop.example/").await.unwrap_err();
    assert_eq!(error, UpstreamError::Refused { code: "1".to_owned() });
    assert!(!error.to_string().contains("secret words"));
}

#[tokio::test]
async fn subscriptions_are_read_back_as_they_stand() {
    let vendor = Canned::with_json(&[
        r#"{"data":[{"object":"user"},{"object":"page","callback_url":"https:\/\/a\/b","active":true,"fields":[{"name":"messages","version":"v26.0"},"standby"]}]}"#,
        r#"{"success":"true"}"#,
        r#"{"data":[{"id":"9","subscribed_fields":["feed"]},{"id":123,"subscribed_fields":["messages"]}]}"#,
        r#"{"data":[]}"#,
        r#"{"success":false}"#,
    ]);
    let (meta, token) = (meta_at(&vendor), secret("T"));

    let app = meta.app_subscription().await.unwrap().unwrap();
    assert_eq!(
        (app.callback.as_str(), app.active, app.fields),
        ("https://a/b", true, vec!["messages".to_owned(), "standby".to_owned()])
    );
    meta.subscribe_page("106", &token).await.unwrap();
    assert_eq!(meta.page_fields("106", &token).await.unwrap(), ["messages"]);
    assert!(meta.page_fields("106", &token).await.unwrap().is_empty());
    assert_eq!(meta.subscribe_page("106", &token).await, Err(UpstreamError::Malformed));

    let all = PAGE_FIELDS.join("%2C");
    assert!(vendor.asked()[1].ends_with(&format!("subscribed_fields={all}")));
}

#[tokio::test]
async fn a_profile_may_be_empty() {
    let vendor = Canned::answering(vec![
        Reply::Json(200, r#"{"first_name":" Ana\u0000 ","locale":"es_MX","id":"7"}"#.to_owned()),
        Reply::Json(200, "{}".to_owned()),
        Reply::Json(400, r#"{"error":{"code":100,"error_subcode":2018218}}"#.to_owned()),
        Reply::Json(400, r#"{"error":{"code":190}}"#.to_owned()),
    ]);
    let (meta, token, ana) = (meta_at(&vendor), secret("T"), ShopperAlias::parse("7764").unwrap());

    assert_eq!(meta.profile(&token, &ana).await.unwrap().first_name.as_deref(), Some("Ana"));
    assert_eq!(meta.profile(&token, &ana).await, Ok(profile::Profile::default()));
    assert_eq!(meta.profile(&token, &ana).await, Ok(profile::Profile::default()));
    assert_eq!(meta.profile(&token, &ana).await, Err(UpstreamError::TokenRefused));
}

#[tokio::test]
async fn t13_a_send_that_got_no_answer_is_unclear_and_one_that_never_left_is_not() {
    let to = ShopperAlias::parse("7764").unwrap();
    let part = PartId::parse("0192f3a0-0000-7000-8000-000000000001").unwrap();
    let hello = Content::Text { text: "Hello".to_owned(), choices: Vec::new() };
    let usage = "9".repeat(10 * 1024 * 1024);
    let endless_header = format!("HTTP/1.1 200 OK\r\nx-business-use-case-usage: {usage}\r\n\r\n{{}}");
    let vendor = Canned::answering(vec![
        Reply::Bytes(Vec::new()),
        Reply::Json(502, "<html>".to_owned()),
        Reply::Bytes(endless_header.into_bytes()),
    ]);
    let (meta, token) = (meta_at(&vendor), secret("T"));

    for _ in 0..3 {
        assert_eq!(meta.send("106", &token, &to, part, &hello).await, Err(SendError::Unclear));
    }
    assert_eq!(vendor.asked().len(), 3);

    let nowhere = MetaSettings { graph_url: "http://graph.facebook.com".to_owned() + ":0", ..settings() };
    let sent = Meta::new(nowhere, client().0).send("106", &token, &to, part, &hello).await;
    assert_eq!(sent, Err(SendError::Unavailable));
}
