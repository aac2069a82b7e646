//! Where objects lie: a local folder, or a bucket that speaks S3. Two rooms: the mirror, derived from the store, and the
//! backups. A half-written object is never seen, and no key leads out of its room.

mod bucket;
mod folder;
mod key;
mod room;
mod sign;
#[cfg(test)]
mod tests;
mod transfer;

use std::path::Path as Folder;
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use shopclerk_domain::clock::Clock;
use shopclerk_domain::fault::FaultPoints;
use thiserror::Error;

pub use self::bucket::{BucketAddress, BucketSettings, InvalidBucket};
pub use self::room::{Found, Room};
pub use self::transfer::Upload;

use self::key::Rule;
use self::room::Stores;

/// Why an object was not written or read.
#[derive(Debug, Error)]
pub enum ObjectsError {
    /// The key does not lie in its room, or holds what no key of ours holds.
    #[error("not a key of this room")]
    InvalidKey,
    /// The object is larger than may be read or written at once.
    #[error("the object is too large")]
    TooLarge,
    /// The object was written anew while it was read.
    #[error("the object changed while it was read")]
    Changed,
    /// The place refuses our key, or the bucket is not there: a person has to mend it.
    #[error("the objects' place refuses us")]
    Refused(#[source] object_store::Error),
    /// The place cannot be reached, read or written.
    #[error("the objects' place cannot be used")]
    Unavailable(#[source] object_store::Error),
    /// A local folder cannot be made, or a local file not be read or written.
    #[error("a local file or folder cannot be used")]
    Local(#[source] std::io::Error),
    /// The client of the bucket cannot be made.
    #[error("the bucket's client cannot be made")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<object_store::Error> for ObjectsError {
    fn from(error: object_store::Error) -> Self {
        use object_store::Error::{NotFound, PermissionDenied, Unauthenticated};
        match error {
            // What is not there is `None` to who reads; a write that finds nothing finds no bucket.
            refused @ (PermissionDenied { .. } | Unauthenticated { .. } | NotFound { .. }) => {
                Self::Refused(refused)
            }
            other => Self::Unavailable(other),
        }
    }
}

/// The place of all objects, with its two rooms.
#[derive(Clone, Debug)]
pub struct Objects {
    mirror: Room,
    backups: Room,
    place: String,
    is_local: bool,
}

impl Objects {
    /// Objects below the data folder: `mirror/users/...` and `backups/...`, both open to their owner alone.
    pub fn in_folder(data: &Folder, faults: &Arc<dyn FaultPoints>) -> Result<Self, ObjectsError> {
        let room = |rule: Rule, root: &Folder, made: &Folder| {
            folder::make(made).map_err(ObjectsError::Local)?;
            let store = LocalFileSystem::new_with_prefix(root)?.with_fsync(true);
            let stores = Stores::in_folder(store, root);
            Ok::<Room, ObjectsError>(Room::new(rule, stores, Arc::clone(faults)))
        };
        Ok(Self {
            mirror: room(Rule::Mirror, &data.join("mirror"), &data.join("mirror"))?,
            backups: room(Rule::Backups, data, &data.join("backups"))?,
            place: "folder".to_owned(),
            is_local: true,
        })
    }

    /// Objects in a bucket: `users/...` and `backups/...`. Nothing is called yet.
    pub fn in_bucket(
        settings: &BucketSettings,
        clock: Arc<dyn Clock>,
        faults: &Arc<dyn FaultPoints>,
    ) -> Result<Self, ObjectsError> {
        let stores = bucket::open(settings, clock)?;
        let room = |rule| Room::new(rule, stores.clone(), Arc::clone(faults));
        Ok(Self {
            mirror: room(Rule::Mirror),
            backups: room(Rule::Backups),
            place: settings.address.to_string(),
            is_local: false,
        })
    }

    /// The mirror: keys such as `users/<uuid>/shopify/nordlys.myshopify.com/shop_products.json`.
    pub const fn mirror(&self) -> &Room {
        &self.mirror
    }

    /// The backups: keys such as `backups/2026-11-21.sealed` or `backups/tokens/<name>`.
    pub const fn backups(&self) -> &Room {
        &self.backups
    }

    /// The place in words that stay the same as long as it is the same place: what was written elsewhere is not here.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether the objects lie on this machine.
    pub const fn is_local(&self) -> bool {
        self.is_local
    }
}
