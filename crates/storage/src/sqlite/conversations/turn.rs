//! What a finished turn makes true, and how that is undone when nothing of it was sent.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy::Entropy;
use shopclerk_domain::ids::{EventId, TurnId};
use shopclerk_domain::message::Message;

use super::{Held, events, hold};
use crate::error::StoreError;
use crate::nouns::conversations::{Finished, FinishedTurn, Lease, OptOut};
use crate::nouns::jobs::NewJob;
use crate::sqlite::outbox::{self, NextRow, PartRow};
use crate::sqlite::proofs::{Chains, Record, Recorded};
use crate::sqlite::rows::{Former, MemoryJson, from_json, to_json};
use crate::sqlite::sql::Sql as _;
use crate::sqlite::{jobs, values};

const ADD: &str = "
    INSERT INTO turns (merchant, turn, conversation, at, events, former, provenance)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

pub(super) const REMEMBER: &str = "
    UPDATE conversations SET
        memory = ?2,
        last_turn = ?3,
        disclosing = CASE WHEN ?4 THEN ?3 ELSE disclosing END,
        pause_turn = CASE WHEN ?5 IS NULL THEN pause_turn ELSE ?3 END,
        paused_until = CASE WHEN ?5 IS NULL THEN paused_until ELSE max(ifnull(paused_until, ?5), ?5) END,
        opted_out = ifnull(?6, opted_out),
        opt_out_turn = CASE WHEN ?6 IS NULL THEN opt_out_turn WHEN ?6 THEN ?3 END,
        person_wanted_at = CASE WHEN ?5 IS NULL THEN person_wanted_at ELSE ifnull(person_wanted_at, ?7) END,
        hour_replies = CASE WHEN ?7 - hour_began BETWEEN 0 AND 3599999 THEN hour_replies ELSE 0 END + ?8,
        hour_began = CASE WHEN ?7 - hour_began BETWEEN 0 AND 3599999 THEN hour_began WHEN ?8 THEN ?7 END
    WHERE row = ?1";

const FIND: &str =
    "SELECT events, former, at FROM turns WHERE merchant = ?1 AND turn = ?2 AND withdrawn_at IS NULL";

const WITHDRAWN: &str = "UPDATE turns SET withdrawn_at = ?3 WHERE merchant = ?1 AND turn = ?2";

const UNHEAR: &str = "DELETE FROM messages WHERE merchant = ?1 AND conversation = ?2 AND turn = ?3";

/// A stop that the turn did not hear itself stays: it was said since, outside any turn.
const RESTORE: &str = "
    UPDATE conversations SET
        memory = ?2,
        opted_out = CASE WHEN opt_out_turn = ?4 THEN ?3 ELSE max(opted_out, ?3) END,
        opt_out_turn = nullif(opt_out_turn, ?4),
        disclosing = nullif(disclosing, ?4),
        hour_began = CASE WHEN hour_replies > 1 THEN hour_began END,
        hour_replies = max(hour_replies - 1, 0),
        last_turn = NULL
    WHERE row = ?1";

/// Who has been waiting for a person since before the turn goes on waiting.
const END_ITS_PAUSE: &str = "
    UPDATE conversations SET
        paused_until = ?3, pause_turn = NULL, person_wanted_at = nullif(person_wanted_at, ?4)
    WHERE row = ?1 AND pause_turn = ?2";

/// A finished turn as it is written: encoded before it reaches the writer.
#[derive(Debug)]
pub(super) struct TurnRow {
    turn: TurnId,
    at: Timestamp,
    events: Vec<EventId>,
    heard: Vec<Message>,
    parts: Vec<PartRow>,
    memory: String,
    disclosed: bool,
    pause_until: Option<Timestamp>,
    opt_out: OptOut,
    record: Record,
    jobs: Vec<NewJob>,
    begin: Option<NextRow>,
}

impl TurnRow {
    pub(super) fn encode(turn: FinishedTurn, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let parts = turn.parts.into_iter().map(|(id, part)| PartRow::encode(id, part));
        Ok(Self {
            turn: turn.turn,
            at: turn.at,
            events: turn.events,
            heard: turn.heard,
            parts: parts.collect::<Result<_, _>>()?,
            memory: to_json(&MemoryJson::from(turn.memory))?,
            disclosed: turn.disclosed,
            pause_until: turn.pause_until,
            opt_out: turn.opt_out,
            record: Record::encode(turn.provenance, turn.rows, entropy)?,
            jobs: turn.jobs,
            begin: turn.begin.map(NextRow::encode).transpose()?,
        })
    }
}

pub(super) fn finish(
    tx: &Connection,
    lease: &Lease,
    turn: &TurnRow,
    chains: &Chains,
) -> Result<Finished, StoreError> {
    let held = hold(tx, lease)?;
    let done = events::finish(tx, lease, &turn.events, turn.at)?;
    let erased = events::hear(tx, lease, &held, &turn.heard, &done, Some(turn.turn))?;
    let recorded = Recorded { merchant: lease.merchant, turn: turn.turn, at: turn.at };
    let (provenance, linked) = if erased {
        turn.record.join_erased(tx, chains, recorded)?
    } else {
        turn.record.join(tx, chains, recorded)?
    };
    record(tx, lease, &held, turn, provenance)?;
    for part in &turn.parts {
        part.queue(tx, lease, turn.turn, turn.at)?;
    }
    remember(tx, &held, turn, (!erased).then_some(turn.memory.as_str()))?;
    events::refresh(tx, lease, &held, turn.at)?;
    if held.person_spoke {
        // A person spoke while the turn was thinking: what it came up with is kept on record, not sent.
        outbox::withdraw_queued(tx, lease.merchant, lease.conversation, turn.at)?;
    }
    let begun = match &turn.begin {
        Some(next) => next.begin(tx, lease, turn.at)?,
        None => false,
    };
    outbox::refresh(tx, lease.merchant, lease.conversation)?;
    jobs::put_up_all(tx, &turn.jobs)?;
    Ok(Finished { linked, begun })
}

fn record(
    tx: &Connection,
    lease: &Lease,
    held: &Held,
    turn: &TurnRow,
    provenance: &str,
) -> Result<(), StoreError> {
    let events = to_json(&turn.events.iter().map(|event| event.0).collect::<Vec<_>>())?;
    let former = to_json(&Former {
        memory: held.memory.clone(),
        paused_until: values::millis(held.paused_until),
        opted_out: held.opted_out,
    })?;
    let (merchant, conversation) = (lease.merchant.as_bytes(), lease.conversation.as_bytes());
    tx.run_one(
        ADD,
        params![merchant, turn.turn.as_bytes(), conversation, turn.at.millis(), events, former, provenance],
    )
}

fn remember(tx: &Connection, held: &Held, turn: &TurnRow, memory: Option<&str>) -> Result<(), StoreError> {
    let pause_until = values::millis(turn.pause_until);
    let opted_out = match turn.opt_out {
        OptOut::Stays => None,
        OptOut::Begins => Some(true),
        OptOut::Ends => Some(false),
    };
    tx.run_one(
        REMEMBER,
        params![
            held.row,
            memory,
            turn.turn.as_bytes(),
            turn.disclosed,
            pause_until,
            opted_out,
            turn.at.millis(),
            !turn.parts.is_empty(),
        ],
    )
}

/// As if the turn had not been: its events wait, what it heard is not heard yet, and what it changed is changed back,
/// unless a later turn built on it.
pub(in crate::sqlite) fn undo_turn(
    tx: &Connection,
    lease: &Lease,
    held: &Held,
    turn: TurnId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (merchant, conversation) = (lease.merchant.as_bytes(), lease.conversation.as_bytes());
    let found = tx.one(FIND, params![merchant, turn.as_bytes()], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
    })?;
    let (events, former, at) = found.ok_or(StoreError::Conflict)?;
    let events: Vec<i64> = from_json(&events, "turns", turn)?;
    let former: Former = from_json(&former, "turns", turn)?;

    let events: Vec<EventId> = events.into_iter().map(EventId).collect();
    events::give_back(tx, lease, &events, now)?;
    tx.run(UNHEAR, params![merchant, conversation, turn.as_bytes()])?;
    tx.run_one(WITHDRAWN, params![merchant, turn.as_bytes(), now.millis()])?;
    if held.last_turn == Some(turn) {
        tx.run_one(RESTORE, params![held.row, former.memory, former.opted_out, turn.as_bytes()])?;
    }
    tx.run(END_ITS_PAUSE, params![held.row, turn.as_bytes(), former.paused_until, at])?;
    events::refresh(tx, lease, held, now)
}
