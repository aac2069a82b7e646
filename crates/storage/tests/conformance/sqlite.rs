//! What only a store on files promises: one process, nothing lost, one commit for many, nothing secret readable.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;
use shopclerk_domain::clock::ManualClock;
use shopclerk_domain::event::EventKind;
use shopclerk_domain::fault::{FaultPoints, Moment, NoFaults};
use shopclerk_domain::ids::ProductId;
use shopclerk_storage::installation::Waiting;
use shopclerk_storage::nouns::inbox::{Delivery, Quarantined};
use shopclerk_storage::nouns::jobs::JobLane;
use shopclerk_storage::{OpenError, StoreError};
use tokio::task::JoinSet;

use crate::house::{self, House, MORNING, RING, candle, job, open_in};

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(MORNING))
}

async fn why_not(folder: &Path, ring: &str) -> OpenError {
    open_in(folder, ring, clock(), Arc::new(NoFaults)).await.unwrap_err()
}

fn raw(folder: &Path) -> Connection {
    Connection::open(folder.join("shopclerk.db")).unwrap()
}

#[tokio::test]
async fn a_second_process_is_refused_and_told_who_has_the_store() {
    let house = House::new().await;

    let refused = why_not(house.folder.path(), RING).await;

    let pid = std::process::id().to_string();
    assert!(matches!(&refused, OpenError::Locked { pid: holder, .. } if *holder == pid), "{refused}");
    assert!(!refused.to_string().contains('\n'));
    house.close().await;
    open_in(house.folder.path(), RING, clock(), Arc::new(NoFaults)).await.unwrap();
}

#[tokio::test]
async fn what_does_not_open_and_what_waits_for_people_is_counted() {
    let (house, stall) = House::with_stall().await;
    let examined = house.store.examine().await.unwrap();
    assert_eq!((examined.faults.len(), examined.unreadable), (0, 0));
    assert!(examined.engine.starts_with("SQLite 3") && examined.schema >= 4, "{examined:?}");
    assert_eq!(house.store.count_waiting().await.unwrap(), Waiting::default());

    let swap = "UPDATE account_tokens SET token = (SELECT access FROM shop_tokens)";
    raw(house.folder.path()).execute(swap, []).unwrap();
    house.store.enqueue(vec![job(stall.merchant, "nordlys", house.now())]).await.unwrap();
    let leased =
        house.store.lease_job(JobLane::Errands, house.now(), house::HOLD, &[]).await.unwrap().unwrap();
    house.store.give_up_job(&leased, "story", house.now()).await.unwrap();
    let unread = vec![Quarantined { source: "messenger", why: "not JSON", head: None, body: b"{".to_vec() }];
    let delivery = Delivery { quarantined: unread, ..Delivery::default() };
    house.store.accept(delivery, house.now(), house.now()).await.unwrap();

    assert_eq!(house.store.examine().await.unwrap().unreadable, 1);
    let waiting = house.store.count_waiting().await.unwrap();
    assert_eq!((waiting.given_up, waiting.quarantined, waiting.parked), (1, 1, 0));
}

#[tokio::test]
async fn everything_is_there_after_a_stop_and_start() {
    let (house, stall) = House::with_stall().await;
    house
        .store
        .store_products(stall.merchant, &stall.shop, vec![candle(1, 2_490)], MORNING, vec![])
        .await
        .unwrap();
    let (leased, turn) = house.answered(&stall, &["one"]).await;

    let house = house.reopen().await;

    let conversation =
        house.store.find_conversation(stall.merchant, leased.lease.conversation).await.unwrap();
    assert_eq!(conversation.unwrap().memory.words, "candles");
    assert_eq!(house.store.find_products(stall.merchant, &[ProductId::new(1)]).await.unwrap().len(), 1);
    assert!(house.store.account_token(stall.merchant, stall.account).await.unwrap().is_some());
    // The lease of the process that is gone holds nothing up.
    assert_eq!(house.lease().await.unwrap().parts[0].id, turn.parts[0].0);
}

#[tokio::test]
async fn a_lease_that_a_lost_process_held_delays_no_later_message() {
    let (house, stall) = House::with_stall().await;
    let (leased, _) = house.answered(&stall, &[]).await;
    assert_eq!(house.store.next_due().await.unwrap().soonest(), None);

    let house = house.reopen().await;
    house.writes(&stall, "ana").await;

    let again = house.lease_settled().await;
    assert_eq!(again.lease.conversation, leased.lease.conversation);
}

#[tokio::test]
async fn i1_what_was_acknowledged_survives_a_power_cut() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;

    // What is on disk at this moment, with the store neither closed nor dropped.
    let elsewhere = tempfile::tempdir().unwrap();
    for file in ["shopclerk.db", "shopclerk.db-wal"] {
        std::fs::copy(house.folder.path().join(file), elsewhere.path().join(file)).unwrap();
    }
    let found = open_in(elsewhere.path(), RING, clock(), Arc::new(NoFaults)).await.unwrap();

    let later = house.now().plus(Duration::from_secs(3));
    let leased =
        shopclerk_storage::Installation::lease_conversation(&found, later, house::HOLD).await.unwrap();
    assert_eq!(leased.unwrap().events.len(), 1);
}

/// A store as the disk has it once the power was cut: of its log so many bytes arrived, of the next few something else.
async fn cut_off(house: &House, bytes: usize) -> (tempfile::TempDir, shopclerk_storage::SqliteStore) {
    let elsewhere = tempfile::tempdir().unwrap();
    let [database, log] = ["shopclerk.db", "shopclerk.db-wal"].map(|file| house.folder.path().join(file));
    std::fs::copy(database, elsewhere.path().join("shopclerk.db")).unwrap();
    let mut log = std::fs::read(log).unwrap();
    log.truncate(bytes);
    log.extend_from_slice(&[0xa5; 100]);
    std::fs::write(elsewhere.path().join("shopclerk.db-wal"), log).unwrap();
    let store = open_in(elsewhere.path(), RING, clock(), Arc::new(NoFaults)).await.unwrap();
    (elsewhere, store)
}

#[tokio::test]
async fn i1_a_power_cut_under_a_turn_leaves_all_of_it_or_nothing() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let log = house.folder.path().join("shopclerk.db-wal");
    let length = || usize::try_from(std::fs::metadata(&log).unwrap().len()).unwrap();
    let on_disk = length();
    let leased = house.lease_settled().await;
    let turn = house.turn(&leased, &["one", "two"]);
    house.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();
    let written = length();
    assert!(on_disk < written, "the turn is in the log, which nobody waited for");

    let mut seen = std::collections::BTreeSet::new();
    for step in 0..=24 {
        let bytes = on_disk + (written - on_disk) * step / 24;
        let (_folder, found) = cut_off(&house, bytes).await;
        let later = house.now().plus(Duration::from_mins(1));
        let again = shopclerk_storage::Installation::lease_conversation(&found, later, house::HOLD).await;
        let again = again.unwrap().expect("a message is never lost");
        let whole = (again.events.len(), again.parts.len());
        assert!(whole == (1, 0) || whole == (0, 2), "cut at {bytes} of {written}: {whole:?}");
        seen.insert(whole);
    }

    assert_eq!(seen.len(), 2, "the cuts were made before and behind its end");
}

#[tokio::test]
async fn a_closed_store_refuses_and_does_not_hang() {
    let (house, stall) = House::with_stall().await;

    house.close().await;
    house.close().await;

    let written = house.store.enqueue(vec![job(stall.merchant, "late", house.now())]).await;
    assert!(matches!(written, Err(StoreError::Unavailable(_))));
    assert!(matches!(house.store.next_due().await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn other_keys_do_not_open_the_store_and_an_added_one_does() {
    let house = House::new().await;
    house.close().await;
    let folder = house.folder.path();
    let other = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    assert!(matches!(why_not(folder, other).await, OpenError::WrongKeys));
    // The same name does not make it the same key.
    assert!(matches!(why_not(folder, &other.replace("k2", "k1")).await, OpenError::WrongKeys));
    open_in(folder, &format!("{other},{RING}"), clock(), Arc::new(NoFaults)).await.unwrap();
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_left_alone() {
    let house = House::new().await;
    house.close().await;
    raw(house.folder.path())
        .execute_batch(
            "PRAGMA user_version = 9000; UPDATE meta SET value = 8999 WHERE name = 'oldest_program'",
        )
        .unwrap();

    let refused = why_not(house.folder.path(), RING).await;

    assert!(matches!(refused, OpenError::NewerSchema { found: 9000, .. }), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_store_and_a_folder_that_is_none_are_said_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("shopclerk.db");
    std::fs::write(&database, vec![b'x'; 8_192]).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let may = |mode| std::fs::set_permissions(&database, std::fs::Permissions::from_mode(mode)).unwrap();
        may(0o644);
        let refused = why_not(folder.path(), RING).await;
        assert!(matches!(refused, OpenError::Readable { .. }), "{refused}");
        may(0o600);
    }
    let refused = why_not(folder.path(), RING).await;
    assert!(matches!(refused, OpenError::Database { .. }), "{refused}");

    std::fs::write(folder.path().join("a file"), "").unwrap();
    let refused = why_not(&folder.path().join("a file"), RING).await;
    assert!(matches!(refused, OpenError::NotWritable { .. }), "{refused}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_database_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;

    for file in ["shopclerk.db", "shopclerk.db-wal"] {
        let mode = std::fs::metadata(house.folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}");
    }
}

/// Writes down which fault points are reached, in order.
#[derive(Debug, Default)]
struct Recorder(Mutex<Vec<(&'static str, Moment)>>);

impl FaultPoints for Recorder {
    fn reach(&self, site: &'static str, moment: Moment) {
        self.0.lock().unwrap().push((site, moment));
    }
}

#[tokio::test]
async fn t57_units_that_wait_share_one_commit_and_a_conflict_undoes_only_itself() {
    let recorder = Arc::new(Recorder::default());
    let house = House::with_faults(recorder.clone()).await;
    let stall = house.stall("nordlys").await;
    house.writes(&stall, "ana").await;
    let old = house.lease_settled().await.lease;
    house.wait(house::HOLD);
    let event = house.event(&stall, "bo", EventKind::Message);
    recorder.0.lock().unwrap().clear();

    // Another process holds the file, so that all of these wait; reads go on meanwhile.
    let other = raw(house.folder.path());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut units = JoinSet::new();
    for number in 0..6 {
        let (store, now, event, old) = (house.store.clone(), house.now(), event.clone(), old.clone());
        let key = number.to_string();
        units.spawn(async move {
            match number {
                // A lease is taken, so that the release behind it comes too late.
                1 => store.lease_conversation(now, house::HOLD).await.map(|leased| assert!(leased.is_some())),
                2 => store.release(&old, now).await,
                3 => {
                    let delivery = Delivery { conversations: vec![event], ..Delivery::default() };
                    store.accept(delivery, now, now).await.map(drop)
                }
                _ => store.enqueue(vec![job(old.merchant, &key, now)]).await,
            }
        });
        tokio::task::yield_now().await;
    }
    assert!(house.store.next_due().await.unwrap().soonest().is_some());
    other.execute_batch("ROLLBACK").unwrap();

    let results = units.join_all().await;
    assert_eq!(results.iter().filter(|one| matches!(one, Err(StoreError::Conflict))).count(), 1);
    assert_eq!(results.iter().filter(|one| one.is_ok()).count(), 5);
    let seen = recorder.0.lock().unwrap().clone();
    let committed = seen.iter().filter(|(_, moment)| *moment == Moment::Committed).count();
    assert_eq!((seen.len(), committed), (11, 5));
    assert!(seen[..6].iter().all(|(_, moment)| *moment == Moment::Before), "{seen:?}");
    // The undone unit left nothing: the newer lease still stands.
    assert!(house.due().await.iter().all(|due| due.starts_with("job")));
}

#[tokio::test]
async fn i5_no_secret_is_readable_in_the_files() {
    let house = House::new().await;
    let mut connect = house.shop("nordlys");
    connect.tokens = house::tokens("shpat-CANARY-access", None);
    connect.tokens.refresh = Some(house::secret("shprt-CANARY-refresh"));
    let merchant = connect.new_merchant;
    house.store.connect_shop(connect, house.now()).await.unwrap();
    house.connect_page(merchant, "a page", Some("EAAB-CANARY-page")).await;

    house.close().await;

    for entry in std::fs::read_dir(house.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for secret in ["CANARY", "EAAB-user"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {}", path.display());
        }
    }
}

#[tokio::test]
async fn t28_a_token_moved_to_another_row_is_refused_there_alone() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;
    raw(house.folder.path())
        .execute(
            "UPDATE account_tokens SET token = (SELECT token FROM account_tokens WHERE merchant = ?1) WHERE merchant = ?2",
            [stall.merchant.as_bytes().as_slice(), other.merchant.as_bytes().as_slice()],
        )
        .unwrap();

    let moved = house.store.account_token(other.merchant, other.account).await;

    assert!(matches!(moved, Err(StoreError::Corrupt { table: "account_tokens", .. })), "{moved:?}");
    assert!(house.store.account_token(stall.merchant, stall.account).await.unwrap().is_some());
}

#[tokio::test]
async fn a_damaged_row_is_named_and_harms_no_other() {
    let (house, stall) = House::with_stall().await;
    let products = vec![candle(1, 1_000), candle(2, 2_000)];
    house.store.store_products(stall.merchant, &stall.shop, products, house.now(), vec![]).await.unwrap();
    raw(house.folder.path())
        .execute("UPDATE product_contents SET content = '{\"title\":' WHERE product = 1", [])
        .unwrap();

    let damaged = house.store.find_products(stall.merchant, &[ProductId::new(1)]).await.unwrap_err();

    assert_eq!(damaged.to_string(), "row 1 of products is damaged: its JSON cannot be read");
    assert_eq!(house.store.find_products(stall.merchant, &[ProductId::new(2)]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn bodies_of_any_kind_are_kept_as_they_are() {
    let (house, stall) = House::with_stall().await;
    for body in [Vec::new(), vec![0, 0xff, 0x27, 0x22], vec![b'x'; 3 << 20]] {
        let mut event = house.event(&stall, "ana", EventKind::Message);
        event.body.clone_from(&body);
        house.deliver(vec![event]).await;
        let leased = house.lease_settled().await;
        assert_eq!(leased.events[0].body, body);
        let events = house::ids(&leased);
        house.store.finish_events(&leased.lease, &events, vec![], vec![], house.now()).await.unwrap();
        house.release(&leased).await;
    }
}
