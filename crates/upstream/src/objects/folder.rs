//! What only a folder has: made for its owner alone, and swept of what a process that was killed left beside an object, a file
//! `<name>#<number>` that was not whole yet. No listing shows it, but it may hold what is to be forgotten.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Makes a folder that is open to its owner alone.
#[cfg(unix)]
pub(super) fn make(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
pub(super) fn make(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
}

/// Removes what was left beside an object.
pub(super) async fn sweep_beside(object: &Path) -> Result<()> {
    for number in 1_u32.. {
        let mut name = object.as_os_str().to_owned();
        name.push(format!("#{number}"));
        match tokio::fs::remove_file(PathBuf::from(name)).await {
            Ok(()) => {}
            Err(error) if nothing_there(&error) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Removes a folder with all that is in it.
pub(super) async fn remove(folder: &Path) -> Result<()> {
    match tokio::fs::remove_dir_all(folder).await {
        Err(error) if !nothing_there(&error) => Err(error),
        _ => Ok(()),
    }
}

fn nothing_there(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
