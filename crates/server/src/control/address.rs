//! What the socket is called when it is bound or called: a path as the system takes it, which is short, whatever the folder's.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::socket;

/// Longest path that every system takes for a socket; Linux takes four bytes more.
const LONGEST: usize = 103;

/// The address of a folder's socket, good while it lives.
#[derive(Debug)]
pub(super) struct Address {
    path: PathBuf,
    /// The folder, held open where the path goes by its number.
    _folder: Option<File>,
}

impl Address {
    /// The socket of this folder, which must be there.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let path = socket(folder);
        if path.as_os_str().as_bytes().len() <= LONGEST {
            return Ok(Self { path, _folder: None });
        }
        let folder = File::open(folder)?;
        let path = socket(Path::new(&format!("/proc/self/fd/{}", folder.as_raw_fd())));
        Ok(Self { path, _folder: Some(folder) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}
