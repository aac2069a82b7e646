//! A consistent copy of the whole store, sealed: made by the database's own call, checked before anybody relies on it, and
//! never readable on the way by anybody but its owner.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest as _, Sha256};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::fault::{FaultPoints, Moment};

use super::erasures::kept;
use super::sql::Sql as _;
use super::writer::Lane;
use super::{SqliteStore, connections, values};
use crate::backup::{BackupError, BackupHead, BackupKeys, BackupKind};
use crate::error::StoreError;
use crate::installation::{Backups, KeptErasures};
use crate::nouns::erasures::ErasureRow;

pub(super) const QUIET_BEFORE: &str = "SELECT value FROM meta WHERE name = 'quiet_before'";

pub(super) const RESTORED_AT: &str = "SELECT value FROM meta WHERE name = 'restored'";

const FINISH_RESTORE: &str = "DELETE FROM meta WHERE name = 'restored'";

/// A sealed copy of the store, in a local file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The file.
    pub file: PathBuf,
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// Its length.
    pub bytes: u64,
    /// What it says of itself.
    pub head: BackupHead,
}

#[async_trait]
impl Backups for SqliteStore {
    async fn snapshot(&self, scratch: PathBuf, now: Timestamp) -> Result<Snapshot, BackupError> {
        let (file, keys, faults) =
            (self.file.clone(), Arc::clone(&self.backup_keys), Arc::clone(&self.faults));
        blocking(move || snapshot(&file, &scratch, &keys, &*faults, now)).await
    }

    async fn verify_snapshot(&self, sealed: PathBuf, scratch: PathBuf) -> Result<BackupHead, BackupError> {
        let keys = Arc::clone(&self.backup_keys);
        blocking(move || verify(&sealed, &scratch, &keys)).await
    }

    async fn restored_at(&self) -> Result<Option<Timestamp>, StoreError> {
        // Nearly every store is not just put back: that costs no read.
        if !self.was_put_back {
            return Ok(None);
        }
        self.readers.read(|db| db.one(RESTORED_AT, [], |row| values::at(row, 0))).await
    }

    async fn put_back_tokens(&self, sealed: Vec<u8>) -> Result<bool, BackupError> {
        let (own, keys) = (Arc::clone(&self.sealer), Arc::clone(&self.backup_keys));
        let put_back = move |tx: &Connection| Ok(connections::put_back_tokens(tx, &own, &keys, &sealed));
        let done = self.writer.unit(Lane::Bulk, "restore.tokens", put_back).await;
        done.unwrap_or_else(|error| Err(BackupError::Database(Box::new(error))))
    }

    async fn erasures_to_keep(&self, now: Timestamp) -> Result<Option<KeptErasures>, StoreError> {
        let keys = Arc::clone(&self.backup_keys);
        self.readers.read(move |db| kept::next(db, &keys, now)).await
    }

    async fn mark_erasures_kept(&self, until: i64) -> Result<(), StoreError> {
        let mark = move |tx: &Connection| kept::mark(tx, until);
        self.writer.unit(Lane::Interactive, "backup.erasures", mark).await
    }

    async fn open_erasures(&self, sealed: Vec<u8>) -> Result<Vec<ErasureRow>, BackupError> {
        kept::open(&self.backup_keys, &sealed)
    }

    async fn finish_restore(&self) -> Result<(), StoreError> {
        let finish = |tx: &Connection| tx.run(FINISH_RESTORE, []).map(drop);
        self.writer.unit(Lane::Interactive, "restore.finish", finish).await
    }
}

/// Work of seconds, away from the threads that serve.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|broken| Err(BackupError::Database(Box::new(broken))))
}

/// Copies the store in `database` and seals the copy into `scratch`, which is emptied first: what lies there is of a backup that
/// was cut off.
fn snapshot(
    database: &Path,
    scratch: &Path,
    keys: &BackupKeys,
    faults: &dyn FaultPoints,
    now: Timestamp,
) -> Result<Snapshot, BackupError> {
    empty(scratch)?;
    let copy = scratch.join("copy.db");
    private(&copy)?;
    faults.reach("backup.copy", Moment::Before);
    copy_into(database, &copy)?;
    let schema = sound(&copy)?;
    faults.reach("backup.copy", Moment::Committed);
    let sealed = scratch.join("snapshot.sealed");
    let plain = BufReader::new(File::open(&copy)?);
    let to = Hashing { file: BufWriter::new(private(&sealed)?), hash: Sha256::new(), bytes: 0 };
    let (head, sealing) = keys.seal(BackupKind::Snapshot, schema, now, plain, to)?;
    let Hashing { file, hash, bytes } = sealing;
    file.into_inner().map_err(|error| BackupError::Local(error.into_error()))?.sync_all()?;
    fs::remove_file(&copy)?;
    faults.reach("backup.seal", Moment::Committed);
    Ok(Snapshot { file: sealed, hash: hash.finalize().into(), bytes, head })
}

/// Opens a sealed copy whole and checks the database in it. Nothing is left in `scratch`.
fn verify(sealed: &Path, scratch: &Path, keys: &BackupKeys) -> Result<BackupHead, BackupError> {
    let copy = scratch.join("verify.db");
    let checked = unseal(sealed, &copy, keys).and_then(|head| sound(&copy).map(|_| head));
    remove(&copy)?;
    checked
}

/// Opens a sealed copy into a file of its owner's alone, durable when this returns.
pub(super) fn unseal(sealed: &Path, into: &Path, keys: &BackupKeys) -> Result<BackupHead, BackupError> {
    let mut to = BufWriter::new(private(into)?);
    let head = keys.open(BackupKind::Snapshot, BufReader::new(File::open(sealed)?), &mut to)?;
    to.into_inner().map_err(|error| BackupError::Local(error.into_error()))?.sync_all()?;
    Ok(head)
}

/// `VACUUM INTO` needs a file that is not there or empty; ours is, so that it has its mode from the beginning.
fn copy_into(database: &Path, copy: &Path) -> Result<(), BackupError> {
    let how = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(database, how)?;
    source.busy_timeout(super::connect::BUSY)?;
    // The copy inherits this: no words may stay in the unused ends of its pages, where no erasure would find them.
    source.execute_batch("PRAGMA secure_delete = ON")?;
    let name = copy.to_str().ok_or_else(|| BackupError::Database("the folder's name is not UTF-8".into()))?;
    source.execute("VACUUM INTO ?1", [name])?;
    Ok(File::open(copy)?.sync_all()?)
}

/// The schema of a sound database.
pub(super) fn sound(copy: &Path) -> Result<u32, BackupError> {
    let database = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let said: String = database.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if said != "ok" {
        return Err(BackupError::Damaged { why: said });
    }
    Ok(database.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn empty(scratch: &Path) -> Result<(), BackupError> {
    match fs::remove_dir_all(scratch) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    Ok(super::lock::make_folder(scratch)?)
}

/// An empty file of its owner's alone.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

pub(super) fn remove(path: &Path) -> Result<(), BackupError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Hashes what it writes.
struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
