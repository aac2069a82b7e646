//! A shop's discounts, read whole each time: after a hint, every quarter of an hour, and before an old one is told of.

use std::time::Duration;

use serde_json::json;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::discount::{Discount, DiscountRow};
use shopclerk_domain::ids::MerchantId;
use shopclerk_storage::nouns::discounts::DiscountPage;

use super::read::currency;
use super::sync::mirror_job;
use crate::app::App;
use crate::connect::token;
use crate::error::{FlowError, JobError};
use crate::work::wait;

/// Without one of these a shop has no promotions for us, which is no failure.
const SCOPES: [&str; 2] = ["read_discounts", "write_discounts"];
/// Pages of twenty-five are followed this far; who has more is told the first ones.
const MOST_PAGES: usize = 40;
/// Discounts per unit, so that a pass never delays an acknowledgement.
const PER_UNIT: usize = 100;
/// How long a reply waits for old ones to be read again.
const BUDGET: Duration = Duration::from_secs(1);
/// Discounts that are looked through for a reply.
const LOOKED_THROUGH: usize = 200;

/// Reads all of a shop's discounts; what it no longer has is gone afterwards.
pub(crate) async fn read(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<(), JobError> {
    let Some(currency) = currency(app, merchant, shop).await? else {
        // What its amounts are in is read with the first pass over the catalogue, which asks for this again.
        return Ok(());
    };
    if !is_open(app, merchant, shop).await? {
        return Ok(());
    }
    let access = token::usable(app, merchant, shop).await?;
    let pass = app.store().begin_discounts(merchant, shop, app.now()).await?;
    let mut cursor: Option<String> = None;
    let (mut read, mut changed) = (0, 0);
    for _ in 0..MOST_PAGES {
        let read_at = app.now();
        let page = app.shopify().discounts_page(shop, &access, cursor.as_deref(), currency).await?;
        read += page.discounts.len();
        let mut discounts = page.discounts.into_iter().peekable();
        while discounts.peek().is_some() {
            let discounts: Vec<Discount> = discounts.by_ref().take(PER_UNIT).collect();
            let page = DiscountPage { pass, discounts, read_at };
            changed += app.store().store_discounts(merchant, shop, page).await?;
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    if cursor.is_some() {
        tracing::warn!(shop = %shop, "the shop has more discounts than are read");
    }
    let gone = app.store().finish_discounts(merchant, shop, pass).await?;
    changed += gone.len();
    if changed > 0 {
        app.store().enqueue(vec![mirror_job(app, merchant, shop)]).await?;
        app.bell.ring();
    }
    app.saw(
        "catalogue.discounts",
        format!("{read} discounts are in step with the shop"),
        json!({ "read": read, "changed": changed }),
    );
    Ok(())
}

/// Whether the shop lets us see its discounts.
async fn is_open(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<bool, JobError> {
    let row = token::row(app, merchant, shop).await?;
    Ok(row.is_some_and(|row| are_open(&row.shop.scopes)))
}

/// Whether who granted these scopes lets us see discounts.
pub(super) fn are_open(scopes: &[String]) -> bool {
    scopes.iter().any(|scope| SCOPES.contains(&scope.as_str()))
}

/// Rows that were read too long ago are read again, within a budget. Returns whether anything was read.
pub(crate) async fn freshen(app: &App, merchant: MerchantId, rows: &[DiscountRow]) -> bool {
    let (freshness, now) = (app.settings().freshness, app.now());
    if rows.iter().all(|row| freshness.discount_is_fresh(row, now)) {
        return false;
    }
    let Ok(shops) = app.store().list_shops(merchant).await else { return false };
    for shop in shops.into_iter().map(|row| row.shop.domain) {
        match wait::within(BUDGET, read(app, merchant, &shop)).await {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                tracing::debug!(merchant.id = %merchant, code = %error.code, "discounts could not be read again");
            }
            None => tracing::debug!(merchant.id = %merchant, "reading discounts again took too long"),
        }
    }
    true
}

/// The discounts that shoppers may be told of now.
pub(crate) async fn told(app: &App, merchant: MerchantId) -> Result<Vec<DiscountRow>, FlowError> {
    let mut rows = app.store().list_discounts(merchant, LOOKED_THROUGH).await?;
    rows.retain(|row| row.discount.told(&app.settings().told_codes, app.now()).is_some());
    if freshen(app, merchant, &rows).await {
        rows = app.store().list_discounts(merchant, LOOKED_THROUGH).await?;
    }
    let (settings, now) = (app.settings(), app.now());
    rows.retain(|row| {
        let told = row.discount.told(&settings.told_codes, now).is_some();
        told && settings.freshness.discount_is_fresh(row, now)
    });
    Ok(rows)
}
