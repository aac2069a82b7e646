//! How a part moves: `queued -> sending -> sent | refused | unknown -> sent | queued | parked`, with its guards.

use rusqlite::{Connection, params};
use shopclerk_domain::claim::RowId;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{ConversationId, MerchantId, PartId, TurnId};
use shopclerk_domain::message::{Author, PartState};
use shopclerk_domain::window::{Rules, Verdict, Words, may_write};

use super::{refresh, withdraw};
use crate::error::StoreError;
use crate::nouns::conversations::Lease;
use crate::nouns::jobs::NewJob;
use crate::nouns::outbox::{NextSend, Settled, StartSend, Then};
use crate::sqlite::conversations::{self, Held, Said, hold};
use crate::sqlite::rows::{ClaimJson, to_json};
use crate::sqlite::sql::{Sql as _, corrupt};
use crate::sqlite::{connections, jobs, values};

pub(super) const FIND: &str = "
    SELECT row, conversation, turn, state, gist, native_id, sending_at FROM outbox
    WHERE merchant = ?1 AND part = ?2";

pub(super) const FIRST_OPEN: &str = "
    SELECT part FROM outbox
    WHERE merchant = ?1 AND conversation = ?2 AND state IN ('queued', 'sending', 'unknown')
    ORDER BY row LIMIT 1";

pub(super) const VERSION: &str =
    "SELECT version FROM products WHERE merchant = ?1 AND product = ?2 AND gone = 0";

pub(super) const DISCOUNT_VERSION: &str =
    "SELECT version FROM discounts WHERE merchant = ?1 AND discount = ?2 AND gone = 0";

pub(super) const START: &str = "
    UPDATE outbox SET state = 'sending', sending_at = ?2, run_at = ?2, claims = ?3
    WHERE row = ?1 AND state = 'queued'";

pub(super) const SENT: &str = "
    UPDATE outbox SET state = 'sent', settled_at = ?2, native_id = ifnull(?3, native_id), code = NULL, listed = 0
    WHERE row = ?1";

/// What the turn said of itself has been said from now on.
pub(super) const DISCLOSED: &str = "
    UPDATE conversations SET disclosed_at = ?4, disclosing = NULL
    WHERE merchant = ?1 AND conversation = ?2 AND disclosing = ?3";

/// What the channel refused, and what came too late for it, waits for a person, who may know another way.
const REFUSED: &str = "
    UPDATE outbox SET
        state = 'refused', settled_at = ?2, code = ?3, listed = (?3 LIKE 'meta.%' OR ?3 = 'window.closed')
    WHERE row = ?1";

const AGAIN: &str = "
    UPDATE outbox SET state = 'queued', attempt = attempt + 1, run_at = ?2, code = ?3 WHERE row = ?1";

const UNKNOWN: &str = "UPDATE outbox SET state = 'unknown', doubted = 1, run_at = ?2 WHERE row = ?1";

const MISSED: &str = "
    UPDATE outbox SET missed_at = ifnull(missed_at, ?2), run_at = ?3 WHERE row = ?1 AND state = 'unknown'";

const RESEND: &str = "
    UPDATE outbox SET state = 'queued', resent = 1, missed_at = NULL, run_at = ?2, code = 'not_arrived'
    WHERE row = ?1 AND state = 'unknown' AND resent = 0";

const PARKED: &str = "UPDATE outbox SET state = 'parked', settled_at = ?2, code = ?3 WHERE row = ?1";

const RECOVER: &str = "
    UPDATE outbox SET state = 'unknown', doubted = 1, run_at = ?1 WHERE state = 'sending'
    RETURNING merchant, conversation";

/// A part as the moves need it.
#[derive(Debug)]
pub(in crate::sqlite) struct Sending {
    pub(in crate::sqlite) conversation: ConversationId,
    pub(super) row: i64,
    pub(super) turn: TurnId,
    pub(super) state: PartState,
    pub(super) merchant: MerchantId,
    gist: String,
    native_id: Option<String>,
    begun_at: Option<Timestamp>,
}

impl Sending {
    pub(in crate::sqlite) fn find(
        tx: &Connection,
        merchant: MerchantId,
        part: PartId,
    ) -> Result<Option<Self>, StoreError> {
        let found = tx.one(FIND, params![merchant.as_bytes(), part.as_bytes()], |row| {
            let sending = Self {
                row: row.get(0)?,
                conversation: ConversationId::from_bytes(row.get(1)?),
                turn: TurnId::from_bytes(row.get(2)?),
                state: PartState::Refused,
                merchant,
                gist: row.get(4)?,
                native_id: row.get(5)?,
                begun_at: values::maybe_at(row, 6)?,
            };
            Ok((sending, row.get::<_, String>(3)?))
        })?;
        let Some((sending, state)) = found else { return Ok(None) };
        let state = PartState::from_word(&state);
        let state = state.ok_or_else(|| corrupt("outbox", part, "its state is unknown"))?;
        Ok(Some(Self { state, ..sending }))
    }

    /// The part of a conversation that is held, or `Conflict`.
    pub(super) fn of(tx: &Connection, lease: &Lease, part: PartId) -> Result<Self, StoreError> {
        let found = Self::find(tx, lease.merchant, part)?;
        found.filter(|sending| sending.conversation == lease.conversation).ok_or(StoreError::Conflict)
    }

    /// Whether nobody else is about to settle it, so that its echo must bring a worker.
    pub(in crate::sqlite) const fn is_settled_by_echo_alone(&self) -> bool {
        !matches!(self.state, PartState::Sending | PartState::Sent)
    }

    /// When it arrived, where that it did is learned now: what was in doubt has been there since it was sent.
    pub(in crate::sqlite) fn arrived_at(&self, now: Timestamp) -> Timestamp {
        let sent_at = self.begun_at.filter(|_| self.state != PartState::Sending);
        sent_at.map_or(now, |at| at.min(now))
    }

    /// It arrived: the part is sent and joins the history, once.
    pub(in crate::sqlite) fn mark_sent(
        &self,
        tx: &Connection,
        native_id: Option<&str>,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.state == PartState::Sent {
            return match (native_id, &self.native_id) {
                (Some(native_id), None) => tx.run_one(SENT, params![self.row, now.millis(), native_id]),
                _ => Ok(()),
            };
        }
        tx.run_one(SENT, params![self.row, now.millis(), native_id])?;
        let said = Said {
            author: Author::Clerk,
            native_id,
            text: Some(&self.gist),
            at,
            event: None,
            turn: Some(self.turn),
        };
        said.remember(tx, self.merchant, self.conversation)?;
        let (merchant, conversation) = (self.merchant.as_bytes(), self.conversation.as_bytes());
        let told_at = at.min(now).millis();
        tx.run(DISCLOSED, params![merchant, conversation, self.turn.as_bytes(), told_at])?;
        refresh(tx, self.merchant, self.conversation)
    }
}

/// A start as it is written: encoded before it reaches the writer.
#[derive(Debug)]
pub(super) struct StartRow {
    part: PartId,
    rests_on: Vec<(RowId, u64)>,
    claims: String,
}

impl StartRow {
    pub(super) fn encode(start: StartSend) -> Result<Self, StoreError> {
        let StartSend { part, rests_on, claims } = start;
        let claims = to_json(&claims.into_iter().map(ClaimJson::from).collect::<Vec<_>>())?;
        Ok(Self { part, rests_on, claims })
    }

    /// `queued -> sending` under a lease that is held, or `Conflict`.
    pub(super) fn start(&self, tx: &Connection, lease: &Lease, now: Timestamp) -> Result<(), StoreError> {
        hold(tx, lease)?;
        let sending = Sending::of(tx, lease, self.part)?;
        if !self.begin(tx, &sending, now)? {
            return Err(StoreError::Conflict);
        }
        refresh(tx, lease.merchant, lease.conversation)
    }

    /// `queued -> sending`, if everything it rests on holds at this very moment; says whether it does.
    fn begin(&self, tx: &Connection, sending: &Sending, now: Timestamp) -> Result<bool, StoreError> {
        let (merchant, conversation) = (sending.merchant, sending.conversation);
        let params = params![merchant.as_bytes(), conversation.as_bytes()];
        let first = tx.one(FIRST_OPEN, params, |row| row.get(0).map(PartId::from_bytes))?;
        let is_next = first == Some(self.part) && sending.state == PartState::Queued;
        if !is_next || !connections::may_send(tx, merchant, conversation)? {
            return Ok(false);
        }
        for (row, version) in &self.rests_on {
            if version_of(tx, merchant, *row)? != Some(*version) {
                return Ok(false);
            }
        }
        tx.run_one(START, params![sending.row, now.millis(), self.claims])?;
        Ok(true)
    }
}

fn version_of(tx: &Connection, merchant: MerchantId, row: RowId) -> Result<Option<u64>, StoreError> {
    let (sql, number) = match row {
        RowId::Product(product) => (VERSION, product.number()),
        RowId::Discount(discount) => (DISCOUNT_VERSION, discount.number()),
    };
    let params = params![merchant.as_bytes(), values::to_column(number)];
    Ok(tx.one(sql, params, |row| row.get::<_, i64>(0))?.map(values::from_column))
}

/// A start that another unit makes along with its own work.
#[derive(Debug)]
pub(in crate::sqlite) struct NextRow {
    start: StartRow,
    rules: Rules,
}

impl NextRow {
    pub(in crate::sqlite) fn encode(next: NextSend) -> Result<Self, StoreError> {
        Ok(Self { start: StartRow::encode(next.start)?, rules: next.rules })
    }

    /// Begins the part, if it may be written as the conversation stands now; says whether it did. When the conversation is due is left
    /// to the caller.
    pub(in crate::sqlite) fn begin(
        &self,
        tx: &Connection,
        lease: &Lease,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(sending) = Sending::find(tx, lease.merchant, self.start.part)? else { return Ok(false) };
        let found = conversations::find_conversation(tx, lease.merchant, lease.conversation)?;
        let Some(conversation) = found else { return Ok(false) };
        let words = Words::Part { of: sending.turn };
        let may = matches!(may_write(words, &conversation, &self.rules, now), Verdict::May(_));
        Ok(may && sending.conversation == lease.conversation && self.start.begin(tx, &sending, now)?)
    }
}

/// What follows a settled send, as it is written.
#[derive(Debug)]
pub(super) enum ThenRow {
    Stay,
    Begin(NextRow),
    LetGo,
}

impl ThenRow {
    pub(super) fn encode(then: Then) -> Result<Self, StoreError> {
        Ok(match then {
            Then::Stay => Self::Stay,
            Then::Begin(next) => Self::Begin(NextRow::encode(next)?),
            Then::LetGo => Self::LetGo,
        })
    }

    /// Does it; says whether the next part was begun.
    fn follow(
        &self,
        tx: &Connection,
        lease: &Lease,
        held: &Held,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Stay => Ok(false),
            Self::LetGo => held.let_go(tx).map(|()| false),
            Self::Begin(next) => {
                let begun = next.begin(tx, lease, now)?;
                if begun {
                    refresh(tx, lease.merchant, lease.conversation)?;
                }
                Ok(begun)
            }
        }
    }
}

/// Whether a person took the word while the part was on its way, so that it must not go back to the queue. The pause a
/// turn asked for itself does not silence its own last words.
fn is_silenced(held: &Held, sending: &Sending, now: Timestamp) -> bool {
    held.paused_until.is_some_and(|until| until > now) && held.pause_turn != Some(sending.turn)
}

/// How a send ended, and what follows.
pub(super) fn settle(
    tx: &Connection,
    lease: &Lease,
    part: PartId,
    settled: &Settled,
    jobs: &[NewJob],
    then: &ThenRow,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let held = hold(tx, lease)?;
    let sending = Sending::of(tx, lease, part)?;
    if sending.state != PartState::Sent {
        require_move(sending.state, settled)?;
        if matches!(settled, Settled::Again { .. } | Settled::Resend) && is_silenced(&held, &sending, now) {
            let code = "paused".to_owned();
            record(tx, &sending, &Settled::Refused { code }, now)?;
        } else {
            record(tx, &sending, settled, now)?;
        }
        refresh(tx, lease.merchant, lease.conversation)?;
    } else if let Settled::Sent { native_id } = settled {
        sending.mark_sent(tx, native_id.as_deref(), now, now)?;
    }
    jobs::put_up_all(tx, jobs)?;
    then.follow(tx, lease, &held, now)
}

/// A rule may refuse or put off what is still queued; the rest needs a request that was under way.
const fn require_move(from: PartState, to: &Settled) -> Result<(), StoreError> {
    let allowed = match to {
        Settled::Sent { .. } | Settled::Unknown { .. } => {
            matches!(from, PartState::Sending | PartState::Unknown)
        }
        Settled::Missed { .. } | Settled::Resend => matches!(from, PartState::Unknown),
        Settled::Refused { .. } | Settled::Again { .. } | Settled::Parked { .. } => {
            matches!(from, PartState::Queued | PartState::Sending | PartState::Unknown)
        }
    };
    if allowed { Ok(()) } else { Err(StoreError::Conflict) }
}

fn record(tx: &Connection, sending: &Sending, settled: &Settled, now: Timestamp) -> Result<(), StoreError> {
    match settled {
        Settled::Sent { native_id } => {
            sending.mark_sent(tx, native_id.as_deref(), sending.arrived_at(now), now)
        }
        Settled::Refused { code } => {
            tx.run_one(REFUSED, params![sending.row, now.millis(), code])?;
            withdraw::rest_of_turn(tx, sending, now)
        }
        Settled::Again { at, code } => tx.run_one(AGAIN, params![sending.row, at.millis(), code]),
        Settled::Unknown { look_at } => tx.run_one(UNKNOWN, params![sending.row, look_at.millis()]),
        Settled::Missed { look_at } => {
            tx.run_one(MISSED, params![sending.row, now.millis(), look_at.millis()])
        }
        Settled::Resend => tx.run_one(RESEND, params![sending.row, now.millis()]),
        Settled::Parked { code } => {
            tx.run_one(PARKED, params![sending.row, now.millis(), code])?;
            withdraw::rest_of_turn(tx, sending, now)
        }
    }
}

/// What a process that is gone was sending is unknown now.
pub(in crate::sqlite) fn recover(tx: &Connection, look_at: Timestamp) -> Result<usize, StoreError> {
    let found = tx.all(RECOVER, params![look_at.millis()], |row| {
        Ok((MerchantId::from_bytes(row.get(0)?), ConversationId::from_bytes(row.get(1)?)))
    })?;
    for (merchant, conversation) in &found {
        refresh(tx, *merchant, *conversation)?;
    }
    Ok(found.len())
}
