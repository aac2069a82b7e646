//! What waits for a person in SQLite: each kind lives in its own table, found by an index of what waits alone.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{ConversationId, MerchantId, PartId};

use super::inbox::{linking, waiting};
use super::outbox::{self, Sending};
use super::sql::Sql as _;
use super::writer::Lane;
use super::{SqliteStore, values};
use crate::error::StoreError;
use crate::nouns::Deliveries;
use crate::nouns::deliveries::{Ending, Undone, UndoneKind};
use crate::nouns::inbox::Settle;

const DEAD_EVENTS: &str = "
    SELECT event, kind, conversation, why, attempt, ifnull(done_at, received_at), NULL FROM inbox
    WHERE merchant = ?1 AND state = 'dead' AND event > ?2 ORDER BY event LIMIT ?3";

const JOBS_GIVEN_UP: &str = "
    SELECT job, kind, NULL, why, attempt, ifnull(ended_at, run_at), NULL FROM jobs
    WHERE merchant = ?1 AND state = 'given_up' AND job > ?2 ORDER BY job LIMIT ?3";

const PARKED_PARTS: &str = "
    SELECT row, 'part', conversation, code, attempt, ifnull(settled_at, run_at), part FROM outbox
    WHERE merchant = ?1 AND (state = 'parked' OR listed = 1) AND row > ?2 ORDER BY row LIMIT ?3";

const PEOPLE_WANTED: &str = "
    SELECT row, 'conversation', conversation, 'person.wanted', 0, person_wanted_at, NULL FROM conversations
    WHERE merchant = ?1 AND person_wanted_at IS NOT NULL AND row > ?2 ORDER BY row LIMIT ?3";

const REVIVE_EVENT: &str = "
    UPDATE inbox SET state = 'waiting', attempt = 0, retry_at = NULL, why = NULL, done_at = NULL, again_at = ?3
    WHERE event = ?1 AND merchant = ?2 AND state = 'dead' RETURNING conversation";

/// Its turn hears it anew.
const UNHEAR: &str = "
    DELETE FROM messages WHERE merchant = ?1 AND conversation = ?2 AND event = ?3
    AND native_id = (SELECT native_id FROM inbox WHERE event = ?3)";

/// Due at once, unless a turn is about to come that takes it along.
const MAKE_DUE: &str = "
    UPDATE conversations SET
        turn_at = ifnull(turn_at, ?3), waiting_since = ifnull(waiting_since, ?3),
        settles_at = CASE WHEN waiting_since IS NOT NULL THEN settles_at END
    WHERE merchant = ?1 AND conversation = ?2";

const REVIVE_JOB: &str = "
    UPDATE jobs SET state = 'waiting', attempt = 0, why = NULL, ended_at = NULL, run_at = ?3
    WHERE job = ?1 AND merchant = ?2 AND state = 'given_up'";

const REVIVE_PART: &str = "
    UPDATE outbox SET
        state = 'queued', attempt = 0, run_at = ?3, settled_at = NULL, missed_at = NULL, code = NULL, listed = 0
    WHERE row = ?1 AND merchant = ?2 AND (state = 'parked' OR listed = 1) RETURNING conversation";

const WAITING_PART: &str =
    "SELECT part FROM outbox WHERE row = ?1 AND merchant = ?2 AND (state = 'parked' OR listed = 1)";

const DROP_PART: &str = "
    UPDATE outbox SET state = 'refused', code = 'dropped', listed = 0, settled_at = ?3
    WHERE row = ?1 AND merchant = ?2 AND (state = 'parked' OR listed = 1)";

const DROP_EVENT: &str =
    "UPDATE inbox SET state = 'done', done_at = ?3 WHERE event = ?1 AND merchant = ?2 AND state = 'dead'";

const DROP_JOB: &str = "DELETE FROM jobs WHERE job = ?1 AND merchant = ?2 AND state = 'given_up'";

const DROP_WISH: &str = "
    UPDATE conversations SET person_wanted_at = NULL
    WHERE row = ?1 AND merchant = ?2 AND person_wanted_at IS NOT NULL";

/// What requests go through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 14] = [
    DEAD_EVENTS,
    JOBS_GIVEN_UP,
    PARKED_PARTS,
    PEOPLE_WANTED,
    REVIVE_EVENT,
    UNHEAR,
    MAKE_DUE,
    REVIVE_JOB,
    REVIVE_PART,
    WAITING_PART,
    DROP_PART,
    DROP_EVENT,
    DROP_JOB,
    DROP_WISH,
];

fn read(row: &Row<'_>) -> rusqlite::Result<Undone> {
    Ok(Undone {
        row: row.get(0)?,
        what: row.get(1)?,
        conversation: row.get::<_, Option<_>>(2)?.map(ConversationId::from_bytes),
        why: row.get(3)?,
        attempts: row.get(4)?,
        since: values::at(row, 5)?,
        part: row.get::<_, Option<_>>(6)?.map(PartId::from_bytes),
    })
}

fn put_up_again(
    tx: &Connection,
    settle: Settle,
    merchant: MerchantId,
    kind: UndoneKind,
    row: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (owner, at) = (merchant.as_bytes(), now.millis());
    let conversation = |row: &Row<'_>| row.get(0).map(ConversationId::from_bytes);
    match kind {
        UndoneKind::Event => {
            linking::link(tx, settle)?;
            let revived = tx.one(REVIVE_EVENT, params![row, owner, at], conversation)?;
            let Some(conversation) = revived else { return Ok(false) };
            waiting::add(tx, merchant, conversation, row)?;
            tx.run(UNHEAR, params![owner, conversation.as_bytes(), row])?;
            tx.run_one(MAKE_DUE, params![owner, conversation.as_bytes(), at])?;
        }
        UndoneKind::Job => return Ok(tx.run(REVIVE_JOB, params![row, owner, at])? > 0),
        UndoneKind::Part => {
            let revived = tx.one(REVIVE_PART, params![row, owner, at], conversation)?;
            let Some(conversation) = revived else { return Ok(false) };
            outbox::refresh(tx, merchant, conversation)?;
        }
        // Only a person can do what is wanted.
        UndoneKind::Person => return Ok(false),
    }
    Ok(true)
}

fn end_wait(
    tx: &Connection,
    merchant: MerchantId,
    kind: UndoneKind,
    row: i64,
    ending: Ending,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (owner, at) = (merchant.as_bytes(), now.millis());
    let ended = match (ending, kind) {
        (Ending::WasSent, UndoneKind::Part) => {
            let part = tx.one(WAITING_PART, params![row, owner], |row| row.get(0).map(PartId::from_bytes))?;
            let Some(part) = part else { return Ok(false) };
            let sending = Sending::find(tx, merchant, part)?.ok_or(StoreError::Conflict)?;
            sending.mark_sent(tx, None, sending.arrived_at(now), now)?;
            1
        }
        (Ending::WasSent, _) => 0,
        (Ending::Dropped, UndoneKind::Part) => tx.run(DROP_PART, params![row, owner, at])?,
        (Ending::Dropped, UndoneKind::Event) => tx.run(DROP_EVENT, params![row, owner, at])?,
        (Ending::Dropped, UndoneKind::Job) => tx.run(DROP_JOB, params![row, owner])?,
        (Ending::Dropped, UndoneKind::Person) => tx.run(DROP_WISH, params![row, owner])?,
    };
    Ok(ended > 0)
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
            UndoneKind::Person => PEOPLE_WANTED,
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
        let settle = self.settle;
        let put_up = move |tx: &Connection| put_up_again(tx, settle, merchant, kind, row, now);
        self.writer.unit(Lane::Interactive, "delivery.again", put_up).await
    }

    async fn end_wait(
        &self,
        merchant: MerchantId,
        kind: UndoneKind,
        row: i64,
        ending: Ending,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let end = move |tx: &Connection| end_wait(tx, merchant, kind, row, ending, now);
        self.writer.unit(Lane::Interactive, "delivery.end", end).await
    }
}
