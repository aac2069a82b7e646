//! Columns to domain values and back, where one expression is not enough.

use rusqlite::Row;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ConnectionState, ShopDomain};

use super::sql::corrupt;
use crate::error::StoreError;

/// A number of a shop as its column: the same 64 bits, since SQLite knows signed integers only.
pub(super) const fn to_column(number: u64) -> i64 {
    number.cast_signed()
}

/// The number that a column holds.
pub(super) const fn from_column(number: i64) -> u64 {
    number.cast_unsigned()
}

/// An instant.
pub(super) fn at(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}

/// An instant that may be absent.
pub(super) fn maybe_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
}

/// Milliseconds of an instant that may be absent.
pub(super) fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::millis)
}

/// A number of rows as a `LIMIT`.
pub(super) fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// A stored shop's address.
pub(super) fn shop(table: &'static str, text: &str) -> Result<ShopDomain, StoreError> {
    ShopDomain::parse(text).map_err(|_| corrupt(table, "with a shop", "the address is not a shop's"))
}

/// A stored state of a connection.
pub(super) fn connection_state(table: &'static str, word: &str) -> Result<ConnectionState, StoreError> {
    ConnectionState::from_word(word).ok_or_else(|| corrupt(table, "with a state", "the state is unknown"))
}
