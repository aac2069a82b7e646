//! Nordlys Home, the sample store that is built into the program: its texts and its drawn pictures lie in `sample/` beside
//! this crate's sources. What the fake shop does with them is left to [`crate::shopify`].

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rust_embed::RustEmbed;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shopclerk_domain::money::{Currency, Money};
use thiserror::Error;

use crate::catalogue::ids::derived;
use crate::shopify::store::{
    Buyers, Collection, Discount, Gives, Goods, Image, Minimum, Product, ShopInfo, Status, Store, Variant,
};

/// The first part of the pictures' paths below the fake shop's file route.
const PICTURES: &str = "sample/";
/// The day the store opened: 2026-01-01, so that a fresh sandbox is the same on every machine.
const OPENED: i64 = 1_767_225_600_000;

#[derive(RustEmbed)]
#[folder = "sample"]
struct Files;

/// A fault in the sample store's own files: of this program's making, not of the person's who runs it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidSample {
    /// A file is absent or is no such table.
    #[error("the sample store's file {file} cannot be read: {why}")]
    File {
        /// Path below `sample/`.
        file: String,
        /// What the parser met.
        why: String,
    },
    /// A discount that contradicts itself or the rest.
    #[error("the sample store's discount {title} is wrong: {why}")]
    Discount {
        /// Which one.
        title: String,
        /// What is wrong.
        why: String,
    },
    /// A product that contradicts itself or the rest.
    #[error("the sample store's product {handle} is wrong: {why}")]
    Product {
        /// Which one.
        handle: String,
        /// What is wrong.
        why: String,
    },
}

/// The sample store, the same with the same ids every time.
pub fn load() -> Result<Store, InvalidSample> {
    let file: ShopFile = read("shop.toml")?;
    let currency = Currency::parse(&file.shop.currency)
        .map_err(|why| InvalidSample::File { file: "shop.toml".to_owned(), why: why.to_string() })?;
    let collections: BTreeMap<String, Collection> =
        file.collection.into_iter().map(|written| (written.handle.clone(), written.collection())).collect();
    let discounts = discounts(&collections)?;
    let mut store = Store { shop: file.shop.info(), products: BTreeMap::new(), collections, discounts };

    let mut handles = BTreeSet::new();
    for path in Files::iter().filter(|path| path.starts_with("store/") && path.ends_with(".toml")) {
        let shelf: ShelfFile = read(&path)?;
        for written in shelf.product {
            let handle = written.handle.clone();
            let is_new = handles.insert(handle.clone());
            let product = written.product(currency, &store.collections, is_new);
            let product = product.map_err(|why| InvalidSample::Product { handle, why })?;
            store.products.insert(product.id, product);
        }
    }
    Ok(store)
}

fn discounts(collections: &BTreeMap<String, Collection>) -> Result<BTreeMap<u64, Discount>, InvalidSample> {
    let file: DiscountFile = read("discounts.toml")?;
    let discount = |written: WrittenDiscount| {
        let title = written.title.clone();
        let discount = written.discount(collections);
        discount.map(|one| (one.id, one)).map_err(|why| InvalidSample::Discount { title, why })
    };
    file.discount.into_iter().map(discount).collect()
}

/// A picture's media type and content, by its path such as `sample/fjord-throw.svg`.
pub fn picture(path: &str) -> Option<(&'static str, Cow<'static, [u8]>)> {
    let name = path.strip_prefix(PICTURES)?;
    let stem = name.strip_suffix(".svg")?;
    // Development builds read the disk; a name that is no path cannot leave the folder.
    let is_plain = stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let file = is_plain.then(|| Files::get(&format!("images/{name}"))).flatten()?;
    Some(("image/svg+xml", file.data))
}

fn read<T: DeserializeOwned>(path: &str) -> Result<T, InvalidSample> {
    let wrong = |why: String| InvalidSample::File { file: path.to_owned(), why };
    let file = Files::get(path).ok_or_else(|| wrong("it is not there".to_owned()))?;
    let text = std::str::from_utf8(&file.data).map_err(|why| wrong(why.to_string()))?;
    toml::from_str(text).map_err(|why| wrong(why.to_string()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShopFile {
    shop: WrittenShop,
    collection: Vec<WrittenCollection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DiscountFile {
    discount: Vec<WrittenDiscount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDiscount {
    title: String,
    #[serde(default)]
    codes: Vec<String>,
    percent: String,
    /// With it, so many must be bought to get one more for the share less.
    buy: Option<u32>,
    #[serde(default)]
    collections: Vec<String>,
    minimum: Option<String>,
    segment: Option<String>,
    ends: Option<String>,
    #[serde(default)]
    once_per_customer: bool,
}

impl WrittenDiscount {
    fn discount(self, collections: &BTreeMap<String, Collection>) -> Result<Discount, String> {
        if let Some(unknown) = self.collections.iter().find(|handle| !collections.contains_key(*handle)) {
            return Err(format!("there is no collection {unknown}"));
        }
        let ends_at = self.ends.map(|ends| match ends.parse::<jiff::Timestamp>() {
            Ok(end) => Ok(end.as_millisecond()),
            Err(why) => Err(format!("its end {ends}: {why}")),
        });
        Ok(Discount {
            id: derived(&["discount", &self.title]),
            title: self.title,
            codes: self.codes,
            gives: match self.buy {
                Some(buy) => Gives::OneMore { buy, percent: self.percent },
                None => Gives::Percent(self.percent),
            },
            on: if self.collections.is_empty() {
                Goods::Everything
            } else {
                Goods::Collections(self.collections)
            },
            minimum: self.minimum.map_or(Minimum::None, Minimum::Subtotal),
            buyers: self.segment.map_or(Buyers::All, Buyers::Segment),
            ends_at: ends_at.transpose()?,
            once_per_customer: self.once_per_customer,
            starts_at: OPENED,
            created_at: OPENED,
            updated_at: OPENED,
            ..Discount::default()
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShelfFile {
    product: Vec<WrittenProduct>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenShop {
    name: String,
    domain: String,
    currency: String,
    timezone: String,
    email: String,
    description: String,
}

impl WrittenShop {
    fn info(self) -> ShopInfo {
        let Self { name, domain, currency, timezone, email, description } = self;
        ShopInfo { id: derived(&["shop", &domain]), name, domain, currency, timezone, description, email }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCollection {
    handle: String,
    title: String,
    description: String,
}

impl WrittenCollection {
    fn collection(self) -> Collection {
        let Self { handle, title, description } = self;
        Collection { id: derived(&["collection", &handle]), handle, title, description, updated_at: OPENED }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenProduct {
    handle: String,
    title: String,
    vendor: String,
    #[serde(rename = "type")]
    product_type: String,
    tags: Vec<String>,
    description: String,
    #[serde(default)]
    collections: Vec<String>,
    image: String,
    image_alt: String,
    #[serde(default)]
    status: WrittenStatus,
    #[serde(default = "yes")]
    published: bool,
    #[serde(default)]
    gift_card: bool,
    #[serde(default)]
    subscription_only: bool,
    #[serde(default)]
    metafields: BTreeMap<String, String>,
    #[serde(default)]
    options: Vec<String>,
    variants: Vec<WrittenVariant>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenStatus {
    #[default]
    Active,
    Draft,
    Archived,
    Unlisted,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVariant {
    #[serde(default)]
    options: Vec<String>,
    sku: String,
    price: String,
    compare_at: Option<String>,
    stock: Option<i64>,
    #[serde(default)]
    oversell: bool,
}

const fn yes() -> bool {
    true
}

impl WrittenProduct {
    fn product(
        self,
        currency: Currency,
        collections: &BTreeMap<String, Collection>,
        is_new: bool,
    ) -> Result<Product, String> {
        if !is_new {
            return Err("its handle is used twice".to_owned());
        }
        if let Some(unknown) = self.collections.iter().find(|handle| !collections.contains_key(*handle)) {
            return Err(format!("there is no collection {unknown}"));
        }
        let variants: Vec<Variant> =
            self.variants.iter().map(|written| self.variant(written, currency)).collect::<Result<_, _>>()?;
        if variants.is_empty() {
            return Err("it has no variants".to_owned());
        }
        Ok(Product {
            id: derived(&["product", &self.handle]),
            status: match self.status {
                WrittenStatus::Active => Status::Active,
                WrittenStatus::Draft => Status::Draft,
                WrittenStatus::Archived => Status::Archived,
                WrittenStatus::Unlisted => Status::Unlisted,
            },
            images: vec![Image { url: format!("{PICTURES}{}", self.image), alt: self.image_alt }],
            handle: self.handle,
            title: self.title,
            description_html: self.description,
            vendor: self.vendor,
            product_type: self.product_type,
            tags: self.tags,
            published: self.published,
            created_at: OPENED,
            updated_at: OPENED,
            options: self.options,
            is_gift_card: self.gift_card,
            requires_selling_plan: self.subscription_only,
            collections: self.collections,
            metafields: self.metafields,
            variants,
        })
    }

    fn variant(&self, written: &WrittenVariant, currency: Currency) -> Result<Variant, String> {
        if written.options.len() != self.options.len() {
            return Err(format!("variant {} does not have one value per option", written.sku));
        }
        let amount = |text: &String| {
            let money = Money::parse(text, currency).map_err(|why| format!("the price {text}: {why}"))?;
            Ok::<_, String>(money.decimal())
        };
        let mut parts = vec!["variant", &self.handle];
        parts.extend(written.options.iter().map(String::as_str));
        let id = derived(&parts);
        Ok(Variant {
            id,
            inventory_item_id: derived(&["inventory item", &id.to_string()]),
            options: written.options.clone(),
            sku: written.sku.clone(),
            barcode: String::new(),
            price: amount(&written.price)?,
            compare_at_price: written.compare_at.as_ref().map(amount).transpose()?,
            tracked: written.stock.is_some(),
            quantity: written.stock.unwrap_or(0),
            oversell: written.oversell,
            requires_shipping: !self.gift_card,
            image: None,
            updated_at: OPENED,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn products() -> Vec<Product> {
        load().unwrap().products.into_values().collect()
    }

    fn count(products: &[Product], wanted: impl Fn(&Product) -> bool) -> usize {
        products.iter().filter(|product| wanted(product)).count()
    }

    fn cents(price: &str) -> i64 {
        Money::parse(price, Currency::USD).unwrap().minor
    }

    #[test]
    fn a_shopper_can_choose_from_about_a_hundred_products() {
        let products = products();
        assert!((80..=150).contains(&products.len()), "{}", products.len());

        let handles: HashSet<&str> = products.iter().map(|product| product.handle.as_str()).collect();
        assert_eq!(handles.len(), products.len());
        let variants: Vec<&Variant> = products.iter().flat_map(|product| &product.variants).collect();
        let ids: HashSet<u64> = variants.iter().map(|variant| variant.id).collect();
        let items: HashSet<u64> = variants.iter().map(|variant| variant.inventory_item_id).collect();
        assert_eq!((ids.len(), items.len()), (variants.len(), variants.len()));
        for options in 0..=3 {
            assert!(count(&products, |product| product.options.len() == options) > 0, "{options} options");
        }
        assert!(count(&products, |product| product.variants.len() > 3) > 0);
        assert!(
            products.iter().all(|product| !product.description_html.is_empty() && !product.title.is_empty())
        );
    }

    #[test]
    fn every_kind_of_stock_and_price_is_there() {
        let products = products();
        let variants = || products.iter().flat_map(|product| &product.variants);
        let sold_out = |variant: &Variant| variant.tracked && variant.quantity <= 0 && !variant.oversell;

        assert!(variants().any(|variant| variant.tracked && variant.quantity == 0));
        assert!(variants().any(|variant| variant.quantity < 0));
        assert!(variants().any(|variant| !variant.tracked));
        assert!(variants().any(|variant| variant.oversell));
        assert!(count(&products, |product| product.variants.iter().all(sold_out)) > 0);
        assert!(variants().any(|variant| cents(&variant.price) == 0));
        let former = |variant: &Variant| variant.compare_at_price.as_deref().map(cents);
        let reduced = variants().filter(|variant| former(variant) > Some(cents(&variant.price))).count();
        assert!(reduced >= 8, "{reduced}");
        assert!(variants().any(|variant| former(variant) == Some(cents(&variant.price))));
    }

    #[test]
    fn what_must_not_be_offered_is_there_to_prove_that_it_is_not() {
        let products = products();
        assert_eq!(count(&products, |product| product.status == Status::Unlisted), 1);
        assert_eq!(count(&products, |product| product.status == Status::Draft), 1);
        assert_eq!(count(&products, |product| product.status == Status::Archived), 1);
        assert_eq!(count(&products, |product| product.status == Status::Active && !product.published), 1);
        assert_eq!(count(&products, |product| product.is_gift_card), 1);
        assert_eq!(count(&products, |product| product.requires_selling_plan), 1);
    }

    #[test]
    fn discounts_of_every_standing_are_there() {
        let discounts: Vec<Discount> = load().unwrap().discounts.into_values().collect();
        let count = |is: &dyn Fn(&Discount) -> bool| discounts.iter().filter(|one| is(one)).count();

        assert_eq!(count(&|one| one.codes.is_empty() && matches!(one.gives, Gives::Percent(_))), 1);
        assert_eq!(count(&|one| one.minimum != Minimum::None), 1);
        assert_eq!(count(&|one| one.buyers != Buyers::All), 1);
        assert_eq!(count(&|one| one.ends_at.is_some()), 1);
        assert_eq!(count(&|one| one.codes.len() > 1), 1);
        assert_eq!(count(&|one| matches!(one.gives, Gives::OneMore { .. })), 1);
    }

    #[test]
    fn every_product_has_its_own_picture() {
        let mut seen = HashSet::new();
        for product in products() {
            let image = product.images.first().unwrap();
            let (kind, bytes) = picture(&image.url).unwrap_or_else(|| panic!("no picture {}", image.url));
            assert_eq!(kind, "image/svg+xml");
            assert!(bytes.starts_with(b"<svg") && !image.alt.is_empty(), "{}", image.url);
            assert!(seen.insert(bytes.into_owned()), "{} is drawn twice", image.url);
        }
    }

    #[test]
    fn only_pictures_can_be_fetched() {
        for path in [
            "sample/../shop.toml",
            "sample/shop.toml",
            "shop.toml",
            "sample/",
            "sample/none.svg",
            "sample/../images/fjord-throw.svg",
        ] {
            assert!(picture(path).is_none(), "{path}");
        }
    }

    #[test]
    fn every_collection_holds_something() {
        let store = load().unwrap();
        assert!((8..=12).contains(&store.collections.len()));
        for handle in store.collections.keys() {
            assert!(store.products.values().any(|product| product.collections.contains(handle)), "{handle}");
        }
    }

    #[test]
    fn a_warm_gift_for_a_mother_under_forty_dollars_is_in_stock() {
        let suits = |product: &Product| {
            let has = |tag: &str| product.tags.iter().any(|label| label == tag);
            let buyable = |variant: &Variant| {
                (!variant.tracked || variant.quantity > 0) && cents(&variant.price) < 4_000
            };
            has("warm")
                && has("mother")
                && product.status == Status::Active
                && product.variants.iter().any(buyable)
        };
        let found = count(&products(), suits);
        assert!(found >= 12, "{found}");
    }
}
