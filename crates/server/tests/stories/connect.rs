//! Connecting a shop and its Pages: what the merchant sees, who owns what, and tokens that last.

use std::time::Duration;

use serde_json::{Value, json};
use shopclerk_flows::connect::token;
use shopclerk_sandbox::meta::PageSetup;

use crate::merchant::{
    NORDLYS, SHOP_LOGIN, agrees, begins, comes_back, connections_of, fjell_opens, fresh_browser,
    fresh_program, line, on_its_way, signed_in, token_calls,
};
use crate::outside::{Request, param, signed_query};
use crate::products;
use crate::scene::Scene;
use crate::world::{PAGE, SHOPIFY_SECRET, World, portfolio_page, price};

/// Any shop may sign up.
const OPEN: &[(&str, &str)] = &[("SHOPCLERK_SIGNUP", "open")];

#[tokio::test]
async fn both_connects_lead_to_a_page_on_which_shop_and_page_are_ok() {
    let world = World::with_shop(products::warm_things()).await;

    let page = world.walk("/app").await;

    assert_eq!(page.status, 200);
    for part in ["<strong>Nordlys</strong>", "6 products", "Facebook tells us of 18 kinds of events"] {
        assert!(page.body.contains(part), "{part} is missing in {}", page.body);
    }
    assert_eq!(page.body.matches(">ok</span>").count(), 2);
    assert!(!page.body.contains("Connect again"));
    assert!(world.sandbox().meta().is_connected() && world.sandbox().shopify().is_installed(NORDLYS));
    world.close().await;
}

#[tokio::test]
async fn a_program_gets_the_merchant_and_what_was_connected_as_json_and_no_token() {
    let world = World::unconnected(products::warm_things()).await;
    let program = fresh_program();

    let shop = program.get(&on_its_way(&world, &program, SHOP_LOGIN).await).await.unwrap();
    let pages = program.get(&on_its_way(&world, &program, "/facebook/login").await).await.unwrap();

    let told: Value = serde_json::from_str(&shop.body).unwrap();
    let merchant = world.merchant().await.to_string();
    assert_eq!((&shop.content_type[..], told["user_uuid"].as_str()), ("application/json", Some(&*merchant)));
    assert_eq!(told["shopify_data"]["shop"], NORDLYS);
    assert_eq!(told["shopify_data"]["name"], "Nordlys");
    let told: Value = serde_json::from_str(&pages.body).unwrap();
    assert_eq!(told["user_uuid"].as_str(), Some(&*merchant));
    assert_eq!((&told["pages"]["data"][0]["id"], &told["pages"]["paging"]), (&PAGE.into(), &json!({})));
    for body in [shop.body, pages.body] {
        assert!(!body.contains("token") && !body.contains("secret"), "{body}");
        world.remember_answer(&body);
    }
    world.close().await;
}

#[tokio::test]
async fn a_browser_is_sent_on_by_303_to_the_platform_and_at_the_end_to_its_connections() {
    let world = World::unconnected(products::warm_things()).await;
    let browser = fresh_browser();

    for (path, door) in [
        (SHOP_LOGIN, world.sandbox().shopify_url_template().replace("{shop}", NORDLYS)),
        ("/facebook/login", world.sandbox().meta_url().to_owned()),
    ] {
        let away = begins(&world, &browser, path).await;
        assert!(away.starts_with(&door), "{away}");
        let home = browser.get(&agrees(&browser, &away).await).await.unwrap();
        assert_eq!((home.status, home.location.as_deref()), (303, Some("/app")));
    }
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t24_a_page_that_another_merchant_has_is_refused_whoever_began_first() {
    for late in [0, 1] {
        let world = Scene::of(products::warm_things()).configured(OPEN).unconnected().await;
        fjell_opens(&world);
        let merchants = [fresh_program(), fresh_program()];
        let mut ways = Vec::new();
        for (merchant, login) in merchants.iter().zip([SHOP_LOGIN, "/shopify/fjell/login"]) {
            let back = on_its_way(&world, merchant, login).await;
            assert_eq!(comes_back(&world, merchant, &back).await.0, 200);
            ways.push(on_its_way(&world, merchant, "/facebook/login").await);
        }
        let early = 1 - late;

        assert_eq!(comes_back(&world, &merchants[early], &ways[early]).await.0, 200);
        let answer = comes_back(&world, &merchants[late], &ways[late]).await;

        assert_eq!(answer, (409, "Another merchant here has this Page".to_owned()));
        world.settle().await;
        let names = ["Nordlys", "Fjell"];
        let of = async |who: usize| connections_of(&world, &merchants[who]).await;
        let shop = |who: usize| line("Shopify shop", names[who], "ok");
        assert_eq!(of(early).await, [shop(early), line("Facebook Page", "Nordlys", "ok")]);
        assert_eq!(of(late).await, [shop(late)]);
        world.close().await;
    }
}

#[tokio::test]
async fn t24_of_several_pages_those_that_are_free_are_connected_and_the_others_named() {
    let pages = vec![PageSetup::new(PAGE, "Nordlys"), PageSetup::new("106511000000002", "Fjell")];
    let world = Scene::of(products::warm_things()).with_pages(pages).configured(OPEN).unconnected().await;
    fjell_opens(&world);
    world.sandbox().meta().pick(&[PAGE]);
    world.connect().await;
    world.sandbox().meta().pick(&[PAGE, "106511000000002"]);

    for (merchant, shown) in [(fresh_program(), ""), (fresh_browser(), "A Page was left out")] {
        let back = on_its_way(&world, &merchant, "/shopify/fjell/login").await;
        assert!(comes_back(&world, &merchant, &back).await.0 < 400);
        let back = on_its_way(&world, &merchant, "/facebook/login").await;
        let answer = merchant.walk(&back).await.unwrap();
        assert!(answer.status == 200 && answer.body.contains(shown), "{}", answer.body);
        if let Ok(told) = serde_json::from_str::<Value>(&answer.body) {
            assert_eq!(
                (&told["pages"]["data"][0]["id"], &told["taken"]),
                (&json!("106511000000002"), &json!([PAGE]))
            );
        }
        world.settle().await;
        let mine = [line("Shopify shop", "Fjell", "ok"), line("Facebook Page", "Fjell", "ok")];
        assert_eq!(connections_of(&world, &merchant).await, mine);
    }
    assert!(!world.walk("/app?notice=taken&x").await.body.contains("left out"));
    world.close().await;
}

#[tokio::test]
async fn t24_a_shop_of_another_merchant_is_refused_and_goes_on_working() {
    let world = Scene::of(products::warm_things()).configured(OPEN).connected().await;
    fjell_opens(&world);
    let program = fresh_program();
    let back = on_its_way(&world, &program, "/shopify/fjell/login").await;
    assert_eq!(comes_back(&world, &program, &back).await.0, 200);
    world.settle().await;

    let back = on_its_way(&world, &program, SHOP_LOGIN).await;
    let before = token_calls(&world);
    let answer = comes_back(&world, &program, &back).await;

    assert_eq!(answer, (409, "This browser is signed in for another merchant".to_owned()));
    assert_eq!(token_calls(&world), before, "a new grant would have ended the owner's");
    world.sets("lumi-mug", price("20.00"));
    world.settle().await;
    assert_eq!(
        connections_of(&world, world.browser()).await,
        [line("Shopify shop", "Nordlys", "ok"), line("Facebook Page", "Nordlys", "ok")]
    );
    world.close().await;
}

#[tokio::test]
async fn only_the_first_shop_signs_up_unless_the_operator_says_otherwise() {
    let closed = (403, "This installation takes no further shops".to_owned());
    let world = World::with_shop(products::warm_things()).await;
    fjell_opens(&world);

    for program in [fresh_program(), signed_in(&world).await] {
        let (before, session) = (token_calls(&world), program.cookie(&world.url("/"), "session_id"));
        let back = on_its_way(&world, &program, "/shopify/fjell/login").await;
        assert_eq!(comes_back(&world, &program, &back).await, closed);
        assert_eq!(token_calls(&world), before);
        assert_eq!(program.cookie(&world.url("/"), "session_id"), session);
    }
    world.close().await;
}

#[tokio::test]
async fn shops_on_the_operators_list_sign_up_and_no_others() {
    let listed = &[("SHOPCLERK_SIGNUP", "fjell.myshopify.com,skog.myshopify.com")];
    let world = Scene::of(products::warm_things()).configured(listed).unconnected().await;
    fjell_opens(&world);
    let program = fresh_program();

    let back = on_its_way(&world, &program, SHOP_LOGIN).await;
    assert_eq!(comes_back(&world, &program, &back).await.0, 403);
    let back = on_its_way(&world, &program, "/shopify/fjell/login").await;
    assert_eq!(comes_back(&world, &program, &back).await.0, 200);

    world.settle().await;
    assert_eq!(connections_of(&world, &program).await, [line("Shopify shop", "Fjell", "ok")]);
    world.close().await;
}

#[tokio::test]
async fn a_known_shop_signs_in_anywhere_and_stays_the_same_merchant() {
    let world = World::with_shop(products::warm_things()).await;
    let merchant = world.merchant().await.to_string();

    let program = signed_in(&world).await;
    let back = on_its_way(&world, &program, "/facebook/login").await;
    let pages = program.get(&back).await.unwrap();
    world.walk(SHOP_LOGIN).await;
    world.settle().await;

    let told: Value = serde_json::from_str(&pages.body).unwrap();
    assert_eq!(told["user_uuid"], *merchant);
    let both = [line("Shopify shop", "Nordlys", "ok"), line("Facebook Page", "Nordlys", "ok")];
    assert_eq!(connections_of(&world, &program).await, both);
    assert_eq!(connections_of(&world, world.browser()).await, both);
    assert_eq!(world.merchant().await.to_string(), merchant);
    world.close().await;
}

#[tokio::test]
async fn pages_held_by_a_portfolio_are_found_and_one_without_a_token_asks_for_a_reconnect() {
    let locked = PageSetup { may_act: false, ..PageSetup::new("106511000000003", "Nordlys outlet") };
    let pages =
        vec![portfolio_page("106511000000002", "Nordlys kids"), locked, PageSetup::new(PAGE, "Nordlys")];
    let world = World::with_pages(products::warm_things(), pages).await;

    world.connect().await;

    let mut seen = connections_of(&world, world.browser()).await;
    seen.sort();
    assert_eq!(
        seen,
        [
            line("Facebook Page", "Nordlys", "ok"),
            line("Facebook Page", "Nordlys kids", "ok"),
            line("Facebook Page", "Nordlys outlet", "needs_reconnect"),
            line("Shopify shop", "Nordlys", "ok"),
        ]
    );
    let page = world.walk("/app").await.body;
    assert!(page.contains("Facebook gave us no access to this Page."), "{page}");
    world.close().await;
}

#[tokio::test]
async fn more_pages_than_one_answer_holds_are_all_connected() {
    let pages =
        (0..60).map(|number| PageSetup::new(&format!("1065110000001{number:02}"), "Nordlys")).collect();
    let world = World::with_pages(Vec::new(), pages).await;

    world.connect().await;

    let seen = connections_of(&world, world.browser()).await;
    assert_eq!(seen.iter().filter(|line| line.0 == "Facebook Page" && line.2 == "ok").count(), 60);
    world.close().await;
}

#[tokio::test]
async fn who_declines_at_facebook_is_told_what_to_do_and_nothing_is_connected() {
    let world = World::unconnected(products::warm_things()).await;
    let program = signed_in(&world).await;

    let door = begins(&world, &program, "/facebook/login").await;
    let back = program.post_form(&door, &[("answer", "cancel")]).await.unwrap().location.unwrap();
    let answer = program.get(&back).await.unwrap();

    let told: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, told["code"].as_str()), (400, Some("connect.not_granted")));
    assert!(told["cure"].as_str().unwrap().contains("Start again and accept"));
    assert_eq!(comes_back(&world, &program, &back).await.1, "Invalid state token");
    world.settle().await;
    assert_eq!(connections_of(&world, &program).await, [line("Shopify shop", "Nordlys", "ok")]);
    world.close().await;
}

#[tokio::test]
async fn what_both_platforms_are_to_tell_us_is_switched_on_and_read_back() {
    let world = World::with_shop(products::warm_things()).await;

    let told = world.told("connect.subscribed");

    let list = |name: &str| {
        let found = told.iter().find_map(|(_, data)| data[name].as_array().cloned());
        found.unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list("topics").len(), 14);
    assert!(list("topics").contains(&"app/uninstalled".to_owned()));
    for field in ["messages", "message_echoes", "messaging_postbacks", "standby"] {
        assert!(list("fields").contains(&field.to_owned()), "{field}");
    }
    assert!(world.sandbox().meta().is_connected());
    world.close().await;
}

#[tokio::test]
async fn the_app_opened_in_the_shops_admin_goes_on_at_the_sign_in() {
    let world = World::unconnected(products::warm_things()).await;
    let now = world.app().now().millis() / 1_000;
    let opened = |shop: &str, at: i64, secret: &str| {
        let at = at.to_string();
        let query = signed_query(secret, &[("host", "YWRtaW4"), ("shop", shop), ("timestamp", &at)]);
        Request::get(&format!("/?{query}")).header("accept", "application/json")
    };

    let good = opened(NORDLYS, now, SHOPIFY_SECRET).send(&world).await;
    assert_eq!((good.status, good.header("location")), (303, Some("/shopify/nordlys.myshopify.com/login")));
    for (bad, sentence) in [
        (opened(NORDLYS, now, "another-secret"), "Invalid HMAC signature"),
        (opened(NORDLYS, now - 301, SHOPIFY_SECRET), "Invalid HMAC signature"),
        (opened("evil.com", now, SHOPIFY_SECRET), "Invalid shop"),
        (Request::get("/?hmac=00&shop=nordlys.myshopify.com"), "Invalid HMAC signature"),
    ] {
        let answer = bad.send(&world).await;
        assert_eq!((answer.problem(), answer.header("location")), ((400, sentence.to_owned()), None));
    }
    world.close().await;
}

#[tokio::test]
async fn a_code_the_platform_does_not_take_is_told_without_its_words() {
    let world = World::unconnected(products::warm_things()).await;
    let program = signed_in(&world).await;

    for path in [SHOP_LOGIN, "/facebook/login"] {
        let back = on_its_way(&world, &program, path).await;
        let state = param(&back, "state");
        let address = if path == SHOP_LOGIN {
            let at = (world.app().now().millis() / 1_000).to_string();
            let pairs = [("code", "stale"), ("shop", NORDLYS), ("state", &*state), ("timestamp", &*at)];
            format!("/shopify/callback?{}", signed_query(SHOPIFY_SECRET, &pairs))
        } else {
            format!("/facebook/callback?code=stale&state={state}")
        };
        let answer = program.get(&world.url(&address)).await.unwrap();
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, told["detail"].as_str()), (400, Some("Token exchange failed")));
        for word in ["authorization", "verification", "OAuthException", "stale"] {
            assert!(!answer.body.contains(word), "{}", answer.body);
        }
    }
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t25_we_ask_a_shop_for_reading_only_and_say_so_when_it_grants_less() {
    let world = World::unconnected(products::warm_things()).await;
    let program = fresh_program();

    let door = begins(&world, &program, SHOP_LOGIN).await;
    let scopes = param(&door, "scope");
    assert!(scopes.split(',').all(|scope| scope.starts_with("read_")), "{scopes}");
    let less = door.replace("read_products%2C", "");
    assert_ne!(less, door);
    let back = agrees(&program, &less).await;
    assert_eq!(comes_back(&world, &program, &back).await.0, 200);
    world.settle().await;
    assert_eq!(connections_of(&world, &program).await, [line("Shopify shop", "Nordlys", "needs_reconnect")]);

    let whole = on_its_way(&world, &program, SHOP_LOGIN).await;
    assert_eq!(comes_back(&world, &program, &whole).await.0, 200);
    world.settle().await;
    assert_eq!(connections_of(&world, &program).await, [line("Shopify shop", "Nordlys", "ok")]);
    world.close().await;
}

#[tokio::test]
async fn t25_a_page_whose_messages_we_may_not_read_asks_for_a_reconnect() {
    for declined in ["pages_messaging", "pages_manage_metadata"] {
        let world = World::unconnected(products::warm_things()).await;
        world.sandbox().meta().decline(&[declined]);

        world.connect().await;

        assert_eq!(
            connections_of(&world, world.browser()).await,
            [line("Shopify shop", "Nordlys", "ok"), line("Facebook Page", "Nordlys", "needs_reconnect")]
        );
        world.sandbox().meta().decline(&[]);
        assert_eq!(world.walk("/facebook/login").await.status, 200);
        world.settle().await;
        assert_eq!(connections_of(&world, world.browser()).await[1].2, "ok", "{declined}");
        world.close().await;
    }
}

/// What the minute's look at the tokens does.
async fn looks_at_tokens(world: &World) {
    token::renew_ending(world.app()).await.unwrap();
    world.settle().await;
}

#[tokio::test]
async fn t26_a_shops_token_is_renewed_before_it_ends_and_only_then() {
    let world = World::with_shop(products::warm_things()).await;

    for (minutes, renewed) in [(49, 0), (2, 1), (1, 1), (40, 1), (10, 2)] {
        world.after(Duration::from_mins(minutes)).await;
        looks_at_tokens(&world).await;
        assert_eq!(world.refreshes(), renewed);
    }

    world.sets("lumi-mug", price("21.00"));
    world.settle().await;
    assert_eq!(world.told("catalogue.changed").len(), 1, "the new pair works");
    assert_eq!(connections_of(&world, &signed_in(&world).await).await[0].2, "ok");
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t26_a_token_that_ended_unseen_is_renewed_at_its_next_use() {
    let world = World::with_shop(products::warm_things()).await;

    world.after(Duration::from_mins(61)).await;
    world.sets("lumi-mug", price("21.00"));
    world.settle().await;
    world.after(Duration::from_secs(30)).await;
    assert_eq!((world.refreshes(), world.told("catalogue.changed").len()), (1, 1));

    world.sandbox().shopify().expire_access_tokens(NORDLYS).unwrap();
    world.sets("lumi-mug", price("22.00"));
    world.settle().await;
    world.after(Duration::from_secs(30)).await;
    assert_eq!((world.refreshes(), world.told("catalogue.changed").len()), (2, 2), "before its time, too");
    assert_eq!(connections_of(&world, &signed_in(&world).await).await[0].2, "ok");
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t26_a_shop_that_let_us_go_says_so_is_left_alone_and_heals_by_a_reconnect() {
    let world = World::with_shop(products::warm_things()).await;
    let merchant = world.merchant().await;
    world.sandbox().shopify().revoke_tokens(NORDLYS).unwrap();

    world.after(Duration::from_mins(55)).await;
    looks_at_tokens(&world).await;

    let page = world.walk("/app").await.body;
    for part in
        ["needs_reconnect", "We are no longer let in.", r#"href="/shopify/nordlys.myshopify.com/login""#]
    {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    let calls = world.sandbox().shopify().calls();
    for _ in 0..10 {
        world.after(Duration::from_mins(10)).await;
        looks_at_tokens(&world).await;
    }
    assert_eq!(world.sandbox().shopify().calls(), calls, "work for it has stopped");

    assert_eq!(world.walk(SHOP_LOGIN).await.status, 200);
    world.settle().await;
    world.sets("lumi-mug", price("21.00"));
    world.settle().await;
    assert_eq!(world.told("catalogue.changed").len(), 1);
    assert_eq!(
        (connections_of(&world, world.browser()).await[0].2.as_str(), world.merchant().await),
        ("ok", merchant)
    );
    world.close().await;
}
