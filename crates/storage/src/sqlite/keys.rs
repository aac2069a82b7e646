//! What the store remembers of the key ring, never a key.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;

use super::sql::Sql as _;
use super::values;
use crate::error::StoreError;

const EXPORTED_AT: &str = "SELECT value FROM meta WHERE name = 'keys_exported_at'";

const MARK_EXPORTED: &str = "
    INSERT INTO meta (name, value) VALUES ('keys_exported_at', ?1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

pub(super) fn exported_at(db: &Connection) -> Result<Option<Timestamp>, StoreError> {
    db.one(EXPORTED_AT, [], |row| values::at(row, 0))
}

pub(super) fn mark_exported(tx: &Connection, now: Timestamp) -> Result<(), StoreError> {
    tx.run_one(MARK_EXPORTED, params![now.millis()])
}
