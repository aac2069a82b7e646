//! What a fake remembers between two starts: a value saved whole and at once, and a log that only grows.
//!
//! A vendor that answered has remembered. So both are on disk before the answer leaves.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// One value in one file, replaced as a whole.
pub struct StateFile {
    place: Place,
}

enum Place {
    Disk(PathBuf),
    Memory(Mutex<Option<Vec<u8>>>),
}

impl StateFile {
    /// Keeps the value at `path`, readable by its owner alone.
    pub fn new(path: PathBuf) -> Self {
        Self { place: Place::Disk(path) }
    }

    /// Keeps the value as long as this handle lives.
    pub fn in_memory() -> Self {
        Self { place: Place::Memory(Mutex::new(None)) }
    }

    /// The value last saved; none when nothing was. A file that does not read as `T` is an error, never a fresh start.
    pub fn load<T: DeserializeOwned>(&self) -> io::Result<Option<T>> {
        let bytes = match &self.place {
            Place::Memory(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Place::Disk(path) => match fs::read(path) {
                Ok(bytes) => Some(bytes),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(naming(path, &error)),
            },
        };
        let Some(bytes) = bytes else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| match &self.place {
            Place::Memory(_) => error.into(),
            Place::Disk(path) => naming(path, &error.into()),
        })
    }

    /// Replaces the value; after a crash either the old or the new one is there, never a mixture.
    pub fn save<T: Serialize>(&self, value: &T) -> io::Result<()> {
        let bytes = serde_json::to_vec(value)?;
        match &self.place {
            Place::Memory(kept) => {
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
                Ok(())
            }
            Place::Disk(path) => replace(path, &bytes).map_err(|error| naming(path, &error)),
        }
    }
}

/// Values in a file, one line each, never rewritten.
pub(crate) struct LogFile {
    file: Option<File>,
    at_line_start: bool,
}

impl LogFile {
    /// Opens the log at `path` and hands each value in it to `replay`, oldest first. A torn line, left by a crash, was
    /// never answered and is skipped.
    pub(crate) fn open<T: DeserializeOwned>(path: &Path, mut replay: impl FnMut(T)) -> io::Result<Self> {
        let file = private(OpenOptions::new().create(true).read(true).append(true))
            .open(path)
            .map_err(|error| naming(path, &error))?;
        let mut at_line_start = true;
        let mut reader = io::BufReader::new(file.try_clone()?);
        let mut line = Vec::new();
        while io::BufRead::read_until(&mut reader, b'\n', &mut line)? > 0 {
            at_line_start = line.ends_with(b"\n");
            if let Ok(value) = serde_json::from_slice(&line) {
                replay(value);
            }
            line.clear();
        }
        Ok(Self { file: Some(file), at_line_start })
    }

    /// A log that forgets: what it is given lives in the caller's memory only.
    pub(crate) fn in_memory() -> Self {
        Self { file: None, at_line_start: true }
    }

    /// Adds a value. It survives the end of the process; for the end of the machine a rehearsal needs no fsync.
    pub(crate) fn append<T: Serialize>(&mut self, value: &T) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut line = Vec::new();
        if !self.at_line_start {
            line.push(b'\n');
        }
        serde_json::to_writer(&mut line, value)?;
        line.push(b'\n');
        self.at_line_start = false;
        file.write_all(&line)?;
        self.at_line_start = true;
        Ok(())
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = private(OpenOptions::new().create(true).write(true).truncate(true)).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    // The rename itself is durable only once the folder is.
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn naming(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_there_after_a_restart_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meta.json");
        assert_eq!(StateFile::new(path.clone()).load::<Vec<u32>>().unwrap(), None);

        StateFile::new(path.clone()).save(&vec![1, 2, 3]).unwrap();

        assert_eq!(StateFile::new(path.clone()).load::<Vec<u32>>().unwrap(), Some(vec![1, 2, 3]));
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777,
            0o600
        );
    }

    #[test]
    fn a_damaged_file_is_named_instead_of_being_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meta.json");
        fs::write(&path, "{ half").unwrap();

        let error = StateFile::new(path).load::<Vec<u32>>().unwrap_err();

        assert!(error.to_string().contains("meta.json"), "{error}");
    }

    #[test]
    fn in_memory_it_lives_as_long_as_its_handle() {
        let state = StateFile::in_memory();
        state.save(&7).unwrap();
        assert_eq!(state.load::<u8>().unwrap(), Some(7));
    }

    #[test]
    fn a_log_is_replayed_and_goes_on_behind_a_torn_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("talk.jsonl");
        LogFile::open(&path, |_: String| ()).unwrap().append(&"one").unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"\"tor").unwrap();
        LogFile::open(&path, |_: String| ()).unwrap().append(&"two").unwrap();

        let mut seen = Vec::new();
        LogFile::open(&path, |word: String| seen.push(word)).unwrap();

        assert_eq!(seen, ["one", "two"]);
    }
}
