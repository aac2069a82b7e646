//! Effects of events that must hold at once: our message came back, a person spoke, a message was taken back.

use rusqlite::{Connection, Row, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::erasure::{AskedBy, Subject};
use shopclerk_domain::event::ConversationEvent;
use shopclerk_domain::ids::{ConversationId, ErasureId, MerchantId, PartId};

use super::waiting::{self, Waiting};
use super::{Arrival, Filing, Place, linking};
use crate::error::StoreError;
use crate::nouns::inbox::{Accepted, Settle};
use crate::sqlite::erasures;
use crate::sqlite::outbox::{self, Sending};
use crate::sqlite::proofs::{self, ERASED};
use crate::sqlite::sql::Sql as _;

/// A message the shopper sent before a person wrote is answered: it joins the history, but asks for nothing.
pub(super) const ANSWERED: &str = "UPDATE inbox SET asks = 0 WHERE event = ?1";

pub(super) const PAUSE: &str = "
    UPDATE conversations SET
        paused_until = max(ifnull(paused_until, ?2), ?2),
        pause_turn = NULL,
        person_wanted_at = NULL,
        person_spoke = 1,
        waiting_since = ?3
    WHERE row = ?1";

const TAKE_BACK: &str = "
    INSERT INTO taken_back (merchant, conversation, native_id, at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT DO NOTHING";

/// What is remembered may be the message's words.
const MARK_TAKES_BACK: &str = "
    UPDATE conversations SET takes_back = 1, memory = NULL WHERE merchant = ?1 AND conversation = ?2";

/// The record of the turn that heard it says what was understood, and those of the turns after it what was remembered.
pub(super) const ERASE_TURNS: &str = "
    UPDATE turns SET provenance = ?4, former = json_set(former, '$.memory', NULL)
    WHERE merchant = ?1 AND conversation = ?2
    AND row >= (SELECT h.row FROM turns h WHERE h.merchant = ?1 AND h.turn = ?3) RETURNING turn";

/// A turn that was taken back heard messages that the history does not tell it by.
pub(super) const ERASE_WITHDRAWN: &str = "
    UPDATE turns SET provenance = ?3, former = json_set(former, '$.memory', NULL)
    WHERE merchant = ?1 AND conversation = ?2 AND withdrawn_at IS NOT NULL RETURNING turn";

pub(super) const ERASE_MESSAGE: &str = "
    UPDATE messages SET text = NULL
    WHERE merchant = ?1 AND conversation = ?2 AND native_id = ?3 AND author = 'shopper' RETURNING event, turn";

pub(super) const ERASE_EVENT: &str =
    "UPDATE inbox SET body = x'', kind = 'deleted', asks = 0 WHERE event = ?1 AND merchant = ?2";

pub(super) const ERASE_WAITING: &str = "
    UPDATE inbox SET body = x'', kind = 'deleted', asks = 0
    WHERE event = ?1 AND native_id = ?2 AND kind IN ('message', 'tap')";

pub(super) const ERASE_DEAD: &str = "
    UPDATE inbox SET body = x'', kind = 'deleted', asks = 0
    WHERE merchant = ?1 AND conversation = ?2 AND state = 'dead' AND native_id = ?3 AND kind IN ('message', 'tap')";

/// A message that waits is answered as it stands now.
pub(super) const EDIT_WAITING: &str =
    "UPDATE inbox SET body = ?3 WHERE event = ?1 AND native_id = ?2 AND kind = 'message'";

pub(super) const EDIT_SAID: &str = "
    UPDATE messages SET text = ?4
    WHERE merchant = ?1 AND conversation = ?2 AND native_id = ?3 AND author = 'shopper' AND text IS NOT NULL";

pub(super) const FARTHEST: &str = "
    INSERT INTO watermarks (merchant, conversation, kind, until) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (merchant, conversation, kind) DO UPDATE SET until = excluded.until
    WHERE excluded.until > until";

impl Arrival<'_> {
    /// Other words take the place of a message's; says whether it stood in the history. One that was taken back stays so.
    pub(super) fn edit(
        &self,
        place: &Place,
        native_id: &str,
        text: &str,
        body: &[u8],
    ) -> Result<bool, StoreError> {
        linking::link(self.tx, self.settle)?;
        for waiting in waiting::list(self.tx, place.merchant, place.conversation)? {
            self.tx.run(EDIT_WAITING, params![waiting.event, native_id, body])?;
        }
        let (merchant, conversation) = (place.merchant.as_bytes(), place.conversation.as_bytes());
        Ok(self.tx.run(EDIT_SAID, params![merchant, conversation, native_id, text])? > 0)
    }

    /// Only what goes farther than what is known is new; where nobody ever spoke there is nothing to read.
    pub(super) fn farthest(
        &self,
        place: Option<&Place>,
        kind: &str,
        until: Timestamp,
        accepted: &mut Accepted,
    ) -> Result<(), StoreError> {
        let Some(place) = place else {
            accepted.unknown += 1;
            return Ok(());
        };
        let (merchant, conversation) = (place.merchant.as_bytes(), place.conversation.as_bytes());
        // A channel's clock may run ahead, but not for ever.
        let until = until.min(self.now).millis();
        match self.tx.run(FARTHEST, params![merchant, conversation, kind, until])? {
            0 => accepted.duplicates += 1,
            _ => accepted.noted += 1,
        }
        Ok(())
    }

    /// Proof that a part arrived. One of a part we don't know is that of a store before its restore: it pauses nothing.
    pub(super) fn own_echo<'e>(
        &self,
        place: &Place,
        part: PartId,
        event: &'e ConversationEvent,
    ) -> Result<Filing<'e>, StoreError> {
        let filed = |kind, waits| Filing { kind, waits, asks: false, why: None, body: &event.body };
        let Some(sending) = Sending::find(self.tx, place.merchant, part)? else {
            return Ok(filed("stale_echo", false));
        };
        if sending.conversation != place.conversation {
            return Ok(filed("stale_echo", false));
        }
        // While the request is under way its own unit follows up; a part that was in doubt needs a worker for that.
        let in_doubt = sending.is_settled_by_echo_alone();
        sending.mark_sent(self.tx, event.native_id.as_deref(), event.at, self.now)?;
        Ok(filed(event.kind.word(), in_doubt))
    }

    /// A person has the word: the clerk is silent, and what it had ready is withdrawn.
    pub(super) fn person_spoke(&self, place: &Place, at: Timestamp) -> Result<(), StoreError> {
        linking::link(self.tx, self.settle)?;
        let waiting = waiting::list(self.tx, place.merchant, place.conversation)?;
        let (answered, open): (Vec<Waiting>, Vec<Waiting>) =
            waiting.into_iter().filter(|event| event.asks).partition(|event| event.at <= at.millis());
        for event in answered {
            self.tx.run(ANSWERED, params![event.event])?;
        }
        let since = waiting::asked_since(&open);
        self.tx.run_one(PAUSE, params![place.row, self.pause_until.millis(), since])?;
        outbox::withdraw_queued(self.tx, place.merchant, place.conversation, self.now)
    }

    /// The words of a message go, wherever they are; also of one that arrives later.
    pub(super) fn take_back(&self, place: &Place, native_id: &str) -> Result<(), StoreError> {
        erase_message(self.tx, self.settle, place.merchant, place.conversation, native_id, self.now)?;
        let id = ErasureId::new(self.now, self.entropy);
        let subject = Subject::Message { conversation: place.conversation, native_id: native_id.to_owned() };
        erasures::note(self.tx, place.merchant, id, &subject, AskedBy::Shopper, self.now)
    }
}

/// The words of one message go from history, inbox and the records of the turns that may hold them; also if it comes later.
pub(in crate::sqlite) fn erase_message(
    tx: &Connection,
    settle: Settle,
    merchant: MerchantId,
    conversation: ConversationId,
    native_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    linking::link(tx, settle)?;
    for event in waiting::list(tx, merchant, conversation)? {
        tx.run(ERASE_WAITING, params![event.event, native_id])?;
    }
    let (merchant, conversation) = (merchant.as_bytes(), conversation.as_bytes());
    tx.run(ERASE_DEAD, params![merchant, conversation, native_id])?;
    tx.run(TAKE_BACK, params![merchant, conversation, native_id, now.millis()])?;
    tx.run(MARK_TAKES_BACK, params![merchant, conversation])?;
    let heard = tx.all(ERASE_MESSAGE, params![merchant, conversation, native_id], |row| {
        Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?))
    })?;
    let turn = |row: &Row<'_>| row.get::<_, [u8; 16]>(0);
    let mut erased = tx.all(ERASE_WITHDRAWN, params![merchant, conversation, ERASED], turn)?;
    for (event, heard_by) in heard {
        tx.run(ERASE_EVENT, params![event, merchant])?;
        erased.extend(tx.all(ERASE_TURNS, params![merchant, conversation, heard_by, ERASED], turn)?);
    }
    erased.iter().try_for_each(|turn| proofs::forget(tx, merchant, turn))
}
