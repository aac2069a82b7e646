//! The writer thread: takes what waits, runs each unit so that it can be undone alone, commits once for all, then answers.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use shopclerk_domain::clock::Clock;
use shopclerk_domain::fault::{FaultPoints, Moment};

use super::Lane;
use super::queue::Queue;
use super::unit::{Kind, Unit};
use crate::error::StoreError;
use crate::sqlite::checkpoint::{self, Checkpoints};
use crate::sqlite::connect;

/// Most units in one commit.
const MOST: usize = 256;

/// So many may always share one: for fewer, a second wait for the disk costs more than it gains.
const ALWAYS: usize = 16;

/// How long a batch goes on taking units.
const LONGEST: Duration = Duration::from_millis(5);

/// Commits between two looks at the length of the write-ahead log.
const LOOK_EVERY: u32 = 16;

/// What the writer thread works with.
#[derive(Debug)]
pub(in crate::sqlite) struct WriterParts {
    pub(in crate::sqlite) file: PathBuf,
    pub(in crate::sqlite) connection: Connection,
    pub(in crate::sqlite) clock: Arc<dyn Clock>,
    pub(in crate::sqlite) faults: Arc<dyn FaultPoints>,
    pub(in crate::sqlite) checkpoints: Checkpoints,
}

/// The thread's own state.
pub(super) struct Batches {
    queue: Arc<Queue>,
    file: PathBuf,
    /// `None` after a failure that leaves the connection in doubt; the next batch opens another.
    connection: Option<Connection>,
    /// What a commit of that connection waits for.
    waits_for: WaitsFor,
    clock: Arc<dyn Clock>,
    faults: Arc<dyn FaultPoints>,
    checkpoints: Checkpoints,
    commits: u32,
    /// How many units the last batch had.
    former: usize,
}

/// What a commit waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WaitsFor {
    /// The disk: nothing but the disk's own end undoes it.
    Disk,
    /// The file alone. It outlives the process, and the next commit that waits for the disk takes it along.
    File,
}

impl Batches {
    pub(super) fn new(parts: WriterParts, queue: Arc<Queue>) -> Self {
        let WriterParts { file, connection, clock, faults, checkpoints } = parts;
        Self {
            queue,
            file,
            connection: Some(connection),
            waits_for: WaitsFor::Disk,
            clock,
            faults,
            checkpoints,
            commits: 0,
            former: 0,
        }
    }

    /// Serves until the queue is closed and empty.
    pub(super) fn serve(mut self) {
        let ending = Ending(Arc::clone(&self.queue));
        while self.queue.wait() {
            self.batch();
        }
        if let Some(connection) = &self.connection {
            checkpoint::finish(connection);
        }
        drop(ending);
    }

    fn batch(&mut self) {
        let connection = match self.connected() {
            Ok(connection) => connection,
            Err(error) => return self.refuse_waiting(&error),
        };
        let waits_for = if self.queue.is_fleeting() { WaitsFor::File } else { WaitsFor::Disk };
        if let Err(error) = self.begin(&connection, waits_for) {
            self.refuse_waiting(&error);
            // A file that another process holds is not a broken connection.
            self.connection = Some(connection);
            return;
        }
        let mut running = Running { connection: &connection, done: Vec::with_capacity(16), guarded: false };
        let end = self.clock.monotonic().saturating_add(LONGEST);
        let most = half_of(self.former + self.queue.len());
        let ran = match waits_for {
            // What waits for the disk is left to the next batch.
            WaitsFor::File => {
                self.run_while(&mut running, most, end, || self.queue.take_kind(Kind::Fleeting))
            }
            WaitsFor::Disk => self.run_units(&mut running, most, end),
        };
        let done = running.done;
        self.former = done.len();
        let committed = ran.and_then(|()| execute(&connection, "COMMIT"));
        match committed {
            Ok(()) => {
                self.answer(done);
                self.after_commit(&connection);
                self.connection = Some(connection);
            }
            Err(error) => {
                tracing::error!(%error, units = done.len(), "a batch could not be made durable; all of it failed");
                drop(connection);
                for (mut unit, _) in done {
                    unit.fail(lost(&error));
                }
            }
        }
    }

    fn connected(&mut self) -> rusqlite::Result<Connection> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        self.waits_for = WaitsFor::Disk;
        connect::writer(&self.file)
    }

    fn begin(&mut self, connection: &Connection, waits_for: WaitsFor) -> rusqlite::Result<()> {
        if waits_for != self.waits_for {
            // Not from the cache: it takes effect when it is parsed.
            connection.execute_batch(match waits_for {
                WaitsFor::Disk => "PRAGMA synchronous = FULL",
                WaitsFor::File => "PRAGMA synchronous = NORMAL",
            })?;
            self.waits_for = waits_for;
        }
        execute(connection, "BEGIN IMMEDIATE")
    }

    /// Interactive units first, then slices of bulk work; at least one of these, so that they are never starved.
    fn run_units(&self, running: &mut Running<'_>, most: usize, end: Duration) -> rusqlite::Result<()> {
        self.run_while(running, most, end, || self.queue.take(Lane::Interactive))?;
        if let Some(unit) = self.queue.take(Lane::Bulk) {
            self.run_unit(running, unit)?;
        }
        self.run_while(running, most, end, || self.queue.take(Lane::Bulk))
    }

    /// Units as long as there is another, room for it, and time.
    fn run_while(
        &self,
        running: &mut Running<'_>,
        most: usize,
        end: Duration,
        next: impl Fn() -> Option<Unit>,
    ) -> rusqlite::Result<()> {
        while running.done.len() < most && self.clock.monotonic() < end {
            let Some(unit) = next() else { break };
            self.run_unit(running, unit)?;
        }
        Ok(())
    }

    fn run_unit(&self, running: &mut Running<'_>, unit: Unit) -> rusqlite::Result<()> {
        self.faults.reach(unit.site, Moment::Before);
        running.run(unit)
    }

    fn answer(&self, mut done: Vec<(Unit, bool)>) {
        for (unit, _) in done.iter().filter(|(_, kept)| *kept) {
            self.faults.reach(unit.site, Moment::Committed);
        }
        // One right after the other: a thread that wakes finds several callers, and need not be woken for each.
        for (unit, _) in &mut done {
            unit.answer();
        }
    }

    fn after_commit(&mut self, connection: &Connection) {
        self.commits = self.commits.wrapping_add(1);
        if self.commits.is_multiple_of(LOOK_EVERY) {
            self.checkpoints.look();
        }
        self.checkpoints.help(connection);
    }

    fn refuse_waiting(&self, error: &rusqlite::Error) {
        tracing::error!(%error, "the store cannot be written");
        for lane in [Lane::Interactive, Lane::Bulk] {
            for mut unit in std::iter::from_fn(|| self.queue.take(lane)).take(MOST) {
                unit.fail(lost(error));
            }
        }
    }
}

/// How many units a batch has of those whose callers are `about`: of these it answers one half, and while it waits for the disk, the
/// other is heard. One that took all who come would find nobody to hear meanwhile.
fn half_of(about: usize) -> usize {
    about.div_ceil(2).clamp(ALWAYS, MOST)
}

/// A transaction, and what was run in it. Its units have no savepoint, which would copy every page they touch: should one of
/// them fail, all are undone and run again, and from then on each has its own.
struct Running<'a> {
    connection: &'a Connection,
    /// Each with whether it is kept.
    done: Vec<(Unit, bool)>,
    guarded: bool,
}

impl Running<'_> {
    /// An error from here means that the whole transaction is in doubt.
    fn run(&mut self, mut unit: Unit) -> rusqlite::Result<()> {
        if self.guarded {
            let kept = guarded(self.connection, &mut unit);
            self.done.push((unit, *kept.as_ref().unwrap_or(&false)));
            return kept.map(drop);
        }
        let keep = unit.run(self.connection);
        self.done.push((unit, keep));
        if keep { Ok(()) } else { self.run_anew() }
    }

    fn run_anew(&mut self) -> rusqlite::Result<()> {
        execute(self.connection, "ROLLBACK")?;
        execute(self.connection, "BEGIN IMMEDIATE")?;
        let alone = self.done.len() == 1;
        // What failed alone was undone with the transaction.
        if alone {
            return Ok(());
        }
        self.guarded = true;
        for (unit, keep) in &mut self.done {
            *keep = guarded(self.connection, unit)?;
        }
        Ok(())
    }
}

/// Runs a unit in a savepoint of its own; says whether it is kept.
fn guarded(connection: &Connection, unit: &mut Unit) -> rusqlite::Result<bool> {
    execute(connection, "SAVEPOINT unit")?;
    let keep = unit.run(connection);
    if !keep {
        execute(connection, "ROLLBACK TO unit")?;
    }
    execute(connection, "RELEASE unit")?;
    Ok(keep)
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

/// Each caller gets its own copy of what the database said; a file held by another process is `Busy`.
fn lost(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => StoreError::Busy,
        _ => StoreError::Unavailable(error.to_string().into()),
    }
}

/// However the thread ends, nobody may wait for it: the queue refuses, and what still waits is dropped, which its
/// callers hear.
struct Ending(Arc<Queue>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.close();
        for lane in [Lane::Interactive, Lane::Bulk] {
            while self.0.take(lane).is_some() {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_who_came_all_at_once_come_in_two_halves_soon() {
        let (mut former, mut waiting) = (64, 0);
        for _ in 0..3 {
            let batch = half_of(former + waiting);
            (former, waiting) = (batch, 64 - batch);
        }

        assert_eq!((former, waiting), (32, 32));
    }

    #[test]
    fn few_are_never_parted_and_no_batch_is_endless() {
        assert_eq!((half_of(1), half_of(4_096)), (ALWAYS, MOST));
    }
}
