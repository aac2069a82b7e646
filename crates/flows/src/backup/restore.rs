//! Putting a backup back, where no store is and so nothing runs: fetched, opened, settled by the store, named at the end.

use std::path::PathBuf;
use std::sync::Arc;

use shopclerk_domain::clock::Clock;
use shopclerk_domain::entropy::Entropy;
use shopclerk_domain::fault::FaultPoints;
use shopclerk_storage::{KeyRing, RestoreOptions, Restored, restore_sqlite};
use shopclerk_upstream::objects::Objects;

use super::{BackupFault, discard, fetch, list, pick};
use crate::progress::Progress;

/// Where a backup is put back, and with what.
#[derive(Debug)]
pub struct Place {
    /// The data folder.
    pub folder: PathBuf,
    /// A folder of ours alone, for the backup on its way.
    pub scratch: PathBuf,
    /// The key ring.
    pub keys: KeyRing,
    /// Where the backups lie.
    pub objects: Objects,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// What happens at fault points.
    pub faults: Arc<dyn FaultPoints>,
}

/// Puts a backup (the newest for `None`) back; the next start takes what lies beside the backups.
pub async fn restore(
    place: Place,
    name: Option<&str>,
    progress: &dyn Progress,
) -> Result<(String, Restored), BackupFault> {
    let listed = pick(list(&place.objects).await?, name)?;
    progress.at(&format!("fetching {}", listed.name), 0, Some(listed.bytes));
    let file = fetch(&place.objects, &listed.name, &place.scratch).await?;
    progress.at("opening and settling it", 0, None);
    let options = RestoreOptions {
        folder: place.folder,
        keys: place.keys,
        snapshot: file.clone(),
        now: place.clock.now(),
        entropy: place.entropy,
        faults: place.faults,
    };
    let restoring = tokio::task::spawn_blocking(move || restore_sqlite(&options));
    let restored = restoring.await.unwrap_or_else(|broken| std::panic::resume_unwind(broken.into_panic()));
    discard(&file);
    Ok((listed.name, restored?))
}
