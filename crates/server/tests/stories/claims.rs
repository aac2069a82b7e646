//! I4: what is said stands in the catalogue, when it is drafted and again when it leaves.

use std::time::Duration;

use shopclerk_sandbox::meta::GraphError;
use shopclerk_sandbox::shopify::store::Status;

use crate::products;
use crate::world::{World, price, status, stock};

const MINUTE: Duration = Duration::from_mins(1);

fn limited() -> GraphError {
    GraphError::new(613, "(#613) Calls to this api have exceeded the rate limit.").transient()
}

#[tokio::test]
async fn a_changed_price_is_in_the_next_answer() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);

    world.sets("storm-coat", price("149.50"));
    world.settle().await;

    ana.asks("how much is the Storm coat?").await.says(&["$149.50"]).never_says(&["189"]);
    ana.asks("a coat between 140 and 150 dollars").await.says(&["Storm coat", "$149.50"]);
    ana.asks("a coat over 150 dollars").await.never_says(&["These fit", "This one fits"]);
    world.close().await;
}

#[tokio::test]
async fn a_price_that_changes_while_a_reply_waits_is_never_sent() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(limited());
    ana.asks("how much is the Storm coat?").await.nothing();

    world.sets("storm-coat", price("149.50"));
    world.after(5 * MINUTE).await;

    ana.received().says(&["costs $149.50", "[Storm coat: $149.50"]).never_says(&["189"]);
    assert!(!world.told("outbox.sent_back").is_empty());
    world.close().await;
}

#[tokio::test]
async fn a_product_withdrawn_while_a_reply_waits_is_not_offered() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(limited());
    ana.asks("a candle under 25 dollars").await.nothing();

    world.sets("winter-amber-candle", status(Status::Archived));
    world.after(5 * MINUTE).await;

    let answer = ana.received();
    answer.never_says(&["Winter Amber"]);
    assert!(!answer.0.is_empty(), "the shopper is answered all the same");
    world.close().await;
}

#[tokio::test]
async fn stock_that_runs_out_while_a_reply_waits_is_not_promised() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(limited());
    ana.asks("is the Storm coat in stock?").await.nothing();

    world.sets("storm-coat", stock(0));
    world.after(5 * MINUTE).await;

    ana.received().says(&["sold out"]).never_says(&["is in stock", "2 left", "2 in stock"]);
    world.close().await;
}

#[tokio::test]
async fn cards_that_wait_behind_their_words_leave_with_the_new_price_and_once() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let meta = world.sandbox().meta().clone();
    world.rehearsal().at("meta.send.answered", move || meta.next_send(limited()));
    let words = ana.asks("a warm gift for my mother under 40 dollars").await;
    assert_eq!(words.0.len(), 1);

    world.sets("fjord-lambswool-throw", price("55.00"));
    world.after(5 * MINUTE).await;

    let cards = ana.received();
    assert_eq!(cards.0.len(), 1, "{cards:?}");
    cards.says(&["Winter Amber candle: $24.90"]).never_says(&["39.00"]);
    world.after(5 * MINUTE).await;
    ana.received().nothing();
    world.close().await;
}

#[tokio::test]
async fn a_price_that_changes_in_the_instant_of_sending_is_caught() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let (shopify, shop) = (world.sandbox().shopify().clone(), world.shop().to_owned());
    world.sandbox().meta().next_send(limited());
    world.rehearsal().at("meta.send.answered", move || {
        shopify.patch_product(&shop, "storm-coat", &price("99.00")).unwrap();
    });

    ana.asks("how much is the Storm coat?").await.nothing();
    world.after(5 * MINUTE).await;

    ana.received().says(&["$99.00"]).never_says(&["189"]);
    world.close().await;
}

#[tokio::test]
async fn figures_read_long_ago_are_read_again_before_they_are_said() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.restocks_silently(|products| products[3].variants[0].price = "120.00".to_owned());

    world.after(9 * MINUTE).await;
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    let before = world.product_reads();
    world.after(2 * MINUTE).await;

    ana.asks("how much is the Storm coat?").await.says(&["$120.00"]).never_says(&["189"]);
    assert!(world.product_reads() > before);
    world.close().await;
}

#[tokio::test]
async fn old_figures_are_left_out_when_the_shop_does_not_answer() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;

    world.clock().advance(11 * MINUTE);
    world.sandbox().shopify().drain_bucket(world.shop());
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]).never_says(&["left", "in stock"]);

    world.clock().advance(50 * MINUTE);
    world.sandbox().shopify().drain_bucket(world.shop());
    let answer = ana.asks("how much is the Storm coat?").await;
    answer.says(&["Storm coat", "can't see the current price"]).never_says(&["189", "left"]);
    assert!(
        answer.0.iter().any(|one| one.cards.iter().any(|card| card.url.is_some())),
        "the card leads to the shop"
    );
    world.close().await;
}

#[tokio::test]
async fn a_reply_that_waited_too_long_is_read_again_or_leaves_its_figures_out() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(limited());
    ana.asks("how much is the Storm coat?").await.nothing();

    world.clock().advance(50 * MINUTE);
    world.sandbox().shopify().drain_bucket(world.shop());
    world.settle().await;
    ana.received().says(&["$189.00"]).never_says(&["left", "in stock"]);
    world.close().await;
}

#[tokio::test]
async fn every_claim_names_its_row_and_the_version_of_it() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    let first = versions(&world);
    world.sets("storm-coat", price("149.50"));
    world.settle().await;

    ana.asks("how much is the Storm coat?").await.says(&["$149.50"]);

    let second = versions(&world);
    assert!(first.len() >= 3 && second.len() >= 3, "name, price, stock: {first:?} {second:?}");
    assert!(first.iter().chain(&second).all(|(product, _)| product == "104"));
    assert!(second[0].1 > first[0].1, "a change has a version of its own");
    let sent = world.told("outbox.sent");
    assert!(sent.iter().any(|(_, data)| data["claims"][0]["version"].as_u64() == Some(second[0].1)));
    world.close().await;
}

/// The claims of the last draft that passed: product and version.
fn versions(world: &World) -> Vec<(String, u64)> {
    let (_, data) = world.told("turn.gate").pop().unwrap();
    assert_eq!(data["refused"].as_array().unwrap().len(), 0, "{data}");
    let claims = data["claims"].as_array().unwrap().clone();
    claims
        .iter()
        .map(|claim| (claim["product"].as_str().unwrap().to_owned(), claim["version"].as_u64().unwrap()))
        .collect()
}
