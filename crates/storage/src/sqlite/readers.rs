//! Reading: a few read-only connections, opened on demand and used off the async threads.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

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
        let shared = Arc::clone(&self.shared);
        let permit = Arc::clone(&shared.permits).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::unavailable("the store is closed"))?;
        let task = tokio::task::spawn_blocking(move || {
            let connection = shared.take()?;
            let result = in_transaction(&connection, work);
            shared.give_back(connection);
            drop(permit);
            result
        });
        task.await.map_err(|_| StoreError::unavailable("a read stopped before it was done"))?
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
