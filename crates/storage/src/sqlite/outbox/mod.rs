//! The outbox in SQLite: its units and reads; how a send moves is in `send`, how a turn is taken back in `withdraw`.

mod outlook;
mod send;
mod withdraw;

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use shopclerk_domain::claim::RowId;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{AccountId, ConversationId, MerchantId, PartId, TurnId};
use shopclerk_domain::message::{Content, OutboxPart, Part, PartState};

pub(super) use self::send::{NextRow, Sending, recover};
use self::send::{StartRow, ThenRow};
pub(super) use self::withdraw::withdraw_queued;
use super::rows::{ClaimJson, ContentJson, from_json, list_from_json, to_json};
use super::sql::{Sql as _, corrupt};
use super::writer::Lane;
use super::{SqliteStore, values};
use crate::error::StoreError;
use crate::nouns::Outbox;
use crate::nouns::conversations::Lease;
use crate::nouns::jobs::NewJob;
use crate::nouns::outbox::{Outlook, Settled, StartSend, Then};

/// The first unfinished part decides when the conversation is due for sending: what stands behind it waits.
const REFRESH: &str = "
    UPDATE conversations SET send_at = (
        SELECT o.run_at FROM outbox o
        WHERE o.merchant = ?1 AND o.conversation = ?2 AND o.state IN ('queued', 'sending', 'unknown')
        ORDER BY o.row LIMIT 1
    ) WHERE merchant = ?1 AND conversation = ?2";

const ADD: &str = "
    INSERT INTO outbox (merchant, part, conversation, turn, content, claims, gist, state, run_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', ?8)";

const FIND: &str = "
    SELECT part, conversation, turn, content, claims, state, attempt, run_at, sending_at, missed_at, resent
    FROM outbox WHERE merchant = ?1 AND part = ?2";

const LIST_OPEN: &str = "
    SELECT part, conversation, turn, content, claims, state, attempt, run_at, sending_at, missed_at, resent
    FROM outbox
    WHERE merchant = ?1 AND conversation = ?2 AND state IN ('queued', 'sending', 'unknown')
    ORDER BY row LIMIT ?3";

/// Parts that wait because their account was out of reach.
const WAKE: &str = "
    UPDATE outbox SET run_at = ?3
    WHERE merchant = ?1
    AND conversation IN (SELECT conversation FROM conversations WHERE merchant = ?1 AND account = ?2)
    AND state IN ('queued', 'sending', 'unknown') AND state = 'queued'
    AND run_at > ?3 AND code = 'account.needs_reconnect'
    RETURNING conversation";

const LIST_PARKED: &str = "
    SELECT part, conversation, turn, content, claims, state, attempt, run_at, sending_at, missed_at, resent
    FROM outbox WHERE merchant = ?1 AND state = 'parked' ORDER BY row LIMIT ?2";

/// What every part goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 16] = [
    ADD,
    REFRESH,
    WAKE,
    FIND,
    LIST_OPEN,
    LIST_PARKED,
    send::FIND,
    send::FIRST_OPEN,
    send::VERSION,
    send::DISCOUNT_VERSION,
    send::START,
    send::SENT,
    send::DISCLOSED,
    withdraw::WITHDRAW_QUEUED,
    withdraw::WITHDRAW_OF_TURN,
    withdraw::LEFT_THE_QUEUE,
];

/// A part as it is written: encoded before it reaches the writer.
#[derive(Debug)]
pub(super) struct PartRow {
    pub(super) id: PartId,
    content: String,
    claims: String,
    gist: String,
}

impl PartRow {
    pub(super) fn encode(id: PartId, part: Part) -> Result<Self, StoreError> {
        let gist = part.content.gist();
        let content = to_json(&ContentJson::from(part.content))?;
        let claims = to_json(&part.claims.into_iter().map(ClaimJson::from).collect::<Vec<_>>())?;
        Ok(Self { id, content, claims, gist })
    }

    /// Queues it behind the conversation's other parts, as part of another unit.
    pub(super) fn queue(
        &self,
        tx: &Connection,
        lease: &Lease,
        turn: TurnId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (merchant, conversation) = (lease.merchant.as_bytes(), lease.conversation.as_bytes());
        tx.run_one(
            ADD,
            params![
                merchant,
                self.id.as_bytes(),
                conversation,
                turn.as_bytes(),
                self.content,
                self.claims,
                self.gist,
                at.millis()
            ],
        )
    }
}

/// Makes the conversation due for its first unfinished part, or for none.
pub(super) fn refresh(
    tx: &Connection,
    merchant: MerchantId,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    tx.run_one(REFRESH, params![merchant.as_bytes(), conversation.as_bytes()])
}

/// What waited for the account to be connected again may leave now.
pub(super) fn wake(
    tx: &Connection,
    merchant: MerchantId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let params = params![merchant.as_bytes(), account.as_bytes(), now.millis()];
    let woken = tx.all(WAKE, params, |row| row.get(0).map(ConversationId::from_bytes))?;
    woken.into_iter().try_for_each(|conversation| refresh(tx, merchant, conversation))
}

/// A row as it is read, before its JSON and words are.
pub(super) struct RawPart {
    id: PartId,
    conversation: ConversationId,
    turn: TurnId,
    content: String,
    claims: String,
    state: String,
    attempt: u32,
    run_at: Timestamp,
    sending_at: Option<Timestamp>,
    missed_at: Option<Timestamp>,
    resent: bool,
}

impl RawPart {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: PartId::from_bytes(row.get(0)?),
            conversation: ConversationId::from_bytes(row.get(1)?),
            turn: TurnId::from_bytes(row.get(2)?),
            content: row.get(3)?,
            claims: row.get(4)?,
            state: row.get(5)?,
            attempt: row.get(6)?,
            run_at: values::at(row, 7)?,
            sending_at: values::maybe_at(row, 8)?,
            missed_at: values::maybe_at(row, 9)?,
            resent: row.get(10)?,
        })
    }

    pub(super) fn decode(self) -> Result<OutboxPart, StoreError> {
        let content: ContentJson = from_json(&self.content, "outbox", self.id)?;
        let claims = list_from_json::<ClaimJson, _>(&self.claims, "outbox", self.id)?;
        let state = PartState::from_word(&self.state)
            .ok_or_else(|| corrupt("outbox", self.id, "its state is unknown"))?;
        Ok(OutboxPart {
            id: self.id,
            conversation: self.conversation,
            turn: self.turn,
            part: Part { content: Content::from(content), claims },
            state,
            attempt: self.attempt,
            run_at: self.run_at,
            sending_at: self.sending_at,
            missed_at: self.missed_at,
            resent: self.resent,
        })
    }
}

fn decode_all(raw: Vec<RawPart>) -> Result<Vec<OutboxPart>, StoreError> {
    raw.into_iter().map(RawPart::decode).collect()
}

/// Parts that are neither sent nor given up, in sending order.
pub(super) fn list_open(
    db: &Connection,
    merchant: MerchantId,
    conversation: ConversationId,
    most: i64,
) -> Result<Vec<OutboxPart>, StoreError> {
    decode_all(db.all(
        LIST_OPEN,
        params![merchant.as_bytes(), conversation.as_bytes(), most],
        RawPart::read,
    )?)
}

#[async_trait]
impl Outbox for SqliteStore {
    async fn look_out(
        &self,
        merchant: MerchantId,
        conversation: ConversationId,
        about: &[RowId],
    ) -> Result<Option<Outlook>, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        self.readers.glance(|db| outlook::look_out(db, &sealer, merchant, conversation, about)).await
    }

    async fn start_send(&self, lease: &Lease, send: StartSend, now: Timestamp) -> Result<(), StoreError> {
        let (lease, send) = (lease.clone(), StartRow::encode(send)?);
        let start = move |tx: &Connection| send.start(tx, &lease, now);
        self.writer.unit(Lane::Interactive, "send.start", start).await
    }

    async fn settle_send(
        &self,
        lease: &Lease,
        part: PartId,
        settled: Settled,
        jobs: Vec<NewJob>,
        then: Then,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (lease, then) = (lease.clone(), ThenRow::encode(then)?);
        let settle = move |tx: &Connection| send::settle(tx, &lease, part, &settled, &jobs, &then, now);
        self.writer.unit(Lane::Interactive, "send.settle", settle).await
    }

    async fn withdraw_turn(&self, lease: &Lease, part: PartId, now: Timestamp) -> Result<(), StoreError> {
        let lease = lease.clone();
        let withdraw = move |tx: &Connection| withdraw::turn(tx, &lease, part, now);
        self.writer.unit(Lane::Interactive, "send.withdraw", withdraw).await
    }

    async fn rewrite_part(
        &self,
        lease: &Lease,
        part: PartId,
        content: Option<Part>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let content = content.map(|content| PartRow::encode(part, content)).transpose()?;
        let lease = lease.clone();
        let rewrite = move |tx: &Connection| withdraw::rewrite(tx, &lease, part, content.as_ref(), now);
        self.writer.unit(Lane::Interactive, "send.rewrite", rewrite).await
    }

    async fn find_part(&self, merchant: MerchantId, part: PartId) -> Result<Option<OutboxPart>, StoreError> {
        let find = move |db: &Connection| {
            db.one(FIND, params![merchant.as_bytes(), part.as_bytes()], RawPart::read)?
                .map(RawPart::decode)
                .transpose()
        };
        self.readers.glance(find).await
    }

    async fn list_parked(&self, merchant: MerchantId, most: usize) -> Result<Vec<OutboxPart>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let list = move |db: &Connection| {
            decode_all(db.all(LIST_PARKED, params![merchant.as_bytes(), most], RawPart::read)?)
        };
        self.readers.read(list).await
    }
}
