//! The catalogue: products as rows with versions, the passes that read them, and the sequence of their changes.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{MerchantId, ProductId};
use shopclerk_domain::product::{Product, ProductRow};

use crate::error::StoreError;
use crate::nouns::jobs::NewJob;

/// A slice of a pass over the whole catalogue: at most some 200 products, so that it never delays an acknowledgement.
#[derive(Clone, Debug)]
pub struct CataloguePage {
    /// When the pass began: names the pass.
    pub pass: Timestamp,
    /// The products, validated.
    pub products: Vec<Product>,
    /// Where the next page begins; the pass resumes here after a crash. `None` = this was the last page.
    pub cursor: Option<String>,
    /// When the page was read.
    pub read_at: Timestamp,
    /// Put up if any of the products changed.
    pub jobs: Vec<NewJob>,
}

/// How far the reading of a shop has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncState {
    /// The pass under way.
    pub pass: Option<Timestamp>,
    /// It reads what changed since then; `None` = it reads everything.
    pub since: Option<Timestamp>,
    /// Where it goes on.
    pub cursor: Option<String>,
    /// Products it has read so far.
    pub read: u64,
    /// When the last complete pass over everything began.
    pub last_complete: Option<Timestamp>,
    /// When the last complete pass over the changes began.
    pub last_changes: Option<Timestamp>,
    /// Products known and not gone.
    pub products: u64,
}

impl SyncState {
    /// Whether everything is being read.
    pub const fn is_whole_pass(&self) -> bool {
        self.pass.is_some() && self.since.is_none()
    }
}

/// One entry of a merchant's change sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number; grows, with gaps.
    pub seq: u64,
    /// The product that changed or is gone.
    pub product: ProductId,
}

/// See the module.
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// Begins a pass over everything, or goes on with the one under way; one over the changes gives way to it.
    async fn begin_pass(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        now: Timestamp,
    ) -> Result<SyncState, StoreError>;

    /// Begins a pass over what changed since shortly before the last complete pass of either kind, or goes on with it. `None` =
    /// there is nothing to go by yet, or a pass over everything is under way.
    async fn begin_changes(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        now: Timestamp,
    ) -> Result<Option<SyncState>, StoreError>;

    /// Upserts a page's products; rows whose content is the same keep their version, older ones (`updated_at`) are left
    /// alone, and all are marked read. Returns the products whose content changed.
    async fn store_page(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        page: CataloguePage,
    ) -> Result<Vec<ProductId>, StoreError>;

    /// Ends the pass over everything: products it has not seen are gone. Returns those, puts up `if_gone` with them and `jobs` at
    /// the end, and records the poll of the shop with the drift that passes found since the last one.
    async fn finish_pass(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        pass: Timestamp,
        if_gone: Vec<NewJob>,
        jobs: Vec<NewJob>,
    ) -> Result<Vec<ProductId>, StoreError>;

    /// Ends the pass over the changes: as of its beginning every row is known to be the shop's.
    async fn finish_changes(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        pass: Timestamp,
    ) -> Result<(), StoreError>;

    /// Upserts products read one by one (after a hint, or before a figure is quoted); as [`Catalogue::store_page`]. Puts up
    /// `jobs` if any of them changed.
    async fn store_products(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        products: Vec<Product>,
        read_at: Timestamp,
        jobs: Vec<NewJob>,
    ) -> Result<Vec<ProductId>, StoreError>;

    /// The shop no longer has the product: its row goes, its version is never used again. Puts up `jobs` if it was there.
    async fn mark_gone(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        product: ProductId,
        jobs: Vec<NewJob>,
    ) -> Result<bool, StoreError>;

    /// The rows with these ids that are not gone, in this order.
    async fn find_products(
        &self,
        merchant: MerchantId,
        ids: &[ProductId],
    ) -> Result<Vec<ProductRow>, StoreError>;

    /// The product that has this stock item.
    async fn find_stock_item(&self, merchant: MerchantId, item: u64)
    -> Result<Option<ProductId>, StoreError>;

    /// Rows in order of their id, after `after`; gone ones are left out.
    async fn list_products(
        &self,
        merchant: MerchantId,
        after: Option<ProductId>,
        most: usize,
    ) -> Result<Vec<ProductRow>, StoreError>;

    /// The same of one shop.
    async fn list_shop_products(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        after: Option<ProductId>,
        most: usize,
    ) -> Result<Vec<ProductRow>, StoreError>;

    /// How many products the merchant offers (active and on the online store).
    async fn count_offered(&self, merchant: MerchantId) -> Result<u64, StoreError>;

    /// The newest number of the merchant's change sequence; 0 before the first change.
    async fn last_change(&self, merchant: MerchantId) -> Result<u64, StoreError>;

    /// Changes after `seq`, oldest first; of several changes of one product only the newest.
    async fn list_changes(
        &self,
        merchant: MerchantId,
        seq: u64,
        most: usize,
    ) -> Result<Vec<Change>, StoreError>;

    /// How far the reading of the shop has come.
    async fn sync_state(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
    ) -> Result<Option<SyncState>, StoreError>;
}
