//! Polls in SQLite: one row per connection. A shop's row is written where its pass ends.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ConnectionName;
use shopclerk_domain::ids::MerchantId;

use super::SqliteStore;
use super::sql::Sql as _;
use super::values::{from_column, maybe_at, to_column};
use super::writer::Lane;
use crate::error::StoreError;
use crate::nouns::Polls;
use crate::nouns::polls::{Drift, Poll};

const DONE: &str = "
    INSERT INTO polls (merchant, kind, key, done_at, read, added, changed, gone)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT (merchant, kind, key) DO UPDATE SET
        done_at = excluded.done_at, read = excluded.read, added = excluded.added, changed = excluded.changed,
        gone = excluded.gone, failed_at = NULL, why = NULL";

const FAILED: &str = "
    INSERT INTO polls (merchant, kind, key, failed_at, why) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (merchant, kind, key) DO UPDATE SET failed_at = excluded.failed_at, why = excluded.why";

const LAST: &str = "
    SELECT done_at, read, added, changed, gone, failed_at, why
    FROM polls WHERE merchant = ?1 AND kind = ?2 AND key = ?3";

/// What every poll goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 3] = [DONE, FAILED, LAST];

/// Records a whole look, as part of another unit.
pub(super) fn done(
    tx: &Connection,
    merchant: MerchantId,
    connection: &ConnectionName,
    read: u64,
    drift: Drift,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Drift { added, changed, gone } = drift;
    let [read, added, changed, gone] = [read, added, changed, gone].map(to_column);
    let (kind, key) = (connection.kind(), connection.key());
    tx.run_one(DONE, params![merchant.as_bytes(), kind, key, now.millis(), read, added, changed, gone])
}

#[async_trait]
impl Polls for SqliteStore {
    async fn poll_done(
        &self,
        merchant: MerchantId,
        connection: &ConnectionName,
        drift: Drift,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let connection = connection.clone();
        let record = move |tx: &Connection| done(tx, merchant, &connection, 1, drift, now);
        self.writer.unit(Lane::Bulk, "poll.done", record).await
    }

    async fn poll_failed(
        &self,
        merchant: MerchantId,
        connection: &ConnectionName,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (connection, why) = (connection.clone(), why.to_owned());
        let record = move |tx: &Connection| {
            let (kind, key) = (connection.kind(), connection.key());
            tx.run_one(FAILED, params![merchant.as_bytes(), kind, key, now.millis(), why])
        };
        self.writer.unit(Lane::Bulk, "poll.failed", record).await
    }

    async fn last_poll(
        &self,
        merchant: MerchantId,
        connection: &ConnectionName,
    ) -> Result<Option<Poll>, StoreError> {
        let connection = connection.clone();
        let find = move |db: &Connection| {
            db.one(LAST, params![merchant.as_bytes(), connection.kind(), connection.key()], |row| {
                let count = |column| row.get(column).map(from_column);
                Ok(Poll {
                    done_at: maybe_at(row, 0)?,
                    read: count(1)?,
                    drift: Drift { added: count(2)?, changed: count(3)?, gone: count(4)? },
                    failed_at: maybe_at(row, 5)?,
                    why: row.get(6)?,
                })
            })
        };
        self.readers.glance(find).await
    }
}
