//! Promotions that really apply: told whole, with their code and conditions, and only while they hold.

use std::time::Duration;

use serde_json::json;
use shopclerk_sandbox::meta::GraphError;
use shopclerk_sandbox::shopify::store::Goods;

use crate::model_verbs::{call, say, scene};
use crate::products;
use crate::promotion_verbs::{CODES_TOLD, automatic, code, ends, on, share, warm10, withheld};
use crate::scene::Scene;
use crate::world::{START, World};

const MINUTE: Duration = Duration::from_mins(1);
const WARM10: &str = "There is 10% off your whole order with the code WARM10, if that comes to $50.00 or more, until \
     November 30, 2026, once per customer.";

fn limited() -> GraphError {
    GraphError::new(613, "(#613) Calls to this api have exceeded the rate limit.").transient()
}

#[tokio::test]
async fn a_code_is_told_with_all_it_asks() {
    let world = World::with_discounts(products::warm_things(), vec![warm10()]).await;
    let ana = world.shopper("Ana").await;

    ana.asks("do you have a discount code?").await.says(&[WARM10]);

    let goods = world.mirrored("shopify/nordlys.myshopify.com/shop_products.json").await.unwrap();
    assert_eq!(goods["discounts"][0]["code"], "WARM10");
    assert_eq!(goods["discounts"][0]["percentage"], 10.0);
    let (_, gate) = world.told("turn.gate").pop().unwrap();
    let facts: Vec<&str> =
        gate["claims"].as_array().unwrap().iter().map(|claim| claim["fact"].as_str().unwrap()).collect();
    assert_eq!(facts[..3], ["gives", "asks", "code"]);
    assert_eq!(gate["claims"][0]["discount"], "1");
    world.close().await;
}

#[tokio::test]
async fn t47_no_code_is_told_unless_the_operator_lets_it_be_told() {
    let world = World::with_shop(products::warm_things()).await;
    world.puts_discount(warm10());
    world.puts_discount(automatic(2, "0.05"));
    world.settle().await;
    let ana = world.shopper("Ana").await;

    let answer = ana.asks("do you have a discount code?").await;

    answer.says(&["I have no code to give", "There is 5% off your whole order at checkout."]);
    answer.never_says(&["WARM10"]);
    world.close().await;
}

#[tokio::test]
async fn t47_what_is_not_for_everybody_or_not_fully_known_is_never_told() {
    let world = World::with_discounts(products::warm_things(), withheld()).await;
    let ana = world.shopper("Ana").await;

    for question in ["any discounts?", "do you have a code?", "is the Storm coat on sale?", "any promotions?"]
    {
        let answer = ana.asks(question).await;
        answer.never_says(&[
            "% off", "VIP30", "BEA50", "PRESS", "SPRING20", "CYBER25", "SHIPFREE", "LAST5", "free",
        ]);
    }
    let read = world.told("catalogue.discounts").pop().unwrap();
    assert_eq!(read.1["read"], 8, "all but the one that is over are known");
    world.close().await;
}

#[tokio::test]
async fn a_discount_begins_and_ends_by_the_calendar_alone() {
    let soon = START.millis() + 3_600_000;
    let mut cyber = code(1, "CYBER25", "0.25");
    (cyber.starts_at, cyber.ends_at) = (soon, Some(soon + 7_200_000));
    let world = World::with_discounts(products::warm_things(), vec![cyber]).await;
    let ana = world.shopper("Ana").await;

    ana.asks("any codes?").await.never_says(&["CYBER25"]);
    world.after(61 * MINUTE).await;
    ana.asks("any codes?").await.says(&["CYBER25", "until November 21, 2026, 9:00"]);
    world.after(118 * MINUTE).await;
    ana.asks("any codes?").await.never_says(&["CYBER25"]);
    world.close().await;
}

#[tokio::test]
async fn a_discount_on_a_collection_is_shown_with_what_is_in_it() {
    let mut goods = products::warm_things();
    for product in goods.iter_mut().filter(|product| [103, 104].contains(&product.id)) {
        product.collections.push("winter".to_owned());
    }
    let world = Scene::of(goods.clone()).configured(CODES_TOLD).unconnected().await;
    world.has_silently(goods, vec![on(automatic(1, "0.15"), Goods::Collections(vec!["winter".to_owned()]))]);
    world.connect().await;
    let ana = world.shopper("Ana").await;

    let answer = ana.asks("any discounts?").await;
    answer.says(&["There is 15% off what is shown below at checkout."]);
    assert_eq!(answer.titles(), ["Fjord lambswool throw", "Storm coat"]);
    let coat = ana.asks("is the Storm coat on sale?").await;
    assert_eq!(coat.says(&["15% off"]).titles(), ["Storm coat"]);
    world.close().await;
}

#[tokio::test]
async fn what_the_merchant_changes_or_removes_is_in_the_next_answer() {
    let world = World::with_discounts(products::warm_things(), vec![warm10()]).await;
    let ana = world.shopper("Ana").await;

    world.changes_discount(1, share("0.2"));
    world.settle().await;
    ana.asks("any codes?").await.says(&["20% off"]).never_says(&["10% off"]);

    world.removes_discount(1);
    world.settle().await;
    ana.asks("any codes?").await.says(&["I have no code to give"]).never_says(&["WARM10"]);
    world.close().await;
}

#[tokio::test]
async fn i4_a_discount_that_ends_while_a_reply_waits_sends_the_turn_back() {
    let world = World::with_discounts(products::warm_things(), vec![warm10()]).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(limited());
    ana.asks("do you have a discount code?").await.nothing();

    world.changes_discount(1, ends(START.millis()));
    world.after(5 * MINUTE).await;

    ana.received().says(&["I have no code to give"]).never_says(&["WARM10", "10%"]);
    assert!(!world.told("outbox.sent_back").is_empty());
    world.close().await;
}

#[tokio::test]
async fn i4_a_cart_opens_with_a_code_only_while_that_counts() {
    let world = World::with_discounts(products::warm_things(), vec![code(1, "WARM5", "0.05")]).await;
    let ana = world.shopper("Ana").await;
    ana.asks("how much is the Fjord lambswool throw?").await.never_says(&["WARM5"]);

    ana.asks("i'll take it").await.says(&["/cart/", "?discount=WARM5"]);

    world.sandbox().meta().next_send(limited());
    ana.asks("put it in my cart please").await.nothing();
    world.changes_discount(1, ends(START.millis()));
    world.after(5 * MINUTE).await;
    ana.received().says(&["/cart/"]).never_says(&["WARM5"]);
    world.close().await;
}

#[tokio::test]
async fn i4_a_discount_whose_day_ends_while_a_reply_waits_is_not_told() {
    let mut today = warm10();
    today.ends_at = Some(START.millis() + 8 * 60_000);
    let world = World::with_discounts(products::warm_things(), vec![today]).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(limited());
    ana.asks("do you have a discount code?").await.nothing();

    world.after(5 * MINUTE).await;

    ana.received().says(&["I have no code to give"]).never_says(&["WARM10"]);
    world.close().await;
}

#[tokio::test]
async fn i4_a_discount_that_changes_in_the_instant_of_sending_is_caught() {
    let world = World::with_discounts(products::warm_things(), vec![warm10()]).await;
    let ana = world.shopper("Ana").await;
    let (shopify, shop) = (world.sandbox().shopify().clone(), world.shop().to_owned());
    world.sandbox().meta().next_send(limited());
    world.rehearsal().at("meta.send.answered", move || {
        shopify.patch_discount(&shop, 1, &share("0.05")).unwrap();
    });
    ana.asks("do you have a discount code?").await.nothing();

    world.after(5 * MINUTE).await;

    ana.received().says(&["5% off"]).never_says(&["10% off"]);
    world.close().await;
}

#[tokio::test]
async fn an_old_discount_is_read_again_and_is_not_told_where_the_shop_is_silent() {
    let scene = Scene::of(products::warm_things()).configured(CODES_TOLD);
    let world = scene.set(|settings| settings.freshness.price = 10 * MINUTE).connected().await;
    world.puts_discount(warm10());
    world.settle().await;
    let ana = world.shopper("Ana").await;
    world.has_silently(products::warm_things(), vec![code(1, "WARM10", "0.07")]);

    world.clock().advance(11 * MINUTE);
    ana.asks("any codes?").await.says(&["7% off"]).never_says(&["10% off"]);

    world.clock().advance(11 * MINUTE);
    world.sandbox().shopify().drain_bucket(world.shop());
    ana.asks("any codes?").await.never_says(&["WARM10", "7% off"]);
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t47_a_model_tells_of_a_promotion_without_ever_seeing_its_code() {
    let world = scene(products::warm_things())
        .configured(&[
            ("AGENT_MODEL", "rehearsal"),
            ("AGENT_API_KEY", crate::model_verbs::MODEL_KEY),
            ("SHOPCLERK_TOLD_CODES", "WARM10"),
        ])
        .connected()
        .await;
    world.puts_discount(warm10());
    world.settle().await;
    let ana = world.shopper("Ana").await;
    world.model().will(call("list_promotions", &json!({})));
    world.model().will(say("Gladly. {d1}"));

    ana.asks("do you have a discount code?").await.says(&[&format!("Gladly. {WARM10}")]);
    assert!(world.prompts().iter().all(|prompt| !prompt.contains("WARM10")), "it had only a reference");

    let coat = json!({ "items": [{ "product": "p1", "quantity": 1 }] });
    let plain = world.cart("1040:1").await;
    world.model().will(call("search_catalogue", &json!({ "query": "storm coat" })));
    world.model().will(call("build_cart", &coat));
    world.model().will(say(&format!("Here is your cart: {plain}")));
    ana.asks("put the Storm coat into my cart").await.says(&[&format!("{plain}?discount=WARM10")]);
    world.close().await;
}

#[tokio::test]
async fn a_shop_that_hides_its_discounts_has_none_and_sells_all_the_same() {
    let world = World::with_discounts(products::warm_things(), vec![warm10()]).await;
    let scopes = ["read_products", "read_inventory", "read_locations"];
    world.sandbox().shopify().grants_only(world.shop(), &scopes).unwrap();
    world.after(55 * MINUTE).await;
    let read = world.told("catalogue.discounts").len();
    world.after(55 * MINUTE).await;
    let ana = world.shopper("Ana").await;

    ana.asks("do you have a code?").await.says(&["I have no code to give"]).never_says(&["WARM10"]);
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    assert_eq!(world.told("catalogue.discounts").len(), read);
    world.close().await;
}
