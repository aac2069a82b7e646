//! What arrived is linked to its conversation, which becomes due by it, only when somebody looks at what waits: the acknowledgement of
//! a message in a known conversation writes at the ends of two tables and nowhere else. Whoever reads or moves what waits in a
//! conversation links first.

use std::sync::atomic::Ordering;

use rusqlite::{Connection, Row, params};

use super::waiting;
use crate::error::StoreError;
use crate::nouns::inbox::Settle;
use crate::sqlite::sql::{Sql as _, corrupt};
use crate::sqlite::{SqliteStore, values};

/// Up to which event all are linked. The newest row of the inbox is never removed, so that no later one has its number.
pub(super) const LINKED: &str = "SELECT value FROM meta WHERE name = 'linked_up_to'";

const MARK_LINKED: &str = "UPDATE meta SET value = ?1 WHERE name = 'linked_up_to'";

/// When the oldest arrived of those that are not linked, if there are any.
pub(in crate::sqlite) const FIRST_ARRIVED: &str = "
    SELECT received_at FROM inbox
    WHERE event > (SELECT value FROM meta WHERE name = 'linked_up_to') AND state = 'waiting' ORDER BY event LIMIT 1";

pub(super) const NEWEST: &str = "SELECT ifnull(max(event), 0) FROM inbox";

pub(super) const ARRIVED: &str = "
    SELECT event, merchant, conversation, at, received_at, asks, state = 'waiting' FROM inbox
    WHERE event > ?1 ORDER BY event LIMIT ?2";

pub(super) const PLACE: &str = "
    SELECT row, newest_waiting, waiting_since, turn_at FROM conversations WHERE merchant = ?1 AND conversation = ?2";

/// The next turn is asked for, and due once what was written has settled.
pub(super) const ASKED: &str = "
    UPDATE conversations SET
        newest_waiting = ?3, last_shopper_at = max(ifnull(last_shopper_at, ?2), ?2), settles_at = ?4,
        turn_at = ?4, waiting_since = ?5
    WHERE row = ?1";

/// The same where it is asked for already and settles later than it is due: that is left to whoever leases it, so that what is written
/// in a burst moves nothing in an index.
pub(super) const ASKED_AGAIN: &str = "
    UPDATE conversations SET
        newest_waiting = ?3, last_shopper_at = max(ifnull(last_shopper_at, ?2), ?2), settles_at = ?4
    WHERE row = ?1";

/// What asks for no reply is filed at once, unless a turn is about to come that files it too.
pub(super) const TOLD: &str = "
    UPDATE conversations SET
        newest_waiting = ?3, turn_at = CASE WHEN waiting_since IS NULL THEN ?2 ELSE turn_at END
    WHERE row = ?1";

/// Most events that one slice links: about a millisecond.
const MOST: usize = 256;

/// So many are linked even while more arrive: whoever needs all of them linked is not to wait for long.
const MANY: i64 = 100_000;

/// Links what has arrived, however much it is.
pub(in crate::sqlite) fn link(tx: &Connection, settle: Settle) -> Result<(), StoreError> {
    while !link_some(tx, settle)? {}
    Ok(())
}

/// Links the oldest of what has arrived; says whether that was all.
pub(in crate::sqlite) fn link_some(tx: &Connection, settle: Settle) -> Result<bool, StoreError> {
    let linked = linked_up_to(tx)?;
    let arrived = tx.all(ARRIVED, params![linked, values::limit(MOST)], Arrived::read)?;
    let Some(last) = arrived.last() else { return Ok(true) };
    for event in arrived.iter().filter(|event| event.waits) {
        event.link(tx, settle)?;
    }
    tx.run_one(MARK_LINKED, params![last.event])?;
    Ok(arrived.len() < MOST)
}

fn linked_up_to(db: &Connection) -> Result<i64, StoreError> {
    let linked = db.one(LINKED, [], |row| row.get(0))?;
    linked.ok_or_else(|| corrupt("meta", "linked_up_to", "it is missing"))
}

impl SqliteStore {
    /// Links all that has arrived, slice by slice.
    pub(in crate::sqlite) async fn link(&self) -> Result<(), StoreError> {
        while !self.link_slice().await? {}
        Ok(())
    }

    /// Links a slice of what has arrived if nothing more did since the last look, or if it is much; says whether it did.
    pub(in crate::sqlite) async fn link_idly(&self) -> Result<bool, StoreError> {
        let ends = |db: &Connection| Ok((db.one(NEWEST, [], |row| row.get(0))?, linked_up_to(db)?));
        let (newest, linked): (Option<i64>, i64) = self.readers.glance(ends).await?;
        let newest = newest.unwrap_or(0);
        let is_quiet = self.newest_seen.swap(newest, Ordering::Relaxed) == newest;
        let links = newest - linked >= MANY || (newest > linked && is_quiet);
        if links {
            self.link_slice().await?;
        }
        Ok(links)
    }

    async fn link_slice(&self) -> Result<bool, StoreError> {
        let settle = self.settle;
        self.writer.fleeting_unit("inbox.link", move |tx| link_some(tx, settle)).await
    }
}

/// An event that is not linked yet.
struct Arrived {
    event: i64,
    merchant: [u8; 16],
    conversation: [u8; 16],
    at: i64,
    received_at: i64,
    asks: bool,
    waits: bool,
}

/// The conversation it is for, as it was before.
struct Place {
    row: i64,
    newest_waiting: Option<i64>,
    /// When the first event arrived that asks for the next turn, and when that is due.
    waiting_since: Option<i64>,
    turn_at: Option<i64>,
}

impl Arrived {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            event: row.get(0)?,
            // A damaged id is nobody's, and holds up nobody else's event.
            merchant: row.get(1).unwrap_or_default(),
            conversation: row.get(2).unwrap_or_default(),
            at: row.get(3)?,
            received_at: row.get(4)?,
            asks: row.get(5)?,
            waits: row.get(6)?,
        })
    }

    fn link(&self, tx: &Connection, settle: Settle) -> Result<(), StoreError> {
        let place = tx.one(PLACE, params![self.merchant, self.conversation], |row| {
            let (waiting_since, turn_at) = (row.get(2)?, row.get(3)?);
            Ok(Place { row: row.get(0)?, newest_waiting: row.get(1)?, waiting_since, turn_at })
        })?;
        // A conversation that was erased meanwhile waits for nothing.
        let Some(place) = place else { return Ok(()) };
        if place.newest_waiting.is_some() {
            tx.run_one(waiting::LINK, params![self.event, place.newest_waiting])?;
        }
        if self.asks {
            self.ask(tx, &place, settle)
        } else {
            tx.run_one(TOLD, params![place.row, self.received_at, self.event])
        }
    }

    /// The settle rule: quiet for a while since the last event, but not longer than so much since the first.
    fn ask(&self, tx: &Connection, place: &Place, settle: Settle) -> Result<(), StoreError> {
        let Settle { quiet_ms, at_most_ms } = settle;
        let since = place.waiting_since.unwrap_or(self.received_at);
        let settles_at = since.saturating_add(at_most_ms).min(self.received_at.saturating_add(quiet_ms));
        let is_due_before = place.turn_at.is_some_and(|at| at <= settles_at);
        if place.waiting_since.is_some() && is_due_before {
            tx.run_one(ASKED_AGAIN, params![place.row, self.at, self.event, settles_at])
        } else {
            tx.run_one(ASKED, params![place.row, self.at, self.event, settles_at, since])
        }
    }
}
