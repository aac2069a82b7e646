//! Discounts: rows with versions, and the passes that read them. They are few, so a pass reads all of them each time.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::discount::{Discount, DiscountRow};
use shopclerk_domain::ids::{DiscountId, MerchantId};

use crate::error::StoreError;

/// Some of the discounts that a pass read: at most some 200, so that it never delays an acknowledgement.
#[derive(Clone, Debug)]
pub struct DiscountPage {
    /// When the pass began: names the pass.
    pub pass: Timestamp,
    /// The discounts.
    pub discounts: Vec<Discount>,
    /// When they were read.
    pub read_at: Timestamp,
}

/// See the module.
#[async_trait]
pub trait Discounts: Send + Sync {
    /// Begins a pass over all of a shop's discounts; one that was under way is over.
    async fn begin_discounts(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError>;

    /// Upserts discounts; rows whose content is the same keep their version. Says how many were not. `Conflict` if another pass
    /// has begun.
    async fn store_discounts(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        page: DiscountPage,
    ) -> Result<usize, StoreError>;

    /// Ends the pass: discounts it has not seen are gone. Returns those. `Conflict` if another pass has begun.
    async fn finish_discounts(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        pass: Timestamp,
    ) -> Result<Vec<DiscountId>, StoreError>;

    /// The merchant's discounts that are not gone, those that changed last first; none of a shop that is disconnected.
    async fn list_discounts(&self, merchant: MerchantId, most: usize)
    -> Result<Vec<DiscountRow>, StoreError>;

    /// The same of one shop.
    async fn list_shop_discounts(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        most: usize,
    ) -> Result<Vec<DiscountRow>, StoreError>;
}
