//! What can go wrong with the mirror.

use shopclerk_storage::StoreError;
use shopclerk_upstream::objects::ObjectsError;
use thiserror::Error;

use crate::error::JobError;

/// Why an object was not made, written or looked at.
#[derive(Debug, Error)]
pub enum MirrorError {
    /// The store does not say what it is to hold.
    #[error("the store cannot be read")]
    Store(#[from] StoreError),
    /// Its place cannot be written or read.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    /// A value has no JSON: an invariant of ours is broken.
    #[error("an object cannot be written as JSON")]
    Unwritable(#[from] serde_json::Error),
}

impl From<MirrorError> for JobError {
    fn from(error: MirrorError) -> Self {
        match error {
            MirrorError::Store(error) => error.into(),
            MirrorError::Objects(error) => error.into(),
            MirrorError::Unwritable(_) => Self::give_up("mirror.unwritable"),
        }
    }
}
