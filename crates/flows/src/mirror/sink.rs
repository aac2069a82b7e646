//! Where an object's bytes go as they are made: into a hash, or on their way. Neither holds more than a few MiB.

use async_trait::async_trait;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use shopclerk_upstream::objects::{ObjectsError, Room, Upload};

use super::error::MirrorError;

/// Objects up to here are kept while they are hashed, and need not be made again.
const KEPT: usize = 4 * 1024 * 1024;

/// Takes bytes in order.
#[async_trait]
pub(crate) trait Sink: Send {
    /// The next bytes.
    async fn take(&mut self, bytes: &[u8]) -> Result<(), MirrorError>;
}

/// Hashes, and keeps what is small.
#[derive(Debug, Default)]
pub(crate) struct Digesting {
    hash: Sha256,
    bytes: u64,
    whole: Option<Vec<u8>>,
}

impl Digesting {
    pub(crate) fn new() -> Self {
        Self { whole: Some(Vec::new()), ..Self::default() }
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All bytes, unless they were too many to be kept.
    pub(crate) fn into_whole(self) -> Option<Bytes> {
        self.whole.map(Bytes::from)
    }
}

#[async_trait]
impl Sink for Digesting {
    async fn take(&mut self, bytes: &[u8]) -> Result<(), MirrorError> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        match &mut self.whole {
            Some(whole) if whole.len() + bytes.len() <= KEPT => whole.extend_from_slice(bytes),
            _ => self.whole = None,
        }
        Ok(())
    }
}

/// Hashes and sends.
#[derive(Debug)]
pub(crate) struct Sending {
    hash: Sha256,
    upload: Upload,
}

impl Sending {
    pub(crate) fn begin(room: &Room, key: &str) -> Result<Self, ObjectsError> {
        Ok(Self { hash: Sha256::new(), upload: room.upload(key)? })
    }

    /// Makes the object whole; returns its hash.
    pub(crate) async fn finish(self) -> Result<[u8; 32], ObjectsError> {
        self.upload.finish().await?;
        Ok(self.hash.finalize().into())
    }

    pub(crate) async fn abort(self) {
        self.upload.abort().await;
    }
}

#[async_trait]
impl Sink for Sending {
    async fn take(&mut self, bytes: &[u8]) -> Result<(), MirrorError> {
        self.hash.update(bytes);
        Ok(self.upload.write(bytes).await?)
    }
}
