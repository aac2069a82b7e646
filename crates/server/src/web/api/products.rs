//! `GET /api/v1/products`: the catalogue as claims rest on it.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_domain::money::Money;
use shopclerk_domain::product::{ProductRow, ProductStatus, Variant};
use shopclerk_flows::app::App;
use shopclerk_flows::operator::Scope;
use shopclerk_flows::products;

use super::{Listed, instant};
use crate::web::extract::{Caller, Json, ListQuery};
use crate::web::problem::Problem;

/// A product of the merchant's.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProductJson {
    /// The shop's number; a text, because it may exceed what a float holds.
    id: String,
    /// Grows with every change of the row.
    version: u64,
    /// Name.
    title: String,
    /// Last part of its address.
    handle: String,
    /// `active`, `draft`, `archived`, `unlisted` or `other`.
    status: &'static str,
    /// Whether it is recommended to shoppers.
    offered: bool,
    /// Address in the online store.
    url: Option<String>,
    /// When its figures were last known to be the shop's; null when they must be read again first.
    #[schemars(extend("format" = "date-time"))]
    read_at: Option<String>,
    /// What can be bought.
    variants: Vec<VariantJson>,
}

/// One thing that can be bought.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct VariantJson {
    /// The shop's number.
    id: String,
    /// The chosen values; empty for the only variant.
    title: String,
    /// What it costs.
    price: MoneyJson,
    /// What it is said to have cost before, where that is more.
    reduced_from: Option<MoneyJson>,
    /// Whether it may be bought now.
    for_sale: bool,
    /// Pieces left, where the shop counts them and sells no more.
    stock: Option<u64>,
}

/// An amount.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MoneyJson {
    /// A plain decimal with the currency's own digits.
    amount: String,
    /// ISO 4217.
    currency: String,
}

pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    query: ListQuery,
) -> Result<Json<Listed<ProductJson>>, Problem> {
    let merchant = caller.with(Scope::Read)?.some_merchant(&app, &query).await?;
    Ok(Json(Listed::of(products::list(&app, merchant, &query.slice()).await?, product)))
}

fn product(row: ProductRow) -> ProductJson {
    let ProductRow { product, version, read_at } = row;
    ProductJson {
        id: product.id.to_string(),
        version,
        offered: product.is_offered(),
        status: status(product.status),
        read_at: (read_at.millis() > 0).then(|| instant(read_at)),
        variants: product.variants.iter().map(variant).collect(),
        title: product.title,
        handle: product.handle,
        url: product.url,
    }
}

fn variant(variant: &Variant) -> VariantJson {
    VariantJson {
        id: variant.id.to_string(),
        title: variant.title(),
        price: money(variant.price),
        reduced_from: variant.reduced_from().map(money),
        for_sale: variant.stock.for_sale,
        stock: variant.stock.figure(),
    }
}

fn money(money: Money) -> MoneyJson {
    MoneyJson { amount: money.decimal(), currency: money.currency.code().to_owned() }
}

const fn status(status: ProductStatus) -> &'static str {
    match status {
        ProductStatus::Active => "active",
        ProductStatus::Draft => "draft",
        ProductStatus::Archived => "archived",
        ProductStatus::Unlisted => "unlisted",
        ProductStatus::Other => "other",
    }
}
