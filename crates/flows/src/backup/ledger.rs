//! The erasure ledger beside the backups: carried on as it grows, and done again after a restore.

use super::BackupFault;
use crate::app::App;
use crate::erase;
use crate::error::JobError;

/// Where it lies among the objects.
const FOLDER: &str = "backups/erasures";

/// Keeps what the ledger has grown by.
pub(crate) async fn keep(app: &App) -> Result<(), JobError> {
    while let Some(next) = app.store().erasures_to_keep(app.now()).await? {
        let key = format!("{FOLDER}/{}.sealed", next.id);
        app.objects().backups().put(&key, next.sealed.into()).await?;
        app.store().mark_erasures_kept(next.until).await?;
    }
    Ok(())
}

/// Forgets again what was to be forgotten since the backup. A file that does not open stops the start: nothing may be said to
/// anybody who asked to be forgotten.
pub(super) async fn follow(app: &App) -> Result<usize, BackupFault> {
    let room = app.objects().backups();
    let mut lines = Vec::new();
    for found in room.list(FOLDER).await? {
        let Some(sealed) = room.get(&found.key).await? else { continue };
        lines.extend(app.store().open_erasures(sealed.into()).await?);
    }
    lines.sort_by_key(|line| line.asked_at);
    let count = lines.len();
    erase::put_back(app, lines).await?;
    Ok(count)
}
