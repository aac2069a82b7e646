//! The erasure ledger in SQLite, and the trait; how conversations go is in `conversations`, goods and connections in `rest`,
//! finding a customer in `customers`, what platforms may ask about it in `requests`.

mod conversations;
mod customers;
pub(super) mod kept;
mod requests;
mod rest;

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::customer::Customer;
use shopclerk_domain::erasure::{AskedBy, Erased, Subject};
use shopclerk_domain::ids::{ConversationId, ErasureId, EventId, MerchantId, ShopperId};

use super::rows::{from_json, to_json};
use super::sql::{Sql as _, corrupt};
use super::writer::Lane;
use super::{SqliteStore, jobs, values};
use crate::error::StoreError;
use crate::nouns::Erasures;
use crate::nouns::erasures::{ERASE, ErasureRow, InboxLook, NewErasure, Scope, Trace};

#[cfg(test)]
pub(super) use self::conversations::HOT as CONVERSATIONS_HOT;
pub(super) use self::conversations::{INBOX, MESSAGES_TABLE, erase_turns};
pub(super) use self::requests::{find_progress, open_deletion, withdraw_grants};

const ASK: &str = "
    INSERT INTO erasures (erasure, merchant, what, key, asked_by, asked_at, about, request)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT DO NOTHING";

/// A line that is done as it is written.
const NOTE: &str = "
    INSERT INTO erasures (erasure, merchant, what, key, asked_by, asked_at, done_at, outcome)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 'gone')
    ON CONFLICT DO NOTHING";

const FIND: &str = "
    SELECT row, erasure, merchant, what, key, asked_by, asked_at, done_at, about FROM erasures
    WHERE merchant = ?1 AND erasure = ?2";

const LIST: &str = "
    SELECT row, erasure, merchant, what, key, asked_by, asked_at, done_at, about FROM erasures
    WHERE row > ?1 ORDER BY row LIMIT ?2";

const FINISH: &str = "
    UPDATE erasures SET done_at = ifnull(done_at, ?3), outcome = ?4, about = NULL
    WHERE merchant = ?1 AND erasure = ?2";

/// A line from another store's ledger; known ones stay as they are.
const PUT_BACK: &str = "
    INSERT INTO erasures (erasure, merchant, what, key, asked_by, asked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT DO NOTHING";

/// What every delivery and slice goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 4] = [ASK, NOTE, FIND, FINISH];

/// By what a customer is recognised, as it is stored.
#[derive(Serialize, Deserialize)]
pub(super) struct CustomerJson {
    email: Option<String>,
    phone: Option<String>,
}

impl From<&Customer> for CustomerJson {
    fn from(customer: &Customer) -> Self {
        Self { email: customer.email.clone(), phone: customer.phone.clone() }
    }
}

impl From<CustomerJson> for Customer {
    fn from(json: CustomerJson) -> Self {
        Self { email: json.email, phone: json.phone }
    }
}

/// Writes an erasure down and puts its job up, as part of another unit.
pub(super) fn ask(
    tx: &Connection,
    merchant: MerchantId,
    erasure: &NewErasure,
    request: Option<&[u8]>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let about = erasure.about.as_ref().map(|about| to_json(&CustomerJson::from(about))).transpose()?;
    let (word, key) = (erasure.subject.word(), erasure.subject.key());
    let (id, asked_by) = (erasure.id.as_bytes(), erasure.asked_by.word());
    let params = params![id, merchant.as_bytes(), word, key, asked_by, now.millis(), about, request];
    if tx.run(ASK, params)? > 0 {
        jobs::put_up(tx, merchant, ERASE, &erasure.id.to_string(), now)?;
    }
    Ok(())
}

/// Writes down what is forgotten within this very unit.
pub(super) fn note(
    tx: &Connection,
    merchant: MerchantId,
    id: ErasureId,
    subject: &Subject,
    asked_by: AskedBy,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (word, key) = (subject.word(), subject.key());
    let params = params![id.as_bytes(), merchant.as_bytes(), word, key, asked_by.word(), now.millis()];
    tx.run(NOTE, params).map(drop)
}

/// The ledger from a place on, of all merchants.
pub(super) fn list(db: &Connection, after: i64, most: i64) -> Result<Vec<ErasureRow>, StoreError> {
    db.all(LIST, params![after, most], RawErasure::read)?.into_iter().map(RawErasure::decode).collect()
}

/// Takes lines of another store's ledger over.
pub(super) fn put_back(tx: &Connection, rows: &[ErasureRow]) -> Result<(), StoreError> {
    for row in rows {
        let (word, key) = (row.subject.word(), row.subject.key());
        let (id, merchant, at) = (row.id.as_bytes(), row.merchant.as_bytes(), row.asked_at.millis());
        tx.run(PUT_BACK, params![id, merchant, word, key, row.asked_by.word(), at])?;
    }
    Ok(())
}

struct RawErasure {
    row: i64,
    id: ErasureId,
    merchant: MerchantId,
    what: String,
    key: String,
    asked_by: String,
    asked_at: Timestamp,
    done_at: Option<Timestamp>,
    about: Option<String>,
}

impl RawErasure {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            row: row.get(0)?,
            id: ErasureId::from_bytes(row.get(1)?),
            merchant: MerchantId::from_bytes(row.get(2)?),
            what: row.get(3)?,
            key: row.get(4)?,
            asked_by: row.get(5)?,
            asked_at: values::at(row, 6)?,
            done_at: values::maybe_at(row, 7)?,
            about: row.get(8)?,
        })
    }

    fn decode(self) -> Result<ErasureRow, StoreError> {
        let damaged = |why| corrupt("erasures", self.id, why);
        let about = self.about.map(|json| from_json::<CustomerJson>(&json, "erasures", self.id));
        Ok(ErasureRow {
            row: self.row,
            id: self.id,
            merchant: self.merchant,
            subject: Subject::parse(&self.what, &self.key)
                .ok_or_else(|| damaged("its subject cannot be read"))?,
            asked_by: AskedBy::from_word(&self.asked_by).ok_or_else(|| damaged("nobody asked for it"))?,
            asked_at: self.asked_at,
            done_at: self.done_at,
            about: about.transpose()?.map(Customer::from),
        })
    }
}

#[async_trait]
impl Erasures for SqliteStore {
    async fn ask_erasures(
        &self,
        merchant: MerchantId,
        erasures: Vec<NewErasure>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let ask = move |tx: &Connection| {
            erasures.iter().try_for_each(|erasure| ask(tx, merchant, erasure, None, now))
        };
        self.writer.unit(Lane::Interactive, "erasure.ask", ask).await
    }

    async fn find_erasure(
        &self,
        merchant: MerchantId,
        id: ErasureId,
    ) -> Result<Option<ErasureRow>, StoreError> {
        let find = move |db: &Connection| {
            let found = db.one(FIND, params![merchant.as_bytes(), id.as_bytes()], RawErasure::read)?;
            found.map(RawErasure::decode).transpose()
        };
        self.readers.glance(find).await
    }

    async fn finish_erasure(
        &self,
        merchant: MerchantId,
        id: ErasureId,
        outcome: Erased,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let finish = move |tx: &Connection| {
            tx.run_one(FINISH, params![merchant.as_bytes(), id.as_bytes(), now.millis(), outcome.word()])
        };
        self.writer.unit(Lane::Interactive, "erasure.finish", finish).await?;
        self.checkpoints.scrub();
        Ok(())
    }

    async fn list_traces(
        &self,
        merchant: MerchantId,
        scope: Scope,
        after: Option<ConversationId>,
        most: usize,
    ) -> Result<Vec<Trace>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.readers.read(move |db| conversations::list_traces(db, merchant, scope, after, most)).await
    }

    async fn list_shoppers_who_are(
        &self,
        merchant: MerchantId,
        customer: &Customer,
        conversations: Vec<ConversationId>,
    ) -> Result<Vec<ShopperId>, StoreError> {
        self.link().await?;
        let customer = customer.clone();
        self.readers.read(move |db| customers::who_are(db, merchant, &customer, &conversations)).await
    }

    async fn cut_off(
        &self,
        merchant: MerchantId,
        conversations: Vec<ConversationId>,
        silent_since: Option<Timestamp>,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let settle = self.settle;
        let cut =
            move |tx: &Connection| conversations::cut_off(tx, settle, merchant, &conversations, silent_since);
        self.writer.unit(Lane::Interactive, "erasure.cut_off", cut).await
    }

    async fn look_through_inbox(
        &self,
        merchant: MerchantId,
        conversations: Arc<HashSet<ConversationId>>,
        from: EventId,
    ) -> Result<InboxLook, StoreError> {
        let look = move |db: &Connection| conversations::look(db, merchant, &conversations, from);
        self.readers.read(look).await
    }

    async fn erase_events(&self, merchant: MerchantId, events: Vec<EventId>) -> Result<(), StoreError> {
        let erase = move |tx: &Connection| conversations::erase_events(tx, merchant, &events);
        self.writer.unit(Lane::Bulk, "erasure.slice", erase).await
    }

    async fn erase_conversation(
        &self,
        merchant: MerchantId,
        conversation: ConversationId,
        most: usize,
    ) -> Result<bool, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let erase = move |tx: &Connection| conversations::erase(tx, merchant, conversation, most);
        self.writer.unit(Lane::Bulk, "erasure.slice", erase).await
    }

    async fn erase_message(
        &self,
        merchant: MerchantId,
        conversation: ConversationId,
        native_id: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (native_id, settle) = (native_id.to_owned(), self.settle);
        let erase = move |tx: &Connection| {
            super::inbox::erase_message(tx, settle, merchant, conversation, &native_id, now)
        };
        self.writer.unit(Lane::Bulk, "erasure.slice", erase).await
    }

    async fn erase_goods(
        &self,
        merchant: MerchantId,
        shop: Option<&ShopDomain>,
        most: usize,
    ) -> Result<bool, StoreError> {
        let (shop, most) = (shop.cloned(), i64::try_from(most).unwrap_or(i64::MAX));
        let erase = move |tx: &Connection| rest::erase_goods(tx, merchant, shop.as_ref(), most);
        self.writer.unit(Lane::Bulk, "erasure.slice", erase).await
    }

    async fn erase_rest(&self, merchant: MerchantId, subject: &Subject) -> Result<(), StoreError> {
        let subject = subject.clone();
        let erase = move |tx: &Connection| rest::erase(tx, merchant, &subject);
        self.writer.unit(Lane::Interactive, "erasure.rest", erase).await
    }
}
