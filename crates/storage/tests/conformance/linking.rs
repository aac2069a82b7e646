//! What arrives is durable at once, and linked to its conversation by whoever looks at what waits next.

use std::time::Duration;

use shopclerk_domain::customer::Customer;
use shopclerk_domain::event::EventKind;

use crate::house::House;

#[tokio::test]
async fn nothing_is_leased_before_all_that_arrived_is_linked() {
    let (house, stall) = House::with_stall().await;
    for shopper in 0..600 {
        house.writes(&stall, &format!("shopper {shopper}")).await;
    }
    let (arrived, settled) = (house.now(), house.now().plus(Duration::from_millis(800)));
    house.wait(Duration::from_secs(3));

    assert_eq!(house.store.next_due().await.unwrap().conversation, Some(arrived));
    assert_eq!(house.lease().await.unwrap().events[0].received_at, arrived);
    assert_eq!(house.store.next_due().await.unwrap().conversation, Some(settled), "all are linked");
    let mut leased = 1;
    while house.lease().await.is_some() {
        leased += 1;
    }

    assert_eq!(leased, 600);
}

#[tokio::test]
async fn where_nobody_leases_what_arrives_is_linked_idly() {
    let (house, stall) = House::with_stall().await;
    for _ in 0..300 {
        house.writes(&stall, "ana").await;
    }

    assert!(!house.store.link_arrived().await.unwrap(), "they have just arrived");
    assert!(house.store.link_arrived().await.unwrap() && house.store.link_arrived().await.unwrap());
    assert!(!house.store.link_arrived().await.unwrap(), "nothing more arrived");

    let settled = house.now().plus(Duration::from_millis(800));
    assert_eq!(house.store.next_due().await.unwrap().conversation, Some(settled));
}

#[tokio::test]
async fn nothing_is_linked_idly_while_more_arrives() {
    let (house, stall) = House::with_stall().await;
    for _ in 0..3 {
        house.writes(&stall, "ana").await;
        assert!(!house.store.link_arrived().await.unwrap());
    }

    assert!(house.store.link_arrived().await.unwrap(), "and then it is");
}

#[tokio::test]
async fn what_is_written_while_a_turn_thinks_is_told_from_what_waited_before_it() {
    let (house, stall) = House::with_stall().await;
    for _ in 0..51 {
        house.writes(&stall, "ana").await;
    }
    let leased = house.lease_settled().await;
    assert_eq!(leased.events.len(), 50, "the last of them is for the next turn");
    let (merchant, conversation) = (leased.lease.merchant, leased.lease.conversation);
    let newest = leased.newest_waiting.unwrap();
    let arrived = async || house.store.list_arrived(merchant, conversation, newest).await.unwrap();
    assert!(arrived().await.is_empty());

    let [first, second] = [house.writes(&stall, "ana").await, house.writes(&stall, "ana").await];
    house.writes(&stall, "ben").await;

    let ids: Vec<_> = arrived().await.into_iter().map(|event| event.native_id).collect();
    assert_eq!(ids, [first.native_id, second.native_id], "and nothing of anybody else");
}

#[tokio::test]
async fn what_was_never_linked_goes_with_its_conversation() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    house.release(&leased).await;
    house.writes(&stall, "ana").await;

    let conversation = leased.lease.conversation;
    let cut = house.store.cut_off(stall.merchant, vec![conversation], None).await.unwrap();

    assert_eq!(cut, [conversation]);
    house.wait(Duration::from_secs(3));
    assert!(house.lease().await.is_none(), "nobody answers somebody who is forgotten");
}

#[tokio::test]
async fn what_was_never_linked_is_edited_and_taken_back_all_the_same() {
    let (house, stall) = House::with_stall().await;
    let (first, second) = (house.writes(&stall, "ana").await, house.writes(&stall, "ana").await);
    let (first_id, second_id) = (first.native_id.unwrap(), second.native_id.unwrap());

    let edit = EventKind::Edited { native_id: first_id.clone(), text: "a blue one".to_owned() };
    let mut edit = house.event(&stall, "ana", edit);
    edit.body = b"a blue one".to_vec();
    house.deliver(vec![edit]).await;
    house.writes(&stall, "ana").await;
    house
        .deliver(vec![house.event(&stall, "ana", EventKind::Deleted { native_id: second_id.clone() })])
        .await;

    let leased = house.lease_settled().await;
    let body =
        |id: &str| &leased.events.iter().find(|event| event.native_id.as_deref() == Some(id)).unwrap().body;
    assert_eq!((&body(&first_id)[..], &body(&second_id)[..]), (&b"a blue one"[..], &b""[..]));
}

#[tokio::test]
async fn a_customer_is_found_by_what_was_never_linked() {
    let (house, stall) = House::with_stall().await;
    let mut event = house.event(&stall, "ana", EventKind::Message);
    event.body = br#"{"message":{"text":"write to ana@example.com"}}"#.to_vec();
    let conversation = house.deliver(vec![event]).await.stored[0].conversation;
    let customer = Customer { email: Some("ana@example.com".to_owned()), ..Customer::default() };

    let found =
        house.store.list_shoppers_who_are(stall.merchant, &customer, vec![conversation]).await.unwrap();

    assert_eq!(found.len(), 1);
}
