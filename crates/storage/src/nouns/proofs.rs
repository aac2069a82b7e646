//! Proofs: what replies rest on, record by record, linked so that a change and a gap both show.
//!
//! There is one chain per merchant, not one per conversation: a conversation that is forgotten takes its records with it,
//! and only a chain that goes on beyond it can tell that some stood there. Each turn's link is made in the unit that makes
//! the turn true, with a key that lies sealed with the key ring. What is erased loses its text and its salt; the link stays.
//!
//! What a chain cannot tell: whoever can write to the database may take away its newest links together with where it ends,
//! or a record together with its salt. The first shows against any later look that somebody kept (a number and its link);
//! the second shows as `erased`.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{MerchantId, PartId, TurnId};
use shopclerk_domain::message::PartState;

use crate::error::StoreError;

/// The name of a kept row: the SHA-256 of its content.
pub type RowName = [u8; 32];

/// A product as a turn saw it, in the flows' own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRow {
    /// Its name.
    pub name: RowName,
    /// Its content, as JSON: opaque to the store.
    pub body: String,
}

/// How a record stands in its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Record and link are what they were when the turn was finished.
    Whole,
    /// Its words are gone as they should be, and the link still holds.
    Erased,
    /// Something was changed; why, in a few words.
    Broken(&'static str),
}

/// A record's place in its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Which record of the merchant's, counted from 1.
    pub number: i64,
    /// The turn.
    pub turn: TurnId,
    /// When the turn was finished.
    pub at: Timestamp,
    /// The link over it and all before it.
    pub link: [u8; 32],
    /// How it stands.
    pub standing: Standing,
}

/// Where a record joined its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Which record of the merchant's.
    pub number: i64,
    /// The link over it and all before it.
    pub link: [u8; 32],
}

/// What a look at a stretch of a chain found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// The records looked at, in order.
    pub proofs: Vec<Proof>,
    /// Records that the chain once had beyond the last one looked at, and that are not there any more.
    pub cut_off: u64,
}

/// How a part of a turn's reply was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The part.
    pub part: PartId,
    /// How far it has come.
    pub state: PartState,
    /// How often it was tried.
    pub attempt: u32,
    /// When `sending` became durable.
    pub sending_at: Option<Timestamp>,
    /// When that ended.
    pub settled_at: Option<Timestamp>,
    /// The channel's id of the message.
    pub native_id: Option<String>,
    /// Why it is refused or waits, as a stable code.
    pub code: Option<String>,
}

/// See the module.
#[async_trait]
pub trait Proofs: Send + Sync {
    /// The place of a turn's record in its chain, judged anew; `None` for a turn without one.
    async fn find_proof(&self, merchant: MerchantId, turn: TurnId) -> Result<Option<Proof>, StoreError>;

    /// The records after number `after`, at most `most`, each judged anew.
    async fn verify_proofs(
        &self,
        merchant: MerchantId,
        after: i64,
        most: usize,
    ) -> Result<Stretch, StoreError>;

    /// Rows as turns saw them; those that are gone are left out.
    async fn find_kept_rows(
        &self,
        merchant: MerchantId,
        names: Vec<RowName>,
    ) -> Result<Vec<KeptRow>, StoreError>;

    /// The turn that heard or said the message that the channel names so.
    async fn find_turn_of_message(
        &self,
        merchant: MerchantId,
        native_id: &str,
    ) -> Result<Option<TurnId>, StoreError>;

    /// How the parts of a turn's reply were sent, in sending order.
    async fn list_outcomes(&self, merchant: MerchantId, turn: TurnId) -> Result<Vec<Outcome>, StoreError>;
}
