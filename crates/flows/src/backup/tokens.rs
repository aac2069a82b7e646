//! Token pairs beside the backups: one object per shop, written as its pair is rotated.

use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::MerchantId;

use super::BackupFault;
use crate::app::App;
use crate::error::JobError;

/// Where the pairs lie among the objects.
pub(super) const FOLDER: &str = "backups/tokens";

fn key(merchant: MerchantId, shop: &ShopDomain) -> String {
    format!("{FOLDER}/{merchant}/{shop}.sealed")
}

/// Whose pair an object holds; `None` for an object that is not of our making.
fn owner(key: &str) -> Option<(MerchantId, ShopDomain)> {
    let (merchant, shop) = key.strip_prefix(FOLDER)?.strip_prefix('/')?.split_once('/')?;
    let shop = ShopDomain::parse(shop.strip_suffix(".sealed")?).ok()?;
    Some((MerchantId::parse(merchant).ok()?, shop))
}

/// Writes a shop's newest pair beside the backups; a shop without one has nothing there.
pub(crate) async fn keep_pair(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<(), JobError> {
    let (room, key) = (app.objects().backups(), key(merchant, shop));
    match app.store().shop_tokens_for_backup(merchant, shop, app.now()).await? {
        Some(sealed) => room.put(&key, sealed.into()).await?,
        None => room.delete(&key).await?,
    }
    Ok(())
}

/// Removes what belongs to shops that are no more.
pub(super) async fn sweep(app: &App) -> Result<(), BackupFault> {
    let room = app.objects().backups();
    for found in room.list(FOLDER).await? {
        let Some((merchant, shop)) = owner(&found.key) else { continue };
        if app.store().shop_tokens(merchant, &shop).await?.is_none() {
            room.delete(&found.key).await?;
        }
    }
    Ok(())
}
