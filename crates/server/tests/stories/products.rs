//! Goods for stories.

use shopclerk_sandbox::shopify::store::{Product, Status, Variant};

use crate::world::START;

/// A product with one variant: `id`, title, price, stock.
pub(crate) fn simple(id: u64, title: &str, price: &str, quantity: i64) -> Product {
    let handle = title.to_lowercase().replace(' ', "-");
    Product {
        id,
        handle,
        title: title.to_owned(),
        description_html: format!("<p>{title}, made by hand.</p>"),
        vendor: "Tende".to_owned(),
        product_type: String::new(),
        status: Status::Active,
        published: true,
        created_at: START.millis(),
        updated_at: START.millis(),
        variants: vec![variant(id * 10, &[], price, quantity)],
        ..Product::default()
    }
}

/// One variant with counted stock.
pub(crate) fn variant(id: u64, options: &[&str], price: &str, quantity: i64) -> Variant {
    Variant {
        id,
        inventory_item_id: id + 5,
        options: options.iter().map(|value| (*value).to_owned()).collect(),
        sku: format!("SKU-{id}"),
        price: price.to_owned(),
        tracked: true,
        quantity,
        requires_shipping: true,
        updated_at: START.millis(),
        ..Variant::default()
    }
}

/// A small shop of warm things.
pub(crate) fn warm_things() -> Vec<Product> {
    let mut candle = simple(101, "Winter Amber candle", "24.90", 7);
    candle.description_html =
        "<p>A warm, amber-scented soy candle. A gift for mothers who like quiet evenings.</p>".to_owned();
    candle.tags = ["candle", "gift", "warm"].map(str::to_owned).to_vec();
    let mut pine = simple(102, "Winter Pine candle", "26.50", 4);
    pine.description_html = "<p>A soy candle that smells of pine.</p>".to_owned();
    let mut throw = simple(103, "Fjord lambswool throw", "39.00", 3);
    throw.description_html =
        "<p>A warm blanket of lambswool, a gift for mother or for oneself.</p>".to_owned();
    let mut coat = simple(104, "Storm coat", "189.00", 2);
    coat.description_html = "<p>A warm coat for bad weather. A generous gift.</p>".to_owned();
    let mut socks = simple(105, "Ragg socks", "14.50", 0);
    socks.description_html = "<p>Warm woollen socks, a small gift for mother.</p>".to_owned();
    let mut mug = simple(106, "Lumi mug", "18.00", 12);
    mug.options = vec!["Colour".to_owned()];
    mug.variants = vec![
        variant(1_061, &["Blue"], "18.00", 5),
        variant(1_062, &["Red"], "19.50", 0),
        variant(1_063, &["Grey"], "18.00", 7),
    ];
    vec![candle, pine, throw, coat, socks, mug]
}
