//! The only crate with SQL: units in, rows out. A transaction is a value, handed over whole and durable when the method
//! returns; nothing can be awaited or forgotten inside one.

mod backup;
mod chain;
mod error;
pub mod installation;
mod keys;
pub mod nouns;
mod python;
mod seal;
mod sqlite;

use std::sync::Arc;

pub use backup::{BackupError, BackupHead, BackupKind};
pub use error::{OpenError, StoreError};
pub use installation::{Backups, Installation};
pub use keys::{KeyError, KeyRing};
pub use nouns::{
    ApiTokens, Budgets, Catalogue, Checks, Connections, Conversations, DataRequests, Deliveries, Discounts,
    Erasures, Imports, Inbox, Jobs, Mirrored, Outbox, Polls, Proofs, Sessions, Wishes,
};
pub use python::{
    PythonError, PythonFiles, PythonKind, PythonRefused, PythonRows, PythonSession, PythonToken, read_python,
};
pub use sqlite::{
    RestoreError, RestoreOptions, Restored, Snapshot, SqliteOptions, SqliteStore, open_sqlite, restore_sqlite,
};

/// Everything a store can do; chosen once, from its address.
pub trait Store:
    ApiTokens
    + Backups
    + Budgets
    + Catalogue
    + Checks
    + Connections
    + Conversations
    + DataRequests
    + Deliveries
    + Discounts
    + Erasures
    + Imports
    + Inbox
    + Installation
    + Jobs
    + Mirrored
    + Outbox
    + Polls
    + Proofs
    + Sessions
    + Wishes
{
}

impl<T> Store for T where
    T: ApiTokens
        + Backups
        + Budgets
        + Catalogue
        + Checks
        + Connections
        + Conversations
        + DataRequests
        + Deliveries
        + Discounts
        + Erasures
        + Imports
        + Inbox
        + Installation
        + Jobs
        + Mirrored
        + Outbox
        + Polls
        + Proofs
        + Sessions
        + Wishes
{
}

/// A store to share.
pub type SharedStore = Arc<dyn Store>;
