//! Connection checks: a nonce counts once and in time, and only for the newest check.

use std::time::Duration;

use shopclerk_domain::connection::ConnectionName;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::checks::{Check, NewCheck, Outcome, Way};

use crate::house::{House, Stall};

const LIFE: Duration = Duration::from_mins(10);

/// A check of the stall's shop that begins now.
async fn begin(house: &House, stall: &Stall) -> NewCheck {
    let check = NewCheck {
        connection: ConnectionName::Shop(stall.shop.clone()),
        nonce: house.hash(),
        ends_at: house.now().plus(LIFE),
    };
    house.store.begin_check(stall.merchant, check.clone(), house.now()).await.unwrap();
    check
}

async fn tick(house: &House, nonce: [u8; 32]) -> bool {
    house.store.tick_check(nonce, house.now()).await.unwrap()
}

async fn last(house: &House, stall: &Stall, check: &NewCheck) -> Check {
    house.store.last_check(stall.merchant, &check.connection).await.unwrap().unwrap()
}

#[tokio::test]
async fn each_way_is_pending_until_it_is_settled() {
    let (house, stall) = House::with_stall().await;
    let shop = ConnectionName::Shop(stall.shop.clone());
    assert_eq!(house.store.last_check(stall.merchant, &shop).await.unwrap(), None);
    let check = begin(&house, &stall).await;
    assert!(last(&house, &stall, &check).await.is_pending());

    house.store.settle_check(stall.merchant, &check, Way::Polling, None).await.unwrap();
    house
        .store
        .settle_check(stall.merchant, &check, Way::Webhook, Some("webhook.refused".to_owned()))
        .await
        .unwrap();

    let found = last(&house, &stall, &check).await;
    assert_eq!(found.polling, Outcome::Success);
    assert_eq!(found.webhook, Outcome::Failed("webhook.refused".to_owned()));
    let other = house.stall("solvik").await;
    assert_eq!(house.store.last_check(other.merchant, &shop).await.unwrap(), None);
}

#[tokio::test]
async fn t06_a_nonce_counts_once_and_in_time() {
    let (house, stall) = House::with_stall().await;
    let check = begin(&house, &stall).await;
    assert!(!tick(&house, house.hash()).await, "a nonce that is not ours");

    assert!(tick(&house, check.nonce).await);
    assert!(!tick(&house, check.nonce).await, "it was used");
    assert_eq!(last(&house, &stall, &check).await.webhook, Outcome::Success);

    let late = begin(&house, &stall).await;
    house.wait(LIFE);
    assert!(!tick(&house, late.nonce).await, "it has ended");
    assert_eq!(last(&house, &stall, &late).await.webhook, Outcome::Pending);
}

#[tokio::test]
async fn a_delivery_that_came_in_the_end_counts_against_what_was_thought() {
    let (house, stall) = House::with_stall().await;
    let check = begin(&house, &stall).await;
    let why = Some("webhook.unreachable".to_owned());
    house.store.settle_check(stall.merchant, &check, Way::Webhook, why.clone()).await.unwrap();

    assert!(tick(&house, check.nonce).await);

    assert_eq!(last(&house, &stall, &check).await.webhook, Outcome::Success);
    let newer = begin(&house, &stall).await;
    let late = house.store.settle_check(stall.merchant, &check, Way::Webhook, why).await;
    assert!(matches!(late, Err(StoreError::Conflict)));
    assert!(!tick(&house, check.nonce).await);
    assert_eq!(last(&house, &stall, &newer).await.webhook, Outcome::Pending);
}
