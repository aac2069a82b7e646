//! The JSON API: who gets in, what they see of their own, and that nobody finds what is another's.

use std::collections::BTreeSet;

use serde_json::Value;
use shopclerk_flows::operator::Scope;

use crate::merchant::{comes_back, fjell_opens, fresh_program, from_the_page, on_its_way, session_cookie};
use crate::operator::with;
use crate::outside::{Answer, Request};
use crate::products;
use crate::scene::Scene;
use crate::world::{PAGE, World};

/// Every list, and one thing of each kind that has an address of its own.
const LISTS: [&str; 4] =
    ["/api/v1/connections", "/api/v1/conversations", "/api/v1/products", "/api/v1/deliveries"];

/// Asks with the session of the world's own browser.
async fn ask(world: &World, path: &str) -> Answer {
    Request::get(path).header("cookie", session_cookie(world, world.browser())).send(world).await
}

/// All rows of a list, page by page, and how many pages there were.
async fn all(world: &World, path: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut rows, mut next, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let answer = ask(world, &format!("{path}?limit={limit}{next}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        pages += 1;
        let page = answer.json();
        rows.extend(page["data"].as_array().unwrap().clone());
        let Some(cursor) = page["next"].as_str() else { return (rows, pages) };
        assert!(pages < 100, "the list has no end");
        next = format!("&cursor={cursor}");
    }
}

fn texts(rows: &[Value], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn nobody_gets_in_without_a_session_or_a_token() {
    let world = World::with_shop(products::warm_things()).await;
    let replay = from_the_page(&world, Request::post("/api/v1/deliveries/event-1/replay", ""));
    let anonymous = Request::post("/api/v1/deliveries/event-1/replay", "").send(&world).await;
    assert_eq!((anonymous.status, anonymous.told("code")), (401, "api.unauthenticated".to_owned()));
    let code = async |request: Request| {
        let answer = request.send(&world).await;
        (answer.status, answer.told("code"), answer.header("www-authenticate").map(str::to_owned))
    };
    let refused = |code: &str| (401, code.to_owned(), Some("Bearer".to_owned()));

    let requests = LISTS.into_iter().map(Request::get).chain([
        Request::get("/api/v1/merchants"),
        Request::get("/api/v1/conversations/00000000-0000-0000-0000-000000000000"),
        replay,
    ]);
    for request in requests {
        assert_eq!(code(request.clone()).await, refused("api.unauthenticated"));
        let ended = request.clone().header("cookie", format!("session_id={}", "0".repeat(64)));
        assert_eq!(code(ended).await, refused("api.unauthenticated"));
        let cookie = session_cookie(&world, world.browser());
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "Basic YTpi",
            "Bearer shopclerk_",
            &format!("Bearer {}", "0".repeat(74)),
        ] {
            let request = request.clone().header("authorization", wrong).header("cookie", cookie.clone());
            assert_eq!(
                code(request).await,
                refused("api.bad_token"),
                "{wrong}: a cookie does not make up for it"
            );
        }
    }
    let token = world.token(&[Scope::Read]).await;
    let twice = with(with(Request::get("/api/v1/merchants"), &token), &token);
    assert_eq!(code(twice).await, refused("api.bad_token"));
    world.close().await;
}

#[tokio::test]
async fn a_merchant_sees_shop_page_shoppers_and_products() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.asks("how much is the Storm coat?").await.says(&["189"]);

    let (connections, _) = all(&world, "/api/v1/connections", 50).await;
    assert_eq!(texts(&connections, "kind"), ["shop", "account"]);
    assert_eq!(texts(&connections, "native_id"), ["nordlys.myshopify.com", PAGE]);
    assert_eq!(texts(&connections, "state"), ["ok", "ok"]);
    let (products, _) = all(&world, "/api/v1/products", 50).await;
    let coat = products.iter().find(|row| row["title"] == "Storm coat").unwrap();
    assert_eq!((&coat["id"], &coat["variants"][0]["price"]["amount"]), (&"104".into(), &"189.00".into()));
    assert_eq!((&coat["variants"][0]["stock"], &coat["offered"]), (&2.into(), &true.into()));
    let (talks, _) = all(&world, "/api/v1/conversations", 50).await;
    assert_eq!((talks.len(), texts(&talks, "first_name")), (1, vec!["Ana".to_owned()]));

    let id = talks[0]["id"].as_str().unwrap();
    let whole = ask(&world, &format!("/api/v1/conversations/{id}")).await.json();
    let said = whole["messages"]["data"].as_array().unwrap();
    assert_eq!(whole["conversation"]["id"], id);
    let authors: BTreeSet<&str> = said.iter().map(|one| one["author"].as_str().unwrap()).collect();
    assert_eq!(authors, BTreeSet::from(["clerk", "shopper"]));
    assert!(said.iter().any(|one| one["text"] == "how much is the Storm coat?"));
    for page in [&connections, &talks] {
        assert!(
            !format!("{page:?}").contains(&ana.psid()),
            "how the Page knows a shopper is nobody's business"
        );
    }
    world.close().await;
}

#[tokio::test]
async fn every_list_comes_page_by_page_and_each_row_once() {
    let world = World::with_shop(products::warm_things()).await;
    for name in ["Ana", "Bo", "Cleo", "Dan", "Eva"] {
        world.shopper(name).await;
    }
    let ana = world.stranger("Ana");
    for number in 0..4 {
        ana.asks(&format!("hello {number}")).await;
    }

    for path in ["/api/v1/connections", "/api/v1/conversations", "/api/v1/products"] {
        let (whole, _) = all(&world, path, 100).await;
        for limit in [1, 2, whole.len(), whole.len() + 1] {
            let (rows, pages) = all(&world, path, limit).await;
            assert_eq!((&rows, pages), (&whole, whole.len().div_ceil(limit)), "{path} {limit}");
        }
    }
    let (talks, _) = all(&world, "/api/v1/conversations", 100).await;
    let talk = talks.iter().find(|row| row["first_name"] == "Ana").unwrap();
    let id = talk["id"].as_str().unwrap();
    let page = async |query: &str| ask(&world, &format!("/api/v1/conversations/{id}{query}")).await.json();
    let whole = page("").await["messages"]["data"].as_array().unwrap().clone();
    let first = page("?limit=3").await;
    let second = page(&format!("?limit=100&cursor={}", first["messages"]["next"].as_str().unwrap())).await;
    let rows = [&first, &second].map(|page| page["messages"]["data"].as_array().unwrap().clone()).concat();
    assert_eq!((rows.len() > 5, rows), (true, whole), "messages of one moment are told apart");
    world.close().await;
}

#[tokio::test]
async fn a_list_is_asked_for_within_its_bounds() {
    let world = World::with_shop(products::warm_things()).await;
    let token = world.token(&[Scope::Read]).await;
    let merchant = world.merchant().await;
    let foreign = hex::encode("quarantined-7");

    for path in LISTS {
        for (query, code) in [
            ("limit=0", "api.bad_limit"),
            ("limit=101", "api.bad_limit"),
            ("limit=1&limit=2", "api.bad_limit"),
            ("cursor=zz", "api.bad_cursor"),
            (&*format!("cursor={foreign}"), "api.bad_cursor"),
            (&*format!("cursor={}", "00".repeat(4_000)), "api.bad_cursor"),
            ("merchant=x", "api.bad_merchant"),
        ] {
            let answer = ask(&world, &format!("{path}?{query}")).await;
            assert_eq!((answer.status, answer.told("code")), (400, code.to_owned()), "{path} {query}");
        }
        let named = format!("{path}?merchant={merchant}");
        let answer = ask(&world, &named).await;
        assert_eq!((answer.status, answer.told("code")), (403, "api.operator_only".to_owned()));
        assert_eq!(world.asks(&token, &named).await.status, 200);
        let nobody = format!("{path}?merchant=00000000-0000-0000-0000-000000000000");
        assert_eq!(world.asks(&token, &nobody).await.told("code"), "http.not_found");
    }
    for path in &LISTS[..3] {
        assert_eq!(world.asks(&token, path).await.told("code"), "api.merchant_missing", "{path}");
    }
    assert_eq!(ask(&world, "/api/v1/merchants").await.told("code"), "api.operator_only");
    let listed = world.asks(&token, "/api/v1/merchants").await.json();
    assert_eq!(listed["data"][0]["id"], merchant.to_string());
    world.close().await;
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_and_no_more() {
    let world = World::with_shop(products::warm_things()).await;
    let merchant = world.merchant().await;
    let replay = format!("/api/v1/deliveries/event-1/replay?merchant={merchant}");
    let list = format!("/api/v1/products?merchant={merchant}");

    for (scopes, may_list, may_replay) in [
        (&[Scope::Read][..], 200, 403),
        (&[Scope::Write], 403, 404),
        (&[Scope::Metrics], 403, 403),
        (&[Scope::Read, Scope::Write], 200, 404),
    ] {
        let token = world.token(scopes).await;
        assert_eq!(world.asks(&token, &list).await.status, may_list, "{scopes:?}");
        let answer = with(Request::post(&replay, ""), &token).send(&world).await;
        assert_eq!(answer.status, may_replay, "{scopes:?}");
    }
    world.close().await;
}

/// Every id that an answer of the API holds, as it stands in an address.
fn ids(rows: &[Value]) -> Vec<String> {
    texts(rows, "id")
}

#[tokio::test]
async fn t43_an_id_of_another_merchant_is_found_no_more_than_one_that_does_not_exist() {
    let world =
        Scene::of(products::warm_things()).configured(&[("SHOPCLERK_SIGNUP", "open")]).connected().await;
    world.shopper("Ana").await;
    fjell_opens(&world);
    let other = fresh_program();
    let back = on_its_way(&world, &other, "/shopify/fjell/login").await;
    assert_eq!(comes_back(&world, &other, &back).await.0, 200);
    world.settle().await;
    let document = Request::get("/openapi.json").send(&world).await.json();
    let mut known = Vec::new();
    for path in LISTS {
        known.extend(ids(&all(&world, path, 100).await.0));
    }
    known.push(world.merchant().await.to_string());
    assert!(known.len() > 8, "{known:?}");

    let as_other = async |method: &str, path: &str| {
        let request = from_the_page(&world, Request::new(method, path))
            .header("cookie", session_cookie(&world, &other));
        let answer = request.send(&world).await;
        (answer.status, answer.body)
    };
    for (path, methods) in
        document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.contains("{id}"))
    {
        let method = methods.as_object().unwrap().keys().next().unwrap().to_uppercase();
        let nowhere = as_other(&method, &path.replace("{id}", "00000000-0000-7000-8000-000000000000")).await;
        assert_eq!(nowhere.0, 404, "{path}");
        for id in &known {
            assert_eq!(as_other(&method, &path.replace("{id}", id)).await, nowhere, "{method} {path} {id}");
        }
    }
    for path in LISTS {
        let (status, body) = as_other("GET", path).await;
        assert_eq!(status, 200);
        for id in known.iter().filter(|id| id.len() > 8) {
            assert!(!body.contains(id.as_str()), "{path} shows {id}");
        }
    }
    world.close().await;
}
