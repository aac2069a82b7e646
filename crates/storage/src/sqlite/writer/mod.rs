//! Writing: units wait in two bounded queues, one thread takes them in batches, and each caller hears of its own unit
//! once the batch is durable. A caller that goes away does not undo its unit.

mod batch;
mod queue;
mod unit;

use std::sync::Arc;
use std::thread::JoinHandle;

use rusqlite::Connection;

use self::batch::Batches;
pub(super) use self::batch::WriterParts;
use self::queue::Queue;
use self::unit::Unit;
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

    /// Runs `work` as one atomic unit; what it returns is durable when this returns.
    pub(super) async fn unit<T, F>(&self, lane: Lane, site: &'static str, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (unit, answer) = Unit::new(site, work);
        self.queue.push(lane, unit)?;
        answer.await.map_err(|_| StoreError::unavailable("the writer stopped"))?
    }

    /// Takes no further units.
    pub(super) fn close(&self) {
        self.queue.close();
    }
}
