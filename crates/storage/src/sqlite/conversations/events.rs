//! Inbox rows under a lease: done, heard, tried again or given up; and when what is left is due.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{EventId, TurnId};
use shopclerk_domain::message::Message;

use super::{Held, Said, was_taken_back};
use crate::error::StoreError;
use crate::nouns::conversations::Lease;
use crate::sqlite::inbox::waiting;
use crate::sqlite::sql::Sql as _;

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

pub(super) const DUE: &str = "
    UPDATE conversations SET
        waiting_since = ?2, turn_at = ?3, settles_at = ?3, retry_at = ?4, newest_waiting = ?5
    WHERE row = ?1";

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
        waiting::add(tx, lease.merchant, lease.conversation, event.0)?;
    }
    Ok(())
}

/// Sets when the conversation is due for what is left, and links that. Events that arrived under the lease settle by the rule; others
/// are left over from a full batch and due at once.
pub(super) fn refresh(tx: &Connection, lease: &Lease, held: &Held, now: Timestamp) -> Result<(), StoreError> {
    let left = waiting::list(tx, lease.merchant, lease.conversation)?;
    waiting::close_gaps(tx, &left)?;
    let since = waiting::asked_since(&left);
    let retry_at = left.iter().filter_map(|event| event.retry_at).min();
    let any_fresh = left.iter().any(|event| event.retry_at.is_none());
    let settling = held.waiting_since.and(held.settles_at);
    let turn_at = any_fresh.then(|| settling.unwrap_or(now.millis()));
    let newest = left.first().map(|event| event.event);
    tx.run_one(DUE, params![held.row, since, turn_at, retry_at, newest])
}
