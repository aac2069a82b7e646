//! What a fake shop holds: the merchant's data as Shopify keeps it, before any query shapes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A shop with its catalogue, as it is saved between two starts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Store {
    /// Who the shop is.
    pub shop: ShopInfo,
    /// Products by their numeric id.
    pub products: BTreeMap<u64, Product>,
    /// Collections by handle; membership stands in [`Product::collections`].
    pub collections: BTreeMap<String, Collection>,
    /// Discounts by their numeric id.
    #[serde(default)]
    pub discounts: BTreeMap<u64, Discount>,
}

/// The shop itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ShopInfo {
    /// Numeric id.
    pub id: u64,
    /// Name shoppers see.
    pub name: String,
    /// Permanent address, `….myshopify.com`.
    pub domain: String,
    /// ISO 4217 code all prices are in.
    pub currency: String,
    /// IANA time zone.
    pub timezone: String,
    /// What the shop says of itself.
    pub description: String,
    /// Where shoppers write to by mail.
    pub email: String,
}

/// A group of products.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Collection {
    /// Numeric id.
    pub id: u64,
    /// Last part of its address.
    pub handle: String,
    /// Name shoppers see.
    pub title: String,
    /// Plain description.
    pub description: String,
    /// UTC milliseconds.
    pub updated_at: i64,
}

/// Whether and how a product is shown, as the Admin API names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// On sale.
    #[default]
    Active,
    /// Being prepared.
    Draft,
    /// Withdrawn.
    Archived,
    /// Reachable by its link only.
    Unlisted,
}

/// A product.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Product {
    /// Numeric id.
    pub id: u64,
    /// Last part of its address; unique in the shop.
    pub handle: String,
    /// Name.
    pub title: String,
    /// Description as the merchant wrote it: hostile HTML.
    pub description_html: String,
    /// Maker.
    pub vendor: String,
    /// Kind of product.
    pub product_type: String,
    /// Labels.
    pub tags: Vec<String>,
    /// Shown or not.
    pub status: Status,
    /// Whether it is published to the online store; if not, it has no address there.
    pub published: bool,
    /// UTC milliseconds.
    pub created_at: i64,
    /// UTC milliseconds; moves with every change.
    pub updated_at: i64,
    /// What may be chosen, in order, such as `Size`; empty when there is nothing to choose.
    pub options: Vec<String>,
    /// Picture addresses with their alternative texts, the first being the featured one.
    pub images: Vec<Image>,
    /// A gift card rather than a thing.
    pub is_gift_card: bool,
    /// Sold only by subscription.
    pub requires_selling_plan: bool,
    /// Handles of the collections it is in.
    pub collections: Vec<String>,
    /// Extra fields of the namespace `custom`: key to value.
    pub metafields: BTreeMap<String, String>,
    /// What can be bought, in order; at least one.
    pub variants: Vec<Variant>,
}

/// A picture.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Image {
    /// Absolute address, or a path below the fake's own file route such as `sample/fjord-throw.svg`.
    pub url: String,
    /// Alternative text.
    pub alt: String,
}

/// One thing that can be bought.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Variant {
    /// Numeric id.
    pub id: u64,
    /// Numeric id of the stock-keeping item behind it.
    pub inventory_item_id: u64,
    /// Chosen values, one per entry of [`Product::options`].
    pub options: Vec<String>,
    /// The merchant's own article number.
    pub sku: String,
    /// Number under the bars.
    pub barcode: String,
    /// Decimal string in the shop's currency.
    pub price: String,
    /// Former price, a decimal string; may be absent, zero or below the price in real shops.
    pub compare_at_price: Option<String>,
    /// Whether stock is counted at all.
    pub tracked: bool,
    /// Counted stock; may be negative.
    pub quantity: i64,
    /// Whether it may be sold below zero.
    pub oversell: bool,
    /// Whether it is sent by post.
    pub requires_shipping: bool,
    /// Picture address of this variant alone.
    pub image: Option<String>,
    /// UTC milliseconds.
    pub updated_at: i64,
}

/// A discount, by code or taken off by the shop itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Discount {
    /// Numeric id.
    pub id: u64,
    /// What the merchant calls it.
    pub title: String,
    /// Codes it is had with; none = the shop takes it off by itself.
    pub codes: Vec<String>,
    /// What it gives.
    pub gives: Gives,
    /// What it is for.
    pub on: Goods,
    /// What must be bought at least.
    pub minimum: Minimum,
    /// Who may use it.
    pub buyers: Buyers,
    /// UTC milliseconds.
    pub starts_at: i64,
    /// UTC milliseconds; `None` = it goes on.
    pub ends_at: Option<i64>,
    /// How often it may be used in all.
    pub usage_limit: Option<i64>,
    /// How often it was used.
    pub used: i64,
    /// Each customer may use it once.
    pub once_per_customer: bool,
    /// UTC milliseconds.
    pub created_at: i64,
    /// UTC milliseconds; moves with every change.
    pub updated_at: i64,
}

/// What a discount gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gives {
    /// A share, as a decimal: `0.15` is 15 %.
    Percent(String),
    /// An amount off all it is for together, a decimal string.
    Amount(String),
    /// An amount off each piece, a decimal string.
    AmountEach(String),
    /// Free delivery.
    FreeShipping,
    /// Who buys so many pieces gets one more for this share less.
    OneMore {
        /// Pieces to buy.
        buy: u32,
        /// A share, as a decimal.
        percent: String,
    },
    /// What another app decides.
    App,
}

impl Default for Gives {
    fn default() -> Self {
        Self::Percent("0.1".to_owned())
    }
}

/// What a discount is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goods {
    /// Everything in the shop.
    #[default]
    Everything,
    /// Products with these ids.
    Products(Vec<u64>),
    /// Variants with these ids.
    Variants(Vec<u64>),
    /// What is in the collections with these handles.
    Collections(Vec<String>),
}

/// What must be bought at least.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Minimum {
    /// Nothing in particular.
    #[default]
    None,
    /// For so much money, a decimal string.
    Subtotal(String),
    /// So many pieces.
    Quantity(u64),
}

/// Who may use a discount.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Buyers {
    /// Everybody.
    #[default]
    All,
    /// Customers of the segment of this name.
    Segment(String),
    /// The customer of this name.
    Customer(String),
}
