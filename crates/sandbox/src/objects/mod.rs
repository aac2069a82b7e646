//! The fake S3: one bucket on one listener, addressed by path or by host, every call signed with Signature Version 4. A program
//! written from the vendor's API reference; what it holds can be looked at by [`ObjectsFake`]'s own methods.

mod answer;
mod bucket;
mod call;
mod chunked;
mod error;
mod fault;
mod listing;
mod multipart;
mod object;
mod range;
mod signature;
#[cfg(test)]
mod tests;
mod trouble;
mod xml;

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::any;
use shopclerk_domain::clock::Clock;
use shopclerk_domain::entropy::Entropy;

use self::bucket::Bucket;
pub use self::bucket::Stored;
pub use self::error::S3Error;
pub(crate) use self::fault::VENDOR;
use self::trouble::Troubles;
use crate::journal::Journal;

/// The one bucket, and the one key to it.
#[derive(Clone, Debug)]
pub struct BucketSetup {
    /// The access key's id.
    pub key: String,
    /// The access key's secret.
    pub secret: String,
    /// The region that signatures must name.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// Most keys on a page of a listing; the vendor's own limit is 1,000.
    pub page_size: usize,
}

impl BucketSetup {
    /// A bucket with this key to it.
    pub fn new(key: &str, secret: &str) -> Self {
        Self {
            key: key.to_owned(),
            secret: secret.to_owned(),
            region: "sandbox-1".to_owned(),
            bucket: "sandbox".to_owned(),
            page_size: 1_000,
        }
    }
}

/// What the fake is told at its start.
pub struct ObjectsOptions {
    /// The bucket, and the key to it.
    pub setup: BucketSetup,
    /// Where everything is kept; `None` keeps it in memory.
    pub folder: Option<PathBuf>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The chance.
    pub entropy: Arc<dyn Entropy>,
    /// Where each call is written down.
    pub journal: Journal,
}

/// The fake itself.
pub struct ObjectsFake {
    options: ObjectsOptions,
    bucket: Mutex<Bucket>,
    troubles: Mutex<Troubles>,
    unknown_calls: AtomicUsize,
}

impl ObjectsFake {
    /// Goes on where the saved state ends.
    pub fn open(options: ObjectsOptions) -> io::Result<Arc<Self>> {
        let bucket = Bucket::open(options.folder.as_deref())?;
        Ok(Arc::new(Self {
            options,
            bucket: Mutex::new(bucket),
            troubles: Mutex::default(),
            unknown_calls: AtomicUsize::new(0),
        }))
    }

    /// Everything S3 answers.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new().fallback(any(answer::serve)).with_state(Arc::clone(self))
    }

    /// Calls that no part of the fake knows, since its start.
    pub fn unknown_calls(&self) -> usize {
        self.unknown_calls.load(Ordering::Relaxed)
    }

    /// The bucket, and the key to it.
    pub fn setup(&self) -> &BucketSetup {
        &self.options.setup
    }

    /// The keys of all objects, in order.
    pub fn keys(&self) -> Vec<String> {
        self.bucket().keys()
    }

    /// An object as it lies there.
    pub fn object(&self, key: &str) -> Option<Stored> {
        self.bucket().object(key).cloned()
    }

    /// An object's bytes.
    pub fn content(&self, key: &str) -> Option<Vec<u8>> {
        let bucket = self.bucket();
        bucket.object(key).and_then(|object| bucket.content(object).ok())
    }

    /// Somebody puts an object there without the app.
    pub fn place(&self, key: &str, content: &[u8]) -> io::Result<()> {
        let now = self.options.clock.now();
        self.bucket().put(key, content, bucket::Kept::default(), now).map(drop)
    }

    /// Somebody removes an object without the app.
    pub fn remove(&self, key: &str) -> io::Result<()> {
        self.bucket().delete(key)
    }

    /// Uploads in parts that were begun and neither completed nor given up.
    pub fn open_uploads(&self) -> usize {
        self.bucket().uploads()
    }

    fn bucket(&self) -> MutexGuard<'_, Bucket> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
