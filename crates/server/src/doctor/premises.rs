//! What the doctor is told of the settings and the machine. A secret is said to be set, and never shown.

use std::path::{Path, PathBuf};

use shopclerk_flows::doctor::Premises;

use crate::config::Config;
use crate::config::storage::KeySource;

const SET: &str = "set";

/// The premises of a configuration.
pub fn of(config: &Config) -> Premises {
    let storage = &config.storage;
    let key_file = match &storage.keys {
        KeySource::Given(_) => None,
        KeySource::File { path, .. } => Some(path.clone()),
    };
    let secret_files: Vec<PathBuf> = [Path::new(".env"), Path::new("shopclerk.toml")]
        .into_iter()
        .filter(|file| file.exists())
        .map(Path::to_owned)
        .chain(key_file)
        .chain([storage.folder.join("shopclerk.db")])
        .collect();
    Premises {
        folder: storage.folder.clone(),
        secret_files,
        settings: settings(config),
        remarks: config.remarks.clone(),
        free_bytes: free_bytes(&storage.folder),
    }
}

fn settings(config: &Config) -> Vec<(&'static str, String)> {
    let (settings, meta, shopify) = (&config.settings, &config.meta, &config.shopify);
    let set = |is_set: bool| if is_set { SET } else { "not set" }.to_owned();
    vec![
        ("SHOPCLERK_PUBLIC_URL", settings.public_url.clone()),
        ("SHOPCLERK_BIND", config.bind.to_string()),
        ("SHOPCLERK_DATA_DIR", config.storage.folder.display().to_string()),
        ("FACEBOOK_APP_ID", meta.app_id.clone()),
        ("FACEBOOK_APP_SECRET", SET.to_owned()),
        ("FACEBOOK_APP_SECRET_PREVIOUS", set(meta.previous_secret.is_some())),
        ("FACEBOOK_VERIFY_TOKEN", SET.to_owned()),
        ("FACEBOOK_GRAPH_VERSION", meta.version.clone()),
        ("SHOPIFY_API_KEY", shopify.api_key.clone()),
        ("SHOPIFY_API_SECRET", SET.to_owned()),
        ("SHOPIFY_API_SECRET_PREVIOUS", set(shopify.previous_secret.is_some())),
        ("SHOPIFY_API_VERSION", shopify.api_version.clone()),
    ]
}

/// The same premises with the room that is left now.
pub fn renewed(premises: &Premises) -> Premises {
    Premises { free_bytes: free_bytes(&premises.folder), ..premises.clone() }
}

/// Room left for an ordinary user on the disk of the folder, or of its nearest parent that is there.
fn free_bytes(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|path| path.exists()).filter(|path| !path.as_os_str().is_empty());
    let disk = rustix::fs::statvfs(there.unwrap_or(Path::new("."))).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}
