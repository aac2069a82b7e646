//! A product as a file describes it, before it is checked: every reader fills these, `assemble` judges them.

use std::collections::BTreeSet;

use crate::shopify::store::{Image, Status};

use super::report::Report;

/// The longest text that is kept of one cell or field.
pub(crate) const MOST_TEXT_BYTES: usize = 1024 * 1024;

/// The most variants of all products together, and so the most products.
pub(crate) const MOST_VARIANTS: usize = 250_000;
/// Shopify's own limit for a product's pictures and for its labels; also kept for its extra fields and collections.
const MOST_DETAILS: usize = 250;

/// What a reader got out of a file.
#[derive(Debug, Default)]
pub(crate) struct Extract {
    pub(crate) drafts: Vec<Draft>,
    /// Variants of all drafts.
    pub(crate) variants: usize,
    /// Currency codes the file names.
    pub(crate) currencies: BTreeSet<String>,
    is_full: bool,
}

impl Extract {
    /// Whether nothing more is taken; reported the first time.
    pub(crate) fn is_full(&mut self, line: u64, report: &mut Report) -> bool {
        let is_full = self.drafts.len() >= MOST_VARIANTS || self.variants >= MOST_VARIANTS;
        if is_full && !self.is_full {
            let what = format!("the file has more than {MOST_VARIANTS} variants; what follows was skipped");
            report.find(line, "", what, "split the file and load one part");
        }
        self.is_full = is_full;
        is_full
    }

    /// Takes a product.
    pub(crate) fn push(&mut self, draft: Draft) {
        self.variants += draft.variants.len();
        self.drafts.push(draft);
    }
}

/// A product, not yet checked.
#[derive(Debug)]
pub(crate) struct Draft {
    /// Line or number in the file.
    pub(crate) line: u64,
    pub(crate) id: Option<u64>,
    pub(crate) handle: String,
    pub(crate) title: String,
    pub(crate) description_html: String,
    /// How long it was in the file; more than is kept when it had to be cut.
    pub(crate) description_bytes: usize,
    pub(crate) vendor: String,
    pub(crate) product_type: String,
    pub(crate) tags: Vec<String>,
    pub(crate) status: Status,
    pub(crate) published: bool,
    pub(crate) created_at: Option<i64>,
    pub(crate) updated_at: Option<i64>,
    /// Option names.
    pub(crate) options: Vec<String>,
    pub(crate) images: Vec<Image>,
    pub(crate) is_gift_card: bool,
    pub(crate) requires_selling_plan: bool,
    pub(crate) collections: Vec<DraftCollection>,
    pub(crate) metafields: Vec<(String, String)>,
    pub(crate) variants: Vec<DraftVariant>,
    /// Pictures, labels and the like beyond what a product may have.
    pub(crate) left_out: usize,
}

impl Draft {
    /// A product with nothing said of it: on sale and published, as Shopify takes what is left out.
    pub(crate) fn at(line: u64) -> Self {
        Self {
            line,
            id: None,
            handle: String::new(),
            title: String::new(),
            description_html: String::new(),
            description_bytes: 0,
            vendor: String::new(),
            product_type: String::new(),
            tags: Vec::new(),
            status: Status::Active,
            published: true,
            created_at: None,
            updated_at: None,
            options: Vec::new(),
            images: Vec::new(),
            is_gift_card: false,
            requires_selling_plan: false,
            collections: Vec::new(),
            metafields: Vec::new(),
            variants: Vec::new(),
            left_out: 0,
        }
    }

    /// Sets the description, cut to what is kept of one.
    pub(crate) fn describe(&mut self, html: &str) {
        let kept = html.get(..html.floor_char_boundary(MOST_TEXT_BYTES)).unwrap_or(html);
        kept.clone_into(&mut self.description_html);
        self.description_bytes = html.len();
    }

    /// Adds a picture unless it is there already.
    pub(crate) fn add_image(&mut self, url: &str, alt: &str) {
        if url.is_empty() || self.images.iter().any(|image| image.url == url) {
            return;
        }
        let image = Image { url: url.to_owned(), alt: alt.to_owned() };
        self.left_out += usize::from(push_within(&mut self.images, image).is_none());
    }

    /// Adds labels, each once.
    pub(crate) fn add_tags<'t>(&mut self, labels: impl Iterator<Item = &'t str>) {
        for label in labels.map(str::trim).filter(|label| !label.is_empty()) {
            if !self.tags.iter().any(|tag| tag == label) {
                self.left_out += usize::from(push_within(&mut self.tags, label.to_owned()).is_none());
            }
        }
    }

    /// Adds an extra field.
    pub(crate) fn add_metafield(&mut self, key: String, value: String) {
        self.left_out += usize::from(push_within(&mut self.metafields, (key, value)).is_none());
    }

    /// Adds a collection it is in.
    pub(crate) fn add_collection(&mut self, collection: DraftCollection) {
        if !self.collections.contains(&collection) {
            self.left_out += usize::from(push_within(&mut self.collections, collection).is_none());
        }
    }
}

fn push_within<T>(list: &mut Vec<T>, member: T) -> Option<()> {
    (list.len() < MOST_DETAILS).then(|| list.push(member))
}

/// A variant, not yet checked.
#[derive(Debug)]
pub(crate) struct DraftVariant {
    pub(crate) line: u64,
    pub(crate) id: Option<u64>,
    pub(crate) inventory_item_id: Option<u64>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) sku: String,
    pub(crate) barcode: String,
    /// As it was written.
    pub(crate) price: String,
    pub(crate) compare_at: Option<String>,
    pub(crate) stock: Stock,
    /// Stock of single locations, where those are listed apart.
    pub(crate) levels: Option<i64>,
    pub(crate) oversell: bool,
    pub(crate) requires_shipping: bool,
    pub(crate) image: Option<String>,
    pub(crate) updated_at: Option<i64>,
}

impl DraftVariant {
    /// Adds what one more location has.
    pub(crate) fn add_level(&mut self, more: i64) {
        self.levels = Some(self.levels.unwrap_or(0).saturating_add(more));
    }
}

/// A chosen option value; the name is absent where values simply come in the options' order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) name: Option<String>,
    pub(crate) value: String,
}

/// What the file says of a variant's stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stock {
    /// Not counted by the shop.
    Untracked,
    /// The file says nothing of it.
    Unsaid,
    /// Counted by the shop, but the file has no figure anywhere.
    NoFigure,
    /// Counted by the shop, and this variant's figure is blank.
    Blank,
    /// Counted.
    Counted(i64),
    /// A figure that is no whole number.
    Unreadable(String),
}

impl Stock {
    /// A figure as it was written.
    pub(crate) fn counted(written: &str) -> Self {
        match written.trim() {
            "" => Self::Blank,
            figure => figure.parse().map_or_else(|_| Self::Unreadable(figure.to_owned()), Self::Counted),
        }
    }
}

/// A collection a product says it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DraftCollection {
    pub(crate) id: Option<u64>,
    /// Empty where the file has only a title.
    pub(crate) handle: String,
    pub(crate) title: String,
    pub(crate) description: String,
}

/// Reads a status in either case.
pub(crate) fn status(written: &str) -> Option<Status> {
    match written.trim().to_ascii_lowercase().as_str() {
        "" | "active" => Some(Status::Active),
        "draft" => Some(Status::Draft),
        "archived" => Some(Status::Archived),
        "unlisted" => Some(Status::Unlisted),
        _ => None,
    }
}

/// A spreadsheet puts an apostrophe before digits to keep them text; it is not part of the number.
pub(crate) fn without_apostrophe(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}
