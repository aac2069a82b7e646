//! Parts on their way out: in order, under the lease, only while all they rest on holds.

use std::time::Duration;

use shopclerk_domain::claim::{Claim, Fact, RowId};
use shopclerk_domain::ids::{PartId, ProductId};
use shopclerk_domain::message::{Content, Part, PartState};
use shopclerk_domain::money::{Currency, Money};
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_storage::nouns::outbox::{Settled, StartSend, Then};

use crate::house::{self, House, Stall};

fn bare(part: PartId) -> StartSend {
    StartSend { part, rests_on: Vec::new(), claims: Vec::new() }
}

async fn start(house: &House, leased: &Leased, part: PartId) -> Result<(), StoreError> {
    house.store.start_send(&leased.lease, bare(part), house.now()).await
}

async fn settle(house: &House, leased: &Leased, part: PartId, settled: Settled) -> Result<(), StoreError> {
    let settle = house.store.settle_send(&leased.lease, part, settled, Vec::new(), Then::Stay, house.now());
    settle.await.map(drop)
}

async fn state(house: &House, stall: &Stall, part: PartId) -> PartState {
    house.store.find_part(stall.merchant, part).await.unwrap().unwrap().state
}

fn sent(native_id: &str) -> Settled {
    Settled::Sent { native_id: Some(native_id.to_owned()) }
}

#[tokio::test]
async fn parts_leave_in_order_and_join_the_history_as_they_are_sent() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one", "two"]).await;
    let [first, second] = [turn.parts[0].0, turn.parts[1].0];

    assert!(matches!(start(&house, &leased, second).await, Err(StoreError::Conflict)));
    start(&house, &leased, first).await.unwrap();
    assert!(matches!(start(&house, &leased, first).await, Err(StoreError::Conflict)));
    assert_eq!(house.history(&leased).await.len(), 1);
    settle(&house, &leased, first, sent("m_1")).await.unwrap();
    start(&house, &leased, second).await.unwrap();
    settle(&house, &leased, second, sent("m_2")).await.unwrap();

    assert_eq!(house.history(&leased).await[1..], ["clerk: one", "clerk: two"]);
    house.release(&leased).await;
    assert_eq!(house.store.next_due().await.unwrap().soonest(), None);
}

#[tokio::test]
async fn i4_a_part_leaves_only_while_the_rows_it_rests_on_have_not_changed() {
    let (house, stall) = House::with_stall().await;
    let store = async |product| {
        let store =
            house.store.store_products(stall.merchant, &stall.shop, vec![product], house.now(), vec![]);
        store.await.unwrap();
    };
    store(house::candle(1, 2_490)).await;
    let (leased, turn) = house.answered(&stall, &["It is $24.90."]).await;
    let part = turn.parts[0].0;
    let row = house.store.find_products(stall.merchant, &[ProductId::new(1)]).await.unwrap().remove(0);
    let claim = Claim {
        fact: Fact::Price(Money::new(2_490, Currency::USD)),
        said: "$24.90".to_owned(),
        row: RowId::Product(ProductId::new(1)),
        variant: None,
        version: row.version,
        read_at: row.read_at,
    };
    let send = |version| StartSend {
        part,
        rests_on: vec![(RowId::Product(ProductId::new(1)), version)],
        claims: vec![claim.clone()],
    };

    let mut dearer = house::candle(1, 2_990);
    dearer.updated_at = house.now();
    store(dearer).await;
    let refused = house.store.start_send(&leased.lease, send(row.version), house.now()).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));

    let row = house.store.find_products(stall.merchant, &[ProductId::new(1)]).await.unwrap().remove(0);
    house.store.start_send(&leased.lease, send(row.version), house.now()).await.unwrap();
    let found = house.store.find_part(stall.merchant, part).await.unwrap().unwrap();
    assert_eq!((found.state, found.part.claims), (PartState::Sending, vec![claim.clone()]));
    assert_eq!(found.sending_at, Some(house.now()));

    house.store.mark_gone(stall.merchant, &stall.shop, ProductId::new(1), vec![]).await.unwrap();
    settle(&house, &leased, part, Settled::Again { at: house.now(), code: "limited".to_owned() })
        .await
        .unwrap();
    let gone = house.store.start_send(&leased.lease, send(row.version), house.now()).await;
    assert!(matches!(gone, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn an_older_lease_sends_nothing() {
    let (house, stall) = House::with_stall().await;
    let (old, turn) = house.answered(&stall, &["one"]).await;
    let part = turn.parts[0].0;
    house.wait(house::HOLD);
    let new = house.lease().await.unwrap();

    assert!(matches!(start(&house, &old, part).await, Err(StoreError::Conflict)));
    start(&house, &new, part).await.unwrap();
    assert!(matches!(settle(&house, &old, part, sent("m")).await, Err(StoreError::Conflict)));
    settle(&house, &new, part, sent("m")).await.unwrap();
}

#[tokio::test]
async fn a_part_that_is_tried_again_waits_its_time_and_holds_up_what_follows() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one", "two"]).await;
    let (part, at) = (turn.parts[0].0, house.now().plus(Duration::from_mins(5)));
    start(&house, &leased, part).await.unwrap();

    settle(&house, &leased, part, Settled::Again { at, code: "meta.limited".to_owned() }).await.unwrap();
    house.release(&leased).await;
    // A new message is answered after what was said before it has left.
    house.writes(&stall, "ana").await;

    assert!(house.lease().await.is_none());
    assert_eq!(house.store.next_due().await.unwrap().soonest(), Some(at));
    house.wait(Duration::from_mins(5));
    let leased = house.lease().await.unwrap();
    let seen: Vec<_> = leased.parts.iter().map(|part| (part.state, part.attempt)).collect();
    assert_eq!(seen, [(PartState::Queued, 1), (PartState::Queued, 0)]);
    assert_eq!(leased.events.len(), 1);
}

#[tokio::test]
async fn what_waits_for_a_connection_may_leave_as_soon_as_it_is_made_again() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one"]).await;
    let (part, at) = (turn.parts[0].0, house.now().plus(Duration::from_mins(15)));
    let again = Settled::Again { at, code: "account.needs_reconnect".to_owned() };
    settle(&house, &leased, part, again).await.unwrap();
    house.release(&leased).await;
    assert_eq!(house.store.next_due().await.unwrap().soonest(), Some(at));

    house.connect_page(stall.merchant, &stall.page, Some("EAAG-new")).await;

    assert_eq!(house.store.next_due().await.unwrap().soonest(), Some(house.now()));
    assert_eq!(house.lease().await.unwrap().parts[0].id, part);
}

#[tokio::test]
async fn a_part_in_doubt_is_looked_at_then_and_may_go_back_to_the_queue() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one"]).await;
    let (part, look_at) = (turn.parts[0].0, house.now().plus(Duration::from_secs(10)));
    start(&house, &leased, part).await.unwrap();
    settle(&house, &leased, part, Settled::Unknown { look_at }).await.unwrap();
    house.release(&leased).await;

    assert_eq!(house.store.next_due().await.unwrap().soonest(), Some(look_at));
    house.wait(Duration::from_secs(10));
    let leased = house.lease().await.unwrap();
    assert_eq!(leased.parts[0].state, PartState::Unknown);
    let again = Settled::Again { at: house.now(), code: "absent".to_owned() };
    settle(&house, &leased, part, again).await.unwrap();
    // It may have been seen: its message cannot get another answer.
    let withdrawn = house.store.withdraw_turn(&leased.lease, part, house.now()).await;
    assert!(matches!(withdrawn, Err(StoreError::Conflict)));
    start(&house, &leased, part).await.unwrap();
}

#[tokio::test]
async fn a_turn_that_was_only_put_off_can_still_be_taken_back() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["It is $24.90."]).await;
    let part = turn.parts[0].0;
    start(&house, &leased, part).await.unwrap();
    let limited = Settled::Again { at: house.now(), code: "meta.limited".to_owned() };
    settle(&house, &leased, part, limited).await.unwrap();

    house.store.withdraw_turn(&leased.lease, part, house.now()).await.unwrap();

    house.release(&leased).await;
    assert_eq!(house.lease().await.unwrap().events.len(), 1);
}

#[tokio::test]
async fn what_follows_a_refused_or_parked_part_is_withdrawn() {
    let (house, stall) = House::with_stall().await;
    for settled in [
        Settled::Refused { code: "meta.551".to_owned() },
        Settled::Parked { code: "outbox.not_readable".to_owned() },
    ] {
        let (leased, turn) = house.answered(&stall, &["one", "two"]).await;
        start(&house, &leased, turn.parts[0].0).await.unwrap();

        settle(&house, &leased, turn.parts[0].0, settled).await.unwrap();

        assert_eq!(state(&house, &stall, turn.parts[1].0).await, PartState::Refused);
        house.release(&leased).await;
        assert_eq!(house.store.next_due().await.unwrap().soonest(), None);
    }
    let parked = house.store.list_parked(stall.merchant, 10).await.unwrap();
    assert_eq!(parked.iter().map(|part| part.part.content.gist()).collect::<Vec<_>>(), ["one"]);
}

#[tokio::test]
async fn a_rule_may_refuse_what_is_still_queued_but_nothing_is_sent_without_sending() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one"]).await;
    let part = turn.parts[0].0;

    assert!(matches!(settle(&house, &leased, part, sent("m")).await, Err(StoreError::Conflict)));
    let closed = Settled::Refused { code: "window.closed".to_owned() };
    settle(&house, &leased, part, closed.clone()).await.unwrap();

    assert_eq!(state(&house, &stall, part).await, PartState::Refused);
    assert!(matches!(settle(&house, &leased, part, closed).await, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn a_withdrawn_turn_gives_its_events_back_as_if_it_had_not_been() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let mut turn = house.turn(&leased, &["one", "two"]);
    turn.disclosed = true;
    turn.pause_until = Some(house.now().plus(house::PAUSE));
    house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();

    house.store.withdraw_turn(&leased.lease, turn.parts[0].0, house.now()).await.unwrap();
    house.release(&leased).await;

    let again = house.lease().await.unwrap();
    assert_eq!(house::ids(&again), house::ids(&leased));
    assert!(again.parts.is_empty() && again.history_is_empty && again.events[0].asks_for_reply);
    assert_eq!(again.conversation, leased.conversation);
    house.store.finish_turn(&again.lease, house.turn(&again, &["anew"])).await.unwrap();
    assert_eq!(house.history(&again).await.len(), 1);
}

#[tokio::test]
async fn a_message_whose_turns_are_taken_back_over_and_over_waits_longer_each_time() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let mut leased = house.lease_settled().await;
    for waits in [0, 0, 4, 8] {
        let turn = house.turn(&leased, &["untrue"]);
        house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();
        house.store.withdraw_turn(&leased.lease, turn.parts[0].0, house.now()).await.unwrap();
        house.release(&leased).await;

        let due = house.store.next_due().await.unwrap().soonest().unwrap();
        assert_eq!(due, house.now().plus(Duration::from_secs(waits)));
        house.wait(Duration::from_secs(waits));
        leased = house.lease().await.unwrap();
    }
}

#[tokio::test]
async fn a_disclosure_is_made_when_a_part_that_carries_it_is_sent() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let mut turn = house.turn(&leased, &["one", "two"]);
    turn.disclosed = true;
    house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();
    let disclosed_at = async || {
        let id = leased.lease.conversation;
        house.store.find_conversation(stall.merchant, id).await.unwrap().unwrap().disclosed_at
    };
    assert_eq!(disclosed_at().await, None);

    start(&house, &leased, turn.parts[0].0).await.unwrap();
    settle(&house, &leased, turn.parts[0].0, sent("m")).await.unwrap();

    assert_eq!(disclosed_at().await, Some(house.now()));
}

#[tokio::test]
async fn a_turn_of_which_anything_has_left_stays() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one", "two"]).await;
    start(&house, &leased, turn.parts[0].0).await.unwrap();
    settle(&house, &leased, turn.parts[0].0, sent("m")).await.unwrap();

    let withdrawn = house.store.withdraw_turn(&leased.lease, turn.parts[1].0, house.now()).await;

    assert!(matches!(withdrawn, Err(StoreError::Conflict)));
    assert_eq!(state(&house, &stall, turn.parts[1].0).await, PartState::Queued);
}

#[tokio::test]
async fn a_queued_part_can_be_rewritten_or_dropped_and_a_sent_one_cannot() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one", "two", "three"]).await;
    let part = |index: usize| turn.parts[index].0;
    let rewrite = async |index, content| {
        house.store.rewrite_part(&leased.lease, part(index), content, house.now()).await
    };
    let text = |text: &str| {
        let content = Content::Text { text: text.to_owned(), choices: Vec::new() };
        Some(Part { content, claims: Vec::new() })
    };
    start(&house, &leased, part(0)).await.unwrap();

    assert!(matches!(rewrite(0, text("new one")).await, Err(StoreError::Conflict)));
    rewrite(1, None).await.unwrap();
    rewrite(2, text("new three")).await.unwrap();
    assert!(matches!(rewrite(1, text("new two")).await, Err(StoreError::Conflict)));

    settle(&house, &leased, part(0), sent("m_1")).await.unwrap();
    start(&house, &leased, part(2)).await.unwrap();
    settle(&house, &leased, part(2), sent("m_3")).await.unwrap();
    assert_eq!(house.history(&leased).await[1..], ["clerk: one", "clerk: new three"]);
}

#[tokio::test]
async fn a_part_under_way_does_not_return_to_the_queue_when_a_person_has_spoken() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one"]).await;
    let part = turn.parts[0].0;
    start(&house, &leased, part).await.unwrap();
    house.person_writes(&stall, "ana").await;

    settle(&house, &leased, part, Settled::Again { at: house.now(), code: "limited".to_owned() })
        .await
        .unwrap();

    assert_eq!(state(&house, &stall, part).await, PartState::Refused);
}

#[tokio::test]
async fn a_withdrawn_part_is_not_started() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one"]).await;

    house.person_writes(&stall, "ana").await;

    assert!(matches!(start(&house, &leased, turn.parts[0].0).await, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn t13_what_a_lost_process_was_sending_is_in_doubt_at_the_next_start() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one", "two"]).await;
    start(&house, &leased, turn.parts[0].0).await.unwrap();

    let house = house.reopen().await;
    assert_eq!(house.store.recover_sending(house.now()).await.unwrap(), 1);
    assert_eq!(house.store.recover_sending(house.now()).await.unwrap(), 0);

    let leased = house.lease().await.unwrap();
    let states: Vec<_> = leased.parts.iter().map(|part| part.state).collect();
    assert_eq!(states, [PartState::Unknown, PartState::Queued]);
    assert!(leased.parts[0].sending_at.is_some());
}

#[tokio::test]
async fn cards_claims_and_choices_come_back_as_they_were() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let mut turn = house.turn(&leased, &["placeholder"]);
    turn.parts[0].1 = rich_part(house.now());

    house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();

    let found = house.store.find_part(stall.merchant, turn.parts[0].0).await.unwrap().unwrap();
    assert_eq!(found.part, turn.parts[0].1);
}

/// A part with one of everything that can be said.
fn rich_part(now: shopclerk_domain::clock::Timestamp) -> Part {
    use shopclerk_domain::ids::VariantId;
    use shopclerk_domain::message::{Button, Card, Choice};
    let money = Money::new(2_490, Currency::EUR);
    let facts = [
        Fact::Price(money),
        Fact::PriceFrom(money),
        Fact::PriceAtMost(money),
        Fact::PriceAtLeast(money),
        Fact::ReducedFrom(money),
        Fact::InStock(3),
        Fact::Available,
        Fact::SoldOut,
        Fact::Link("https://nordlys.example".to_owned()),
        Fact::Name("Candle".to_owned()),
    ];
    let claim = |fact| Claim {
        fact,
        said: "so".to_owned(),
        row: RowId::Product(ProductId::new(u64::MAX)),
        variant: Some(VariantId::new(8)),
        version: 3,
        read_at: now,
    };
    let link = Button::Link { title: "See".to_owned(), url: "https://nordlys.example/x".to_owned() };
    let tap = Button::Postback { title: "More".to_owned(), payload: "more".to_owned() };
    let card = Card {
        product: ProductId::new(7),
        title: "Candle".to_owned(),
        subtitle: "€24.90".to_owned(),
        image: Some("https://nordlys.example/x.png".to_owned()),
        url: None,
        buttons: vec![link, tap],
    };
    let choices = vec![Choice { title: "Cheaper".to_owned(), payload: "cheaper".to_owned() }];
    Part { content: Content::Cards { cards: vec![card], choices }, claims: facts.map(claim).to_vec() }
}

#[tokio::test]
async fn t13_what_did_not_arrive_goes_back_to_the_queue_once() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one", "two"]).await;
    let (part, in_a_while) = (turn.parts[0].0, house.now().plus(Duration::from_secs(30)));
    let found = async || house.store.find_part(stall.merchant, part).await.unwrap().unwrap();
    let doubted = async || {
        start(&house, &leased, part).await.unwrap();
        settle(&house, &leased, part, Settled::Unknown { look_at: house.now() }).await.unwrap();
    };
    assert!(matches!(settle(&house, &leased, part, Settled::Resend).await, Err(StoreError::Conflict)));
    doubted().await;

    let first = house.now();
    settle(&house, &leased, part, Settled::Missed { look_at: in_a_while }).await.unwrap();
    house.wait(Duration::from_secs(20));
    settle(&house, &leased, part, Settled::Missed { look_at: in_a_while }).await.unwrap();
    assert_eq!((found().await.missed_at, found().await.run_at), (Some(first), in_a_while));
    settle(&house, &leased, part, Settled::Resend).await.unwrap();
    let again = found().await;
    assert_eq!((again.state, again.missed_at, again.resent), (PartState::Queued, None, true));

    doubted().await;
    assert!(matches!(settle(&house, &leased, part, Settled::Resend).await, Err(StoreError::Conflict)));
    assert_eq!(state(&house, &stall, part).await, PartState::Unknown);
}

#[tokio::test]
async fn a_part_in_doubt_does_not_return_to_the_queue_when_a_person_has_spoken() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one"]).await;
    let part = turn.parts[0].0;
    start(&house, &leased, part).await.unwrap();
    settle(&house, &leased, part, Settled::Unknown { look_at: house.now() }).await.unwrap();

    house.person_writes(&stall, "ana").await;
    settle(&house, &leased, part, Settled::Resend).await.unwrap();

    assert_eq!(state(&house, &stall, part).await, PartState::Refused);
}

#[tokio::test]
async fn t51_what_is_found_long_after_it_was_sent_was_said_when_it_was_sent() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let mut turn = house.turn(&leased, &["one"]);
    turn.disclosed = true;
    house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();
    let (part, sent_at) = (turn.parts[0].0, house.now());
    start(&house, &leased, part).await.unwrap();
    settle(&house, &leased, part, Settled::Unknown { look_at: house.now() }).await.unwrap();

    house.wait(Duration::from_hours(8 * 24));
    settle(&house, &leased, part, sent("m_1")).await.unwrap();

    let id = leased.lease.conversation;
    let conversation = house.store.find_conversation(stall.merchant, id).await.unwrap().unwrap();
    assert_eq!(conversation.disclosed_at, Some(sent_at));
}
