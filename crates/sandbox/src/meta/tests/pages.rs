//! Which Pages a person finds, and by which way.

use super::*;

fn three_pages(options: &mut MetaOptions) {
    options.page_size = 2;
    let setup =
        |id: &str, held, may_act| PageSetup { held, may_act, ..PageSetup::new(id, &format!("Page {id}")) };
    options.pages = vec![
        PageSetup::new(PAGE, "Nordlys Home"),
        setup("2", Held::Directly, true),
        setup("3", Held::Directly, false),
        setup("4", Held::ByPortfolio, true),
        setup("5", Held::ForClient, true),
    ];
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["data"].as_array().unwrap().iter().map(|page| page["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn accounts_come_in_pages_and_one_without_rights_has_no_token() {
    let rig = Rig::with(three_pages).await;
    let user = rig.long_token(ALL).await;
    let fields = json!({ "fields": "id,name,tasks,access_token,picture{url}" });

    let (_, first) = rig.call("GET", "me/accounts", &user, &fields).await;
    let next = first["paging"]["next"].as_str().unwrap();
    let proof = hmac_hex(SECRET, user.as_bytes());
    let second = http().get(next).query(&[("appsecret_proof", &proof)]).send().await.unwrap();
    let second: Value = second.json().await.unwrap();
    let by_cursor = json!({ "after": first["paging"]["cursors"]["after"] });
    let (_, again) = rig.call("GET", "me/accounts", &user, &by_cursor).await;

    assert_eq!((ids(&first), ids(&second), ids(&again)), (vec![PAGE, "2"], vec!["3"], vec!["3"]));
    assert!(
        next.starts_with(&rig.base) && next.contains("access_token="),
        "Graph's own next carries the token"
    );
    assert!(first["data"][0]["access_token"].is_string() && second["data"][0].get("access_token").is_none());
    assert!(second["paging"].get("next").is_none());
    assert_eq!(error(&rig.call("GET", "me/accounts", &user, &json!({ "after": "x" })).await), (100, None));
}

#[tokio::test]
async fn portfolio_pages_are_found_by_the_businesses_or_by_their_id() {
    let rig = Rig::with(three_pages).await;
    let user = rig.long_token(ALL).await;

    let (_, businesses) = rig.call("GET", "me/businesses", &user, &json!({})).await;
    let business = ids(&businesses)[0].to_owned();
    let (_, owned) = rig.call("GET", &format!("{business}/owned_pages"), &user, &json!({})).await;
    let (_, clients) = rig.call("GET", &format!("{business}/client_pages"), &user, &json!({})).await;
    let (_, direct) = rig.call("GET", "4", &user, &json!({ "fields": "id,access_token" })).await;

    assert_eq!((ids(&owned), ids(&clients)), (vec!["4"], vec!["5"]));
    assert!(direct["access_token"].is_string());
}

#[tokio::test]
async fn without_the_permission_there_is_nothing_to_see() {
    let rig = Rig::with(three_pages).await;
    rig.fake.decline(&["business_management", "pages_show_list"]);
    let user = rig.long_token(ALL).await;

    assert_eq!(rig.call("GET", "me/accounts", &user, &json!({})).await.1, json!({ "data": [] }));
    assert_eq!(error(&rig.call("GET", "me/businesses", &user, &json!({})).await), (200, None));
    assert_eq!(error(&rig.call("GET", PAGE, &user, &json!({})).await), (100, Some(33)));
}

#[tokio::test]
async fn a_field_pages_do_not_have_fails_the_whole_list() {
    let rig = Rig::start().await;
    let user = rig.long_token(ALL).await;

    let answer = rig.call("GET", "me/accounts", &user, &json!({ "fields": "id,name,email" })).await;

    assert_eq!(error(&answer), (100, None));
    assert!(answer.1["error"]["message"].as_str().unwrap().contains("nonexisting field (email)"));
}

#[tokio::test]
async fn the_same_person_gets_the_same_page_token_each_time() {
    let rig = Rig::start().await;
    let user = rig.long_token(ALL).await;
    let token =
        async || rig.call("GET", "me/accounts", &user, &json!({})).await.1["data"][0]["access_token"].clone();

    assert_eq!(token().await, token().await);
}

#[tokio::test]
async fn what_the_fake_does_not_know_names_itself() {
    let rig = Rig::start().await;
    let token = rig.page_token(ALL).await;

    let answer = rig.call("POST", &format!("{PAGE}/personas"), &token, &json!({ "name": "Bo" })).await;

    assert_eq!(error(&answer), (2500, None));
    assert!(answer.1["error"]["message"].as_str().unwrap().contains("personas"));
    assert_eq!(rig.fake.unknown_calls(), 1);
    let entries = rig.journal.after(0, 500);
    assert!(
        entries.iter().any(|entry| entry.kind == "meta.unknown_call" && entry.summary.contains("/personas"))
    );
}

#[tokio::test]
async fn no_token_secret_or_code_is_written_into_the_journal() {
    let rig = Rig::start().await;
    let code = rig.code(ALL).await;
    let page = rig.connected().await;
    rig.fake.shopper_writes("Ana", "hello").unwrap();
    rig.send(&page, "Ana", json!({ "text": "Hello Ana" })).await;
    rig.deliveries.idle().await;

    let written = serde_json::to_string(&rig.journal.after(0, 5_000)).unwrap();

    for secret in [SECRET, &code, &page, "EAAG", "sha256=", "\"verify\""] {
        assert!(!written.contains(secret), "{secret}");
    }
}
