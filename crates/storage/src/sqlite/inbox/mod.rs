//! The inbox in SQLite: one delivery is one unit. What every message needs is here, statement by statement as few as
//! possible; that its conversation becomes due by it is in `linking`, the rarer effects are in `effects`, what is said of accounts in
//! `accounts`, hints of shops in `shop`.

mod accounts;
mod effects;
pub(super) mod linking;
mod shop;
pub(super) mod waiting;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy::Entropy;
use shopclerk_domain::event::{ConversationEvent, DedupKey, EventKind};
use shopclerk_domain::ids::{AccountId, ConversationId, EventId, MerchantId, ShopperId};

pub(super) use self::effects::erase_message;
pub(super) use self::shop::OWNER_OF_SHOP;
use super::SqliteStore;
use super::conversations::was_taken_back;
use super::sql::Sql as _;
use super::writer::Lane;
use crate::error::StoreError;
use crate::nouns::Inbox;
use crate::nouns::inbox::{Accepted, Delivery, Quarantined, Settle, Stored};

/// An event older than this may be a repetition whose key is gone: recorded, without effect.
const OLDEST: Duration = Duration::from_hours(35 * 24);

/// How far a channel's clock may run before ours: whoever set ours may have missed its zone, and shoppers are answered all the
/// same. What comes from later than that is no clock of anybody's.
pub(super) const AHEAD: Duration = Duration::from_hours(12);

const ADDRESSEE: &str = "
    SELECT a.merchant, a.account, c.row, c.conversation, c.takes_back
    FROM accounts a INDEXED BY accounts_served
    LEFT JOIN conversations c INDEXED BY conversations_addressed
        ON c.merchant = a.merchant AND c.account = a.account AND c.alias = ?3
    WHERE a.channel = ?1 AND a.native_id = ?2 AND a.state <> 'disconnected'";

const REMEMBER: &str = "INSERT INTO dedup (key, created_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";

const ADD_SHOPPER: &str = "INSERT INTO shoppers (merchant, shopper, created_at) VALUES (?1, ?2, ?3)";

const ADD_ALIAS: &str =
    "INSERT INTO shopper_aliases (merchant, channel, account, value, shopper) VALUES (?1, ?2, ?3, ?4, ?5)";

const ADD_CONVERSATION: &str = "
    INSERT INTO conversations (merchant, conversation, account, shopper, alias, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const ADD_EVENT: &str = "
    INSERT INTO inbox (merchant, conversation, kind, native_id, at, received_at, state, asks, done_at, why, body)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

/// The window opens anew; nothing is to be answered.
const CONTACT: &str =
    "UPDATE conversations SET last_shopper_at = max(ifnull(last_shopper_at, ?2), ?2) WHERE row = ?1";

/// Whoever had the word is done: the clerk speaks again, and says anew that it is automatic.
const GIVE_BACK: &str = "
    UPDATE conversations SET
        paused_until = NULL, pause_turn = NULL, disclosed_at = NULL, disclosing = NULL, person_wanted_at = NULL,
        hour_began = NULL, hour_replies = 0
    WHERE row = ?1";

const QUARANTINE: &str =
    "INSERT INTO quarantine (source, why, received_at, head, body) VALUES (?1, ?2, ?3, ?4, ?5)";

const RELEASE: &str = "DELETE FROM quarantine WHERE row = ?1";

const COUNT: &str = "
    INSERT INTO counters (name, value) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET value = value + excluded.value";

/// What every delivery goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 35] = [
    ADDRESSEE,
    REMEMBER,
    ADD_CONVERSATION,
    ADD_EVENT,
    linking::LINKED,
    linking::FIRST_ARRIVED,
    linking::ARRIVED,
    linking::NEWEST,
    linking::PLACE,
    linking::ASKED,
    linking::ASKED_AGAIN,
    linking::TOLD,
    COUNT,
    OWNER_OF_SHOP,
    shop::HINT_PRODUCT,
    shop::HINT_STOCK,
    effects::ANSWERED,
    effects::PAUSE,
    effects::ERASE_MESSAGE,
    effects::ERASE_EVENT,
    effects::ERASE_WAITING,
    effects::ERASE_DEAD,
    effects::ERASE_TURNS,
    effects::ERASE_WITHDRAWN,
    effects::EDIT_WAITING,
    effects::EDIT_SAID,
    effects::FARTHEST,
    accounts::OWNER,
    accounts::COUNT_EVENT,
    CONTACT,
    GIVE_BACK,
    waiting::NEWEST,
    waiting::LOOK,
    waiting::LINK,
    waiting::LEAD,
];

/// What holds for all events of one delivery.
struct Arrival<'a> {
    tx: &'a Connection,
    now: Timestamp,
    pause_until: Timestamp,
    settle: Settle,
    /// Older messages may have been answered by a life of this store that it does not remember.
    quiet_before: Timestamp,
    entropy: &'a dyn Entropy,
}

/// Whose account an event is for, and the conversation with its shopper if there is one.
struct Addressee {
    merchant: MerchantId,
    account: AccountId,
    place: Option<Place>,
}

/// The conversation an event is for.
struct Place {
    merchant: MerchantId,
    row: i64,
    conversation: ConversationId,
    /// Whether messages of it were ever taken back.
    takes_back: bool,
}

/// How an event is put into the inbox.
struct Filing<'a> {
    kind: &'a str,
    /// Waits for a worker; else it is done.
    waits: bool,
    asks: bool,
    /// Kept for a person instead: why.
    why: Option<&'static str>,
    body: &'a [u8],
}

fn accept(arrival: &Arrival<'_>, delivery: &Delivery) -> Result<Accepted, StoreError> {
    let mut accepted = Accepted::default();
    for event in &delivery.conversations {
        arrival.event(event, &mut accepted)?;
    }
    let mut put_up = accounts::PutUp::new();
    for (event, job) in &delivery.accounts {
        arrival.account(event, *job, &mut put_up, &mut accepted)?;
    }
    for (event, follow_up) in &delivery.shop {
        arrival.hint(event, follow_up, &mut accepted)?;
    }
    for Quarantined { source, why, head, body } in &delivery.quarantined {
        arrival.tx.run(QUARANTINE, params![source, why, arrival.now.millis(), head, body])?;
    }
    if let Some(row) = delivery.releases {
        arrival.tx.run_one(RELEASE, params![row])?;
    }
    if accepted.unknown > 0 {
        let unknown = i64::try_from(accepted.unknown).unwrap_or(i64::MAX);
        arrival.tx.run(COUNT, params!["inbox.unknown", unknown])?;
    }
    Ok(accepted)
}

impl Arrival<'_> {
    fn event(&self, event: &ConversationEvent, accepted: &mut Accepted) -> Result<(), StoreError> {
        let Some(Addressee { merchant, account, place }) = self.addressee(event)? else {
            accepted.unknown += 1;
            return Ok(());
        };
        if let EventKind::Farthest { word, until } = &event.kind {
            return self.farthest(place.as_ref(), word, *until, accepted);
        }
        if self.is_repeated(event.dedup)? {
            accepted.duplicates += 1;
            return Ok(());
        }
        let place = match place {
            Some(place) => place,
            None => self.begin_conversation(merchant, account, event)?,
        };
        let filing = self.effect(&place, event)?;
        let id = self.file(&place, event, &filing)?;
        accepted.stored.push(Stored {
            merchant,
            account,
            conversation: place.conversation,
            event: id,
            at: event.at,
            asks_for_reply: filing.waits && filing.asks,
            waits: filing.waits,
        });
        Ok(())
    }

    fn addressee(&self, event: &ConversationEvent) -> Result<Option<Addressee>, StoreError> {
        let (channel, alias) = (event.channel.word(), event.shopper.expose());
        self.tx.one(ADDRESSEE, params![channel, event.account, alias], |row| {
            let merchant = MerchantId::from_bytes(row.get(0)?);
            let place = match row.get::<_, Option<i64>>(2)? {
                Some(number) => Some(Place {
                    merchant,
                    row: number,
                    conversation: ConversationId::from_bytes(row.get(3)?),
                    takes_back: row.get(4)?,
                }),
                None => None,
            };
            Ok(Addressee { merchant, account: AccountId::from_bytes(row.get(1)?), place })
        })
    }

    fn is_repeated(&self, key: DedupKey) -> Result<bool, StoreError> {
        Ok(self.tx.run(REMEMBER, params![key.0, self.now.millis()])? == 0)
    }

    fn begin_conversation(
        &self,
        merchant: MerchantId,
        account: AccountId,
        event: &ConversationEvent,
    ) -> Result<Place, StoreError> {
        let shopper = ShopperId::new(self.now, self.entropy);
        let conversation = ConversationId::new(self.now, self.entropy);
        let (owner, now, alias) = (merchant.as_bytes(), self.now.millis(), event.shopper.expose());
        let channel = event.channel.word();
        self.tx.run_one(ADD_SHOPPER, params![owner, shopper.as_bytes(), now])?;
        self.tx.run_one(ADD_ALIAS, params![owner, channel, account.as_bytes(), alias, shopper.as_bytes()])?;
        self.tx.run_one(
            ADD_CONVERSATION,
            params![owner, conversation.as_bytes(), account.as_bytes(), shopper.as_bytes(), alias, now],
        )?;
        let row = self.tx.last_insert_rowid();
        Ok(Place { merchant, row, conversation, takes_back: false })
    }

    /// Gives an event the effect that must hold at once, and says how it is filed.
    fn effect<'e>(&self, place: &Place, event: &'e ConversationEvent) -> Result<Filing<'e>, StoreError> {
        let filed = |kind, waits, asks| Filing { kind, waits, asks, why: None, body: &event.body };
        if event.at < self.now.minus(OLDEST) || event.at > self.now {
            return Ok(filed("stale", false, false));
        }
        Ok(match &event.kind {
            EventKind::Message | EventKind::Tap => {
                let id = event.native_id.as_deref();
                if place.takes_back && was_taken_back(self.tx, place.merchant, place.conversation, id)? {
                    return Ok(Filing { body: &[], ..filed(event.kind.word(), false, false) });
                }
                if event.at < self.quiet_before {
                    let why = Some("restore.unsettled");
                    return Ok(Filing { why, ..filed(event.kind.word(), false, true) });
                }
                filed(event.kind.word(), true, true)
            }
            EventKind::OwnEcho(part) => self.own_echo(place, *part, event)?,
            EventKind::PersonEcho => {
                self.person_spoke(place, event.at)?;
                filed(event.kind.word(), true, false)
            }
            EventKind::Deleted { native_id } => {
                self.take_back(place, native_id)?;
                filed(event.kind.word(), true, false)
            }
            EventKind::Edited { native_id, text } => {
                let is_in_history = self.edit(place, native_id, text, &event.body)?;
                Filing { body: &[], ..filed(event.kind.word(), is_in_history, false) }
            }
            EventKind::Contact(word) => {
                self.tx.run_one(CONTACT, params![place.row, event.at.millis()])?;
                filed(word, false, false)
            }
            EventKind::ThreadTaken => {
                self.person_spoke(place, event.at)?;
                filed(event.kind.word(), false, false)
            }
            EventKind::ThreadGiven => {
                self.tx.run_one(GIVE_BACK, params![place.row])?;
                filed(event.kind.word(), false, false)
            }
            EventKind::Farthest { word, .. } | EventKind::Other(word) => filed(word, false, false),
        })
    }

    fn file(
        &self,
        place: &Place,
        event: &ConversationEvent,
        filing: &Filing<'_>,
    ) -> Result<EventId, StoreError> {
        let (state, done_at) = match (filing.waits, filing.why) {
            (true, _) => ("waiting", None),
            (false, Some(_)) => ("dead", Some(self.now.millis())),
            (false, None) => ("done", Some(self.now.millis())),
        };
        self.tx.run_one(
            ADD_EVENT,
            params![
                place.merchant.as_bytes(),
                place.conversation.as_bytes(),
                filing.kind,
                event.native_id,
                event.at.millis(),
                self.now.millis(),
                state,
                filing.asks,
                done_at,
                filing.why,
                filing.body,
            ],
        )?;
        Ok(EventId(self.tx.last_insert_rowid()))
    }
}

#[async_trait]
impl Inbox for SqliteStore {
    async fn accept(
        &self,
        delivery: Delivery,
        now: Timestamp,
        pause_until: Timestamp,
    ) -> Result<Accepted, StoreError> {
        let entropy = Arc::clone(&self.entropy);
        let (quiet_before, settle) = (self.quiet_before, self.settle);
        let mut delivery = delivery;
        for event in delivery.conversations.iter_mut().filter(|event| event.at <= now.plus(AHEAD)) {
            event.at = event.at.min(now);
        }
        let accept = move |tx: &Connection| {
            accept(&Arrival { tx, now, pause_until, settle, quiet_before, entropy: &*entropy }, &delivery)
        };
        self.writer.unit(Lane::Interactive, "inbox", accept).await
    }
}
