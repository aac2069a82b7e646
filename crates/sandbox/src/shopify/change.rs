//! What a merchant does in the admin: look at the products, change prices, stock and status, add and remove. Every change
//! is saved and told to whoever subscribed.

use std::io;
use std::sync::PoisonError;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::shelf::{placed, variant_title};
use super::store::{Product, ShopInfo, Status};
use super::{ShopifyFake, money, rest};

/// Stock nobody counts by hand.
const MOST_STOCK: i64 = 1_000_000_000;

/// A product as a merchant's list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProductView {
    /// Last part of its address.
    pub handle: String,
    /// Name.
    pub title: String,
    /// Shown or not, as the Admin API spells it.
    pub status: Status,
    /// Lowest price of its variants, a decimal string.
    pub price: String,
    /// What can be bought.
    pub variants: Vec<VariantView>,
}

/// A variant as a merchant's list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VariantView {
    /// Its chosen values, such as `Small / Red`.
    pub title: String,
    /// A decimal string in the shop's currency.
    pub price: String,
    /// Counted stock.
    pub inventory: i64,
}

/// What shall be different about a product; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductPatch {
    /// Price of all variants, a decimal string.
    #[serde(default)]
    pub price: Option<String>,
    /// Stock of all variants; turns counting on.
    #[serde(default)]
    pub inventory: Option<i64>,
    /// Shown or not.
    #[serde(default)]
    pub status: Option<Status>,
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The fake has no such shop.
    #[error("there is no such shop")]
    NoSuchShop,
    /// The shop has no product at this handle.
    #[error("there is no product with this handle")]
    NoSuchProduct,
    /// The shop has no discount with this number.
    #[error("there is no discount with this number")]
    NoSuchDiscount,
    /// The share cannot be read.
    #[error("a share is a decimal above 0 and at most 1 with at most four places, such as 0.15")]
    BadShare,
    /// The patch names nothing.
    #[error("nothing to change: see docs/sandbox.md for what can be")]
    NothingToChange,
    /// The price cannot be read in this currency.
    #[error(
        "a price in {currency} is digits with at most one point and no more places than the currency has"
    )]
    BadPrice {
        /// The shop's currency.
        currency: String,
    },
    /// The stock is beyond any real count.
    #[error("inventory must lie between -1000000000 and 1000000000")]
    BadInventory,
    /// The change could not be saved.
    #[error("the catalogue could not be saved")]
    NotSaved(#[from] io::Error),
}

/// A change with what has to be told about it.
struct Changed {
    shop: ShopInfo,
    product: Product,
    /// Places of the variants whose stock is another now.
    stock_moved: Vec<usize>,
    rest_moved: bool,
}

impl Changed {
    fn is_something(&self) -> bool {
        self.rest_moved || !self.stock_moved.is_empty()
    }
}

impl ShopifyFake {
    /// All products of a shop in the order of their ids.
    pub fn products(&self, domain: &str) -> Option<Vec<ProductView>> {
        self.with_shelf(domain, |shelf| {
            let currency = &shelf.store().shop.currency;
            shelf.store().products.values().map(|product| view(product, currency)).collect()
        })
    }

    /// Changes a product's price, stock or status, saves, and sends the webhooks the change causes.
    pub fn patch_product(
        &self,
        domain: &str,
        handle: &str,
        patch: &ProductPatch,
    ) -> Result<ProductView, ChangeError> {
        let changed = self.apply(domain, handle, patch)?;
        if changed.is_something() {
            self.save_catalogue()?;
            self.tell(&changed);
        }
        Ok(view(&changed.product, &changed.shop.currency))
    }

    /// Adds a product, or replaces the one with its id, at the present time; saves and sends the webhook.
    pub fn put_product(&self, domain: &str, mut product: Product) -> Result<(), ChangeError> {
        product.updated_at = self.now();
        let (shop, topic) = {
            let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
            let goods = shelves.get_mut(domain).ok_or(ChangeError::NoSuchShop)?;
            let topic =
                if goods.product(product.id).is_some() { "PRODUCTS_UPDATE" } else { "PRODUCTS_CREATE" };
            goods.put(product.clone());
            (goods.store().shop.clone(), topic)
        };
        self.save_catalogue()?;
        self.journal.record(
            "shopify.change",
            format!("{} saved", product.handle),
            json!({ "handle": product.handle }),
        );
        let body = rest::product(self, &shop, &product);
        self.announce(domain, &self.happening(), topic, &body, &product.handle);
        Ok(())
    }

    /// Deletes a product, saves and sends the webhook.
    pub fn delete_product(&self, domain: &str, handle: &str) -> Result<(), ChangeError> {
        let id = {
            let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
            let goods = shelves.get_mut(domain).ok_or(ChangeError::NoSuchShop)?;
            let id = goods.product_by_handle(handle).ok_or(ChangeError::NoSuchProduct)?.id;
            goods.take(id);
            id
        };
        self.save_catalogue()?;
        self.journal.record("shopify.change", format!("{handle} deleted"), json!({ "handle": handle }));
        self.announce(domain, &self.happening(), "PRODUCTS_DELETE", &rest::deleted(id), handle);
        Ok(())
    }

    fn apply(&self, domain: &str, handle: &str, patch: &ProductPatch) -> Result<Changed, ChangeError> {
        let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
        let goods = shelves.get_mut(domain).ok_or(ChangeError::NoSuchShop)?;
        let shop = goods.store().shop.clone();
        let price = patch.price.as_deref().map(|raw| {
            let bad = || ChangeError::BadPrice { currency: shop.currency.clone() };
            Ok::<_, ChangeError>(money::scalar(
                money::parse_price(raw, &shop.currency).ok_or_else(bad)?,
                &shop.currency,
            ))
        });
        let price = price.transpose()?;
        if patch.inventory.is_some_and(|stock| stock.unsigned_abs() > MOST_STOCK.unsigned_abs()) {
            return Err(ChangeError::BadInventory);
        }
        if *patch == ProductPatch::default() {
            return Err(ChangeError::NothingToChange);
        }
        let mut product = goods.product_by_handle(handle).ok_or(ChangeError::NoSuchProduct)?.clone();
        let now = self.now();
        let mut changed =
            Changed { shop, product: Product::default(), stock_moved: Vec::new(), rest_moved: false };
        if let Some(status) = patch.status.filter(|status| *status != product.status) {
            product.status = status;
            changed.rest_moved = true;
        }
        for (place, variant) in product.variants.iter_mut().enumerate() {
            let dearer = price.as_ref().filter(|price| **price != variant.price);
            let fuller = patch.inventory.filter(|stock| *stock != variant.quantity || !variant.tracked);
            changed.rest_moved |= dearer.is_some();
            changed.stock_moved.extend(fuller.map(|_| place));
            if dearer.is_some() || fuller.is_some() {
                variant.updated_at = now;
            }
            if let Some(price) = dearer {
                variant.price.clone_from(price);
            }
            if let Some(stock) = fuller {
                (variant.quantity, variant.tracked) = (stock, true);
            }
        }
        if changed.is_something() {
            product.updated_at = now;
            goods.put(product.clone());
        }
        Ok(Changed { product, ..changed })
    }

    /// A change of stock alone is told per stock-keeping item, everything else as a change of the product.
    fn tell(&self, changed: &Changed) {
        let (shop, product) = (&changed.shop, &changed.product);
        let data = json!({
            "shop": shop.domain, "handle": product.handle, "status": product.status,
            "price": view(product, &shop.currency).price, "stock": super::admin::total_stock(product),
        });
        self.journal.record("shopify.change", format!("{} changed", product.handle), data);
        let happening = self.happening();
        for placed in changed.stock_moved.iter().filter_map(|place| placed(product).nth(*place)) {
            let body = rest::level(shop, placed);
            self.announce(&shop.domain, &happening, "INVENTORY_LEVELS_UPDATE", &body, &product.handle);
        }
        if changed.rest_moved {
            let body = rest::product(self, shop, product);
            self.announce(&shop.domain, &happening, "PRODUCTS_UPDATE", &body, &product.handle);
        }
    }
}

fn view(product: &Product, currency: &str) -> ProductView {
    let amount = |stored: &str| money::scalar(money::read(stored), currency);
    let lowest = product.variants.iter().map(|variant| money::read(&variant.price)).min().unwrap_or_default();
    let variants = product.variants.iter().map(|variant| VariantView {
        title: variant_title(variant),
        price: amount(&variant.price),
        inventory: variant.quantity,
    });
    ProductView {
        handle: product.handle.clone(),
        title: product.title.clone(),
        status: product.status,
        price: money::scalar(lowest, currency),
        variants: variants.collect(),
    }
}
