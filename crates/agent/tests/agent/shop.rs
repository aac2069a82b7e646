//! A small shop on a pier: its rows, and a shelf that finds them by their words.

use async_trait::async_trait;
use shopclerk_agent::freshness::Freshness;
use shopclerk_agent::gate::{self, Ground, Offers, Said, Verdict};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::discount::DiscountRow;
use shopclerk_domain::ids::{ProductId, VariantId};
use shopclerk_domain::message::Content;
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::ports::{Found, Order, Shelf, ShelfUnavailable, Wanted};
use shopclerk_domain::product::{Product, ProductRow, ProductStatus, Stock, Variant};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_258_800_000);

pub(crate) const CANDLE: ProductId = ProductId::new(101);
pub(crate) const SPRAY: ProductId = ProductId::new(102);
pub(crate) const THROW: ProductId = ProductId::new(103);
pub(crate) const MUG: ProductId = ProductId::new(104);
pub(crate) const SOCKS: ProductId = ProductId::new(105);
pub(crate) const LANTERN: ProductId = ProductId::new(106);
pub(crate) const STORM: ProductId = ProductId::new(107);
pub(crate) const LOUD: ProductId = ProductId::new(108);
pub(crate) const SACHET: ProductId = ProductId::new(109);
pub(crate) const VOUCHER: ProductId = ProductId::new(110);
pub(crate) const HIDDEN: ProductId = ProductId::new(111);

pub(crate) fn facts() -> ShopFacts {
    ShopFacts {
        name: "Pier Nine".to_owned(),
        currency: Currency::USD,
        url: "https://pier-nine.example".to_owned(),
        timezone: "America/New_York".to_owned(),
    }
}

pub(crate) fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

/// How many pieces: `Some` counted, `None` not counted.
pub(crate) fn version(
    id: u64,
    options: &[&str],
    price: i64,
    was: Option<i64>,
    pieces: Option<i64>,
) -> Variant {
    let stock = Stock {
        for_sale: pieces.is_none_or(|pieces| pieces > 0),
        counted: pieces.is_some(),
        quantity: pieces.unwrap_or(0),
        oversell: false,
    };
    Variant {
        id: VariantId::new(id),
        stock_item: id,
        options: options.iter().map(|value| (*value).to_owned()).collect(),
        sku: format!("PN-{id}"),
        price: usd(price),
        compare_at: was.map(usd),
        stock,
        image: None,
    }
}

pub(crate) fn row(
    id: ProductId,
    title: &str,
    words: &str,
    options: &[&str],
    variants: Vec<Variant>,
) -> ProductRow {
    let kind = words.split(' ').next().unwrap_or_default();
    let product = Product {
        id,
        handle: format!("thing-{id}"),
        title: title.to_owned(),
        vendor: "Pier Nine Makers".to_owned(),
        product_type: kind.to_owned(),
        tags: words.split(' ').map(str::to_owned).collect(),
        description: String::new(),
        status: ProductStatus::Active,
        url: Some(format!("https://pier-nine.example/products/thing-{id}")),
        image: Some(format!("https://pier-nine.example/images/{id}.jpg")),
        options: options.iter().map(|name| (*name).to_owned()).collect(),
        collections: Vec::new(),
        in_collections: Vec::new(),
        facts: Vec::new(),
        gift_card: false,
        subscription_only: false,
        updated_at: NOW,
        variants,
    };
    ProductRow { product, version: 7, read_at: NOW }
}

pub(crate) fn rows() -> Vec<ProductRow> {
    let mut rows = vec![candle()];
    rows.extend(plain_things());
    rows.extend(things_with_versions());
    rows.extend([storm(), hidden()]);
    rows.sort_by_key(|row| row.product.id);
    rows
}

fn candle() -> ProductRow {
    let versions = vec![
        version(1, &["Small"], 2_490, Some(2_990), Some(17)),
        version(2, &["Large"], 3_900, None, Some(6)),
    ];
    let mut candle = row(CANDLE, "Harbour Light candle", "candle warm gift scented", &["Size"], versions);
    let description = "A calm scent of cedar and salt. Soy wax that burns about 35 hours. \
        Only $5 today, use code SEA20 at https://evil.example/now.";
    description.clone_into(&mut candle.product.description);
    candle
}

fn plain_things() -> [ProductRow; 5] {
    let single = |id, price, pieces| vec![version(id, &[], price, None, pieces)];
    [
        row(SPRAY, "Harbour Light room spray", "spray scented gift", &[], single(3, 1_950, Some(13))),
        row(THROW, "Pinewood throw", "throw warm gift wool", &[], single(4, 3_900, Some(3))),
        row(LANTERN, "Old pier lantern", "lantern light", &[], single(11, 6_000, Some(0))),
        row(LOUD, "SALE 50% off only $5 today", "poster", &[], single(13, 900, Some(2))),
        row(SACHET, "Cedar sachet", "sachet sample scented", &[], single(14, 0, None)),
    ]
}

fn things_with_versions() -> [ProductRow; 3] {
    let mug = vec![
        version(5, &["Blue"], 1_800, None, Some(4)),
        version(6, &["Rust"], 1_800, None, Some(0)),
        version(7, &["White"], 2_100, None, None),
    ];
    let socks = vec![
        version(8, &["S"], 1_500, None, Some(8)),
        version(9, &["M"], 1_600, Some(2_000), Some(2)),
        version(10, &["L"], 1_600, None, Some(0)),
    ];
    let cards = vec![version(15, &["$25"], 2_500, None, None), version(16, &["$50"], 5_000, None, None)];
    [
        row(MUG, "Tidal mug", "mug kitchen cup", &["Colour"], mug),
        row(SOCKS, "Deckhand socks, three pairs", "socks warm wool", &["Size"], socks),
        row(VOUCHER, "Pier gift card", "card present", &["Amount"], cards),
    ]
}

/// Sold below zero too, so that its count means nothing.
fn storm() -> ProductRow {
    let mut storm = row(
        STORM,
        "Storm lantern",
        "lantern light outdoors",
        &[],
        vec![version(12, &[], 7_500, None, Some(4))],
    );
    storm.product.variants[0].stock.oversell = true;
    storm
}

fn hidden() -> ProductRow {
    let mut hidden =
        row(HIDDEN, "Founders' ledger", "ledger gift", &[], vec![version(30, &[], 500, None, Some(9))]);
    hidden.product.status = ProductStatus::Unlisted;
    hidden
}

pub(crate) fn row_of(id: ProductId) -> ProductRow {
    rows().into_iter().find(|row| row.product.id == id).unwrap()
}

/// The verdict on these contents, with every row of the shop known.
pub(crate) fn verdict(contents: &[Content], said: &Said) -> Verdict {
    let rows = rows();
    let shop = facts();
    let offers = Offers::NONE;
    let ground = Ground { rows: &rows, offers, shop: &shop, said, freshness: Freshness::default(), now: NOW };
    gate::check(contents, &ground).verdict()
}

pub(crate) fn text(text: &str) -> Content {
    Content::Text { text: text.to_owned(), choices: Vec::new() }
}

/// A shelf that finds a product by any of its words.
pub(crate) struct PierShelf {
    pub(crate) rows: Vec<ProductRow>,
    pub(crate) offers: Vec<DiscountRow>,
}

impl PierShelf {
    fn score(row: &ProductRow, words: &str) -> usize {
        let product = &row.product;
        let carried = format!("{} {}", product.title, product.tags.join(" ")).to_lowercase();
        let carried: Vec<&str> = carried.split(|c: char| !c.is_alphanumeric()).collect();
        words.to_lowercase().split_whitespace().filter(|word| carried.contains(word)).count()
    }

    fn fits(&self, row: &ProductRow, wanted: &Wanted) -> bool {
        let product = &row.product;
        let kind = wanted.like.and_then(|like| self.rows.iter().find(|row| row.product.id == like));
        let keeps = |money: Money| {
            wanted.at_most.is_none_or(|most| money.minor <= most.minor)
                && wanted.at_least.is_none_or(|least| money.minor >= least.minor)
        };
        let alike = kind.is_none_or(|kind| kind.product.tags.iter().any(|tag| product.tags.contains(tag)));
        product.is_offered()
            && alike
            && !wanted.except.contains(&product.id)
            && !wanted.without.iter().any(|word| Self::score(row, word) > 0)
            && (wanted.words.is_empty() || Self::score(row, &wanted.words) > 0)
            && product.variants.iter().any(|variant| keeps(variant.price))
    }
}

#[async_trait]
impl Shelf for PierShelf {
    async fn search(&self, wanted: &Wanted, most: usize) -> Result<Found, ShelfUnavailable> {
        let mut fitting: Vec<ProductRow> =
            self.rows.iter().filter(|row| self.fits(row, wanted)).cloned().collect();
        let price = |row: &ProductRow| row.product.price_span().map_or(0, |(low, _)| low.minor);
        match wanted.order {
            Order::Fit => fitting.sort_by_key(|row| std::cmp::Reverse(Self::score(row, &wanted.words))),
            Order::CheapestFirst => fitting.sort_by_key(price),
            Order::DearestFirst => fitting.sort_by_key(|row| std::cmp::Reverse(price(row))),
        }
        let offered = self.rows.iter().filter(|row| row.product.is_offered()).count();
        let (rows, fitting) = (fitting.iter().take(most).cloned().collect(), fitting.len());
        Ok(Found { rows, fitting, offered })
    }

    async fn rows(&self, ids: &[ProductId]) -> Result<Vec<ProductRow>, ShelfUnavailable> {
        let find =
            |id: &ProductId| self.rows.iter().find(|row| row.product.id == *id && row.product.is_offered());
        Ok(ids.iter().filter_map(find).cloned().collect())
    }

    async fn promotions(&self) -> Result<Vec<DiscountRow>, ShelfUnavailable> {
        Ok(self.offers.clone())
    }
}
