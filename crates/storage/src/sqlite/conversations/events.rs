//! Inbox rows under a lease: done, heard, tried again or given up; and when what is left is due.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{EventId, TurnId};
use shopclerk_domain::message::Message;

use super::{Held, Said, was_taken_back};
use crate::error::StoreError;
use crate::nouns::conversations::Lease;
use crate::sqlite::sql::Sql as _;
use crate::sqlite::values;

pub(super) const DONE: &str = "
    UPDATE inbox SET state = 'done', done_at = ?4
    WHERE event = ?1 AND merchant = ?2 AND conversation = ?3 AND state = 'waiting' RETURNING native_id";

pub(super) const RETRY: &str = "
    UPDATE inbox SET attempt = attempt + 1, retry_at = ?4, why = ?5
    WHERE event = ?1 AND merchant = ?2 AND conversation = ?3 AND state = 'waiting'";

const DEAD: &str = "
    UPDATE inbox SET state = 'dead', attempt = attempt + 1, done_at = ?4, why = ?5
    WHERE event = ?1 AND merchant = ?2 AND conversation = ?3 AND state = 'waiting'";

const LEAVE: &str = "
    UPDATE inbox SET state = 'dead', done_at = ?4, why = ?5
    WHERE event = ?1 AND merchant = ?2 AND conversation = ?3 AND state = 'waiting' RETURNING native_id";

const WAIT_AGAIN: &str = "
    UPDATE inbox SET
        state = 'waiting', done_at = NULL, attempt = attempt + 1,
        retry_at = CASE WHEN attempt >= 2 THEN ?4 + 1000 * (1 << min(attempt, 6)) END
    WHERE event = ?1 AND merchant = ?2 AND conversation = ?3 AND state = 'done'";

/// What is left: since when something fresh asks, whether anything fresh is there at all, when a failed one is due.
pub(super) const LEFT: &str = "
    SELECT
        min(CASE WHEN retry_at IS NULL AND asks = 1 THEN received_at END),
        count(CASE WHEN retry_at IS NULL THEN 1 END),
        min(retry_at)
    FROM inbox WHERE merchant = ?1 AND conversation = ?2 AND state <> 'done' AND state = 'waiting'";

pub(super) const DUE: &str =
    "UPDATE conversations SET waiting_since = ?2, turn_at = ?3, retry_at = ?4 WHERE row = ?1";

/// An event that is done, with the channel's id of its message.
pub(super) type Done = (EventId, Option<String>);

/// Marks events done; `Conflict` if one of them did not wait.
pub(super) fn finish(
    tx: &Connection,
    lease: &Lease,
    events: &[EventId],
    now: Timestamp,
) -> Result<Vec<Done>, StoreError> {
    let (merchant, conversation) = (lease.merchant.as_bytes(), lease.conversation.as_bytes());
    let one = |event: &EventId| {
        let native_id =
            tx.one(DONE, params![event.0, merchant, conversation, now.millis()], |row| row.get(0))?;
        Ok((*event, native_id.ok_or(StoreError::Conflict)?))
    };
    events.iter().map(one).collect()
}

/// Leaves events to a person; `Conflict` if one of them did not wait.
pub(super) fn leave(
    tx: &Connection,
    lease: &Lease,
    events: &[EventId],
    why: &str,
    now: Timestamp,
) -> Result<Vec<Done>, StoreError> {
    let (merchant, conversation) = (lease.merchant.as_bytes(), lease.conversation.as_bytes());
    let one = |event: &EventId| {
        let params = params![event.0, merchant, conversation, now.millis(), why];
        let native_id = tx.one(LEAVE, params, |row| row.get(0))?;
        Ok((*event, native_id.ok_or(StoreError::Conflict)?))
    };
    events.iter().map(one).collect()
}

/// Adds what was said to the history, each message with the event it came in; without the words where it was taken back
/// while the turn was reading it; says whether that was so.
pub(super) fn hear(
    tx: &Connection,
    lease: &Lease,
    held: &Held,
    heard: &[Message],
    done: &[Done],
    turn: Option<TurnId>,
) -> Result<bool, StoreError> {
    let mut any_erased = false;
    for message in heard {
        let native_id = message.native_id.as_deref();
        let erased = held.takes_back && was_taken_back(tx, lease.merchant, lease.conversation, native_id)?;
        any_erased |= erased;
        let came_in = done.iter().find(|(_, id)| native_id.is_some() && id.as_deref() == native_id);
        let said = Said {
            author: message.author,
            native_id,
            text: message.text.as_deref().filter(|_| !erased),
            at: message.at,
            event: came_in.map(|(event, _)| *event),
            turn,
        };
        said.remember(tx, lease.merchant, lease.conversation)?;
    }
    Ok(any_erased)
}

/// Counts a failure; without a next time the events become dead letters.
pub(super) fn fail(
    tx: &Connection,
    lease: &Lease,
    events: &[EventId],
    retry_at: Option<Timestamp>,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (merchant, conversation) = (lease.merchant.as_bytes(), lease.conversation.as_bytes());
    let (sql, at) = retry_at.map_or((DEAD, now), |retry_at| (RETRY, retry_at));
    for event in events {
        tx.run_one(sql, params![event.0, merchant, conversation, at.millis(), why])?;
    }
    Ok(())
}

/// Lets events wait again for another turn: at once, but longer and longer where turn after turn is taken back.
pub(super) fn give_back(
    tx: &Connection,
    lease: &Lease,
    events: &[EventId],
    now: Timestamp,
) -> Result<(), StoreError> {
    let (merchant, conversation) = (lease.merchant.as_bytes(), lease.conversation.as_bytes());
    for event in events {
        tx.run_one(WAIT_AGAIN, params![event.0, merchant, conversation, now.millis()])?;
    }
    Ok(())
}

/// Sets when the conversation is due for what is left. Events that arrived under the lease have set `turn_at` by the
/// settle rule, and it stays; others are left over from a full batch and due at once.
pub(super) fn refresh(tx: &Connection, lease: &Lease, held: &Held, now: Timestamp) -> Result<(), StoreError> {
    let (merchant, conversation) = (lease.merchant.as_bytes(), lease.conversation.as_bytes());
    let left = tx.one(LEFT, params![merchant, conversation], |row| {
        Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, i64>(1)?, values::maybe_at(row, 2)?))
    })?;
    let (since, fresh, retry_at) = left.unwrap_or((None, 0, None));
    let settling = held.waiting_since.and(held.turn_at);
    let turn_at = if fresh > 0 { settling.or(Some(now.millis())) } else { None };
    tx.run_one(DUE, params![held.row, since, turn_at, values::millis(retry_at)])
}
