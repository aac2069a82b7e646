//! What shoppers and merchants see when the shop fails while a change of price is read.

use std::time::Duration;

use shopclerk_domain::clock::Clock as _;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_flows::connections;
use shopclerk_sandbox::fault::{Fault, Upstream};

use super::no_shopper_waits_for;
use crate::products;
use crate::world::{World, price};

const QUESTION: &str = "how much is the Storm coat?";

/// A price changes, and reading it meets this fault: the shopper is told the new one, soon and only that.
async fn the_new_price_is_told_in_spite_of(fault: Fault) {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.next(Upstream::Shopify, fault);

    world.sets("storm-coat", price("149.50"));
    world.settle().await;
    assert!(world.all_went_wrong());
    world.after(Duration::from_mins(2)).await;

    ana.asks(QUESTION).await.says(&["$149.50"]).never_says(&["189"]);
    let overview = connections::first_overview(world.app()).await.unwrap();
    assert_eq!(overview.shops[0].row.shop.state, ConnectionState::Ok);
    world.close().await;
}

#[tokio::test]
async fn slow_a_shop_that_takes_its_time_keeps_no_shopper_waiting() {
    let world = World::with_shop(products::warm_things()).await;
    no_shopper_waits_for(Upstream::Shopify, Fault::Slow, world).await;
}

#[tokio::test]
async fn limited_a_change_is_read_as_soon_as_the_shop_lets_us() {
    the_new_price_is_told_in_spite_of(Fault::Limited).await;
}

#[tokio::test]
async fn cut_before_a_change_is_read_again_when_the_line_breaks() {
    the_new_price_is_told_in_spite_of(Fault::CutBefore).await;
}

#[tokio::test]
async fn cut_after_a_change_is_read_again_when_its_answer_is_lost() {
    the_new_price_is_told_in_spite_of(Fault::CutAfter).await;
}

#[tokio::test]
async fn garbage_a_change_is_read_again_when_a_web_page_answers() {
    the_new_price_is_told_in_spite_of(Fault::Garbage).await;
}

#[tokio::test]
async fn endless_a_change_is_read_again_when_the_answer_does_not_end() {
    the_new_price_is_told_in_spite_of(Fault::Endless).await;
}

#[tokio::test]
async fn token_refused_a_change_is_read_with_a_new_token_and_the_shop_stays_connected() {
    the_new_price_is_told_in_spite_of(Fault::TokenRefused).await;
}

#[tokio::test]
async fn duplicate_a_webhook_that_comes_twice_has_the_product_read_once() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let told = async || world.told_by(Upstream::Shopify).await.len();
    let before = told().await;
    world.sets("storm-coat", price("139.50"));
    let usual = told().await - before;
    world.settle().await;
    let (before, reads) = (told().await, world.product_reads());
    world.next(Upstream::Shopify, Fault::Duplicate);

    world.sets("storm-coat", price("149.50"));
    assert_eq!(told().await - before, usual + 1, "one more than a change brings");
    world.settle().await;

    assert_eq!(world.product_reads(), reads + 1);
    ana.asks(QUESTION).await.says(&["$149.50"]);
    world.close().await;
}

#[tokio::test]
async fn out_of_order_the_last_price_counts_whichever_webhook_comes_last() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.next(Upstream::Shopify, Fault::OutOfOrder);

    world.sets("storm-coat", price("149.50"));
    world.clock().advance(Duration::from_secs(1));
    world.sets("storm-coat", price("159.00"));
    world.settle().await;

    assert!(world.all_went_wrong());
    ana.asks(QUESTION).await.says(&["$159.00"]).never_says(&["149", "189"]);
    world.close().await;
}

#[tokio::test]
async fn clock_moved_a_change_dated_ahead_hides_no_later_one() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.next(Upstream::Shopify, Fault::ClockMoved);

    world.sets("storm-coat", price("149.50"));
    let in_an_hour = world.clock().now().plus(Duration::from_hours(1));
    assert_eq!(world.told_by(Upstream::Shopify).await.pop(), Some(in_an_hour));
    world.settle().await;
    ana.asks(QUESTION).await.says(&["$149.50"]);
    world.clock().advance(Duration::from_secs(1));
    world.sets("storm-coat", price("159.00"));
    world.settle().await;

    ana.asks(QUESTION).await.says(&["$159.00"]).never_says(&["149"]);
    world.close().await;
}
