//! Sessions and pending sign-ins: both kept as hashes only.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::MerchantId;

use crate::error::StoreError;

/// SHA-256 of a value only the browser knows.
pub type Hash = [u8; 32];

/// A session that begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// Hash of its id.
    pub id: Hash,
}

/// A session of a merchant's; nothing of it signs anybody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Hash of its id.
    pub id: Hash,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it was used last, to the minute.
    pub used_at: Timestamp,
}

/// How long sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Without use.
    pub idle_ms: i64,
    /// In all.
    pub absolute_ms: i64,
}

impl SessionLimits {
    /// Whether a session that began and was last used then is not over.
    pub fn is_alive(self, begun_at: Timestamp, used_at: Timestamp, now: Timestamp) -> bool {
        let passed = |since: Timestamp| now.millis().saturating_sub(since.millis());
        passed(used_at) < self.idle_ms && passed(begun_at) < self.absolute_ms
    }
}

/// Which sign-in a state belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A shop.
    Shopify,
    /// Accounts of the merchant that is signed in.
    Facebook,
}

/// How many sign-ins may be under way: starting one is free for anybody, so the oldest make room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateCaps {
    /// Of one address; many people may share one.
    pub per_peer: usize,
    /// Of all together.
    pub in_all: usize,
}

/// A sign-in that was begun and may come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingState {
    /// Hash of the handle that travels.
    pub id: Hash,
    /// Which sign-in it is.
    pub purpose: Purpose,
    /// The shop it was begun for.
    pub shop: Option<ShopDomain>,
    /// The merchant whose session it was begun in.
    pub merchant: Option<MerchantId>,
    /// Hash of the session it was begun in.
    pub session: Option<Hash>,
    /// Hash of the cookie this attempt set.
    pub cookie: Hash,
    /// Hash of what names the browser across attempts, for the cap.
    pub browser: Hash,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// See the module.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Keeps a pending sign-in; only the newest stay within the caps, and all that ended a day ago go.
    async fn begin_state(&self, state: PendingState, caps: StateCaps) -> Result<(), StoreError>;

    /// Takes a pending sign-in out, so that it works once: whatever it turns out to be worth, it is gone. Ended ones are
    /// still returned (their `ends_at` tells), so that "late" can be told from "never".
    async fn spend_state(&self, id: Hash) -> Result<Option<PendingState>, StoreError>;

    /// Whose session this is, if it is alive; using it puts off its idle end (written at most once a minute).
    async fn find_session(
        &self,
        id: Hash,
        limits: SessionLimits,
        now: Timestamp,
    ) -> Result<Option<MerchantId>, StoreError>;

    /// Ends the session; another id may begin in the same unit for the same merchant.
    async fn end_session(
        &self,
        id: Hash,
        successor: Option<NewSession>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The merchant's newest sessions, the newest first, over or not.
    async fn list_sessions(&self, merchant: MerchantId, most: usize) -> Result<Vec<SessionRow>, StoreError>;

    /// Ends all of the merchant's sessions but one; says how many.
    async fn end_other_sessions(&self, merchant: MerchantId, keep: Hash) -> Result<usize, StoreError>;
}
