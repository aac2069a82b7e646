//! Merchants' wishes, in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::MerchantId;

use super::SqliteStore;
use super::sql::Sql as _;
use super::writer::Lane;
use crate::error::StoreError;
use crate::nouns::Wishes;

const FIND: &str = "SELECT wishes FROM model_wishes WHERE merchant = ?1 AND wishes <> ''";

const SET: &str = "
    INSERT INTO model_wishes (merchant, wishes, changed_at) VALUES (?1, ?2, ?3)
    ON CONFLICT (merchant) DO UPDATE SET wishes = excluded.wishes, changed_at = excluded.changed_at";

#[async_trait]
impl Wishes for SqliteStore {
    async fn find_wishes(&self, merchant: MerchantId) -> Result<Option<String>, StoreError> {
        let find = move |db: &Connection| db.one(FIND, params![merchant.as_bytes()], |row| row.get(0));
        self.readers.glance(find).await
    }

    async fn set_wishes(&self, merchant: MerchantId, wishes: &str, now: Timestamp) -> Result<(), StoreError> {
        let wishes = wishes.to_owned();
        let set = move |tx: &Connection| tx.run_one(SET, params![merchant.as_bytes(), wishes, now.millis()]);
        self.writer.unit(Lane::Interactive, "wishes", set).await
    }
}
