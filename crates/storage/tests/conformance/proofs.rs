//! What replies rest on is linked record to record: a change and a gap are found and named, and what is forgotten is
//! neither.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use shopclerk_domain::event::EventKind;
use shopclerk_domain::fault::NoFaults;
use shopclerk_domain::ids::TurnId;
use shopclerk_storage::installation::{Aged, Swept};
use shopclerk_storage::nouns::conversations::{FinishedTurn, Leased};
use shopclerk_storage::nouns::erasures::Scope;
use shopclerk_storage::nouns::proofs::{KeptRow, Standing};
use shopclerk_storage::{KeyRing, Proofs};

use crate::house::{HOLD, House, RING, Stall, open_in};

const FRESH: &str = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

/// The shopper writes, and a turn is recorded with these words.
async fn turn(house: &House, stall: &Stall, shopper: &str, record: &str) -> (Leased, FinishedTurn) {
    house.writes(stall, shopper).await;
    let leased = house.lease_settled().await;
    let mut turn = house.turn(&leased, &[]);
    turn.provenance = format!("{{\"understood\":\"{record}\"}}");
    house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();
    house.release(&leased).await;
    (leased, turn)
}

/// The whole chain, one word per record, looked at in stretches of two; `-n` for what was cut off.
async fn chain(store: &dyn Proofs, stall: &Stall) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), 0);
    loop {
        let stretch = store.verify_proofs(stall.merchant, after, 2).await.unwrap();
        seen.extend(stretch.proofs.iter().map(|proof| match proof.standing {
            Standing::Whole => format!("{} whole", proof.number),
            Standing::Erased => format!("{} erased", proof.number),
            Standing::Broken(why) => format!("{} broken: {why}", proof.number),
        }));
        if stretch.proofs.len() < 2 {
            seen.extend((stretch.cut_off > 0).then(|| format!("-{}", stretch.cut_off)));
            return seen;
        }
        after = stretch.proofs.last().unwrap().number;
    }
}

async fn standing(house: &House, stall: &Stall, turn: TurnId) -> Option<Standing> {
    house.store.find_proof(stall.merchant, turn).await.unwrap().map(|proof| proof.standing)
}

/// Four records, then somebody reaches into the database.
async fn check(change: &str, expected: &[&str]) {
    let (house, stall) = House::with_stall().await;
    for shopper in ["ana", "bob", "ana", "cleo"] {
        turn(&house, &stall, shopper, shopper).await;
    }
    house.close().await;
    let db = Connection::open(house.folder.path().join("shopclerk.db")).unwrap();
    db.execute_batch(change).unwrap();
    drop(db);

    let house = house.reopen().await;

    assert_eq!(chain(&*house.store, &stall).await, expected, "{change}");
}

#[tokio::test]
async fn a_change_is_found_and_named_wherever_it_is() {
    let of = |number: i64| format!("(SELECT turn FROM proof_links WHERE number = {number})");
    check("", &["1 whole", "2 whole", "3 whole", "4 whole"]).await;
    let other = format!("UPDATE turns SET provenance = '{{}}' WHERE turn = {}", of(2));
    check(&other, &["1 whole", "2 broken: its record was changed", "3 whole", "4 whole"]).await;
    let gone = format!("DELETE FROM turns WHERE turn = {}", of(3));
    check(&gone, &["1 whole", "2 whole", "3 broken: its record is missing", "4 whole"]).await;
    let links = "1 whole|2 broken: its link was changed|3 whole|4 whole";
    let links: Vec<&str> = links.split('|').collect();
    check("UPDATE proof_links SET link = zeroblob(32) WHERE number = 2", &links).await;
    check("UPDATE proof_links SET digest = zeroblob(32) WHERE number = 2", &links).await;
    check("UPDATE proof_links SET at = at - 1 WHERE number = 2", &links).await;
    check("UPDATE proof_links SET turn = zeroblob(16) WHERE number = 2", &links).await;
    check(
        "UPDATE proof_links SET salt = NULL WHERE number = 1",
        &["1 broken: its salt is missing", "2 whole", "3 whole", "4 whole"],
    )
    .await;
    check(
        "UPDATE proof_links SET salt = zeroblob(32) WHERE number = 1",
        &["1 broken: its record was changed", "2 whole", "3 whole", "4 whole"],
    )
    .await;
}

#[tokio::test]
async fn a_gap_is_found_and_named_wherever_it_is() {
    check(
        "DELETE FROM proof_links WHERE number = 2",
        &["1 whole", "3 broken: records before it are missing", "4 whole"],
    )
    .await;
    check("DELETE FROM proof_links WHERE number > 2", &["1 whole", "2 whole", "-2"]).await;
    check("DELETE FROM proof_links", &["-4"]).await;
    check(
        "UPDATE proof_chains SET link = zeroblob(32)",
        &["1 whole", "2 whole", "3 whole", "4 broken: the chain ends in another link"],
    )
    .await;
}

#[tokio::test]
async fn t52_what_is_forgotten_shows_as_erased_and_the_chain_still_holds() {
    let (house, stall) = House::with_stall().await;
    turn(&house, &stall, "ana", "a gift").await;
    let (bob, of_bob) = turn(&house, &stall, "bob", "a lamp").await;
    turn(&house, &stall, "ana", "a candle").await;

    let traces = Scope::Shopper(bob.conversation.shopper);
    let traces = house.store.list_traces(stall.merchant, traces, None, 9).await.unwrap();
    house.store.cut_off(stall.merchant, vec![traces[0].conversation], None).await.unwrap();
    while house.store.erase_conversation(stall.merchant, traces[0].conversation, 1).await.unwrap() {}

    assert_eq!(chain(&*house.store, &stall).await, ["1 whole", "2 erased", "3 whole"]);
    assert_eq!(standing(&house, &stall, of_bob.turn).await, Some(Standing::Erased));
    let mut place = Some(0);
    while let Some(after) = place {
        let aged = Aged::Turns { before: house.now().plus(HOLD) };
        let swept: Swept = house.store.sweep(aged, after, 2, house.now()).await.unwrap();
        place = swept.next;
    }
    turn(&house, &stall, "cleo", "a rug").await;
    assert_eq!(chain(&*house.store, &stall).await, ["1 erased", "2 erased", "3 erased", "4 whole"]);
}

#[tokio::test]
async fn a_message_taken_back_takes_the_records_that_may_hold_it() {
    let (house, stall) = House::with_stall().await;
    turn(&house, &stall, "bob", "a lamp").await;
    turn(&house, &stall, "ana", "before").await;
    let told = house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;
    let first = house.turn(&leased, &["no longer true"]);
    house.store.finish_turn(&leased.lease, first.clone()).await.unwrap();
    house.store.withdraw_turn(&leased.lease, first.parts[0].0, house.now()).await.unwrap();
    house.release(&leased).await;
    let again = house.lease_settled().await;
    house.store.finish_turn(&again.lease, house.turn(&again, &[])).await.unwrap();
    house.release(&again).await;
    turn(&house, &stall, "ana", "remembers it").await;

    let native_id = told.native_id.unwrap();
    house.deliver(vec![house.event(&stall, "ana", EventKind::Deleted { native_id })]).await;

    let seen = chain(&*house.store, &stall).await;
    assert_eq!(seen, ["1 whole", "2 whole", "3 erased", "4 erased", "5 erased"]);
}

#[tokio::test]
async fn t29_a_rotated_ring_keeps_the_chain_verifiable_without_the_former_key() {
    let (house, stall) = House::with_stall().await;
    turn(&house, &stall, "ana", "a gift").await;

    house.store.adopt_keys(KeyRing::parse(&format!("{FRESH},{RING}")).unwrap()).await.unwrap();
    turn(&house, &stall, "ana", "a candle").await;
    while house.store.reseal_next(9).await.unwrap().is_some() {}
    house.close().await;

    let (clock, faults) = (house.clock.clone(), Arc::new(NoFaults));
    let store = open_in(house.folder.path(), FRESH, clock, faults).await.unwrap();
    assert_eq!(chain(&store, &stall).await, ["1 whole", "2 whole"]);
}

#[tokio::test]
async fn t42_each_merchant_has_a_chain_of_their_own() {
    let (house, nordlys) = House::with_stall().await;
    let solvik = house.stall("solvik").await;
    let (_, of_nordlys) = turn(&house, &nordlys, "ana", "a gift").await;
    let (leased, _) = turn(&house, &solvik, "ana", "a lamp").await;
    turn(&house, &nordlys, "bob", "a rug").await;

    assert_eq!(chain(&*house.store, &nordlys).await, ["1 whole", "2 whole"]);
    assert_eq!(chain(&*house.store, &solvik).await, ["1 whole"]);
    assert_eq!(standing(&house, &solvik, of_nordlys.turn).await, None);
    let said = house.store.list_messages(solvik.merchant, leased.conversation.id, 9).await.unwrap();
    let native_id = said[0].native_id.clone().unwrap();
    let found = house.store.find_turn_of_message(nordlys.merchant, &native_id).await.unwrap();
    assert_eq!(found, None);
    assert!(house.store.find_turn_of_message(solvik.merchant, &native_id).await.unwrap().is_some());
}

#[tokio::test]
async fn t55_a_row_is_kept_once_until_no_young_record_uses_it_and_goes_with_the_goods() {
    let (house, stall) = House::with_stall().await;
    let kept = |name: u8| KeptRow { name: [name; 32], body: format!("row {name}") };
    let says = async |rows: Vec<KeptRow>| {
        house.writes(&stall, "ana").await;
        let leased = house.lease_settled().await;
        let turn = FinishedTurn { rows, ..house.turn(&leased, &[]) };
        house.store.finish_turn(&leased.lease, turn).await.unwrap();
        house.release(&leased).await;
    };
    let found = async || {
        let names = (0..4).map(|name| [name; 32]).collect();
        house.store.find_kept_rows(stall.merchant, names).await.unwrap()
    };

    says(vec![kept(1), kept(2)]).await;
    house.wait(Duration::from_hours(30));
    says(vec![kept(2), kept(3)]).await;
    assert_eq!(found().await, [kept(1), kept(2), kept(3)]);
    let before = house.now().minus(Duration::from_hours(2));
    house.store.sweep(Aged::KeptRows { before }, 0, 9, house.now()).await.unwrap();
    assert_eq!(found().await, [kept(2), kept(3)]);
    while house.store.erase_goods(stall.merchant, None, 1).await.unwrap() {}

    assert_eq!(found().await, []);
    assert_eq!(chain(&*house.store, &stall).await, ["1 whole", "2 whole"]);
}
