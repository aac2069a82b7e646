//! Jobs in SQLite: one row per merchant, kind and key, so that a second request finds the first.

use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::MerchantId;

use super::SqliteStore;
use super::sql::Sql as _;
use super::writer::Lane;
use crate::error::StoreError;
use crate::installation::MOST_LEFT_ASIDE;
use crate::nouns::Jobs;
use crate::nouns::jobs::{JobLane, LeasedJob, NewJob};

/// Where it waits for no later a moment already, nothing is written.
const PUT_UP: &str = "
    INSERT INTO jobs (merchant, kind, key, state, run_at) VALUES (?1, ?2, ?3, 'waiting', ?4)
    ON CONFLICT (merchant, kind, key) DO UPDATE SET
        run_at = CASE WHEN state IN ('waiting', 'again') THEN min(run_at, excluded.run_at) ELSE excluded.run_at END,
        attempt = CASE state WHEN 'given_up' THEN 0 ELSE attempt END,
        why = CASE state WHEN 'given_up' THEN NULL ELSE why END,
        ended_at = NULL,
        state = CASE WHEN state IN ('leased', 'again') THEN 'again' ELSE 'waiting' END
    WHERE state NOT IN ('waiting', 'again') OR run_at > excluded.run_at";

const LEASE: &str = "
    UPDATE jobs SET state = 'leased', fence = fence + 1, lease_until = ?2
    WHERE job = (
        SELECT job FROM jobs WHERE lane = ?3 AND due_at <= ?1
        AND merchant <> ?4 AND merchant <> ?5 AND merchant <> ?6 AND merchant <> ?7
        ORDER BY due_at LIMIT 1)
    RETURNING job, merchant, kind, key, attempt, fence";

/// A later request while it ran makes it wait again, from the start.
const RUN_AGAIN: &str = "
    UPDATE jobs SET state = 'waiting', attempt = 0, why = NULL, lease_until = 0
    WHERE job = ?1 AND fence = ?2 AND state = 'again'";

const DELETE: &str = "DELETE FROM jobs WHERE job = ?1 AND fence = ?2 AND state = 'leased'";

const RETRY: &str = "
    UPDATE jobs SET state = 'waiting', attempt = attempt + 1, run_at = ?3, why = ?4, lease_until = 0
    WHERE job = ?1 AND fence = ?2 AND state IN ('leased', 'again')";

const GIVE_UP: &str = "
    UPDATE jobs SET state = 'given_up', attempt = attempt + 1, why = ?3, ended_at = ?4, lease_until = 0
    WHERE job = ?1 AND fence = ?2 AND state = 'leased'";

/// What every job goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 6] = [PUT_UP, LEASE, RUN_AGAIN, DELETE, RETRY, GIVE_UP];

/// Puts one job up, as part of another unit.
pub(super) fn put_up(
    tx: &Connection,
    merchant: MerchantId,
    kind: &str,
    key: &str,
    run_at: Timestamp,
) -> Result<(), StoreError> {
    tx.run(PUT_UP, params![merchant.as_bytes(), kind, key, run_at.millis()]).map(drop)
}

/// Puts jobs up, as part of another unit.
pub(super) fn put_up_all(tx: &Connection, jobs: &[NewJob]) -> Result<(), StoreError> {
    jobs.iter().try_for_each(|job| put_up(tx, job.merchant, job.kind, &job.key, job.run_at))
}

/// A lane as its column says it.
pub(super) const fn column(lane: JobLane) -> i64 {
    match lane {
        JobLane::Errands => 0,
        JobLane::Objects => 1,
    }
}

/// Leases the job of the lane that has been due the longest.
pub(super) fn lease(
    tx: &Connection,
    lane: JobLane,
    now: Timestamp,
    hold: Duration,
    but_of: &[MerchantId],
) -> Result<Option<LeasedJob>, StoreError> {
    let until = now.plus(hold);
    // No merchant has an empty id.
    let aside: [&[u8]; MOST_LEFT_ASIDE] =
        std::array::from_fn(|at| but_of.get(at).map_or(&[][..], |merchant| merchant.as_bytes()));
    let [first, second, third, fourth] = aside;
    let params = params![now.millis(), until.millis(), column(lane), first, second, third, fourth];
    tx.one(LEASE, params, |row| {
        Ok(LeasedJob {
            id: row.get(0)?,
            merchant: MerchantId::from_bytes(row.get(1)?),
            kind: row.get(2)?,
            key: row.get(3)?,
            attempt: row.get(4)?,
            fence: row.get(5)?,
            until,
        })
    })
}

fn finish(tx: &Connection, job: &LeasedJob, next: &[NewJob]) -> Result<(), StoreError> {
    if tx.run(DELETE, params![job.id, job.fence])? == 0 {
        tx.run_one(RUN_AGAIN, params![job.id, job.fence])?;
    }
    put_up_all(tx, next)
}

fn give_up(tx: &Connection, job: &LeasedJob, why: &str, now: Timestamp) -> Result<(), StoreError> {
    if tx.run(GIVE_UP, params![job.id, job.fence, why, now.millis()])? == 0 {
        tx.run_one(RUN_AGAIN, params![job.id, job.fence])?;
    }
    Ok(())
}

#[async_trait]
impl Jobs for SqliteStore {
    async fn enqueue(&self, jobs: Vec<NewJob>) -> Result<(), StoreError> {
        self.writer.unit(Lane::Interactive, "job.enqueue", move |tx| put_up_all(tx, &jobs)).await
    }

    async fn finish_job(
        &self,
        job: &LeasedJob,
        next: Vec<NewJob>,
        _now: Timestamp,
    ) -> Result<(), StoreError> {
        let job = job.clone();
        self.writer.unit(Lane::Interactive, "job.finish", move |tx| finish(tx, &job, &next)).await
    }

    async fn retry_job(&self, job: &LeasedJob, run_at: Timestamp, why: &str) -> Result<(), StoreError> {
        let (id, fence, why) = (job.id, job.fence, why.to_owned());
        let retry = move |tx: &Connection| tx.run_one(RETRY, params![id, fence, run_at.millis(), why]);
        self.writer.unit(Lane::Interactive, "job.retry", retry).await
    }

    async fn give_up_job(&self, job: &LeasedJob, why: &str, now: Timestamp) -> Result<(), StoreError> {
        let (job, why) = (job.clone(), why.to_owned());
        self.writer.unit(Lane::Interactive, "job.give_up", move |tx| give_up(tx, &job, &why, now)).await
    }
}
