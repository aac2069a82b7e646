//! Shop tokens that last: renewed before they end, by one job per shop, the new one durable before it is used and the old one
//! kept until the new one has worked.

use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ConnectionState, ShopDomain, TokenSource};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::SecretText;
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::connections::{ShopRow, ShopTokens};
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::shopify::oauth::GrantedTokens;

use super::facts;
use crate::app::App;
use crate::error::JobError;
use crate::jobs;
use crate::standing::{self, Heard};

/// Renewed when less than this is left.
const RENEW_BEFORE: Duration = Duration::from_mins(10);
/// Not used for a call when less than this is left.
const USE_BEFORE: Duration = Duration::from_secs(30);
/// No renewal is begun when less than this is left of the job's lease: while it is under way nobody else must begin one.
const LEASE_MARGIN: Duration = Duration::from_secs(25);
/// Renewals put up at a time.
const TOGETHER: usize = 500;

/// A token good for a call now. When it has just ended, asks for its renewal and for another try.
pub(crate) async fn usable(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
) -> Result<SecretText, JobError> {
    usable_pair(app, merchant, shop).await.map(|(_, tokens)| tokens.access)
}

/// The same with all that is known of it and of its shop.
pub(crate) async fn usable_pair(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
) -> Result<(ShopRow, ShopTokens), JobError> {
    let ended = || JobError::give_up("shop.disconnected");
    let row = row(app, merchant, shop).await?.ok_or_else(ended)?;
    match row.shop.state {
        ConnectionState::Disconnected => return Err(ended()),
        ConnectionState::NeedsReconnect => return Err(JobError::give_up("shop.needs_reconnect")),
        ConnectionState::Ok
        | ConnectionState::Expiring
        | ConnectionState::Limited
        | ConnectionState::Blocked => {}
    }
    let tokens = app.store().shop_tokens(merchant, shop).await?.ok_or_else(ended)?;
    if !ends_before(&tokens, app.now().plus(USE_BEFORE)) {
        return Ok((row, tokens));
    }
    app.store().enqueue(vec![renewal(app, merchant, shop)]).await?;
    app.bell.ring();
    Err(JobError::retry("shop.token_ended"))
}

/// Puts up the renewal of every token that ends soon; returns how many.
pub async fn renew_ending(app: &App) -> Result<usize, JobError> {
    let mut count = 0;
    loop {
        let before = app.now().plus(RENEW_BEFORE);
        let ending = app.store().list_ending_tokens(before, jobs::RENEW_TOKEN, TOGETHER).await?;
        if ending.is_empty() {
            break;
        }
        count += ending.len();
        // Those that are put up are not listed again.
        app.store()
            .enqueue(ending.iter().map(|(merchant, shop)| renewal(app, *merchant, shop)).collect())
            .await?;
    }
    if count > 0 {
        app.bell.ring();
    }
    Ok(count)
}

fn renewal(app: &App, merchant: MerchantId, shop: &ShopDomain) -> NewJob {
    NewJob { merchant, kind: jobs::RENEW_TOKEN, key: shop.to_string(), run_at: app.now() }
}

/// The shop refused a token that should have been good. Where it can be renewed, it is taken to have ended and the renewal put
/// up; `false` = only the merchant can help.
pub(crate) async fn distrust(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<bool, StoreError> {
    let Some(tokens) = app.store().shop_tokens(merchant, shop).await? else { return Ok(false) };
    if !renews(&tokens) {
        return Ok(false);
    }
    let renewal = vec![renewal(app, merchant, shop)];
    let ended = app.store().end_shop_tokens(merchant, shop, tokens.generation, renewal, app.now()).await;
    // Another pair may have come in between: that one was not refused yet.
    standing::recorded(ended).map(|_| true)
}

/// Whether there is a way to a new token without the merchant.
fn renews(tokens: &ShopTokens) -> bool {
    match tokens.source {
        TokenSource::Grant => tokens.refresh.is_some(),
        TokenSource::Credentials => true,
        TokenSource::Pasted => false,
    }
}

fn ends_before(tokens: &ShopTokens, moment: Timestamp) -> bool {
    tokens.access_ends.is_some_and(|ends| ends <= moment)
}

/// The shop as it is kept.
pub(crate) async fn row(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
) -> Result<Option<ShopRow>, StoreError> {
    let shops = app.store().list_shops(merchant).await?;
    Ok(shops.into_iter().find(|row| row.shop.domain == *shop))
}

/// Records what was learned of a shop with the pair of this generation, and tells of it where it is news.
pub(crate) async fn learn(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    heard: Heard,
    generation: i64,
) -> Result<(), StoreError> {
    let Some(row) = row(app, merchant, shop).await? else { return Ok(()) };
    learn_of(app, merchant, &row, heard, generation).await
}

/// The same of a shop that was read from the store before. What has become of it since stands.
pub(super) async fn learn_of(
    app: &App,
    merchant: MerchantId,
    row: &ShopRow,
    heard: Heard,
    generation: i64,
) -> Result<(), StoreError> {
    let shop = &row.shop.domain;
    let Some(change) = standing::after(row.shop.state, row.cause, heard) else { return Ok(()) };
    if standing::recorded(app.store().move_shop(merchant, shop, change, generation).await)? {
        standing::tell(app, merchant, shop.as_str(), change);
    }
    Ok(())
}

/// Renews what ends soon, and proves that the new token works. One job per shop does this, and not when its lease is nearly
/// over: so a refresh token is never spent twice at once.
pub async fn renew(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    held_until: Timestamp,
) -> Result<(), JobError> {
    let Some(tokens) = at_work(app, merchant, shop).await? else { return Ok(()) };
    if ends_before(&tokens, app.now().plus(RENEW_BEFORE)) {
        if held_until.since(app.now()) < LEASE_MARGIN {
            return Err(JobError::retry("shop.renewal_late"));
        }
        exchange(app, merchant, shop, &tokens).await?;
    }
    prove(app, merchant, shop).await
}

/// The pair in use; `None` when work for the shop has stopped until its merchant connects it again.
async fn at_work(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
) -> Result<Option<ShopTokens>, StoreError> {
    let stopped = row(app, merchant, shop).await?.is_none_or(|row| {
        matches!(row.shop.state, ConnectionState::NeedsReconnect | ConnectionState::Disconnected)
    });
    if stopped { Ok(None) } else { app.store().shop_tokens(merchant, shop).await }
}

/// Trades what renews the pair for the next one, which is durable when this returns.
async fn exchange(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    tokens: &ShopTokens,
) -> Result<(), JobError> {
    let (granted, refused) = match (tokens.source, &tokens.refresh) {
        (TokenSource::Credentials, _) => {
            (app.shopify().client_credentials(shop).await, Cause::CredentialsRefused)
        }
        (TokenSource::Grant, Some(refresh)) => {
            (app.shopify().refresh(shop, refresh).await, Cause::RefreshRefused)
        }
        (TokenSource::Grant | TokenSource::Pasted, _) => {
            (Err(UpstreamError::TokenRefused), Cause::TokenEnded)
        }
    };
    let error = match granted {
        Ok(granted) => return keep(app, merchant, shop, granted, tokens, tokens.generation).await,
        Err(UpstreamError::TokenRefused) => {
            // An answer that overtook ours may have ended this very pair: what brought it still brings another.
            if repair(app, merchant, shop, tokens).await? {
                return Ok(());
            }
            UpstreamError::TokenRefused
        }
        Err(error) => error,
    };
    let heard = standing::of_renewal(&error, refused);
    learn(app, merchant, shop, heard, tokens.generation).await?;
    if heard == Heard::Trouble(refused) {
        return Err(JobError::give_up(refused.word()));
    }
    match error {
        // The operator may mend it any time: tried on at the pace of a failing job.
        UpstreamError::Refused { code } => Err(JobError::retry(format!("upstream.refused.{code}"))),
        other => Err(other.into()),
    }
}

/// Tries the pair before one that has never worked. Shopify keeps a refresh token good until what it brought is used.
async fn repair(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    tokens: &ShopTokens,
) -> Result<bool, JobError> {
    if tokens.worked {
        return Ok(false);
    }
    let Some(former) = app.store().former_shop_tokens(merchant, shop).await? else { return Ok(false) };
    let Some(refresh) = &former.refresh else { return Ok(false) };
    match app.shopify().refresh(shop, refresh).await {
        Ok(granted) => {
            keep(app, merchant, shop, granted, tokens, former.generation).await?;
            Ok(true)
        }
        Err(UpstreamError::TokenRefused) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The new pair takes the place of `tokens`; that of generation `spent`, which brought it, stays beside it.
async fn keep(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    granted: GrantedTokens,
    tokens: &ShopTokens,
    spent: i64,
) -> Result<(), JobError> {
    let renewed = ShopTokens { generation: tokens.generation, ..of_grant(granted, tokens.source, app.now()) };
    let key = shop.to_string();
    let beside = NewJob { merchant, kind: jobs::KEEP_TOKENS, key, run_at: app.now() };
    // A conflict means that a new grant came in between: its pair is the newer one.
    let kept = app.store().renew_shop_tokens(merchant, shop, renewed, spent, vec![beside]).await;
    if standing::recorded(kept)? {
        app.saw("connect.token", format!("{shop} gave a new token"), serde_json::Value::Null);
    }
    Ok(())
}

/// What a shop gave, as it is kept.
pub(super) fn of_grant(granted: GrantedTokens, source: TokenSource, now: Timestamp) -> ShopTokens {
    ShopTokens {
        access_ends: granted.expires_in.map(|span| now.plus(span)),
        refresh_ends: granted.refresh_expires_in.map(|span| now.plus(span)),
        access: granted.access,
        refresh: granted.refresh,
        generation: 0,
        source,
        worked: false,
    }
}

/// Makes the first call with a new token, unless another call was first: after it the old one is of no more use.
pub(super) async fn prove(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<(), JobError> {
    let Some(tokens) = app.store().shop_tokens(merchant, shop).await?.filter(|tokens| !tokens.worked) else {
        return Ok(());
    };
    let Some(row) = row(app, merchant, shop).await? else { return Ok(()) };
    match facts::read(app, merchant, &row, &tokens, Heard::Renewed).await {
        Ok(_) => {
            let confirmed = app.store().confirm_shop_tokens(merchant, shop, tokens.generation).await;
            standing::recorded(confirmed)?;
            Ok(())
        }
        Err(UpstreamError::TokenRefused) if distrust(app, merchant, shop).await? => {
            Err(JobError::retry("shop.new_token_refused"))
        }
        Err(error) => {
            if let Some(heard) = standing::of_shop(&error) {
                learn(app, merchant, shop, heard, tokens.generation).await?;
            }
            Err(error.into())
        }
    }
}
