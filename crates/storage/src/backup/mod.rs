//! The sealed form of everything that leaves the store for a backup: compressed, then sealed in chunks with a key of its own
//! purpose, so that any size passes through a bounded memory. What is in it, and where it lies, is told by others.

mod head;
mod stream;
#[cfg(test)]
mod tests;

use std::io::{self, Read, Write};
use std::sync::{Arc, PoisonError, RwLock};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy::Entropy;
use thiserror::Error;

pub use self::head::{BackupHead, BackupKind};
use self::stream::{OpenReader, SealWriter};
use crate::keys::KeyRing;
use crate::seal::Ciphers;

/// What keys for backups are derived for.
const PURPOSE: &str = "shopclerk/backups/1";

/// Why a backup cannot be made, opened or put back; each reads as one line for the terminal.
#[derive(Debug, Error)]
pub enum BackupError {
    /// Its first bytes are not those of a backup.
    #[error("this is not a backup of Shopclerk")]
    Foreign,
    /// Made in a form this program does not know.
    #[error("this backup was made by a newer version; upgrade first")]
    Newer,
    /// It is another kind of backup than asked for.
    #[error("this is a backup of something else than was asked for")]
    OtherKind,
    /// Its key is not in the ring.
    #[error(
        "this backup is sealed with the key {id}, which is not in the ring; give the ring it was made with"
    )]
    UnknownKey {
        /// The key's id.
        id: String,
    },
    /// The ring has a key of that name, but not that key.
    #[error("this backup is sealed with another key of the name {id}, or its head was changed")]
    WrongKey {
        /// The key's id.
        id: String,
    },
    /// Its end is missing.
    #[error("this backup was cut off; its end is missing")]
    Cut,
    /// A part of it is not as it was sealed.
    #[error("this backup was changed or cut off: part {part} of it does not open")]
    Changed {
        /// Which part, counted from 1.
        part: u32,
    },
    /// It opens, and the database in it is not sound.
    #[error("the database in this backup is damaged: {why}")]
    Damaged {
        /// What SQLite says.
        why: String,
    },
    /// A local file cannot be written or read.
    #[error("a local file cannot be used: {0}")]
    Local(#[source] io::Error),
    /// The database does not answer.
    #[error("the database cannot be copied: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Box::new(error))
    }
}

impl From<io::Error> for BackupError {
    /// What went wrong with the sealed form comes back through readers that know only I/O.
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(ours) => ours,
            Err(error) => Self::Local(error),
        }
    }
}

impl From<BackupError> for io::Error {
    fn from(error: BackupError) -> Self {
        Self::other(error)
    }
}

/// Seals and opens backups with the keys of a ring.
pub(crate) struct BackupKeys {
    ring: RwLock<Arc<Ciphers>>,
    entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for BackupKeys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "BackupKeys({})", self.ring().newest)
    }
}

impl BackupKeys {
    pub(crate) fn new(ring: &KeyRing, entropy: Arc<dyn Entropy>) -> Self {
        Self { ring: RwLock::new(Arc::new(Ciphers::new(ring, PURPOSE))), entropy }
    }

    /// Uses another ring from now on: a backup sealed with a key that has left it would open nowhere.
    pub(crate) fn adopt(&self, ring: &KeyRing) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Ciphers::new(ring, PURPOSE));
    }

    fn ring(&self) -> Arc<Ciphers> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Compresses and seals all of `from` into `to`.
    pub(crate) fn seal<W: Write>(
        &self,
        kind: BackupKind,
        schema: u32,
        made_at: Timestamp,
        mut from: impl Read,
        to: W,
    ) -> Result<(BackupHead, W), BackupError> {
        let ring = self.ring();
        let unknown = || BackupError::UnknownKey { id: ring.newest.clone() };
        let cipher = ring.of(&ring.newest).ok_or_else(unknown)?;
        let head = BackupHead { kind, schema, made_at, key: ring.newest.clone() };
        let sealing = SealWriter::begin(cipher.clone(), &head, &*self.entropy, to)?;
        let mut packing = ZlibEncoder::new(sealing, Compression::fast());
        io::copy(&mut from, &mut packing)?;
        Ok((head, packing.finish()?.finish()?))
    }

    /// Opens all of `from` into `to`; what was written so far is worth nothing if this fails.
    pub(crate) fn open(
        &self,
        kind: BackupKind,
        from: impl Read,
        mut to: impl Write,
    ) -> Result<BackupHead, BackupError> {
        let (head, opening) = OpenReader::begin(from, |id| self.ring().of(id).cloned())?;
        if head.kind != kind {
            return Err(BackupError::OtherKind);
        }
        let mut unpacking = ZlibDecoder::new(opening);
        io::copy(&mut unpacking, &mut to)?;
        unpacking.into_inner().end()?;
        Ok(head)
    }
}
