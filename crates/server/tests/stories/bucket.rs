//! The mirror in a bucket: what lies there, and what a slow, dead or refusing place does to everybody else.

use std::time::Duration;

use shopclerk_domain::clock::Clock as _;
use shopclerk_flows::worker;
use shopclerk_sandbox::fault::{Fault, Upstream};
use shopclerk_sandbox::objects::{S3Error, Stored};

use crate::products;
use crate::scene::Scene;
use crate::world::{BUCKET_KEY, BUCKET_SECRET, OBJECTS_URL, PAGE, World, price};

const SHOP: &str = "shopify/nordlys.myshopify.com";
/// Where the shop's products lie.
pub(crate) const GOODS: &str = "shopify/nordlys.myshopify.com/shop_products.json";
pub(crate) const BUCKET: [(&str, &str); 5] = [
    ("SPACES_ENDPOINT", OBJECTS_URL),
    ("SPACES_BUCKET", "sandbox"),
    ("SPACES_REGION", "sandbox-1"),
    ("SPACES_KEY", BUCKET_KEY),
    ("SPACES_SECRET", BUCKET_SECRET),
];
const WITH_CONVERSATIONS: [(&str, &str); 6] =
    [BUCKET[0], BUCKET[1], BUCKET[2], BUCKET[3], BUCKET[4], ("MIRROR_CONVERSATIONS", "true")];
const WRONG_SECRET: [(&str, &str); 5] =
    [BUCKET[0], BUCKET[1], BUCKET[2], BUCKET[3], ("SPACES_SECRET", "not-the-secret-of-that-key")];

impl World {
    /// An object below the merchant's prefix, as it lies in the bucket.
    async fn stored(&self, path: &str) -> Option<Stored> {
        self.sandbox().objects().object(&self.object_key(path).await)
    }

    async fn object_key(&self, path: &str) -> String {
        format!("users/{}/{path}", self.merchant().await)
    }

    /// What an object below the merchant's prefix holds.
    pub(crate) async fn in_bucket(&self, path: &str) -> String {
        let content = self.sandbox().objects().content(&self.object_key(path).await);
        String::from_utf8(content.expect(path)).unwrap()
    }

    /// Calls that wait for the place, or did.
    fn held(&self) -> usize {
        let entries = self.sandbox().journal().after(0, usize::MAX);
        entries.iter().filter(|entry| entry.kind == "objects.held").count()
    }

    fn objects_written(&self) -> usize {
        let entries = self.sandbox().journal().after(0, usize::MAX);
        entries.iter().filter(|entry| entry.kind == "objects.put" && entry.data["status"] == 200).count()
    }
}

/// A world whose mirror is in a bucket.
pub(crate) fn scene(operator: &'static [(&'static str, &'static str)]) -> Scene {
    Scene::of(products::warm_things()).configured(operator)
}

#[tokio::test]
async fn t56_a_bucket_holds_the_mirror_private_encrypted_and_without_conversations() {
    let world = scene(&BUCKET).connected().await;
    let ana = world.shopper("Ana").await;

    let paths = [
        format!("{SHOP}/shop_metadata.json"),
        format!("{SHOP}/shop_products.json"),
        format!("facebook/{PAGE}/page_data.json"),
    ];
    for path in &paths {
        let stored = world.stored(path).await.expect(path);
        assert_eq!(stored.kept.encryption.as_deref(), Some("AES256"));
        assert!(stored.kept.acl.is_none_or(|acl| acl == "private"), "{path}");
    }
    assert!(world.in_bucket(&paths[1]).await.contains("Winter Amber candle"));
    let keys = world.sandbox().objects().keys();
    assert_eq!(keys.iter().filter(|key| key.starts_with("users/")).count(), paths.len());
    assert!(keys.iter().all(|key| key.starts_with("users/") || key.starts_with("backups/")), "{keys:?}");
    assert_eq!(world.stored(&ana.mirrored_at()).await, None);
    assert!(!world.folder().join("data/mirror/users").exists(), "nothing is kept beside it");
    world.close().await;
}

#[tokio::test]
async fn conversations_are_in_the_bucket_once_the_operator_says_so() {
    let world = scene(&WITH_CONVERSATIONS).connected().await;
    let ana = world.shopper("Ana").await;

    let talk = world.in_bucket(&ana.mirrored_at()).await;

    assert!(talk.contains("\"hi\""), "{talk}");
    world.close().await;
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let world = scene(&BUCKET).connected().await;
    let before = world.objects_written();

    shopclerk_flows::poll::everything(world.app()).await.unwrap();
    world.settle().await;

    assert_eq!(world.objects_written(), before);
    world.close().await;
}

#[tokio::test]
async fn a_place_that_knows_no_encryption_is_asked_once_and_written_to_without() {
    let world = scene(&BUCKET).unconnected().await;
    world.sandbox().objects().knows_no_encryption();

    world.connect().await;

    let stored = world.stored(&format!("{SHOP}/shop_products.json")).await.unwrap();
    assert_eq!(stored.kept.encryption, None);
    let refused = world.sandbox().journal().after(0, usize::MAX);
    assert_eq!(refused.iter().filter(|entry| entry.data["code"] == "NotImplemented").count(), 1);
    world.close().await;
}

#[tokio::test]
async fn a_dead_place_keeps_nobody_waiting_and_gets_everything_when_it_is_back() {
    let world = scene(&BUCKET).connected().await;
    let ana = world.shopper("Ana").await;
    world.sandbox().objects().goes_down(S3Error::unavailable());

    for pence in 0..20 {
        world.sets("storm-coat", price(&format!("150.{pence:02}")));
        world.after(Duration::from_mins(20)).await;
    }
    ana.asks("storm coat?").await.says(&["150.19"]);
    world.sandbox().objects().comes_back();
    world.after(Duration::from_mins(20)).await;

    let goods = world.in_bucket(&format!("{SHOP}/shop_products.json")).await;
    assert!(goods.contains("150.19"), "after more failures than any other job may have");
    world.close().await;
}

#[tokio::test]
async fn a_place_that_never_answers_delays_no_reply_and_no_reading_of_a_shop() {
    let mut world = scene(&WITH_CONVERSATIONS).connected().await;
    let ana = world.shopper("Ana").await;
    let ben = world.shopper("Ben").await;
    world.sandbox().objects().hold();
    worker::start(world.app());
    world.sets("storm-coat", price("150.00"));
    ana.writes("thanks").await;
    world.until(|world| world.held() >= 2).await;

    let reads = world.product_reads();
    world.sets("storm-coat", price("151.00"));
    world.until(|world| world.product_reads() > reads).await;
    ben.writes("do you have a candle?").await;
    world.until(|_| ben.sees("Winter Amber")).await;

    ben.received().says(&["Winter Amber"]);
    world.sandbox().objects().release();
    world.close_with_work_left().await;
}

#[tokio::test]
async fn a_line_that_breaks_before_or_after_the_write_costs_a_retry_and_no_object() {
    let world = scene(&BUCKET).connected().await;
    for (pence, cut) in [Fault::CutBefore, Fault::CutAfter].into_iter().enumerate() {
        world.next(Upstream::Objects, cut);
        world.sets("storm-coat", price(&format!("150.0{pence}")));
        world.settle().await;
        world.after(Duration::from_secs(10)).await;

        let goods = world.in_bucket(&format!("{SHOP}/shop_products.json")).await;
        assert!(goods.contains(&format!("150.0{pence}")), "{cut:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_wrong_key_is_told_by_its_code_and_stops_nothing_else() {
    let mut world = scene(&WRONG_SECRET).connected().await;
    let ana = world.shopper("Ana").await;

    let told = world.told("job.failed");

    assert!(told.iter().any(|(said, _)| said.contains("objects.refused")), "{told:?}");
    ana.asks("storm coat?").await.says(&["189.00"]);
    assert!(world.sandbox().objects().keys().is_empty());
    world.close_with_work_left().await;
}

#[tokio::test]
async fn a_shop_with_more_products_than_fit_at_once_is_sent_in_parts() {
    let world = scene(&BUCKET).connected().await;
    let merchant = world.merchant().await;
    let shop = shopclerk_domain::connection::ShopDomain::parse(world.shop()).unwrap();
    let first = world.app().store().list_products(merchant, None, 1).await.unwrap().remove(0).product;
    for slice in 0..5 {
        let products = (0..100).map(|number| {
            let mut product = first.clone();
            product.id = shopclerk_domain::ids::ProductId::new(1_000_000 + slice * 100 + number);
            product.title = format!("Copy {slice}-{number}");
            product.description = "x".repeat(20_000);
            product.variants.truncate(1);
            product
        });
        let now = world.clock().now();
        world
            .app()
            .store()
            .store_products(merchant, &shop, products.collect(), now, Vec::new())
            .await
            .unwrap();
    }

    world.sets("storm-coat", price("150.00"));
    world.settle().await;

    let goods = world.in_bucket(&format!("{SHOP}/shop_products.json")).await;
    let goods: serde_json::Value = serde_json::from_str(&goods).unwrap();
    assert!(goods["products"].as_array().unwrap().len() > 500);
    let stored = world.stored(&format!("{SHOP}/shop_products.json")).await.unwrap();
    assert!(stored.tag.ends_with("-2") && stored.kept.encryption.is_some(), "{stored:?}");
    assert_eq!(world.sandbox().objects().open_uploads(), 0);
    world.close().await;
}
