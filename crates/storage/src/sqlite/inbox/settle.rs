//! When a turn is due for what asks for it.

use rusqlite::params;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::EventId;

use super::{Arrival, Place};
use crate::error::StoreError;
use crate::nouns::inbox::Settle;
use crate::sqlite::sql::Sql as _;

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

impl Arrival<'_> {
    /// The settle rule: quiet for a while since the last event, but not longer than so much since the first.
    pub(super) fn ask(&self, place: &Place, spoke_at: Timestamp, event: EventId) -> Result<(), StoreError> {
        let Settle { quiet_ms, at_most_ms } = self.settle;
        let now = self.now.millis();
        let since = place.waiting_since.unwrap_or(now);
        let settles_at = since.saturating_add(at_most_ms).min(now.saturating_add(quiet_ms));
        let is_due_before = place.turn_at.is_some_and(|at| at <= settles_at);
        let (row, spoke_at) = (place.row, spoke_at.millis());
        if place.waiting_since.is_some() && is_due_before {
            self.tx.run_one(ASKED_AGAIN, params![row, spoke_at, event.0, settles_at])
        } else {
            self.tx.run_one(ASKED, params![row, spoke_at, event.0, settles_at, since])
        }
    }
}
