//! Reading: a few read-only connections, opened on demand. Lists are read off the async threads; a few rows found by their keys
//! are read in less time than handing them to another thread takes.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect;
use crate::error::StoreError;

/// How many may read at once; more wait.
const READERS: usize = 4;

/// The pool of readers.
#[derive(Clone)]
pub(super) struct Readers {
    shared: Arc<Shared>,
}

struct Shared {
    file: PathBuf,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl fmt::Debug for Readers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Readers")
    }
}

impl Readers {
    pub(super) fn new(file: PathBuf) -> Self {
        let permits = Arc::new(Semaphore::new(READERS));
        Self { shared: Arc::new(Shared { file, permits, idle: Mutex::default() }) }
    }

    /// Runs `work` on one consistent view of the store.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let permit = self.permit().await?;
        let shared = Arc::clone(&self.shared);
        let task = tokio::task::spawn_blocking(move || {
            let result = shared.run(work);
            drop(permit);
            result
        });
        task.await.map_err(|_| StoreError::unavailable("a read stopped before it was done"))?
    }

    /// As [`Readers::read`], on the thread that asks: for work that reads a few rows by their keys, whatever the size of the tables.
    pub(super) async fn glance<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _permit = self.permit().await?;
        self.shared.run(work)
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let permit = Arc::clone(&self.shared.permits).acquire_owned().await;
        permit.map_err(|_| StoreError::unavailable("the store is closed"))
    }

    /// Refuses further reads, waits for those under way, and closes the connections.
    pub(super) async fn close(&self) {
        let all = u32::try_from(READERS).unwrap_or(u32::MAX);
        let idle = self.shared.permits.acquire_many(all).await;
        self.shared.permits.close();
        drop(idle);
        self.shared.idle().clear();
    }
}

impl Shared {
    fn run<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let connection = self.take()?;
        let result = in_transaction(&connection, work);
        self.give_back(connection);
        result
    }

    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self.idle().pop();
        match idle {
            Some(connection) => Ok(connection),
            None => Ok(connect::reader(&self.file)?),
        }
    }

    fn give_back(&self, connection: Connection) {
        if connection.is_autocommit() && !self.permits.is_closed() {
            self.idle().push(connection);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Several statements of one read must see the same moment.
fn in_transaction<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.prepare_cached("BEGIN")?.execute([])?;
    let result = work(connection);
    connection.prepare_cached("COMMIT")?.execute([])?;
    result
}
