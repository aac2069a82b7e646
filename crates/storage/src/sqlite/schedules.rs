//! Schedules in SQLite: one row each, of which a few are in use; part of what crosses merchants.

use std::time::Duration;

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;

use super::sql::Sql as _;
use super::values::{at, maybe_at};
use crate::error::StoreError;
use crate::installation::{LeasedSchedule, PlannedSchedule, Schedule, ScheduleRun};

/// What was missed stays due, whatever the rule is now.
const PLAN: &str = "
    INSERT INTO schedules (name, rule, run_at) VALUES (?1, ?2, ?3)
    ON CONFLICT (name) DO UPDATE SET
        rule = excluded.rule,
        run_at = CASE WHEN rule = excluded.rule OR run_at <= ?4 THEN run_at ELSE excluded.run_at END";

const LIST: &str = "
    SELECT name, run_at, max(run_at, lease_until) AS due_at, last_started, last_done, why
    FROM schedules ORDER BY due_at, name";

const LEASE: &str = "
    UPDATE schedules SET fence = fence + 1, lease_until = ?3, last_started = ?2
    WHERE name = ?1 AND run_at <= ?2 AND lease_until <= ?2
    RETURNING fence";

const FINISH: &str = "
    UPDATE schedules SET run_at = ?3, lease_until = 0, why = ?4, last_done = ifnull(?5, last_done)
    WHERE name = ?1 AND fence = ?2 AND lease_until > 0";

/// Frees what a process that is gone had leased.
pub(super) const FREE: &str = "UPDATE schedules SET lease_until = 0 WHERE lease_until > 0";

pub(super) fn plan(tx: &Connection, planned: &[PlannedSchedule], now: Timestamp) -> Result<(), StoreError> {
    for one in planned {
        tx.run_one(PLAN, params![one.name, one.rule, one.run_at.millis(), now.millis()])?;
    }
    Ok(())
}

pub(super) fn list(db: &Connection) -> Result<Vec<Schedule>, StoreError> {
    db.all(LIST, [], |row| {
        Ok(Schedule {
            name: row.get(0)?,
            run_at: at(row, 1)?,
            due_at: at(row, 2)?,
            last_started: maybe_at(row, 3)?,
            last_done: maybe_at(row, 4)?,
            why: row.get(5)?,
        })
    })
}

pub(super) fn lease(
    tx: &Connection,
    name: &str,
    now: Timestamp,
    hold: Duration,
) -> Result<Option<LeasedSchedule>, StoreError> {
    tx.one(LEASE, params![name, now.millis(), now.plus(hold).millis()], |row| {
        Ok(LeasedSchedule { name: name.to_owned(), fence: row.get(0)? })
    })
}

pub(super) fn finish(
    tx: &Connection,
    leased: &LeasedSchedule,
    run: &ScheduleRun,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (why, done) = match run {
        ScheduleRun::Done => (None, Some(now.millis())),
        ScheduleRun::Failed(why) => (Some(why), None),
    };
    tx.run_one(FINISH, params![leased.name, leased.fence, run_at.millis(), why, done])
}
