//! The lines of a bulk operation. Children name their parent and may stand anywhere, also before it or far behind, so
//! the products are read first, then their variants, then everything that hangs on either. What a line is, is told by
//! its global id and, where a query left that out, by its fields; never by its place.

use std::collections::{BTreeMap, HashMap};

use super::draft::{Draft, DraftVariant, Extract};
use super::error::CatalogueError;
use super::fields::{Fields, MOST_DEPTH, is_too_deep};
use super::json::Documents;
use super::kind::has_bulk_line;
use super::report::{Report, quote};
use super::shape;

/// Kinds of unknown lines that are told apart.
const MOST_UNKNOWN_KINDS: usize = 100;

/// Reads the products; what no reader knows is counted and left out.
pub(crate) fn read(text: &str, report: &mut Report) -> Result<Extract, CatalogueError> {
    let mut lines = Lines::default();
    if has_bulk_line(text) {
        for (line, record) in (1..).zip(text.lines()).filter(|(_, record)| !record.trim().is_empty()) {
            lines.take(line, record.trim(), report);
        }
    } else {
        let mut documents = Documents::new(text);
        let (mut line, mut counted) = (1, 0);
        while let Some(record) = documents.next().transpose()? {
            let start = documents.offset().saturating_sub(record.len());
            let passed = text.get(counted..start).unwrap_or_default();
            line += passed.bytes().filter(|byte| *byte == b'\n').count() as u64;
            counted = start;
            lines.take(line, record, report);
        }
    }
    let extract = lines.finish(report);
    if extract.drafts.is_empty() && report.findings.is_empty() {
        return Err(CatalogueError::NoProducts);
    }
    Ok(extract)
}

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Product,
    Variant,
    Picture,
    Collection,
    Metafield,
    Level,
}

/// By the global id; by the fields where a query did not ask for one.
fn kind(gid: &str, fields: &Fields<'_>) -> Option<Kind> {
    let any = |names: &[&str]| names.iter().any(|name| fields.has(name));
    match type_of(gid) {
        "Product" => Some(Kind::Product),
        "ProductVariant" => Some(Kind::Variant),
        "MediaImage" | "ProductImage" | "ImageSource" | "Image" => Some(Kind::Picture),
        "Collection" => Some(Kind::Collection),
        "Metafield" => Some(Kind::Metafield),
        "InventoryLevel" => Some(Kind::Level),
        "" if any(&["price"]) && any(&["selectedOptions", "inventoryQuantity", "sku"]) => Some(Kind::Variant),
        "" if any(&["key"]) && any(&["value"]) => Some(Kind::Metafield),
        "" if any(&["quantities", "available"]) => Some(Kind::Level),
        "" if any(&["url", "src", "originalSrc", "image", "preview"]) => Some(Kind::Picture),
        _ => None,
    }
}

/// `Product` of `gid://shopify/Product/1`; empty where it is no global id.
fn type_of(gid: &str) -> &str {
    gid.strip_prefix("gid://shopify/").and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

/// A record that hangs on another one.
struct Child<'a> {
    line: u64,
    kind: Kind,
    parent: String,
    text: &'a str,
}

/// A variant by its product's place and its own.
type Place = (usize, usize);

/// The records so far, sorted by what they are.
#[derive(Default)]
struct Lines<'a> {
    extract: Extract,
    /// Products by their global id.
    products: HashMap<String, usize>,
    /// Variants by their global id and by that of their stock item.
    variants: HashMap<String, Place>,
    /// Collections that stand above their products.
    collections: HashMap<String, &'a str>,
    children: Vec<Child<'a>>,
    unknown: BTreeMap<String, u64>,
}

impl<'a> Lines<'a> {
    fn take(&mut self, line: u64, text: &'a str, report: &mut Report) {
        if is_too_deep(text) {
            let what = format!("the line nests more than {MOST_DEPTH} levels deep");
            return report.find(line, "", what, "export it again");
        }
        let Ok(fields) = Fields::parse(text) else {
            return report.find(
                line,
                "",
                "the line is no JSON object; it may be cut off",
                "download the file again",
            );
        };
        let gid = fields.text(&["id"]).unwrap_or_default();
        let parent = fields.text(&["__parentId"]).unwrap_or_default();
        match kind(&gid, &fields) {
            None => self.count_unknown(type_of(&gid)),
            Some(Kind::Product) if parent.is_empty() => self.product(line, &gid, &fields, report),
            Some(Kind::Collection) if parent.is_empty() => {
                self.collections.insert(gid, text);
            }
            Some(_) if parent.is_empty() => self.count_unknown(type_of(&gid)),
            Some(kind) => self.children.push(Child { line, kind, parent, text }),
        }
    }

    fn product(&mut self, line: u64, gid: &str, fields: &Fields<'_>, report: &mut Report) {
        if self.products.contains_key(gid) {
            return report.find(
                line,
                "",
                format!("the product {} comes twice", quote(gid)),
                "export the file again",
            );
        }
        if self.extract.is_full(line, report) {
            return;
        }
        shape::currencies(fields, &mut self.extract.currencies);
        self.products.insert(gid.to_owned(), self.extract.drafts.len());
        self.extract.push(shape::product(fields, line, report));
    }

    fn count_unknown(&mut self, kind: &str) {
        let kind = if kind.is_empty() { "unknown kind" } else { kind };
        if self.unknown.len() < MOST_UNKNOWN_KINDS || self.unknown.contains_key(kind) {
            *self.unknown.entry(kind.to_owned()).or_default() += 1;
        }
    }

    /// Hangs every child on its parent, the ones that are parents themselves first.
    fn finish(mut self, report: &mut Report) -> Extract {
        let children = std::mem::take(&mut self.children);
        for wanted in [Kind::Product, Kind::Variant] {
            for child in children.iter().filter(|child| child.kind == wanted) {
                self.place(child, report);
            }
        }
        for child in children.iter().filter(|child| !matches!(child.kind, Kind::Product | Kind::Variant)) {
            self.place(child, report);
        }
        for (kind, count) in &self.unknown {
            report.note(format!("left out: {count} lines of {}", quote(kind)));
        }
        self.extract
    }

    fn place(&mut self, child: &Child<'_>, report: &mut Report) {
        let Ok(fields) = Fields::parse(child.text) else { return };
        let is_placed = match child.kind {
            Kind::Product => self.member(child, &fields, report),
            Kind::Variant => self.extract.is_full(child.line, report) || self.variant(child, &fields),
            Kind::Picture | Kind::Collection | Kind::Metafield | Kind::Level => self.detail(child, &fields),
        };
        if is_placed {
            return;
        }
        // What hangs on something this reader does not know is unknown itself.
        if matches!(type_of(&child.parent), "Product" | "ProductVariant" | "InventoryItem" | "Collection") {
            let what = format!("the line belongs to {}, which the file does not have", quote(&child.parent));
            report.find(child.line, "", what, "export products and what belongs to them together");
        } else {
            self.count_unknown(type_of(&child.parent));
        }
    }

    /// A product below a collection: named once more, or described only there.
    fn member(&mut self, child: &Child<'_>, fields: &Fields<'_>, report: &mut Report) -> bool {
        let gid = fields.text(&["id"]).unwrap_or_default();
        if !self.products.contains_key(&gid) && fields.has("title") {
            self.product(child.line, &gid, fields, report);
        }
        let collection = self.collections.get(&child.parent).and_then(|text| Fields::parse(text).ok());
        let Some(draft) = draft_of(&self.products, &gid, &mut self.extract.drafts) else { return false };
        let Some(collection) = collection.as_ref().and_then(shape::collection) else { return false };
        draft.add_collection(collection);
        true
    }

    fn variant(&mut self, child: &Child<'_>, fields: &Fields<'_>) -> bool {
        let Some(&product) = self.products.get(&child.parent) else { return false };
        let Some(draft) = self.extract.drafts.get_mut(product) else { return false };
        let item = fields.object(&["inventoryItem"]).and_then(|item| item.text(&["id"]));
        let place = (product, draft.variants.len());
        draft.variants.push(shape::variant(fields, child.line));
        self.extract.variants += 1;
        shape::currencies(fields, &mut self.extract.currencies);
        self.variants.extend(fields.text(&["id"]).into_iter().chain(item).map(|gid| (gid, place)));
        true
    }

    /// Something that hangs on a product or a variant.
    fn detail(&mut self, child: &Child<'_>, fields: &Fields<'_>) -> bool {
        let drafts = &mut self.extract.drafts;
        if let Some(draft) = draft_of(&self.products, &child.parent, drafts) {
            hang_on_product(draft, child.kind, fields);
            return true;
        }
        let place = self.variants.get(&child.parent).copied();
        let variant = place.and_then(|(product, variant)| drafts.get_mut(product)?.variants.get_mut(variant));
        if let Some(variant) = variant {
            hang_on_variant(variant, child.kind, fields);
            return true;
        }
        false
    }
}

fn draft_of<'d>(
    products: &HashMap<String, usize>,
    gid: &str,
    drafts: &'d mut [Draft],
) -> Option<&'d mut Draft> {
    products.get(gid).and_then(|at| drafts.get_mut(*at))
}

fn hang_on_product(draft: &mut Draft, kind: Kind, fields: &Fields<'_>) {
    match kind {
        Kind::Picture => {
            if let Some((url, alt)) = shape::picture(fields) {
                draft.add_image(&url, &alt);
            }
        }
        Kind::Collection => {
            if let Some(collection) = shape::collection(fields) {
                draft.add_collection(collection);
            }
        }
        Kind::Metafield => {
            if let Some((key, value)) = shape::metafield(fields) {
                draft.add_metafield(key, value);
            }
        }
        Kind::Product | Kind::Variant | Kind::Level => {}
    }
}

fn hang_on_variant(variant: &mut DraftVariant, kind: Kind, fields: &Fields<'_>) {
    match kind {
        Kind::Picture => {
            if let Some((url, _)) = shape::picture(fields) {
                variant.image.get_or_insert(url);
            }
        }
        Kind::Level => {
            if let Some(more) = shape::available(fields) {
                variant.add_level(more);
            }
        }
        Kind::Product | Kind::Variant | Kind::Collection | Kind::Metafield => {}
    }
}
