//! The events of a conversation that wait for a worker. The conversation's row names the newest, each event the one that waited
//! before it. An index would have a page of its own written for every message; these rows are written anyway.

use rusqlite::{Connection, params};
use shopclerk_domain::ids::{ConversationId, MerchantId};

use crate::error::StoreError;
use crate::sqlite::sql::{Sql as _, corrupt};

pub(super) const NEWEST: &str =
    "SELECT newest_waiting FROM conversations WHERE merchant = ?1 AND conversation = ?2";

pub(super) const LOOK: &str = "
    SELECT older, at, received_at, asks, retry_at, state = 'waiting' FROM inbox WHERE event = ?1";

pub(super) const LINK: &str = "UPDATE inbox SET older = ?2 WHERE event = ?1";

pub(super) const LEAD: &str =
    "UPDATE conversations SET newest_waiting = ?3 WHERE merchant = ?1 AND conversation = ?2";

/// More than could ever wait in one conversation: whoever follows so many links goes in a circle.
const MOST: usize = 1_000_000;

/// An event that waits, as far as it matters to when and in which order.
#[derive(Clone, Copy, Debug)]
pub(in crate::sqlite) struct Waiting {
    pub(in crate::sqlite) event: i64,
    older: Option<i64>,
    pub(in crate::sqlite) at: i64,
    received_at: i64,
    pub(in crate::sqlite) asks: bool,
    pub(in crate::sqlite) retry_at: Option<i64>,
}

/// Since when the next turn is asked for, rather than another try of one that failed.
pub(in crate::sqlite) fn asked_since(waiting: &[Waiting]) -> Option<i64> {
    let anew = waiting.iter().filter(|event| event.asks && event.retry_at.is_none());
    anew.map(|event| event.received_at).min()
}

/// What waits in a conversation, the newest link first.
pub(in crate::sqlite) fn list(
    db: &Connection,
    merchant: MerchantId,
    conversation: ConversationId,
) -> Result<Vec<Waiting>, StoreError> {
    let params = params![merchant.as_bytes(), conversation.as_bytes()];
    let mut next = db.one(NEWEST, params, |row| row.get::<_, Option<i64>>(0))?.flatten();
    let mut waiting = Vec::new();
    for _ in 0..MOST {
        let Some(event) = next else { return Ok(waiting) };
        let found = db.one(LOOK, params![event], |row| {
            let (older, at, received_at) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (asks, retry_at) = (row.get(3)?, row.get(4)?);
            Ok((Waiting { event, older, at, received_at, asks, retry_at }, row.get::<_, bool>(5)?))
        })?;
        let Some((found, waits)) = found else { return Ok(waiting) };
        next = found.older;
        if waits {
            waiting.push(found);
        }
    }
    Err(corrupt("conversations", conversation, "what waits in it is linked in a circle"))
}

/// Links an event that waits again.
pub(in crate::sqlite) fn add(
    tx: &Connection,
    merchant: MerchantId,
    conversation: ConversationId,
    event: i64,
) -> Result<(), StoreError> {
    let (merchant, conversation) = (merchant.as_bytes(), conversation.as_bytes());
    let newest = tx.one(NEWEST, params![merchant, conversation], |row| row.get::<_, Option<i64>>(0))?;
    tx.run_one(LINK, params![event, newest.flatten()])?;
    tx.run_one(LEAD, params![merchant, conversation, event])
}

/// Takes those that no longer wait out from between those that do, as [`list`] found them; the conversation's row is left to
/// the caller, who names the first of them in it.
pub(in crate::sqlite) fn close_gaps(tx: &Connection, waiting: &[Waiting]) -> Result<(), StoreError> {
    let older = waiting.iter().skip(1).map(|older| Some(older.event)).chain([None]);
    for (newer, older) in waiting.iter().zip(older).filter(|(newer, older)| newer.older != *older) {
        tx.run_one(LINK, params![newer.event, older])?;
    }
    Ok(())
}
