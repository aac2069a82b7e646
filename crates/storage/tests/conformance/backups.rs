//! Backups: a sealed copy of one moment, and the store that comes of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use shopclerk_domain::clock::ManualClock;
use shopclerk_domain::entropy::SeededEntropy;
use shopclerk_domain::event::EventKind;
use shopclerk_domain::fault::{FaultPoints, Moment, NoFaults};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::message::PartState;
use shopclerk_storage::nouns::deliveries::UndoneKind;
use shopclerk_storage::nouns::inbox::Delivery;
use shopclerk_storage::nouns::sessions::SessionLimits;
use shopclerk_storage::{
    BackupError, KeyRing, RestoreError, RestoreOptions, Restored, SharedStore, Snapshot, StoreError,
    restore_sqlite,
};
use tempfile::TempDir;

use crate::house::{House, MORNING, RING, Stall, job, open_in, tokens};

const OTHER_RING: &str = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const LIMITS: SessionLimits = SessionLimits { idle_ms: 3_600_000, absolute_ms: 43_200_000 };

/// How many jobs are put up before the copy begins.
const BEFORE: usize = 50;

async fn snapshot(house: &House) -> Snapshot {
    house.store.snapshot(house.folder.path().join("scratch"), house.now()).await.unwrap()
}

fn options(folder: &Path, snapshot: PathBuf, ring: &str) -> RestoreOptions {
    RestoreOptions {
        folder: folder.to_owned(),
        keys: KeyRing::parse(ring).unwrap(),
        snapshot,
        now: MORNING.plus(Duration::from_hours(1)),
        entropy: Arc::new(SeededEntropy::new(3)),
        faults: Arc::new(NoFaults),
    }
}

fn restore(folder: &Path, snapshot: &Snapshot) -> Result<Restored, RestoreError> {
    restore_sqlite(&options(folder, snapshot.file.clone(), RING))
}

/// A machine of an hour later, with nothing on it but what the backup brought.
struct Elsewhere {
    store: SharedStore,
    folder: TempDir,
    restored: Restored,
}

async fn elsewhere(snapshot: &Snapshot) -> Elsewhere {
    let folder = tempfile::tempdir().unwrap();
    let restored = restore(folder.path(), snapshot).unwrap();
    let clock = Arc::new(ManualClock::at(MORNING.plus(Duration::from_hours(1))));
    let store = Arc::new(open_in(folder.path(), RING, clock, Arc::new(NoFaults)).await.unwrap());
    Elsewhere { store, folder, restored }
}

/// Every row of every table but those that a restore empties or marks.
fn dump(folder: &Path) -> Vec<String> {
    let database = Connection::open(folder.join("shopclerk.db")).unwrap();
    let mut tables = database
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
             AND name NOT IN ('meta', 'sessions', 'states', 'mirrored') ORDER BY name",
        )
        .unwrap();
    let names = tables.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
    let rows = |name: String| {
        let mut all = database.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = all.column_count();
        let line = all.query_map([], |row| {
            let values = (0..columns).map(|column| format!("{:?}", row.get_ref_unwrap(column)));
            Ok(format!("{name}: {}", values.collect::<Vec<_>>().join(" ")))
        });
        line.unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    names.flat_map(rows).collect()
}

/// The unit of that number: two rows that only come together.
async fn put_up(store: &SharedStore, merchant: MerchantId, number: usize) -> Result<(), StoreError> {
    let one = |half: &str| job(merchant, &format!("{number:06}-{half}"), MORNING);
    store.enqueue(vec![one("a"), one("b")]).await
}

#[tokio::test]
async fn t59_a_backup_under_load_is_the_store_at_one_moment() {
    let (house, stall) = House::with_stall().await;
    let done = Arc::new(AtomicBool::new(false));
    let load = async {
        let mut number = 0;
        while number < BEFORE || !done.load(Ordering::SeqCst) {
            put_up(&house.store, stall.merchant, number).await.unwrap();
            number += 1;
        }
        number
    };
    let copy = async {
        while house.due().await.len() < 2 * BEFORE {
            tokio::task::yield_now().await;
        }
        let taken = snapshot(&house).await;
        done.store(true, Ordering::SeqCst);
        taken
    };

    let (all, taken) = tokio::join!(load, copy);

    let there = elsewhere(&taken).await;
    let restored = dump(there.folder.path());
    let jobs = restored.iter().filter(|row| row.starts_with("jobs")).count() / 2;
    assert!((BEFORE..=all).contains(&jobs), "{jobs} of {all}");
    let (same, stall) = House::with_stall().await;
    for number in 0..jobs {
        put_up(&same.store, stall.merchant, number).await.unwrap();
    }
    same.close().await;
    assert_eq!(restored, dump(same.folder.path()));
}

#[tokio::test]
async fn t59_nothing_that_waited_at_the_backup_is_said_again() {
    let (house, stall) = House::with_stall().await;
    let (leased, turn) = house.answered(&stall, &["It costs 24.90."]).await;
    house.release(&leased).await;
    house.writes(&stall, "bo").await;

    let there = elsewhere(&snapshot(&house).await).await;

    assert_eq!((there.restored.parked, there.restored.unanswered), (1, 1));
    let later = MORNING.plus(Duration::from_hours(2));
    assert_eq!(there.store.lease_conversation(later, crate::house::HOLD).await.unwrap().map(drop), None);
    let parked = there.store.list_parked(stall.merchant, 9).await.unwrap();
    assert_eq!((parked[0].id, parked[0].state), (turn.parts[0].0, PartState::Parked));
}

#[tokio::test]
async fn t59_an_old_message_that_is_delivered_again_waits_for_a_person_and_a_new_one_is_answered() {
    let (house, stall) = House::with_stall().await;
    let taken = snapshot(&house).await;
    let lost = house.event(&stall, "ana", EventKind::Message);
    let there = elsewhere(&taken).await;
    let now = MORNING.plus(Duration::from_mins(61));
    let deliver = async |event| {
        let delivery = Delivery { conversations: vec![event], ..Delivery::default() };
        there.store.accept(delivery, now, now).await.unwrap()
    };

    let again = deliver(lost).await;
    assert!(!again.stored[0].asks_for_reply);
    assert!(there.store.lease_conversation(now, crate::house::HOLD).await.unwrap().is_none());

    let mut fresh = house.event(&stall, "ana", EventKind::Message);
    fresh.at = now;
    assert!(deliver(fresh).await.stored[0].asks_for_reply);
    let settled = now.plus(Duration::from_secs(1));
    let leased = there.store.lease_conversation(settled, crate::house::HOLD).await.unwrap().unwrap();
    assert_eq!(leased.events.len(), 1);
}

#[tokio::test]
async fn t59_an_old_message_that_a_person_wants_answered_waits_once_though_nobody_has_looked_since() {
    let (house, stall) = House::with_stall().await;
    let taken = snapshot(&house).await;
    let lost = house.event(&stall, "ana", EventKind::Message);
    let there = elsewhere(&taken).await;
    let now = MORNING.plus(Duration::from_mins(61));
    let mut fresh = house.event(&stall, "ana", EventKind::Message);
    fresh.at = now;
    let delivery = Delivery { conversations: vec![lost, fresh], ..Delivery::default() };
    there.store.accept(delivery, now, now).await.unwrap();

    let undone = there.store.list_undone(stall.merchant, UndoneKind::Event, 0, 9).await.unwrap();
    assert!(there.store.put_up_again(stall.merchant, UndoneKind::Event, undone[0].row, now).await.unwrap());

    let settled = now.plus(Duration::from_secs(1));
    let leased = there.store.lease_conversation(settled, crate::house::HOLD).await.unwrap().unwrap();
    assert_eq!((undone.len(), leased.events.len()), (1, 2));
}

#[tokio::test]
async fn t59_what_was_not_linked_at_the_backup_opened_the_window_all_the_same() {
    let (house, stall) = House::with_stall().await;
    let event = house.event(&stall, "ana", EventKind::Message);
    let conversation = house.deliver(vec![event]).await.stored[0].conversation;

    let there = elsewhere(&snapshot(&house).await).await;

    let found = there.store.look_out(stall.merchant, conversation, &[]).await.unwrap().unwrap();
    assert_eq!(found.conversation.last_shopper_at, Some(house.now()));
}

#[tokio::test]
async fn t59_nobody_is_signed_in_after_a_restore() {
    let house = House::new().await;
    let connect = house.shop("nordlys");
    let session = connect.session.unwrap().id;
    house.store.connect_shop(connect, house.now()).await.unwrap();
    assert!(house.store.find_session(session, LIMITS, house.now()).await.unwrap().is_some());

    let there = elsewhere(&snapshot(&house).await).await;

    assert_eq!(there.store.find_session(session, LIMITS, house.now()).await.unwrap(), None);
    assert!(there.store.restored_at().await.unwrap().is_some());
    there.store.finish_restore().await.unwrap();
    assert_eq!(there.store.restored_at().await.unwrap(), None);
}

async fn renew(house: &House, stall: &Stall, access: &str) -> Vec<u8> {
    let former = house.store.shop_tokens(stall.merchant, &stall.shop).await.unwrap().unwrap();
    let mut next = tokens(access, None);
    next.generation = former.generation;
    let spent = former.generation;
    house.store.renew_shop_tokens(stall.merchant, &stall.shop, next, spent, Vec::new()).await.unwrap();
    let sealed = house.store.shop_tokens_for_backup(stall.merchant, &stall.shop, house.now()).await;
    sealed.unwrap().unwrap()
}

#[tokio::test]
async fn i11_a_pair_that_was_rotated_after_the_backup_comes_back_and_an_older_one_does_not() {
    let (house, stall) = House::with_stall().await;
    let older = renew(&house, &stall, "shpat-second").await;
    let taken = snapshot(&house).await;
    let newer = renew(&house, &stall, "shpat-third").await;
    assert!(!newer.windows(6).any(|bytes| bytes == b"shpat-"), "it is sealed");
    let there = elsewhere(&taken).await;

    assert!(!there.store.put_back_tokens(older).await.unwrap());
    assert!(there.store.put_back_tokens(newer.clone()).await.unwrap());
    assert!(!there.store.put_back_tokens(newer.clone()).await.unwrap(), "once");

    let found = there.store.shop_tokens(stall.merchant, &stall.shop).await.unwrap().unwrap();
    assert_eq!((found.access.expose().as_str(), found.generation), ("shpat-third", 3));
    let mut changed = newer;
    *changed.last_mut().unwrap() ^= 1;
    assert!(matches!(there.store.put_back_tokens(changed).await, Err(BackupError::Changed { .. })));
}

#[tokio::test]
async fn t29_after_a_rotation_backups_are_sealed_with_the_new_key() {
    let (house, _) = House::with_stall().await;
    let rotated = KeyRing::parse(&format!("{OTHER_RING},{RING}")).unwrap();
    assert_eq!(snapshot(&house).await.head.key, "k1");

    house.store.adopt_keys(rotated).await.unwrap();

    let taken = snapshot(&house).await;
    assert_eq!(taken.head.key, "k2");
    let scratch = house.folder.path().join("scratch");
    house.store.verify_snapshot(taken.file, scratch).await.unwrap();
}

#[tokio::test]
async fn i11_a_pair_of_a_shop_that_the_backup_does_not_know_brings_nothing() {
    let house = House::new().await;
    let taken = snapshot(&house).await;
    let stall = house.stall("nordlys").await;
    let pair = renew(&house, &stall, "shpat-second").await;
    let there = elsewhere(&taken).await;

    assert!(!there.store.put_back_tokens(pair).await.unwrap());

    assert!(there.store.list_merchants(None, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn t59_a_backup_that_does_not_open_leaves_the_folder_without_a_store() {
    let (house, _) = House::with_stall().await;
    let taken = snapshot(&house).await;
    let whole = std::fs::read(&taken.file).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken");
    let refused = |bytes: &[u8], ring: &str| {
        std::fs::write(&broken, bytes).unwrap();
        let refused = restore_sqlite(&options(folder.path(), broken.clone(), ring)).unwrap_err();
        assert!(!folder.path().join("shopclerk.db").exists());
        refused.to_string()
    };
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;

    assert!(refused(&whole[..whole.len() - 1], RING).contains("cut off"));
    assert!(refused(&flipped, RING).contains("changed or cut off"));
    assert!(refused(b"PK", RING).contains("cut off"));
    assert!(refused(&[0; 100], RING).contains("not a backup"));
    assert!(refused(&whole, OTHER_RING).contains("the key k1, which is not in the ring"));
    assert!(refused(&whole, &OTHER_RING.replace("k2", "k1")).contains("another key of the name k1"));
    std::fs::write(&broken, &whole).unwrap();
    restore_sqlite(&options(folder.path(), broken.clone(), &format!("{OTHER_RING},{RING}"))).unwrap();
}

#[tokio::test]
async fn t59_a_store_that_is_there_or_runs_is_not_written_over() {
    let (house, stall) = House::with_stall().await;
    let taken = snapshot(&house).await;

    let running = restore(house.folder.path(), &taken).unwrap_err().to_string();
    assert!(running.contains("is in use by process"), "{running}");
    house.close().await;
    let there = restore(house.folder.path(), &taken).unwrap_err().to_string();
    assert!(there.contains("is there already; restore into an empty folder"), "{there}");

    let house = house.reopen().await;
    assert_eq!(house.store.list_shops(stall.merchant).await.unwrap().len(), 1);
}

/// The process dies at a point: what it had not made durable is lost.
#[derive(Debug)]
struct DiesAt(&'static str, Moment);

impl FaultPoints for DiesAt {
    fn reach(&self, site: &'static str, moment: Moment) {
        if (site, moment) == (self.0, self.1) {
            std::panic::resume_unwind(Box::new("the process is dead"));
        }
    }
}

#[tokio::test]
async fn t64_a_restore_that_is_cut_off_anywhere_can_be_begun_again() {
    let (house, stall) = House::with_stall().await;
    let taken = snapshot(&house).await;
    for site in ["restore.open", "restore.settle"] {
        let folder = tempfile::tempdir().unwrap();
        let mut cut = options(folder.path(), taken.file.clone(), RING);
        cut.faults = Arc::new(DiesAt(site, Moment::Committed));
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| restore_sqlite(&cut))).unwrap_err();
        assert!(!folder.path().join("shopclerk.db").exists(), "{site}");

        restore(folder.path(), &taken).unwrap();

        let clock = Arc::new(ManualClock::at(MORNING));
        let store: SharedStore =
            Arc::new(open_in(folder.path(), RING, clock, Arc::new(NoFaults)).await.unwrap());
        assert_eq!(store.list_shops(stall.merchant).await.unwrap().len(), 1, "{site}");
    }
}

#[tokio::test]
async fn t64_a_copy_that_is_cut_off_is_swept_by_the_next() {
    for (site, moment) in [("backup.copy", Moment::Before), ("backup.copy", Moment::Committed)] {
        let house = House::with_faults(Arc::new(DiesAt(site, moment))).await;
        let scratch = house.folder.path().join("scratch");
        house.store.snapshot(scratch.clone(), house.now()).await.unwrap_err();
        assert!(scratch.join("copy.db").exists());

        let house = house.reopen().await;
        let taken = snapshot(&house).await;

        let left: Vec<_> = std::fs::read_dir(&scratch).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, [taken.file], "{site}");
    }
}

#[tokio::test]
async fn t66_nothing_readable_lies_around_a_backup() {
    let (house, stall) = House::with_stall().await;
    house.writes(&stall, "ana").await;
    let taken = snapshot(&house).await;

    house.store.verify_snapshot(taken.file.clone(), house.folder.path().join("scratch")).await.unwrap();

    let scratch = house.folder.path().join("scratch");
    let mode = |path: &Path| {
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions())
    };
    assert_eq!((mode(&scratch) & 0o777, mode(&taken.file) & 0o777), (0o700, 0o600));
    assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 1, "only the sealed one is left");
    let bytes = std::fs::read(&taken.file).unwrap();
    assert_eq!(bytes.len() as u64, taken.bytes);
    for readable in ["Nordlys Candles", "SQLite format", "body of m_"] {
        assert!(!bytes.windows(readable.len()).any(|window| window == readable.as_bytes()), "{readable}");
    }
}
