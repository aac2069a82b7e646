//! The functions that cross merchants.

use std::time::Duration;

use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::customer::Customer;
use shopclerk_domain::event::{DedupKey, ShopEvent, ShopHint};
use shopclerk_domain::ids::ConversationId;
use shopclerk_storage::nouns::inbox::{Delivery, FollowUp, NewDataRequest};

use crate::house::{House, Stall, job};

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

    assert_eq!(house.store.next_due().await.unwrap().soonest(), Some(house.now()), "somebody must look");
    assert!(house.lease().await.is_none());
    let settled = house.now().plus(Duration::from_millis(800));
    assert_eq!(house.store.next_due().await.unwrap().soonest(), Some(settled));
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

/// A shop asks for a customer, under this number.
async fn asks(house: &House, stall: &Stall, number: u8) {
    let about = Customer::default();
    let request = NewDataRequest { request: format!("{}/{number}", stall.shop), about: about.clone() };
    let hint = ShopHint::CustomerAsked { request: number.into(), about };
    let event =
        ShopEvent { shop: stall.shop.clone(), dedup: vec![DedupKey([number; 16])], hint, at: house.now() };
    let delivery =
        Delivery { shop: vec![(event, FollowUp::Tell(stall.merchant, request))], ..Delivery::default() };
    house.store.accept(delivery, house.now(), house.now()).await.unwrap();
    house.wait(Duration::from_millis(1));
}

#[tokio::test]
async fn everybodys_data_requests_are_listed_the_newest_first_and_a_merchants_own_alike() {
    let (house, one) = House::with_stall().await;
    let other = house.stall("fjell").await;
    for (stall, number) in [(&one, 3), (&other, 2), (&one, 1)] {
        asks(&house, stall, number).await;
    }
    let all = async |most: usize| {
        let listed = house.store.list_all_data_requests(most).await.unwrap();
        listed.into_iter().map(|(merchant, request)| (merchant, request.request)).collect::<Vec<_>>()
    };
    let named = |stall: &Stall, number: u8| (stall.merchant, format!("{}/{number}", stall.shop));

    assert_eq!(all(9).await, [named(&one, 1), named(&other, 2), named(&one, 3)]);
    assert_eq!(all(1).await, [named(&one, 1)]);
    let own = house.store.list_data_requests(one.merchant, 9).await.unwrap();
    let own: Vec<_> = own.into_iter().map(|request| (one.merchant, request.request)).collect();
    assert_eq!(own, [named(&one, 1), named(&one, 3)]);
}
