//! Shop tokens that last: renewed before they end, by one job per shop, the new pair durable before it is used.

use std::time::Duration;

use shopclerk_domain::connection::{ConnectionState, ShopDomain};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::SecretText;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::connections::ShopTokens;
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::shopify::oauth::GrantedTokens;

use crate::app::App;
use crate::error::JobError;
use crate::jobs;

/// Renewed when less than this is left.
const RENEW_BEFORE: Duration = Duration::from_mins(10);
/// Not used for a call when less than this is left.
const USE_BEFORE: Duration = Duration::from_secs(30);

/// A token good for a call now. When it has just ended, asks for its renewal and for another try.
pub(crate) async fn usable(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
) -> Result<SecretText, JobError> {
    let Some(tokens) = app.store().shop_tokens(merchant, shop).await? else {
        return Err(JobError::give_up("shop.disconnected"));
    };
    if needs_reconnect(app, merchant, shop).await? {
        return Err(JobError::give_up("shop.needs_reconnect"));
    }
    let good = tokens.access_ends.is_none_or(|ends| ends.minus(USE_BEFORE) > app.now());
    if good {
        return Ok(tokens.access);
    }
    app.store().enqueue(vec![renewal(app, merchant, shop)]).await?;
    app.bell.ring();
    Err(JobError::retry("shop.token_ended"))
}

/// Puts up the renewal of every pair that ends soon; returns how many.
pub async fn renew_ending(app: &App) -> Result<usize, JobError> {
    let ending = app.store().list_ending_tokens(app.now().plus(RENEW_BEFORE), 1_000).await?;
    let jobs: Vec<NewJob> = ending.iter().map(|(merchant, shop)| renewal(app, *merchant, shop)).collect();
    let count = jobs.len();
    if count > 0 {
        app.store().enqueue(jobs).await?;
    }
    Ok(count)
}

fn renewal(app: &App, merchant: MerchantId, shop: &ShopDomain) -> NewJob {
    NewJob { merchant, kind: jobs::RENEW_TOKEN, key: shop.to_string(), run_at: app.now() }
}

/// The shop refused a token that should have been good. Where its pair can be renewed, it is taken to have ended and the
/// renewal put up; `false` = only the merchant can help.
pub(crate) async fn distrust(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<bool, StoreError> {
    let Some(tokens) = app.store().shop_tokens(merchant, shop).await? else { return Ok(false) };
    if tokens.refresh.is_none() {
        return Ok(false);
    }
    let ended = ShopTokens { access_ends: Some(app.now()), ..tokens };
    match app.store().renew_shop_tokens(merchant, shop, ended, vec![renewal(app, merchant, shop)]).await {
        // Another pair came in between: that one was not refused yet.
        Ok(()) | Err(StoreError::Conflict) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Whether work for the shop has stopped until its merchant connects it again.
async fn needs_reconnect(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<bool, StoreError> {
    let shops = app.store().list_shops(merchant).await?;
    let row = shops.iter().find(|row| row.shop.domain == *shop);
    Ok(row.is_some_and(|row| row.shop.state == ConnectionState::NeedsReconnect))
}

/// Renews the pair: one job per shop at a time does this, so a refresh token is never spent twice at once.
pub async fn renew(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<(), JobError> {
    let Some(tokens) = app.store().shop_tokens(merchant, shop).await? else { return Ok(()) };
    let fresh = tokens.access_ends.is_none_or(|ends| ends.minus(RENEW_BEFORE) > app.now());
    if fresh || needs_reconnect(app, merchant, shop).await? {
        return Ok(());
    }
    let Some(refresh) = &tokens.refresh else { return let_go(app, merchant, shop, &tokens).await };
    match app.shopify().refresh(shop, refresh).await {
        Ok(granted) => keep(app, merchant, shop, granted, tokens.generation).await,
        Err(UpstreamError::TokenRefused) => let_go(app, merchant, shop, &tokens).await,
        Err(error) => {
            let ended = tokens.access_ends.is_some_and(|ends| ends <= app.now());
            if !ended {
                app.store().set_shop_state(merchant, shop, ConnectionState::Expiring).await?;
            }
            Err(error.into())
        }
    }
}

/// The new pair is durable before anything uses it.
async fn keep(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    granted: GrantedTokens,
    generation: i64,
) -> Result<(), JobError> {
    let now = app.now();
    let renewed = ShopTokens {
        access_ends: granted.expires_in.map(|span| now.plus(span)),
        refresh_ends: granted.refresh_expires_in.map(|span| now.plus(span)),
        access: granted.access,
        refresh: granted.refresh,
        generation,
    };
    match app.store().renew_shop_tokens(merchant, shop, renewed, Vec::new()).await {
        Ok(()) => {}
        // A new grant came in between: its pair is the newer one.
        Err(StoreError::Conflict) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    app.store().set_shop_state(merchant, shop, ConnectionState::Ok).await?;
    app.saw("connect.token", format!("{shop} gave a new token pair"), serde_json::Value::Null);
    Ok(())
}

/// The pair cannot be renewed: only its merchant can help, unless they just did.
async fn let_go(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    tokens: &ShopTokens,
) -> Result<(), JobError> {
    let newest = app.store().shop_tokens(merchant, shop).await?;
    if newest.is_some_and(|newest| newest.generation != tokens.generation) {
        return Ok(());
    }
    app.store().set_shop_state(merchant, shop, ConnectionState::NeedsReconnect).await?;
    Err(JobError::give_up("shop.refresh_refused"))
}
