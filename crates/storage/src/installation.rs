//! All that crosses merchants, each function with its reason. Everything else in this crate names its merchant.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{ConversationId, MerchantId};
use std::time::Duration;

use crate::error::StoreError;
use crate::nouns::conversations::Leased;
use crate::nouns::jobs::LeasedJob;

/// When work becomes due by itself; `None` = nothing of the kind waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NextDue {
    /// The next conversation.
    pub conversation: Option<Timestamp>,
    /// The next job.
    pub job: Option<Timestamp>,
}

impl NextDue {
    /// Whatever is first.
    pub fn soonest(self) -> Option<Timestamp> {
        self.conversation.into_iter().chain(self.job).min()
    }
}

/// See the module.
#[async_trait]
pub trait Installation: Send + Sync {
    /// Leases the conversation that has been due the longest. Crosses merchants because a worker serves them all; what
    /// it returns belongs to one. While a part of an earlier turn is unfinished, the first such part alone makes a
    /// conversation due; else its events do, once they have settled.
    async fn lease_conversation(&self, now: Timestamp, hold: Duration) -> Result<Option<Leased>, StoreError>;

    /// Leases the job that has been due the longest. Crosses merchants because a worker serves them all.
    async fn lease_job(&self, now: Timestamp, hold: Duration) -> Result<Option<LeasedJob>, StoreError>;

    /// When the next conversation and the next job become due. Crosses merchants because one timer wakes the workers.
    async fn next_due(&self) -> Result<NextDue, StoreError>;

    /// How much is due at `now`: conversations and jobs, by name, for a story that must not leave work over.
    async fn list_due(&self, now: Timestamp, most: usize) -> Result<Vec<String>, StoreError>;

    /// Whose shop this is. Crosses merchants because a signed delivery and a sign-in name a shop, not a merchant.
    async fn merchant_of_shop(&self, shop: &ShopDomain) -> Result<Option<MerchantId>, StoreError>;

    /// Whose conversation this is: for operator pages and the sandbox, which name a conversation alone.
    async fn merchant_of_conversation(&self, id: ConversationId) -> Result<Option<MerchantId>, StoreError>;

    /// All merchants, oldest first: for schedules, the index at start and operator pages.
    async fn list_merchants(
        &self,
        after: Option<MerchantId>,
        most: usize,
    ) -> Result<Vec<MerchantId>, StoreError>;

    /// Shops whose tokens end before `before` and can still be renewed: one schedule renews them all.
    async fn list_ending_tokens(
        &self,
        before: Timestamp,
        most: usize,
    ) -> Result<Vec<(MerchantId, ShopDomain)>, StoreError>;

    /// Parts left `sending` by a process that is gone become `unknown`, to be settled at `look_at`; returns how many. One process
    /// does this for all, at its start, before it leases anything.
    async fn recover_sending(&self, look_at: Timestamp) -> Result<usize, StoreError>;
}
