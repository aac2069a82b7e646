//! A product as it is stored. The bytes of this JSON are what its hash is taken over: field order is part of the form.

use serde::{Deserialize, Serialize};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{CollectionId, ProductId, VariantId};
use shopclerk_domain::money::Money;
use shopclerk_domain::product::{Product, ProductStatus, Stock, Variant};

use super::{Damaged, MoneyJson, optional_money};

/// The content of a product: everything but its number and `updated_at`, which are columns.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::sqlite) struct ProductJson {
    status: String,
    handle: String,
    title: String,
    vendor: String,
    product_type: String,
    tags: Vec<String>,
    description: String,
    url: Option<String>,
    image: Option<String>,
    options: Vec<String>,
    collections: Vec<String>,
    #[serde(default)]
    in_collections: Vec<u64>,
    facts: Vec<(String, String)>,
    gift_card: bool,
    subscription_only: bool,
    variants: Vec<VariantJson>,
}

#[derive(Debug, Serialize, Deserialize)]
struct VariantJson {
    id: u64,
    stock_item: u64,
    options: Vec<String>,
    sku: String,
    price: MoneyJson,
    compare_at: Option<MoneyJson>,
    for_sale: bool,
    counted: bool,
    quantity: i64,
    oversell: bool,
    image: Option<String>,
}

/// The stable word for a status in tables.
pub(in crate::sqlite) const fn status_word(status: ProductStatus) -> &'static str {
    match status {
        ProductStatus::Active => "active",
        ProductStatus::Draft => "draft",
        ProductStatus::Archived => "archived",
        ProductStatus::Unlisted => "unlisted",
        ProductStatus::Other => "other",
    }
}

fn status_from(word: &str) -> Result<ProductStatus, Damaged> {
    use ProductStatus::{Active, Archived, Draft, Other, Unlisted};
    [Active, Draft, Archived, Unlisted, Other].into_iter().find(|it| status_word(*it) == word).ok_or(Damaged)
}

impl From<Product> for ProductJson {
    fn from(product: Product) -> Self {
        Self {
            status: status_word(product.status).to_owned(),
            handle: product.handle,
            title: product.title,
            vendor: product.vendor,
            product_type: product.product_type,
            tags: product.tags,
            description: product.description,
            url: product.url,
            image: product.image,
            options: product.options,
            collections: product.collections,
            in_collections: product.in_collections.into_iter().map(CollectionId::number).collect(),
            facts: product.facts,
            gift_card: product.gift_card,
            subscription_only: product.subscription_only,
            variants: product.variants.into_iter().map(VariantJson::from).collect(),
        }
    }
}

impl ProductJson {
    /// The product with the two values that are columns.
    pub(in crate::sqlite) fn into_product(
        self,
        id: ProductId,
        updated_at: Timestamp,
    ) -> Result<Product, Damaged> {
        Ok(Product {
            id,
            handle: self.handle,
            title: self.title,
            vendor: self.vendor,
            product_type: self.product_type,
            tags: self.tags,
            description: self.description,
            status: status_from(&self.status)?,
            url: self.url,
            image: self.image,
            options: self.options,
            collections: self.collections,
            in_collections: self.in_collections.into_iter().map(CollectionId::new).collect(),
            facts: self.facts,
            gift_card: self.gift_card,
            subscription_only: self.subscription_only,
            updated_at,
            variants: self.variants.into_iter().map(Variant::try_from).collect::<Result<_, _>>()?,
        })
    }
}

impl From<Variant> for VariantJson {
    fn from(variant: Variant) -> Self {
        let Stock { for_sale, counted, quantity, oversell } = variant.stock;
        Self {
            id: variant.id.number(),
            stock_item: variant.stock_item,
            options: variant.options,
            sku: variant.sku,
            price: variant.price.into(),
            compare_at: variant.compare_at.map(MoneyJson::from),
            for_sale,
            counted,
            quantity,
            oversell,
            image: variant.image,
        }
    }
}

impl TryFrom<VariantJson> for Variant {
    type Error = Damaged;

    fn try_from(json: VariantJson) -> Result<Self, Damaged> {
        let VariantJson { for_sale, counted, quantity, oversell, .. } = json;
        Ok(Self {
            id: VariantId::new(json.id),
            stock_item: json.stock_item,
            options: json.options,
            sku: json.sku,
            price: Money::try_from(json.price)?,
            compare_at: optional_money(json.compare_at)?,
            stock: Stock { for_sale, counted, quantity, oversell },
            image: json.image,
        })
    }
}
