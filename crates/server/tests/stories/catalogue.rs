//! The catalogue in step with the shop: passes, hints, and what is found when hints are lost.

use std::time::Duration;

use shopclerk_sandbox::shopify::store::Status;

use crate::products;
use crate::scene::Scene;
use crate::world::{World, price, status, stock};

#[tokio::test]
async fn a_large_catalogue_is_read_page_by_page_and_its_progress_is_told() {
    let world = World::with_shop(products::pebbles(250)).await;

    let pages = world.told("catalogue.page");
    assert!(pages.len() >= 3, "{pages:?}");
    let read: Vec<u64> = pages.iter().map(|(_, data)| data["read"].as_u64().unwrap()).collect();
    assert!(read.is_sorted() && read.last() == Some(&250), "{read:?}");
    assert_eq!(world.told("catalogue.synced").len(), 1);
    world.shopper("Ana").await.asks("how much is Pebble 119?").await.says(&["Pebble 119", "$3.00"]);
    world.close().await;
}

#[tokio::test]
async fn t62_a_pass_goes_on_after_a_restart_where_it_was() {
    let mut world = World::unconnected(products::pebbles(250)).await;
    world.rehearsal().dies_at_pass("catalogue.page.committed", 1);
    world.walk(&format!("/shopify/{}/login", world.shop())).await;
    world.until_it_dies().await;
    let before = world.pages_read();

    world.restarts().await;
    world.settle().await;

    assert_eq!(world.told("catalogue.synced").len(), 1);
    assert_eq!(world.pages_read() - before, 1, "only the page that was missing is asked for");
    world.connect().await;
    world.shopper("Ana").await.asks("how much is Pebble 007?").await.says(&["$3.00"]);
    world.close().await;
}

#[tokio::test]
async fn a_shop_that_slows_us_down_is_waited_for() {
    let world = World::unconnected(products::pebbles(120)).await;
    world.sandbox().shopify().drain_bucket(world.shop());

    world.connect().await;
    assert!(world.told("catalogue.synced").is_empty());
    for _ in 0..10 {
        world.after(Duration::from_secs(10)).await;
    }

    assert_eq!(world.told("catalogue.synced").len(), 1);
    assert!(
        world.told("job.failed").is_empty(),
        "slowing down is no failure: {:?}",
        world.told("job.failed")
    );
    world.shopper("Ana").await.asks("how much is Pebble 119?").await.says(&["$3.00"]);
    world.close().await;
}

#[tokio::test]
async fn new_changed_and_deleted_products_are_known_by_their_webhooks() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let shopify = world.sandbox().shopify();

    shopify.put_product(world.shop(), products::simple(900, "Reindeer rug", "320.00", 1)).unwrap();
    world.settle().await;
    ana.asks("how much is the Reindeer rug?").await.says(&["$320.00", "1 left"]);

    shopify.put_product(world.shop(), products::simple(900, "Moose rug", "330.00", 2)).unwrap();
    world.settle().await;
    ana.asks("how much is the Moose rug?").await.says(&["Moose rug costs $330.00"]);

    shopify.delete_product(world.shop(), "moose-rug").unwrap();
    world.settle().await;
    ana.asks("how much is the Moose rug?").await.never_says(&["330", "Moose rug costs"]);
    world.close().await;
}

#[tokio::test]
async fn a_product_taken_off_the_shelf_and_put_back_is_offered_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;

    for off in [Status::Draft, Status::Archived, Status::Unlisted] {
        world.sets("storm-coat", status(off));
        world.settle().await;
        ana.asks("do you have coats?").await.never_says(&["Storm coat"]);
        world.sets("storm-coat", status(Status::Active));
        world.settle().await;
        ana.asks("do you have coats?").await.says(&["Storm coat"]);
    }
    world.close().await;
}

#[tokio::test]
async fn a_change_of_stock_alone_is_noticed() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;

    world.sets("ragg-socks", stock(9));
    world.settle().await;

    ana.asks("are the Ragg socks in stock?").await.says(&["9 left"]);
    world.close().await;
}

#[tokio::test]
async fn t62_a_change_whose_webhook_was_lost_is_found_by_the_next_pass() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.restocks_silently(|products| {
        products[3].variants[0].price = "120.00".to_owned();
        products[4].variants[0].quantity = 8;
        products.remove(0);
        products.push(products::simple(950, "Felt slippers", "35.00", 4));
    });
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);

    world.looks_through_everything().await;

    ana.asks("how much is the Storm coat?").await.says(&["$120.00"]);
    ana.asks("are the Ragg socks in stock?").await.says(&["8 left"]);
    ana.asks("how much are the Felt slippers?").await.says(&["$35.00"]);
    ana.asks("how much is the Winter Amber candle?").await.never_says(&["24.90"]);
    world.close().await;
}

#[tokio::test]
async fn t62_a_burst_of_webhooks_about_one_product_is_read_a_few_times() {
    let world = World::with_shop(products::warm_things()).await;
    let before = world.product_reads();

    for cents in 10..40 {
        world.sets("storm-coat", price(&format!("150.{cents}")));
    }
    world.sandbox().deliveries().idle().await;
    world.settle().await;

    assert!(world.product_reads() - before <= 3, "{} reads", world.product_reads() - before);
    world.shopper("Ana").await.asks("how much is the Storm coat?").await.says(&["$150.39"]);
    world.close().await;
}

#[tokio::test]
async fn i7_a_search_index_that_was_deleted_comes_back() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.shopper("Ana").await.asks("candles").await.says(&["Winter Amber"]);

    std::fs::remove_dir_all(world.folder().join("data/index")).unwrap();
    world.sets("storm-coat", price("150.00"));
    world.settle().await;
    world.stranger("Ana").asks("do you have coats?").await.says(&["Storm coat", "$150.00"]);
    world.stranger("Ana").asks("candles").await.says(&["Winter Amber"]);

    std::fs::remove_dir_all(world.folder().join("data/index")).unwrap();
    world.restarts().await;
    world.stranger("Ana").asks("show me throws").await.says(&["Fjord lambswool throw"]);
    world.close().await;
}

#[tokio::test]
async fn changes_are_gathered_and_the_index_is_written_at_most_once_a_second() {
    let world = Scene::of(products::warm_things())
        .set(|settings| settings.index_delay = Duration::from_secs(1))
        .connected()
        .await;
    world.after(Duration::from_secs(2)).await;
    let before = world.told("catalogue.indexed").len();

    for (number, handle) in ["storm-coat", "lumi-mug", "ragg-socks", "winter-pine-candle"].iter().enumerate()
    {
        world.sets(handle, price(&format!("8{number}.00")));
        world.settle().await;
        world.after(Duration::from_millis(100)).await;
    }
    assert_eq!(world.told("catalogue.indexed").len() - before, 1, "the first change at once");
    world.after(Duration::from_millis(600)).await;
    assert_eq!(world.told("catalogue.indexed").len() - before, 2, "the others together");
    world.close().await;
}

#[tokio::test]
async fn a_product_with_an_unreadable_figure_is_left_out_and_the_others_stay() {
    let mut goods = products::warm_things();
    goods[3].variants[0].price = "189.999".to_owned();
    let world = World::with_shop(goods).await;
    let ana = world.shopper("Ana").await;

    ana.asks("do you have coats?").await.never_says(&["Storm coat", "189", "190"]);
    ana.asks("how much is the Lumi mug in blue?").await.says(&["$18.00"]);

    let mut broken = products::simple(101, "Winter Amber candle", "24.999", 7);
    broken.tags = vec!["candle".to_owned()];
    world.sandbox().shopify().put_product(world.shop(), broken).unwrap();
    world.settle().await;
    ana.asks("how much is the Winter Amber candle?").await.never_says(&["24.9", "25"]);
    world.close().await;
}

#[tokio::test]
async fn versions_beyond_the_first_page_are_known() {
    let mut poster = products::simple(970, "Star poster", "10.00", 1);
    poster.options = vec!["Number".to_owned()];
    poster.variants = (0..130)
        .map(|number| {
            products::variant(97_000 + number, &[&format!("No {number}")], &format!("{}.00", 10 + number), 1)
        })
        .collect();
    let world = World::with_shop(vec![poster]).await;

    let answer = world.shopper("Ana").await.asks("how much is the Star poster?").await;

    answer.says(&["$10.00 to $139.00"]);
    world.close().await;
}

#[tokio::test]
async fn a_shop_in_yen_is_quoted_in_whole_yen() {
    let world = Scene::of(vec![
        products::simple(980, "Tea bowl", "3500", 4),
        products::simple(981, "Tea whisk", "1200", 4),
    ])
    .in_currency("JPY")
    .connected()
    .await;
    let ana = world.shopper("Ana").await;

    ana.asks("how much is the Tea bowl?").await.says(&["¥3,500"]).never_says(&["3500.00", "35.00", "$"]);
    ana.asks("something for tea under 2000 yen").await.says(&["Tea whisk: ¥1,200"]).never_says(&["Tea bowl"]);
    world.close().await;
}

#[tokio::test]
async fn a_shop_whose_token_was_taken_away_is_shown_as_such_and_comes_back_by_connecting() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().shopify().revoke_tokens(world.shop()).unwrap();
    world.looks_through_everything().await;

    let page = world.walk("/app").await;
    assert!(page.body.contains("Connect it again"), "{}", page.body);
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);

    world.connect().await;
    world.sets("storm-coat", price("150.00"));
    world.settle().await;
    ana.asks("how much is the Storm coat?").await.says(&["$150.00"]);
    world.close().await;
}
