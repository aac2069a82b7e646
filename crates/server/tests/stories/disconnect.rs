//! A merchant ends a connection: nothing more is sent or read for it, and it can be had back.

use serde_json::json;
use shopclerk_sandbox::walk::Walker;

use crate::merchant::{
    NORDLYS, SHOP_LOGIN, comes_back, connections_of, fjell_opens, fresh_program, from_the_page, line,
    on_its_way, session_cookie,
};
use crate::outside::{Answer, Request};
use crate::products;
use crate::scene::Scene;
use crate::world::{World, price};

/// Presses the button as the page's own form does.
pub(crate) async fn ends(world: &World, owner: &Walker, id: &str) -> Answer {
    let path = format!("/app/connections/{id}/disconnect");
    from_the_page(world, Request::post(&path, ""))
        .header("cookie", session_cookie(world, owner))
        .send(world)
        .await
}

/// Our id of the merchant's one account.
pub(crate) async fn account(world: &World) -> String {
    let merchant = world.merchant().await;
    world.app().store().list_accounts(merchant).await.unwrap()[0].account.id.to_string()
}

#[tokio::test]
async fn t23_a_page_that_is_disconnected_is_told_goodbye_and_gets_no_reply() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let merchant = world.merchant().await;

    let answer = ends(&world, world.browser(), &account(&world).await).await;

    assert_eq!((answer.status, answer.json()), (200, json!({ "status": "disconnected" })));
    assert!(!world.sandbox().meta().is_connected(), "the Page no longer tells us anything");
    let shown = connections_of(&world, world.browser()).await;
    assert_eq!(shown[1], line("Facebook Page", "Nordlys", "disconnected"));
    let before = world.sends_asked();
    world
        .delivers_message(&ana.psid(), json!({ "mid": "m_late", "text": "how much is the Storm coat?" }))
        .await;
    world.settle().await;
    assert_eq!(world.sends_asked(), before, "what still arrives is nobody's");

    assert_eq!(world.walk("/facebook/login").await.status, 200);
    world.settle().await;
    ana.asks("how much is the Storm coat?").await.says(&["189"]);
    assert_eq!(world.merchant().await, merchant);
    world.close().await;
}

#[tokio::test]
async fn t54_what_was_ready_when_it_was_disconnected_is_never_sent() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.writes("how much is the Storm coat?").await;

    ends(&world, world.browser(), &account(&world).await).await;
    world.settle().await;
    ana.received().nothing();

    assert_eq!(world.walk("/facebook/login").await.status, 200);
    world.settle().await;
    ana.received().nothing();
    world.close().await;
}

#[tokio::test]
async fn t23_a_shop_that_is_disconnected_is_left_and_comes_back_as_the_same_merchant() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let merchant = world.merchant().await;

    assert_eq!(ends(&world, world.browser(), NORDLYS).await.status, 200);
    world.settle().await;

    assert!(!world.sandbox().shopify().is_installed(NORDLYS), "the app took itself out");
    let calls = world.sandbox().shopify().calls();
    world.after(std::time::Duration::from_hours(25)).await;
    assert_eq!(world.sandbox().shopify().calls(), calls, "it is not asked any more");
    ana.asks("how much is the Storm coat?").await.never_says(&["189"]);

    let program = fresh_program();
    let back = on_its_way(&world, &program, SHOP_LOGIN).await;
    assert_eq!(comes_back(&world, &program, &back).await.0, 200);
    world.settle().await;
    assert_eq!(world.merchant().await, merchant);
    world.sets("storm-coat", price("150.00"));
    world.settle().await;
    ana.looks_away();
    ana.asks("how much is the Storm coat?").await.says(&["150"]);
    world.close().await;
}

#[tokio::test]
async fn t23_disconnecting_is_for_who_is_signed_in_and_what_is_theirs() {
    let world =
        Scene::of(products::warm_things()).configured(&[("SHOPCLERK_SIGNUP", "open")]).connected().await;
    let page = account(&world).await;
    fjell_opens(&world);
    let other = fresh_program();
    let back = on_its_way(&world, &other, "/shopify/fjell/login").await;
    assert_eq!(comes_back(&world, &other, &back).await.0, 200);

    for id in [NORDLYS, &page, "nobody.myshopify.com", "x", "00000000-0000-0000-0000-000000000000"] {
        let answer = ends(&world, &other, id).await;
        assert_eq!((answer.status, answer.told("code")), (404, "http.not_found".to_owned()), "{id}");
        let path = format!("/app/connections/{id}/disconnect");
        let answer = from_the_page(&world, Request::post(&path, "")).send(&world).await;
        assert_eq!(answer.problem(), (400, "Missing session_id cookie".to_owned()));
    }
    world.settle().await;
    let mine = [line("Shopify shop", "Nordlys", "ok"), line("Facebook Page", "Nordlys", "ok")];
    assert_eq!(connections_of(&world, world.browser()).await, mine);
    assert!(world.sandbox().meta().is_connected() && world.sandbox().shopify().is_installed(NORDLYS));
    world.close().await;
}

#[tokio::test]
async fn t36_no_other_site_ends_a_connection_or_replays_in_a_merchants_name() {
    let world = World::with_shop(products::warm_things()).await;
    let cookie = session_cookie(&world, world.browser());

    let page = account(&world).await;
    for path in [
        format!("/app/connections/{NORDLYS}/disconnect"),
        format!("/app/connections/{page}/disconnect"),
        "/api/v1/deliveries/event-1/replay".to_owned(),
    ] {
        let ask = || Request::post(&path, "").header("cookie", cookie.clone());
        for request in [
            ask(),
            ask().header("origin", "https://evil.example"),
            ask().header("origin", "null"),
            ask().header("sec-fetch-site", "cross-site"),
            ask().header("sec-fetch-site", "same-site").header("origin", world.url("")),
        ] {
            let answer = request.send(&world).await;
            assert_eq!((answer.status, answer.told("code")), (403, "http.other_site".to_owned()), "{path}");
        }
    }
    let mine = [line("Shopify shop", "Nordlys", "ok"), line("Facebook Page", "Nordlys", "ok")];
    assert_eq!(connections_of(&world, world.browser()).await, mine);
    world.close().await;
}

#[tokio::test]
async fn it_ends_here_also_when_the_platform_cannot_be_told() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().shopify().revoke_tokens(NORDLYS).unwrap();

    let page = ends(&world, world.browser(), NORDLYS).await;

    assert_eq!(page.status, 200);
    let shown = connections_of(&world, world.browser()).await;
    assert_eq!(shown[0], line("Shopify shop", "Nordlys", "disconnected"));
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn the_page_has_a_button_for_each_and_says_what_was_done() {
    let world = World::with_shop(products::warm_things()).await;
    let id = account(&world).await;

    let page = world.walk("/app").await.body;
    assert!(page.contains(&format!("action=\"/app/connections/{id}/disconnect\"")), "{page}");
    let done = world
        .browser()
        .post_form(&world.url(&format!("/app/connections/{id}/disconnect")), &[])
        .await
        .unwrap();
    assert_eq!((done.status, done.location.as_deref()), (303, Some("/app?notice=disconnected")));
    world.settle().await;

    let page = world.walk("/app?notice=disconnected").await.body;
    for part in [
        "It is disconnected.",
        "data-state=\"disconnected\"",
        "Connect again",
        "No Facebook Page is connected yet",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    assert_eq!(page.matches("<form").count(), 1, "the shop alone can still be disconnected");
    world.close().await;
}
