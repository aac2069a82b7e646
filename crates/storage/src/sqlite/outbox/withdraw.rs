//! Taking back what has not left: the rest of a turn, a whole turn, one part. A withdrawn part is `refused` with a code
//! that says why, and stays on record.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{ConversationId, MerchantId, PartId};
use shopclerk_domain::message::PartState;

use super::send::Sending;
use super::{PartRow, refresh};
use crate::error::StoreError;
use crate::nouns::conversations::Lease;
use crate::sqlite::conversations::{hold, undo_turn};
use crate::sqlite::sql::Sql as _;

pub(super) const WITHDRAW_QUEUED: &str = "
    UPDATE outbox SET state = 'refused', code = ?3, settled_at = ?4
    WHERE merchant = ?1 AND conversation = ?2
    AND state IN ('queued', 'sending', 'unknown') AND state = 'queued'";

pub(super) const WITHDRAW_OF_TURN: &str = "
    UPDATE outbox SET state = 'refused', code = 'withdrawn', settled_at = ?3
    WHERE merchant = ?1 AND turn = ?2 AND state = 'queued'";

pub(super) const LEFT_THE_QUEUE: &str = "
    SELECT 1 FROM outbox
    WHERE merchant = ?1 AND turn = ?2 AND (state <> 'queued' OR doubted = 1) LIMIT 1";

const REWRITE: &str =
    "UPDATE outbox SET content = ?2, claims = ?3, gist = ?4 WHERE row = ?1 AND state = 'queued'";

const DROP: &str = "UPDATE outbox SET state = 'refused', code = 'withdrawn', settled_at = ?2 WHERE row = ?1 AND state = 'queued'";

/// A person has the word: nothing the clerk had ready is sent.
pub(in crate::sqlite) fn withdraw_queued(
    tx: &Connection,
    merchant: MerchantId,
    conversation: ConversationId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (owner, id) = (merchant.as_bytes(), conversation.as_bytes());
    if tx.run(WITHDRAW_QUEUED, params![owner, id, "paused", now.millis()])? > 0 {
        refresh(tx, merchant, conversation)?;
    }
    Ok(())
}

/// What waits behind a part that will never arrive says nothing by itself.
pub(super) fn rest_of_turn(tx: &Connection, part: &Sending, now: Timestamp) -> Result<(), StoreError> {
    let (merchant, turn) = (part.merchant.as_bytes(), part.turn.as_bytes());
    tx.run(WITHDRAW_OF_TURN, params![merchant, turn, now.millis()]).map(drop)
}

/// Takes a whole turn back, if nothing of it has left the queue; its events wait for another turn.
pub(super) fn turn(tx: &Connection, lease: &Lease, part: PartId, now: Timestamp) -> Result<(), StoreError> {
    let held = hold(tx, lease)?;
    let sending = Sending::of(tx, lease, part)?;
    let (merchant, turn) = (lease.merchant.as_bytes(), sending.turn.as_bytes());
    if tx.one(LEFT_THE_QUEUE, params![merchant, turn], |row| row.get::<_, i64>(0))?.is_some() {
        return Err(StoreError::Conflict);
    }
    tx.run(WITHDRAW_OF_TURN, params![merchant, turn, now.millis()])?;
    undo_turn(tx, lease, &held, sending.turn, now)?;
    refresh(tx, lease.merchant, lease.conversation)
}

/// Puts another content in the place of a queued part, or drops it.
pub(super) fn rewrite(
    tx: &Connection,
    lease: &Lease,
    part: PartId,
    content: Option<&PartRow>,
    now: Timestamp,
) -> Result<(), StoreError> {
    hold(tx, lease)?;
    let sending = Sending::of(tx, lease, part)?;
    if sending.state != PartState::Queued {
        return Err(StoreError::Conflict);
    }
    if let Some(PartRow { content, claims, gist, .. }) = content {
        return tx.run_one(REWRITE, params![sending.row, content, claims, gist]);
    }
    tx.run_one(DROP, params![sending.row, now.millis()])?;
    refresh(tx, lease.merchant, lease.conversation)
}
