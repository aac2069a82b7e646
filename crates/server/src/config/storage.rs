//! Where everything durable lives and what seals it.

use std::path::PathBuf;

use super::check::Checker;

/// Where keys come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// Given as text.
    Given(shopclerk_domain::secret::SecretText),
    /// A file; made at the first start if it is ours.
    File {
        /// Where it is.
        path: PathBuf,
        /// Whether it may be made when it is not there.
        make: bool,
    },
}

/// The data folder and its keys.
#[derive(Clone, Debug)]
pub struct StorageConfig {
    /// The data folder.
    pub folder: PathBuf,
    /// Where keys come from.
    pub keys: KeySource,
}

pub(super) fn read(check: &mut Checker<'_>) -> Option<StorageConfig> {
    let folder =
        PathBuf::from(check.required("SHOPCLERK_DATA_DIR", "name a folder this process may write to")?);
    let given = check
        .optional("SHOPCLERK_KEYS")
        .map(|text| KeySource::Given(shopclerk_domain::secret::Secret::new(text.to_owned())));
    let file =
        check.optional("SHOPCLERK_KEYS_FILE").map(|path| KeySource::File { path: path.into(), make: false });
    if given.is_some() && file.is_some() {
        check.fault("SHOPCLERK_KEYS_FILE", "is set beside SHOPCLERK_KEYS", "keep one of the two");
        return None;
    }
    let keys = given.or(file).unwrap_or_else(|| KeySource::File { path: folder.join("keys"), make: true });
    Some(StorageConfig { folder, keys })
}
