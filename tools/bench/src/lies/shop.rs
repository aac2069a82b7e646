//! Shops to lie about: the sample store, and generated ones; each with its index and its rows in memory.

use std::collections::HashMap;

use anyhow::Result;
use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::discount::{Benefit, Conditions, Covers, Discount, DiscountRow, Minimum, Terms};
use shopclerk_domain::ids::{DiscountId, ProductId, VariantId};
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::ports::{Found, Shelf, ShelfUnavailable, Wanted};
use shopclerk_domain::product::{Product, ProductRow, ProductStatus, Stock, Variant};
use shopclerk_sandbox::sample;
use shopclerk_sandbox::shopify::store::{self, Status};
use shopclerk_search::index::Index;

use crate::generator;

/// The time of all turns.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_258_800_000);
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
pub(crate) struct Shop {
    pub(crate) facts: ShopFacts,
    index: Index,
    rows: HashMap<ProductId, ProductRow>,
    all: Vec<ProductRow>,
    offers: Vec<DiscountRow>,
    questions: Questions,
    /// Holds the index.
    _folder: tempfile::TempDir,
}

enum Questions {
    Sample,
    Generated(u64),
}

impl Shop {
    /// A store that the seed makes: things reduced, scarce, uncounted and sold out among them.
    pub(crate) fn generated(seed: u64, currency: Currency) -> Result<Self> {
        let product = |number| {
            let mut product = generator::product(number, seed);
            product.url = Some(format!("https://bench.example/products/{}", product.handle));
            for (at, variant) in product.variants.iter_mut().enumerate() {
                vary(variant, number + 7 * at as u64, currency);
            }
            product
        };
        Self::of((0..GENERATED).map(product).collect(), currency, Questions::Generated(seed))
    }

    fn of(products: Vec<Product>, currency: Currency, questions: Questions) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let index = Index::rebuild(&folder.path().join("index"), &mut products.iter().cloned(), 1)?;
        let row = |product: Product| (product.id, ProductRow { product, version: 1, read_at: NOW });
        let rows: HashMap<ProductId, ProductRow> = products.into_iter().map(row).collect();
        let mut all: Vec<ProductRow> = rows.values().cloned().collect();
        all.sort_by_key(|row| row.product.id);
        let facts = ShopFacts {
            name: "Bench".to_owned(),
            currency,
            url: "https://bench.example".to_owned(),
            timezone: "America/New_York".to_owned(),
        };
        let offers = vec![code(currency), reduction(&all)];
        Ok(Self { facts, index, rows, all, offers, questions, _folder: folder })
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

    /// The row that a draw falls on.
    pub(crate) fn any_row(&self, draw: u64) -> Option<&ProductRow> {
        self.all.get(usize::try_from(draw).unwrap_or(0) % self.all.len().max(1))
    }

    /// The discounts that it has.
    pub(super) fn offers(&self) -> &[DiscountRow] {
        &self.offers
    }

    /// As many rows as a turn holds.
    pub(super) fn some_rows(&self) -> &[ProductRow] {
        self.all.get(..SOME).unwrap_or(&self.all)
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
        Ok(self.offers.clone())
    }
}

/// A code for the whole order. What is lied is never 7 or 9 %, nor an amount like this minimum.
fn code(currency: Currency) -> DiscountRow {
    let minimum = Some(Minimum::Subtotal(Money::new(6_137, currency)));
    discount(1, Some("HARBOUR7".to_owned()), 700, Covers::Everything, minimum)
}

/// A share off every third thing, which asks nothing.
fn reduction(all: &[ProductRow]) -> DiscountRow {
    let products = all.iter().step_by(3).map(|row| row.product.id).collect();
    discount(2, None, 900, Covers::Goods { products, variants: Vec::new() }, None)
}

fn discount(
    id: u64,
    code: Option<String>,
    hundredths: u32,
    covers: Covers,
    minimum: Option<Minimum>,
) -> DiscountRow {
    let terms = Terms {
        code,
        benefit: Benefit::Percent(hundredths),
        covers,
        conditions: Conditions { minimum, ends_at: None, once_each: false },
        starts_at: NOW,
        uses_left: None,
    };
    let discount =
        Discount { id: DiscountId::new(id), title: "Bench".to_owned(), terms: Ok(terms), updated_at: NOW };
    DiscountRow { discount, version: 1, read_at: NOW }
}

/// Gives a version a price people ask, and one of the states that stock can be in.
fn vary(variant: &mut Variant, draw: u64, currency: Currency) {
    let ending = match draw % 5 {
        0 => 90,
        1 => 95,
        2 => 50,
        3 => 99,
        _ => 0,
    };
    let minor = (variant.price.minor / 100 + i64::try_from(draw % 3).unwrap_or(0) * 4) * 100 + ending;
    variant.price = Money::new(minor, currency);
    variant.compare_at = draw.is_multiple_of(4).then(|| Money::new(minor + 100 * (3 + minor % 17), currency));
    let quantity = i64::try_from(draw * 7 % 61).unwrap_or(0);
    variant.stock = match draw % 6 {
        0 => Stock { for_sale: false, counted: true, quantity: 0, oversell: false },
        1 => Stock { for_sale: true, counted: false, quantity: 0, oversell: false },
        2 => Stock { for_sale: true, counted: true, quantity, oversell: true },
        _ => Stock { for_sale: quantity > 0, counted: true, quantity, oversell: false },
    };
}

/// The sample store of the sandbox.
pub(crate) fn sampled() -> Result<Shop> {
    let store = sample::load()?;
    let products = store.products.into_values().filter(|product| product.published).filter_map(product);
    Shop::of(products.collect(), Currency::USD, Questions::Sample)
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
