//! The `.env` file of the working folder: read as data, never executed, never put into the process environment.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

/// The file's names and values; none if there is no such file.
pub(super) fn read(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let lines =
        dotenvy::from_path_iter(path).with_context(|| format!("{} cannot be read", path.display()))?;
    lines
        .map(|line| line.map_err(|_| anyhow::anyhow!("{} has a line that is not NAME=value", path.display())))
        .collect()
}
