//! `shop_products.json`, made slice by slice: a shop may have a hundred thousand products, and only the numbers of those in a
//! collection are held.

use std::collections::BTreeMap;

use serde_json::Value;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{MerchantId, ProductId};
use shopclerk_domain::product::Product;

use super::error::MirrorError;
use super::lean::{lean_discount, lean_product};
use super::sink::Sink;
use crate::app::App;

/// Products read from the store at a time.
const SLICE: usize = 200;

/// Discounts written at most; they are few.
const MOST_DISCOUNTS: usize = 1_000;

/// Writes the products that sell, the discounts that every buyer may use, then the collections the products are in.
pub(super) async fn pour(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    sink: &mut dyn Sink,
) -> Result<(), MirrorError> {
    let mut collections: BTreeMap<String, Vec<ProductId>> = BTreeMap::new();
    let mut written = List::begin("{\"products\":[");
    let mut after: Option<ProductId> = None;
    loop {
        let rows = app.store().list_shop_products(merchant, shop, after, SLICE).await?;
        let Some(last) = rows.last().map(|row| row.product.id) else { break };
        after = Some(last);
        for product in rows.into_iter().map(|row| row.product).filter(Product::is_offered) {
            let Some(lean) = lean_product(&product) else { continue };
            written.add(&lean)?;
            for title in product.collections {
                collections.entry(title).or_default().push(product.id);
            }
        }
        written.hand_over(sink).await?;
    }
    written.end("],\"discounts\":[");
    for row in app.store().list_shop_discounts(merchant, shop, MOST_DISCOUNTS).await? {
        if let Some(lean) = lean_discount(&row.discount) {
            written.add(&lean)?;
        }
    }
    written.end("],\"collections\":[");
    for (title, products) in collections {
        collection(app, merchant, &title, &products, &mut written).await?;
        written.hand_over(sink).await?;
    }
    written.end("]}\n");
    written.hand_over(sink).await
}

async fn collection(
    app: &App,
    merchant: MerchantId,
    title: &str,
    products: &[ProductId],
    list: &mut List,
) -> Result<(), MirrorError> {
    let mut titles: Vec<Value> = Vec::new();
    for slice in products.chunks(SLICE) {
        let rows = app.store().find_products(merchant, slice).await?;
        titles.extend(rows.into_iter().map(|row| Value::String(row.product.title)));
    }
    list.add(&serde_json::json!({ "title": title, "products": titles }))
}

/// A JSON list being written, one item a line.
struct List {
    text: Vec<u8>,
    empty: bool,
}

impl List {
    fn begin(head: &str) -> Self {
        Self { text: head.into(), empty: true }
    }

    fn add(&mut self, item: &Value) -> Result<(), MirrorError> {
        self.text.extend_from_slice(if self.empty { "\n" } else { ",\n" }.as_bytes());
        self.empty = false;
        Ok(serde_json::to_writer(&mut self.text, item)?)
    }

    /// Ends the list; `tail` may begin the next one.
    fn end(&mut self, tail: &str) {
        self.text.extend_from_slice(if self.empty { "" } else { "\n" }.as_bytes());
        self.text.extend_from_slice(tail.as_bytes());
        self.empty = true;
    }

    async fn hand_over(&mut self, sink: &mut dyn Sink) -> Result<(), MirrorError> {
        sink.take(&self.text).await?;
        self.text.clear();
        Ok(())
    }
}
