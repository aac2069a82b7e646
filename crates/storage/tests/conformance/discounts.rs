//! Discounts: what is unseen is gone, versions are never used again, and what the shop said has changed is old.

use std::time::Duration;

use shopclerk_domain::claim::RowId;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::discount::{
    Benefit, Conditions, Covers, Discount, DiscountRow, Minimum, Terms, Withheld,
};
use shopclerk_domain::event::{DedupKey, EventKind, ShopEvent, ShopHint};
use shopclerk_domain::ids::{CollectionId, DiscountId, ProductId, VariantId};
use shopclerk_domain::money::{Currency, Money};
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::discounts::DiscountPage;
use shopclerk_storage::nouns::inbox::{Delivery, FollowUp};
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_storage::nouns::outbox::StartSend;

use crate::house::{House, Stall};

const SECOND: Duration = Duration::from_secs(1);

fn code(id: u64, percent: u32) -> Discount {
    let minimum = Some(Minimum::Subtotal(Money::new(5_000, Currency::USD)));
    let ends_at = Some(Timestamp::from_millis(1_798_000_000_000));
    let terms = Terms {
        code: Some(format!("CODE{id}")),
        benefit: Benefit::Percent(percent),
        covers: Covers::Everything,
        conditions: Conditions { minimum, ends_at, once_each: true },
        starts_at: Timestamp::from_millis(0),
        uses_left: Some(50),
    };
    let updated_at = Timestamp::from_millis(i64::try_from(id).unwrap_or(i64::MAX));
    Discount { id: DiscountId::new(id), title: "Autumn".to_owned(), terms: Ok(terms), updated_at }
}

async fn begin(house: &House, stall: &Stall) -> Timestamp {
    house.store.begin_discounts(stall.merchant, &stall.shop, house.now()).await.unwrap()
}

async fn store(
    house: &House,
    stall: &Stall,
    pass: Timestamp,
    discounts: Vec<Discount>,
) -> Result<usize, StoreError> {
    let page = DiscountPage { pass, discounts, read_at: house.now() };
    house.store.store_discounts(stall.merchant, &stall.shop, page).await
}

/// A whole pass over these discounts; the numbers of those that are gone afterwards.
async fn pass(house: &House, stall: &Stall, discounts: Vec<Discount>) -> Vec<u64> {
    let pass = begin(house, stall).await;
    store(house, stall, pass, discounts).await.unwrap();
    let gone = house.store.finish_discounts(stall.merchant, &stall.shop, pass).await.unwrap();
    gone.into_iter().map(DiscountId::number).collect()
}

/// The row as a send finds it, in the conversation of somebody who asks for nothing.
async fn row(house: &House, stall: &Stall, id: u64) -> Option<DiscountRow> {
    let looks = house.event(stall, "window shopper", EventKind::Other("read".to_owned()));
    let conversation = house.deliver(vec![looks]).await.stored[0].conversation;
    let about = [RowId::Discount(DiscountId::new(id))];
    let found = house.store.look_out(stall.merchant, conversation, &about).await.unwrap();
    found.unwrap().discounts.pop()
}

#[tokio::test]
async fn discounts_come_back_as_they_were_read() {
    let (house, stall) = House::with_stall().await;
    let money = Money::new(500, Currency::USD);
    let with = |id, change: &dyn Fn(&mut Terms)| {
        let mut discount = code(id, 1_000);
        discount.terms.as_mut().map(change).unwrap();
        discount
    };
    let goods = Covers::Goods { products: vec![ProductId::new(7)], variants: vec![VariantId::new(8)] };
    let collections = Covers::Collections(vec![CollectionId::new(u64::MAX)]);
    let mut all = vec![
        with(u64::MAX, &|terms| terms.covers = goods.clone()),
        with(2, &|terms| terms.covers = collections.clone()),
        with(3, &|terms| terms.benefit = Benefit::Amount(money)),
        with(4, &|terms| terms.benefit = Benefit::AmountEach(money)),
        with(5, &|terms| (terms.code, terms.conditions.minimum) = (None, Some(Minimum::Pieces(3)))),
    ];
    let reasons = [Withheld::NotForEveryone, Withheld::NoSingleCode, Withheld::OtherKind, Withheld::Unclear];
    all.extend((6..).zip(reasons).map(|(id, why)| Discount { terms: Err(why), ..code(id, 1) }));

    pass(&house, &stall, all.clone()).await;

    let mut found = house.store.list_discounts(stall.merchant, 100).await.unwrap();
    found.sort_by_key(|row| row.discount.id);
    all.sort_by_key(|discount| discount.id);
    assert!(found.iter().all(|row| row.version == 1 && row.read_at == house.now()));
    assert_eq!(found.into_iter().map(|row| row.discount).collect::<Vec<_>>(), all);
    assert_eq!(house.store.list_discounts(stall.merchant, 2).await.unwrap().len(), 2);
    let of_shop = house.store.list_shop_discounts(stall.merchant, &stall.shop, 100).await.unwrap();
    assert_eq!(of_shop.len(), 9);
}

#[tokio::test]
async fn a_pass_takes_away_what_it_has_not_seen_and_no_version_comes_twice() {
    let (house, stall) = House::with_stall().await;
    pass(&house, &stall, vec![code(1, 1_000), code(2, 1_000)]).await;
    house.wait(SECOND);

    let begun = begin(&house, &stall).await;
    assert_eq!(
        store(&house, &stall, begun, vec![code(1, 1_000), code(2, 900)]).await.unwrap(),
        1,
        "one changed"
    );
    assert_eq!(pass(&house, &stall, vec![code(1, 1_000)]).await, [2]);
    let same = row(&house, &stall, 1).await.unwrap();
    assert_eq!((same.version, same.read_at), (1, house.now()), "unchanged, and known to be fresh");
    assert_eq!(row(&house, &stall, 2).await, None);

    assert_eq!(pass(&house, &stall, vec![code(1, 2_000), code(2, 1_000)]).await, [0_u64; 0]);
    assert_eq!(row(&house, &stall, 1).await.unwrap().version, 2);
    assert_eq!(row(&house, &stall, 2).await.unwrap().version, 4, "it changed and was gone in between");
}

#[tokio::test]
async fn a_pass_that_was_overtaken_changes_nothing() {
    let (house, stall) = House::with_stall().await;
    pass(&house, &stall, vec![code(1, 1_000)]).await;
    let overtaken = begin(&house, &stall).await;
    let newer = begin(&house, &stall).await;

    assert!(newer > overtaken, "the clock stands still, the names do not");
    let stored = store(&house, &stall, overtaken, vec![code(1, 9_900)]).await;
    assert!(matches!(stored, Err(StoreError::Conflict)));
    let finished = house.store.finish_discounts(stall.merchant, &stall.shop, overtaken).await;
    assert!(matches!(finished, Err(StoreError::Conflict)));
    assert_eq!(row(&house, &stall, 1).await.unwrap().version, 1);
}

#[tokio::test]
async fn what_the_shop_said_has_changed_is_old_until_all_is_read_again() {
    let (house, stall) = House::with_stall().await;
    pass(&house, &stall, vec![code(1, 1_000)]).await;
    house.wait(SECOND);

    let hint = ShopHint::DiscountsChanged;
    let event = ShopEvent { shop: stall.shop.clone(), dedup: vec![DedupKey([7; 16])], hint, at: house.now() };
    let key = stall.shop.to_string();
    let job = NewJob { merchant: stall.merchant, kind: "sync_discounts", key, run_at: house.now() };
    let delivery = Delivery { shop: vec![(event, FollowUp::Job(job))], ..Delivery::default() };
    house.store.accept(delivery, house.now(), house.now()).await.unwrap();

    assert_eq!(row(&house, &stall, 1).await.unwrap().read_at, Timestamp::from_millis(0));
    house.wait(SECOND);
    pass(&house, &stall, vec![code(1, 1_000)]).await;
    let again = row(&house, &stall, 1).await.unwrap();
    assert_eq!((again.version, again.read_at), (1, house.now()));
}

#[tokio::test]
async fn i4_a_part_leaves_only_while_the_discount_it_rests_on_is_the_same() {
    let (house, stall) = House::with_stall().await;
    pass(&house, &stall, vec![code(1, 1_000)]).await;
    let (leased, turn) = house.answered(&stall, &["10% off with CODE1."]).await;
    let send = |version| StartSend {
        part: turn.parts[0].0,
        rests_on: vec![(RowId::Discount(DiscountId::new(1)), version)],
        claims: Vec::new(),
    };

    pass(&house, &stall, vec![code(1, 500)]).await;
    let changed = house.store.start_send(&leased.lease, send(1), house.now()).await;
    assert!(matches!(changed, Err(StoreError::Conflict)));
    pass(&house, &stall, Vec::new()).await;
    let gone = house.store.start_send(&leased.lease, send(3), house.now()).await;
    assert!(matches!(gone, Err(StoreError::Conflict)));
    pass(&house, &stall, vec![code(1, 500)]).await;
    house.store.start_send(&leased.lease, send(4), house.now()).await.unwrap();
}

#[tokio::test]
async fn no_merchant_sees_the_discounts_of_another() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;
    pass(&house, &stall, vec![code(1, 1_000)]).await;

    assert_eq!(row(&house, &other, 1).await, None);
    assert!(house.store.list_discounts(other.merchant, 100).await.unwrap().is_empty());
    pass(&house, &other, Vec::new()).await;
    assert!(row(&house, &stall, 1).await.is_some(), "another's pass takes nothing away");
}
