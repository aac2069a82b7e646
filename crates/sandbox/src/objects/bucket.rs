//! What the bucket holds: objects, and uploads in parts that are not complete. Kept before any answer that rests on it: the
//! bytes in a file each, what they are in a log.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use shopclerk_domain::clock::Timestamp;

use crate::state::LogFile;

/// How an object is to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What kind of content it is.
    pub content_type: Option<String>,
    /// Who may read it: a canned list such as `private`; `None` is private.
    pub acl: Option<String>,
    /// How it is encrypted where it lies, such as `AES256`.
    pub encryption: Option<String>,
}

/// An object as it lies in the bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The entity tag, without quotation marks.
    pub tag: String,
    /// How large it is.
    pub bytes: u64,
    /// When it was written, in UTC milliseconds.
    pub at: i64,
    /// How it is kept.
    pub kept: Kept,
    blob: u64,
}

/// An upload in parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Upload {
    pub(super) key: String,
    kept: Kept,
    pub(super) parts: BTreeMap<u16, Part>,
}

/// A part that was sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) tag: String,
    pub(super) bytes: u64,
    blob: u64,
}

/// What happened, as the log keeps it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Put { key: String, object: Stored },
    Deleted { key: String },
    Begun { id: String, upload: Upload },
    Sent { id: String, number: u16, part: Part },
    Ended { id: String },
}

/// The bucket itself.
pub(super) struct Bucket {
    objects: BTreeMap<String, Stored>,
    uploads: BTreeMap<String, Upload>,
    blobs: Blobs,
    newest: u64,
    log: LogFile,
}

/// The bytes, by number.
enum Blobs {
    Disk(PathBuf),
    Memory(BTreeMap<u64, Vec<u8>>),
}

impl Bucket {
    pub(super) fn open(folder: Option<&Path>) -> io::Result<Self> {
        let mut bucket = Self {
            objects: BTreeMap::new(),
            uploads: BTreeMap::new(),
            blobs: Blobs::Memory(BTreeMap::new()),
            newest: 0,
            log: LogFile::in_memory(),
        };
        if let Some(folder) = folder {
            fs::create_dir_all(folder)?;
            bucket.log = LogFile::open(&folder.join("objects.jsonl"), |event| bucket.apply(event))?;
            bucket.blobs = Blobs::Disk(folder.to_owned());
        }
        Ok(bucket)
    }

    pub(super) fn keys(&self) -> Vec<String> {
        self.objects.keys().cloned().collect()
    }

    pub(super) fn object(&self, key: &str) -> Option<&Stored> {
        self.objects.get(key)
    }

    /// The objects whose keys follow `after`, in the order of their bytes.
    pub(super) fn following<'a>(&'a self, after: &str) -> impl Iterator<Item = (&'a String, &'a Stored)> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.objects.range::<str, _>((Excluded(after), Unbounded))
    }

    pub(super) fn content(&self, object: &Stored) -> io::Result<Vec<u8>> {
        self.blob(object.blob)
    }

    pub(super) fn put(
        &mut self,
        key: &str,
        content: &[u8],
        kept: Kept,
        now: Timestamp,
    ) -> io::Result<Stored> {
        let blob = self.keep(content)?;
        let bytes = content.len() as u64;
        let object = Stored { tag: tag_of(content), bytes, at: now.millis(), kept, blob };
        self.write(Event::Put { key: key.to_owned(), object: object.clone() })?;
        Ok(object)
    }

    pub(super) fn delete(&mut self, key: &str) -> io::Result<()> {
        if self.objects.contains_key(key) {
            self.write(Event::Deleted { key: key.to_owned() })
        } else {
            Ok(())
        }
    }

    pub(super) fn uploads(&self) -> usize {
        self.uploads.len()
    }

    /// An upload of this key.
    pub(super) fn upload(&self, id: &str, key: &str) -> Option<&Upload> {
        self.uploads.get(id).filter(|upload| upload.key == key)
    }

    pub(super) fn begin(&mut self, id: &str, key: &str, kept: Kept) -> io::Result<()> {
        let upload = Upload { key: key.to_owned(), kept, parts: BTreeMap::new() };
        self.write(Event::Begun { id: id.to_owned(), upload })
    }

    pub(super) fn send(&mut self, id: &str, number: u16, content: &[u8]) -> io::Result<String> {
        let (tag, blob) = (tag_of(content), self.keep(content)?);
        let part = Part { tag: tag.clone(), bytes: content.len() as u64, blob };
        self.write(Event::Sent { id: id.to_owned(), number, part })?;
        Ok(tag)
    }

    /// Makes an object of these parts; the tag is that of their tags, and says how many they are.
    pub(super) fn complete(
        &mut self,
        id: &str,
        numbers: &[u16],
        now: Timestamp,
    ) -> io::Result<Option<Stored>> {
        let Some(upload) = self.uploads.get(id).cloned() else { return Ok(None) };
        let (mut content, mut tags) = (Vec::new(), Md5::new());
        for part in numbers.iter().filter_map(|number| upload.parts.get(number)) {
            content.extend(self.blob(part.blob)?);
            tags.update(hex::decode(&part.tag).unwrap_or_default());
        }
        let mut object = self.put(&upload.key, &content, upload.kept, now)?;
        object.tag = format!("{}-{}", hex::encode(tags.finalize()), numbers.len());
        self.write(Event::Put { key: upload.key, object: object.clone() })?;
        self.end(id)?;
        Ok(Some(object))
    }

    pub(super) fn end(&mut self, id: &str) -> io::Result<()> {
        self.write(Event::Ended { id: id.to_owned() })
    }

    /// Saves what happened, and then makes it true.
    fn write(&mut self, event: Event) -> io::Result<()> {
        self.log.append(&event)?;
        self.apply(event);
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Put { key, object } => {
                self.newest = self.newest.max(object.blob);
                let kept = object.blob;
                if let Some(old) = self.objects.insert(key, object).filter(|old| old.blob != kept) {
                    self.drop_blob(old.blob);
                }
            }
            Event::Deleted { key } => {
                if let Some(old) = self.objects.remove(&key) {
                    self.drop_blob(old.blob);
                }
            }
            Event::Begun { id, upload } => drop(self.uploads.insert(id, upload)),
            Event::Sent { id, number, part } => {
                self.newest = self.newest.max(part.blob);
                let upload = self.uploads.get_mut(&id);
                if let Some(old) = upload.and_then(|upload| upload.parts.insert(number, part)) {
                    self.drop_blob(old.blob);
                }
            }
            Event::Ended { id } => {
                let parts = self.uploads.remove(&id).map(|upload| upload.parts).unwrap_or_default();
                for part in parts.values() {
                    self.drop_blob(part.blob);
                }
            }
        }
    }

    fn keep(&mut self, content: &[u8]) -> io::Result<u64> {
        self.newest += 1;
        match &mut self.blobs {
            Blobs::Disk(folder) => fs::write(folder.join(self.newest.to_string()), content)?,
            Blobs::Memory(blobs) => drop(blobs.insert(self.newest, content.to_vec())),
        }
        Ok(self.newest)
    }

    fn blob(&self, number: u64) -> io::Result<Vec<u8>> {
        match &self.blobs {
            Blobs::Disk(folder) => fs::read(folder.join(number.to_string())),
            Blobs::Memory(blobs) => blobs.get(&number).cloned().ok_or_else(|| io::ErrorKind::NotFound.into()),
        }
    }

    /// Bytes that nothing names any more. One that stays on disk is only space.
    fn drop_blob(&mut self, number: u64) {
        match &mut self.blobs {
            Blobs::Disk(folder) => fs::remove_file(folder.join(number.to_string())).unwrap_or_default(),
            Blobs::Memory(blobs) => drop(blobs.remove(&number)),
        }
    }
}

/// The entity tag of what was sent at once: the MD5 of its bytes.
pub(super) fn tag_of(content: &[u8]) -> String {
    hex::encode(Md5::digest(content))
}
