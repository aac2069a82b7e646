//! Jobs: durable follow-up work, at most one waiting per key, repeated until it is done or given up.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::MerchantId;

use crate::error::StoreError;

/// Work to be done once it is due. A second one with the key of one that waits changes nothing but brings it forward;
/// with the key of one under way, it runs once more afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Whose it is.
    pub merchant: MerchantId,
    /// What is to be done, such as `sync_catalogue`.
    pub kind: &'static str,
    /// What it is about, unique within the merchant and kind, such as a shop's address; also its argument.
    pub key: String,
    /// When it may start.
    pub run_at: Timestamp,
}

/// Which workers do a job. It follows from the kind's name: what begins with `mirror_` writes objects, and
/// so does `keep_tokens`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobLane {
    /// All others.
    Errands,
    /// Jobs that write objects, whose place may be slow or away.
    Objects,
}

/// A job under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedJob {
    /// The row.
    pub id: i64,
    /// Whose it is.
    pub merchant: MerchantId,
    /// What is to be done.
    pub kind: String,
    /// What it is about.
    pub key: String,
    /// How often it has failed.
    pub attempt: u32,
    /// Grows with every lease of this job; an older number is refused.
    pub fence: i64,
    /// When the lease ends: whoever works on after that is not alone any more.
    pub until: Timestamp,
}

/// See the module.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Puts work up.
    async fn enqueue(&self, jobs: Vec<NewJob>) -> Result<(), StoreError>;

    /// The work is done; `next` follows it in the same unit.
    async fn finish_job(&self, job: &LeasedJob, next: Vec<NewJob>, now: Timestamp) -> Result<(), StoreError>;

    /// It failed and is tried again at `run_at`; `why` is a stable code.
    async fn retry_job(&self, job: &LeasedJob, run_at: Timestamp, why: &str) -> Result<(), StoreError>;

    /// It failed for good and is kept for a person; `why` is a stable code.
    async fn give_up_job(&self, job: &LeasedJob, why: &str, now: Timestamp) -> Result<(), StoreError>;
}
