//! Objects of any size, a slice at a time: what is held in memory does not grow with them.

use std::path::Path as File;

use bytes::{Bytes, BytesMut};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, MultipartUpload, ObjectStoreExt};
use sha2::{Digest, Sha256};
use shopclerk_domain::fault::Moment;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::ObjectsError;
use super::room::Room;

/// Bytes of an upload's part. S3 takes no smaller ones than 5 MiB, save the last.
const PART: usize = 8 * 1024 * 1024;
/// S3 takes no more parts.
const MOST_PARTS: usize = 10_000;
/// Bytes read at once.
const SLICE: u64 = 4 * 1024 * 1024;
/// Bytes that are read whole at most.
const MOST_WHOLE: u64 = 64 * 1024 * 1024;

/// An object being written; nothing of it is seen before [`Upload::finish`].
#[derive(Debug)]
pub struct Upload {
    room: Room,
    path: Path,
    waiting: BytesMut,
    parts: Option<Box<dyn MultipartUpload>>,
    sent: usize,
}

impl Upload {
    /// Adds bytes.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), ObjectsError> {
        while !bytes.is_empty() {
            let room = PART - self.waiting.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.waiting.extend_from_slice(now);
            bytes = later;
            if self.waiting.len() == PART {
                self.send_part().await?;
            }
        }
        Ok(())
    }

    async fn send_part(&mut self) -> Result<(), ObjectsError> {
        if self.sent == MOST_PARTS {
            return Err(ObjectsError::TooLarge);
        }
        let part: Bytes = std::mem::take(&mut self.waiting).freeze();
        if self.parts.is_none() {
            self.parts = Some(self.room.stores.patient.put_multipart(&self.path).await?);
        }
        if let Some(parts) = &mut self.parts {
            parts.put_part(part.into()).await?;
            self.sent += 1;
        }
        Ok(())
    }

    /// Makes the object whole, over one that was there; durable when it returns. What fit into one part is written at
    /// once. A failed upload leaves nothing behind where the place still answers.
    pub async fn finish(mut self) -> Result<(), ObjectsError> {
        self.room.reach(Moment::Before);
        let finished = self.complete().await;
        if finished.is_err() {
            self.abort().await;
        } else {
            self.room.reach(Moment::Committed);
        }
        finished
    }

    async fn complete(&mut self) -> Result<(), ObjectsError> {
        if self.parts.is_some() && !self.waiting.is_empty() {
            self.send_part().await?;
        }
        let Some(parts) = &mut self.parts else {
            let whole = std::mem::take(&mut self.waiting).freeze();
            self.room.stores.patient.put(&self.path, whole.into()).await?;
            return Ok(());
        };
        parts.complete().await?;
        Ok(())
    }

    /// Drops what was sent.
    pub async fn abort(mut self) {
        if let Some(parts) = &mut self.parts
            && let Err(error) = parts.abort().await
        {
            tracing::debug!(%error, "parts of an object that was given up stay until the place sweeps them");
        }
    }
}

impl Room {
    /// Begins an object that is written bit by bit.
    pub fn upload(&self, key: &str) -> Result<Upload, ObjectsError> {
        let path = self.path(key)?;
        Ok(Upload { room: self.clone(), path, waiting: BytesMut::new(), parts: None, sent: 0 })
    }

    /// Writes a local file as an object; returns its size.
    pub async fn put_file(&self, key: &str, file: &File) -> Result<u64, ObjectsError> {
        let mut file = tokio::fs::File::open(file).await.map_err(ObjectsError::Local)?;
        let mut upload = self.upload(key)?;
        match copy_into(&mut upload, &mut file).await {
            Ok(size) => upload.finish().await.map(|()| size),
            Err(error) => {
                upload.abort().await;
                Err(error)
            }
        }
    }

    /// Reads an object whole; `None` when there is none. For small ones: beyond 64 MiB it is `TooLarge`.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, ObjectsError> {
        let Some(mut reading) = self.read(key).await? else { return Ok(None) };
        if reading.size > MOST_WHOLE {
            return Err(ObjectsError::TooLarge);
        }
        let mut whole = BytesMut::new();
        while let Some(slice) = reading.next().await? {
            whole.extend_from_slice(&slice);
        }
        Ok(Some(whole.freeze()))
    }

    /// Writes an object into a local file that must not be there yet, readable by its owner alone; returns its size, or
    /// `None` when there is no such object.
    pub async fn get_file(&self, key: &str, file: &File) -> Result<Option<u64>, ObjectsError> {
        let Some(mut reading) = self.read(key).await? else { return Ok(None) };
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(file).await.map_err(ObjectsError::Local)?;
        while let Some(slice) = reading.next().await? {
            file.write_all(&slice).await.map_err(ObjectsError::Local)?;
        }
        file.sync_all().await.map_err(ObjectsError::Local)?;
        Ok(Some(reading.size))
    }

    /// The SHA-256 of an object's bytes; `None` when there is none.
    pub async fn hash(&self, key: &str) -> Result<Option<[u8; 32]>, ObjectsError> {
        let Some(mut reading) = self.read(key).await? else { return Ok(None) };
        let mut hash = Sha256::new();
        while let Some(slice) = reading.next().await? {
            hash.update(&slice);
        }
        Ok(Some(hash.finalize().into()))
    }

    async fn read(&self, key: &str) -> Result<Option<Reading<'_>>, ObjectsError> {
        let path = self.path(key)?;
        match self.stores.patient.head(&path).await {
            Ok(found) => {
                Ok(Some(Reading { room: self, path, size: found.size, at: 0, version: found.e_tag }))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

async fn copy_into(upload: &mut Upload, file: &mut tokio::fs::File) -> Result<u64, ObjectsError> {
    let mut slice = vec![0; 256 * 1024];
    let mut size = 0;
    loop {
        let length = file.read(&mut slice).await.map_err(ObjectsError::Local)?;
        let Some(read) = slice.get(..length).filter(|read| !read.is_empty()) else { return Ok(size) };
        upload.write(read).await?;
        size += read.len() as u64;
    }
}

/// An object being read.
struct Reading<'a> {
    room: &'a Room,
    path: Path,
    size: u64,
    at: u64,
    /// What the place calls this content, where it does: slices of two contents make no object.
    version: Option<String>,
}

impl Reading<'_> {
    async fn next(&mut self) -> Result<Option<Bytes>, ObjectsError> {
        let end = self.size.min(self.at + SLICE);
        if self.at >= end {
            return Ok(None);
        }
        let range = Some(GetRange::Bounded(self.at..end));
        let options = GetOptions { range, ..GetOptions::default() };
        let answer = match self.room.stores.patient.get_opts(&self.path, options).await {
            Err(object_store::Error::NotFound { .. }) => return Err(ObjectsError::Changed),
            other => other?,
        };
        if answer.meta.size != self.size || answer.meta.e_tag != self.version {
            return Err(ObjectsError::Changed);
        }
        let slice = answer.bytes().await?;
        if slice.len() as u64 != end - self.at {
            return Err(ObjectsError::Changed);
        }
        self.at = end;
        Ok(Some(slice))
    }
}
