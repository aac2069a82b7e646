//! Jobs: one per key, repeated until done or given up.

use std::time::Duration;

use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::jobs::{JobLane, LeasedJob, NewJob};

use crate::house::{HOLD, House, job};

async fn lease(house: &House) -> Option<LeasedJob> {
    house.store.lease_job(JobLane::Errands, house.now(), HOLD, &[]).await.unwrap()
}

#[tokio::test]
async fn a_second_request_brings_the_first_forward_and_adds_none() {
    let (house, stall) = House::with_stall().await;
    let later = house.now().plus(Duration::from_hours(1));
    for at in [later, house.now(), later] {
        house.store.enqueue(vec![job(stall.merchant, "nordlys", at)]).await.unwrap();
    }

    let leased = lease(&house).await.unwrap();
    assert_eq!((leased.kind.as_str(), leased.key.as_str()), ("sync_catalogue", "nordlys"));
    assert_eq!((leased.merchant, leased.attempt), (stall.merchant, 0));
    assert_eq!(lease(&house).await, None);
    house.store.finish_job(&leased, Vec::new(), house.now()).await.unwrap();
    assert_eq!(house.store.next_due().await.unwrap().soonest(), None);
}

#[tokio::test]
async fn a_request_while_it_runs_has_it_run_once_more() {
    let (house, stall) = House::with_stall().await;
    house.store.enqueue(vec![job(stall.merchant, "nordlys", house.now())]).await.unwrap();
    let leased = lease(&house).await.unwrap();
    for _ in 0..3 {
        house.store.enqueue(vec![job(stall.merchant, "nordlys", house.now())]).await.unwrap();
    }

    house.store.finish_job(&leased, Vec::new(), house.now()).await.unwrap();

    let again = lease(&house).await.unwrap();
    assert_eq!((again.id, again.attempt), (leased.id, 0));
    house.store.finish_job(&again, Vec::new(), house.now()).await.unwrap();
    assert_eq!(lease(&house).await, None);
}

#[tokio::test]
async fn a_job_whose_worker_is_gone_goes_to_another_and_the_first_is_refused() {
    let (house, stall) = House::with_stall().await;
    house.store.enqueue(vec![job(stall.merchant, "nordlys", house.now())]).await.unwrap();
    let old = lease(&house).await.unwrap();
    house.wait(HOLD);
    let new = lease(&house).await.unwrap();
    assert!(new.fence > old.fence);

    let refused = [
        house.store.finish_job(&old, Vec::new(), house.now()).await,
        house.store.retry_job(&old, house.now(), "late").await,
        house.store.give_up_job(&old, "late", house.now()).await,
    ];
    assert!(refused.iter().all(|one| matches!(one, Err(StoreError::Conflict))), "{refused:?}");

    // Nor does it touch the next job of that name.
    house.store.finish_job(&new, Vec::new(), house.now()).await.unwrap();
    house.store.enqueue(vec![job(stall.merchant, "nordlys", house.now())]).await.unwrap();
    let next = lease(&house).await.unwrap();
    assert!(matches!(house.store.finish_job(&old, Vec::new(), house.now()).await, Err(StoreError::Conflict)));
    house.store.finish_job(&next, Vec::new(), house.now()).await.unwrap();
}

#[tokio::test]
async fn a_failure_is_counted_and_tried_again_later() {
    let (house, stall) = House::with_stall().await;
    house.store.enqueue(vec![job(stall.merchant, "nordlys", house.now())]).await.unwrap();
    let leased = lease(&house).await.unwrap();
    let later = house.now().plus(Duration::from_secs(20));

    house.store.retry_job(&leased, later, "shopify.unavailable").await.unwrap();

    assert_eq!(house.store.next_due().await.unwrap().soonest(), Some(later));
    house.wait(Duration::from_secs(20));
    assert_eq!(lease(&house).await.unwrap().attempt, 1);
}

#[tokio::test]
async fn a_job_given_up_rests_until_it_is_asked_for_again() {
    let (house, stall) = House::with_stall().await;
    house.store.enqueue(vec![job(stall.merchant, "nordlys", house.now())]).await.unwrap();
    let leased = lease(&house).await.unwrap();

    house.store.give_up_job(&leased, "shopify.refused", house.now()).await.unwrap();
    house.wait(HOLD * 2);
    assert_eq!(lease(&house).await, None);

    house.store.enqueue(vec![job(stall.merchant, "nordlys", house.now())]).await.unwrap();
    assert_eq!(lease(&house).await.unwrap().attempt, 0);
}

#[tokio::test]
async fn what_follows_a_job_is_put_up_in_the_same_unit_also_under_its_own_key() {
    let (house, stall) = House::with_stall().await;
    house.store.enqueue(vec![job(stall.merchant, "nordlys", house.now())]).await.unwrap();
    let leased = lease(&house).await.unwrap();
    let tomorrow = house.now().plus(Duration::from_hours(24));
    let next = vec![job(stall.merchant, "nordlys", tomorrow), job(stall.merchant, "mirror", house.now())];

    house.store.finish_job(&leased, next, house.now()).await.unwrap();

    assert_eq!(lease(&house).await.unwrap().key, "mirror");
    assert_eq!(lease(&house).await, None);
    house.wait(Duration::from_hours(24));
    assert!(lease(&house).await.is_some());
}

#[tokio::test]
async fn the_same_key_of_another_merchant_is_another_job() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;
    let jobs = vec![job(stall.merchant, "all", house.now()), job(other.merchant, "all", house.now())];

    house.store.enqueue(jobs).await.unwrap();

    let (one, two) = (lease(&house).await.unwrap(), lease(&house).await.unwrap());
    assert_ne!(one.merchant, two.merchant);
}

#[tokio::test]
async fn jobs_that_write_objects_wait_in_a_lane_of_their_own() {
    let (house, stall) = House::with_stall().await;
    let at = |kind, seconds| NewJob {
        merchant: stall.merchant,
        kind,
        key: "nordlys".to_owned(),
        run_at: house.now().plus(Duration::from_secs(seconds)),
    };
    let jobs =
        vec![at("mirror_products", 0), at("keep_tokens", 1), at("sync_catalogue", 2), at("mirrors", 3)];
    let due: Vec<_> = jobs.iter().map(|job| job.run_at).collect();
    house.store.enqueue(jobs).await.unwrap();
    let next = house.store.next_due().await.unwrap();
    assert_eq!((next.object_job, next.job), (Some(due[0]), Some(due[2])));

    house.wait(Duration::from_secs(9));
    for (lane, expected) in [
        (JobLane::Errands, ["sync_catalogue", "mirrors"]),
        (JobLane::Objects, ["mirror_products", "keep_tokens"]),
    ] {
        for kind in expected {
            let leased = house.store.lease_job(lane, house.now(), HOLD, &[]).await.unwrap().unwrap();
            assert_eq!(leased.kind, kind);
        }
        assert_eq!(house.store.lease_job(lane, house.now(), HOLD, &[]).await.unwrap(), None);
    }
}

#[tokio::test]
async fn t62_a_merchant_who_is_served_enough_is_left_aside() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;
    house.store.enqueue(vec![job(stall.merchant, "first", house.now())]).await.unwrap();
    house.store.enqueue(vec![job(other.merchant, "second", house.now())]).await.unwrap();
    let but_of = [stall.merchant];

    let leased = house.store.lease_job(JobLane::Errands, house.now(), HOLD, &but_of).await.unwrap().unwrap();

    assert_eq!((leased.merchant, leased.key.as_str()), (other.merchant, "second"));
    assert_eq!(house.store.lease_job(JobLane::Errands, house.now(), HOLD, &but_of).await.unwrap(), None);
    assert_eq!(lease(&house).await.unwrap().key, "first");
}
