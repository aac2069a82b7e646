//! Polls: what a whole look found that nobody had told us, and passes over the changes in between.

use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ConnectionName;
use shopclerk_domain::event::{DedupKey, ShopEvent, ShopHint};
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::product::{Product, ProductRow};
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::catalogue::CataloguePage;
use shopclerk_storage::nouns::inbox::{Delivery, FollowUp};
use shopclerk_storage::nouns::polls::{Drift, Poll};

use crate::house::{self, House, PAUSE, Stall, candle};

const HOUR: Duration = Duration::from_hours(1);

/// Reads these products as part of the pass, now.
async fn page(house: &House, stall: &Stall, pass: Timestamp, products: Vec<Product>) {
    let page = CataloguePage { pass, products, cursor: None, read_at: house.now(), jobs: Vec::new() };
    house.store.store_page(stall.merchant, &stall.shop, page).await.unwrap();
}

/// A whole pass that begins in an hour and ends an hour later; answers with the poll it came to.
async fn poll(house: &House, stall: &Stall, products: Vec<Product>) -> Poll {
    house.wait(HOUR);
    let pass = house.store.begin_pass(stall.merchant, &stall.shop, house.now()).await.unwrap().pass.unwrap();
    house.wait(HOUR);
    page(house, stall, pass, products).await;
    house.store.finish_pass(stall.merchant, &stall.shop, pass, Vec::new(), Vec::new()).await.unwrap();
    last(house, stall).await
}

async fn last(house: &House, stall: &Stall) -> Poll {
    let shop = ConnectionName::Shop(stall.shop.clone());
    house.store.last_poll(stall.merchant, &shop).await.unwrap().unwrap()
}

/// A webhook of the shop, and the job that follows it up.
async fn hint(house: &House, stall: &Stall, name: &[u8; 16], hint: ShopHint) {
    let event = ShopEvent { shop: stall.shop.clone(), dedup: vec![DedupKey(*name)], hint, at: house.now() };
    let job = house::job(stall.merchant, "follow up", house.now());
    let delivery = Delivery { shop: vec![(event, FollowUp::Job(job))], ..Delivery::default() };
    let now = house.now();
    assert_eq!(house.store.accept(delivery, now, now.plus(PAUSE)).await.unwrap().hints, 1);
}

/// A pass over the changes that has begun now, with the instant it asks from.
async fn begin_changes(house: &House, stall: &Stall) -> Option<(Timestamp, Timestamp)> {
    let begun = house.store.begin_changes(stall.merchant, &stall.shop, house.now()).await.unwrap();
    begun.map(|state| (state.pass.unwrap(), state.since.unwrap()))
}

async fn row(house: &House, stall: &Stall, id: u64) -> ProductRow {
    house.store.find_products(stall.merchant, &[ProductId::new(id)]).await.unwrap().remove(0)
}

#[tokio::test]
async fn drift_is_what_a_pass_finds_that_nobody_told() {
    let (house, stall) = House::with_stall().await;
    let first = poll(&house, &stall, (1..=5).map(|id| candle(id, 1_000)).collect()).await;
    assert_eq!((first.read, first.drift), (5, Drift::default()), "nothing drifts from what is not known");

    hint(&house, &stall, b"product two     ", ShopHint::ProductChanged(ProductId::new(2))).await;
    hint(&house, &stall, b"product four    ", ShopHint::ProductDeleted(ProductId::new(4))).await;
    let mut just_now = candle(3, 3_000);
    just_now.updated_at = house.now().plus(HOUR * 2);
    let found = vec![candle(1, 1_100), candle(2, 1_100), just_now, candle(6, 1_000), candle(7, 1_000)];
    let second = poll(&house, &stall, found).await;

    // 2 and 4 were told, 3 may still be told; 5 is gone unheard.
    assert_eq!(second.drift, Drift { added: 2, changed: 1, gone: 1 });
    assert_eq!((second.read, second.done_at), (5, Some(house.now())));
}

#[tokio::test]
async fn rows_a_shop_announced_without_naming_them_are_no_drift() {
    let (house, stall) = House::with_stall().await;
    poll(&house, &stall, vec![candle(1, 1_000)]).await;

    hint(&house, &stall, b"a collection    ", ShopHint::ShopChanged).await;
    let told = poll(&house, &stall, vec![candle(1, 1_100), candle(2, 1_000)]).await;
    assert_eq!(told.drift, Drift { added: 1, ..Drift::default() });

    let untold = poll(&house, &stall, vec![candle(1, 1_200), candle(2, 1_000)]).await;
    assert_eq!(untold.drift, Drift { changed: 1, ..Drift::default() });
}

#[tokio::test]
async fn a_pass_over_the_changes_makes_every_row_fresh_and_takes_none_away() {
    let (house, stall) = House::with_stall().await;
    assert_eq!(begin_changes(&house, &stall).await, None, "nothing to go by yet");
    let whole = house.now().plus(HOUR);
    poll(&house, &stall, vec![candle(1, 1_000), candle(2, 2_000)]).await;

    let (pass, since) = begin_changes(&house, &stall).await.unwrap();
    assert_eq!((pass, since), (house.now(), whole.minus(Duration::from_mins(5))));
    page(&house, &stall, pass, vec![candle(2, 2_500)]).await;
    assert_ne!(row(&house, &stall, 1).await.read_at, pass.plus(HOUR));
    house.store.finish_changes(stall.merchant, &stall.shop, pass).await.unwrap();

    assert_eq!(row(&house, &stall, 1).await.read_at, pass);
    house.wait(HOUR);
    let (_, since) = begin_changes(&house, &stall).await.unwrap();
    assert_eq!(since, pass.minus(Duration::from_mins(5)));

    // What it found unheard is told by the next whole pass.
    let poll = poll(&house, &stall, vec![candle(1, 1_000), candle(2, 2_500)]).await;
    assert_eq!(poll.drift, Drift { changed: 1, ..Drift::default() });
}

#[tokio::test]
async fn a_pass_over_everything_comes_before_one_over_the_changes() {
    let (house, stall) = House::with_stall().await;
    poll(&house, &stall, vec![candle(1, 1_000)]).await;
    let (changes, _) = begin_changes(&house, &stall).await.unwrap();

    let whole = house.store.begin_pass(stall.merchant, &stall.shop, house.now()).await.unwrap();

    assert_eq!((whole.since, whole.cursor, whole.read), (None, None, 0));
    assert!(whole.pass.unwrap() > changes);
    let late = house.store.finish_changes(stall.merchant, &stall.shop, changes).await;
    assert!(matches!(late, Err(StoreError::Conflict)));
    assert_eq!(begin_changes(&house, &stall).await, None);
}

#[tokio::test]
async fn a_failure_is_kept_beside_the_last_whole_look_until_one_succeeds() {
    let (house, stall) = House::with_stall().await;
    let account = ConnectionName::Account(stall.account);
    let last = async || house.store.last_poll(stall.merchant, &account).await.unwrap();
    assert_eq!(last().await, None);
    let drift = Drift { changed: 1, ..Drift::default() };
    let done_at = house.now();
    house.store.poll_done(stall.merchant, &account, drift, done_at).await.unwrap();

    house.wait(HOUR);
    house.store.poll_failed(stall.merchant, &account, "upstream.unavailable", house.now()).await.unwrap();
    let failed = last().await.unwrap();
    assert_eq!((failed.done_at, failed.drift), (Some(done_at), drift));
    assert_eq!((failed.failed_at, failed.why.as_deref()), (Some(house.now()), Some("upstream.unavailable")));

    house.store.poll_done(stall.merchant, &account, Drift::default(), house.now()).await.unwrap();
    let healed = last().await.unwrap();
    assert_eq!((healed.drift, healed.failed_at, healed.why), (Drift::default(), None, None));
    let other = house.stall("solvik").await;
    assert_eq!(house.store.last_poll(other.merchant, &account).await.unwrap(), None);
}
