//! Writing: units wait in two bounded queues, one thread takes them in batches, and each caller hears of its own unit once the batch
//! is durable, or in the file where its kind asks for no more. A caller that goes away does not undo its unit.

mod batch;
mod queue;
mod unit;

use std::sync::Arc;
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use self::batch::Batches;
pub(super) use self::batch::WriterParts;
use self::queue::Queue;
use self::unit::{Kind, Unit};
use crate::error::StoreError;

/// Which queue a unit waits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// Somebody waits for the answer.
    Interactive,
    /// A slice of long work, of about 5 ms.
    Bulk,
}

/// Hands units to the writer thread.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    queue: Arc<Queue>,
}

impl Writer {
    /// Starts the thread; it ends after [`Writer::close`], when all units that wait are done.
    pub(super) fn start(parts: WriterParts) -> std::io::Result<(Self, JoinHandle<()>)> {
        let queue = Arc::new(Queue::default());
        let batches = Batches::new(parts, Arc::clone(&queue));
        let thread =
            std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || batches.serve())?;
        Ok((Self { queue }, thread))
    }

    /// Runs `work` as one atomic unit; what it returns is durable when this returns. It may be run, undone and run again.
    pub(super) async fn unit<T, F>(&self, lane: Lane, site: &'static str, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.run(lane, Unit::new(site, Kind::Durable, work)).await
    }

    /// As [`Writer::unit`], of work that a power cut may undo, together with all that came after it: it is in the file when this
    /// returns and outlives the process, but nobody waits for the disk.
    pub(super) async fn fleeting_unit<T, F>(&self, site: &'static str, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.run(Lane::Interactive, Unit::new(site, Kind::Fleeting, work)).await
    }

    async fn run<T>(
        &self,
        lane: Lane,
        (unit, answer): (Unit, oneshot::Receiver<Result<T, StoreError>>),
    ) -> Result<T, StoreError> {
        self.queue.push(lane, unit)?;
        answer.await.map_err(|_| StoreError::unavailable("the writer stopped"))?
    }

    /// Takes no further units.
    pub(super) fn close(&self) {
        self.queue.close();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rusqlite::params;
    use shopclerk_domain::clock::{ManualClock, Timestamp};
    use shopclerk_domain::fault::NoFaults;

    use super::*;
    use crate::sqlite::checkpoint::Checkpoints;
    use crate::sqlite::connect;
    use crate::sqlite::sql::Sql as _;

    /// A writer over two tables, one of which needs the other.
    fn start(folder: &Path) -> (Writer, JoinHandle<()>) {
        let file = folder.join("a.db");
        let connection = connect::writer(&file).unwrap();
        let tables = "CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT;
            CREATE TABLE children (parent INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED) STRICT;";
        connection.execute_batch(tables).unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(0)));
        let checkpoints = Checkpoints::default();
        Writer::start(WriterParts { file, connection, clock, faults: Arc::new(NoFaults), checkpoints })
            .unwrap()
    }

    async fn add(writer: &Writer, table: &'static str, value: i64) -> Result<(), StoreError> {
        let sql = format!("INSERT INTO {table} VALUES (?1)");
        writer.unit(Lane::Interactive, "test", move |tx| tx.run_one(&sql, params![value])).await
    }

    async fn count(writer: &Writer, table: &'static str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        let count = move |tx: &Connection| tx.one(&sql, [], |row| row.get(0));
        writer.unit(Lane::Bulk, "test", count).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_unit_that_panics_fails_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, thread) = start(folder.path());

        let broken = writer.unit(Lane::Interactive, "test", |tx| -> Result<(), StoreError> {
            tx.run_one("INSERT INTO parents VALUES (1)", [])?;
            panic!("a broken unit");
        });
        let (broken, fine) = tokio::join!(broken, add(&writer, "parents", 2));

        assert!(matches!(broken, Err(StoreError::Unavailable(_))));
        fine.unwrap();
        assert_eq!(count(&writer, "parents").await, 1);
        writer.close();
        thread.join().unwrap();
    }

    #[tokio::test]
    async fn a_unit_that_is_repeated_fails_alone_and_the_others_count_once() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, thread) = start(folder.path());
        // Held up by another process, all wait for the same commit.
        let other = Connection::open(folder.path().join("a.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let add = |value: i64| {
            let insert = move |tx: &Connection| {
                tx.run_one("INSERT INTO parents VALUES (?1)", [value])?;
                // Refused only after it has written.
                if value < 0 { Err(StoreError::Conflict) } else { Ok(()) }
            };
            writer.unit(Lane::Interactive, "test", insert)
        };

        let free = async {
            tokio::task::yield_now().await;
            other.execute_batch("ROLLBACK").unwrap();
        };
        let (first, refused, second, ()) = tokio::join!(add(1), add(-7), add(2), free);

        assert!(first.is_ok() && second.is_ok() && matches!(refused, Err(StoreError::Conflict)));
        assert_eq!(count(&writer, "parents").await, 2);
        writer.close();
        thread.join().unwrap();
    }

    #[tokio::test]
    async fn when_the_commit_fails_all_of_the_batch_fails_and_the_next_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, thread) = start(folder.path());
        // Held up by another process, both wait for the same commit.
        let other = Connection::open(folder.path().join("a.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();

        let free = async {
            tokio::task::yield_now().await;
            other.execute_batch("ROLLBACK").unwrap();
        };
        let (orphan, parent, ()) =
            tokio::join!(add(&writer, "children", 7), add(&writer, "parents", 1), free);

        assert!(matches!(orphan, Err(StoreError::Unavailable(_))), "{orphan:?}");
        assert!(matches!(parent, Err(StoreError::Unavailable(_))), "{parent:?}");
        add(&writer, "parents", 1).await.unwrap();
        assert_eq!((count(&writer, "parents").await, count(&writer, "children").await), (1, 0));
        writer.close();
        thread.join().unwrap();
    }

    #[tokio::test]
    async fn only_what_a_power_cut_may_undo_does_not_wait_for_the_disk() {
        const FILE: i64 = 1;
        const DISK: i64 = 2;
        let folder = tempfile::tempdir().unwrap();
        let (writer, thread) = start(folder.path());
        let waits_for = |tx: &Connection| Ok(tx.pragma_query_value(None, "synchronous", |row| row.get(0))?);

        assert_eq!(writer.fleeting_unit("test", waits_for).await.unwrap(), FILE);
        assert_eq!(writer.unit(Lane::Interactive, "test", waits_for).await.unwrap(), DISK);
        assert_eq!(writer.fleeting_unit("test", waits_for).await.unwrap(), FILE);
        assert_eq!(writer.unit(Lane::Bulk, "test", waits_for).await.unwrap(), DISK);
        // Held up by another process, both wait for the same commit.
        let other = Connection::open(folder.path().join("a.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let free = async {
            tokio::task::yield_now().await;
            other.execute_batch("ROLLBACK").unwrap();
        };
        let plain = writer.unit(Lane::Interactive, "test", waits_for);
        let (plain, fleeting, ()) = tokio::join!(plain, writer.fleeting_unit("test", waits_for), free);
        assert_eq!((plain.unwrap(), fleeting.unwrap()), (DISK, DISK));

        writer.close();
        thread.join().unwrap();
    }

    #[tokio::test]
    async fn a_full_queue_is_busy_and_a_closed_one_refuses() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, thread) = start(folder.path());
        let other = Connection::open(folder.path().join("a.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();

        let mut waiting = tokio::task::JoinSet::new();
        for value in 0..40 {
            let writer = writer.clone();
            let insert = move |tx: &Connection| tx.run_one("INSERT INTO parents VALUES (?1)", [value]);
            waiting.spawn(async move { writer.unit(Lane::Bulk, "test", insert).await });
        }
        tokio::task::yield_now().await;
        other.execute_batch("ROLLBACK").unwrap();
        let results = waiting.join_all().await;

        assert!(results.iter().any(|one| matches!(one, Err(StoreError::Busy))));
        let done = results.iter().filter(|one| one.is_ok()).count();
        assert_eq!(usize::try_from(count(&writer, "parents").await), Ok(done));
        writer.close();
        thread.join().unwrap();
        assert!(matches!(add(&writer, "parents", 99).await, Err(StoreError::Unavailable(_))));
    }
}
