//! What ends by age, in SQLite: slice by slice, each found at the old end of its table or of an index, so that a slice costs
//! the same however much is kept. Keys of repeats that name no time are walked through.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{ConversationId, MerchantId, ShopperId};

use super::erasures::{INBOX, MESSAGES_TABLE, erase_turns};
use super::inbox::AHEAD;
use super::jobs;
use super::sql::Sql as _;
use crate::error::StoreError;
use crate::installation::{Aged, Silent, Swept};

const EVENTS: &str = "
    SELECT event, state, done_at, received_at FROM inbox WHERE event > ?1 ORDER BY event LIMIT ?2";

const MESSAGES: &str =
    "SELECT row, at, merchant, conversation FROM messages WHERE row > ?1 ORDER BY row LIMIT ?2";

const TURNS: &str = "SELECT row, at, merchant, turn FROM turns WHERE row > ?1 ORDER BY row LIMIT ?2";

const HAS_OPEN_PARTS: &str = "
    SELECT 1 FROM outbox WHERE merchant = ?1 AND turn = ?2 AND state IN ('queued', 'sending', 'unknown') LIMIT 1";

const DEDUP: &str = "SELECT key, created_at FROM dedup WHERE key >= ?1 ORDER BY key LIMIT ?2";

const DROP_DEDUP: &str = "DELETE FROM dedup WHERE key = ?1";

const KEPT_ROWS: &str = "
    DELETE FROM proof_rows WHERE (merchant, name) IN (
        SELECT merchant, name FROM proof_rows WHERE used_at < ?1 ORDER BY used_at LIMIT ?2)";

const TAKEN_BACK: &str =
    "SELECT merchant, conversation, native_id FROM taken_back WHERE at < ?1 ORDER BY at LIMIT ?2";

const DROP_TAKEN_BACK: &str =
    "DELETE FROM taken_back WHERE merchant = ?1 AND conversation = ?2 AND native_id = ?3";

/// The oldest rows alone are looked at: they came in order.
const QUARANTINE: &str = "
    DELETE FROM quarantine WHERE received_at < ?1 AND row IN (
        SELECT row FROM quarantine ORDER BY row LIMIT ?2)";

const GIVEN_UP: &str = "
    DELETE FROM jobs WHERE job IN (
        SELECT job FROM jobs WHERE state = 'given_up' AND ended_at < ?1 ORDER BY ended_at LIMIT ?2)";

const STATES: &str = "
    DELETE FROM states WHERE row IN (SELECT row FROM states WHERE ends_at < ?1 ORDER BY ends_at LIMIT ?2)";

const SESSIONS: &str = "
    DELETE FROM sessions WHERE session IN (
        SELECT session FROM sessions WHERE begun_at < ?1 ORDER BY begun_at LIMIT ?2)";

const REQUESTS: &str =
    "SELECT merchant, request FROM data_requests WHERE asked_at < ?1 ORDER BY asked_at LIMIT ?2";

const DROP_ANSWERS: &str = "DELETE FROM data_answers WHERE merchant = ?1 AND request = ?2";

const DROP_REQUEST: &str = "DELETE FROM data_requests WHERE merchant = ?1 AND request = ?2";

const LEDGER: &str = "
    DELETE FROM erasures WHERE row IN (
        SELECT row FROM erasures WHERE asked_at < ?1 AND done_at IS NOT NULL ORDER BY asked_at LIMIT ?2)";

const DELETIONS: &str = "
    DELETE FROM deletions WHERE request IN (
        SELECT request FROM deletions WHERE asked_at < ?1 ORDER BY asked_at LIMIT ?2)";

const CONVERSATIONS: &str = "
    SELECT row, merchant, conversation, shopper, max(ifnull(last_shopper_at, 0), created_at)
    FROM conversations WHERE row > ?1 ORDER BY row LIMIT ?2";

const SAID_SINCE: &str =
    "SELECT 1 FROM messages WHERE merchant = ?1 AND conversation = ?2 AND at >= ?3 LIMIT 1";

/// What every slice goes through, for the test that nothing here grows with the tables. Those that walk a table from its old
/// end stop after a slice.
#[cfg(test)]
pub(super) const HOT: [&str; 16] = [
    EVENTS,
    MESSAGES,
    TURNS,
    HAS_OPEN_PARTS,
    KEPT_ROWS,
    DEDUP,
    DROP_DEDUP,
    TAKEN_BACK,
    GIVEN_UP,
    STATES,
    SESSIONS,
    REQUESTS,
    LEDGER,
    DELETIONS,
    CONVERSATIONS,
    SAID_SINCE,
];

const NOTHING_MORE: Swept = Swept { removed: 0, next: None };

/// Removes a slice of what is too old, from `after` on.
pub(super) fn sweep(
    tx: &Connection,
    aged: &Aged,
    after: i64,
    most: i64,
    now: Timestamp,
) -> Result<Swept, StoreError> {
    match aged {
        Aged::Events { done, dead } => events(tx, *done, *dead, after, most),
        Aged::Messages { before, mirror } => messages(tx, *before, mirror, after, most, now),
        Aged::Turns { before } => turns(tx, *before, after, most),
        Aged::KeptRows { before } => by_index(tx, KEPT_ROWS, *before, most),
        Aged::DedupKeys { before } => dedup_keys(tx, *before, after, most, now),
        Aged::TakenBack { before } => taken_back(tx, *before, most),
        Aged::Quarantine { before } => by_index(tx, QUARANTINE, *before, most),
        Aged::GivenUpJobs { before } => by_index(tx, GIVEN_UP, *before, most),
        Aged::States { before } => by_index(tx, STATES, *before, most),
        Aged::Sessions { before } => by_index(tx, SESSIONS, *before, most),
        Aged::DataRequests { before } => requests(tx, *before, most),
        Aged::Ledger { before } => by_index(tx, LEDGER, *before, most),
        Aged::Deletions { before } => by_index(tx, DELETIONS, *before, most),
    }
}

/// A statement that takes the oldest for itself: the next slice begins where this one did.
fn by_index(tx: &Connection, sql: &str, before: Timestamp, most: i64) -> Result<Swept, StoreError> {
    let removed = tx.run(sql, params![before.millis(), most])?;
    Ok(Swept { removed, next: (removed > 0).then_some(0) })
}

/// Rows come in order of receipt, and nothing is done before it is received: from the first that came too late for that on,
/// none is old enough.
fn events(
    tx: &Connection,
    done: Timestamp,
    dead: Timestamp,
    after: i64,
    most: i64,
) -> Result<Swept, StoreError> {
    let (mut old, mut last, mut goes_on) = (Vec::new(), None, true);
    tx.all(EVENTS, params![after, most], |row| {
        let (event, state): (i64, String) = (row.get(0)?, row.get(1)?);
        let done_at = row.get::<_, Option<i64>>(2)?.unwrap_or(i64::MAX);
        let limit = if state == "dead" { dead } else { done };
        if state != "waiting" && done_at < limit.millis() {
            old.push(event);
        }
        goes_on &= row.get::<_, i64>(3)? < done.millis();
        last = Some(event);
        Ok(())
    })?;
    INBOX.remove(tx, &old)?;
    Ok(Swept { removed: old.len(), next: last.filter(|_| goes_on) })
}

/// Messages go with their conversation's file in the mirror written anew. They count from when they were said; one that came
/// late goes with its neighbours.
fn messages(
    tx: &Connection,
    before: Timestamp,
    mirror: &str,
    after: i64,
    most: i64,
    now: Timestamp,
) -> Result<Swept, StoreError> {
    let (mut old, mut touched, mut last) = (Vec::new(), Vec::new(), None);
    tx.all(MESSAGES, params![after, most], |row| {
        let number: i64 = row.get(0)?;
        last = Some(number);
        if row.get::<_, i64>(1)? < before.millis() {
            old.push(number);
            touched.push((MerchantId::from_bytes(row.get(2)?), ConversationId::from_bytes(row.get(3)?)));
        }
        Ok(())
    })?;
    MESSAGES_TABLE.remove(tx, &old)?;
    touched.sort_unstable();
    touched.dedup();
    for (merchant, conversation) in
        touched.into_iter().filter(|(merchant, _)| *merchant.as_bytes() != [0; 16])
    {
        jobs::put_up(tx, merchant, mirror, &conversation.to_string(), now)?;
    }
    Ok(Swept { removed: old.len(), next: last.filter(|_| !old.is_empty()) })
}

fn turns(tx: &Connection, before: Timestamp, after: i64, most: i64) -> Result<Swept, StoreError> {
    let (mut old, mut last) = (Vec::new(), None);
    tx.all(TURNS, params![after, most], |row| {
        let number: i64 = row.get(0)?;
        if row.get::<_, i64>(1)? < before.millis() {
            old.push((number, row.get::<_, [u8; 16]>(2)?, row.get::<_, [u8; 16]>(3)?));
            last = Some(number);
        }
        Ok(())
    })?;
    let mut closed = Vec::new();
    for turn in old {
        if tx.one(HAS_OPEN_PARTS, params![turn.1, turn.2], |row| row.get::<_, i64>(0))?.is_none() {
            closed.push(turn);
        }
    }
    erase_turns(tx, &closed)?;
    Ok(Swept { removed: closed.len(), next: last })
}

/// The greatest lead of a key.
const LAST_LEAD: i64 = (1 << 48) - 1;

/// Most keys lead with the moment that their event names, in 48 bits of milliseconds: the old ones lie before all others. Those that
/// name none are anywhere, the fewest among the young; so that stretch alone is left out, and an index by age, which every message
/// would write, is not needed.
fn dedup_keys(
    tx: &Connection,
    before: Timestamp,
    after: i64,
    most: i64,
    now: Timestamp,
) -> Result<Swept, StoreError> {
    let first = after.to_be_bytes();
    let (mut old, mut seen, mut last) = (Vec::new(), 0, after);
    tx.all(DEDUP, params![first.get(2..).unwrap_or_default(), most], |row| {
        let key: Vec<u8> = row.get(0)?;
        last = lead_of(&key);
        seen += 1;
        if row.get::<_, i64>(1)? < before.millis() {
            old.push(key);
        }
        Ok(())
    })?;
    for key in &old {
        tx.run(DROP_DEDUP, params![key])?;
    }
    let young = before.millis()..=now.plus(AHEAD).millis();
    // More than a slice may share a lead: as long as some of them went, the next slice begins there.
    let next = match last {
        last if young.contains(&last) => young.end() + 1,
        last if last > after || !old.is_empty() => last,
        _ => after + 1,
    };
    Ok(Swept { removed: old.len(), next: (seen == most && next <= LAST_LEAD).then_some(next) })
}

/// The moment that a key leads with, if it does.
fn lead_of(key: &[u8]) -> i64 {
    key.iter().take(6).fold(0, |lead, byte| (lead << 8) | i64::from(*byte))
}

fn taken_back(tx: &Connection, before: Timestamp, most: i64) -> Result<Swept, StoreError> {
    let old = tx.all(TAKEN_BACK, params![before.millis(), most], |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, String>(2)?))
    })?;
    for (merchant, conversation, native_id) in &old {
        tx.run(DROP_TAKEN_BACK, params![merchant, conversation, native_id])?;
    }
    Ok(Swept { removed: old.len(), next: (!old.is_empty()).then_some(0) })
}

fn requests(tx: &Connection, before: Timestamp, most: i64) -> Result<Swept, StoreError> {
    let old = tx.all(REQUESTS, params![before.millis(), most], |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?))
    })?;
    if old.is_empty() {
        return Ok(NOTHING_MORE);
    }
    for (merchant, request) in &old {
        tx.run(DROP_ANSWERS, params![merchant, request])?;
        tx.run(DROP_REQUEST, params![merchant, request])?;
    }
    Ok(Swept { removed: old.len(), next: Some(0) })
}

/// Shoppers who have been silent since `before`, of a stretch of all conversations.
pub(super) fn silent(
    db: &Connection,
    before: Timestamp,
    after: i64,
    most: i64,
) -> Result<(Vec<Silent>, Option<i64>), StoreError> {
    let (mut quiet, mut last) = (Vec::new(), None);
    db.all(CONVERSATIONS, params![after, most], |row| {
        last = Some(row.get(0)?);
        if row.get::<_, i64>(4)? < before.millis() {
            quiet.push(Silent {
                merchant: MerchantId::from_bytes(row.get(1)?),
                conversation: ConversationId::from_bytes(row.get(2)?),
                shopper: ShopperId::from_bytes(row.get(3)?),
            });
        }
        Ok(())
    })?;
    let mut silent = Vec::new();
    for one in quiet {
        let params = params![one.merchant.as_bytes(), one.conversation.as_bytes(), before.millis()];
        if db.one(SAID_SINCE, params, |row| row.get::<_, i64>(0))?.is_none() {
            silent.push(one);
        }
    }
    Ok((silent, last))
}
