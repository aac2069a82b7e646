//! JSON documents with products: a storefront's `products.json`, Admin API answers (one page, several one after the
//! other, a single product, a bare list) and GraphQL answers of the same products.

use serde_json::value::RawValue;

use super::draft::{Extract, MOST_VARIANTS};
use super::error::CatalogueError;
use super::fields::{Fields, MOST_DEPTH, is_too_deep, members_of};
use super::report::{Form, Report};
use super::shape;

/// Products of one file that are looked at, good or bad.
const MOST_LOOKED_AT: u64 = MOST_VARIANTS as u64 + 1;

/// JSON values one after the other, each as its text.
pub(crate) struct Documents<'a> {
    values: serde_json::StreamDeserializer<'a, serde_json::de::StrRead<'a>, &'a RawValue>,
}

impl<'a> Documents<'a> {
    /// The values in `text`, which may be separated by blanks, line breaks or nothing.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { values: serde_json::Deserializer::from_str(text).into_iter() }
    }

    /// Where the last value ends.
    pub(crate) fn offset(&self) -> usize {
        self.values.byte_offset()
    }
}

impl<'a> Iterator for Documents<'a> {
    type Item = Result<&'a str, CatalogueError>;

    fn next(&mut self) -> Option<Self::Item> {
        let value = self.values.next()?;
        Some(value.map(RawValue::get).map_err(|why| broken(&why)))
    }
}

/// Damage as a person finds it in an editor.
fn broken(why: &serde_json::Error) -> CatalogueError {
    let reason = why.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
    CatalogueError::BrokenJson { line: why.line() as u64, column: why.column() as u64, why: reason }
}

/// The form, by what the first variant says of its stock.
pub(crate) fn form(text: &str) -> Result<Form, CatalogueError> {
    let document = Documents::new(text).next().ok_or(CatalogueError::NoProducts)??;
    let first = products_of(document).and_then(|products| products.into_iter().next());
    let product = first.and_then(|text| Fields::parse(text).ok());
    let Some(product) = product else { return Ok(Form::AdminRest) };
    let by_status = product.has("status") || product.has("admin_graphql_api_id");
    let variant = product.objects(&["variants"]).into_iter().next();
    let by_stock =
        variant.is_none_or(|variant| variant.has("inventory_quantity") || !variant.has("available"));
    Ok(if by_status || by_stock { Form::AdminRest } else { Form::Storefront })
}

/// Reads the products; one that cannot be read is reported and left out, a damaged document is an error.
pub(crate) fn read(text: &str, report: &mut Report) -> Result<Extract, CatalogueError> {
    let mut extract = Extract::default();
    let mut number = 0;
    let mut has_list = false;
    for document in Documents::new(text) {
        let Some(products) = products_of(document?) else { continue };
        has_list = true;
        for product in products {
            number += 1;
            if number > MOST_LOOKED_AT || extract.is_full(number, report) {
                report.note(format!("only the first {} products were looked at", number - 1));
                return Ok(extract);
            }
            one(product, number, &mut extract, report)?;
        }
    }
    if !has_list || number == 0 {
        return Err(CatalogueError::NoProducts);
    }
    Ok(extract)
}

fn one(text: &str, number: u64, extract: &mut Extract, report: &mut Report) -> Result<(), CatalogueError> {
    if is_too_deep(text) {
        let what = format!("the product nests more than {MOST_DEPTH} levels deep");
        report.find(number, "", what, "export it again");
        return Ok(());
    }
    let Ok(fields) = Fields::parse(text) else {
        report.find(number, "", "this is not a product but another value", "remove it or export again");
        return Ok(());
    };
    if fields.has("price_varies") && fields.has("price_max") {
        return Err(CatalogueError::ThemeProduct);
    }
    shape::currencies(&fields, &mut extract.currencies);
    extract.push(shape::product(&fields, number, report));
    Ok(())
}

/// The products in one document, or nothing when it is a document of something else.
fn products_of(document: &str) -> Option<Vec<&str>> {
    if document.starts_with('[') {
        let members = members_of(document, MOST_VARIANTS + 2);
        // Pages collected in a list, as `jq --slurp` writes them.
        let page = |text: &str| Fields::parse(text).ok().is_some_and(|fields| fields.has("products"));
        if members.iter().take(1).any(|member| page(member)) {
            return Some(members.into_iter().filter_map(products_within).flatten().collect());
        }
        return Some(members);
    }
    products_within(document)
}

fn products_within(document: &str) -> Option<Vec<&str>> {
    let fields = Fields::parse(document).ok()?;
    let fields = fields.object(&["data"]).unwrap_or(fields);
    if let Some(products) = fields.raw(&["products"]) {
        return Some(members_of(products, MOST_VARIANTS + 2));
    }
    if let Some(product) = fields.raw(&["product"]) {
        return Some(vec![product]);
    }
    let is_product = fields.has("title") && (fields.has("variants") || fields.has("handle"));
    is_product.then(|| vec![document])
}
