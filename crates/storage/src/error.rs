//! What can go wrong with the store, sorted by what the caller can do next.

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
