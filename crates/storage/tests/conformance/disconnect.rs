//! What becomes of a connection that has stopped: its owner can have it back, and only once let go can another.

use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::ids::{AccountId, ProductId};
use shopclerk_storage::nouns::connections::{AccountConnected, ShopConnected};
use shopclerk_storage::nouns::jobs::NewJob;

use crate::house::{House, candle};

#[tokio::test]
async fn t23_products_of_a_shop_that_stopped_are_not_found_until_it_is_back() {
    let (house, stall) = House::with_stall().await;
    let (read, candles) = (house.now(), vec![candle(1, 2_000)]);
    house.store.store_products(stall.merchant, &stall.shop, candles, read, Vec::new()).await.unwrap();
    let found = async || house.store.find_products(stall.merchant, &[ProductId::new(1)]).await.unwrap().len();
    assert_eq!(found().await, 1);

    house.store.stop_shop(stall.merchant, &stall.shop, house.now()).await.unwrap();
    assert_eq!(found().await, 0);

    let back = house.store.connect_shop(house.shop("nordlys"), house.now()).await.unwrap();
    assert_eq!((back, found().await), (ShopConnected::Merchant(stall.merchant), 1), "the same merchant");
}

#[tokio::test]
async fn t23_with_the_last_account_goes_what_its_person_granted() {
    let (house, stall) = House::with_stall().await;
    let AccountConnected::Connected(second) =
        house.connect_page(stall.merchant, "another", Some("EAAB")).await
    else {
        panic!("it is free")
    };
    let granted = async || house.store.person_token(stall.merchant).await.unwrap().is_some();

    house.store.stop_account(stall.merchant, second, house.now()).await.unwrap();
    assert!(granted().await);
    house.store.stop_account(stall.merchant, stall.account, house.now()).await.unwrap();
    assert!(!granted().await);
}

#[tokio::test]
async fn with_a_shop_goes_the_work_about_it_but_for_the_objects_that_follow_its_rows() {
    let (house, stall) = House::with_stall().await;
    let key = stall.shop.to_string();
    let job = |kind| NewJob { merchant: stall.merchant, kind, key: key.clone(), run_at: house.now() };
    house.store.enqueue(vec![job("sync_catalogue"), job("mirror_products")]).await.unwrap();

    house.store.stop_shop(stall.merchant, &stall.shop, house.now()).await.unwrap();

    assert_eq!(house.due().await, [format!("job mirror_products {key}")]);
}

#[tokio::test]
async fn t43_what_is_another_merchants_is_not_there_to_be_stopped() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;

    assert!(!house.store.stop_account(other.merchant, stall.account, house.now()).await.unwrap());
    assert!(!house.store.stop_shop(other.merchant, &stall.shop, house.now()).await.unwrap());

    let row = house.store.find_account(stall.merchant, stall.account).await.unwrap().unwrap();
    assert_eq!(row.account.state, ConnectionState::Ok);
    assert!(house.store.shop_tokens(stall.merchant, &stall.shop).await.unwrap().is_some());
}

#[tokio::test]
async fn t24_a_page_goes_to_another_merchant_once_its_owner_let_it_go_and_back_again() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;
    let connect = async |merchant| house.connect_page(merchant, &stall.page, Some("EAAB-new")).await;
    assert!(matches!(connect(other.merchant).await, AccountConnected::OtherMerchant { .. }));

    let mut owner = (stall.merchant, stall.account);
    let mut seen: Vec<AccountId> = vec![stall.account];
    for next in [other.merchant, stall.merchant, other.merchant] {
        house.store.stop_account(owner.0, owner.1, house.now()).await.unwrap();
        let AccountConnected::Connected(id) = connect(next).await else { panic!("it was let go") };
        assert!(!seen.contains(&id), "the history of the former owner stays with them");
        assert!(matches!(connect(owner.0).await, AccountConnected::OtherMerchant { .. }));
        seen.push(id);
        owner = (next, id);
    }

    let former = house.store.find_account(stall.merchant, stall.account).await.unwrap().unwrap();
    assert_eq!(former.account.state, ConnectionState::Disconnected);
    assert!(house.store.account_token(stall.merchant, stall.account).await.unwrap().is_none());
}
