//! Leasing the conversation that has been due the longest, and reading it whole.

use std::time::Duration;

use rusqlite::{Connection, Row, params};
use shopclerk_domain::channel::ShopperAlias;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::conversation::{Conversation, Lately, Memory};
use shopclerk_domain::ids::{AccountId, ConversationId, EventId, MerchantId, ShopperId, TurnId};

use crate::error::StoreError;
use crate::nouns::conversations::{Lease, Leased};
use crate::nouns::inbox::{InboxEvent, Settle};
use crate::sqlite::inbox::linking;
use crate::sqlite::inbox::waiting::{self, Waiting};
use crate::sqlite::rows::{MemoryJson, from_json};
use crate::sqlite::sql::{Sql as _, corrupt};
use crate::sqlite::{connections, outbox, values};

/// Most events one turn is given.
const EVENTS: usize = 50;

/// Most conversations that one lease puts off.
const PUT_OFF: usize = 64;

/// Most parts a lease shows; the rest shows once these are settled.
const PARTS: i64 = 100;

pub(super) const FIRST_DUE: &str = "
    SELECT row, waiting_since IS NOT NULL AND turn_at < settles_at AND settles_at > ?1
    FROM conversations WHERE due_at <= ?1 ORDER BY due_at LIMIT 1";

/// More was written since it became due: it settles later.
pub(super) const SETTLES_LATER: &str = "UPDATE conversations SET turn_at = settles_at WHERE row = ?1";

/// What arrives from now on is for the next turn: the settle rule begins anew for it.
pub(super) const LEASE: &str = "
    UPDATE conversations SET
        fence = fence + 1, lease_until = ?2, waiting_since = NULL, settles_at = NULL, person_spoke = 0
    WHERE row = ?1
    RETURNING merchant, conversation, fence";

pub(super) const FIND: &str = "
    SELECT c.account, c.shopper, c.alias, s.first_name, c.last_shopper_at, c.paused_until, c.disclosed_at, c.memory,
        c.pause_turn, c.opted_out, c.opt_out_turn, c.disclosing, c.hour_began, c.hour_replies
    FROM conversations c
    LEFT JOIN shoppers s ON s.merchant = c.merchant AND s.shopper = c.shopper
    WHERE c.merchant = ?1 AND c.conversation = ?2";

pub(super) const WAITING: &str = "
    SELECT event, kind, native_id, at, received_at, asks, attempt, body, again_at FROM inbox
    WHERE event = ?1 AND state = 'waiting'";

/// The same message, though it came with another time and so with another key: heard, or left to a person, unless it is this one that
/// the person wants answered. What is of another kind may share the id, as long as the kind is known.
pub(super) const HEARD: &str = "
    SELECT 1 FROM messages m LEFT JOIN inbox i ON i.event = m.event
    WHERE m.merchant = ?1 AND m.conversation = ?2 AND m.native_id = ?3 AND m.author <> 'clerk'
    AND ifnull(i.kind, ?4) = ?4
    UNION ALL
    SELECT 1 FROM inbox
    WHERE merchant = ?1 AND conversation = ?2 AND state = 'dead' AND native_id = ?3 AND kind = ?4 AND ?5
    LIMIT 1";

/// What was heard already is filed without effect.
const REPEATED: &str = "repeated";

pub(super) const ANYTHING_SAID: &str =
    "SELECT 1 FROM messages WHERE merchant = ?1 AND conversation = ?2 LIMIT 1";

/// What came of the wish for a lease.
pub(in crate::sqlite) enum Taken {
    /// A lease.
    Lease(Lease),
    /// Nothing is due.
    Nothing,
    /// A slice of what arrived was linked, and there is more: one may become due by it.
    Linked,
}

/// Takes the lease, once all that arrived is linked; what it is on is read afterwards, by a reader.
pub(in crate::sqlite) fn lease(
    tx: &Connection,
    settle: Settle,
    now: Timestamp,
    hold: Duration,
) -> Result<Taken, StoreError> {
    if !linking::link_some(tx, settle)? {
        return Ok(Taken::Linked);
    }
    let until = now.plus(hold);
    let Some(row) = first_settled(tx, now)? else { return Ok(Taken::Nothing) };
    let lease = tx.one(LEASE, params![row, until.millis()], |row| {
        Ok(Lease {
            merchant: MerchantId::from_bytes(row.get(0)?),
            conversation: ConversationId::from_bytes(row.get(1)?),
            fence: row.get(2)?,
            until,
        })
    })?;
    Ok(lease.map_or(Taken::Nothing, Taken::Lease))
}

/// The conversation that has been due the longest, once those that settle later are put off until then. After so many `None`: the next
/// lease goes on with them.
fn first_settled(tx: &Connection, now: Timestamp) -> Result<Option<i64>, StoreError> {
    for _ in 0..PUT_OFF {
        let due = tx.one(FIRST_DUE, params![now.millis()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<bool>>(1)?))
        })?;
        match due {
            // Due no more, or for something else, which then is seen to be settled.
            Some((row, Some(true))) => tx.run_one(SETTLES_LATER, params![row])?,
            Some((row, _)) => return Ok(Some(row)),
            None => break,
        }
    }
    Ok(None)
}

/// Everything that is due in a leased conversation.
pub(in crate::sqlite) fn read_leased(db: &Connection, lease: Lease) -> Result<Leased, StoreError> {
    let (merchant, id) = (lease.merchant, lease.conversation);
    let gone = || corrupt("conversations", id, "it is leased, but not there");
    let conversation = find_conversation(db, merchant, id)?.ok_or_else(gone)?;
    let account = connections::find_account(db, merchant, conversation.account)?.ok_or_else(gone)?.account;
    let (owner, key) = (merchant.as_bytes(), id.as_bytes());
    let waiting = waiting::list(db, merchant, id)?;
    let newest_waiting = waiting.iter().map(|event| EventId(event.event)).max();
    let events = read_events(db, merchant, id, waiting)?;
    let parts = outbox::list_open(db, merchant, id, PARTS)?;
    let said = db.one(ANYTHING_SAID, params![owner, key], |row| row.get::<_, i64>(0))?;
    let (is_open, shop) = connections::find_shop(db, merchant)?;
    let history_is_empty = said.is_none();
    Ok(Leased {
        lease,
        conversation,
        account,
        events,
        newest_waiting,
        parts,
        history_is_empty,
        is_open,
        shop,
    })
}

/// The oldest of what waits, by its own time; the same message counts once.
fn read_events(
    db: &Connection,
    merchant: MerchantId,
    conversation: ConversationId,
    mut waiting: Vec<Waiting>,
) -> Result<Vec<InboxEvent>, StoreError> {
    waiting.sort_unstable_by_key(|event| (event.at, event.event));
    let mut events = Vec::<InboxEvent>::with_capacity(waiting.len().min(EVENTS));
    for Waiting { event, .. } in waiting.into_iter().take(EVENTS) {
        let Some(mut event) = db.one(WAITING, params![event], read_event)? else { continue };
        let is_same = |other: &InboxEvent| other.native_id == event.native_id && other.kind == event.kind;
        if let Some(native_id) = &event.native_id {
            let unasked = event.again_at.is_none();
            let params =
                params![merchant.as_bytes(), conversation.as_bytes(), native_id, event.kind, unasked];
            if events.iter().any(is_same) || db.one(HEARD, params, |_| Ok(()))?.is_some() {
                (event.kind, event.asks_for_reply) = (REPEATED.to_owned(), false);
            }
        }
        events.push(event);
    }
    Ok(events)
}

/// What waits and came after this event, in the order in which it came.
pub(super) fn list_arrived(
    db: &Connection,
    merchant: MerchantId,
    conversation: ConversationId,
    after: EventId,
) -> Result<Vec<InboxEvent>, StoreError> {
    let waiting = waiting::list(db, merchant, conversation)?;
    let mut arrived: Vec<i64> =
        waiting.iter().map(|one| one.event).filter(|event| *event > after.0).collect();
    arrived.sort_unstable();
    let read = |event: i64| db.one(WAITING, params![event], read_event).transpose();
    arrived.into_iter().take(EVENTS).filter_map(read).collect()
}

fn read_event(row: &Row<'_>) -> rusqlite::Result<InboxEvent> {
    Ok(InboxEvent {
        id: EventId(row.get(0)?),
        kind: row.get(1)?,
        native_id: row.get(2)?,
        at: values::at(row, 3)?,
        received_at: values::at(row, 4)?,
        asks_for_reply: row.get(5)?,
        attempt: row.get(6)?,
        body: row.get(7)?,
        again_at: values::maybe_at(row, 8)?,
    })
}

fn maybe_turn(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<TurnId>> {
    Ok(row.get::<_, Option<_>>(column)?.map(TurnId::from_bytes))
}

pub(in crate::sqlite) fn find_conversation(
    db: &Connection,
    merchant: MerchantId,
    id: ConversationId,
) -> Result<Option<Conversation>, StoreError> {
    let found = db.one(FIND, params![merchant.as_bytes(), id.as_bytes()], |row| {
        let alias = ShopperAlias::parse(&row.get::<_, String>(2)?);
        let Some(alias) = alias else { return Ok(Err(corrupt("conversations", id, "the alias is not one"))) };
        let conversation = Conversation {
            id,
            merchant,
            account: AccountId::from_bytes(row.get(0)?),
            shopper: ShopperId::from_bytes(row.get(1)?),
            alias,
            first_name: row.get(3)?,
            last_shopper_at: values::maybe_at(row, 4)?,
            paused_until: values::maybe_at(row, 5)?,
            disclosed_at: values::maybe_at(row, 6)?,
            memory: Memory::default(),
            pause_turn: maybe_turn(row, 8)?,
            opted_out: row.get(9)?,
            opt_out_turn: maybe_turn(row, 10)?,
            disclosing: maybe_turn(row, 11)?,
            lately: Lately { since: values::maybe_at(row, 12)?, replies: row.get(13)? },
        };
        Ok(Ok((conversation, row.get::<_, Option<String>>(7)?)))
    })?;
    let Some((mut conversation, memory)) = found.transpose()? else { return Ok(None) };
    if let Some(memory) = memory {
        let memory: MemoryJson = from_json(&memory, "conversations", id)?;
        conversation.memory = Memory::try_from(memory)
            .map_err(|_| corrupt("conversations", id, "its memory cannot be read"))?;
    }
    Ok(Some(conversation))
}
