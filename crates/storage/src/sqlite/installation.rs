//! All that crosses merchants, in SQLite.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{AccountId, ConversationId, MerchantId};

use super::conversations::Taken;
use super::inbox::linking;
use super::sql::Sql as _;
use super::writer::Lane;
use super::{
    SqliteStore, checks, conversations, data_requests, erasures, examine, inbox, jobs, keys, outbox,
    overview, reseal, retention, schedules, values,
};
use crate::error::StoreError;
use crate::installation::{
    Aged, DeletionProgress, Examined, Installation, LeasedSchedule, NewDeletion, NextDue, PlannedSchedule,
    QuarantinePiece, QuarantineRow, Resealed, Schedule, ScheduleRun, SealedWith, Silent, Swept, Waiting,
    Withdrawal,
};
use crate::keys::KeyRing;
use crate::nouns::conversations::Leased;
use crate::nouns::data_requests::DataRequest;
use crate::nouns::erasures::ErasureRow;
use crate::nouns::jobs::{JobLane, LeasedJob};

const NEXT_CONVERSATION: &str =
    "SELECT due_at FROM conversations WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1";

const NEXT_JOB: &str =
    "SELECT due_at FROM jobs WHERE lane = ?1 AND due_at IS NOT NULL ORDER BY due_at LIMIT 1";

const DUE_CONVERSATIONS: &str =
    "SELECT conversation FROM conversations WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2";

const DUE_JOBS: &str = "SELECT kind, key FROM jobs WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2";

const OWNER_OF_CONVERSATION: &str = "SELECT merchant FROM conversations WHERE conversation = ?1";

pub(super) const MERCHANTS: &str =
    "SELECT merchant FROM merchants WHERE merchant > ?1 ORDER BY merchant LIMIT ?2";

const HAS_MERCHANT: &str = "SELECT 1 FROM merchants WHERE merchant = ?1";

const ENDING_TOKENS: &str = "
    SELECT t.merchant, t.shop FROM shop_tokens t JOIN shops s ON s.merchant = t.merchant AND s.shop = t.shop
    WHERE t.newest = 1 AND t.access_ends < ?1 AND s.state NOT IN ('needs_reconnect', 'disconnected')
      AND NOT EXISTS (SELECT 1 FROM jobs j
          WHERE j.merchant = t.merchant AND j.kind = ?3 AND j.key = t.shop AND j.state <> 'given_up')
    ORDER BY t.access_ends LIMIT ?2";

/// What every wake-up goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 8] = [
    NEXT_CONVERSATION,
    NEXT_JOB,
    DUE_CONVERSATIONS,
    DUE_JOBS,
    OWNER_OF_CONVERSATION,
    MERCHANTS,
    HAS_MERCHANT,
    ENDING_TOKENS,
];

fn list_due(db: &Connection, now: Timestamp, most: i64) -> Result<Vec<String>, StoreError> {
    let mut names = db.all(DUE_CONVERSATIONS, params![now.millis(), most], |row| {
        Ok(format!("conversation {}", ConversationId::from_bytes(row.get(0)?)))
    })?;
    names.extend(db.all(DUE_JOBS, params![now.millis(), most], |row| {
        Ok(format!("job {} {}", row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?);
    Ok(names)
}

fn ending_tokens(
    db: &Connection,
    before: Timestamp,
    kind: &str,
    most: i64,
) -> Result<Vec<(MerchantId, ShopDomain)>, StoreError> {
    let found = db.all(ENDING_TOKENS, params![before.millis(), most, kind], |row| {
        Ok((MerchantId::from_bytes(row.get(0)?), row.get::<_, String>(1)?))
    })?;
    found.into_iter().map(|(merchant, shop)| Ok((merchant, values::shop("shop_tokens", &shop)?))).collect()
}

#[async_trait]
impl Installation for SqliteStore {
    /// Two steps: the lease is written, then what it holds is read without keeping the writer. Guards of later units
    /// cover what changes in between.
    async fn lease_conversation(&self, now: Timestamp, hold: Duration) -> Result<Option<Leased>, StoreError> {
        let settle = self.settle;
        let take = move |tx: &Connection| conversations::lease(tx, settle, now, hold);
        let lease = loop {
            match self.writer.fleeting_unit("lease", take).await? {
                Taken::Lease(lease) => break lease,
                Taken::Nothing => return Ok(None),
                Taken::Linked => {}
            }
        };
        self.readers.glance(move |db| conversations::read_leased(db, lease)).await.map(Some)
    }

    async fn link_arrived(&self) -> Result<bool, StoreError> {
        self.link_idly().await
    }

    async fn lease_job(
        &self,
        lane: JobLane,
        now: Timestamp,
        hold: Duration,
        but_of: &[MerchantId],
    ) -> Result<Option<LeasedJob>, StoreError> {
        let but_of = but_of.to_vec();
        let lease = move |tx: &Connection| jobs::lease(tx, lane, now, hold, &but_of);
        self.writer.fleeting_unit("job.lease", lease).await
    }

    async fn next_due(&self) -> Result<NextDue, StoreError> {
        let next = |db: &Connection| {
            let conversation = db.one(NEXT_CONVERSATION, [], |row| values::at(row, 0))?;
            let arrived = db.one(linking::FIRST_ARRIVED, [], |row| values::at(row, 0))?;
            let conversation = conversation.into_iter().chain(arrived).min();
            let job = |lane| db.one(NEXT_JOB, [jobs::column(lane)], |row| values::at(row, 0));
            let (job, object_job) = (job(JobLane::Errands)?, job(JobLane::Objects)?);
            Ok(NextDue { conversation, job, object_job })
        };
        self.readers.glance(next).await
    }

    async fn list_due(&self, now: Timestamp, most: usize) -> Result<Vec<String>, StoreError> {
        self.link().await?;
        let mut names = self.readers.read(move |db| list_due(db, now, values::limit(most))).await?;
        names.truncate(most);
        Ok(names)
    }

    async fn merchant_of_shop(&self, shop: &ShopDomain) -> Result<Option<MerchantId>, StoreError> {
        let shop = shop.clone();
        let find = move |db: &Connection| {
            db.one(inbox::OWNER_OF_SHOP, params![shop.as_str()], |row| row.get(0).map(MerchantId::from_bytes))
        };
        self.readers.glance(find).await
    }

    async fn merchant_of_conversation(&self, id: ConversationId) -> Result<Option<MerchantId>, StoreError> {
        let find = move |db: &Connection| {
            db.one(OWNER_OF_CONVERSATION, params![id.as_bytes()], |row| {
                row.get(0).map(MerchantId::from_bytes)
            })
        };
        self.readers.glance(find).await
    }

    async fn list_merchants(
        &self,
        after: Option<MerchantId>,
        most: usize,
    ) -> Result<Vec<MerchantId>, StoreError> {
        let list = move |db: &Connection| {
            // An empty key sorts before every id.
            let after: &[u8] = after.as_ref().map_or(&[], |after| after.as_bytes());
            db.all(MERCHANTS, params![after, values::limit(most)], |row| {
                row.get(0).map(MerchantId::from_bytes)
            })
        };
        self.readers.read(list).await
    }

    async fn has_merchant(&self, merchant: MerchantId) -> Result<bool, StoreError> {
        let find = move |db: &Connection| {
            db.one(HAS_MERCHANT, params![merchant.as_bytes()], |row| row.get::<_, i64>(0))
        };
        Ok(self.readers.glance(find).await?.is_some())
    }

    async fn list_ending_tokens(
        &self,
        before: Timestamp,
        renewed_by: &'static str,
        most: usize,
    ) -> Result<Vec<(MerchantId, ShopDomain)>, StoreError> {
        self.readers.read(move |db| ending_tokens(db, before, renewed_by, values::limit(most))).await
    }

    async fn examine(&self) -> Result<Examined, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        self.readers.read(move |db| examine::examine(db, &sealer)).await
    }

    async fn count_waiting(&self) -> Result<Waiting, StoreError> {
        self.readers.read(examine::waiting).await
    }

    async fn keys_exported_at(&self) -> Result<Option<Timestamp>, StoreError> {
        self.readers.read(keys::exported_at).await
    }

    async fn mark_keys_exported(&self, now: Timestamp) -> Result<(), StoreError> {
        self.writer.unit(Lane::Interactive, "keys.exported", move |tx| keys::mark_exported(tx, now)).await
    }

    async fn adopt_keys(&self, ring: KeyRing) -> Result<(), StoreError> {
        let (sealer, backup_keys) = (Arc::clone(&self.sealer), Arc::clone(&self.backup_keys));
        let adopt = move |tx: &Connection| {
            reseal::adopt(tx, &sealer, &ring)?;
            backup_keys.adopt(&ring);
            Ok(())
        };
        self.writer.unit(Lane::Interactive, "keys.adopt", adopt).await
    }

    async fn reseal_next(&self, merchants: usize) -> Result<Option<Resealed>, StoreError> {
        if self.readers.read(reseal::is_done).await? {
            return Ok(None);
        }
        let sealer = Arc::clone(&self.sealer);
        let next = move |tx: &Connection| reseal::next_slice(tx, &sealer, merchants);
        self.writer.unit(Lane::Bulk, "keys.reseal", next).await
    }

    async fn count_sealed(&self) -> Result<Vec<SealedWith>, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        self.readers.read(move |db| reseal::count(db, &sealer)).await
    }

    async fn list_quarantine(&self, after: i64, most: usize) -> Result<Vec<QuarantineRow>, StoreError> {
        self.readers.read(move |db| overview::list_quarantine(db, after, values::limit(most))).await
    }

    async fn find_quarantined(&self, row: i64) -> Result<Option<QuarantinePiece>, StoreError> {
        self.readers.read(move |db| overview::find_quarantined(db, row)).await
    }

    async fn count_connections(&self) -> Result<Vec<(&'static str, String, u64)>, StoreError> {
        self.readers.read(overview::count_connections).await
    }

    async fn recover_sending(&self, look_at: Timestamp) -> Result<usize, StoreError> {
        let recover = move |tx: &Connection| outbox::recover(tx, look_at);
        self.writer.unit(Lane::Interactive, "send.recover", recover).await
    }

    async fn tick_check(&self, nonce: [u8; 32], now: Timestamp) -> Result<bool, StoreError> {
        self.writer.unit(Lane::Interactive, "check.tick", move |tx| checks::tick(tx, nonce, now)).await
    }

    async fn plan_schedules(&self, planned: Vec<PlannedSchedule>, now: Timestamp) -> Result<(), StoreError> {
        let plan = move |tx: &Connection| schedules::plan(tx, &planned, now);
        self.writer.unit(Lane::Interactive, "schedule.plan", plan).await
    }

    async fn list_schedules(&self) -> Result<Vec<Schedule>, StoreError> {
        self.readers.read(schedules::list).await
    }

    async fn lease_schedule(
        &self,
        name: &str,
        now: Timestamp,
        hold: Duration,
    ) -> Result<Option<LeasedSchedule>, StoreError> {
        let name = name.to_owned();
        let lease = move |tx: &Connection| schedules::lease(tx, &name, now, hold);
        self.writer.unit(Lane::Interactive, "schedule.lease", lease).await
    }

    async fn finish_schedule(
        &self,
        leased: &LeasedSchedule,
        run: ScheduleRun,
        run_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let leased = leased.clone();
        let finish = move |tx: &Connection| schedules::finish(tx, &leased, &run, run_at, now);
        self.writer.unit(Lane::Interactive, "schedule.finish", finish).await
    }

    async fn list_erasures(&self, after: i64, most: usize) -> Result<Vec<ErasureRow>, StoreError> {
        self.readers.read(move |db| erasures::list(db, after, values::limit(most))).await
    }

    async fn put_back_erasures(&self, rows: Vec<ErasureRow>) -> Result<(), StoreError> {
        let put_back = move |tx: &Connection| erasures::put_back(tx, &rows);
        self.writer.unit(Lane::Bulk, "erasure.put_back", put_back).await
    }

    async fn withdraw_grants(
        &self,
        withdrawal: Withdrawal,
        now: Timestamp,
    ) -> Result<Vec<(MerchantId, AccountId)>, StoreError> {
        let withdraw = move |tx: &Connection| erasures::withdraw_grants(tx, &withdrawal, now);
        self.writer.unit(Lane::Interactive, "grants.withdraw", withdraw).await
    }

    async fn open_deletion(&self, deletion: NewDeletion, now: Timestamp) -> Result<String, StoreError> {
        let entropy = Arc::clone(&self.entropy);
        let open = move |tx: &Connection| erasures::open_deletion(tx, &deletion, &*entropy, now);
        self.writer.unit(Lane::Interactive, "deletion.open", open).await
    }

    async fn sweep(&self, aged: Aged, after: i64, most: usize, now: Timestamp) -> Result<Swept, StoreError> {
        let sweep = move |tx: &Connection| retention::sweep(tx, &aged, after, values::limit(most), now);
        self.writer.unit(Lane::Bulk, "retention.slice", sweep).await
    }

    async fn list_silent(
        &self,
        before: Timestamp,
        after: i64,
        most: usize,
    ) -> Result<(Vec<Silent>, Option<i64>), StoreError> {
        self.readers.read(move |db| retention::silent(db, before, after, values::limit(most))).await
    }

    async fn list_all_data_requests(
        &self,
        most: usize,
    ) -> Result<Vec<(MerchantId, DataRequest)>, StoreError> {
        self.readers.read(move |db| data_requests::list_all(db, most)).await
    }

    async fn find_deletion(&self, code: &str) -> Result<Option<DeletionProgress>, StoreError> {
        let code = code.to_owned();
        self.readers.read(move |db| erasures::find_progress(db, &code)).await
    }
}
