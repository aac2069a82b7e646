//! The first line of a product CSV: which column is which, in the headings of today's export and of the older one, and
//! which other exports people mistake for it.

use std::borrow::Cow;

use super::error::CatalogueError;

/// A column the loader understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Handle,
    Title,
    Body,
    Vendor,
    Type,
    Tags,
    Published,
    Status,
    Option1Name,
    Option1Value,
    Option2Name,
    Option2Value,
    Option3Name,
    Option3Value,
    Sku,
    Barcode,
    Price,
    CompareAt,
    Tracker,
    Quantity,
    Policy,
    Shipping,
    Image,
    ImagePosition,
    ImageAlt,
    VariantImage,
    GiftCard,
    Collection,
}

/// Letters and digits of every heading a column goes by, the older export's first.
const HEADINGS: [(Column, &[&str]); 28] = [
    (Column::Handle, &["handle", "urlhandle"]),
    (Column::Title, &["title"]),
    (Column::Body, &["bodyhtml", "description", "body"]),
    (Column::Vendor, &["vendor"]),
    (Column::Type, &["type", "customproducttype", "producttype"]),
    (Column::Tags, &["tags"]),
    (Column::Published, &["published", "publishedononlinestore"]),
    (Column::Status, &["status"]),
    (Column::Option1Name, &["option1name"]),
    (Column::Option1Value, &["option1value"]),
    (Column::Option2Name, &["option2name"]),
    (Column::Option2Value, &["option2value"]),
    (Column::Option3Name, &["option3name"]),
    (Column::Option3Value, &["option3value"]),
    (Column::Sku, &["variantsku", "sku"]),
    (Column::Barcode, &["variantbarcode", "barcode"]),
    (Column::Price, &["variantprice", "price"]),
    (Column::CompareAt, &["variantcompareatprice", "compareatprice"]),
    (Column::Tracker, &["variantinventorytracker", "inventorytracker"]),
    (Column::Quantity, &["variantinventoryqty", "inventoryquantity", "variantinventoryquantity"]),
    (Column::Policy, &["variantinventorypolicy", "continuesellingwhenoutofstock", "inventorypolicy"]),
    (Column::Shipping, &["variantrequiresshipping", "requiresshipping"]),
    (Column::Image, &["imagesrc", "productimageurl"]),
    (Column::ImagePosition, &["imageposition", "productimageposition"]),
    (Column::ImageAlt, &["imagealttext", "productimagealttext"]),
    (Column::VariantImage, &["variantimage", "variantimageurl"]),
    (Column::GiftCard, &["giftcard"]),
    (Column::Collection, &["collection"]),
];

/// What no product can do without, in the older and in today's words.
const REQUIRED: [(Column, &str); 3] = [
    (Column::Handle, "Handle (or URL handle)"),
    (Column::Title, "Title"),
    (Column::Price, "Variant Price (or Price)"),
];

/// The columns of one file.
#[derive(Debug)]
pub(crate) struct Columns {
    known: Vec<(Column, usize)>,
    /// Columns of extra fields, with the field's key.
    metafields: Vec<(usize, String)>,
    count: usize,
}

impl Columns {
    /// Reads the headings, or says which file this is instead.
    pub(crate) fn parse(headings: &[Cow<'_, str>]) -> Result<Self, CatalogueError> {
        let plain: Vec<String> = headings.iter().map(|heading| letters(heading)).collect();
        let position =
            |names: &[&str]| names.iter().find_map(|name| plain.iter().position(|seen| seen == name));
        let known: Vec<(Column, usize)> =
            HEADINGS.iter().filter_map(|(column, names)| Some((*column, position(names)?))).collect();

        if let Some(other) = other_export(&plain) {
            return Err(other);
        }
        if known.is_empty() {
            return Err(CatalogueError::UnknownForm);
        }
        let lacks = |column: Column| !known.iter().any(|(known, _)| *known == column);
        let missing: Vec<&str> =
            REQUIRED.iter().filter(|(column, _)| lacks(*column)).map(|(_, name)| *name).collect();
        if !missing.is_empty() {
            return Err(CatalogueError::MissingColumns { missing: missing.join(", ") });
        }
        let metafields = headings.iter().enumerate();
        let metafields = metafields.filter_map(|(at, heading)| Some((at, metafield_key(heading)?))).collect();
        Ok(Self { known, metafields, count: headings.len() })
    }

    /// How many of the headings are known: the right delimiter shows the most.
    pub(crate) fn recognised(headings: &[Cow<'_, str>]) -> usize {
        let is_known = |plain: &str| HEADINGS.iter().any(|(_, names)| names.contains(&plain));
        headings.iter().filter(|heading| is_known(&letters(heading))).count()
    }

    /// How many cells a row has.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Whether the file has the column at all.
    pub(crate) fn has(&self, column: Column) -> bool {
        self.known.iter().any(|(known, _)| *known == column)
    }

    /// A row's cell, without blanks around it; empty where the file has no such column.
    pub(crate) fn cell<'r>(&self, cells: &'r [Cow<'_, str>], column: Column) -> &'r str {
        let at = self.known.iter().find(|(known, _)| *known == column).map(|(_, at)| *at);
        at.and_then(|at| cells.get(at)).map_or("", |cell| cell.trim())
    }

    /// A row's extra fields that are filled in.
    pub(crate) fn metafields<'r>(
        &'r self,
        cells: &'r [Cow<'_, str>],
    ) -> impl Iterator<Item = (&'r str, &'r str)> {
        let filled = |(at, key): &'r (usize, String)| Some((key.as_str(), cells.get(*at)?.trim()));
        self.metafields.iter().filter_map(filled).filter(|(_, value)| !value.is_empty())
    }
}

/// Upper case, blanks, hyphens and brackets differ between exports; letters and digits do not.
fn letters(heading: &str) -> String {
    heading.chars().take(200).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `Material (product.metafields.custom.material)` holds the extra field `material`.
fn metafield_key(heading: &str) -> Option<String> {
    let (_, after) = heading.split_once("product.metafields.custom.")?;
    let key = after.split_once(')').map_or(after, |(key, _)| key).trim();
    (!key.is_empty() && key.len() <= 64).then(|| key.to_owned())
}

fn other_export(headings: &[String]) -> Option<CatalogueError> {
    let has = |name: &str| headings.iter().any(|heading| heading == name);
    if has("lineitemname") || (has("financialstatus") && has("email")) {
        return Some(CatalogueError::OrdersExport);
    }
    if has("totalspent") || (has("firstname") && has("lastname") && has("email")) {
        return Some(CatalogueError::CustomersExport);
    }
    let is_stock =
        has("location") || has("onhand") || headings.iter().any(|heading| heading.starts_with("onhand"));
    let has_price = has("variantprice") || has("price");
    (is_stock && !has_price).then_some(CatalogueError::InventoryExport)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Result<(), &str>) {
        let headings: Vec<Cow<'_, str>> = line.split(',').map(Cow::Borrowed).collect();
        let seen =
            Columns::parse(&headings).map(|_| ()).map_err(|error| format!("{}: {error}", error.code()));
        match expected {
            Ok(()) => assert_eq!(seen, Ok(()), "{line}"),
            Err(wanted) => {
                assert!(seen.as_ref().is_err_and(|error| error.contains(wanted)), "{line}: {seen:?}");
            }
        }
    }

    #[test]
    fn both_exports_headings_are_known_in_any_case() {
        check("Handle,Title,Body (HTML),Variant Price", Ok(()));
        check("URL handle,Title,Description,Price,Compare-at price", Ok(()));
        check("HANDLE,title, variant price ", Ok(()));
    }

    #[test]
    fn all_missing_headings_are_named_at_once() {
        check("Title,Vendor", Err("Handle (or URL handle), Variant Price (or Price)"));
        check("Handle,Vendor,Price", Err("catalogue.missing_columns: the heading Title is missing"));
        check("name,cost", Err("catalogue.unknown_form"));
    }

    #[test]
    fn other_exports_are_named() {
        check(
            "Handle,Title,Option1 Name,SKU,HS Code,Location,Available,On hand",
            Err("catalogue.inventory_export"),
        );
        check("Name,Email,Financial Status,Lineitem name,Lineitem price", Err("catalogue.orders_export"));
        check("Customer ID,First Name,Last Name,Email,Total Spent,Tags", Err("catalogue.customers_export"));
    }
}
