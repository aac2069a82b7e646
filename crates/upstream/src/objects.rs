//! Where the mirror's objects lie: a local folder. Objects are derived from the store, so losing one costs a rewrite; but a
//! half-written one is never seen, and none lies outside its merchant's prefix.

use std::path::Path as Folder;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use shopclerk_domain::ids::MerchantId;
use thiserror::Error;

/// Why an object was not written or read.
#[derive(Debug, Error)]
pub enum ObjectsError {
    /// The key does not lie under a merchant, or holds what no key of ours holds.
    #[error("not a key of a merchant's object")]
    InvalidKey,
    /// The place cannot be reached, read or written.
    #[error("the objects' place cannot be used")]
    Unavailable(#[source] object_store::Error),
    /// The folder cannot be made.
    #[error("the objects' folder cannot be made")]
    Folder(#[source] std::io::Error),
}

/// Objects by key, such as `users/<uuid>/shopify/nordlys.myshopify.com/shop_products.json`.
#[derive(Clone, Debug)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
}

/// Most segments after the merchant, and longest of them.
const MOST_SEGMENTS: usize = 6;
const LONGEST_SEGMENT: usize = 128;

impl Objects {
    /// Objects in `folder`, which is made if it is missing and then open to its owner alone.
    pub fn in_folder(folder: &Folder) -> Result<Self, ObjectsError> {
        make_folder(folder).map_err(ObjectsError::Folder)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(ObjectsError::Unavailable)?;
        Ok(Self { store: Arc::new(store.with_fsync(true)) })
    }

    /// Writes an object whole, over one that was there; durable when it returns.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), ObjectsError> {
        let path = object_path(key)?;
        self.store.put(&path, bytes.into()).await.map(drop).map_err(ObjectsError::Unavailable)
    }

    /// Reads an object; `None` when there is none.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, ObjectsError> {
        match self.store.get(&object_path(key)?).await {
            Ok(found) => found.bytes().await.map(Some).map_err(ObjectsError::Unavailable),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(ObjectsError::Unavailable(error)),
        }
    }

    /// Whether there is such an object.
    pub async fn exists(&self, key: &str) -> Result<bool, ObjectsError> {
        match self.store.head(&object_path(key)?).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(ObjectsError::Unavailable(error)),
        }
    }

    /// Removes an object; one that is not there is removed already.
    pub async fn delete(&self, key: &str) -> Result<(), ObjectsError> {
        match self.store.delete(&object_path(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(ObjectsError::Unavailable(error)),
        }
    }

    /// The keys under `prefix`, which names a merchant (`users/<uuid>`) or a folder of one, in order.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, ObjectsError> {
        let path = prefix_path(prefix)?;
        let found: Vec<_> =
            self.store.list(Some(&path)).try_collect().await.map_err(ObjectsError::Unavailable)?;
        let mut keys: Vec<String> = found.into_iter().map(|object| object.location.to_string()).collect();
        keys.sort();
        Ok(keys)
    }
}

#[cfg(unix)]
fn make_folder(folder: &Folder) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Folder) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

fn object_path(key: &str) -> Result<Path, ObjectsError> {
    if segments_after_merchant(key)? == 0 { Err(ObjectsError::InvalidKey) } else { parsed(key) }
}

fn prefix_path(prefix: &str) -> Result<Path, ObjectsError> {
    segments_after_merchant(prefix)?;
    parsed(prefix)
}

fn parsed(key: &str) -> Result<Path, ObjectsError> {
    Path::parse(key).map_err(|_| ObjectsError::InvalidKey)
}

/// How many segments follow `users/<uuid>`; each is made of letters, digits and `._-`, and none begins with a dot.
fn segments_after_merchant(key: &str) -> Result<usize, ObjectsError> {
    let mut segments = key.split('/');
    let (users, merchant) = (segments.next(), segments.next().unwrap_or_default());
    let is_merchant = MerchantId::parse(merchant).is_ok_and(|id| id.to_string() == merchant);
    let fits = |segment: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        (1..=LONGEST_SEGMENT).contains(&segment.len())
            && !segment.starts_with('.')
            && segment.bytes().all(plain)
    };
    let rest: Vec<&str> = segments.collect();
    let valid = users == Some("users")
        && is_merchant
        && rest.len() <= MOST_SEGMENTS
        && rest.iter().all(|one| fits(one));
    if valid { Ok(rest.len()) } else { Err(ObjectsError::InvalidKey) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MERCHANT: &str = "users/0192f3a0-0000-7000-8000-000000000001";

    #[tokio::test]
    async fn an_object_is_written_read_listed_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::in_folder(&folder.path().join("mirror")).unwrap();
        let key = format!("{MERCHANT}/shopify/nordlys.myshopify.com/shop_products.json");

        assert_eq!(objects.get(&key).await.unwrap(), None);
        objects.put(&key, "{}".into()).await.unwrap();
        objects.put(&key, r#"{"products":[]}"#.into()).await.unwrap();
        objects.put("users/0192f3a0-0000-7000-8000-000000000002/x.json", "other".into()).await.unwrap();
        assert_eq!(objects.get(&key).await.unwrap().unwrap(), r#"{"products":[]}"#);
        assert_eq!(objects.list(MERCHANT).await.unwrap(), std::slice::from_ref(&key));

        objects.delete(&key).await.unwrap();
        objects.delete(&key).await.unwrap();
        assert!(objects.list(MERCHANT).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn t56_no_key_leads_out_of_its_merchants_prefix() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::in_folder(folder.path()).unwrap();
        for key in [
            String::new(),
            "users".to_owned(),
            MERCHANT.to_owned(),
            format!("{MERCHANT}/"),
            format!("{MERCHANT}/../x.json"),
            format!("{MERCHANT}/./x.json"),
            format!("{MERCHANT}//x.json"),
            format!("{MERCHANT}/.hidden"),
            format!("{MERCHANT}/a b"),
            format!("{MERCHANT}/a%2e"),
            format!("{MERCHANT}/a\0"),
            format!("{MERCHANT}/é"),
            format!("{MERCHANT}/{}", "x".repeat(129)),
            format!("{MERCHANT}/1/2/3/4/5/6/7"),
            format!("/{MERCHANT}/x.json"),
            "users/not-a-uuid/x.json".to_owned(),
            "users/0192F3A0-0000-7000-8000-000000000001/x.json".to_owned(),
            "backups/x.db".to_owned(),
        ] {
            let put = objects.put(&key, "x".into()).await;
            assert!(matches!(put, Err(ObjectsError::InvalidKey)), "{key}");
        }
        assert!(matches!(objects.list("users").await, Err(ObjectsError::InvalidKey)));
        assert!(matches!(objects.list("").await, Err(ObjectsError::InvalidKey)));
    }
}
