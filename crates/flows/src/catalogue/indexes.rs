//! One search index per merchant, opened on demand, following the change sequence of the catalogue. Derived data: a lost
//! folder is built again from the rows.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use shopclerk_domain::ids::{MerchantId, ProductId};
use shopclerk_search::index::Index;
use tokio::sync::Mutex as AsyncMutex;

use crate::app::App;
use crate::error::FlowError;

/// Most indexes open at a time.
const MOST_OPEN: usize = 64;
/// Products applied per commit.
const SLICE: usize = 500;

/// The open indexes, and which of them have changes to follow.
#[derive(Debug)]
pub(crate) struct Indexes {
    folder: PathBuf,
    delay: Duration,
    open: Mutex<HashMap<MerchantId, Slot>>,
    behind: Mutex<HashMap<MerchantId, Duration>>,
    /// One index is written at a time: a writer needs memory, and followers are in no hurry.
    writing: AsyncMutex<()>,
}

#[derive(Debug)]
struct Slot {
    index: Arc<Index>,
    last_used: u64,
}

impl Indexes {
    pub(crate) fn new(folder: PathBuf, delay: Duration) -> Self {
        Self {
            folder,
            delay,
            open: Mutex::default(),
            behind: Mutex::default(),
            writing: AsyncMutex::default(),
        }
    }

    /// Remembers that the merchant's rows have changed.
    pub(crate) fn mark(&self, merchant: MerchantId) {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner).entry(merchant).or_insert(Duration::ZERO);
    }

    /// When the next index may be written, by the monotonic clock.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner).values().min().copied()
    }

    fn take_due(&self, now: Duration) -> Option<MerchantId> {
        let behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        behind
            .iter()
            .filter(|(_, due)| **due <= now)
            .min_by_key(|(_, due)| **due)
            .map(|(merchant, _)| *merchant)
    }

    fn clear(&self, merchant: MerchantId) {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner).remove(&merchant);
    }

    fn put_off(&self, merchant: MerchantId, until: Duration) {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner).insert(merchant, until);
    }

    fn find_open(&self, merchant: MerchantId) -> Option<Arc<Index>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = open.values().map(|slot| slot.last_used).max().unwrap_or(0);
        let slot = open.get_mut(&merchant)?;
        slot.last_used = newest + 1;
        Some(Arc::clone(&slot.index))
    }

    fn keep_open(&self, merchant: MerchantId, index: Arc<Index>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = open.values().map(|slot| slot.last_used).max().unwrap_or(0);
        if open.len() >= MOST_OPEN {
            let oldest = open.iter().min_by_key(|(_, slot)| slot.last_used).map(|(merchant, _)| *merchant);
            if let Some(oldest) = oldest {
                open.remove(&oldest);
            }
        }
        open.insert(merchant, Slot { index, last_used: newest + 1 });
    }
}

/// The merchant's index; brought up to the rows when it is opened.
pub(crate) async fn open(app: &App, merchant: MerchantId) -> Result<Arc<Index>, FlowError> {
    if let Some(index) = app.indexes.find_open(merchant) {
        return Ok(index);
    }
    let writing = app.indexes.writing.lock().await;
    if let Some(index) = app.indexes.find_open(merchant) {
        return Ok(index);
    }
    let folder = app.indexes.folder.join(merchant.to_string());
    let index = Arc::new(blocking(move || Index::open(&folder)).await?);
    catch_up(app, merchant, &index).await?;
    app.indexes.keep_open(merchant, Arc::clone(&index));
    drop(writing);
    Ok(index)
}

/// Brings the index that has waited the longest up to its rows; `false` when none is due.
pub(crate) async fn follow_next(app: &App) -> bool {
    let Some(merchant) = app.indexes.take_due(app.clock().monotonic()) else { return false };
    // Cleared first: a change that comes during the work marks it again.
    app.indexes.clear(merchant);
    let followed = async {
        let index = open(app, merchant).await?;
        let _writing = app.indexes.writing.lock().await;
        catch_up(app, merchant, &index).await
    };
    match followed.await {
        Ok(()) => {
            if app.indexes.next_due().is_some() {
                app.wake.notify_one();
            }
        }
        Err(error) => {
            tracing::warn!(merchant.id = %merchant, %error, "the search index could not follow");
            app.indexes
                .put_off(merchant, app.clock().monotonic() + app.indexes.delay.max(Duration::from_secs(1)));
        }
    }
    true
}

async fn catch_up(app: &App, merchant: MerchantId, index: &Arc<Index>) -> Result<(), FlowError> {
    loop {
        let changes = app.store().list_changes(merchant, index.position(), SLICE).await?;
        let Some(last) = changes.last().map(|change| change.seq) else { return Ok(()) };
        let ids: Vec<ProductId> = changes.iter().map(|change| change.product).collect();
        let rows = app.store().find_products(merchant, &ids).await?;
        let present: BTreeSet<ProductId> = rows.iter().map(|row| row.product.id).collect();
        let removed: Vec<ProductId> = ids.into_iter().filter(|id| !present.contains(id)).collect();
        let products: Vec<_> = rows.into_iter().map(|row| row.product).collect();
        let index = Arc::clone(index);
        blocking(move || index.apply(&products, &removed, last)).await?;
    }
}

/// Runs index work where it may block.
pub(crate) async fn blocking<T, E, F>(work: F) -> Result<T, FlowError>
where
    T: Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
    F: FnOnce() -> Result<T, E> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(FlowError::Internal(Box::new(error))),
        Err(error) => Err(FlowError::Internal(Box::new(error))),
    }
}
