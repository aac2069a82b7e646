//! Connection checks: whether a connection works both ways, as last tried. What a delivery of ours that came back ticks is in
//! [`crate::installation`].

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ConnectionName;
use shopclerk_domain::ids::MerchantId;

use crate::error::StoreError;

/// A check that begins: what was known before is forgotten.
#[derive(Clone, Debug)]
pub struct NewCheck {
    /// The connection.
    pub connection: ConnectionName,
    /// Hash of the nonce that our own delivery carries.
    pub nonce: [u8; 32],
    /// Until when that delivery counts.
    pub ends_at: Timestamp,
}

/// One of the two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the platform to us, as tried by a delivery of our own.
    Webhook,
    /// From us to the platform.
    Polling,
}

/// How one way was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is not known yet.
    Pending,
    /// It works.
    Success,
    /// It does not, for this stable code.
    Failed(String),
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// When it began.
    pub asked_at: Timestamp,
    /// From the platform to us; a delivery that came in the end counts, however late.
    pub webhook: Outcome,
    /// From us to the platform.
    pub polling: Outcome,
}

impl Check {
    /// Whether something is not known yet.
    pub fn is_pending(&self) -> bool {
        self.webhook == Outcome::Pending || self.polling == Outcome::Pending
    }
}

/// See the module.
#[async_trait]
pub trait Checks: Send + Sync {
    /// Begins a check; one that was under way is over.
    async fn begin_check(
        &self,
        merchant: MerchantId,
        check: NewCheck,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Records how one way was found; `why` is a stable code, `None` that it works. `Conflict` if no check with this nonce is
    /// the newest.
    async fn settle_check(
        &self,
        merchant: MerchantId,
        check: &NewCheck,
        way: Way,
        why: Option<String>,
    ) -> Result<(), StoreError>;

    /// The newest check of a connection; `None` before the first.
    async fn last_check(
        &self,
        merchant: MerchantId,
        connection: &ConnectionName,
    ) -> Result<Option<Check>, StoreError>;
}
