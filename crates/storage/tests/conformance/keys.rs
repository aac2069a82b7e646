//! The key ring's life as the store sees it: exported, rotated while the store is used, and what is left of an older key.

use std::sync::Arc;

use shopclerk_domain::clock::Clock as _;
use shopclerk_domain::fault::NoFaults;
use shopclerk_storage::{Installation as _, KeyRing, OpenError, SqliteStore};

use crate::house::{House, RING, Stall, open_in};

const FRESH: &str = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

fn both() -> String {
    format!("{FRESH},{RING}")
}

/// Merchants' stalls, each with its sealed tokens.
async fn market(house: &House, stalls: u32) -> Vec<Stall> {
    let mut market = Vec::new();
    for number in 0..stalls {
        market.push(house.stall(&format!("shop-{number}")).await);
    }
    market
}

/// How many values each key has sealed, by the key's id.
async fn sealed(store: &SqliteStore) -> Vec<(String, u64)> {
    let counted = store.count_sealed().await.unwrap();
    counted.into_iter().map(|it| (it.key.unwrap_or_default(), it.values)).collect()
}

async fn all_open(house: &House, market: &[Stall]) {
    for stall in market {
        assert!(house.store.shop_tokens(stall.merchant, &stall.shop).await.unwrap().is_some());
        assert!(house.store.account_token(stall.merchant, stall.account).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn t29_everything_is_sealed_anew_in_slices_while_the_store_is_used() {
    let house = House::new().await;
    let market = market(&house, 7).await;
    let [(_, values)] = sealed(house.sqlite()).await.try_into().unwrap();
    assert!(values >= 14, "a shop's and an account's token each");

    house.store.adopt_keys(KeyRing::parse(&both()).unwrap()).await.unwrap();
    let late = house.stall("late").await;
    let mut anew = 0;
    while let Some(slice) = house.store.reseal_next(2).await.unwrap() {
        anew += slice.values;
        all_open(&house, &market).await;
    }

    assert_eq!(anew, values);
    let [(newest, all), (former, left)] = sealed(house.sqlite()).await.try_into().unwrap();
    assert_eq!((newest.as_str(), former.as_str(), left), ("k2", "k1", 0));
    assert!(all > values, "what came meanwhile is sealed with the fresh key");
    house.store.adopt_keys(KeyRing::parse(FRESH).unwrap()).await.unwrap();
    all_open(&house, &market).await;
    all_open(&house, &[late]).await;
}

#[tokio::test]
async fn t29_a_rotation_that_was_cut_off_goes_on_where_it_stopped() {
    let house = House::new().await;
    let market = market(&house, 6).await;
    house.close().await;

    let mut slices = 0;
    loop {
        let store =
            open_in(house.folder.path(), &both(), house.clock.clone(), Arc::new(NoFaults)).await.unwrap();
        let slice = store.reseal_next(1).await.unwrap();
        slices += usize::from(slice.is_some_and(|slice| slice.values > 0));
        store.close().await;
        if slice.is_none() {
            break;
        }
    }

    assert_eq!(slices, market.len(), "each start did one and no start did one twice");
    let lost = open_in(house.folder.path(), RING, house.clock.clone(), Arc::new(NoFaults)).await;
    assert!(matches!(lost, Err(OpenError::WrongKeys)), "the former key alone is not enough any more");
    open_in(house.folder.path(), FRESH, house.clock.clone(), Arc::new(NoFaults)).await.unwrap();
}

#[tokio::test]
async fn a_fresh_key_is_not_in_the_copy_that_was_exported() {
    let house = House::new().await;
    house.store.mark_keys_exported(house.clock.now()).await.unwrap();
    assert_eq!(house.store.keys_exported_at().await.unwrap(), Some(house.now()));

    house.store.adopt_keys(KeyRing::parse(&both()).unwrap()).await.unwrap();
    assert_eq!(house.store.keys_exported_at().await.unwrap(), None);

    let foreign = "k9:QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=";
    assert!(house.store.adopt_keys(KeyRing::parse(foreign).unwrap()).await.is_err());
}
