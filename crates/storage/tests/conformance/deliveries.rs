//! What waits for a person: listed by its merchant alone, put up again once; and the quarantine, which is nobody's.

use std::time::Duration;

use shopclerk_domain::event::{ConversationEvent, DedupKey, EventKind};
use shopclerk_storage::StoreError;
use shopclerk_storage::installation::Waiting;
use shopclerk_storage::nouns::conversations::FinishedTurn;
use shopclerk_storage::nouns::deliveries::{Ending, Undone, UndoneKind};
use shopclerk_storage::nouns::inbox::{Delivery, Quarantined};
use shopclerk_storage::nouns::jobs::JobLane;
use shopclerk_storage::nouns::outbox::{Settled, StartSend, Then};

use crate::house::{self, HOLD, House, PAUSE, Stall, ids, job};

const KINDS: [UndoneKind; 4] = [UndoneKind::Event, UndoneKind::Job, UndoneKind::Part, UndoneKind::Person];

async fn list(house: &House, stall: &Stall, kind: UndoneKind) -> Vec<Undone> {
    house.store.list_undone(stall.merchant, kind, 0, 10).await.unwrap()
}

/// A dead message, a job that was given up, a parked part and a shopper who wants a person.
async fn all_kinds(house: &House, stall: &Stall) {
    let (leased, turn) = house.answered(stall, &["One"]).await;
    let part = turn.parts.first().unwrap().0;
    let send = StartSend { part, rests_on: Vec::new(), claims: Vec::new() };
    house.store.start_send(&leased.lease, send, house.now()).await.unwrap();
    let parked = Settled::Parked { code: "outbox.not_readable".to_owned() };
    house.store.settle_send(&leased.lease, part, parked, Vec::new(), Then::Stay, house.now()).await.unwrap();
    house.release(&leased).await;

    house.writes(stall, "bo").await;
    let leased = house.lease_settled().await;
    house.store.fail_turn(&leased.lease, &ids(&leased), None, "turn.no_answer", house.now()).await.unwrap();
    house.release(&leased).await;

    house.writes(stall, "cy").await;
    let leased = house.lease_settled().await;
    let turn = FinishedTurn { pause_until: Some(house.now().plus(PAUSE)), ..house.turn(&leased, &[]) };
    house.store.finish_turn(&leased.lease, turn).await.unwrap();
    house.release(&leased).await;

    house.store.enqueue(vec![job(stall.merchant, "nordlys", house.now())]).await.unwrap();
    let leased = house.store.lease_job(JobLane::Errands, house.now(), HOLD, &[]).await.unwrap().unwrap();
    house.store.give_up_job(&leased, "upstream.malformed", house.now()).await.unwrap();
}

#[tokio::test]
async fn what_waits_is_listed_with_its_reason_and_put_up_again_once() {
    let (house, stall) = House::with_stall().await;
    all_kinds(&house, &stall).await;
    assert_eq!(house.due().await, Vec::<String>::new());

    for (kind, what, why) in [
        (UndoneKind::Event, "message", Some("turn.no_answer")),
        (UndoneKind::Job, "sync_catalogue", Some("upstream.malformed")),
        (UndoneKind::Part, "part", Some("outbox.not_readable")),
    ] {
        let listed = list(&house, &stall, kind).await;
        assert_eq!((listed.len(), &*listed[0].what, listed[0].why.as_deref()), (1, what, why), "{kind:?}");
        let row = listed[0].row;
        let again = || house.store.put_up_again(stall.merchant, kind, row, house.now());
        assert!(again().await.unwrap(), "{kind:?}");
        assert!(!again().await.unwrap(), "only once");
        assert!(list(&house, &stall, kind).await.is_empty());
    }
    assert_eq!(house.due().await.len(), 3);
    let first = house.lease().await.unwrap();
    let second = house.lease().await.unwrap();
    let waits: usize = [&first, &second].iter().map(|leased| leased.events.len() + leased.parts.len()).sum();
    assert_eq!(waits, 2);
}

#[tokio::test]
async fn t43_another_merchants_are_neither_listed_nor_put_up() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;
    all_kinds(&house, &stall).await;

    for kind in KINDS {
        let row = list(&house, &stall, kind).await[0].row;
        assert!(list(&house, &other, kind).await.is_empty(), "{kind:?}");
        assert!(!house.store.put_up_again(other.merchant, kind, row, house.now()).await.unwrap());
    }
    assert_eq!(house.due().await, Vec::<String>::new());
    let counts = Waiting { dead: 1, given_up: 1, parked: 1, quarantined: 0 };
    assert_eq!(house.store.count_waiting().await.unwrap(), counts);
}

fn piece(body: &[u8]) -> Quarantined {
    Quarantined { source: "messenger", why: "not JSON", head: Some("[]".to_owned()), body: body.to_vec() }
}

#[tokio::test]
async fn t06_a_piece_leaves_the_quarantine_in_the_unit_that_gives_it_its_effect_or_not_at_all() {
    let (house, stall) = House::with_stall().await;
    let accept =
        async |delivery: Delivery| house.store.accept(delivery, house.now(), house.now().plus(PAUSE)).await;
    let pieces = vec![piece(b"first"), piece(b"second")];
    accept(Delivery { quarantined: pieces, ..Delivery::default() }).await.unwrap();
    let rows = house.store.list_quarantine(0, 10).await.unwrap();
    let found = house.store.find_quarantined(rows[1].row).await.unwrap().unwrap();
    assert_eq!((rows.len(), &found.body[..], found.head.as_deref()), (2, &b"second"[..], Some("[]")));
    assert_eq!(house.store.list_quarantine(rows[0].row, 10).await.unwrap(), rows[1..]);

    let event = house.event(&stall, "ana", EventKind::Message);
    let read = Delivery { conversations: vec![event], releases: Some(rows[0].row), ..Delivery::default() };
    assert_eq!(accept(read.clone()).await.unwrap().stored.len(), 1);
    assert!(matches!(accept(read).await, Err(StoreError::Conflict)), "somebody else took it");
    let other = house.event(&stall, "bo", EventKind::Message);
    let gone = Delivery { conversations: vec![other], releases: Some(999), ..Delivery::default() };
    assert!(matches!(accept(gone).await, Err(StoreError::Conflict)));

    assert_eq!(house.lease_settled().await.events.len(), 1, "ana's");
    assert!(house.lease().await.is_none(), "what was undone leaves nothing");
    assert_eq!(house.store.list_quarantine(0, 10).await.unwrap(), rows[1..]);
}

#[tokio::test]
async fn what_waits_leaves_the_list_by_one_decision() {
    let (house, stall) = House::with_stall().await;
    all_kinds(&house, &stall).await;
    let end = async |kind, row, ending| {
        house.store.end_wait(stall.merchant, kind, row, ending, house.now()).await.unwrap()
    };

    for kind in KINDS {
        let row = list(&house, &stall, kind).await[0].row;
        if kind == UndoneKind::Part {
            assert!(end(kind, row, Ending::WasSent).await);
        } else {
            assert!(!end(kind, row, Ending::WasSent).await, "{kind:?} was never sent");
            assert!(end(kind, row, Ending::Dropped).await, "{kind:?}");
        }
        assert!(!end(kind, row, Ending::Dropped).await, "{kind:?} is decided");
        assert!(!house.store.put_up_again(stall.merchant, kind, row, house.now()).await.unwrap());
        assert!(list(&house, &stall, kind).await.is_empty(), "{kind:?}");
    }
    assert_eq!(house.due().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_part_that_a_person_says_arrived_is_in_the_history() {
    let (house, stall) = House::with_stall().await;
    all_kinds(&house, &stall).await;
    let row = list(&house, &stall, UndoneKind::Part).await[0].row;

    house.store.end_wait(stall.merchant, UndoneKind::Part, row, Ending::WasSent, house.now()).await.unwrap();

    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    assert!(house.history(&leased).await.contains(&"clerk: One".to_owned()));
}

#[tokio::test]
async fn what_the_channel_refused_is_listed_and_what_was_withdrawn_is_not() {
    let (house, stall) = House::with_stall().await;
    for (code, listed) in
        [("meta.551", true), ("window.closed", true), ("paused", false), ("opted_out", false)]
    {
        let (leased, turn) = house.answered(&stall, &["One", "Two"]).await;
        let refused = Settled::Refused { code: code.to_owned() };
        house
            .store
            .settle_send(&leased.lease, turn.parts[0].0, refused, Vec::new(), Then::Stay, house.now())
            .await
            .unwrap();
        house.release(&leased).await;

        let found = list(&house, &stall, UndoneKind::Part).await;
        let why: Vec<_> = found.iter().filter_map(|row| row.why.as_deref()).collect();
        assert_eq!(why.contains(&code), listed, "{why:?}");
        assert!(!why.contains(&"withdrawn"));
    }
}

#[tokio::test]
async fn a_shopper_who_wants_a_person_waits_until_one_speaks() {
    let (house, stall) = House::with_stall().await;
    all_kinds(&house, &stall).await;
    let wanted = list(&house, &stall, UndoneKind::Person).await;
    assert_eq!((wanted.len(), wanted[0].why.as_deref()), (1, Some("person.wanted")));

    house.person_writes(&stall, "cy").await;

    assert!(list(&house, &stall, UndoneKind::Person).await.is_empty());
}

#[tokio::test]
async fn t10_a_message_left_to_a_person_is_in_the_history_once_also_when_it_is_answered_after_all() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let heard = house::heard(&leased);
    let (lease, events) = (&leased.lease, ids(&leased));
    let left = house.store.leave_events(lease, &events, heard, "turn.too_late", Vec::new(), house.now());
    left.await.unwrap();
    assert_eq!(house.history(&leased).await.len(), 1);
    house.release(&leased).await;
    assert_eq!(house.due().await, Vec::<String>::new());

    let row = list(&house, &stall, UndoneKind::Event).await[0].row;
    assert!(house.store.put_up_again(stall.merchant, UndoneKind::Event, row, house.now()).await.unwrap());

    let leased = house.lease().await.unwrap();
    assert_eq!(leased.events[0].again_at, Some(house.now()));
    house.store.finish_turn(&leased.lease, house.turn(&leased, &["One"])).await.unwrap();
    assert_eq!(house.history(&leased).await.len(), 1, "what is said once is heard once");
}

#[tokio::test]
async fn t08_a_message_that_was_left_twice_is_answered_once_when_a_person_says_so() {
    let (house, stall) = House::with_stall().await;
    let event = house.writes(&stall, "ana").await;
    let mut left = Vec::new();
    for number in 1..=2 {
        let leased = house.lease_settled().await;
        left.extend(house::ids(&leased));
        house.store.fail_turn(&leased.lease, &house::ids(&leased), None, "story", house.now()).await.unwrap();
        house.release(&leased).await;
        let twin = ConversationEvent { dedup: DedupKey([number; 16]), at: house.now(), ..event.clone() };
        house.deliver(vec![twin].into_iter().filter(|_| number == 1).collect()).await;
    }

    let mut asks = Vec::new();
    for row in left {
        assert!(
            house.store.put_up_again(stall.merchant, UndoneKind::Event, row.0, house.now()).await.unwrap()
        );
        let leased = house.lease_settled().await;
        asks.push(leased.events[0].asks_for_reply);
        house.store.finish_turn(&leased.lease, house.turn(&leased, &[])).await.unwrap();
        house.release(&leased).await;
    }

    assert_eq!(asks, [true, false]);
}

/// What settled later under a lease says nothing of what a person puts up afterwards.
#[tokio::test]
async fn t61_what_a_person_puts_up_after_the_clock_was_set_back_is_due_at_once() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let mut events = house::ids(&leased);
    let second = house.event(&stall, "ana", EventKind::Message);
    events.extend(house.deliver(vec![second]).await.stored.iter().map(|stored| stored.event));
    house.store.fail_turn(&leased.lease, &events, None, "story", house.now()).await.unwrap();
    house.release(&leased).await;
    house.clock.jump_to(house.now().minus(Duration::from_hours(1)));

    let row = events[0].0;
    assert!(house.store.put_up_again(stall.merchant, UndoneKind::Event, row, house.now()).await.unwrap());

    assert!(house.lease().await.is_some());
}
