//! Asking to be told: what must be switched on at Meta and at Shopify so that deliveries arrive, read back each time.

use serde_json::json;
use shopclerk_domain::connection::{ConnectionState, ShopDomain};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::meta::subscriptions::PAGE_FIELDS;
use shopclerk_upstream::shopify::subscriptions::Subscribed;

use super::{check, token};
use crate::app::App;
use crate::error::JobError;
use crate::standing::{self, Heard};

/// Switches the app and the Page on, and reads both back: an event arrives only if both levels carry its field.
pub async fn account(app: &App, merchant: MerchantId, account: AccountId) -> Result<(), JobError> {
    let Some(row) = app.store().find_account(merchant, account).await? else { return Ok(()) };
    if row.account.state == ConnectionState::Disconnected {
        return Ok(());
    }
    let Some(page_token) = app.store().account_token(merchant, account).await? else {
        return Err(JobError::give_up("account.no_token"));
    };
    ensure_app(app).await?;
    let page = &row.account.native_id;
    let (fields, lacked) = match switched_on(app, page, &page_token).await {
        Ok(switched) => switched,
        Err(error) => {
            if let Some(heard) = standing::of_subscribing(&error) {
                let why = vec![check::soon(app, merchant, account)];
                check::learn(app, merchant, &row, heard, why).await?;
            }
            return Err(error.into());
        }
    };
    check::learn(app, merchant, &row, Heard::Delivers, Vec::new()).await?;
    let missing = PAGE_FIELDS.iter().filter(|field| !fields.iter().any(|has| has == *field)).count();
    app.store().set_account_fields(merchant, account, fields.clone()).await?;
    if !row.fields.is_empty() && !lacked.is_empty() {
        let (count, data) = (lacked.len(), json!({ "at": "page", "fields": lacked }));
        tracing::warn!(merchant.id = %merchant, account = %account, fields = count, "a Page had stopped telling us of events");
        app.saw("connect.repaired", format!("the Page had {count} fields turned off"), data);
    }
    app.saw(
        "connect.subscribed",
        format!("the Page tells us of {} kinds of events", fields.len()),
        json!({ "fields": fields }),
    );
    if missing > 0 { Err(JobError::retry("account.fields_missing")) } else { Ok(()) }
}

/// Turns on what is off; answers with the fields that are on in the end, and those that were not before.
async fn switched_on(
    app: &App,
    page: &str,
    token: &SecretText,
) -> Result<(Vec<String>, Vec<&'static str>), UpstreamError> {
    let before = app.meta().page_fields(page, token).await?;
    let lacked: Vec<&str> =
        PAGE_FIELDS.iter().copied().filter(|field| !before.iter().any(|has| has == field)).collect();
    if lacked.is_empty() {
        return Ok((before, lacked));
    }
    app.meta().subscribe_page(page, token).await?;
    Ok((app.meta().page_fields(page, token).await?, lacked))
}

async fn ensure_app(app: &App) -> Result<(), JobError> {
    let wanted = &app.settings().facebook_webhook;
    let current = app.meta().app_subscription().await?;
    let covers = |fields: &[String]| PAGE_FIELDS.iter().all(|field| fields.iter().any(|has| has == field));
    if current.as_ref().is_some_and(|now| now.active && now.callback == *wanted && covers(&now.fields)) {
        return Ok(());
    }
    app.meta().subscribe_app(wanted).await?;
    // Whether an app may hear of permissions is Meta's to decide; without it the daily check finds out.
    if let Err(error) = app.meta().subscribe_permissions(wanted).await {
        tracing::warn!(%error, "Meta does not tell us of permissions");
    }
    if let Some(former) = current {
        let (foreign, active) = (former.callback != *wanted, former.active);
        tracing::warn!(
            foreign,
            active,
            fields = former.fields.len(),
            "the app's subscription was not ours any more"
        );
        app.saw(
            "connect.repaired",
            "the app's subscription was not as we left it".to_owned(),
            json!({ "at": "app", "foreign": foreign, "active": active, "fields": former.fields }),
        );
    }
    match app.meta().app_subscription().await? {
        Some(now) if now.active && now.callback == *wanted => Ok(()),
        _ => Err(JobError::retry("meta.app_subscription_missing")),
    }
}

/// Switches the shop's webhooks on and reads them back.
pub async fn shop(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<(), JobError> {
    let access = token::usable(app, merchant, shop).await?;
    let wanted = &app.settings().shopify_webhook;
    let Subscribed { topics, made } = app.shopify().ensure_subscriptions(shop, &access, wanted).await?;
    if !made.is_empty() && made.len() < topics.len() {
        tracing::warn!(merchant.id = %merchant, %shop, topics = ?made, "a shop had stopped telling us of changes");
        let data = json!({ "at": "shop", "topics": made });
        app.saw("connect.repaired", format!("the shop had {} topics turned off", made.len()), data);
    }
    app.saw(
        "connect.subscribed",
        format!("the shop tells us of {} kinds of changes", topics.len()),
        json!({ "topics": topics }),
    );
    Ok(())
}
