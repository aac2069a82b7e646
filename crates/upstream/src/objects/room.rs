//! One room of objects: written, read, listed and removed by key.

use std::path::{Path as Folder, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::fault::{FaultPoints, Moment};
use shopclerk_domain::ids::MerchantId;

use super::key::Rule;
use super::{ObjectsError, folder};

/// An object as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its key.
    pub key: String,
    /// How large it is.
    pub bytes: u64,
    /// When it was written, by the clock of the place.
    pub written_at: Timestamp,
}

/// The same place twice: for what somebody waits for, and for long transfers, whose parts are tried again at once.
#[derive(Clone, Debug)]
pub(super) struct Stores {
    pub(super) brisk: Arc<dyn ObjectStore>,
    pub(super) patient: Arc<dyn ObjectStore>,
    /// Where the keys begin, if that is a folder.
    pub(super) folder: Option<PathBuf>,
}

impl Stores {
    pub(super) fn in_folder(store: impl ObjectStore, folder: &Folder) -> Self {
        let store: Arc<dyn ObjectStore> = Arc::new(store);
        Self { brisk: Arc::clone(&store), patient: store, folder: Some(folder.to_owned()) }
    }
}

/// A room. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Room {
    rule: Rule,
    pub(super) stores: Stores,
    faults: Arc<dyn FaultPoints>,
}

impl Room {
    pub(super) fn new(rule: Rule, stores: Stores, faults: Arc<dyn FaultPoints>) -> Self {
        Self { rule, stores, faults }
    }

    /// Writes an object whole, over one that was there; durable when it returns.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), ObjectsError> {
        let path = self.path(key)?;
        self.faults.reach("objects.put", Moment::Before);
        self.stores.brisk.put(&path, bytes.into()).await?;
        self.faults.reach("objects.put", Moment::Committed);
        Ok(())
    }

    /// Whether there is such an object.
    pub async fn exists(&self, key: &str) -> Result<bool, ObjectsError> {
        self.size(key).await.map(|size| size.is_some())
    }

    /// How large an object is; `None` when there is none.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, ObjectsError> {
        match self.stores.brisk.head(&self.path(key)?).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes an object; one that is not there is removed already.
    pub async fn delete(&self, key: &str) -> Result<(), ObjectsError> {
        self.faults.reach("objects.delete", Moment::Before);
        match self.stores.brisk.delete(&self.path(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(folder) = &self.stores.folder {
            folder::sweep_beside(&folder.join(key)).await.map_err(ObjectsError::Local)?;
        }
        self.faults.reach("objects.delete", Moment::Committed);
        Ok(())
    }

    /// Removes everything under `prefix`; returns how many objects that were.
    pub async fn delete_all(&self, prefix: &str) -> Result<u64, ObjectsError> {
        let mut removed = 0;
        let mut found = self.walk(prefix)?;
        while let Some(object) = found.try_next().await? {
            self.delete(&object.key).await?;
            removed += 1;
        }
        // The folder of the backups itself stays: it was made for its owner alone.
        if let Some(folder) = &self.stores.folder
            && prefix.contains('/')
        {
            folder::remove(&folder.join(prefix)).await.map_err(ObjectsError::Local)?;
        }
        Ok(removed)
    }

    /// The objects under `prefix`, which names the room's beginning (`users/<uuid>`, `backups`) or a folder in it, in
    /// order.
    pub async fn list(&self, prefix: &str) -> Result<Vec<Found>, ObjectsError> {
        let mut found: Vec<Found> = self.walk(prefix)?.try_collect().await?;
        found.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(found)
    }

    /// The same one by one and in no order, for more objects than should be held at once.
    pub fn walk(&self, prefix: &str) -> Result<BoxStream<'_, Result<Found, ObjectsError>>, ObjectsError> {
        let path = self.rule.folder(prefix)?;
        let found = self.stores.brisk.list(Some(&path));
        Ok(found
            .map_ok(|object| Found {
                key: object.location.to_string(),
                bytes: object.size,
                written_at: Timestamp::from_millis(object.last_modified.timestamp_millis()),
            })
            .map_err(ObjectsError::from)
            .boxed())
    }

    /// The merchants that have objects here; none but the mirror holds any.
    pub async fn merchants(&self) -> Result<Vec<MerchantId>, ObjectsError> {
        let found = self.stores.brisk.list_with_delimiter(Some(&Path::from("users"))).await?;
        let merchant = |folder: &Path| MerchantId::parse(folder.filename()?).ok();
        Ok(found.common_prefixes.iter().filter_map(merchant).collect())
    }

    pub(super) fn path(&self, key: &str) -> Result<Path, ObjectsError> {
        self.rule.object(key)
    }

    pub(super) fn reach(&self, moment: Moment) {
        self.faults.reach("objects.put", moment);
    }
}
