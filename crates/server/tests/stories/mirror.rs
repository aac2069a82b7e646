//! What the merchant's people find in the mirror's files.

use std::time::Duration;

use crate::products;
use crate::scene::Scene;
use crate::world::{PAGE, World, price};

const SHOP: &str = "shopify/nordlys.myshopify.com";

#[tokio::test]
async fn t56_the_four_objects_have_their_known_shapes() {
    let mut goods = products::warm_things();
    goods[0].variants[0].compare_at_price = Some("29.90".to_owned());
    goods[0].metafields.insert("material".to_owned(), "soy wax".to_owned());
    let world = World::with_shop(goods).await;
    let ana = world.shopper("Ana").await;

    let shop = world.mirrored(&format!("{SHOP}/shop_metadata.json")).await.unwrap();
    assert_eq!(shop["name"], "Nordlys");
    assert!(shop["primaryDomain"]["url"].as_str().unwrap().starts_with("http"));

    let page = world.mirrored(&format!("facebook/{PAGE}/page_data.json")).await.unwrap();
    assert_eq!(page["data"][0]["id"], PAGE);
    assert_eq!(page["data"][0]["name"], "Nordlys");
    assert!(page["paging"].is_object() && page["data"][0].get("access_token").is_none());

    let goods = world.mirrored(&format!("{SHOP}/shop_products.json")).await.unwrap();
    assert!(goods["discounts"].is_array() && goods["collections"].is_array());
    let candle = &goods["products"][0];
    assert_eq!(candle["title"], "Winter Amber candle");
    assert_eq!(candle["metafields"]["material"], "soy wax");
    assert_eq!(candle["variants"][0]["price"], "24.90");
    assert_eq!(candle["variants"][0]["compare_at_price"], "29.90");
    assert_eq!(candle["variants"][0]["inventory_quantity"], 7);
    assert!(candle.get("id").is_none() && candle["url"].as_str().unwrap().contains("/products/"));

    let talk = world.mirrored(&ana.mirrored_at()).await.unwrap();
    assert_eq!(talk[0]["sender"]["id"], ana.psid());
    assert_eq!(talk[0]["recipient"]["id"], PAGE);
    assert_eq!(talk[0]["message"]["text"], "hi");
    assert!(talk[0]["message"]["mid"].is_string() && talk[0]["timestamp"].is_i64());
    assert_eq!(talk[1]["sender"]["id"], PAGE, "what the clerk said is there too");
    world.close().await;
}

#[tokio::test]
async fn what_cannot_be_bought_is_not_in_the_mirror() {
    let mut goods = products::hidden_things();
    goods.extend(products::stocks());
    let world = World::with_shop(goods).await;

    let goods = world.mirrored(&format!("{SHOP}/shop_products.json")).await.unwrap();

    let titles: Vec<&str> =
        goods["products"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Brass lamp", "Salt soap", "Pine soap", "Oat soap"]);
    let text = goods.to_string();
    assert!(!text.contains("-3") && text.matches("inventory_quantity").count() == 2, "{text}");
    world.close().await;
}

#[tokio::test]
async fn an_object_is_written_when_its_content_changed_and_not_otherwise() {
    let world = World::with_shop(products::warm_things()).await;
    let written = || world.told("mirror.written").len();
    let before = written();

    world.looks_through_everything().await;
    assert_eq!(written(), before, "a pass that found nothing new writes nothing");

    world.sets("storm-coat", price("150.00"));
    world.settle().await;
    assert_eq!(written(), before + 1);
    let goods = world.mirrored(&format!("{SHOP}/shop_products.json")).await.unwrap();
    assert!(goods.to_string().contains("150.00") && !goods.to_string().contains("189.00"));
    world.close().await;
}

#[tokio::test]
async fn a_change_is_in_the_mirror_within_five_seconds() {
    let world = Scene::of(products::warm_things())
        .set(|settings| settings.mirror_delay = Duration::from_secs(1))
        .connected()
        .await;
    world.after(Duration::from_secs(5)).await;
    let ana = world.shopper("Ana").await;
    world.after(Duration::from_secs(5)).await;
    let path = format!("{SHOP}/shop_products.json");

    for second in 0..5 {
        world.sets("storm-coat", price(&format!("15{second}.00")));
        ana.writes(&format!("message {second}")).await;
        world.after(Duration::from_secs(1)).await;
    }

    assert!(
        !world.mirrored(&path).await.unwrap().to_string().contains("189.00"),
        "changes without end do not put it off"
    );
    world.after(Duration::from_secs(1)).await;
    assert!(world.mirrored(&path).await.unwrap().to_string().contains("154.00"));
    let talk = world.mirrored(&ana.mirrored_at()).await.unwrap();
    assert!(talk.to_string().contains("message 4"));
    world.close().await;
}

#[tokio::test]
async fn i7_a_mirror_that_was_deleted_comes_back_with_the_next_change() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    std::fs::remove_dir_all(world.folder().join("data/mirror/users")).unwrap();

    world.sets("storm-coat", price("150.00"));
    ana.asks("thanks").await.says(&["welcome"]);

    assert!(world.mirrored(&format!("{SHOP}/shop_products.json")).await.is_some());
    assert!(world.mirrored(&ana.mirrored_at()).await.is_some());
    world.close().await;
}

#[tokio::test]
async fn a_shop_that_changed_its_name_is_mirrored_under_the_new_one() {
    let world = World::with_shop(products::warm_things()).await;
    world.renames_shop("Nordlys & Daughters");

    world.looks_through_everything().await;

    let shop = world.mirrored(&format!("{SHOP}/shop_metadata.json")).await.unwrap();
    assert_eq!(shop["name"], "Nordlys & Daughters");
    world.close().await;
}
