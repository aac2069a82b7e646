//! Connection checks in SQLite: one row per connection, the newest.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ConnectionName;
use shopclerk_domain::ids::MerchantId;

use super::SqliteStore;
use super::sql::Sql as _;
use super::values::at;
use super::writer::Lane;
use crate::error::StoreError;
use crate::nouns::Checks;
use crate::nouns::checks::{Check, NewCheck, Outcome, Way};

const SUCCESS: &str = "success";

const BEGIN: &str = "
    INSERT INTO checks (merchant, kind, key, asked_at, nonce, ends_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (merchant, kind, key) DO UPDATE SET
        asked_at = excluded.asked_at, nonce = excluded.nonce, ends_at = excluded.ends_at,
        ticked_at = NULL, webhook = NULL, polling = NULL";

const SETTLE_WEBHOOK: &str =
    "UPDATE checks SET webhook = ?5 WHERE merchant = ?1 AND kind = ?2 AND key = ?3 AND nonce = ?4";

const SETTLE_POLLING: &str =
    "UPDATE checks SET polling = ?5 WHERE merchant = ?1 AND kind = ?2 AND key = ?3 AND nonce = ?4";

const LAST: &str = "
    SELECT asked_at, CASE WHEN ticked_at IS NULL THEN webhook ELSE 'success' END, polling
    FROM checks WHERE merchant = ?1 AND kind = ?2 AND key = ?3";

/// Once, and in time.
const TICK: &str = "UPDATE checks SET ticked_at = ?2 WHERE nonce = ?1 AND ticked_at IS NULL AND ends_at > ?2";

/// What is run for whoever calls, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 2] = [TICK, LAST];

/// Ticks the check whose delivery this nonce came with; says whether there was one.
pub(super) fn tick(tx: &Connection, nonce: [u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(TICK, params![nonce, now.millis()])? > 0)
}

fn outcome(word: Option<String>) -> Outcome {
    match word {
        None => Outcome::Pending,
        Some(word) if word == SUCCESS => Outcome::Success,
        Some(why) => Outcome::Failed(why),
    }
}

#[async_trait]
impl Checks for SqliteStore {
    async fn begin_check(
        &self,
        merchant: MerchantId,
        check: NewCheck,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let begin = move |tx: &Connection| {
            let NewCheck { connection, nonce, ends_at } = &check;
            let (kind, key) = (connection.kind(), connection.key());
            tx.run_one(BEGIN, params![merchant.as_bytes(), kind, key, now.millis(), nonce, ends_at.millis()])
        };
        self.writer.unit(Lane::Interactive, "check.begin", begin).await
    }

    async fn settle_check(
        &self,
        merchant: MerchantId,
        check: &NewCheck,
        way: Way,
        why: Option<String>,
    ) -> Result<(), StoreError> {
        let check = check.clone();
        let settle = move |tx: &Connection| {
            let NewCheck { connection, nonce, .. } = &check;
            let (kind, key) = (connection.kind(), connection.key());
            let sql = match way {
                Way::Webhook => SETTLE_WEBHOOK,
                Way::Polling => SETTLE_POLLING,
            };
            let word = why.as_deref().unwrap_or(SUCCESS);
            tx.run_one(sql, params![merchant.as_bytes(), kind, key, nonce, word])
        };
        self.writer.unit(Lane::Interactive, "check.settle", settle).await
    }

    async fn last_check(
        &self,
        merchant: MerchantId,
        connection: &ConnectionName,
    ) -> Result<Option<Check>, StoreError> {
        let connection = connection.clone();
        let find = move |db: &Connection| {
            db.one(LAST, params![merchant.as_bytes(), connection.kind(), connection.key()], |row| {
                let (webhook, polling) = (outcome(row.get(1)?), outcome(row.get(2)?));
                Ok(Check { asked_at: at(row, 0)?, webhook, polling })
            })
        };
        self.readers.glance(find).await
    }
}
