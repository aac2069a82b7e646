//! One search index per merchant, opened on demand, following the change sequence of the catalogue. Derived data: a lost
//! folder is built again from the rows.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
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
    /// Held while an index is opened or written: one of a merchant's at a time.
    own: Mutex<HashMap<MerchantId, Arc<AsyncMutex<()>>>>,
    /// One change is written at a time: a writer needs memory, and followers are in no hurry.
    writing: AsyncMutex<()>,
}

#[derive(Debug)]
struct Slot {
    index: Arc<Index>,
    last_used: u64,
    /// When it was last written, by the monotonic clock.
    written: Option<Duration>,
}

impl Indexes {
    pub(crate) fn new(folder: PathBuf, delay: Duration) -> Self {
        Self {
            folder,
            delay,
            open: Mutex::default(),
            behind: Mutex::default(),
            own: Mutex::default(),
            writing: AsyncMutex::default(),
        }
    }

    /// Remembers that the merchant's rows have changed. The first change is followed at once, further ones together.
    pub(crate) fn mark(&self, merchant: MerchantId) {
        let written = {
            let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.get(&merchant).and_then(|slot| slot.written)
        };
        let due = written.map_or(Duration::ZERO, |written| written + self.delay);
        self.behind.lock().unwrap_or_else(PoisonError::into_inner).entry(merchant).or_insert(due);
    }

    fn own(&self, merchant: MerchantId) -> Arc<AsyncMutex<()>> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.len() > 2 * MOST_OPEN {
            own.retain(|_, lock| Arc::strong_count(lock) > 1);
        }
        Arc::clone(own.entry(merchant).or_default())
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
        open.insert(merchant, Slot { index, last_used: newest + 1, written: None });
    }

    fn close(&self, merchant: MerchantId) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&merchant);
    }

    fn note_written(&self, merchant: MerchantId, now: Duration) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = open.get_mut(&merchant) {
            slot.written = Some(now);
        }
    }
}

/// The merchant's index; brought up to the rows when it is opened.
pub(crate) async fn open(app: &App, merchant: MerchantId) -> Result<Arc<Index>, FlowError> {
    if let Some(index) = app.indexes.find_open(merchant) {
        return Ok(index);
    }
    let own = app.indexes.own(merchant);
    let _own = own.lock().await;
    if let Some(index) = app.indexes.find_open(merchant) {
        return Ok(index);
    }
    let folder = app.indexes.folder.join(merchant.to_string());
    let index = Arc::new(open_not_ahead(app, merchant, folder).await?);
    catch_up(app, merchant, &index).await?;
    app.indexes.keep_open(merchant, Arc::clone(&index));
    Ok(index)
}

/// An index that knows more than the rows belongs to a store that was put back since: it is built again.
async fn open_not_ahead(app: &App, merchant: MerchantId, folder: PathBuf) -> Result<Index, FlowError> {
    let newest = app.store().last_change(merchant).await?;
    blocking(move || {
        let index = Index::open(&folder)?;
        if index.position() <= newest {
            return Ok(index);
        }
        drop(index);
        std::fs::remove_dir_all(&folder)?;
        Index::open(&folder)
    })
    .await
}

/// Brings the index that has waited the longest up to its rows; `false` when none is due.
pub(crate) async fn follow_next(app: &App) -> bool {
    let Some(merchant) = app.indexes.take_due(app.clock().monotonic()) else { return false };
    // Cleared first: a change that comes during the work marks it again.
    app.indexes.clear(merchant);
    let mut followed = follow(app, merchant).await;
    if followed.is_err() {
        // Its folder may be torn or gone: opened anew, it comes back from the rows.
        app.indexes.close(merchant);
        followed = follow(app, merchant).await;
    }
    match followed {
        Ok(()) => {
            if app.indexes.next_due().is_some() {
                app.bell.ring();
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

async fn follow(app: &App, merchant: MerchantId) -> Result<(), FlowError> {
    let index = open(app, merchant).await?;
    let own = app.indexes.own(merchant);
    let _own = own.lock().await;
    catch_up(app, merchant, &index).await
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
        let count = products.len() + removed.len();
        let index = Arc::clone(index);
        let _writing = app.indexes.writing.lock().await;
        blocking(move || index.apply(&products, &removed, last)).await?;
        app.indexes.note_written(merchant, app.clock().monotonic());
        let summary = format!("the search index followed {count} changes");
        app.saw("catalogue.indexed", summary, json!({ "changed": count }));
    }
}

/// Throws the merchant's index away; where there are rows left, it comes back from them.
pub(crate) async fn forget(app: &App, merchant: MerchantId) -> Result<(), FlowError> {
    let own = app.indexes.own(merchant);
    let _own = own.lock().await;
    app.indexes.clear(merchant);
    app.indexes.close(merchant);
    let folder = app.indexes.folder.join(merchant.to_string());
    blocking(move || match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    })
    .await
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
