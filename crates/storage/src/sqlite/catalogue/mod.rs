//! The catalogue in SQLite: its units and reads. How a product is stored is in `upsert`, how a pass goes in `pass`, how
//! rows come back in `read`.

mod pass;
mod read;
mod upsert;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{MerchantId, ProductId};
use shopclerk_domain::product::{Product, ProductRow};

pub(super) use self::pass::TELL;
use self::read::COUNT_OFFERED;
pub(super) use self::read::find;
use self::upsert::{Encoded, Shelf};
use super::sql::Sql as _;
use super::writer::Lane;
use super::{SqliteStore, jobs, values};
use crate::error::StoreError;
use crate::nouns::Catalogue;
use crate::nouns::catalogue::{CataloguePage, Change, SyncState};
use crate::nouns::jobs::NewJob;

/// Most products that are marked gone in one unit.
const SLICE: usize = 200;

/// What every product and search goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 11] = [
    upsert::KNOWN,
    upsert::PUT,
    upsert::PUT_CONTENT,
    upsert::READ_AGAIN,
    upsert::STOCK_ITEMS,
    pass::IS_UNSEEN,
    read::FIND,
    read::LIST,
    read::LIST_OF_SHOP,
    read::LIST_CHANGES,
    COUNT_OFFERED,
];

impl SqliteStore {
    /// Products as they are written; encoding a page takes too long for an async thread.
    async fn encode(&self, products: Vec<Product>) -> Result<Vec<Encoded>, StoreError> {
        let encode = move || products.into_iter().map(Encoded::new).collect();
        let encoded: Result<Vec<Encoded>, StoreError> = tokio::task::spawn_blocking(encode)
            .await
            .map_err(|_| StoreError::unavailable("encoding stopped before it was done"))?;
        encoded
    }
}

/// Rows that whoever asks reads itself: decoding more would keep its thread for longer than a thread of its own takes to wake.
const FEW: usize = 24;

#[async_trait]
impl Catalogue for SqliteStore {
    async fn begin_pass(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        now: Timestamp,
    ) -> Result<SyncState, StoreError> {
        let shop = shop.clone();
        let begin = move |tx: &Connection| pass::begin(tx, merchant, &shop, now);
        self.writer.unit(Lane::Interactive, "catalogue.begin", begin).await
    }

    async fn begin_changes(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        now: Timestamp,
    ) -> Result<Option<SyncState>, StoreError> {
        let shop = shop.clone();
        let begin = move |tx: &Connection| pass::begin_changes(tx, merchant, &shop, now);
        self.writer.unit(Lane::Interactive, "catalogue.begin", begin).await
    }

    async fn store_page(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        page: CataloguePage,
    ) -> Result<Vec<ProductId>, StoreError> {
        let CataloguePage { pass, products, cursor, read_at, jobs } = page;
        let products = self.encode(products).await?;
        let shop = shop.clone();
        let store = move |tx: &Connection| {
            pass::advance(tx, merchant, &shop, pass, cursor.as_deref(), products.len())?;
            let changed = Shelf::open(tx, merchant, &shop)?.store(&products, read_at, Some(pass))?;
            if !changed.is_empty() {
                jobs::put_up_all(tx, &jobs)?;
            }
            Ok(changed)
        };
        self.writer.unit(Lane::Bulk, "catalogue.page", store).await
    }

    /// What the pass has not seen goes in slices, each a unit of its own that checks again; the last one ends the pass.
    /// A crash in between leaves the pass under way, and ending it again goes on.
    async fn finish_pass(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        pass: Timestamp,
        if_gone: Vec<NewJob>,
        jobs: Vec<NewJob>,
    ) -> Result<Vec<ProductId>, StoreError> {
        let (domain, now) = (shop.clone(), self.clock.now());
        let unseen = self.readers.read(move |db| pass::list_unseen(db, merchant, &domain, pass)).await?;
        let mut gone = Vec::new();
        for slice in unseen.chunks(SLICE) {
            let (slice, shop, jobs) = (slice.to_vec(), shop.clone(), if_gone.clone());
            let drop = move |tx: &Connection| {
                let gone = pass::drop_unseen(tx, merchant, &shop, pass, &slice, now)?;
                if !gone.is_empty() {
                    jobs::put_up_all(tx, &jobs)?;
                }
                Ok(gone)
            };
            gone.extend(self.writer.unit(Lane::Bulk, "catalogue.gone", drop).await?);
        }
        let shop = shop.clone();
        let end = move |tx: &Connection| {
            pass::end(tx, merchant, &shop, pass, now)?;
            jobs::put_up_all(tx, &jobs)
        };
        self.writer.unit(Lane::Bulk, "catalogue.finish", end).await?;
        Ok(gone)
    }

    async fn finish_changes(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        pass: Timestamp,
    ) -> Result<(), StoreError> {
        let shop = shop.clone();
        let end = move |tx: &Connection| pass::end_changes(tx, merchant, &shop, pass);
        self.writer.unit(Lane::Bulk, "catalogue.finish", end).await
    }

    async fn store_products(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        products: Vec<Product>,
        read_at: Timestamp,
        jobs: Vec<NewJob>,
    ) -> Result<Vec<ProductId>, StoreError> {
        let products = self.encode(products).await?;
        let shop = shop.clone();
        let store = move |tx: &Connection| {
            let changed = Shelf::open(tx, merchant, &shop)?.store(&products, read_at, None)?;
            if !changed.is_empty() {
                jobs::put_up_all(tx, &jobs)?;
            }
            Ok(changed)
        };
        self.writer.unit(Lane::Bulk, "catalogue.products", store).await
    }

    async fn mark_gone(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        product: ProductId,
        jobs: Vec<NewJob>,
    ) -> Result<bool, StoreError> {
        let (shop, now) = (shop.clone(), self.clock.now());
        let mark = move |tx: &Connection| {
            let mut kept = Shelf::open(tx, merchant, &shop)?;
            let was_there = kept.remove(product, now)?;
            kept.close()?;
            if was_there {
                jobs::put_up_all(tx, &jobs)?;
            }
            Ok(was_there)
        };
        self.writer.unit(Lane::Interactive, "catalogue.gone", mark).await
    }

    async fn find_products(
        &self,
        merchant: MerchantId,
        ids: &[ProductId],
    ) -> Result<Vec<ProductRow>, StoreError> {
        if ids.len() <= FEW {
            return self.readers.glance(|db| read::find(db, merchant, ids)).await;
        }
        let ids = ids.to_vec();
        self.readers.read(move |db| read::find(db, merchant, &ids)).await
    }

    async fn find_stock_item(
        &self,
        merchant: MerchantId,
        item: u64,
    ) -> Result<Option<ProductId>, StoreError> {
        self.readers.glance(move |db| read::find_stock_item(db, merchant, item)).await
    }

    async fn list_products(
        &self,
        merchant: MerchantId,
        after: Option<ProductId>,
        most: usize,
    ) -> Result<Vec<ProductRow>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.readers.read(move |db| read::list(db, merchant, after, most)).await
    }

    async fn list_shop_products(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        after: Option<ProductId>,
        most: usize,
    ) -> Result<Vec<ProductRow>, StoreError> {
        let (shop, most) = (shop.clone(), i64::try_from(most).unwrap_or(i64::MAX));
        self.readers.read(move |db| read::list_of_shop(db, merchant, &shop, after, most)).await
    }

    async fn count_offered(&self, merchant: MerchantId) -> Result<u64, StoreError> {
        let count = move |db: &Connection| {
            let offered = db.one(COUNT_OFFERED, params![merchant.as_bytes()], |row| row.get::<_, i64>(0))?;
            Ok(offered.map_or(0, values::from_column))
        };
        self.readers.glance(count).await
    }

    async fn last_change(&self, merchant: MerchantId) -> Result<u64, StoreError> {
        self.readers.glance(move |db| read::last_change(db, merchant)).await
    }

    async fn list_changes(
        &self,
        merchant: MerchantId,
        seq: u64,
        most: usize,
    ) -> Result<Vec<Change>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.readers.read(move |db| read::list_changes(db, merchant, seq, most)).await
    }

    async fn sync_state(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
    ) -> Result<Option<SyncState>, StoreError> {
        let shop = shop.clone();
        self.readers.glance(move |db| pass::state(db, merchant, &shop)).await
    }
}
