//! What a shop asked for a customer: its merchant finds the answer on their page, the operator in the terminal.

use serde_json::{Value, json};
use shopclerk_sandbox::shopify::Compliance;

use crate::control::orders;
use crate::life::{ABOUT_ANA, ana};
use crate::merchant::{fjell_opens, fresh_program, on_its_way, session_cookie};
use crate::outside::{Answer, Request};
use crate::products;
use crate::scene::Scene;
use crate::world::World;

const REQUEST: &str = "nordlys.myshopify.com/9999";

impl World {
    /// A shop asked what is known of Ana, who said where she lives.
    async fn with_a_data_request() -> Self {
        let world =
            Scene::of(products::warm_things()).configured(&[("SHOPCLERK_SIGNUP", "open")]).connected().await;
        world.shopper("Ana").await.asks(ABOUT_ANA).await;
        world.platform_asks(&Compliance::DataRequest { request: 9_999, customer: ana() }).await;
        world
    }

    /// An order of the terminal that is carried out.
    async fn told_in_the_terminal(&self, order: &str, arguments: Value) -> Value {
        orders(self, order, &arguments).await.remove(0)
    }

    async fn owner_gets(&self, path: &str) -> Answer {
        Request::get(path).header("cookie", session_cookie(self, self.browser())).send(self).await
    }
}

#[tokio::test]
async fn t52_a_merchant_is_told_of_a_request_and_takes_the_answer_away() {
    let world = World::with_a_data_request().await;

    let told = world.owner_gets("/app").await.json()["data_requests"].clone();
    assert_eq!(told.as_array().map(Vec::len), Some(1));
    assert_eq!((&told[0]["request"], &told[0]["at"]), (&json!(REQUEST), &json!("2026-11-21 11:00 UTC")));
    let page = world.walk("/app").await.body;
    let path = told[0]["answer"].as_str().unwrap();
    assert!(page.contains("Customers who asked for their data") && page.contains(path), "{page}");

    let answer = world.owner_gets(path).await;
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"customer-data.json\""));
    assert!(answer.json()[0]["conversations"][0].to_string().contains("Elm Lane 3"), "{}", answer.body);
    assert_eq!(world.owner_gets("/app/data-requests/nordlys.myshopify.com/1").await.status, 404);
    world.close().await;
}

#[tokio::test]
async fn t44_an_answer_is_its_merchants_alone() {
    let world = World::with_a_data_request().await;
    fjell_opens(&world);
    let other = fresh_program();
    other.get(&on_its_way(&world, &other, "/shopify/fjell/login").await).await.unwrap();
    world.settle().await;
    let path = format!("/app/data-requests/{REQUEST}");

    let asked = Request::get(&path).header("cookie", session_cookie(&world, &other)).send(&world).await;
    assert_eq!(asked.problem(), (404, "Not found".to_owned()));
    assert_eq!(Request::get(&path).send(&world).await.status, 400, "nobody is not anybody");
    let page = Request::get("/app").header("cookie", session_cookie(&world, &other)).send(&world).await;
    assert_eq!(page.json()["data_requests"], json!([]));
    world.close().await;
}

#[tokio::test]
async fn t52_an_operator_finds_every_request_in_the_terminal_and_fetches_its_answer() {
    let world = World::with_a_data_request().await;

    let listed = world.told_in_the_terminal("privacy.requests", json!({})).await;
    let line = &listed["done"][0];
    assert_eq!((&line["request"], &line["shoppers"]), (&json!(REQUEST), &json!(1)), "{listed}");
    assert!(!listed.to_string().contains("canary"), "whom it is about is not listed: {listed}");

    let ask = |request: &str, from: usize| json!({ "merchant": line["merchant"], "request": request, "from": from });
    let answer = world.told_in_the_terminal("privacy.answer", ask(REQUEST, 0)).await;
    let text = answer["done"]["text"].as_str().unwrap();
    assert!(text.contains("Elm Lane 3") && answer["done"]["whole"] == text.len(), "{answer}");
    let rest = world.told_in_the_terminal("privacy.answer", ask(REQUEST, text.len() - 2)).await;
    assert_eq!(rest["done"]["text"], text[text.len() - 2..]);
    for (arguments, sentence) in [
        (ask("nordlys.myshopify.com/1", 0), "there is no such request"),
        (ask(REQUEST, text.len() + 1), "changed while it was fetched"),
        (json!({ "merchant": "7", "request": REQUEST, "from": 0 }), "--merchant takes a merchant's UUID"),
    ] {
        let refused = world.told_in_the_terminal("privacy.answer", arguments).await;
        assert!(refused["failed"].as_str().is_some_and(|why| why.contains(sentence)), "{refused}");
    }
    world.close().await;
}

#[tokio::test]
async fn t52_a_request_that_is_not_answered_yet_is_said_to_wait() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.rehearsal().dies_at("data_request.answer.before");
    let (shop, to) = (world.shop().to_owned(), world.url("/shopify/webhook"));
    world.sandbox().shopify().asks(&shop, &to, &Compliance::DataRequest { request: 9_999, customer: ana() });
    world.until_it_dies().await;

    world.restarts().await;

    let told = world.owner_gets("/app").await.json()["data_requests"].clone();
    assert_eq!((&told[0]["request"], &told[0]["answer"]), (&json!(REQUEST), &Value::Null));
    assert_eq!(world.owner_gets(&format!("/app/data-requests/{REQUEST}")).await.status, 404);
    assert!(world.walk("/app").await.body.contains("the answer is being gathered"));
    let merchant = world.merchant().await.to_string();
    let asked = json!({ "merchant": merchant, "request": REQUEST, "from": 0 });
    let refused = world.told_in_the_terminal("privacy.answer", asked).await;
    assert!(refused["failed"].as_str().is_some_and(|why| why.contains("not answered yet")), "{refused}");
    world.close().await;
}
