//! The catalogue: versions, passes, removals, and what is older than what is known.

use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::event::{DedupKey, ShopEvent, ShopHint};
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::product::{Product, ProductRow, ProductStatus};
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::catalogue::CataloguePage;
use shopclerk_storage::nouns::connections::ConnectShop;
use shopclerk_storage::nouns::inbox::{Delivery, FollowUp};
use shopclerk_storage::nouns::jobs::JobLane;

use crate::house::{self, House, Stall, candle};

const SECOND: Duration = Duration::from_secs(1);

/// Stores products read one by one, now.
async fn store(house: &House, stall: &Stall, products: Vec<Product>) -> Vec<u64> {
    let stored = house.store.store_products(stall.merchant, &stall.shop, products, house.now(), Vec::new());
    numbers(&stored.await.unwrap())
}

/// Runs a whole pass over these products, which begins now.
async fn pass(house: &House, stall: &Stall, products: Vec<Product>) -> Vec<u64> {
    let pass = begin(house, stall).await;
    house.wait(SECOND);
    page(house, stall, pass, products, None).await.unwrap();
    let gone =
        house.store.finish_pass(stall.merchant, &stall.shop, pass, Vec::new(), Vec::new()).await.unwrap();
    numbers(&gone)
}

async fn begin(house: &House, stall: &Stall) -> Timestamp {
    house.store.begin_pass(stall.merchant, &stall.shop, house.now()).await.unwrap().pass.unwrap()
}

async fn page(
    house: &House,
    stall: &Stall,
    pass: Timestamp,
    products: Vec<Product>,
    cursor: Option<&str>,
) -> Result<Vec<ProductId>, StoreError> {
    let (cursor, read_at) = (cursor.map(str::to_owned), house.now());
    let page = CataloguePage { pass, products, cursor, read_at, jobs: Vec::new() };
    house.store.store_page(stall.merchant, &stall.shop, page).await
}

async fn gone(house: &House, stall: &Stall, id: u64) -> bool {
    house.store.mark_gone(stall.merchant, &stall.shop, ProductId::new(id), Vec::new()).await.unwrap()
}

async fn row(house: &House, stall: &Stall, id: u64) -> Option<ProductRow> {
    house.store.find_products(stall.merchant, &[ProductId::new(id)]).await.unwrap().pop()
}

async fn changes(house: &House, stall: &Stall, after: u64) -> Vec<(u64, u64)> {
    let changes = house.store.list_changes(stall.merchant, after, 100).await.unwrap();
    changes.into_iter().map(|change| (change.seq, change.product.number())).collect()
}

fn numbers(ids: &[ProductId]) -> Vec<u64> {
    ids.iter().map(|id| id.number()).collect()
}

fn at(mut product: Product, updated_at: Timestamp) -> Product {
    product.updated_at = updated_at;
    product
}

#[tokio::test]
async fn a_product_comes_back_as_it_was_read() {
    let (house, stall) = House::with_stall().await;
    let mut product = candle(u64::MAX, 2_490);
    product.status = ProductStatus::Unlisted;
    product.options = vec!["Size".to_owned()];
    product.variants[0].options = vec!["Large \"XL\" \u{1F56F}".to_owned()];

    assert_eq!(store(&house, &stall, vec![product.clone()]).await, [u64::MAX]);

    let row = row(&house, &stall, u64::MAX).await.unwrap();
    assert_eq!(row.product, product);
    assert_eq!(row.read_at, house.now());
    let item = product.variants[0].stock_item;
    let found = house.store.find_stock_item(stall.merchant, item).await.unwrap();
    assert_eq!(found, Some(product.id));
}

#[tokio::test]
async fn an_unchanged_product_keeps_its_version_and_is_known_to_be_fresh() {
    let (house, stall) = House::with_stall().await;
    store(&house, &stall, vec![candle(1, 2_490)]).await;
    let before = row(&house, &stall, 1).await.unwrap();
    house.wait(SECOND);

    assert!(store(&house, &stall, vec![at(candle(1, 2_490), house.now())]).await.is_empty());

    let after = row(&house, &stall, 1).await.unwrap();
    assert_eq!((after.version, after.read_at), (before.version, house.now()));
    assert_eq!(after.product.updated_at, house.now());
}

#[tokio::test]
async fn t12_what_is_older_than_what_is_known_changes_nothing() {
    let (house, stall) = House::with_stall().await;
    let newest = at(candle(1, 3_000), house.now().plus(SECOND * 5));
    let read_late = house.now().plus(SECOND * 9);
    let put = async |product: Product, read_at| {
        let put = house.store.store_products(stall.merchant, &stall.shop, vec![product], read_at, Vec::new());
        put.await.unwrap()
    };
    put(newest.clone(), read_late).await;
    let before = row(&house, &stall, 1).await.unwrap();

    assert!(put(candle(1, 2_000), read_late.plus(SECOND)).await.is_empty());
    // The same change read earlier: stock moves without a newer `updated_at`.
    let mut stock = newest.clone();
    stock.variants[0].stock.quantity = 3;
    assert!(put(stock.clone(), read_late.minus(SECOND)).await.is_empty());
    assert_eq!(row(&house, &stall, 1).await.unwrap(), before);

    assert_eq!(put(stock, read_late.plus(SECOND)).await.len(), 1);
}

#[tokio::test]
async fn a_pass_resumes_where_it_was_and_ends_with_what_it_has_not_seen() {
    let (house, stall) = House::with_stall().await;
    pass(&house, &stall, vec![candle(1, 1_000), candle(2, 2_000), candle(3, 3_000)]).await;
    house.wait(SECOND);
    let second = begin(&house, &stall).await;
    house.wait(SECOND);
    let changed = page(&house, &stall, second, vec![candle(1, 1_000)], Some("after 1")).await.unwrap();
    assert!(changed.is_empty());

    let house = house.reopen().await;
    let state = house.store.begin_pass(stall.merchant, &stall.shop, house.now()).await.unwrap();
    assert_eq!((state.pass, state.cursor.as_deref(), state.read), (Some(second), Some("after 1"), 1));
    assert_eq!(page(&house, &stall, second, vec![candle(2, 2_500)], None).await.unwrap().len(), 1);
    let jobs = vec![house::job(stall.merchant, "mirror", house.now())];
    let unseen =
        house.store.finish_pass(stall.merchant, &stall.shop, second, Vec::new(), jobs).await.unwrap();

    assert_eq!(numbers(&unseen), [3]);
    assert!(row(&house, &stall, 3).await.is_none());
    let state = house.store.sync_state(stall.merchant, &stall.shop).await.unwrap().unwrap();
    assert_eq!((state.pass, state.last_complete, state.products), (None, Some(second), 2));
    assert_eq!(house.due().await, ["job sync_catalogue mirror"]);
}

#[tokio::test]
async fn what_a_pass_found_changed_or_gone_puts_up_what_follows_and_a_night_without_either_does_not() {
    let (house, stall) = House::with_stall().await;
    let night = async |products: Vec<Product>| {
        house.wait(SECOND);
        let pass = begin(&house, &stall).await;
        house.wait(SECOND);
        let follows = |key| vec![house::job(stall.merchant, key, house.now())];
        let (read_at, jobs) = (house.now(), follows("changed"));
        let page = CataloguePage { pass, products, cursor: None, read_at, jobs };
        house.store.store_page(stall.merchant, &stall.shop, page).await.unwrap();
        let ended =
            house.store.finish_pass(stall.merchant, &stall.shop, pass, follows("gone"), follows("ended"));
        ended.await.unwrap();
        let mut due = Vec::new();
        while let Some(job) =
            house.store.lease_job(JobLane::Errands, house.now(), house::HOLD, &[]).await.unwrap()
        {
            house.store.finish_job(&job, Vec::new(), house.now()).await.unwrap();
            due.push(job.key);
        }
        due.sort();
        due
    };

    assert_eq!(night(vec![candle(1, 1_000), candle(2, 2_000)]).await, ["changed", "ended"]);
    assert_eq!(night(vec![candle(1, 1_000), candle(2, 2_000)]).await, ["ended"]);
    assert_eq!(night(vec![candle(1, 1_000)]).await, ["ended", "gone"]);
}

#[tokio::test]
async fn only_the_pass_under_way_moves_or_ends() {
    let (house, stall) = House::with_stall().await;
    let first = begin(&house, &stall).await;
    house.store.finish_pass(stall.merchant, &stall.shop, first, Vec::new(), Vec::new()).await.unwrap();
    // Begun in the same millisecond, it is another pass all the same.
    let second = begin(&house, &stall).await;
    assert!(second > first);

    let late = page(&house, &stall, first, vec![candle(1, 1_000)], None).await;
    assert!(matches!(late, Err(StoreError::Conflict)));
    let late = house.store.finish_pass(stall.merchant, &stall.shop, first, Vec::new(), Vec::new()).await;
    assert!(matches!(late, Err(StoreError::Conflict)));
    assert!(row(&house, &stall, 1).await.is_none());
}

#[tokio::test]
async fn a_complete_pass_vouches_for_every_row_of_its_shop() {
    let (house, stall) = House::with_stall().await;
    store(&house, &stall, vec![candle(1, 1_000)]).await;
    house.wait(SECOND * 60);
    let began = house.now();

    pass(&house, &stall, vec![candle(1, 1_000)]).await;

    assert!(row(&house, &stall, 1).await.unwrap().read_at >= began);
}

#[tokio::test]
async fn a_product_read_by_its_hint_during_a_pass_is_not_gone() {
    let (house, stall) = House::with_stall().await;
    let pass = begin(&house, &stall).await;
    house.wait(SECOND);
    store(&house, &stall, vec![candle(9, 900)]).await;

    let unseen =
        house.store.finish_pass(stall.merchant, &stall.shop, pass, Vec::new(), Vec::new()).await.unwrap();

    assert!(unseen.is_empty());
    assert!(row(&house, &stall, 9).await.is_some());
}

#[tokio::test]
async fn the_figures_of_a_product_are_old_from_its_hint_until_it_is_read_again() {
    let (house, stall) = House::with_stall().await;
    store(&house, &stall, vec![candle(1, 2_490), candle(2, 2_490)]).await;
    let item = candle(2, 2_490).variants[0].stock_item;
    let long_ago = Timestamp::from_millis(0);

    house.wait(SECOND);
    hint(&house, &stall, 1, ShopHint::ProductChanged(ProductId::new(1))).await;
    hint(&house, &stall, 2, ShopHint::StockChanged(item)).await;
    let read_at = async |id| row(&house, &stall, id).await.unwrap().read_at;
    assert_eq!((read_at(1).await, read_at(2).await), (long_ago, long_ago));

    // This read began before the hint came.
    let before = house.now().minus(SECOND);
    let late =
        house.store.store_products(stall.merchant, &stall.shop, vec![candle(1, 2_000)], before, Vec::new());
    late.await.unwrap();
    assert_eq!(read_at(1).await, long_ago);

    pass(&house, &stall, vec![candle(1, 2_000), candle(2, 2_490)]).await;
    assert_eq!((read_at(1).await, read_at(2).await), (house.now(), house.now()));
}

async fn hint(house: &House, stall: &Stall, number: u8, hint: ShopHint) {
    let event =
        ShopEvent { shop: stall.shop.clone(), dedup: vec![DedupKey([number; 16])], hint, at: house.now() };
    let job = FollowUp::Job(house::job(stall.merchant, &format!("hint {number}"), house.now()));
    let delivery = Delivery { shop: vec![(event, job)], ..Delivery::default() };
    house.store.accept(delivery, house.now(), house.now()).await.unwrap();
}

#[tokio::test]
async fn i9_a_clock_that_jumps_back_during_a_pass_loses_no_product() {
    let (house, stall) = House::with_stall().await;
    let pass = begin(&house, &stall).await;
    house.clock.jump_to(house.now().minus(Duration::from_hours(1)));
    page(&house, &stall, pass, vec![candle(1, 1_000)], None).await.unwrap();

    let unseen =
        house.store.finish_pass(stall.merchant, &stall.shop, pass, Vec::new(), Vec::new()).await.unwrap();

    assert!(unseen.is_empty());
    assert!(row(&house, &stall, 1).await.is_some());
}

#[tokio::test]
async fn more_than_a_slice_can_be_gone_at_once() {
    let (house, stall) = House::with_stall().await;
    pass(&house, &stall, (1..=450).map(|id| candle(id, 1_000)).collect()).await;
    house.wait(SECOND);

    assert_eq!(pass(&house, &stall, vec![candle(7, 1_000)]).await.len(), 449);

    assert_eq!(house.store.count_offered(stall.merchant).await.unwrap(), 1);
    assert_eq!(house.store.list_products(stall.merchant, None, 500).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_version_is_never_used_again_also_not_over_a_removal() {
    let (house, stall) = House::with_stall().await;
    store(&house, &stall, vec![candle(1, 1_000), candle(2, 2_000)]).await;
    let first = row(&house, &stall, 1).await.unwrap().version;

    assert!(gone(&house, &stall, 1).await);
    assert!(!gone(&house, &stall, 1).await);
    assert!(row(&house, &stall, 1).await.is_none());
    assert_eq!(house.store.find_stock_item(stall.merchant, 100).await.unwrap(), None);
    house.wait(SECOND);
    store(&house, &stall, vec![candle(1, 1_000)]).await;

    assert!(row(&house, &stall, 1).await.unwrap().version > first + 1);
}

#[tokio::test]
async fn t12_a_read_from_before_the_removal_does_not_bring_a_product_back() {
    let (house, stall) = House::with_stall().await;
    let read_at = house.now();
    house.wait(SECOND);
    // The hint overtook the read: the product is not even known yet.
    assert!(!gone(&house, &stall, 1).await);

    let late =
        house.store.store_products(stall.merchant, &stall.shop, vec![candle(1, 1_000)], read_at, Vec::new());
    assert!(late.await.unwrap().is_empty());
    assert!(row(&house, &stall, 1).await.is_none());
    house.wait(SECOND);
    assert_eq!(store(&house, &stall, vec![candle(1, 1_000)]).await, [1]);
}

#[tokio::test]
async fn the_change_sequence_names_each_product_once_by_its_newest_change() {
    let (house, stall) = House::with_stall().await;
    assert_eq!(house.store.last_change(stall.merchant).await.unwrap(), 0);
    store(&house, &stall, vec![candle(1, 1_000), candle(2, 2_000), candle(3, 3_000)]).await;
    house.wait(SECOND);
    store(&house, &stall, vec![at(candle(1, 1_100), house.now())]).await;
    house.wait(SECOND);
    gone(&house, &stall, 2).await;

    assert_eq!(changes(&house, &stall, 0).await, [(3, 3), (4, 1), (5, 2)]);
    assert_eq!(changes(&house, &stall, 4).await, [(5, 2)]);
    assert_eq!(house.store.last_change(stall.merchant).await.unwrap(), 5);
    assert_eq!(row(&house, &stall, 1).await.unwrap().version, 4);
}

#[tokio::test]
async fn only_what_is_offered_counts_as_offered() {
    let (house, stall) = House::with_stall().await;
    let mut draft = candle(2, 2_000);
    draft.status = ProductStatus::Draft;
    let mut unlinked = candle(3, 3_000);
    unlinked.url = None;
    store(&house, &stall, vec![candle(1, 1_000), draft, unlinked.clone()]).await;
    assert_eq!(house.store.count_offered(stall.merchant).await.unwrap(), 1);

    house.wait(SECOND);
    let mut archived = at(candle(1, 1_000), house.now());
    archived.status = ProductStatus::Archived;
    unlinked.url = Some("https://nordlys.example/3".to_owned());
    store(&house, &stall, vec![archived, at(unlinked, house.now())]).await;
    assert_eq!(house.store.count_offered(stall.merchant).await.unwrap(), 1);
    gone(&house, &stall, 3).await;
    assert_eq!(house.store.count_offered(stall.merchant).await.unwrap(), 0);
}

#[tokio::test]
async fn rows_are_found_in_the_order_asked_and_listed_page_by_page() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;
    store(&house, &stall, (1..=5).map(|id| candle(id, 1_000)).collect()).await;
    gone(&house, &stall, 4).await;
    let ids = |rows: Vec<ProductRow>| rows.iter().map(|row| row.product.id.number()).collect::<Vec<_>>();

    let asked = [5, 4, 99, 1].map(ProductId::new);
    assert_eq!(ids(house.store.find_products(stall.merchant, &asked).await.unwrap()), [5, 1]);
    let page = async |after: Option<u64>| {
        ids(house.store.list_products(stall.merchant, after.map(ProductId::new), 2).await.unwrap())
    };
    assert_eq!(page(None).await, [1, 2]);
    assert_eq!(page(Some(2)).await, [3, 5]);
    assert!(page(Some(5)).await.is_empty());
    assert!(house.store.find_products(other.merchant, &asked).await.unwrap().is_empty());
    assert_eq!(house.store.find_stock_item(other.merchant, 100).await.unwrap(), None);
}

#[tokio::test]
async fn a_stock_item_that_moves_is_found_at_its_new_product() {
    let (house, stall) = House::with_stall().await;
    store(&house, &stall, vec![candle(1, 1_000), candle(2, 2_000)]).await;
    house.wait(SECOND);
    let mut heir = at(candle(2, 2_000), house.now());
    heir.variants[0].stock_item = 100;

    store(&house, &stall, vec![heir]).await;

    assert_eq!(house.store.find_stock_item(stall.merchant, 100).await.unwrap(), Some(ProductId::new(2)));
    assert_eq!(house.store.find_stock_item(stall.merchant, 200).await.unwrap(), None);
}

#[tokio::test]
async fn a_catalogue_needs_a_shop_that_is_the_merchants() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;

    let begun = house.store.begin_pass(other.merchant, &stall.shop, house.now()).await;

    assert!(matches!(begun, Err(StoreError::Conflict)), "{begun:?}");
    assert_eq!(house.store.sync_state(other.merchant, &stall.shop).await.unwrap(), None);
}

#[tokio::test]
async fn products_are_listed_shop_by_shop() {
    let (house, stall) = House::with_stall().await;
    let second = ConnectShop { signed_in: Some(stall.merchant), ..house.shop("second") };
    let shop = second.shop.clone();
    house.store.connect_shop(second, house.now()).await.unwrap();
    store(&house, &stall, vec![candle(1, 1_000), candle(3, 1_000)]).await;
    let theirs = vec![candle(2, 1_000), candle(4, 1_000)];
    house.store.store_products(stall.merchant, &shop, theirs, house.now(), Vec::new()).await.unwrap();

    let listed = async |shop, after: Option<u64>| {
        let after = after.map(ProductId::new);
        let rows = house.store.list_shop_products(stall.merchant, shop, after, 9).await.unwrap();
        rows.iter().map(|row| row.product.id.number()).collect::<Vec<_>>()
    };
    assert_eq!(listed(&stall.shop, None).await, [1, 3]);
    assert_eq!(listed(&shop, None).await, [2, 4]);
    assert_eq!(listed(&shop, Some(2)).await, [4]);
}
