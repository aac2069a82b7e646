//! Sends that the unit before begins: all it takes is looked at in that unit, and where anything stands against it, the part waits.

use std::time::Duration;

use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::claim::RowId;
use shopclerk_domain::ids::{PartId, ProductId};
use shopclerk_domain::message::PartState;
use shopclerk_domain::window::{Access, Reason, Rules};
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::conversations::{FinishedTurn, Leased};
use shopclerk_storage::nouns::outbox::{NextSend, Settled, StartSend, Then};

use crate::house::{self, House, Stall};

const MINUTE: Duration = Duration::from_mins(1);

fn next(part: PartId, rests_on: Vec<(RowId, u64)>, access: Access) -> NextSend {
    let (policy, stale_after) = (ChannelKind::Messenger.send_policy(), 60 * MINUTE);
    let start = StartSend { part, rests_on, claims: Vec::new() };
    NextSend { start, rules: Rules { policy, stale_after, access } }
}

/// A turn of two parts, told as the first answer is: that it is automatic.
fn told(house: &House, leased: &Leased) -> FinishedTurn {
    FinishedTurn { disclosed: true, ..house.turn(leased, &["one", "two"]) }
}

/// Finishes a turn whose first part is to be begun; says whether it was.
async fn begins(house: &House, leased: &Leased, turn: &FinishedTurn) -> Result<bool, StoreError> {
    let begin = Some(next(turn.parts[0].0, Vec::new(), Access::Open));
    let finished = house.store.finish_turn(&leased.lease, FinishedTurn { begin, ..turn.clone() }).await;
    finished.map(|finished| finished.begun)
}

async fn states(house: &House, stall: &Stall, turn: &FinishedTurn) -> Vec<PartState> {
    let mut states = Vec::new();
    for (part, _) in &turn.parts {
        states.push(house.store.find_part(stall.merchant, *part).await.unwrap().unwrap().state);
    }
    states
}

fn sent() -> Settled {
    Settled::Sent { native_id: None }
}

#[tokio::test]
async fn the_end_of_a_turn_begins_its_first_part_and_each_end_of_a_send_what_follows() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let turn = told(&house, &leased);
    let [first, second] = [turn.parts[0].0, turn.parts[1].0];

    assert!(begins(&house, &leased, &turn).await.unwrap());
    assert_eq!(states(&house, &stall, &turn).await, [PartState::Sending, PartState::Queued]);

    let settle =
        |part, then| house.store.settle_send(&leased.lease, part, sent(), Vec::new(), then, house.now());
    let then = Then::Begin(next(second, Vec::new(), Access::Open));
    assert!(settle(first, then).await.unwrap());
    assert_eq!(states(&house, &stall, &turn).await, [PartState::Sent, PartState::Sending]);
    assert!(!settle(second, Then::LetGo).await.unwrap());
    assert_eq!(house.history(&leased).await[1..], ["clerk: one", "clerk: two"]);

    let again = house.store.release(&leased.lease, house.now()).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "the lease has ended: {again:?}");
    assert_eq!(house.store.next_due().await.unwrap().soonest(), None);
    house.writes(&stall, "ana").await;
    assert_eq!(house.lease_settled().await.events.len(), 1, "and the next message is answered");
}

#[tokio::test]
async fn what_stands_against_a_first_part_leaves_it_queued_and_its_turn_finished() {
    let (house, stall) = House::with_stall().await;
    let store = house.store.store_products(
        stall.merchant,
        &stall.shop,
        vec![house::candle(1, 2_490)],
        house.now(),
        vec![],
    );
    store.await.unwrap();
    let candle = RowId::Product(ProductId::new(1));
    let version = house.store.find_products(stall.merchant, &[ProductId::new(1)]).await.unwrap()[0].version;
    let held = Access::Held { until: house.now().plus(60 * MINUTE), why: Reason::Blocked };

    for (what, rests_on, access, disclosed, begins) in [
        ("nothing", vec![(candle, version)], Access::Open, true, true),
        ("a row that changed", vec![(candle, version + 1)], Access::Open, true, false),
        ("an account that is held", Vec::new(), held, true, false),
        ("an account that has stopped", Vec::new(), Access::Ended, true, false),
        ("a shopper who was not told", Vec::new(), Access::Open, false, false),
    ] {
        house.writes(&stall, what).await;
        let leased = house.lease_settled().await;
        let turn = FinishedTurn { disclosed, ..house.turn(&leased, &["one"]) };
        let begin = Some(next(turn.parts[0].0, rests_on, access));
        let finished = house.store.finish_turn(&leased.lease, FinishedTurn { begin, ..turn.clone() }).await;

        assert_eq!(finished.unwrap().begun, begins, "{what}");
        let state = if begins { PartState::Sending } else { PartState::Queued };
        assert_eq!(states(&house, &stall, &turn).await, [state], "{what}");
        assert_eq!(house.history(&leased).await.len(), 1, "{what}: what was said is heard");
    }
}

#[tokio::test]
async fn a_person_who_spoke_while_the_turn_was_thinking_or_a_part_was_on_its_way_has_the_word() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let turn = told(&house, &leased);
    house.person_writes(&stall, "ana").await;
    assert!(!begins(&house, &leased, &turn).await.unwrap());
    assert_eq!(states(&house, &stall, &turn).await, [PartState::Refused, PartState::Refused]);

    house.writes(&stall, "bob").await;
    let leased = house.lease_settled().await;
    let turn = told(&house, &leased);
    let [first, second] = [turn.parts[0].0, turn.parts[1].0];
    assert!(begins(&house, &leased, &turn).await.unwrap());
    house.person_writes(&stall, "bob").await;
    let then = Then::Begin(next(second, Vec::new(), Access::Open));
    let settled = house.store.settle_send(&leased.lease, first, sent(), Vec::new(), then, house.now()).await;
    assert!(!settled.unwrap());
    assert_eq!(states(&house, &stall, &turn).await, [PartState::Sent, PartState::Refused]);
}

#[tokio::test]
async fn under_an_older_lease_nothing_follows() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let old = house.lease_settled().await;
    let turn = told(&house, &old);
    house.wait(house::HOLD);
    let new = house.lease().await.unwrap();

    assert!(matches!(begins(&house, &old, &turn).await, Err(StoreError::Conflict)));
    house.store.finish_turn(&new.lease, turn.clone()).await.unwrap();
    let start = StartSend { part: turn.parts[0].0, rests_on: Vec::new(), claims: Vec::new() };
    house.store.start_send(&new.lease, start, house.now()).await.unwrap();
    let part = turn.parts[0].0;
    let late = house.store.settle_send(&old.lease, part, sent(), Vec::new(), Then::LetGo, house.now()).await;
    assert!(matches!(late, Err(StoreError::Conflict)));
    assert_eq!(states(&house, &stall, &turn).await, [PartState::Sending, PartState::Queued]);
}
