//! A private copy of one of the Python version's databases. Reading the file itself would change its folder (a log needs its
//! index beside it) or, on a place that cannot be written, would miss what still lies in the log.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::PythonError;

/// Far above what any installation of the Python version came to: a few hundred bytes per Page or shop.
const LARGEST: u64 = 256 << 20;

/// The copy; gone when it is dropped.
#[derive(Debug)]
pub(super) struct Copied {
    folder: TempDir,
}

impl Copied {
    /// Copies the database and the log beside it, and makes sure that nobody wrote meanwhile.
    pub(super) fn of(path: &Path) -> Result<Self, PythonError> {
        let failed = |source| PythonError::Unreadable { path: path.to_owned(), source };
        let folder = private_folder().map_err(failed)?;
        let log = beside(path, "-wal");
        let before = (look(path).map_err(failed)?, look(&log).map_err(failed)?);
        let (Some(file), log_file) = &before else {
            return Err(PythonError::Missing { path: path.to_owned() });
        };
        let sizes = [Some(file), log_file.as_ref()].into_iter().flatten().map(Metadata::len);
        if sizes.sum::<u64>() > LARGEST {
            return Err(PythonError::TooLarge { path: path.to_owned() });
        }
        let copied = Self { folder };
        copy(path, &copied.path()).map_err(failed)?;
        if log_file.is_some() {
            copy(&log, &beside(&copied.path(), "-wal")).map_err(failed)?;
        }
        let after = (look(path).map_err(failed)?, look(&log).map_err(failed)?);
        if marks(&before) == marks(&after) {
            Ok(copied)
        } else {
            Err(PythonError::InUse { path: path.to_owned() })
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("copy.db")
    }
}

fn private_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("shopclerk-import-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A regular file's metadata; `None` where there is nothing. A pipe or device would never end.
fn look(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(Some(found)),
        Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Not `fs::copy`: that would take over a mode in which the copy could not be opened for its log.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?.take(LARGEST);
    let mut target = File::create(to)?;
    io::copy(&mut source, &mut target)?;
    target.flush()
}

/// What changes when a file is written.
fn marks(files: &(Option<Metadata>, Option<Metadata>)) -> impl PartialEq + use<> {
    let mark = |file: &Option<Metadata>| file.as_ref().map(|file| (file.len(), file.modified().ok()));
    (mark(&files.0), mark(&files.1))
}
