//! Shops to lie about: the sample store, and generated ones; each with its index and its rows in memory.

use std::collections::HashMap;

use anyhow::Result;
use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::discount::DiscountRow;
use shopclerk_domain::ids::{ProductId, VariantId};
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::ports::{Found, Shelf, ShelfUnavailable, Wanted};
use shopclerk_domain::product::{Product, ProductRow, ProductStatus, Stock, Variant};
use shopclerk_sandbox::sample;
use shopclerk_sandbox::shopify::store::{self, Status};
use shopclerk_search::index::Index;

use super::NOW;
use crate::generator;

/// So many products a generated store has.
const GENERATED: u64 = 400;
/// So many rows a turn holds at most.
const SOME: usize = 12;
/// What the sample store is asked.
const QUESTIONS: [&str; 6] = [
    "do you have a warm gift for my mother?",
    "which candles do you have?",
    "something for the kitchen under 50 dollars",
    "how much is the Fjord throw?",
    "is anything on sale right now?",
    "a toy for a small child",
];

/// A shop with everything a turn may look at.
pub(super) struct Shop {
    pub(super) facts: ShopFacts,
    index: Index,
    rows: HashMap<ProductId, ProductRow>,
    some: Vec<ProductRow>,
    questions: Questions,
    /// Holds the index.
    _folder: tempfile::TempDir,
}

enum Questions {
    Sample,
    Generated(u64),
}

impl Shop {
    fn of(products: Vec<Product>, questions: Questions) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let index = Index::rebuild(&folder.path().join("index"), &mut products.iter().cloned(), 1)?;
        let row = |product: Product| (product.id, ProductRow { product, version: 1, read_at: NOW });
        let rows: HashMap<ProductId, ProductRow> = products.into_iter().map(row).collect();
        let some = rows.values().take(SOME).cloned().collect();
        let facts = ShopFacts {
            name: "Bench".to_owned(),
            currency: Currency::USD,
            url: "https://bench.example".to_owned(),
            timezone: "America/New_York".to_owned(),
        };
        Ok(Self { facts, index, rows, some, questions, _folder: folder })
    }

    pub(super) fn question(&self, turn: u64) -> String {
        match self.questions {
            Questions::Generated(seed) => generator::question(turn, GENERATED, seed).0,
            Questions::Sample => {
                let at = usize::try_from(turn).unwrap_or(0) % QUESTIONS.len();
                QUESTIONS.get(at).copied().unwrap_or_default().to_owned()
            }
        }
    }

    /// As many rows as a turn holds.
    pub(super) fn some_rows(&self) -> &[ProductRow] {
        &self.some
    }
}

#[async_trait]
impl Shelf for Shop {
    async fn search(&self, wanted: &Wanted, most: usize) -> Result<Found, ShelfUnavailable> {
        let hits = self.index.find(wanted, most).map_err(|_| ShelfUnavailable)?;
        let ids: Vec<ProductId> = hits.hits.iter().map(|hit| hit.product).collect();
        Ok(Found { rows: self.rows(&ids).await?, fitting: hits.fitting, offered: self.rows.len() })
    }

    async fn rows(&self, ids: &[ProductId]) -> Result<Vec<ProductRow>, ShelfUnavailable> {
        Ok(ids.iter().filter_map(|id| self.rows.get(id)).cloned().collect())
    }

    async fn promotions(&self) -> Result<Vec<DiscountRow>, ShelfUnavailable> {
        Ok(Vec::new())
    }
}

/// A store that the seed makes.
pub(super) fn generated(seed: u64) -> Result<Shop> {
    let mut products: Vec<Product> = (0..GENERATED).map(|number| generator::product(number, seed)).collect();
    for product in &mut products {
        product.url = Some(format!("https://bench.example/products/{}", product.handle));
    }
    Shop::of(products, Questions::Generated(seed))
}

/// The sample store of the sandbox.
pub(super) fn sampled() -> Result<Shop> {
    let store = sample::load()?;
    let products = store.products.into_values().filter(|product| product.published).filter_map(product);
    Shop::of(products.collect(), Questions::Sample)
}

fn product(sold: store::Product) -> Option<Product> {
    let money = |amount: &str| Money::parse(amount, Currency::USD).ok();
    let variant = |one: store::Variant| {
        Some(Variant {
            id: VariantId::new(one.id),
            stock_item: one.inventory_item_id,
            options: one.options,
            sku: one.sku,
            price: money(&one.price)?,
            compare_at: one.compare_at_price.as_deref().and_then(money),
            stock: Stock {
                for_sale: !one.tracked || one.quantity > 0 || one.oversell,
                counted: one.tracked,
                quantity: one.quantity,
                oversell: one.oversell,
            },
            image: None,
        })
    };
    Some(Product {
        id: ProductId::new(sold.id),
        url: Some(format!("https://bench.example/products/{}", sold.handle)),
        handle: sold.handle,
        title: sold.title,
        vendor: sold.vendor,
        product_type: sold.product_type,
        tags: sold.tags,
        description: sold.description_html.replace("<p>", "").replace("</p>", " "),
        status: if sold.status == Status::Active { ProductStatus::Active } else { ProductStatus::Other },
        image: None,
        options: sold.options,
        collections: Vec::new(),
        in_collections: Vec::new(),
        facts: Vec::new(),
        gift_card: sold.is_gift_card,
        subscription_only: sold.requires_selling_plan,
        updated_at: Timestamp::from_millis(sold.updated_at),
        variants: sold.variants.into_iter().map(variant).collect::<Option<_>>()?,
    })
}
