//! The dialog, and what its code is good for.

use super::*;

#[tokio::test]
async fn the_dialog_names_the_pages_and_leads_back_with_code_and_state() {
    let rig = Rig::start().await;

    let page = http().get(rig.dialog(ALL)).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let html = page.text().await.unwrap();
    let back = rig.answer_dialog(ALL, "continue").await;

    assert!(html.contains("Nordlys Home") && html.contains("answer the messages"), "{html}");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert!(back.starts_with(&format!("{}?code=", rig.callback())), "{back}");
    assert!(back.ends_with("&state=s%261#_=_"), "{back}");
}

#[tokio::test]
async fn cancelling_leads_back_with_the_four_names_of_the_refusal() {
    let rig = Rig::start().await;

    let back = rig.answer_dialog(ALL, "cancel").await;

    for part in ["error=access_denied", "error_reason=user_denied", "error_code=200", "state=s%261"] {
        assert!(back.contains(part), "{part} in {back}");
    }
    assert!(!back.contains("code=AQ") && !back.contains('#'), "{back}");
}

#[tokio::test]
async fn a_wrong_request_is_shown_by_facebook_itself_and_leads_nowhere() {
    let rig = Rig::start().await;
    let good = rig.dialog(ALL);

    for (from, to) in [
        (APP, "999"),
        ("facebook%2Fcallback", "facebook%2Fcallback%2F"),
        ("pages_messaging", "pages_read_minds"),
        ("response_type=code", "response_type=token"),
        ("scope=", "scope=%3Cscript%3E"),
    ] {
        let response = http().get(good.replace(from, to)).send().await.unwrap();
        assert_eq!(response.status(), 400, "{to}");
        let html = response.text().await.unwrap();
        assert!(!html.contains("<form") && !html.contains("<script"), "{html}");
    }
}

#[tokio::test]
async fn a_code_works_once_within_ten_minutes_for_its_own_address() {
    let rig = Rig::start().await;
    let code = rig.code(ALL).await;

    let elsewhere = rig.exchange(&[("code", &code), ("redirect_uri", "http://127.0.0.1/other")]).await;
    assert_eq!(error(&elsewhere), (100, Some(36008)));
    let first = rig.exchange(&[("code", &code), ("redirect_uri", &rig.callback())]).await;
    assert_eq!((first.0, first.1["token_type"].as_str()), (200, Some("bearer")));
    let second = rig.exchange(&[("code", &code), ("redirect_uri", &rig.callback())]).await;
    assert_eq!(error(&second), (100, Some(36009)));

    let late = rig.code(ALL).await;
    rig.clock.advance(Duration::from_mins(10));
    assert_eq!(
        error(&rig.exchange(&[("code", &late), ("redirect_uri", &rig.callback())]).await),
        (100, Some(36007))
    );
    assert_eq!(
        error(&rig.exchange(&[("code", "AQx"), ("redirect_uri", &rig.callback())]).await),
        (100, None)
    );
}

#[tokio::test]
async fn a_wrong_app_or_secret_gets_no_token() {
    let rig = Rig::start().await;
    let code = rig.code(ALL).await;
    let rest = [("code", code.as_str()), ("redirect_uri", &rig.callback())];

    for (id, secret, expected) in [("999", SECRET, 101), (APP, "wrong", 1)] {
        let query: Vec<_> =
            [("client_id", id), ("client_secret", secret)].iter().chain(&rest).copied().collect();
        let response =
            http().get(format!("{}/v26.0/oauth/access_token", rig.base)).query(&query).send().await;
        let response = response.unwrap();
        assert_eq!(response.status(), 400);
        assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], expected);
    }
}

#[tokio::test]
async fn tokens_end_by_the_clock_and_a_page_token_lives_as_its_origin_allows() {
    let rig = Rig::start().await;
    let short = rig.short_token(ALL).await;
    let (_, page) = rig.call("GET", PAGE, &short, &json!({ "fields": "access_token" })).await;
    let brief = page["access_token"].as_str().unwrap().to_owned();
    let lasting = rig.page_token(ALL).await;

    rig.clock.advance(Duration::from_hours(1));
    assert_eq!(error(&rig.call("GET", "me", &brief, &json!({})).await), (190, Some(463)));
    rig.clock.advance(Duration::from_hours(1));
    assert_eq!(error(&rig.call("GET", "me/accounts", &short, &json!({})).await), (190, Some(463)));
    let exchange = rig.exchange(&[("grant_type", "fb_exchange_token"), ("fb_exchange_token", &short)]).await;
    assert_eq!(error(&exchange), (190, Some(463)));

    rig.clock.advance(Duration::from_hours(400 * 24));
    assert_eq!(rig.call("GET", "me", &lasting, &json!({})).await.1["id"], PAGE);
}

#[tokio::test]
async fn debug_token_tells_what_a_token_is_worth() {
    let rig = Rig::start().await;
    let token = rig.page_token(ALL).await;
    let app = format!("{APP}|{SECRET}");

    let (_, answer) = rig.call("GET", "debug_token", &app, &json!({ "input_token": token })).await;
    assert_eq!(answer["data"]["app_id"], APP);
    assert_eq!((&answer["data"]["type"], &answer["data"]["expires_at"]), (&json!("PAGE"), &json!(0)));
    let granular = answer["data"]["granular_scopes"].as_array().unwrap();
    assert!(granular.contains(&json!({ "scope": "pages_messaging", "target_ids": [PAGE] })), "{granular:?}");

    rig.fake.revoke(Revoked::PasswordChanged).unwrap();
    let (_, answer) = rig.call("GET", "debug_token", &app, &json!({ "input_token": token })).await;
    assert_eq!(answer["data"]["is_valid"], false);
    assert_eq!(answer["data"]["error"]["subcode"], 460);

    rig.fake.forgive().unwrap();
    rig.fake.take_back("pages_messaging").unwrap();
    let (_, answer) = rig.call("GET", "debug_token", &app, &json!({ "input_token": token })).await;
    assert_eq!(answer["data"]["is_valid"], true);
    assert!(!answer["data"]["scopes"].as_array().unwrap().contains(&json!("pages_messaging")));

    rig.fake.give_tokens_to_app("999").unwrap();
    let (_, answer) = rig.call("GET", "debug_token", &app, &json!({ "input_token": token })).await;
    assert_eq!(answer["data"]["app_id"], "999");
    assert_eq!(error(&rig.call("GET", "me", &token, &json!({})).await), (190, None));
}

#[tokio::test]
async fn a_call_needs_the_proof_of_its_own_token() {
    let rig = Rig::start().await;
    let token = rig.page_token(ALL).await;
    let me = |proof: Option<String>| {
        let request = http().get(format!("{}/v26.0/me", rig.base)).bearer_auth(&token);
        let request = request.query(&proof.map(|proof| [("appsecret_proof", proof)]));
        async { request.send().await.unwrap().json::<Value>().await.unwrap() }
    };

    assert_eq!(me(Some(hmac_hex(SECRET, token.as_bytes()))).await["id"], PAGE);
    assert_eq!(me(None).await["error"]["code"], 100);
    assert_eq!(me(Some(hmac_hex(SECRET, b"another token"))).await["error"]["code"], 100);
    assert_eq!(error(&rig.call("GET", "me", "EAAGunknown", &json!({})).await), (190, None));
    assert_eq!(error(&rig.call("GET", "debug_token", &format!("{APP}|x"), &json!({})).await), (190, None));
}

#[tokio::test]
async fn an_ended_version_is_served_by_the_next_and_says_so() {
    let rig = Rig::start().await;

    for (version, served) in [("v26.0", "v26.0"), ("v19.0", "v21.0")] {
        let response = http().get(format!("{}/{version}/me", rig.base)).send().await.unwrap();
        assert_eq!(response.headers()["facebook-api-version"], served);
        assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], 2500);
    }
    let response = http().get(format!("{}/v99.0/me", rig.base)).send().await.unwrap();
    assert!(response.text().await.unwrap().contains("Unknown path components"));
}
