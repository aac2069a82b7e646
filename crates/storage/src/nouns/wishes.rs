//! Wishes: how a merchant wants the clerk to speak, in their own words.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::MerchantId;

use crate::error::StoreError;

/// See the module.
#[async_trait]
pub trait Wishes: Send + Sync {
    /// The merchant's wishes, if they have any.
    async fn find_wishes(&self, merchant: MerchantId) -> Result<Option<String>, StoreError>;

    /// Replaces them; empty ones are none.
    async fn set_wishes(&self, merchant: MerchantId, wishes: &str, now: Timestamp) -> Result<(), StoreError>;
}
