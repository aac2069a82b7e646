//! Products as a turn saw them: each content is kept once under its hash, and records name it with the version and the time
//! it was read, so that a turn can be judged again without the catalogue.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{CollectionId, ProductId, VariantId};
use shopclerk_domain::product::{Product, ProductRow, ProductStatus, Stock, Variant};
use shopclerk_storage::nouns::proofs::{KeptRow, RowName};

use super::given::{Amount, Unreadable};

/// A row that a turn saw: which content, which version, and when it was last known to be the shop's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// The shop's number of the product or discount.
    pub(super) id: u64,
    /// The hash of its content, in hex.
    pub(super) row: String,
    pub(super) version: u64,
    pub(super) read_at: i64,
}

impl Seen {
    /// The name the content is kept under.
    pub(super) fn name(&self) -> Option<RowName> {
        hex::decode(&self.row).ok()?.try_into().ok()
    }

    /// The row again, from its content.
    pub(super) fn read(&self, body: &str) -> Result<ProductRow, Unreadable> {
        let goods: Goods = serde_json::from_str(body).map_err(|_| Unreadable)?;
        Ok(ProductRow {
            product: goods.read()?,
            version: self.version,
            read_at: Timestamp::from_millis(self.read_at),
        })
    }
}

/// A row as it is named in the record and as it is kept.
pub(super) fn keep(row: &ProductRow) -> Option<(Seen, KeptRow)> {
    let body = serde_json::to_string(&Goods::of(&row.product)).ok()?;
    Some(keep_as(row.product.id.number(), body, row.version, row.read_at))
}

/// A content with what names it.
pub(super) fn keep_as(id: u64, body: String, version: u64, read_at: Timestamp) -> (Seen, KeptRow) {
    let kept = keep_text(body);
    (Seen { id, row: hex::encode(kept.name), version, read_at: read_at.millis() }, kept)
}

/// Whatever else turns use again and again.
pub(super) fn keep_text(body: String) -> KeptRow {
    KeptRow { name: Sha256::digest(body.as_bytes()).into(), body }
}

#[derive(Serialize, Deserialize)]
struct Goods {
    id: u64,
    handle: String,
    title: String,
    vendor: String,
    product_type: String,
    tags: Vec<String>,
    description: String,
    status: String,
    url: Option<String>,
    image: Option<String>,
    options: Vec<String>,
    collections: Vec<String>,
    in_collections: Vec<u64>,
    facts: Vec<(String, String)>,
    gift_card: bool,
    subscription_only: bool,
    updated_at: i64,
    variants: Vec<Piece>,
}

#[derive(Serialize, Deserialize)]
struct Piece {
    id: u64,
    stock_item: u64,
    options: Vec<String>,
    sku: String,
    price: Amount,
    compare_at: Option<Amount>,
    for_sale: bool,
    counted: bool,
    quantity: i64,
    oversell: bool,
    image: Option<String>,
}

const STATES: [(ProductStatus, &str); 5] = [
    (ProductStatus::Active, "active"),
    (ProductStatus::Draft, "draft"),
    (ProductStatus::Archived, "archived"),
    (ProductStatus::Unlisted, "unlisted"),
    (ProductStatus::Other, "other"),
];

impl Goods {
    fn of(product: &Product) -> Self {
        let status = STATES.iter().find(|(status, _)| *status == product.status);
        let variants = product.variants.iter().map(Piece::of).collect();
        let product = product.clone();
        Self {
            id: product.id.number(),
            handle: product.handle,
            title: product.title,
            vendor: product.vendor,
            product_type: product.product_type,
            tags: product.tags,
            description: product.description,
            status: status.map_or("other", |(_, word)| word).to_owned(),
            url: product.url,
            image: product.image,
            options: product.options,
            collections: product.collections,
            in_collections: product.in_collections.iter().map(|id| id.number()).collect(),
            facts: product.facts,
            gift_card: product.gift_card,
            subscription_only: product.subscription_only,
            updated_at: product.updated_at.millis(),
            variants,
        }
    }

    fn read(self) -> Result<Product, Unreadable> {
        let status = STATES.iter().find(|(_, word)| *word == self.status).ok_or(Unreadable)?.0;
        Ok(Product {
            id: ProductId::new(self.id),
            handle: self.handle,
            title: self.title,
            vendor: self.vendor,
            product_type: self.product_type,
            tags: self.tags,
            description: self.description,
            status,
            url: self.url,
            image: self.image,
            options: self.options,
            collections: self.collections,
            in_collections: self.in_collections.into_iter().map(CollectionId::new).collect(),
            facts: self.facts,
            gift_card: self.gift_card,
            subscription_only: self.subscription_only,
            updated_at: Timestamp::from_millis(self.updated_at),
            variants: self.variants.into_iter().map(Piece::read).collect::<Result<_, _>>()?,
        })
    }
}

impl Piece {
    fn of(variant: &Variant) -> Self {
        let Stock { for_sale, counted, quantity, oversell } = variant.stock;
        Self {
            id: variant.id.number(),
            stock_item: variant.stock_item,
            options: variant.options.clone(),
            sku: variant.sku.clone(),
            price: variant.price.into(),
            compare_at: variant.compare_at.map(Amount::from),
            for_sale,
            counted,
            quantity,
            oversell,
            image: variant.image.clone(),
        }
    }

    fn read(self) -> Result<Variant, Unreadable> {
        let Self { for_sale, counted, quantity, oversell, .. } = self;
        Ok(Variant {
            id: VariantId::new(self.id),
            stock_item: self.stock_item,
            options: self.options,
            sku: self.sku,
            price: self.price.read()?,
            compare_at: self.compare_at.as_ref().map(Amount::read).transpose()?,
            stock: Stock { for_sale, counted, quantity, oversell },
            image: self.image,
        })
    }
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::money::{Currency, Money};

    use super::*;

    fn row() -> ProductRow {
        let variant = Variant {
            id: VariantId::new(71),
            stock_item: 9_001,
            options: vec!["Small".to_owned()],
            sku: "NH-1".to_owned(),
            price: Money::new(2_490, Currency::USD),
            compare_at: Some(Money::new(2_990, Currency::USD)),
            stock: Stock { for_sale: true, counted: true, quantity: 7, oversell: false },
            image: Some("https://shop.example/s.jpg".to_owned()),
        };
        let plain = Variant { id: VariantId::new(72), compare_at: None, image: None, ..variant.clone() };
        let product = Product {
            id: ProductId::new(u64::MAX),
            handle: "winter-amber".to_owned(),
            title: "Winter Amber \u{200B}candle".to_owned(),
            vendor: "Nordlys".to_owned(),
            product_type: "Candle".to_owned(),
            tags: vec!["warm".to_owned()],
            description: "Burns \"long\".".to_owned(),
            status: ProductStatus::Unlisted,
            url: None,
            image: None,
            options: vec!["Size".to_owned()],
            collections: vec!["Gifts".to_owned()],
            in_collections: vec![CollectionId::new(8)],
            facts: vec![("wax".to_owned(), "soy".to_owned())],
            gift_card: true,
            subscription_only: true,
            updated_at: Timestamp::from_millis(7),
            variants: vec![variant, plain],
        };
        ProductRow { product, version: 3, read_at: Timestamp::from_millis(9) }
    }

    #[test]
    fn a_row_reads_back_as_it_was_seen_and_is_named_by_its_content_alone() {
        let (seen, kept) = keep(&row()).unwrap();

        assert_eq!(seen.read(&kept.body).unwrap(), row());
        assert_eq!(seen.name(), Some(kept.name));
        let later = ProductRow { version: 4, read_at: Timestamp::from_millis(10), ..row() };
        assert_eq!(keep(&later).unwrap().1, kept);
        let mut other = row();
        other.product.variants[0].price.minor += 1;
        assert_ne!(keep(&other).unwrap().1.name, kept.name);
        assert!(seen.read(&kept.body.replace("unlisted", "sold on the moon")).is_err());
    }
}
