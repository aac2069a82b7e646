//! Conversations in SQLite: the guard every unit under a lease begins with, the history, and the trait itself. Leasing
//! and reading are in `lease`, what a turn makes true in `turn`, what waits after it in `events`, pages in `list`.

mod events;
mod lease;
mod list;
mod turn;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::conversation::Conversation;
use shopclerk_domain::ids::{ConversationId, EventId, MerchantId, TurnId};
use shopclerk_domain::message::{Author, Message};

pub(super) use self::lease::{Taken, find_conversation, lease, read_leased};
pub(super) use self::turn::undo_turn;
use super::sql::{Sql as _, corrupt};
use super::writer::Lane;
use super::{SqliteStore, jobs, values};
use crate::error::StoreError;
use crate::nouns::Conversations;
use crate::nouns::conversations::{ConversationRow, Finished, FinishedTurn, Lease, Place, TurnRecord};
use crate::nouns::inbox::InboxEvent;
use crate::nouns::jobs::NewJob;

const HOLD: &str = "
    SELECT row, paused_until, pause_turn, person_spoke, memory, last_turn, takes_back, waiting_since,
        ifnull(settles_at, turn_at), opted_out
    FROM conversations WHERE merchant = ?1 AND conversation = ?2 AND fence = ?3 AND lease_until > 0";

const RELEASE: &str = "UPDATE conversations SET lease_until = 0 WHERE row = ?1";

const OPT_OUT: &str = "UPDATE conversations SET opted_out = 1, opt_out_turn = NULL WHERE row = ?1";

const NAME_SHOPPER: &str = "
    UPDATE shoppers SET first_name = ?3 WHERE merchant = ?1 AND shopper = (
        SELECT c.shopper FROM conversations c WHERE c.merchant = ?1 AND c.conversation = ?2
    )";

const REMEMBER: &str = "
    INSERT INTO messages (merchant, conversation, author, native_id, text, at, event, turn)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const LIST_MESSAGES: &str = "
    SELECT author, native_id, text, at FROM messages
    WHERE merchant = ?1 AND conversation = ?2 ORDER BY at DESC, row DESC LIMIT ?3";

const FIND_TAKEN_BACK: &str =
    "SELECT 1 FROM taken_back WHERE merchant = ?1 AND conversation = ?2 AND native_id = ?3";

const LIST_IDS: &str = "
    SELECT conversation FROM conversations WHERE merchant = ?1 AND conversation > ?2
    ORDER BY conversation LIMIT ?3";

const FIND_TURN: &str =
    "SELECT at, provenance, conversation, withdrawn_at FROM turns WHERE merchant = ?1 AND turn = ?2";

/// What every message goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 20] = [
    HOLD,
    FIND_TAKEN_BACK,
    RELEASE,
    REMEMBER,
    LIST_MESSAGES,
    FIND_TURN,
    NAME_SHOPPER,
    lease::FIRST_DUE,
    lease::SETTLES_LATER,
    lease::LEASE,
    lease::FIND,
    lease::WAITING,
    lease::HEARD,
    lease::ANYTHING_SAID,
    events::DONE,
    events::RETRY,
    events::DUE,
    turn::REMEMBER,
    list::CONVERSATIONS,
    list::MESSAGES,
];

/// A conversation whose lease was found to be the newest, as the units under it need it.
#[derive(Debug)]
pub(super) struct Held {
    row: i64,
    pub(super) paused_until: Option<Timestamp>,
    /// The turn that asked for the pause.
    pub(super) pause_turn: Option<TurnId>,
    /// Whether a person spoke since the lease began.
    pub(super) person_spoke: bool,
    memory: Option<String>,
    last_turn: Option<TurnId>,
    /// Whether messages of it were ever taken back.
    takes_back: bool,
    waiting_since: Option<i64>,
    /// When what has arrived since has settled.
    settles_at: Option<i64>,
    opted_out: bool,
}

impl Held {
    /// The lease ends.
    pub(super) fn let_go(&self, tx: &Connection) -> Result<(), StoreError> {
        tx.run_one(RELEASE, params![self.row])
    }
}

/// The guard: `Conflict` unless the lease is the newest and was not given back.
pub(super) fn hold(tx: &Connection, lease: &Lease) -> Result<Held, StoreError> {
    let params = params![lease.merchant.as_bytes(), lease.conversation.as_bytes(), lease.fence];
    let held = tx.one(HOLD, params, |row| {
        Ok(Held {
            row: row.get(0)?,
            paused_until: values::maybe_at(row, 1)?,
            pause_turn: row.get::<_, Option<_>>(2)?.map(TurnId::from_bytes),
            person_spoke: row.get(3)?,
            memory: row.get(4)?,
            last_turn: row.get::<_, Option<_>>(5)?.map(TurnId::from_bytes),
            takes_back: row.get(6)?,
            waiting_since: row.get(7)?,
            settles_at: row.get(8)?,
            opted_out: row.get(9)?,
        })
    });
    held?.ok_or(StoreError::Conflict)
}

/// A message that joins the history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'a> {
    pub(super) author: Author,
    pub(super) native_id: Option<&'a str>,
    pub(super) text: Option<&'a str>,
    pub(super) at: Timestamp,
    /// The inbox row it was heard in.
    pub(super) event: Option<EventId>,
    /// The turn that heard or said it.
    pub(super) turn: Option<TurnId>,
}

impl Said<'_> {
    pub(super) fn remember(
        &self,
        tx: &Connection,
        merchant: MerchantId,
        conversation: ConversationId,
    ) -> Result<(), StoreError> {
        tx.run_one(
            REMEMBER,
            params![
                merchant.as_bytes(),
                conversation.as_bytes(),
                self.author.word(),
                self.native_id,
                self.text,
                self.at.millis(),
                self.event.map(|event| event.0),
                self.turn.as_ref().map(TurnId::as_bytes),
            ],
        )
    }
}

/// Whether the shopper took this message back, be it before it arrived or while a turn was reading it.
pub(super) fn was_taken_back(
    tx: &Connection,
    merchant: MerchantId,
    conversation: ConversationId,
    native_id: Option<&str>,
) -> Result<bool, StoreError> {
    let Some(native_id) = native_id else { return Ok(false) };
    let params = params![merchant.as_bytes(), conversation.as_bytes(), native_id];
    Ok(tx.one(FIND_TAKEN_BACK, params, |row| row.get::<_, i64>(0))?.is_some())
}

fn list_messages(
    db: &Connection,
    merchant: MerchantId,
    id: ConversationId,
    most: i64,
) -> Result<Vec<Message>, StoreError> {
    let params = params![merchant.as_bytes(), id.as_bytes(), most];
    let newest_first = db.all(LIST_MESSAGES, params, |row| {
        let author: String = row.get(0)?;
        Ok((author, row.get(1)?, row.get(2)?, values::at(row, 3)?))
    })?;
    let decoded = newest_first.into_iter().rev().map(|(author, native_id, text, at)| {
        let author =
            Author::from_word(&author).ok_or_else(|| corrupt("messages", id, "its author is unknown"))?;
        Ok(Message { author, native_id, text, at })
    });
    decoded.collect()
}

#[async_trait]
impl Conversations for SqliteStore {
    async fn finish_turn(&self, lease: &Lease, turn: FinishedTurn) -> Result<Finished, StoreError> {
        let begins = turn.begin.is_some();
        let turn = turn::TurnRow::encode(turn, &*self.entropy)?;
        let (lease, chains) = (lease.clone(), self.chains());
        let finish = move |tx: &Connection| turn::finish(tx, &lease, &turn, &chains);
        if begins {
            return self.writer.unit(Lane::Interactive, "turn", finish).await;
        }
        // No part of it leaves before its own start is on the disk, and that start takes the turn along.
        self.writer.fleeting_unit("turn", finish).await
    }

    async fn list_arrived(
        &self,
        merchant: MerchantId,
        conversation: ConversationId,
        after: EventId,
    ) -> Result<Vec<InboxEvent>, StoreError> {
        self.link().await?;
        self.readers.glance(|db| lease::list_arrived(db, merchant, conversation, after)).await
    }

    async fn finish_events(
        &self,
        lease: &Lease,
        events: &[EventId],
        heard: Vec<Message>,
        jobs: Vec<NewJob>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (lease, events) = (lease.clone(), events.to_vec());
        let finish = move |tx: &Connection| {
            let held = hold(tx, &lease)?;
            let done = events::finish(tx, &lease, &events, now)?;
            events::hear(tx, &lease, &held, &heard, &done, None)?;
            events::refresh(tx, &lease, &held, now)?;
            jobs::put_up_all(tx, &jobs)
        };
        self.writer.unit(Lane::Interactive, "events", finish).await
    }

    async fn opt_out(&self, lease: &Lease) -> Result<(), StoreError> {
        let lease = lease.clone();
        let opt_out = move |tx: &Connection| tx.run_one(OPT_OUT, params![hold(tx, &lease)?.row]);
        self.writer.unit(Lane::Interactive, "events.opt_out", opt_out).await
    }

    async fn leave_events(
        &self,
        lease: &Lease,
        events: &[EventId],
        heard: Vec<Message>,
        why: &str,
        jobs: Vec<NewJob>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (lease, events, why) = (lease.clone(), events.to_vec(), why.to_owned());
        let put_aside = move |tx: &Connection| {
            let held = hold(tx, &lease)?;
            let left = events::leave(tx, &lease, &events, &why, now)?;
            events::hear(tx, &lease, &held, &heard, &left, None)?;
            events::refresh(tx, &lease, &held, now)?;
            jobs::put_up_all(tx, &jobs)
        };
        self.writer.unit(Lane::Interactive, "events.leave", put_aside).await
    }

    async fn fail_turn(
        &self,
        lease: &Lease,
        events: &[EventId],
        retry_at: Option<Timestamp>,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (lease, events, why) = (lease.clone(), events.to_vec(), why.to_owned());
        let fail = move |tx: &Connection| {
            let held = hold(tx, &lease)?;
            events::fail(tx, &lease, &events, retry_at, &why, now)?;
            events::refresh(tx, &lease, &held, now)
        };
        self.writer.unit(Lane::Interactive, "turn.fail", fail).await
    }

    async fn release(&self, lease: &Lease, _now: Timestamp) -> Result<(), StoreError> {
        let lease = lease.clone();
        let release = move |tx: &Connection| hold(tx, &lease)?.let_go(tx);
        self.writer.fleeting_unit("release", release).await
    }

    async fn find_conversation(
        &self,
        merchant: MerchantId,
        id: ConversationId,
    ) -> Result<Option<Conversation>, StoreError> {
        self.readers.glance(move |db| lease::find_conversation(db, merchant, id)).await
    }

    async fn list_conversation_ids(
        &self,
        merchant: MerchantId,
        after: Option<ConversationId>,
        most: usize,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let list = move |db: &Connection| {
            // An empty key sorts before every id.
            let after: &[u8] = after.as_ref().map_or(&[], |after| after.as_bytes());
            db.all(LIST_IDS, params![merchant.as_bytes(), after, most], |row| {
                row.get(0).map(ConversationId::from_bytes)
            })
        };
        self.readers.read(list).await
    }

    async fn name_shopper(
        &self,
        merchant: MerchantId,
        id: ConversationId,
        first_name: &str,
    ) -> Result<(), StoreError> {
        let name = first_name.to_owned();
        let remember = move |tx: &Connection| {
            tx.run_one(NAME_SHOPPER, params![merchant.as_bytes(), id.as_bytes(), name])
        };
        self.writer.unit(Lane::Interactive, "shopper.name", remember).await
    }

    async fn list_messages(
        &self,
        merchant: MerchantId,
        id: ConversationId,
        most: usize,
    ) -> Result<Vec<Message>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.readers.read(move |db| list_messages(db, merchant, id, most)).await
    }

    async fn list_conversations(
        &self,
        merchant: MerchantId,
        before: Option<ConversationId>,
        most: usize,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        let most = values::limit(most);
        self.readers.read(move |db| list::conversations(db, merchant, before, most)).await
    }

    async fn page_messages(
        &self,
        merchant: MerchantId,
        id: ConversationId,
        before: Option<Place>,
        most: usize,
    ) -> Result<Vec<(Place, Message)>, StoreError> {
        let most = values::limit(most);
        self.readers.read(move |db| list::messages(db, merchant, id, before, most)).await
    }

    async fn find_turn(&self, merchant: MerchantId, turn: TurnId) -> Result<Option<TurnRecord>, StoreError> {
        let find = move |db: &Connection| {
            db.one(FIND_TURN, params![merchant.as_bytes(), turn.as_bytes()], |row| {
                Ok(TurnRecord {
                    turn,
                    at: values::at(row, 0)?,
                    provenance: row.get(1)?,
                    conversation: ConversationId::from_bytes(row.get(2)?),
                    withdrawn_at: values::maybe_at(row, 3)?,
                })
            })
        };
        self.readers.glance(find).await
    }
}
