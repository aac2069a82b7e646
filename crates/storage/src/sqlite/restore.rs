//! A store put back from a backup. It wakes up in its own past: what was queued then may have been sent since, what was asked
//! may have been answered, whoever was signed in may have signed out. All of that is settled before the file has its name; what
//! lies beside the backups and is newer follows when it is first opened.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::params;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy::Entropy;
use shopclerk_domain::fault::{FaultPoints, Moment};
use thiserror::Error;

use super::inbox::linking;
use super::lock::FolderLock;
use super::migrate::{self, Schema};
use super::sql::Sql as _;
use super::{DATABASE, backup, checkpoint, connect, reseal};
use crate::backup::{BackupError, BackupHead, BackupKeys};
use crate::error::{OpenError, StoreError};
use crate::keys::KeyRing;
use crate::nouns::inbox::Settle;
use crate::seal::Sealer;

/// What a store is put back from.
#[derive(Debug)]
pub struct RestoreOptions {
    /// The data folder: it may hold keys and backups, but no store.
    pub folder: PathBuf,
    /// The ring the backup was sealed with, or a later one.
    pub keys: KeyRing,
    /// The sealed copy, a local file.
    pub snapshot: PathBuf,
    /// The time.
    pub now: Timestamp,
    /// Where nonces come from.
    pub entropy: Arc<dyn Entropy>,
    /// What happens at fault points.
    pub faults: Arc<dyn FaultPoints>,
}

/// What was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The copy's own word for itself.
    pub head: BackupHead,
    /// Parts of replies that wait for a person, because they may have been sent.
    pub parked: usize,
    /// Messages that wait for a person, because they may have been answered.
    pub unanswered: usize,
}

/// Why a store cannot be put back; each reads as one line for the terminal.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// There is a store already.
    #[error("{} is there already; restore into an empty folder, or move it away first", path.display())]
    Occupied {
        /// Its file.
        path: PathBuf,
    },
    /// The folder cannot be had for ourselves.
    #[error(transparent)]
    Folder(#[from] OpenError),
    /// The backup does not open.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The store in it cannot be settled.
    #[error("the store in this backup cannot be brought up to date: {0}")]
    Store(#[from] StoreError),
}

const NOT_SIGNED_IN: &str = "DELETE FROM sessions; DELETE FROM states;";

/// Nothing that was on its way then leaves now: a person decides.
const PARK: &str = "
    UPDATE outbox SET state = 'parked', settled_at = ?1, code = 'restore.unsettled'
    WHERE state IN ('queued', 'sending', 'unknown')";

/// Whoever asked may have been answered since.
const UNANSWERED: &str = "
    UPDATE inbox SET state = 'dead', why = 'restore.unsettled', retry_at = NULL, done_at = ?1
    WHERE state = 'waiting' AND asks = 1";

const FILED: &str = "UPDATE inbox SET state = 'done', done_at = ?1 WHERE state = 'waiting'";

const NOTHING_DUE: &str = "
    UPDATE conversations
    SET send_at = NULL, turn_at = NULL, settles_at = NULL, retry_at = NULL, waiting_since = NULL,
        newest_waiting = NULL, disclosing = NULL, lease_until = 0";

/// What the mirror holds is newer than what the store remembers of it: all of it is written again.
const FORGET_MIRRORED: &str = "DELETE FROM mirrored";

/// What a shopper wrote before this moment gets no automatic answer, and what lies beside the backups is still to follow.
const MARK: &str = "
    INSERT INTO meta (name, value) VALUES ('quiet_before', ?1), ('restored', ?1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// Puts a store back; blocks. The folder has no store until this has done all of its work.
pub fn restore_sqlite(options: &RestoreOptions) -> Result<Restored, RestoreError> {
    let RestoreOptions { folder, keys, snapshot, faults, entropy, .. } = options;
    let path = folder.join(DATABASE);
    let _lock = FolderLock::take(folder)?;
    if path.exists() {
        return Err(RestoreError::Occupied { path });
    }
    let backup_keys = BackupKeys::new(keys, Arc::clone(entropy));
    let staged = folder.join("restoring.db");
    clear(&staged)?;
    let head = backup::unseal(snapshot, &staged, &backup_keys)?;
    faults.reach("restore.open", Moment::Committed);
    backup::sound(&staged)?;
    let restored = settle(&staged, head, options)?;
    faults.reach("restore.settle", Moment::Committed);
    // An index of a later catalogue would never notice that its rows went back.
    match fs::remove_dir_all(folder.join("index")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(local(error).into()),
        _ => {}
    }
    fs::rename(&staged, &path).map_err(local)?;
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(local)?;
    Ok(restored)
}

fn local(error: std::io::Error) -> BackupError {
    BackupError::Local(error)
}

/// The leavings of a restore that was cut off.
fn clear(staged: &Path) -> Result<(), BackupError> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = staged.as_os_str().to_owned();
        name.push(ending);
        backup::remove(Path::new(&name))?;
    }
    Ok(())
}

/// Brings the copy up to date and settles it; the log is moved into the file, so that the file alone is the store.
fn settle(staged: &Path, head: BackupHead, options: &RestoreOptions) -> Result<Restored, RestoreError> {
    let connection = connect::writer(staged).map_err(BackupError::from)?;
    match migrate::migrate(&connection).map_err(BackupError::from)? {
        Schema::Usable => {}
        Schema::TooNew { .. } => return Err(BackupError::Newer.into()),
    }
    let sealer = Sealer::new(&options.keys, Arc::clone(&options.entropy));
    if !reseal::keys_fit(&connection, &sealer)? {
        return Err(OpenError::WrongKeys.into());
    }
    let now = options.now.millis();
    connection.execute_batch("BEGIN IMMEDIATE").map_err(StoreError::from)?;
    connection.execute_batch(NOT_SIGNED_IN).map_err(StoreError::from)?;
    // What was written counts for the window, though nobody answers it.
    linking::link(&connection, Settle::default())?;
    let parked = connection.run(PARK, params![now])?;
    let unanswered = connection.run(UNANSWERED, params![now])?;
    connection.run(FILED, params![now])?;
    connection.run(NOTHING_DUE, [])?;
    connection.run(FORGET_MIRRORED, [])?;
    connection.run(MARK, params![now])?;
    connection.execute_batch("COMMIT").map_err(StoreError::from)?;
    checkpoint::finish(&connection);
    connection.close().map_err(|(_, error)| BackupError::from(error))?;
    Ok(Restored { head, parked, unanswered })
}
