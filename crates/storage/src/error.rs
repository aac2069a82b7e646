//! What can go wrong with the store, sorted by what the caller can do next.

use std::path::PathBuf;

use thiserror::Error;

/// Why a unit or a read failed. Not found is `None`, never an error.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The store has more waiting than it may hold: try again shortly.
    #[error("the store is busy")]
    Busy,
    /// A guard of the unit no longer holds (lease, version, unique key): read again and decide anew.
    #[error("somebody else was first")]
    Conflict,
    /// A row cannot be read or unsealed. Only that row is affected.
    #[error("row {row} of {table} is damaged: {why}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// Which row, without personal data.
        row: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The database itself fails.
    #[error("the store is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// The database itself fails, and this is all we know.
    pub(crate) fn unavailable(why: &'static str) -> Self {
        Self::Unavailable(why.into())
    }
}

/// Why a store cannot be opened; each reads as one line for the terminal.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The data folder cannot be written.
    #[error("the data folder {folder} cannot be written ({source}); give another with SHOPCLERK_DATA_DIR")]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Others than its owner can read the database.
    #[error("others can read the database {}; run: chmod 600 {}", file.display(), file.display())]
    Readable {
        /// The file.
        file: PathBuf,
    },
    /// Another process has it open.
    #[error("the store in {folder} is in use by process {pid}; stop it first")]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// The process that holds it, as it wrote itself down.
        pid: String,
    },
    /// A newer version changed it in a way that this one does not know.
    #[error(
        "the store was written by a newer version (schema {found}, this one knows {known}); upgrade first"
    )]
    NewerSchema {
        /// The schema of the store.
        found: u32,
        /// The newest schema this version knows.
        known: u32,
    },
    /// The SQLite that was built in can damage its write-ahead log.
    #[error("SQLite {found} can damage the store; 3.51.3 or newer is needed")]
    OldSqlite {
        /// The version that was built in.
        found: &'static str,
    },
    /// None of the keys is the one the store was made with.
    #[error(
        "the keys do not fit this store; give those it was made with in SHOPCLERK_KEYS or SHOPCLERK_KEYS_FILE"
    )]
    WrongKeys,
    /// The database file cannot be opened or brought up to date.
    #[error("the store in {folder} cannot be opened: {source}")]
    Database {
        /// The folder.
        folder: PathBuf,
        /// What the database says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
