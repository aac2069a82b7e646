//! Polls: what the last whole look at each connection came to.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ConnectionName;
use shopclerk_domain::ids::MerchantId;

use crate::error::StoreError;

/// What was found although nobody had told us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// Rows that were not known.
    pub added: u64,
    /// Rows whose content was another.
    pub changed: u64,
    /// Rows that were not there any more.
    pub gone: u64,
}

impl Drift {
    /// All of it.
    pub const fn total(self) -> u64 {
        self.added.saturating_add(self.changed).saturating_add(self.gone)
    }
}

/// The last looks at a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Poll {
    /// When a look last came to its end; `None` = never.
    pub done_at: Option<Timestamp>,
    /// What it read, counted to the end of the list.
    pub read: u64,
    /// What it found.
    pub drift: Drift,
    /// When a look last failed, unless one succeeded since.
    pub failed_at: Option<Timestamp>,
    /// Why, as a stable code.
    pub why: Option<String>,
}

/// See the module. A shop's polls end with [`crate::Catalogue::finish_pass`], in its unit.
#[async_trait]
pub trait Polls: Send + Sync {
    /// A look at an account came to its end.
    async fn poll_done(
        &self,
        merchant: MerchantId,
        connection: &ConnectionName,
        drift: Drift,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// A look failed; what the last whole one found stays.
    async fn poll_failed(
        &self,
        merchant: MerchantId,
        connection: &ConnectionName,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The last looks; `None` before the first.
    async fn last_poll(
        &self,
        merchant: MerchantId,
        connection: &ConnectionName,
    ) -> Result<Option<Poll>, StoreError>;
}
