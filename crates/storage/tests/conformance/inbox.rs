//! Deliveries: what is stored, what is known already, what must hold at once, and when a conversation is due.

use std::time::Duration;

use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::event::{
    AccountEvent, AccountNews, ConversationEvent, DedupKey, EventKind, ShopEvent, ShopHint,
};
use shopclerk_domain::ids::{PartId, ProductId};
use shopclerk_domain::message::PartState;
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_storage::nouns::inbox::{AccountJob, Delivery, FollowUp, Quarantined};
use shopclerk_storage::nouns::outbox::{Settled, StartSend, Then};
use tokio::task::JoinSet;

use crate::house::{self, HOLD, House, PAUSE, Stall};

#[tokio::test]
async fn a_message_makes_its_conversation_once_and_waits_there() {
    let (house, stall) = House::with_stall().await;

    let first = house.deliver(vec![house.event(&stall, "ana", EventKind::Message)]).await;
    let second = house.deliver(vec![house.event(&stall, "ana", EventKind::Message)]).await;
    let other = house.deliver(vec![house.event(&stall, "bo", EventKind::Message)]).await;

    let stored = &first.stored[0];
    assert_eq!(
        (stored.merchant, stored.account, stored.asks_for_reply),
        (stall.merchant, stall.account, true)
    );
    assert_eq!(stored.conversation, second.stored[0].conversation);
    assert_ne!(stored.conversation, other.stored[0].conversation);
    assert!(stored.event < second.stored[0].event);

    let leased = house.lease_settled().await;
    assert_eq!(leased.conversation.alias.expose(), "ana");
    assert_eq!(leased.events.len(), 2);
    assert!(leased.history_is_empty);
    assert_eq!(leased.conversation.last_shopper_at, Some(house::MORNING));
}

#[tokio::test]
async fn t08_one_event_delivered_sixteen_times_at_once_has_one_effect() {
    let (house, stall) = House::with_stall().await;
    let event = house.event(&stall, "ana", EventKind::Message);

    let mut deliveries = JoinSet::new();
    for number in 0..16 {
        let (store, now) = (house.store.clone(), house.now());
        // In different batches: alone, or behind another message.
        let mut conversations = vec![event.clone()];
        if number % 2 == 1 {
            conversations.insert(0, house.event(&stall, "bo", EventKind::Message));
        }
        let delivery = Delivery { conversations, ..Delivery::default() };
        deliveries.spawn(async move { store.accept(delivery, now, now).await.unwrap() });
    }
    let accepted = deliveries.join_all().await;

    assert_eq!(accepted.iter().map(|one| one.stored.len()).sum::<usize>(), 8 + 1);
    assert_eq!(accepted.iter().map(|one| one.duplicates).sum::<usize>(), 15);
    house.wait(Duration::from_secs(3));
    let ana = [house.lease().await.unwrap(), house.lease().await.unwrap()];
    let ana = ana.iter().find(|leased| leased.conversation.alias.expose() == "ana").unwrap();
    assert_eq!(ana.events.len(), 1);
}

#[tokio::test]
async fn t08_a_message_repeated_with_another_time_is_heard_once() {
    let (house, stall) = House::with_stall().await;
    let event = house.event(&stall, "ana", EventKind::Message);
    let again = |number: u8, kind: EventKind| ConversationEvent {
        dedup: DedupKey([number; 16]),
        kind,
        at: house.now(),
        ..event.clone()
    };
    let kinds = |leased: &Leased| -> Vec<(String, bool)> {
        leased.events.iter().map(|event| (event.kind.clone(), event.asks_for_reply)).collect()
    };
    let [asks, tap, repeated] =
        [("message", true), ("tap", true), ("repeated", false)].map(|(kind, asks)| (kind.to_owned(), asks));

    house.deliver(vec![event.clone(), again(1, EventKind::Message), again(2, EventKind::Tap)]).await;
    let leased = house.lease_settled().await;
    assert_eq!(kinds(&leased), [asks, repeated.clone(), tap]);
    house.store.finish_turn(&leased.lease, house.turn(&leased, &[])).await.unwrap();
    house.release(&leased).await;

    house.deliver(vec![again(3, EventKind::Message)]).await;
    assert_eq!(kinds(&house.lease_settled().await), [repeated]);
}

#[tokio::test]
async fn t08_what_was_left_to_a_person_is_not_answered_because_it_comes_again() {
    let (house, stall) = House::with_stall().await;
    let event = house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    house.store.fail_turn(&leased.lease, &house::ids(&leased), None, "story", house.now()).await.unwrap();
    house.release(&leased).await;

    house
        .deliver(vec![ConversationEvent { dedup: DedupKey([1; 16]), at: house.now(), ..event.clone() }])
        .await;

    let again = house.lease_settled().await;
    assert_eq!((&*again.events[0].kind, again.events[0].asks_for_reply), ("repeated", false));
    house.store.finish_turn(&again.lease, house.turn(&again, &[])).await.unwrap();
    house.release(&again).await;
    house.writes(&stall, "bo").await;
    let other =
        ConversationEvent { dedup: DedupKey([2; 16]), ..house.event(&stall, "bo", EventKind::Message) };
    house.deliver(vec![ConversationEvent { native_id: event.native_id, ..other }]).await;
    let bo = house.lease_settled().await;
    assert!(bo.events.iter().all(|event| event.asks_for_reply), "it is another conversation's");
}

#[tokio::test]
async fn t11_what_is_not_ours_is_counted_and_not_kept() {
    let (house, stall) = House::with_stall().await;
    let stranger = Stall { page: "page of nobody".to_owned(), ..stall };
    let event = house.event(&stranger, "ana", EventKind::Message);

    let first = house.deliver(vec![event.clone()]).await;
    assert_eq!((first.stored.len(), first.unknown), (0, 1));

    // Once the account is connected, a repetition is new: nothing was remembered.
    house.connect_page(stranger.merchant, "page of nobody", Some("t")).await;
    assert_eq!(house.deliver(vec![event]).await.stored.len(), 1);
}

#[tokio::test]
async fn t10_events_beyond_the_dedup_window_or_from_tomorrow_ask_for_nothing() {
    let (house, stall) = House::with_stall().await;
    let day = Duration::from_hours(24);

    for at in [house.now().minus(day * 36), house.now().plus(day)] {
        let mut event = house.event(&stall, "ana", EventKind::Message);
        event.at = at;
        let accepted = house.deliver(vec![event]).await;
        assert_eq!(accepted.stored.len(), 1);
        assert!(!accepted.stored[0].asks_for_reply);
    }

    house.wait(day * 2);
    assert!(house.lease().await.is_none());
}

/// When the conversation is leased after messages at these moments (ms), by a rule of 800 ms of quiet and 3 s in all, if it is tried
/// whenever it seems due.
async fn check_settled(written: &[u64], due: i64) {
    let (house, stall) = House::with_stall().await;
    let mut clock = 0;
    for at in written {
        house.wait(Duration::from_millis(at - clock));
        clock = *at;
        house.writes(&stall, "ana").await;
    }
    while house.lease().await.is_none() {
        let next = house.store.next_due().await.unwrap().soonest().unwrap();
        assert!(next > house.now(), "{written:?}: what cannot be leased is not due");
        house.wait(next.since(house.now()));
    }
    assert_eq!(house.now().millis() - house::MORNING.millis(), due, "{written:?}");
}

#[tokio::test]
async fn a_turn_waits_for_quiet_but_not_for_ever() {
    check_settled(&[0], 800).await;
    check_settled(&[0, 500], 1_300).await;
    check_settled(&[0, 700, 1_400, 2_100], 2_900).await;
    check_settled(&[0, 700, 1_400, 2_100, 2_800], 3_000).await;
}

#[tokio::test]
async fn what_is_written_during_a_turn_settles_for_the_next_one() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    house.wait(Duration::from_secs(10));
    house.writes(&stall, "ana").await;

    house.store.finish_turn(&leased.lease, house.turn(&leased, &[])).await.unwrap();
    house.release(&leased).await;

    assert!(house.lease().await.is_none());
    house.wait(Duration::from_millis(800));
    assert_eq!(house.lease().await.unwrap().events.len(), 1);
}

#[tokio::test]
async fn reads_and_deliveries_wake_nobody() {
    let (house, stall) = House::with_stall().await;

    let accepted = house.deliver(vec![house.event(&stall, "ana", EventKind::Other("read".to_owned()))]).await;

    assert_eq!(accepted.stored.len(), 1);
    assert_eq!(house.store.next_due().await.unwrap().soonest(), None);
}

#[tokio::test]
async fn a_persons_message_pauses_withdraws_and_answers_what_was_asked_before() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["from us"]).await;
    house.release(&leased).await;
    house.writes(&stall, "ana").await;
    house.wait(Duration::from_millis(100));

    house.person_writes(&stall, "ana").await;

    let part = house.store.find_part(stall.merchant, turn.parts[0].0).await.unwrap().unwrap();
    assert_eq!(part.state, PartState::Refused);
    let leased = house.lease().await.unwrap();
    assert_eq!(leased.conversation.paused_until, Some(house.now().plus(house::PAUSE)));
    let seen: Vec<_> =
        leased.events.iter().map(|event| (event.kind.as_str(), event.asks_for_reply)).collect();
    assert_eq!(seen, [("message", false), ("person_echo", false)]);
}

#[tokio::test]
async fn a_pause_is_never_shortened() {
    let (house, stall) = House::with_stall().await;
    house.person_writes(&stall, "ana").await;
    let until = house.now().plus(house::PAUSE);
    let event = house.event(&stall, "ana", EventKind::PersonEcho);

    let delivery = Delivery { conversations: vec![event], ..Delivery::default() };
    house.store.accept(delivery, house.now(), house.now()).await.unwrap();

    assert_eq!(house.lease().await.unwrap().conversation.paused_until, Some(until));
}

#[tokio::test]
async fn our_own_echo_settles_its_part_once_and_pauses_nothing() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one", "two"]).await;
    let part = turn.parts[0].0;
    let send = StartSend { part, rests_on: Vec::new(), claims: Vec::new() };
    house.store.start_send(&leased.lease, send, house.now()).await.unwrap();

    for _ in 0..2 {
        house.deliver(vec![house.event(&stall, "ana", EventKind::OwnEcho(part))]).await;
    }
    let unclear = Settled::Unknown { look_at: house.now() };
    house.store.settle_send(&leased.lease, part, unclear, Vec::new(), Then::Stay, house.now()).await.unwrap();

    assert_eq!(house.store.find_part(stall.merchant, part).await.unwrap().unwrap().state, PartState::Sent);
    assert_eq!(house.history(&leased).await.last().unwrap(), "clerk: one");
    house.release(&leased).await;
    let again = house.lease().await.unwrap();
    assert_eq!(again.parts.iter().map(|part| part.id).collect::<Vec<_>>(), [turn.parts[1].0]);
    assert_eq!(again.conversation.paused_until, None);
}

#[tokio::test]
async fn an_echo_that_settles_a_part_in_doubt_brings_a_worker() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one"]).await;
    let part = turn.parts[0].0;
    let send = StartSend { part, rests_on: Vec::new(), claims: Vec::new() };
    house.store.start_send(&leased.lease, send, house.now()).await.unwrap();
    let unclear = Settled::Unknown { look_at: house.now().plus(Duration::from_secs(10)) };
    house.store.settle_send(&leased.lease, part, unclear, Vec::new(), Then::Stay, house.now()).await.unwrap();
    house.release(&leased).await;
    assert!(house.lease().await.is_none());

    house.deliver(vec![house.event(&stall, "ana", EventKind::OwnEcho(part))]).await;

    let leased = house.lease().await.unwrap();
    assert!(leased.parts.is_empty());
    assert_eq!(leased.events[0].kind, "own_echo");
    assert_eq!(house.history(&leased).await.last().unwrap(), "clerk: one");
}

#[tokio::test]
async fn an_echo_of_a_part_nobody_knows_is_recorded_without_effect() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["to ana"]).await;
    house.release(&leased).await;

    // Of a store before its restore, and of another conversation.
    let strange = PartId::new(house.now(), &*house.entropy);
    house.deliver(vec![house.event(&stall, "ana", EventKind::OwnEcho(strange))]).await;
    house.deliver(vec![house.event(&stall, "bo", EventKind::OwnEcho(turn.parts[0].0))]).await;

    let leased = house.lease().await.unwrap();
    assert_eq!(leased.conversation.paused_until, None);
    assert!(leased.events.is_empty());
    assert_eq!(leased.parts[0].state, PartState::Queued);
    assert!(house.lease().await.is_none());
}

#[tokio::test]
async fn a_message_taken_back_loses_its_words_wherever_they_are() {
    let (house, stall) = House::with_stall().await;
    let told = house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    house.store.finish_turn(&leased.lease, house.turn(&leased, &["answer"])).await.unwrap();
    let waiting = house.writes(&stall, "ana").await;

    for event in [&told, &waiting] {
        let native_id = event.native_id.clone().unwrap();
        house.deliver(vec![house.event(&stall, "ana", EventKind::Deleted { native_id })]).await;
    }

    assert_eq!(house.history(&leased).await, ["shopper: (nothing)"]);
    // Also when its turn is taken back and hears it anew.
    house.release(&leased).await;
    let again = house.lease_settled().await;
    house.store.withdraw_turn(&again.lease, again.parts[0].id, house.now()).await.unwrap();
    house.release(&again).await;
    let again = house.lease_settled().await;
    let seen: Vec<_> = again
        .events
        .iter()
        .map(|event| (event.kind.as_str(), event.asks_for_reply, event.body.len()))
        .collect();
    assert_eq!(seen[..2], [("deleted", false, 0), ("deleted", false, 0)]);
}

#[tokio::test]
async fn a_message_taken_back_during_its_turn_does_not_come_back_with_it() {
    let (house, stall) = House::with_stall().await;
    let event = house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let native_id = event.native_id.unwrap();
    house.deliver(vec![house.event(&stall, "ana", EventKind::Deleted { native_id })]).await;

    house.store.finish_turn(&leased.lease, house.turn(&leased, &["answer"])).await.unwrap();

    assert_eq!(house.history(&leased).await, ["shopper: (nothing)"]);
}

#[tokio::test]
async fn t12_a_message_that_arrives_after_it_was_taken_back_is_not_kept() {
    let (house, stall) = House::with_stall().await;
    let late = house.event(&stall, "ana", EventKind::Message);
    let native_id = late.native_id.clone().unwrap();

    house.deliver(vec![house.event(&stall, "ana", EventKind::Deleted { native_id })]).await;
    let accepted = house.deliver(vec![late]).await;

    assert!(!accepted.stored[0].asks_for_reply);
    let leased = house.lease().await.unwrap();
    assert_eq!(leased.events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["deleted"]);
}

#[tokio::test]
async fn a_shops_hint_puts_its_job_up_once_however_it_is_repeated() {
    let (house, stall) = House::with_stall().await;
    let hint = |keys: &[u8]| ShopEvent {
        shop: stall.shop.clone(),
        dedup: keys.iter().map(|key| DedupKey([*key; 16])).collect(),
        hint: ShopHint::ProductChanged(ProductId::new(1)),
        at: house.now(),
    };
    let deliver = async |event| {
        let job = FollowUp::Job(house::job(stall.merchant, "product 1", house.now()));
        let delivery = Delivery { shop: vec![(event, job)], ..Delivery::default() };
        house.store.accept(delivery, house.now(), house.now()).await.unwrap()
    };

    assert_eq!(deliver(hint(&[1, 2])).await.hints, 1);
    assert_eq!(deliver(hint(&[1, 3])).await.duplicates, 1);
    assert_eq!(deliver(hint(&[4, 3])).await.duplicates, 1);

    assert_eq!(house.due().await, ["job sync_catalogue product 1"]);
}

#[tokio::test]
async fn a_hint_made_out_to_another_merchant_moves_nothing() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;
    let hint = ShopEvent {
        shop: stall.shop.clone(),
        dedup: vec![DedupKey([9; 16])],
        hint: ShopHint::ShopChanged,
        at: house.now(),
    };
    let job = FollowUp::Job(house::job(other.merchant, "the other's", house.now()));

    let delivery = Delivery { shop: vec![(hint, job)], ..Delivery::default() };
    house.store.accept(delivery, house.now(), house.now()).await.unwrap();

    assert!(house.due().await.is_empty());
}

#[tokio::test]
async fn what_nobody_can_read_is_kept_for_a_person_without_failing_the_rest() {
    let (house, stall) = House::with_stall().await;
    let delivery = Delivery {
        conversations: vec![house.event(&stall, "ana", EventKind::Message)],
        quarantined: vec![Quarantined {
            source: "messenger",
            why: "not JSON",
            head: None,
            body: vec![0xff; 9],
        }],
        ..Delivery::default()
    };

    let accepted = house.store.accept(delivery, house.now(), house.now()).await.unwrap();

    assert_eq!(accepted.stored.len(), 1);
}

#[tokio::test]
async fn an_edit_reaches_a_message_that_waits_and_one_in_the_history() {
    let (house, stall) = House::with_stall().await;
    let message = house.writes(&stall, "ana").await;
    let edit = |text: &str| {
        let native_id = message.native_id.clone().unwrap();
        let mut edit = house.event(&stall, "ana", EventKind::Edited { native_id, text: text.to_owned() });
        edit.body = text.as_bytes().to_vec();
        edit
    };

    house.deliver(vec![edit("the red one")]).await;
    let leased = house.lease_settled().await;
    assert_eq!((leased.events.len(), leased.events[0].body.as_slice()), (1, &b"the red one"[..]));
    house.store.finish_turn(&leased.lease, house.turn(&leased, &[])).await.unwrap();
    house.release(&leased).await;

    house.deliver(vec![edit("the blue one")]).await;
    assert_eq!(house.history(&leased).await, ["shopper: the blue one"]);
    let taken_back = EventKind::Deleted { native_id: message.native_id.clone().unwrap() };
    house.deliver(vec![house.event(&stall, "ana", taken_back), edit("the green one")]).await;
    assert_eq!(house.history(&leased).await, ["shopper: (nothing)"], "what was taken back stays so");
}

#[tokio::test]
async fn a_thread_taken_and_given_back_silences_the_clerk_for_as_long() {
    let (house, stall) = House::with_stall().await;
    let (leased, _) = house.answered(&stall, &["waits"]).await;
    house.release(&leased).await;
    let paused = async || {
        let lease = &leased.lease;
        let found = house.store.find_conversation(lease.merchant, lease.conversation).await.unwrap();
        found.unwrap().paused_until
    };

    house.deliver(vec![house.event(&stall, "ana", EventKind::ThreadTaken)]).await;
    assert_eq!(paused().await, Some(house.now().plus(PAUSE)));
    assert!(house.lease().await.is_none(), "what waited is withdrawn");
    house.deliver(vec![house.event(&stall, "ana", EventKind::ThreadGiven)]).await;
    assert_eq!(paused().await, None);
}

#[tokio::test]
async fn a_contact_opens_the_window_and_of_reads_the_farthest_is_kept_without_a_row() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    house.wait(Duration::from_hours(30));

    house.deliver(vec![house.event(&stall, "ana", EventKind::Contact("reaction".to_owned()))]).await;

    let lease = &leased.lease;
    let found = house.store.find_conversation(lease.merchant, lease.conversation).await.unwrap().unwrap();
    assert_eq!(found.last_shopper_at, Some(house.now()));
    let read = |until| house.event(&stall, "ana", EventKind::Farthest { word: "read".to_owned(), until });
    let (early, late) = (house.now().minus(HOLD), house.now());
    let accepted = house.deliver(vec![read(early), read(late), read(early), read(late)]).await;
    assert_eq!((accepted.stored.len(), accepted.noted, accepted.duplicates), (0, 2, 2));
    let nobody = house.event(&stall, "nobody", EventKind::Farthest { word: "read".to_owned(), until: late });
    assert_eq!(house.deliver(vec![nobody]).await.unknown, 1);
}

#[tokio::test]
async fn what_is_said_of_an_account_is_known_once_and_followed_up_by_one_job() {
    let (house, stall) = House::with_stall().await;
    let event = |number: u8, news: AccountNews| AccountEvent {
        channel: ChannelKind::Messenger,
        account: stall.page.clone(),
        kind: "name".to_owned(),
        news,
        dedup: DedupKey([number; 16]),
        at: None,
    };
    let deliver = async |events: Vec<AccountEvent>| {
        let job = Some(AccountJob { kind: "read_account", run_at: house.now() });
        let accounts = events.into_iter().map(|event| (event, job)).collect();
        let delivery = Delivery { accounts, ..Delivery::default() };
        house.store.accept(delivery, house.now(), house.now()).await.unwrap()
    };
    let state = async || {
        house.store.find_account(stall.merchant, stall.account).await.unwrap().unwrap().account.state
    };

    let changes = (1..=5).map(|number| event(number, AccountNews::Changed)).collect();
    assert_eq!(deliver(changes).await.noted, 5);
    assert_eq!(deliver(vec![event(5, AccountNews::Changed)]).await.duplicates, 1);
    assert_eq!(house.due().await, [format!("job read_account {}", stall.account)]);

    assert_eq!(deliver(vec![event(6, AccountNews::Blocked)]).await.moved.len(), 1);
    assert_eq!(state().await, ConnectionState::Blocked);
    deliver(vec![event(7, AccountNews::Unblocked)]).await;
    assert_eq!(state().await, ConnectionState::Ok);
    let stranger = AccountEvent { account: "nobody's".to_owned(), ..event(8, AccountNews::Changed) };
    assert_eq!(deliver(vec![stranger]).await.unknown, 1);
}
