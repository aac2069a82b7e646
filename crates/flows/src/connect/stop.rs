//! The end of a connection: asked for by a platform, believed only as far as it can be confirmed, and then at once.

use serde_json::json;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ConnectionState, ShopDomain};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_upstream::UpstreamError;

use super::token;
use crate::app::App;
use crate::error::JobError;

/// Queued parts withdrawn in one unit.
const SLICE: usize = 200;

/// A shop is said to have removed us. The word comes in headers that nobody signed, and may be older than the latest grant:
/// only a shop that no longer lets us in has.
pub(crate) async fn uninstalled(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<(), JobError> {
    let asked_at = app.now();
    if is_gone(app, merchant, shop).await? {
        self::shop(app, merchant, shop, asked_at).await?;
    } else {
        app.saw("connect.still_installed", format!("{shop} lets us in: nothing has stopped"), json!({}));
    }
    Ok(())
}

/// Whether the shop no longer lets us in. A token that is refused may only have been replaced: then its renewal decides.
pub(crate) async fn is_gone(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<bool, JobError> {
    let Some(tokens) = app.store().shop_tokens(merchant, shop).await? else { return Ok(true) };
    let ended = tokens.access_ends.is_some_and(|ends| ends <= app.now());
    if !ended {
        match app.shopify().shop_facts(shop, &tokens.access).await {
            Ok(_) => return Ok(false),
            Err(UpstreamError::TokenRefused) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let shops = app.store().list_shops(merchant).await?;
    let row = shops.iter().find(|row| row.shop.domain == *shop);
    let given_up = row.is_none_or(|row| row.shop.state == ConnectionState::NeedsReconnect);
    if given_up || !token::distrust(app, merchant, shop).await? {
        return Ok(true);
    }
    app.bell.ring();
    Err(JobError::retry("shop.end_unconfirmed"))
}

/// Stops a shop that was granted up to `granted_by`; `false` = it was granted anew since.
pub(crate) async fn shop(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    granted_by: Timestamp,
) -> Result<bool, JobError> {
    let stopped = app.store().stop_shop(merchant, shop, granted_by).await?;
    if stopped {
        withdraw(app, merchant).await?;
        tracing::info!(merchant.id = %merchant, %shop, "a shop has stopped");
        app.saw("connect.stopped", format!("{shop} has stopped"), json!({ "shop": shop.as_str() }));
    }
    Ok(stopped)
}

/// Stops an account that was granted up to `granted_by`; `false` = it was granted anew since.
pub(crate) async fn account(
    app: &App,
    merchant: MerchantId,
    account: AccountId,
    granted_by: Timestamp,
) -> Result<bool, JobError> {
    let stopped = app.store().stop_account(merchant, account, granted_by).await?;
    if stopped {
        withdraw(app, merchant).await?;
        app.saw("connect.stopped", "an account has stopped".to_owned(), json!({}));
    }
    Ok(stopped)
}

/// Nothing that waits is sent for what has stopped.
pub(crate) async fn withdraw(app: &App, merchant: MerchantId) -> Result<(), shopclerk_storage::StoreError> {
    while app.store().withdraw_stopped(merchant, SLICE, app.now()).await? {}
    Ok(())
}
