//! What of products and discounts is told in the mirror: what a person needs to sell with them, and no number of ours.

use serde_json::{Map, Value, json};
use shopclerk_domain::discount::{Benefit, Discount};
use shopclerk_domain::product::{Product, Variant};

/// What sells: nothing that cannot be bought, no internal ids, no empty lists.
pub(super) fn lean_product(product: &Product) -> Option<Value> {
    let variants: Vec<Value> =
        product.variants.iter().filter(|variant| variant.stock.for_sale).map(lean_variant).collect();
    if variants.is_empty() {
        return None;
    }
    let mut lean = Map::new();
    lean.insert("title".to_owned(), json!(product.title));
    insert_unless_empty(&mut lean, "type", &product.product_type);
    insert_unless_empty(&mut lean, "vendor", &product.vendor);
    lean.insert("url".to_owned(), json!(product.url));
    insert_unless_empty(&mut lean, "description", &product.description);
    if !product.tags.is_empty() {
        lean.insert("tags".to_owned(), json!(product.tags));
    }
    if !product.facts.is_empty() {
        let facts: Map<String, Value> =
            product.facts.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        lean.insert("metafields".to_owned(), Value::Object(facts));
    }
    lean.insert("variants".to_owned(), Value::Array(variants));
    Some(Value::Object(lean))
}

/// A discount that every buyer may use; of others the mirror holds nothing.
pub(super) fn lean_discount(discount: &Discount) -> Option<Value> {
    let terms = discount.terms.as_ref().ok()?;
    let mut lean = Map::new();
    let mut put = |key: &str, value: Value| drop(lean.insert(key.to_owned(), value));
    put("title", json!(discount.title));
    if let Some(code) = &terms.code {
        put("code", json!(code));
    }
    match terms.benefit {
        Benefit::Percent(hundredths) => put("percentage", json!(f64::from(hundredths) / 100.0)),
        Benefit::Amount(money) | Benefit::AmountEach(money) => {
            put("amount", json!(money.decimal()));
            put("currency", json!(money.currency.code()));
        }
    }
    put("starts_at", json!(terms.starts_at.to_string()));
    if let Some(end) = terms.conditions.ends_at {
        put("ends_at", json!(end.to_string()));
    }
    Some(Value::Object(lean))
}

fn insert_unless_empty(object: &mut Map<String, Value>, key: &str, text: &str) {
    if !text.is_empty() {
        object.insert(key.to_owned(), json!(text));
    }
}

fn lean_variant(variant: &Variant) -> Value {
    let mut lean = Map::new();
    insert_unless_empty(&mut lean, "title", &variant.title());
    lean.insert("price".to_owned(), json!(variant.price.decimal()));
    lean.insert("currency".to_owned(), json!(variant.price.currency.code()));
    if let Some(was) = variant.reduced_from() {
        lean.insert("compare_at_price".to_owned(), json!(was.decimal()));
    }
    lean.insert("available".to_owned(), json!(true));
    if variant.stock.counted && variant.stock.quantity > 0 {
        lean.insert("inventory_quantity".to_owned(), json!(variant.stock.quantity));
    }
    Value::Object(lean)
}
