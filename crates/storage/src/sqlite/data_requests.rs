//! Requests for a customer's data, and their answers, in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::customer::Customer;
use shopclerk_domain::ids::{MerchantId, ShopperId};

use super::erasures::CustomerJson;
use super::rows::{from_json, to_json};
use super::sql::Sql as _;
use super::writer::Lane;
use super::{SqliteStore, jobs, values};
use crate::error::StoreError;
use crate::nouns::DataRequests;
use crate::nouns::data_requests::{ANSWER_DATA_REQUEST, DataRequest};
use crate::nouns::inbox::NewDataRequest;

const ASK: &str = "
    INSERT INTO data_requests (merchant, request, asked_at, about) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT DO NOTHING";

const FIND: &str = "
    SELECT r.request, r.asked_at, r.done_at, r.about,
        (SELECT count(*) FROM data_answers a WHERE a.merchant = r.merchant AND a.request = r.request)
    FROM data_requests r WHERE r.merchant = ?1 AND r.request = ?2";

const LIST: &str = "
    SELECT r.request, r.asked_at, r.done_at, r.about,
        (SELECT count(*) FROM data_answers a WHERE a.merchant = r.merchant AND a.request = r.request)
    FROM data_requests r WHERE r.merchant = ?1 ORDER BY r.asked_at DESC, r.request LIMIT ?2";

const LIST_ALL: &str = "
    SELECT r.request, r.asked_at, r.done_at, r.about,
        (SELECT count(*) FROM data_answers a WHERE a.merchant = r.merchant AND a.request = r.request), r.merchant
    FROM data_requests r ORDER BY r.asked_at DESC, r.merchant, r.request LIMIT ?1";

const DONE: &str = "
    UPDATE data_requests SET done_at = ifnull(done_at, ?3), about = NULL WHERE merchant = ?1 AND request = ?2";

/// Only of shoppers who are still there: one may have been forgotten while the answer was written.
const ANSWER: &str = "
    INSERT INTO data_answers (merchant, request, shopper, answer)
    SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM shoppers WHERE merchant = ?1 AND shopper = ?3)
    ON CONFLICT (merchant, request, shopper) DO UPDATE SET answer = excluded.answer";

const ANSWERS: &str =
    "SELECT shopper, answer FROM data_answers WHERE merchant = ?1 AND request = ?2 ORDER BY shopper";

/// Writes a request down and puts its job up, as part of another unit.
pub(super) fn ask(
    tx: &Connection,
    merchant: MerchantId,
    asked: &NewDataRequest,
    now: Timestamp,
) -> Result<(), StoreError> {
    let about = to_json(&CustomerJson::from(&asked.about))?;
    if tx.run(ASK, params![merchant.as_bytes(), asked.request, now.millis(), about])? > 0 {
        jobs::put_up(tx, merchant, ANSWER_DATA_REQUEST, &asked.request, now)?;
    }
    Ok(())
}

/// Everybody's requests, the newest first.
pub(super) fn list_all(db: &Connection, most: usize) -> Result<Vec<(MerchantId, DataRequest)>, StoreError> {
    let found = db.all(LIST_ALL, params![values::limit(most)], |row| {
        Ok((MerchantId::from_bytes(row.get(5)?), RawRequest::read(row)?))
    })?;
    found.into_iter().map(|(merchant, raw)| Ok((merchant, raw.decode()?))).collect()
}

struct RawRequest {
    request: DataRequest,
    about: Option<String>,
}

impl RawRequest {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let request = DataRequest {
            request: row.get(0)?,
            asked_at: values::at(row, 1)?,
            done_at: values::maybe_at(row, 2)?,
            about: None,
            shoppers: row.get(4)?,
        };
        Ok(Self { request, about: row.get(3)? })
    }

    fn decode(self) -> Result<DataRequest, StoreError> {
        let read = |json: String| from_json::<CustomerJson>(&json, "data_requests", &self.request.request);
        let about = self.about.map(read).transpose()?.map(Customer::from);
        Ok(DataRequest { about, ..self.request })
    }
}

#[async_trait]
impl DataRequests for SqliteStore {
    async fn find_data_request(
        &self,
        merchant: MerchantId,
        request: &str,
    ) -> Result<Option<DataRequest>, StoreError> {
        let request = request.to_owned();
        let find = move |db: &Connection| {
            let found = db.one(FIND, params![merchant.as_bytes(), request], RawRequest::read)?;
            found.map(RawRequest::decode).transpose()
        };
        self.readers.read(find).await
    }

    async fn list_data_requests(
        &self,
        merchant: MerchantId,
        most: usize,
    ) -> Result<Vec<DataRequest>, StoreError> {
        let list = move |db: &Connection| {
            let found = db.all(LIST, params![merchant.as_bytes(), values::limit(most)], RawRequest::read)?;
            found.into_iter().map(RawRequest::decode).collect()
        };
        self.readers.read(list).await
    }

    async fn answer_data_request(
        &self,
        merchant: MerchantId,
        request: &str,
        answers: Vec<(ShopperId, String)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let request = request.to_owned();
        let answer = move |tx: &Connection| {
            let owner = merchant.as_bytes();
            for (shopper, text) in &answers {
                tx.run(ANSWER, params![owner, request, shopper.as_bytes(), text])?;
            }
            tx.run_one(DONE, params![owner, request, now.millis()])
        };
        self.writer.unit(Lane::Bulk, "data_request.answer", answer).await
    }

    async fn list_data_answers(
        &self,
        merchant: MerchantId,
        request: &str,
    ) -> Result<Vec<(ShopperId, String)>, StoreError> {
        let request = request.to_owned();
        let list = move |db: &Connection| {
            db.all(ANSWERS, params![merchant.as_bytes(), request], |row| {
                Ok((ShopperId::from_bytes(row.get(0)?), row.get(1)?))
            })
        };
        self.readers.read(list).await
    }
}
