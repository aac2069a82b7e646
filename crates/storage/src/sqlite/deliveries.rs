//! What waits for a person in SQLite: each kind lives in its own table, found by an index of what waits alone.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{ConversationId, MerchantId};

use super::sql::Sql as _;
use super::writer::Lane;
use super::{SqliteStore, outbox, values};
use crate::error::StoreError;
use crate::nouns::Deliveries;
use crate::nouns::deliveries::{Undone, UndoneKind};

const DEAD_EVENTS: &str = "
    SELECT event, kind, conversation, why, attempt, ifnull(done_at, received_at) FROM inbox
    WHERE merchant = ?1 AND state = 'dead' AND event > ?2 ORDER BY event LIMIT ?3";

const JOBS_GIVEN_UP: &str = "
    SELECT job, kind, NULL, why, attempt, ifnull(ended_at, run_at) FROM jobs
    WHERE merchant = ?1 AND state = 'given_up' AND job > ?2 ORDER BY job LIMIT ?3";

const PARKED_PARTS: &str = "
    SELECT row, 'part', conversation, code, attempt, ifnull(settled_at, run_at) FROM outbox
    WHERE merchant = ?1 AND state = 'parked' AND row > ?2 ORDER BY row LIMIT ?3";

const REVIVE_EVENT: &str = "
    UPDATE inbox SET state = 'waiting', attempt = 0, retry_at = NULL, why = NULL, done_at = NULL
    WHERE event = ?1 AND merchant = ?2 AND state = 'dead' RETURNING conversation";

/// Due at once, unless a turn is about to come that takes it along.
const MAKE_DUE: &str = "
    UPDATE conversations SET turn_at = ifnull(turn_at, ?3), waiting_since = ifnull(waiting_since, ?3)
    WHERE merchant = ?1 AND conversation = ?2";

const REVIVE_JOB: &str = "
    UPDATE jobs SET state = 'waiting', attempt = 0, why = NULL, ended_at = NULL, run_at = ?3
    WHERE job = ?1 AND merchant = ?2 AND state = 'given_up'";

const REVIVE_PART: &str = "
    UPDATE outbox SET state = 'queued', attempt = 0, run_at = ?3, settled_at = NULL, missed_at = NULL, code = NULL
    WHERE row = ?1 AND merchant = ?2 AND state = 'parked' RETURNING conversation";

/// What requests go through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 7] =
    [DEAD_EVENTS, JOBS_GIVEN_UP, PARKED_PARTS, REVIVE_EVENT, MAKE_DUE, REVIVE_JOB, REVIVE_PART];

fn read(row: &Row<'_>) -> rusqlite::Result<Undone> {
    Ok(Undone {
        row: row.get(0)?,
        what: row.get(1)?,
        conversation: row.get::<_, Option<_>>(2)?.map(ConversationId::from_bytes),
        why: row.get(3)?,
        attempts: row.get(4)?,
        since: values::at(row, 5)?,
    })
}

fn put_up_again(
    tx: &Connection,
    merchant: MerchantId,
    kind: UndoneKind,
    row: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (owner, at) = (merchant.as_bytes(), now.millis());
    let conversation = |row: &Row<'_>| row.get(0).map(ConversationId::from_bytes);
    match kind {
        UndoneKind::Event => {
            let revived = tx.one(REVIVE_EVENT, params![row, owner], conversation)?;
            let Some(conversation) = revived else { return Ok(false) };
            tx.run_one(MAKE_DUE, params![owner, conversation.as_bytes(), at])?;
        }
        UndoneKind::Job => return Ok(tx.run(REVIVE_JOB, params![row, owner, at])? > 0),
        UndoneKind::Part => {
            let revived = tx.one(REVIVE_PART, params![row, owner, at], conversation)?;
            let Some(conversation) = revived else { return Ok(false) };
            outbox::refresh(tx, merchant, conversation)?;
        }
    }
    Ok(true)
}

#[async_trait]
impl Deliveries for SqliteStore {
    async fn list_undone(
        &self,
        merchant: MerchantId,
        kind: UndoneKind,
        after: i64,
        most: usize,
    ) -> Result<Vec<Undone>, StoreError> {
        let sql = match kind {
            UndoneKind::Event => DEAD_EVENTS,
            UndoneKind::Job => JOBS_GIVEN_UP,
            UndoneKind::Part => PARKED_PARTS,
        };
        let list = move |db: &Connection| {
            db.all(sql, params![merchant.as_bytes(), after, values::limit(most)], read)
        };
        self.readers.read(list).await
    }

    async fn put_up_again(
        &self,
        merchant: MerchantId,
        kind: UndoneKind,
        row: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let put_up = move |tx: &Connection| put_up_again(tx, merchant, kind, row, now);
        self.writer.unit(Lane::Interactive, "delivery.again", put_up).await
    }
}
