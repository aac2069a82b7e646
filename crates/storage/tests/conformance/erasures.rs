//! What is to be forgotten is written down first, goes whole, takes nobody else's with it, and stays forgotten.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::customer::Customer;
use shopclerk_domain::erasure::{AskedBy, Erased, Subject};
use shopclerk_domain::event::EventKind;
use shopclerk_domain::ids::{ErasureId, EventId, ShopperId};
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::installation::{NewDeletion, Withdrawal};
use shopclerk_storage::nouns::connections::Move;
use shopclerk_storage::nouns::erasures::{NewErasure, Scope, Trace};
use shopclerk_storage::nouns::outbox::{Settled, StartSend, Then};

use crate::house::{HOLD, House, MIA, Stall, candle};

const CANARY: &str = "Elm Lane 3";

fn asked(house: &House, subject: Subject) -> NewErasure {
    let id = ErasureId::new(house.now(), &*house.entropy);
    NewErasure { id, subject, asked_by: AskedBy::Shop, about: None }
}

/// The shopper says where they live, and is answered.
async fn tells(house: &House, stall: &Stall, shopper: &str) -> ShopperId {
    let mut event = house.event(stall, shopper, EventKind::Message);
    event.body = format!("{shopper} lives at {CANARY}").into_bytes();
    house.deliver(vec![event, house.event(stall, shopper, EventKind::Other("read".to_owned()))]).await;
    let leased = house.lease_settled().await;
    let mut turn = house.turn(&leased, &[&format!("{shopper}, {CANARY} is noted")]);
    turn.provenance = format!("{{\"understood\":\"{shopper} {CANARY}\"}}");
    turn.memory.words = format!("{shopper} {CANARY}");
    house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();
    let part = turn.parts.first().unwrap().0;
    let send = StartSend { part, rests_on: Vec::new(), claims: Vec::new() };
    house.store.start_send(&leased.lease, send, house.now()).await.unwrap();
    let outcome = Settled::Sent { native_id: None };
    house.store.settle_send(&leased.lease, part, outcome, Vec::new(), Then::Stay, house.now()).await.unwrap();
    house.release(&leased).await;
    leased.conversation.shopper
}

async fn traces(house: &House, stall: &Stall, scope: Scope) -> Vec<Trace> {
    house.store.list_traces(stall.merchant, scope, None, 100).await.unwrap()
}

/// Every row of these conversations goes.
async fn forgets(house: &House, stall: &Stall, scope: Scope) {
    let (store, merchant) = (&house.store, stall.merchant);
    let gone: Vec<_> = traces(house, stall, scope).await.iter().map(|trace| trace.conversation).collect();
    store.cut_off(merchant, gone.clone(), None).await.unwrap();
    let wanted = Arc::new(gone.iter().copied().collect());
    let mut from = Some(EventId(0));
    while let Some(place) = from {
        let look = store.look_through_inbox(merchant, Arc::clone(&wanted), place).await.unwrap();
        store.erase_events(merchant, look.events).await.unwrap();
        from = look.next;
    }
    for conversation in gone {
        while store.erase_conversation(merchant, conversation, 1).await.unwrap() {}
    }
}

/// How often a text stands in the files of the closed store.
fn found(folder: &Path, text: &str) -> usize {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.map(|bytes| String::from_utf8_lossy(&bytes).matches(text).count()).sum()
}

#[tokio::test]
async fn t52_a_forgotten_shopper_is_nowhere_in_the_files_and_the_others_stay() {
    let (house, stall) = House::with_stall().await;
    let bob = tells(&house, &stall, "bob").await;
    let ana = tells(&house, &stall, "ana").await;
    house.writes(&stall, "ana").await;

    forgets(&house, &stall, Scope::Shopper(ana)).await;

    assert!(traces(&house, &stall, Scope::Shopper(ana)).await.is_empty());
    assert_eq!(traces(&house, &stall, Scope::Shopper(bob)).await.len(), 1);
    house.close().await;
    assert_eq!(found(house.folder.path(), &format!("ana lives at {CANARY}")), 0);
    assert_eq!(found(house.folder.path(), &format!("ana, {CANARY}")), 0);
    assert_eq!(found(house.folder.path(), &format!("ana {CANARY}")), 0);
    assert!(found(house.folder.path(), &format!("bob lives at {CANARY}")) > 0);
}

#[tokio::test]
async fn rows_that_are_kept_for_their_number_are_empty_and_nobodys() {
    let (house, stall) = House::with_stall().await;
    let ana = tells(&house, &stall, "ana").await;
    let newest = house.deliver(vec![house.event(&stall, "ana", EventKind::Message)]).await.stored[0].event;

    forgets(&house, &stall, Scope::Shopper(ana)).await;

    let next = house.deliver(vec![house.event(&stall, "cleo", EventKind::Message)]).await.stored[0].event;
    assert!(next > newest, "a worker that wakes late must not find another event under its number");
    house.close().await;
    let db = Connection::open(house.folder.path().join("shopclerk.db")).unwrap();
    for (table, content) in
        [("inbox", "body"), ("turns", "provenance"), ("outbox", "gist"), ("messages", "text")]
    {
        let count = |what: &str| {
            db.query_row(&format!("SELECT count(*) FROM {table} WHERE {what}"), [], |row| {
                row.get::<_, i64>(0)
            })
            .unwrap()
        };
        let left = count("merchant = zeroblob(16)");
        assert!(left <= 1, "{table} keeps {left} rows");
        assert_eq!(count(&format!("merchant = zeroblob(16) AND length({content}) > 2")), 0, "{table}");
    }
}

#[tokio::test]
async fn whoever_was_at_work_for_a_forgotten_shopper_has_lost_the_lease() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let leased = house.lease_settled().await;

    house.store.cut_off(stall.merchant, vec![leased.lease.conversation], None).await.unwrap();

    let late = house.store.finish_turn(&leased.lease, house.turn(&leased, &["late"])).await;
    assert!(matches!(late, Err(StoreError::Conflict)));
    house.wait(HOLD);
    assert!(house.due().await.is_empty());
    house.writes(&stall, "ana").await;
    let anew = house.lease_settled().await;
    assert_ne!(anew.lease.conversation, leased.lease.conversation);
    assert_ne!(anew.conversation.shopper, leased.conversation.shopper);
}

#[tokio::test]
async fn a_customer_is_found_among_the_shoppers_by_what_they_said() {
    let (house, stall) = House::with_stall().await;
    let mut event = house.event(&stall, "ana", EventKind::Message);
    event.body = b"I am ana@example.com".to_vec();
    house.deliver(vec![event]).await;
    let leased = house.lease_settled().await;
    house.store.finish_turn(&leased.lease, house.turn(&leased, &[])).await.unwrap();
    house.release(&leased).await;
    tells(&house, &stall, "cleo").await;
    let mut waiting = house.event(&stall, "bob", EventKind::Message);
    waiting.body = br#"{"message":{"text":"ANA\u0040example.com"}}"#.to_vec();
    house.deliver(vec![waiting]).await;
    let all: Vec<_> =
        traces(&house, &stall, Scope::Merchant).await.iter().map(|trace| trace.conversation).collect();

    let ana = Customer { email: Some("ana@example.com".to_owned()), phone: None };
    let found = house.store.list_shoppers_who_are(stall.merchant, &ana, all.clone()).await.unwrap();

    assert_eq!((found.len(), all.len()), (2, 3), "both who gave the address, and nobody else");
    let other = house.stall("solvik").await;
    let foreign = house.store.list_shoppers_who_are(other.merchant, &ana, all).await.unwrap();
    assert_eq!(foreign, []);
}

#[tokio::test]
async fn a_merchant_that_is_gone_has_no_row_in_any_table_but_the_ledger() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;
    tells(&house, &other, "bob").await;
    tells(&house, &stall, "ana").await;
    house.store.enqueue(vec![crate::house::job(stall.merchant, "x", house.now())]).await.unwrap();
    let store = &house.store;
    store
        .store_products(stall.merchant, &stall.shop, vec![candle(1, 2_000)], house.now(), vec![])
        .await
        .unwrap();
    store.ask_erasures(stall.merchant, vec![asked(&house, Subject::Merchant)], house.now()).await.unwrap();

    let live = store.erase_rest(stall.merchant, &Subject::Merchant).await;
    assert!(matches!(live, Err(StoreError::Conflict)), "what is connected does not go by mistake");
    assert!(store.stop_shop(stall.merchant, &stall.shop, house.now()).await.unwrap());
    assert!(store.stop_account(stall.merchant, stall.account, house.now()).await.unwrap());
    forgets(&house, &stall, Scope::Merchant).await;
    while store.erase_goods(stall.merchant, None, 1).await.unwrap() {}
    store.erase_rest(stall.merchant, &Subject::Merchant).await.unwrap();

    assert_eq!(store.list_merchants(None, 9).await.unwrap(), [other.merchant]);
    house.close().await;
    let db = Connection::open(house.folder.path().join("shopclerk.db")).unwrap();
    let tables = "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = 'merchant'";
    let mut tables = db.prepare(tables).unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(tables.len() > 15);
    for table in tables {
        let count = format!("SELECT count(*) FROM {table} WHERE merchant = ?1");
        let left: i64 = db.query_row(&count, [stall.merchant.as_bytes()], |row| row.get(0)).unwrap();
        let expected = i64::from(matches!(table.as_str(), "erasures" | "jobs"));
        assert_eq!(left, expected, "{table}");
    }
}

#[tokio::test]
async fn a_connection_granted_anew_is_neither_stopped_nor_erased() {
    let (house, stall) = House::with_stall().await;
    let before = house.now();
    house.wait(Duration::from_secs(1));
    house.store.connect_shop(house.shop("nordlys"), house.now()).await.unwrap();
    house.connect_page(stall.merchant, &stall.page, Some("EAAB-again")).await;

    assert!(!house.store.stop_shop(stall.merchant, &stall.shop, before).await.unwrap());
    assert!(!house.store.stop_account(stall.merchant, stall.account, before).await.unwrap());

    for subject in [Subject::Shop(stall.shop.clone()), Subject::Account(stall.account)] {
        let erased = house.store.erase_rest(stall.merchant, &subject).await;
        assert!(matches!(erased, Err(StoreError::Conflict)), "{subject:?}");
    }
    assert!(house.store.account_token(stall.merchant, stall.account).await.unwrap().is_some());
    assert!(house.store.shop_tokens(stall.merchant, &stall.shop).await.unwrap().is_some());
}

#[tokio::test]
async fn t54_what_has_stopped_sends_nothing_and_no_late_word_brings_it_back() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["one", "two"]).await;
    let store = &house.store;

    assert!(store.stop_shop(stall.merchant, &stall.shop, house.now()).await.unwrap());
    let late = Move { from: ConnectionState::Ok, to: Some(Cause::TokenRefused) };
    let late = store.move_shop(stall.merchant, &stall.shop, late, 1).await;
    assert!(matches!(late, Err(StoreError::Conflict)));

    let send = StartSend { part: turn.parts[0].0, rests_on: Vec::new(), claims: Vec::new() };
    let outcome = store.start_send(&leased.lease, send, house.now()).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)));
    while store.withdraw_stopped(stall.merchant, 1, house.now()).await.unwrap() {}
    house.release(&leased).await;
    house.wait(HOLD);
    assert!(house.due().await.is_empty());
    assert_eq!(store.list_shops(stall.merchant).await.unwrap()[0].shop.state.word(), "disconnected");
    assert!(store.shop_tokens(stall.merchant, &stall.shop).await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_asked_for_twice_is_written_down_once_until_it_is_done() {
    let (house, stall) = House::with_stall().await;
    let ana = tells(&house, &stall, "ana").await;
    let (store, merchant) = (&house.store, stall.merchant);
    let about = Customer { email: Some("ana@example.com".to_owned()), phone: None };
    let first = NewErasure { about: Some(about), ..asked(&house, Subject::Shopper(ana)) };
    for erasure in [first.clone(), asked(&house, Subject::Shopper(ana))] {
        store.ask_erasures(merchant, vec![erasure], house.now()).await.unwrap();
    }
    assert_eq!(house.due().await.iter().filter(|due| due.starts_with("job erase")).count(), 1);
    assert!(store.find_erasure(merchant, first.id).await.unwrap().unwrap().about.is_some());

    store.finish_erasure(merchant, first.id, Erased::Gone, house.now()).await.unwrap();

    let done = store.find_erasure(merchant, first.id).await.unwrap().unwrap();
    assert_eq!((done.done_at, done.about), (Some(house.now()), None));
    store.ask_erasures(merchant, vec![asked(&house, Subject::Shopper(ana))], house.now()).await.unwrap();
    assert_eq!(store.list_erasures(0, 9).await.unwrap().len(), 2);
    assert_eq!(store.list_erasures(done.row, 9).await.unwrap().len(), 1);
    let other = house.stall("solvik").await.merchant;
    assert_eq!(store.find_erasure(other, first.id).await.unwrap(), None);
}

#[tokio::test]
async fn i11_a_ledger_that_is_ahead_is_taken_over_line_by_line() {
    let (house, stall) = House::with_stall().await;
    let ana = tells(&house, &stall, "ana").await;
    house
        .store
        .ask_erasures(stall.merchant, vec![asked(&house, Subject::Shopper(ana))], house.now())
        .await
        .unwrap();
    let ledger = house.store.list_erasures(0, 9).await.unwrap();
    let restored = House::new().await;

    for _ in 0..2 {
        restored.store.put_back_erasures(ledger.clone()).await.unwrap();
    }

    assert_eq!(restored.store.list_erasures(0, 9).await.unwrap(), ledger);
}

#[tokio::test]
async fn a_message_taken_back_is_in_the_ledger_and_its_words_are_nowhere() {
    let (house, stall) = House::with_stall().await;
    let mut event = house.event(&stall, "ana", EventKind::Message);
    event.body = CANARY.as_bytes().to_vec();
    let native_id = event.native_id.clone().unwrap();
    house.deliver(vec![event]).await;
    let leased = house.lease_settled().await;
    let mut turn = house.turn(&leased, &["noted"]);
    turn.provenance = format!("{{\"understood\":\"{CANARY}\"}}");
    turn.memory.words = CANARY.to_owned();
    house.store.finish_turn(&leased.lease, turn).await.unwrap();
    house.release(&leased).await;

    let taken_back = EventKind::Deleted { native_id: native_id.clone() };
    house.deliver(vec![house.event(&stall, "ana", taken_back)]).await;

    let ledger = house.store.list_erasures(0, 9).await.unwrap();
    let conversation = leased.lease.conversation;
    assert_eq!(ledger[0].subject, Subject::Message { conversation, native_id: native_id.clone() });
    assert_eq!(ledger[0].done_at, Some(house.now()));
    house.store.erase_message(stall.merchant, conversation, &native_id, house.now()).await.unwrap();
    house.close().await;
    assert_eq!(found(house.folder.path(), CANARY), 0);
}

#[tokio::test]
async fn a_message_taken_back_while_a_turn_reads_it_is_nowhere_either() {
    let (house, stall) = House::with_stall().await;
    let mut event = house.event(&stall, "ana", EventKind::Message);
    event.body = CANARY.as_bytes().to_vec();
    let native_id = event.native_id.clone().unwrap();
    house.deliver(vec![event]).await;
    let leased = house.lease_settled().await;

    house.deliver(vec![house.event(&stall, "ana", EventKind::Deleted { native_id })]).await;
    let mut turn = house.turn(&leased, &["noted"]);
    turn.provenance = format!("{{\"understood\":\"{CANARY}\"}}");
    turn.memory.words = CANARY.to_owned();
    house.store.finish_turn(&leased.lease, turn).await.unwrap();

    house.close().await;
    assert_eq!(found(house.folder.path(), CANARY), 0);
}

#[tokio::test]
async fn t53_a_request_is_opened_once_and_leaves_what_was_granted_later() {
    let (house, stall) = House::with_stall().await;
    let issued = house.now();
    let deletion = |code: &str| NewDeletion {
        request: [7; 16],
        code: code.to_owned(),
        withdrawal: Withdrawal { channel: ChannelKind::Messenger, person: MIA.to_owned(), at: issued },
    };
    let store = &house.store;

    assert_eq!(store.open_deletion(deletion("first"), house.now()).await.unwrap(), "first");
    assert!(store.account_token(stall.merchant, stall.account).await.unwrap().is_none());
    let progress = store.find_deletion("first").await.unwrap().unwrap();
    assert_eq!((progress.all, progress.done, progress.done_at), (1, 0, None));

    house.wait(Duration::from_secs(1));
    house.connect_page(stall.merchant, &stall.page, Some("EAAB-again")).await;
    assert_eq!(store.open_deletion(deletion("second"), house.now()).await.unwrap(), "first");
    let again = NewDeletion { request: [8; 16], ..deletion("third") };
    assert_eq!(store.open_deletion(again, house.now()).await.unwrap(), "third");
    assert!(store.account_token(stall.merchant, stall.account).await.unwrap().is_some());
    let nothing = store.find_deletion("third").await.unwrap().unwrap();
    assert_eq!((nothing.all, nothing.done_at), (0, None));
    assert_eq!(store.find_deletion("second").await.unwrap(), None);
}
