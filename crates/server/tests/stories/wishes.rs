//! A merchant's wishes for how the clerk speaks: said on a page, kept, told to the model, and nobody else's.

use serde_json::json;

use crate::merchant::{session_cookie, signed_in};
use crate::model_verbs::{say, with_model};
use crate::outside::{Answer, Request};
use crate::products;
use crate::world::World;

const FORM: &str = "application/x-www-form-urlencoded";

/// Sends the page's form as the merchant's browser does.
async fn wishes(world: &World, cookie: &str, accept: &str, form: &str) -> Answer {
    let request = Request::post("/app/wishes", form).header("cookie", cookie);
    let request = request.header("sec-fetch-site", "same-origin").header("content-type", FORM);
    request.header("accept", accept).send(world).await
}

/// The page as it stands.
async fn page(world: &World, cookie: &str) -> String {
    let request = Request::get("/app/wishes").header("cookie", cookie).header("accept", "text/html");
    let answer = request.send(world).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

#[tokio::test]
async fn what_a_merchant_wishes_on_the_page_is_told_to_the_model() {
    let world = with_model(products::warm_things()).await;
    let cookie = session_cookie(&world, world.browser());
    assert!(page(&world, &cookie).await.contains("told to the language model"));

    let form = "wishes=%00+Say+%22du%22.%0D%0ANever+mention+%3Cb%3Erivals%3C%2Fb%3E.%0D%0A";
    let kept = wishes(&world, &cookie, "text/html", form).await;

    assert_eq!((kept.status, kept.header("location")), (303, Some("/app/wishes?notice=kept")));
    let shown = page(&world, &cookie).await;
    assert!(shown.contains("Never mention &#60;b&#62;rivals"), "as they were written, and as text: {shown}");
    let asked = Request::get("/app/wishes").header("cookie", &*cookie).send(&world).await;
    assert_eq!(
        asked.json(),
        json!({ "wishes": "Say \"du\".\nNever mention <b>rivals</b>.", "has_model": true })
    );
    world.model().will(say("The Storm coat costs $189.00."));
    world.shopper("Ana").await.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    let told = world.model().asked().remove(0);
    let told = told["messages"][0]["content"].as_str().unwrap();
    assert!(told.contains(r#"Say \"du\"."#) && told.contains("Never mention"), "{told}");

    let none = wishes(&world, &cookie, "*/*", "wishes=+").await;
    assert_eq!((none.status, none.json()), (200, json!({ "status": "kept" })));
    world.model().will(say("The Storm coat costs $189.00."));
    world.shopper("Ben").await.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    assert!(!world.prompts().pop().unwrap().contains("wishes about manner"));
    world.close().await;
}

#[tokio::test]
async fn wishes_that_are_too_long_are_not_kept_and_not_lost() {
    let world = World::unconnected(products::warm_things()).await;
    let program = signed_in(&world).await;
    let cookie = session_cookie(&world, &program);
    assert!(page(&world, &cookie).await.contains("No language model is set up"));
    let longest = format!("wishes={}", "%C3%A5".repeat(1_000));
    assert_eq!(wishes(&world, &cookie, "*/*", &longest).await.status, 200);
    let kept =
        Request::get("/app/wishes?notice=kept").header("cookie", &*cookie).header("accept", "text/html");
    assert!(kept.send(&world).await.body.contains("Kept, until there is a language model"));

    let long = format!("wishes={}", "z".repeat(1_001));
    let refused = wishes(&world, &cookie, "text/html", &long).await;

    assert_eq!(refused.status, 400);
    assert!(refused.body.contains(&"z".repeat(1_001)), "what was written is still there");
    assert!(refused.body.contains("1,000"), "and why it is not kept");
    let refused = wishes(&world, &cookie, "*/*", &long).await;
    assert_eq!((refused.status, &*refused.told("code")), (400, "wishes.too_long"));
    let nothing = wishes(&world, &cookie, "*/*", "wish=x").await;
    assert_eq!((nothing.status, &*nothing.told("code")), (400, "wishes.missing"), "{}", nothing.body);
    assert!(page(&world, &cookie).await.contains("åååå"), "the former ones hold");
    world.close().await;
}

#[tokio::test]
async fn t36_no_other_site_and_no_stranger_wishes_anything() {
    let world = World::unconnected(products::warm_things()).await;
    let program = signed_in(&world).await;
    let cookie = session_cookie(&world, &program);

    let elsewhere = Request::post("/app/wishes", "wishes=x").header("cookie", &*cookie);
    let elsewhere = elsewhere.header("sec-fetch-site", "cross-site").send(&world).await;
    assert_eq!((elsewhere.status, &*elsewhere.told("code")), (403, "http.other_site"));
    let nobody = wishes(&world, "a=b", "*/*", "wishes=x").await;
    assert_eq!((nobody.status, &*nobody.told("code")), (400, "session.missing"));

    let asked = Request::get("/app/wishes").header("cookie", &*cookie).send(&world).await;
    assert_eq!(asked.json(), json!({ "wishes": null, "has_model": false }));
    world.close().await;
}
