//! Rows as a model is told of them: an allow-list of public fields, short, and as JSON, so that no text of a merchant's can
//! pass for anything but a value.

use serde_json::{Map, Value, json};
use shopclerk_domain::product::{ProductRow, Variant};

use crate::names;
use crate::reply;
use crate::rules::Situation;

/// So much of a description is told of one among others, and so much of one that is looked at closer.
const ABOUT_CHARS: usize = 120;
const CLOSER_CHARS: usize = 600;
/// So many versions are told one by one.
const MOST_VERSIONS: usize = 8;

/// The facts of a row under the reference the model knows it by. Figures that are too old to be said are not told.
pub(super) fn facts(situation: &Situation<'_>, reference: &str, row: &ProductRow) -> Value {
    told(situation, reference, row, ABOUT_CHARS)
}

/// The same, with more of the description.
pub(super) fn closer(situation: &Situation<'_>, reference: &str, row: &ProductRow) -> Value {
    told(situation, reference, row, CLOSER_CHARS)
}

fn told(situation: &Situation<'_>, reference: &str, row: &ProductRow, about: usize) -> Value {
    let product = &row.product;
    let mut fields = Map::new();
    let mut put = |name: &str, value: String| {
        if !value.is_empty() {
            fields.insert(name.to_owned(), Value::String(value));
        }
    };
    put("ref", reference.to_owned());
    put("name", names::name(product));
    put("kind", names::plain(&product.product_type));
    put("about", reply::cut(&names::paragraph(&product.description).replace('\n', " "), about));
    match product.variants.as_slice() {
        [only] => figures(situation, row, only, &mut fields),
        several => {
            let told = several.iter().take(MOST_VERSIONS).map(|variant| version(situation, row, variant));
            fields.insert("versions".to_owned(), told.collect());
        }
    }
    Value::Object(fields)
}

fn version(situation: &Situation<'_>, row: &ProductRow, variant: &Variant) -> Value {
    let mut fields = Map::new();
    fields.insert("version".to_owned(), json!(names::plain(&variant.title())));
    figures(situation, row, variant, &mut fields);
    Value::Object(fields)
}

fn figures(situation: &Situation<'_>, row: &ProductRow, variant: &Variant, fields: &mut Map<String, Value>) {
    let mut put = |name: &str, value: String| drop(fields.insert(name.to_owned(), Value::String(value)));
    if situation.price_is_fresh(row) && variant.price.minor > 0 {
        put("price", situation.money(variant.price));
        if let Some(was) = variant.reduced_from() {
            put("was", situation.money(was));
        }
    }
    if situation.stock_is_fresh(row) {
        put(
            "stock",
            match (variant.stock.for_sale, variant.stock.figure()) {
                (false, _) => "sold out".to_owned(),
                (true, Some(pieces)) => format!("{pieces} in stock"),
                (true, None) => "in stock".to_owned(),
            },
        );
    }
}
