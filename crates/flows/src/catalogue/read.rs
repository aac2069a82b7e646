//! Reading single products again: after a hint, and before old figures are quoted.

use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use serde_json::json;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{MerchantId, ProductId};
use shopclerk_domain::product::ProductRow;

use super::sync::mirror_job;
use crate::app::App;
use crate::connect::token;
use crate::error::JobError;
use crate::work::wait;

/// Products read again for one reply.
const AT_MOST: usize = 50;
/// How long a reply waits for that.
const BUDGET: Duration = Duration::from_secs(1);
/// How many are read side by side.
const ABREAST: usize = 5;

/// Reads one product again; what the shop no longer has is gone.
pub(crate) async fn product(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    id: ProductId,
) -> Result<(), JobError> {
    let Some(currency) = currency(app, merchant, shop).await? else {
        // The first pass has not been here yet and will read this product too.
        return Ok(());
    };
    let access = token::usable(app, merchant, shop).await?;
    let read_at = app.now();
    let found = app.shopify().product(shop, &access, id, currency).await?;
    let mirror = vec![mirror_job(app, merchant, shop)];
    let changed = match found {
        Some(product) => {
            !app.store().store_products(merchant, shop, vec![product], read_at, mirror).await?.is_empty()
        }
        None => app.store().mark_gone(merchant, shop, id, mirror).await?,
    };
    if changed {
        app.indexes.mark(merchant);
        app.bell.ring();
        app.saw(
            "catalogue.changed",
            "a product changed and was read again".to_owned(),
            json!({ "product": id.number() }),
        );
    }
    Ok(())
}

/// Reads the product of a stock item again.
pub(crate) async fn stock_item(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    item: u64,
) -> Result<(), JobError> {
    match app.store().find_stock_item(merchant, item).await? {
        Some(id) => product(app, merchant, shop, id).await,
        None => Ok(()),
    }
}

/// The shop's currency, once it was read.
pub(super) async fn currency(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
) -> Result<Option<shopclerk_domain::money::Currency>, JobError> {
    let shops = app.store().list_shops(merchant).await?;
    let row = shops.into_iter().find(|row| row.shop.domain == *shop);
    Ok(row.and_then(|row| row.shop.facts).map(|facts| facts.currency))
}

/// Rows whose stock figure has grown too old are read again, within a budget; what cannot be read stays old and is
/// quoted without figures. Returns whether anything was read.
pub(crate) async fn freshen(app: &App, merchant: MerchantId, rows: &[ProductRow]) -> bool {
    let now = app.now();
    let limit = app.settings().freshness.stock;
    let old: Vec<ProductId> = rows
        .iter()
        .filter(|row| now.since(row.read_at) > limit)
        .map(|row| row.product.id)
        .take(AT_MOST)
        .collect();
    if old.is_empty() {
        return false;
    }
    let Ok(shops) = app.store().list_shops(merchant).await else { return false };
    let Some(shop) = shops.into_iter().next().map(|row| row.shop.domain) else { return false };
    if wait::within(BUDGET, read_all(app, merchant, &shop, &old)).await.is_none() {
        tracing::debug!(merchant.id = %merchant, "reading products again took too long");
    }
    true
}

async fn read_all(app: &App, merchant: MerchantId, shop: &ShopDomain, ids: &[ProductId]) {
    for some in ids.chunks(ABREAST) {
        let mut reads: Vec<BoxFuture<'_, ()>> = Vec::with_capacity(some.len());
        for id in some {
            reads.push(Box::pin(try_product(app, merchant, shop, *id)));
        }
        join_all(reads).await;
    }
}

async fn try_product(app: &App, merchant: MerchantId, shop: &ShopDomain, id: ProductId) {
    if let Err(error) = product(app, merchant, shop, id).await {
        tracing::debug!(merchant.id = %merchant, code = %error.code, "a product could not be read again");
    }
}
