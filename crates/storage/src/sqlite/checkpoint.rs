//! Moves the write-ahead log into the database file, on a thread of its own, so that no acknowledgement waits for it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::connect;

/// Pages in the log that are worth a checkpoint: rare ones write a page once that changed many times.
const WORTH_IT: i64 = 20_000;

/// How long readers are waited for when the log is to be cut; acknowledgements wait as long.
const CUT_PATIENCE: Duration = Duration::from_millis(20);

/// Asks for checkpoints; one per store.
#[derive(Clone, Debug, Default)]
pub(super) struct Checkpoints {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    wish: Mutex<Wish>,
    changed: Condvar,
    /// The writer is to move what came in meanwhile: a log is only begun anew when all of it has been moved at a moment
    /// without writes, and under load that never pauses there is no other.
    unfinished: AtomicBool,
    /// Something was erased: the log is to be cut, so that it cannot be read there either.
    scrub: AtomicBool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wish {
    #[default]
    Nothing,
    Look,
    Stop,
}

impl Checkpoints {
    /// Starts the thread. Its connection is opened at the first look, so that an idle store keeps none.
    pub(super) fn start(&self, file: PathBuf) -> std::io::Result<JoinHandle<()>> {
        let shared = Arc::clone(&self.shared);
        std::thread::Builder::new().name("store-checkpoint".to_owned()).spawn(move || shared.serve(&file))
    }

    /// Has the thread look whether the log is worth a checkpoint.
    pub(super) fn look(&self) {
        self.shared.wish_for(Wish::Look);
    }

    /// Has the thread cut the log as soon as nobody reads in it.
    pub(super) fn scrub(&self) {
        self.shared.scrub.store(true, Ordering::Relaxed);
        self.look();
    }

    /// Ends the thread.
    pub(super) fn stop(&self) {
        self.shared.wish_for(Wish::Stop);
    }

    /// For the writer between two commits: moves the little that a checkpoint has left.
    pub(super) fn help(&self, writer: &Connection) {
        if self.shared.unfinished.swap(false, Ordering::Relaxed)
            && let Err(error) = run(writer, "PRAGMA wal_checkpoint(PASSIVE)")
        {
            tracing::warn!(%error, "the write-ahead log could not be moved");
        }
    }
}

impl Shared {
    fn wish_for(&self, wish: Wish) {
        let mut current = self.wish.lock().unwrap_or_else(PoisonError::into_inner);
        if *current != Wish::Stop {
            *current = wish;
        }
        drop(current);
        self.changed.notify_one();
    }

    fn next_wish(&self) -> Wish {
        let mut current = self.wish.lock().unwrap_or_else(PoisonError::into_inner);
        while *current == Wish::Nothing {
            current = self.changed.wait(current).unwrap_or_else(PoisonError::into_inner);
        }
        let wish = *current;
        if wish == Wish::Look {
            *current = Wish::Nothing;
        }
        wish
    }

    fn serve(&self, file: &std::path::Path) {
        let mut connection = None;
        while self.next_wish() == Wish::Look {
            if connection.is_none() {
                connection = connect::checkpointer(file)
                    .inspect_err(|error| tracing::warn!(%error, "no connection for checkpoints"))
                    .ok();
            }
            let Some(open) = &connection else { continue };
            if let Err(error) = self.look_at(open) {
                tracing::warn!(%error, "the write-ahead log could not be moved");
                connection = None;
            }
        }
    }

    fn look_at(&self, connection: &Connection) -> rusqlite::Result<()> {
        if self.scrub.load(Ordering::Relaxed) && cut(connection)? {
            self.scrub.store(false, Ordering::Relaxed);
        }
        let (in_log, moved) = run(connection, "PRAGMA wal_checkpoint(NOOP)")?;
        if in_log - moved >= WORTH_IT {
            run(connection, "PRAGMA wal_checkpoint(PASSIVE)")?;
            self.unfinished.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Pages in the log, and how many of them are in the database file.
fn run(connection: &Connection, pragma: &str) -> rusqlite::Result<(i64, i64)> {
    connection.prepare_cached(pragma)?.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))
}

/// Moves all of the log and cuts the file, if nobody reads in it; the writer is kept for a moment at most.
fn cut(connection: &Connection) -> rusqlite::Result<bool> {
    run(connection, "PRAGMA wal_checkpoint(PASSIVE)")?;
    connection.busy_timeout(CUT_PATIENCE)?;
    let mut cutting = connection.prepare_cached("PRAGMA wal_checkpoint(TRUNCATE)")?;
    let was_busy = cutting.query_row([], |row| row.get::<_, bool>(0));
    connection.busy_timeout(connect::BUSY)?;
    Ok(!was_busy?)
}

/// Moves all of the log and cuts the file; for the writer when nobody else is left.
pub(super) fn finish(writer: &Connection) {
    if let Err(error) = run(writer, "PRAGMA wal_checkpoint(TRUNCATE)") {
        tracing::warn!(%error, "the write-ahead log could not be moved; the next start does it");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_moves_nothing_and_a_checkpoint_moves_all() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        let writer = connect::writer(&file).unwrap();
        writer.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
        let other = connect::checkpointer(&file).unwrap();

        let (in_log, moved) = run(&other, "PRAGMA wal_checkpoint(NOOP)").unwrap();
        assert!(in_log > 0 && moved == 0, "{in_log} {moved}");

        let (in_log, moved) = run(&other, "PRAGMA wal_checkpoint(PASSIVE)").unwrap();
        assert!(in_log > 0 && moved == in_log, "{in_log} {moved}");
    }

    #[test]
    fn what_was_erased_is_in_neither_file_nor_log() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        let writer = connect::writer(&file).unwrap();
        let canary = "a word of the shopper's".repeat(400);
        writer.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES ('first')").unwrap();
        writer.execute("INSERT INTO t VALUES (?1)", [&canary]).unwrap();
        writer.execute("DELETE FROM t WHERE a = ?1", [&canary]).unwrap();

        let shared = Shared { scrub: AtomicBool::new(true), ..Shared::default() };
        shared.look_at(&connect::checkpointer(&file).unwrap()).unwrap();

        assert!(!shared.scrub.load(Ordering::Relaxed));
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains("a word of the shopper's"));
        }
    }
}
