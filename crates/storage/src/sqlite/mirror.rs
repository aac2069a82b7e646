//! What the mirror last wrote, in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::MerchantId;

use super::SqliteStore;
use super::sql::Sql as _;
use super::writer::Lane;
use crate::error::StoreError;
use crate::nouns::Mirrored;

const FIND: &str = "SELECT hash FROM mirrored WHERE merchant = ?1 AND key = ?2";

const MARK: &str = "
    INSERT INTO mirrored (merchant, key, hash, written_at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (merchant, key) DO UPDATE SET hash = excluded.hash, written_at = excluded.written_at";

/// The last letter there is stands for all that may follow.
const FORGET: &str = "DELETE FROM mirrored WHERE merchant = ?1 AND key >= ?2 AND key < ?2 || char(1114111)";

#[async_trait]
impl Mirrored for SqliteStore {
    async fn mirrored(&self, merchant: MerchantId, key: &str) -> Result<Option<[u8; 32]>, StoreError> {
        let key = key.to_owned();
        let find = move |db: &Connection| db.one(FIND, params![merchant.as_bytes(), key], |row| row.get(0));
        self.readers.glance(find).await
    }

    async fn mark_mirrored(
        &self,
        merchant: MerchantId,
        key: &str,
        hash: [u8; 32],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = key.to_owned();
        let mark =
            move |tx: &Connection| tx.run_one(MARK, params![merchant.as_bytes(), key, hash, now.millis()]);
        self.writer.unit(Lane::Bulk, "mirror", mark).await
    }

    async fn forget_mirrored(&self, merchant: MerchantId, prefix: &str) -> Result<(), StoreError> {
        let prefix = prefix.to_owned();
        let forget = move |tx: &Connection| tx.run(FORGET, params![merchant.as_bytes(), prefix]).map(drop);
        self.writer.unit(Lane::Bulk, "mirror", forget).await
    }
}
