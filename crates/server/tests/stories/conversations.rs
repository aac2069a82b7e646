//! A shopper writes, the clerk answers.

use crate::products;
use crate::world::World;

#[tokio::test]
async fn a_warm_gift_under_forty_dollars_comes_as_cards_whose_prices_stand_in_the_store() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;

    let answer = ana.asks("do you have a warm gift for my mother under 40 dollars?").await;

    answer.says(&["Winter Amber candle: $24.90", "Fjord lambswool throw: $39.00"]);
    answer.never_says(&["Storm coat", "Ragg socks"]);
    world.close().await;
}
