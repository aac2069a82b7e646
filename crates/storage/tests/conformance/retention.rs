//! What is too old goes in slices, from the old end, and nothing else does.

use std::time::Duration;

use shopclerk_domain::channel::ShopperAlias;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::event::{ConversationEvent, DedupKey, EventKind};
use shopclerk_storage::installation::{Aged, Swept};
use shopclerk_storage::nouns::erasures::Scope;
use shopclerk_storage::nouns::inbox::{Delivery, Quarantined};
use shopclerk_storage::nouns::jobs::JobLane;
use shopclerk_storage::nouns::outbox::{Settled, StartSend, Then};

use crate::house::{House, Stall};

const DAY: Duration = Duration::from_hours(24);

/// Sweeps in slices of two, and says how much went.
async fn swept(house: &House, aged: &Aged) -> usize {
    let (mut removed, mut after) = (0, Some(0));
    while let Some(place) = after {
        let Swept { removed: more, next } =
            house.store.sweep(aged.clone(), place, 2, house.now()).await.unwrap();
        (removed, after) = (removed + more, next);
    }
    removed
}

/// A message that was answered, and the answer sent.
async fn talks(house: &House, stall: &Stall, shopper: &str) {
    house.writes(stall, shopper).await;
    let leased = house.lease_settled().await;
    let turn = house.turn(&leased, &["yes"]);
    let part = turn.parts.first().unwrap().0;
    house.store.finish_turn(&leased.lease, turn).await.unwrap();
    let send = StartSend { part, rests_on: Vec::new(), claims: Vec::new() };
    house.store.start_send(&leased.lease, send, house.now()).await.unwrap();
    let outcome = Settled::Sent { native_id: Some(format!("m_{part}")) };
    house.store.settle_send(&leased.lease, part, outcome, Vec::new(), Then::Stay, house.now()).await.unwrap();
    house.release(&leased).await;
}

#[tokio::test]
async fn t55_old_events_messages_and_turns_go_and_young_ones_stay() {
    let (house, stall) = House::with_stall().await;
    for shopper in ["ana", "bob", "cleo", "ana", "bob"] {
        talks(&house, &stall, shopper).await;
    }
    house.wait(DAY);
    talks(&house, &stall, "ana").await;
    house.writes(&stall, "dora").await;
    let before = house.now().minus(DAY / 2);

    assert_eq!(swept(&house, &Aged::Events { done: before, dead: before }).await, 5);
    let messages = Aged::Messages { before, mirror: "mirror_conversation" };
    assert_eq!(swept(&house, &messages).await, 10, "theirs and ours");
    assert_eq!(swept(&house, &Aged::Turns { before }).await, 5);

    assert_eq!(house.due().await.iter().filter(|due| due.contains("mirror_conversation")).count(), 3);
    for aged in [Aged::Events { done: before, dead: before }, messages, Aged::Turns { before }] {
        assert_eq!(swept(&house, &aged).await, 0, "{aged:?}");
    }
    let leased = house.lease_settled().await;
    assert_eq!(leased.events.len(), 1, "what waits is never too old");
}

#[tokio::test]
async fn t55_keys_quarantine_and_jobs_go_by_their_age() {
    let (house, stall) = House::with_stall().await;
    for _ in 0..3 {
        house.writes(&stall, "ana").await;
        let quarantined =
            vec![Quarantined { source: "messenger", why: "not JSON", head: None, body: vec![1] }];
        let delivery = Delivery { quarantined, ..Delivery::default() };
        house.store.accept(delivery, house.now(), house.now()).await.unwrap();
    }
    house.store.enqueue(vec![crate::house::job(stall.merchant, "x", house.now())]).await.unwrap();
    let job = house.store.lease_job(JobLane::Errands, house.now(), DAY, &[]).await.unwrap().unwrap();
    house.store.give_up_job(&job, "hopeless", house.now()).await.unwrap();
    house.wait(DAY);
    let young = house.writes(&stall, "ana").await;
    let before = house.now().minus(DAY / 2);

    assert_eq!(swept(&house, &Aged::DedupKeys { before }).await, 3);
    assert_eq!(swept(&house, &Aged::Quarantine { before }).await, 3);
    assert_eq!(swept(&house, &Aged::GivenUpJobs { before }).await, 1);
    assert_eq!(swept(&house, &Aged::Sessions { before }).await, 1);
    assert_eq!(house.deliver(vec![young]).await.duplicates, 1, "a young key is still known");
}

/// Keys lead with a time where their event names one; slices of two keys walk past all of them and over the young.
#[tokio::test]
async fn t55_keys_that_name_no_time_are_found_as_well_whatever_the_slices() {
    let (house, stall) = House::with_stall().await;
    let key = |lead: u64, number: u8| {
        let mut key = [number; 16];
        key[..6].copy_from_slice(&lead.to_be_bytes()[2..]);
        DedupKey(key)
    };
    let heard = async |key| {
        let event = house.event(&stall, "ana", EventKind::Message);
        house.deliver(vec![ConversationEvent { dedup: key, ..event }]).await.duplicates == 1
    };
    let lead = |at: Timestamp| at.millis().unsigned_abs();
    let farthest = (1 << 48) - 1;
    let of_a_day = |now: Timestamp| [(1, 1), (lead(now), 2), (farthest, 3), (farthest, 4), (farthest, 5)];
    let old = of_a_day(house.now());
    for (lead, number) in old {
        assert!(!heard(key(lead, number)).await);
    }
    house.wait(DAY * 2);
    let young = of_a_day(house.now()).map(|(lead, number)| (lead, number + 10));
    for (lead, number) in young {
        assert!(!heard(key(lead, number)).await);
    }

    let aged = Aged::DedupKeys { before: house.now().minus(DAY) };
    assert_eq!(swept(&house, &aged).await, 5);
    for (lead, number) in young {
        assert!(heard(key(lead, number)).await, "a young key is still known");
    }
}

#[tokio::test]
async fn a_shopper_who_fell_silent_is_listed_and_one_who_writes_in_that_moment_is_not_cut_off() {
    let (house, stall) = House::with_stall().await;
    talks(&house, &stall, "ana").await;
    house.wait(DAY);
    talks(&house, &stall, "bob").await;
    let before = house.now().minus(DAY / 2);
    let messages = Aged::Messages { before, mirror: "mirror_conversation" };

    let silent = async || {
        let (mut all, mut after) = (Vec::new(), Some(0));
        while let Some(place) = after {
            let (some, next) = house.store.list_silent(before, place, 1).await.unwrap();
            all.extend(some);
            after = next;
        }
        all
    };
    assert_eq!(silent().await.len(), 1);
    swept(&house, &messages).await;
    let [ana] = silent().await[..] else { panic!("ana alone is silent") };
    let traces = house.store.list_traces(stall.merchant, Scope::Shopper(ana.shopper), None, 9).await.unwrap();
    assert_eq!(traces[0].alias.as_ref().map(ShopperAlias::expose), Some("ana"));

    house.deliver(vec![house.event(&stall, "ana", EventKind::Message)]).await;
    let cut = house.store.cut_off(stall.merchant, vec![ana.conversation], Some(before)).await.unwrap();
    assert_eq!(cut, []);
    assert!(silent().await.is_empty());
}
