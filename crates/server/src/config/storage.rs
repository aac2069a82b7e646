//! Where everything durable lives and what seals it.

use std::path::{Path, PathBuf};

use shopclerk_domain::secret::{Secret, SecretText};
use shopclerk_flows::wiring::{BucketSettings, KeyRing};

use super::check::Checker;
use super::private;

/// Where keys come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// Given as text.
    Given(SecretText),
    /// A file; made at the first start if it is ours.
    File {
        /// Where it is.
        path: PathBuf,
        /// Whether it may be made when it is not there.
        make: bool,
    },
}

/// The data folder and its keys, and where objects are kept.
#[derive(Clone, Debug)]
pub struct StorageConfig {
    /// The data folder.
    pub folder: PathBuf,
    /// Where keys come from.
    pub keys: KeySource,
    /// The bucket of mirror and backups; `None` = the data folder.
    pub bucket: Option<BucketSettings>,
}

impl StorageConfig {
    /// The key file, where it is ours.
    pub(super) fn own_key_file(&self) -> Option<PathBuf> {
        match &self.keys {
            KeySource::File { path, make: true } => Some(path.clone()),
            KeySource::File { make: false, .. } | KeySource::Given(_) => None,
        }
    }
}

pub(super) fn read(check: &mut Checker<'_>) -> Option<StorageConfig> {
    let folder =
        PathBuf::from(check.required("SHOPCLERK_DATA_DIR", "name a folder this process may write to")?);
    database(check, &folder);
    let (given, file) = (check.optional(KEYS), check.optional(KEYS_FILE));
    let keys = match (given, file) {
        (Some(_), Some(_)) => {
            check.fault(KEYS_FILE, "is set beside SHOPCLERK_KEYS", "keep one of the two");
            return None;
        }
        (Some(text), None) => {
            check_ring(check, KEYS, text)?;
            KeySource::Given(Secret::new(text.to_owned()))
        }
        (None, Some(path)) => {
            check_file(check, path)?;
            KeySource::File { path: path.into(), make: false }
        }
        (None, None) => KeySource::File { path: folder.join("keys"), make: true },
    };
    Some(StorageConfig { folder, keys, bucket: None })
}

/// SQLite in the data folder is the one store there is; what was written for another is not silently ignored.
fn database(check: &mut Checker<'_>, folder: &Path) {
    const NAME: &str = "DATABASE_URL";
    let Some(given) = check.optional(NAME) else { return };
    let file = given.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
    let scheme = given.split(':').next().unwrap_or_default();
    match file {
        Some("") => {}
        Some(file) if Path::new(file) == folder.join("shopclerk.db") => {}
        Some(_) => check.fault(
            NAME,
            "names another file than shopclerk.db in the data folder",
            "write sqlite: and set SHOPCLERK_DATA_DIR to the folder that holds it",
        ),
        None if matches!(scheme, "postgres" | "postgresql") => check.fault(
            NAME,
            "names Postgres, which is not in this build yet",
            "leave it out: the database is then SQLite in the data folder",
        ),
        None => check.fault(NAME, "is no database address", "write sqlite: or leave it out"),
    }
}

const KEYS: &str = "SHOPCLERK_KEYS";
const KEYS_FILE: &str = "SHOPCLERK_KEYS_FILE";

/// A ring that cannot be used stops the start before anything is listened on. What is said of it holds no key.
fn check_ring(check: &mut Checker<'_>, option: &str, text: &str) -> Option<()> {
    match KeyRing::parse(text.trim()) {
        Ok(_) => Some(()),
        Err(error) => {
            check.fault(
                option,
                error.to_string(),
                "give the ring this store was made with, newest key first",
            );
            None
        }
    }
}

fn check_file(check: &mut Checker<'_>, path: &str) -> Option<()> {
    private::check(check, KEYS_FILE, Path::new(path));
    match std::fs::read_to_string(path) {
        Ok(text) => check_ring(check, KEYS_FILE, &text),
        Err(error) => {
            check.fault(
                KEYS_FILE,
                format!("`{path}` cannot be read ({error})"),
                "name the file that holds the key ring",
            );
            None
        }
    }
}
