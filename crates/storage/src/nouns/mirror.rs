//! What the mirror last wrote, so that unchanged objects are not written again.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::MerchantId;

use crate::error::StoreError;

/// See the module.
#[async_trait]
pub trait Mirrored: Send + Sync {
    /// Hash of the content last written at `key`.
    async fn mirrored(&self, merchant: MerchantId, key: &str) -> Result<Option<[u8; 32]>, StoreError>;

    /// Remembers the hash of what was just written at `key`.
    async fn mark_mirrored(
        &self,
        merchant: MerchantId,
        key: &str,
        hash: [u8; 32],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Forgets that anything was written at keys that begin like this.
    async fn forget_mirrored(&self, merchant: MerchantId, prefix: &str) -> Result<(), StoreError>;
}
