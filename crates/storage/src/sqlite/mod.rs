//! The store on SQLite: one file, one thread that writes in groups, a few connections that read. Here it is opened and
//! closed; each noun has its own file.

mod api_tokens;
mod backup;
mod budgets;
mod catalogue;
mod checkpoint;
mod checks;
mod connect;
mod connections;
mod conversations;
mod data_requests;
mod deliveries;
mod discounts;
mod erasures;
mod examine;
mod inbox;
mod installation;
mod jobs;
mod keys;
mod lock;
mod migrate;
mod mirror;
mod outbox;
mod overview;
#[cfg(test)]
mod plans;
mod polls;
mod proofs;
mod readers;
mod reseal;
mod restore;
mod retention;
mod rows;
mod schedules;
#[cfg(test)]
mod schema;
mod sessions;
mod sql;
mod values;
mod wishes;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, params};
use shopclerk_domain::clock::{Clock, Timestamp};
use shopclerk_domain::entropy::Entropy;
use shopclerk_domain::fault::FaultPoints;

pub use self::backup::Snapshot;
use self::checkpoint::Checkpoints;
use self::lock::FolderLock;
use self::migrate::Schema;
use self::readers::Readers;
pub use self::restore::{RestoreError, RestoreOptions, Restored, restore_sqlite};
use self::sql::Sql as _;
use self::writer::{Writer, WriterParts};
use crate::backup::BackupKeys;
use crate::error::{OpenError, StoreError};
use crate::keys::{self as ring, KeyRing};
use crate::nouns::inbox::Settle;
use crate::seal::Sealer;

/// The oldest SQLite whose write-ahead log is safe (sqlite.org/wal.html, "the WAL-reset bug").
const OLDEST_SQLITE: i32 = 3_051_003;

/// The database's file in the data folder.
const DATABASE: &str = "shopclerk.db";

/// What a store on SQLite is opened with.
#[derive(Debug)]
pub struct SqliteOptions {
    /// Holds `shopclerk.db` and `shopclerk.lock`; made if it is missing.
    pub folder: PathBuf,
    /// What tokens are sealed with.
    pub keys: KeyRing,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where new ids and nonces come from.
    pub entropy: Arc<dyn Entropy>,
    /// What happens at fault points.
    pub faults: Arc<dyn FaultPoints>,
    /// When a turn is due for what arrived.
    pub settle: Settle,
}

/// A store on SQLite; implements every trait of [`crate::nouns`].
#[derive(Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    sealer: Arc<Sealer>,
    backup_keys: Arc<BackupKeys>,
    file: PathBuf,
    faults: Arc<dyn FaultPoints>,
    /// What shoppers wrote before this moment gets no automatic answer: a restored store may have answered it already.
    quiet_before: Timestamp,
    /// Whether the store was put back from a backup and not opened since.
    was_put_back: bool,
    settle: Settle,
    /// The newest event when linking was last thought of.
    newest_seen: AtomicI64,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    checkpoints: Checkpoints,
    held: Mutex<Option<Held>>,
}

/// What ends with the store.
#[derive(Debug)]
struct Held {
    threads: [JoinHandle<()>; 2],
    lock: FolderLock,
}

/// Opens the store in a folder, making it if it is not there, and brings its schema up to date.
pub async fn open_sqlite(options: SqliteOptions) -> Result<SqliteStore, OpenError> {
    let folder = options.folder.clone();
    let opening = tokio::task::spawn_blocking(move || open(options));
    opening.await.unwrap_or_else(|error| Err(OpenError::Database { folder, source: Box::new(error) }))
}

fn open(options: SqliteOptions) -> Result<SqliteStore, OpenError> {
    let SqliteOptions { folder, keys, clock, entropy, faults, settle } = options;
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(OpenError::OldSqlite { found: rusqlite::version() });
    }
    let lock = FolderLock::take(&folder)?;
    let sealer = Arc::new(Sealer::new(&keys, Arc::clone(&entropy)));
    let backup_keys = Arc::new(BackupKeys::new(&keys, Arc::clone(&entropy)));
    let file = folder.join(DATABASE);
    make_private(&file).map_err(|source| OpenError::NotWritable { folder: folder.clone(), source })?;
    if ring::is_open_to_others(&file).unwrap_or(false) {
        return Err(OpenError::Readable { file });
    }
    let connection = prepare(&folder, &file, &sealer)?;

    let failed = |source| OpenError::Database { folder: folder.clone(), source: Box::new(source) };
    let (quiet_before, was_put_back) = restore_marks(&connection)
        .map_err(|source| OpenError::Database { folder: folder.clone(), source: Box::new(source) })?;
    let checkpoints = Checkpoints::default();
    let parts = WriterParts {
        file: file.clone(),
        connection,
        clock: Arc::clone(&clock),
        faults: Arc::clone(&faults),
        checkpoints: checkpoints.clone(),
    };
    let (writer, writing) = Writer::start(parts).map_err(failed)?;
    let checkpointing = checkpoints.start(file.clone()).inspect_err(|_| writer.close()).map_err(failed)?;
    let held = Mutex::new(Some(Held { threads: [writing, checkpointing], lock }));
    let readers = Readers::new(file.clone());
    Ok(SqliteStore {
        writer,
        readers,
        sealer,
        backup_keys,
        file,
        faults,
        quiet_before,
        was_put_back,
        settle,
        newest_seen: AtomicI64::new(-1),
        clock,
        entropy,
        checkpoints,
        held,
    })
}

/// The database file is the owner's alone; SQLite gives its log the same mode.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// The writing connection with the schema up to date, the keys found to fit, and nothing leased.
fn prepare(folder: &Path, file: &Path, sealer: &Sealer) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::Database { folder: folder.to_owned(), source };
    let connection = connect::writer(file).map_err(|error| failed(Box::new(error)))?;
    match migrate::migrate(&connection).map_err(|error| failed(Box::new(error)))? {
        Schema::Usable => {}
        Schema::TooNew { found, known } => return Err(OpenError::NewerSchema { found, known }),
    }
    if !reseal::keys_fit(&connection, sealer).map_err(|error| failed(Box::new(error)))? {
        return Err(OpenError::WrongKeys);
    }
    free_leases(&connection).map_err(|error| failed(Box::new(error)))?;
    Ok(connection)
}

/// What a restore left behind: since when messages are answered (the beginning of time without one), and whether what lies beside
/// the backups is still to follow.
fn restore_marks(connection: &Connection) -> Result<(Timestamp, bool), StoreError> {
    let quiet_before = connection.one(backup::QUIET_BEFORE, [], |row| row.get(0))?.unwrap_or(i64::MIN);
    let restored = connection.one(backup::RESTORED_AT, [], |row| row.get::<_, i64>(0))?;
    Ok((Timestamp::from_millis(quiet_before), restored.is_some()))
}

/// We hold the folder alone, so whoever held a lease is gone: its work need not wait for the lease's end.
fn free_leases(connection: &Connection) -> Result<(), StoreError> {
    let conversations =
        connection.run("UPDATE conversations SET lease_until = 0 WHERE lease_until > 0", params![])?;
    let jobs = connection.run(
        "UPDATE jobs SET state = 'waiting', lease_until = 0 WHERE due_at IS NOT NULL AND state IN ('leased', 'again')",
        params![],
    )?;
    let schedules = connection.run(schedules::FREE, params![])?;
    if conversations > 0 || jobs > 0 || schedules > 0 {
        tracing::info!(conversations, jobs, schedules, "work that a former process left is free again");
    }
    Ok(())
}

impl SqliteStore {
    /// Does what waits, moves the log into the file and frees the folder. What comes later is refused.
    pub async fn close(&self) {
        self.readers.close().await;
        let Some(held) = self.take_held() else { return };
        self.writer.close();
        self.checkpoints.stop();
        if tokio::task::spawn_blocking(move || held.end()).await.is_err() {
            tracing::error!("the store's threads did not end well");
        }
    }

    fn take_held(&self) -> Option<Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for SqliteStore {
    /// As [`SqliteStore::close`], for an owner that forgot it: the folder must be free once the store is gone.
    fn drop(&mut self) {
        self.writer.close();
        self.checkpoints.stop();
        if let Some(held) = self.take_held() {
            held.end();
        }
    }
}

impl Held {
    fn end(self) {
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
        drop(self.lock);
    }
}
