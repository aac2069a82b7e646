//! The functions that cross merchants.

use std::time::Duration;

use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::ConversationId;

use crate::house::{House, job};

#[tokio::test]
async fn owners_are_found_by_what_a_delivery_names() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let conversation = house.lease_settled().await.lease.conversation;
    let store = &house.store;

    assert_eq!(store.merchant_of_shop(&stall.shop).await.unwrap(), Some(stall.merchant));
    assert_eq!(store.merchant_of_conversation(conversation).await.unwrap(), Some(stall.merchant));
    let unknown = ShopDomain::parse_typed("nobody").unwrap();
    assert_eq!(store.merchant_of_shop(&unknown).await.unwrap(), None);
    let unknown = ConversationId::new(house.now(), &*house.entropy);
    assert_eq!(store.merchant_of_conversation(unknown).await.unwrap(), None);
}

#[tokio::test]
async fn merchants_are_listed_page_by_page_oldest_first() {
    let house = House::new().await;
    let mut all = Vec::new();
    for name in ["a", "b", "c"] {
        all.push(house.stall(name).await.merchant);
        house.wait(Duration::from_millis(1));
    }

    let first = house.store.list_merchants(None, 2).await.unwrap();
    let rest = house.store.list_merchants(first.last().copied(), 2).await.unwrap();

    assert_eq!([first, rest].concat(), all);
}

#[tokio::test]
async fn the_next_moment_of_work_and_what_is_left_over_are_known() {
    let (house, stall) = House::with_stall().await;
    assert_eq!(house.store.next_due().await.unwrap().soonest(), None);
    let later = house.now().plus(Duration::from_mins(1));
    house.store.enqueue(vec![job(stall.merchant, "nordlys", later)]).await.unwrap();
    assert_eq!(house.store.next_due().await.unwrap().soonest(), Some(later));

    house.writes(&stall, "ana").await;

    assert_eq!(
        house.store.next_due().await.unwrap().soonest(),
        Some(house.now().plus(Duration::from_millis(800)))
    );
    assert!(house.due().await.is_empty());
    house.wait(Duration::from_mins(1));
    assert_eq!(house.due().await.len(), 2);
    let leased = house.lease().await.unwrap();
    // What is leased is next due when its lease ends.
    assert_eq!(house.due().await, ["job sync_catalogue nordlys"]);
    assert_eq!(house.store.next_due().await.unwrap().soonest(), Some(later));
    house.release(&leased).await;
    assert_eq!(house.due().await.len(), 2);
}
