//! The folder an index lives in: opened if it is whole and ours, emptied if not, swapped for one built beside it.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tantivy::schema::Schema;
use tantivy::{Index as Engine, TantivyError};

use crate::schema::VERSION;

/// Opens the engine in `folder` with the position it has followed to; an unusable folder is emptied and starts at 0.
pub(crate) fn open(folder: &Path, schema: &Schema) -> Result<(Engine, u64), TantivyError> {
    for leftover in [beside(folder, "building"), beside(folder, "old")] {
        remove(&leftover)?;
    }
    if let Some(opened) = usable(folder, schema) {
        return Ok(opened);
    }
    remove(folder)?;
    Ok((create(folder, schema)?, 0))
}

/// A new, empty engine in `folder`.
pub(crate) fn create(folder: &Path, schema: &Schema) -> Result<Engine, TantivyError> {
    fs::create_dir_all(folder)?;
    Engine::create_in_dir(folder, schema.clone())
}

/// The engine if its files are whole, its schema is ours and its last commit carries our mark.
fn usable(folder: &Path, schema: &Schema) -> Option<(Engine, u64)> {
    let engine = Engine::open_in_dir(folder).ok()?;
    let position = position(engine.load_metas().ok()?.payload.as_deref()?)?;
    let whole = engine.schema() == *schema && engine.validate_checksum().ok()?.is_empty();
    whole.then_some((engine, position))
}

/// What a commit carries: our version and the position.
pub(crate) fn mark(position: u64) -> String {
    format!("shopclerk {VERSION} {position}")
}

fn position(mark: &str) -> Option<u64> {
    let (version, position) = mark.strip_prefix("shopclerk ")?.split_once(' ')?;
    (version.parse() == Ok(VERSION)).then(|| position.parse().ok())?
}

/// A name beside `folder`, in the same file system.
pub(crate) fn beside(folder: &Path, what: &str) -> PathBuf {
    let mut name = folder.file_name().map_or_else(|| OsString::from("index"), OsString::from);
    name.push(".");
    name.push(what);
    folder.with_file_name(name)
}

/// Puts the index built in `built` in the place of `folder`.
pub(crate) fn swap(built: &Path, folder: &Path) -> io::Result<()> {
    let old = beside(folder, "old");
    remove(&old)?;
    match fs::rename(folder, &old) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::rename(built, folder)?;
    remove(&old)
}

/// Removes a folder or file if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
