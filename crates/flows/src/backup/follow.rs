//! After a restore: what was kept beside the backups is newer than the store that was put back, and follows before anything is
//! sent or leased. A start that is cut off here begins here again.

use shopclerk_storage::nouns::jobs::NewJob;

use super::{BackupFault, ledger, tokens};
use crate::app::App;
use crate::error::JobError;
use crate::{jobs, poll};

/// Takes back what lies beside the backups, if this store was just put back from one.
pub async fn follow(app: &App) -> Result<(), BackupFault> {
    if app.store().restored_at().await?.is_none() {
        return Ok(());
    }
    let room = app.objects().backups();
    let mut newer = 0;
    for found in room.list(tokens::FOLDER).await? {
        let Some(sealed) = room.get(&found.key).await? else { continue };
        match app.store().put_back_tokens(sealed.into()).await {
            Ok(taken) => newer += usize::from(taken),
            // Its shop will say that it must be connected again; the others need not wait for that.
            Err(error) => {
                tracing::warn!(object = %found.key, %error, "a token pair beside the backups does not open");
            }
        }
    }
    let forgotten = ledger::follow(app).await?;
    look_again(app).await?;
    tracing::info!(newer, forgotten, "what was kept beside the backups is back");
    Ok(app.store().finish_restore().await?)
}

/// Everything is read and subscribed again, and the mirror is written again: both are ahead of the store.
async fn look_again(app: &App) -> Result<(), JobError> {
    poll::everything(app).await?;
    let mut after = None;
    while let Some(merchant) = app.store().list_merchants(after, 1).await?.first().copied() {
        after = Some(merchant);
        let job = |kind, key| NewJob { merchant, kind, key, run_at: app.now() };
        let mut mirrored = Vec::new();
        for row in app.store().list_shops(merchant).await? {
            let key = row.shop.domain.to_string();
            mirrored.extend([jobs::MIRROR_SHOP, jobs::MIRROR_PRODUCTS].map(|kind| job(kind, key.clone())));
        }
        for row in app.store().list_accounts(merchant).await? {
            mirrored.push(job(jobs::MIRROR_ACCOUNT, row.account.id.to_string()));
        }
        app.store().enqueue(mirrored).await?;
    }
    Ok(())
}
