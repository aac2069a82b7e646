//! Leases, turns and history: one worker at a time, all of a turn or nothing.

use std::time::Duration;

use shopclerk_domain::conversation::Memory;
use shopclerk_domain::ids::{ProductId, VariantId};
use shopclerk_domain::language::Language;
use shopclerk_domain::message::{Author, Message, PartState};
use shopclerk_domain::money::{Currency, Money};
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::conversations::{FinishedTurn, Leased, OptOut};
use shopclerk_storage::nouns::deliveries::UndoneKind;

use crate::house::{self, HOLD, House};

#[tokio::test]
async fn a_conversation_is_leased_to_one_worker_until_its_end() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;

    let first = house.lease_settled().await;
    assert!(house.lease().await.is_none());
    house.wait(HOLD);
    let second = house.lease().await.unwrap();

    assert!(second.lease.fence > first.lease.fence);
    assert_eq!(house::ids(&second), house::ids(&first));
}

#[tokio::test]
async fn an_older_lease_changes_nothing() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let old = house.lease_settled().await;
    house.wait(HOLD);
    let new = house.lease().await.unwrap();
    let (events, now) = (house::ids(&old), house.now());
    let turn = house.turn(&old, &["twice"]);

    let refused = [
        house.store.finish_turn(&old.lease, turn).await.map(drop),
        house.store.finish_events(&old.lease, &events, house::heard(&old), Vec::new(), now).await,
        house.store.fail_turn(&old.lease, &events, Some(now), "late", now).await,
        house.store.release(&old.lease, now).await,
    ];

    assert!(refused.iter().all(|one| matches!(one, Err(StoreError::Conflict))), "{refused:?}");
    assert!(house.history(&new).await.is_empty());
    house.store.finish_turn(&new.lease, house.turn(&new, &["once"])).await.unwrap();
}

#[tokio::test]
async fn a_lease_that_was_given_back_is_over() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;

    house.release(&leased).await;

    let late = house.store.finish_turn(&leased.lease, house.turn(&leased, &["late"])).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    assert!(house.lease().await.is_some());
}

#[tokio::test]
async fn the_conversation_that_has_been_due_the_longest_comes_first() {
    let (house, stall) = House::with_stall().await;
    for shopper in ["ana", "bo", "cleo"] {
        house.writes(&stall, shopper).await;
        house.wait(Duration::from_millis(10));
    }
    house.wait(Duration::from_secs(3));

    let mut order = Vec::new();
    while let Some(leased) = house.lease().await {
        order.push(leased.conversation.alias.expose().to_owned());
    }

    assert_eq!(order, ["ana", "bo", "cleo"]);
}

#[tokio::test]
async fn a_finished_turn_is_true_as_a_whole() {
    let (house, stall) = House::with_stall().await;
    let event = house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let mut turn = house.turn(&leased, &["one", "two"]);
    turn.memory = Memory {
        words: "warm candles".to_owned(),
        at_most: Some(Money::new(4_000, Currency::USD)),
        at_least: None,
        shown: vec![ProductId::new(7), ProductId::new(9)],
        about: Some(ProductId::new(9)),
        version: Some(VariantId::new(91)),
        language: Language::De,
    };
    turn.disclosed = true;
    turn.provenance = r#"{"tool":"search"}"#.to_owned();
    turn.jobs = vec![house::job(stall.merchant, "mirror", house.now())];

    house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();

    let id = leased.lease.conversation;
    let conversation = house.store.find_conversation(stall.merchant, id).await.unwrap().unwrap();
    assert_eq!(conversation.memory, turn.memory);
    assert_eq!(conversation.disclosed_at, None, "nothing has been said yet");
    assert_eq!(house.history(&leased).await, [format!("shopper: body of {}", event.native_id.unwrap())]);
    let record = house.store.find_turn(stall.merchant, turn.turn).await.unwrap().unwrap();
    assert_eq!((record.at, record.provenance), (turn.at, turn.provenance));
    assert_eq!(house.due().await, ["job sync_catalogue mirror"]);
    house.release(&leased).await;
    let again = house.lease().await.unwrap();
    assert!(again.events.is_empty() && !again.history_is_empty);
    assert_eq!(
        again.parts.iter().map(|part| part.id).collect::<Vec<_>>(),
        [turn.parts[0].0, turn.parts[1].0]
    );
}

#[tokio::test]
async fn a_turn_over_events_that_are_done_already_is_a_conflict() {
    let (house, stall) = House::with_stall().await;
    let (leased, _) = house.answered(&stall, &["once"]).await;

    let twice = house.store.finish_turn(&leased.lease, house.turn(&leased, &["twice"])).await;

    assert!(matches!(twice, Err(StoreError::Conflict)), "{twice:?}");
    assert_eq!(house.history(&leased).await.len(), 1);
}

#[tokio::test]
async fn a_person_who_speaks_during_a_turn_silences_it() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    house.person_writes(&stall, "ana").await;
    let turn = house.turn(&leased, &["too late"]);

    house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();

    let part = house.store.find_part(stall.merchant, turn.parts[0].0).await.unwrap().unwrap();
    assert_eq!(part.state, PartState::Refused);
    house.release(&leased).await;
    let next = house.lease().await.unwrap();
    assert_eq!(next.events[0].kind, "person_echo");
    assert!(next.parts.is_empty());
}

#[tokio::test]
async fn a_pause_the_turn_asks_for_begins_after_its_own_words() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let mut turn = house.turn(&leased, &["a person will answer you"]);
    let until = house.now().plus(house::PAUSE);
    turn.pause_until = Some(until);

    house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();

    let id = leased.lease.conversation;
    let conversation = house.store.find_conversation(stall.merchant, id).await.unwrap().unwrap();
    assert_eq!(conversation.paused_until, Some(until));
    let part = house.store.find_part(stall.merchant, turn.parts[0].0).await.unwrap().unwrap();
    assert_eq!(part.state, PartState::Queued);
}

#[tokio::test]
async fn t14_a_stop_that_was_heard_outside_any_turn_outlives_the_turn_before_it() {
    let (house, stall) = House::with_stall().await;
    let opted_out = async |leased: &Leased| {
        let found = house.store.find_conversation(stall.merchant, leased.lease.conversation).await;
        found.unwrap().unwrap().opted_out
    };
    for opt_out in [OptOut::Stays, OptOut::Begins, OptOut::Ends] {
        house.writes(&stall, "ana").await;
        let leased = house.lease_settled().await;
        let mut turn = house.turn(&leased, &["It is $24.90."]);
        turn.opt_out = opt_out;
        house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();

        house.store.opt_out(&leased.lease).await.unwrap();
        house.store.withdraw_turn(&leased.lease, turn.parts[0].0, house.now()).await.unwrap();

        assert!(opted_out(&leased).await, "{opt_out:?}");
        let again = house.turn(&leased, &[]);
        house
            .store
            .finish_turn(&leased.lease, FinishedTurn { opt_out: OptOut::Ends, ..again })
            .await
            .unwrap();
        house.release(&leased).await;
        assert!(!opted_out(&leased).await);
    }
}

#[tokio::test]
async fn a_withdrawn_turn_takes_back_the_stop_it_heard_and_brings_back_the_one_it_ended() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let (merchant, id) = (stall.merchant, leased.lease.conversation);
    let opted_out = async || house.store.find_conversation(merchant, id).await.unwrap().unwrap().opted_out;
    let undone = async |opt_out| {
        let turn = FinishedTurn { opt_out, ..house.turn(&leased, &["It is $24.90."]) };
        house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();
        let during = opted_out().await;
        house.store.withdraw_turn(&leased.lease, turn.parts[0].0, house.now()).await.unwrap();
        during
    };

    assert!(undone(OptOut::Begins).await);
    assert!(!opted_out().await);
    house.store.opt_out(&leased.lease).await.unwrap();
    assert!(!undone(OptOut::Ends).await);
    assert!(opted_out().await);
}

#[tokio::test]
async fn who_waits_for_a_person_goes_on_waiting_when_a_later_call_is_taken_back() {
    let (house, stall) = House::with_stall().await;
    let calls = async |says: &[&str]| {
        house.writes(&stall, "ana").await;
        let leased = house.lease_settled().await;
        let turn = house.turn(&leased, says);
        let turn = FinishedTurn { pause_until: Some(house.now().plus(house::PAUSE)), ..turn };
        house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();
        (leased, turn)
    };
    let waiting = async || {
        let listed = house.store.list_undone(stall.merchant, UndoneKind::Person, 0, 10).await.unwrap();
        listed.iter().map(|one| one.since).collect::<Vec<_>>()
    };
    let (first, turn) = calls(&[]).await;
    house.release(&first).await;
    house.wait(house::PAUSE);

    let (second, again) = calls(&["a person will answer you"]).await;
    house.store.withdraw_turn(&second.lease, again.parts[0].0, house.now()).await.unwrap();

    assert_eq!(waiting().await, [turn.at]);
}

#[tokio::test]
async fn a_failed_turn_waits_and_is_counted_and_ends_as_a_dead_letter() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let later = house.now().plus(Duration::from_secs(30));
    let events = house::ids(&leased);
    house.store.fail_turn(&leased.lease, &events, Some(later), "model.silent", house.now()).await.unwrap();
    house.release(&leased).await;

    assert_eq!(house.store.next_due().await.unwrap().soonest(), Some(later));
    house.wait(Duration::from_secs(30));
    let again = house.lease().await.unwrap();
    assert_eq!(again.events[0].attempt, 1);
    house.store.fail_turn(&again.lease, &events, None, "model.silent", house.now()).await.unwrap();
    house.release(&again).await;

    assert_eq!(house.store.next_due().await.unwrap().soonest(), None);
}

#[tokio::test]
async fn a_new_message_does_not_wait_for_the_retry_of_an_old_one() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let later = house.now().plus(Duration::from_hours(1));
    house
        .store
        .fail_turn(&leased.lease, &house::ids(&leased), Some(later), "model.silent", house.now())
        .await
        .unwrap();
    house.release(&leased).await;

    house.writes(&stall, "ana").await;

    assert_eq!(house.lease_settled().await.events.len(), 2);
}

#[tokio::test]
async fn events_without_a_turn_join_the_history() {
    let (house, stall) = House::with_stall().await;
    house.person_writes(&stall, "ana").await;
    let leased = house.lease().await.unwrap();
    let said = Message {
        author: Author::Person,
        native_id: Some("m_person".to_owned()),
        text: Some("I am here".to_owned()),
        at: house.now(),
    };
    let jobs = vec![house::job(stall.merchant, "mirror", house.now())];

    let events = house::ids(&leased);
    house.store.finish_events(&leased.lease, &events, vec![said], jobs, house.now()).await.unwrap();
    house.release(&leased).await;

    assert_eq!(house.history(&leased).await, ["person: I am here"]);
    assert_eq!(house.due().await, ["job sync_catalogue mirror"]);
}

#[tokio::test]
async fn what_waits_is_found_in_whatever_order_the_rest_ends() {
    let (house, stall) = House::with_stall().await;
    for _ in 0..6 {
        house.writes(&stall, "ana").await;
        house.wait(Duration::from_millis(10));
    }
    let leased = house.lease_settled().await;
    let all = house::ids(&leased);
    let (lease, now) = (&leased.lease, house.now());

    // The oldest, the newest and one between end, each in its own way; a new one comes while they do.
    house.store.leave_events(lease, &all[..1], Vec::new(), "person.wanted", Vec::new(), now).await.unwrap();
    house.store.fail_turn(lease, &all[2..3], Some(now.plus(HOLD)), "model.slow", now).await.unwrap();
    house.store.fail_turn(lease, &all[3..4], None, "model.gone", now).await.unwrap();
    let new = house.writes(&stall, "ana").await;
    house.store.finish_events(lease, &all[5..], Vec::new(), Vec::new(), now).await.unwrap();
    house.release(&leased).await;
    let revived = all[3].0;
    assert!(house.store.put_up_again(stall.merchant, UndoneKind::Event, revived, now).await.unwrap());

    let leased = house.lease_settled().await;
    assert_eq!(house::ids(&leased)[..4], [all[1], all[2], all[3], all[4]]);
    assert_eq!(leased.events.last().unwrap().native_id, new.native_id);
    let rest = house::ids(&leased);
    house.store.finish_events(&leased.lease, &rest, Vec::new(), Vec::new(), house.now()).await.unwrap();
    house.release(&leased).await;
    house.wait(HOLD);
    assert!(house.lease().await.is_none());
}

#[tokio::test]
async fn a_full_batch_leaves_the_rest_due_at_once_and_in_order() {
    let (house, stall) = House::with_stall().await;
    let mut events = Vec::new();
    for number in 0..60_u64 {
        let mut event = house.event(&stall, "ana", shopclerk_domain::event::EventKind::Message);
        // Delivered backwards: the channel's own time decides.
        event.at = house.now().minus(Duration::from_millis(number));
        events.push(event);
    }
    house.deliver(events).await;

    let first = house.lease_settled().await;
    assert_eq!(first.events.len(), 50);
    assert!(first.events.is_sorted_by_key(|event| event.at));
    house.store.finish_turn(&first.lease, house.turn(&first, &[])).await.unwrap();
    house.release(&first).await;

    let rest = house.lease().await.unwrap();
    assert_eq!(rest.events.len(), 10);
    assert!(rest.events[0].at > first.events[49].at);
}

#[tokio::test]
async fn the_newest_messages_are_listed_oldest_first_and_a_name_is_remembered() {
    let (house, stall) = House::with_stall().await;
    for _ in 0..3 {
        house.wait(Duration::from_secs(1));
        house.writes(&stall, "ana").await;
    }
    let leased = house.lease_settled().await;
    house.store.finish_turn(&leased.lease, house.turn(&leased, &[])).await.unwrap();
    let (merchant, id) = (stall.merchant, leased.lease.conversation);

    let newest = house.store.list_messages(merchant, id, 2).await.unwrap();
    assert_eq!(newest, house::heard(&leased)[1..]);

    house.store.name_shopper(merchant, id, "Ana").await.unwrap();
    let conversation = house.store.find_conversation(merchant, id).await.unwrap().unwrap();
    assert_eq!(conversation.first_name.as_deref(), Some("Ana"));
}

#[tokio::test]
async fn i6_one_merchants_conversation_does_not_exist_for_another() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await.merchant;
    let (leased, turn) = house.answered(&stall, &["mine"]).await;
    let id = leased.lease.conversation;

    assert!(house.store.find_conversation(other, id).await.unwrap().is_none());
    assert!(house.store.list_messages(other, id, 10).await.unwrap().is_empty());
    assert!(house.store.find_turn(other, turn.turn).await.unwrap().is_none());
    assert!(house.store.find_part(other, turn.parts[0].0).await.unwrap().is_none());
    let named = house.store.name_shopper(other, id, "Eve").await;
    assert!(matches!(named, Err(StoreError::Conflict)));
    let mut forged = leased.lease.clone();
    forged.merchant = other;
    let released = house.store.release(&forged, house.now()).await;
    assert!(matches!(released, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn conversations_are_listed_merchant_by_merchant_and_page_by_page() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;
    for shopper in ["ana", "ben", "cleo"] {
        house.writes(&stall, shopper).await;
        house.wait(Duration::from_secs(1));
    }
    house.writes(&other, "dan").await;

    let list =
        async |merchant, after, most| house.store.list_conversation_ids(merchant, after, most).await.unwrap();
    let all = list(stall.merchant, None, 9).await;
    assert_eq!((all.len(), all.is_sorted()), (3, true));
    assert_eq!(list(stall.merchant, Some(all[0]), 1).await, [all[1]]);
    assert!(list(stall.merchant, Some(all[2]), 9).await.is_empty());
    assert_eq!(list(other.merchant, None, 9).await.len(), 1);
}

#[tokio::test]
async fn t50_replies_are_counted_for_an_hour_that_begins_with_the_first() {
    let (house, stall) = House::with_stall().await;
    let takes_turn = async |says: &[&str]| {
        let (leased, _) = house.answered(&stall, says).await;
        house.release(&leased).await;
        let (merchant, id) = (leased.lease.merchant, leased.lease.conversation);
        let conversation = house.store.find_conversation(merchant, id).await.unwrap().unwrap();
        (merchant, id, conversation.lately.replies(house.now()))
    };

    assert_eq!(takes_turn(&[]).await.2, 0, "silence is no reply");
    house.wait(Duration::from_mins(50));
    assert_eq!(takes_turn(&["one", "in two parts"]).await.2, 1);
    house.wait(Duration::from_mins(30));
    assert_eq!(takes_turn(&["two"]).await.2, 2);
    house.wait(Duration::from_mins(29));
    assert_eq!(takes_turn(&["three"]).await.2, 3);
    house.wait(Duration::from_mins(5));
    let (merchant, id, replies) = takes_turn(&["four"]).await;
    assert_eq!(replies, 1, "another hour");

    let conversation = house.store.find_conversation(merchant, id).await.unwrap().unwrap();
    let now = house.now();
    assert_eq!(conversation.lately.replies(now.plus(Duration::from_mins(59))), 1);
    assert_eq!(conversation.lately.replies(now.plus(Duration::from_mins(61))), 0);
    assert_eq!(conversation.lately.replies(now.minus(Duration::from_mins(1))), 0, "a clock set back");
}
