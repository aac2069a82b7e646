//! The text index of one merchant's catalogue: derived data that finds ids, never figures.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use shopclerk_domain::ids::ProductId;
use shopclerk_domain::ports::Wanted;
use shopclerk_domain::product::Product;
use tantivy::indexer::IndexWriterOptions;
use tantivy::{Index as Engine, IndexReader, IndexWriter, ReloadPolicy, TantivyError, Term};
use thiserror::Error;

use crate::schema::{self, Fields};
use crate::snapshot::Snapshot;
use crate::{find, folder};

/// Heap of a small change and of a rebuild, in bytes; the engine takes no less than 15 MB.
const SMALL_HEAP: usize = 15_000_000;
const LARGE_HEAP: usize = 48_000_000;

/// Why the index could not do its work; it may be deleted and rebuilt at any time.
#[derive(Debug, Error)]
pub enum IndexError {
    /// The folder cannot be read or written.
    #[error("the index folder cannot be used")]
    Folder(#[from] std::io::Error),
    /// The index itself failed.
    #[error("the index failed")]
    Engine(#[from] TantivyError),
}

/// What a search found, best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hits {
    /// At most as many as asked for: first what fits, then what is only near.
    pub hits: Vec<Hit>,
    /// How many products fit in all.
    pub fitting: usize,
}

/// A product that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Which one.
    pub product: ProductId,
    /// Grows with how well it fits; comparable within one search only.
    pub score: f32,
    /// How well it fits.
    pub fit: Fit,
}

/// How well a product fits what was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Share of the asked words it carries, `0.0..=1.0`, rare words counting more.
    pub share: f32,
    /// Its title is exactly what was asked, or what was asked names it whole.
    pub exact_title: bool,
    /// It fits; otherwise it is only near and must not be called found.
    pub fits: bool,
}

/// One merchant's index. Searching needs no lock for longer than a pointer is copied; changes are made one at a time.
pub struct Index {
    engine: Engine,
    reader: IndexReader,
    fields: Fields,
    view: RwLock<View>,
    changing: Mutex<()>,
}

/// What searches see.
#[derive(Clone)]
struct View {
    snapshot: Arc<Snapshot>,
    position: u64,
}

impl Index {
    /// Opens or creates the index in `folder`. A torn, foreign or older one is emptied and starts at position 0.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        let (schema, fields) = schema::schema();
        let (engine, position) = folder::open(folder, &schema)?;
        let reader = engine
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(4)
            .try_into()?;
        let snapshot = Arc::new(Snapshot::new(reader.searcher(), fields)?);
        Ok(Self {
            engine,
            reader,
            fields,
            view: RwLock::new(View { snapshot, position }),
            changing: Mutex::new(()),
        })
    }

    /// The catalogue change up to which it has followed.
    pub fn position(&self) -> u64 {
        self.view().position
    }

    /// Follows the catalogue to `position`: one commit, seen by every later search. Products that are not offered are
    /// taken out like removed ones.
    pub fn apply(&self, upserts: &[Product], removed: &[ProductId], position: u64) -> Result<(), IndexError> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = writer(&self.engine, SMALL_HEAP)?;
        for id in removed {
            writer.delete_term(id_term(&self.fields, *id));
        }
        for product in upserts {
            writer.delete_term(id_term(&self.fields, product.id));
            if let Some(document) = schema::document(product, &self.fields) {
                writer.add_document(document)?;
            }
        }
        commit(writer, position)?;
        self.reader.reload()?;
        let snapshot = Arc::new(Snapshot::new(self.reader.searcher(), self.fields)?);
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = View { snapshot, position };
        Ok(())
    }

    /// Builds the index anew beside `folder` and puts it in its place; an index opened there before must not be changed
    /// any more.
    pub fn rebuild(
        folder: &Path,
        products: &mut dyn Iterator<Item = Product>,
        position: u64,
    ) -> Result<Self, IndexError> {
        let built = folder::beside(folder, "building");
        folder::remove(&built)?;
        let (schema, fields) = schema::schema();
        let engine = folder::create(&built, &schema)?;
        let writer: IndexWriter = writer(&engine, LARGE_HEAP)?;
        for product in products {
            writer.delete_term(id_term(&fields, product.id));
            if let Some(document) = schema::document(&product, &fields) {
                writer.add_document(document)?;
            }
        }
        commit(writer, position)?;
        drop(engine);
        folder::swap(&built, folder)?;
        Self::open(folder)
    }

    /// Products that fit `wanted`, best first, at most `most`; the same for the same question.
    pub fn find(&self, wanted: &Wanted, most: usize) -> Result<Hits, IndexError> {
        Ok(find::find(&self.view().snapshot, wanted, most)?)
    }

    /// How many products it holds.
    pub fn len(&self) -> u64 {
        self.view().snapshot.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn view(&self) -> View {
        self.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Opened for one change and dropped after it, so that an idle index holds no heap.
fn writer(engine: &Engine, heap: usize) -> Result<IndexWriter, TantivyError> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .memory_budget_per_thread(heap)
        .num_merge_threads(1)
        .build();
    engine.writer_with_options(options)
}

fn commit(mut writer: IndexWriter, position: u64) -> Result<(), TantivyError> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&folder::mark(position));
    commit.commit()?;
    writer.wait_merging_threads()
}

fn id_term(fields: &Fields, id: ProductId) -> Term {
    Term::from_field_u64(fields.id, id.number())
}

impl fmt::Debug for Index {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Index")
            .field("products", &self.len())
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}
