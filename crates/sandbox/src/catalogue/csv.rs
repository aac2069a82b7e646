//! Shopify's product CSV. A product spreads over several rows joined by their handle; a row may hold only a picture.
//! Rows that cannot be told from their neighbours are reported and left out, never repaired.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::shopify::store::Status;

use super::columns::{Column, Columns};
use super::draft::{
    Choice, Draft, DraftCollection, DraftVariant, Extract, Stock, status, without_apostrophe,
};
use super::error::CatalogueError;
use super::report::{Form, Report, quote};
use super::rows::{Damage, Row, Rows};

const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
const OPTIONS: [(Column, Column); 3] = [
    (Column::Option1Name, Column::Option1Value),
    (Column::Option2Name, Column::Option2Value),
    (Column::Option3Name, Column::Option3Value),
];

/// The form of a text of cells: what stands between them is whatever shows the most known headings.
pub(crate) fn form(text: &str) -> Form {
    let recognised = |delimiter: char| {
        headings(&mut Rows::new(text, delimiter)).map_or(0, |cells| Columns::recognised(&cells))
    };
    // Of equals the last one wins, hence the comma at the end.
    let delimiter =
        DELIMITERS.into_iter().rev().max_by_key(|delimiter| recognised(*delimiter)).unwrap_or(',');
    Form::ProductCsv { delimiter }
}

/// Reads the products; what is wrong with single rows goes into the report.
pub(crate) fn read(text: &str, delimiter: char, report: &mut Report) -> Result<Extract, CatalogueError> {
    let mut rows = Rows::new(text, delimiter);
    let columns = Columns::parse(&headings(&mut rows).ok_or(CatalogueError::UnknownForm)?)?;
    let mut table = Table::new(&columns, report);
    for row in rows {
        if table.extract.is_full(row.line, table.report) {
            break;
        }
        table.row(row);
    }
    Ok(table.finish())
}

/// The first row that is not blank.
fn headings<'a>(rows: &mut Rows<'a>) -> Option<Vec<Cow<'a, str>>> {
    rows.find_map(|row| row.cells.ok().filter(|cells| cells.iter().any(|cell| !cell.trim().is_empty())))
}

/// The products of the rows so far.
struct Table<'c> {
    columns: &'c Columns,
    report: &'c mut Report,
    extract: Extract,
    /// Where each handle's product is, and whether a second product of that handle was met.
    by_handle: HashMap<String, (usize, bool)>,
    /// Picture positions of the products, where the file gives them.
    positions: HashMap<usize, Vec<u64>>,
    last_handle: String,
    /// Whether the row before was damaged, so that this one may be its remainder.
    after_damage: bool,
}

impl<'c> Table<'c> {
    fn new(columns: &'c Columns, report: &'c mut Report) -> Self {
        Self {
            columns,
            report,
            extract: Extract::default(),
            by_handle: HashMap::new(),
            positions: HashMap::new(),
            last_handle: String::new(),
            after_damage: false,
        }
    }

    fn row(&mut self, row: Row<'_>) {
        let line = row.line;
        let cells = match row.cells {
            Ok(cells) => cells,
            Err(damage) => return self.damaged(line, damage),
        };
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        if let Some(wrong) = self.wrong_count(&cells, row.is_unfinished) {
            if !self.after_damage {
                self.report.find(
                    line,
                    "",
                    wrong,
                    "quote cells that hold a comma or a line break, or export again",
                );
            }
            return;
        }
        self.after_damage = false;
        self.cells(line, &cells);
    }

    fn damaged(&mut self, line: u64, damage: Damage) {
        let what = match damage {
            Damage::Unclosed => "a quotation mark opens a cell here and is never closed".to_owned(),
            Damage::Rest => "a quotation mark is never closed; all that follows was skipped".to_owned(),
            Damage::Stray(end) if end == line => "something follows a closing quotation mark".to_owned(),
            Damage::Stray(end) => format!("a quotation mark opens a cell here that ends amid line {end}"),
            Damage::TooManyCells => "the row has thousands of cells".to_owned(),
        };
        self.report.find(line, "", what, "double quotation marks within a cell, or export again");
        self.after_damage = true;
    }

    /// A row with too few or too many cells has its cells in the wrong columns.
    fn wrong_count(&self, cells: &[Cow<'_, str>], is_unfinished: bool) -> Option<String> {
        let (seen, wanted) = (cells.len(), self.columns.count());
        let surplus = cells.get(wanted..).unwrap_or_default();
        if seen < wanted && is_unfinished {
            return Some(format!("the file breaks off here, after {seen} of {wanted} cells"));
        }
        let is_wrong = seen < wanted || surplus.iter().any(|cell| !cell.trim().is_empty());
        is_wrong.then(|| format!("the row has {seen} cells, the headings {wanted}"))
    }

    fn cells(&mut self, line: u64, cells: &[Cow<'_, str>]) {
        let handle = self.columns.cell(cells, Column::Handle);
        if handle.is_empty() {
            let cure = "write the handle of the product it belongs to";
            return self.report.find(line, "", "the row has no handle", cure);
        }
        let continues = self.last_handle == handle;
        handle.clone_into(&mut self.last_handle);
        let title = self.columns.cell(cells, Column::Title);
        let Some(&(at, is_doubled)) = self.by_handle.get(handle) else {
            return self.first_row(line, handle, cells);
        };
        if is_doubled {
            return;
        }
        let Some(draft) = self.extract.drafts.get_mut(at) else { return };
        if draft.title.is_empty() && !title.is_empty() {
            fill_product(draft, self.columns, cells, line, self.report);
        } else if is_second(draft, title, continues) {
            self.by_handle.insert(handle.to_owned(), (at, true));
            let what = format!(
                "a second product with this handle, {}; rows of the handle were skipped from here on",
                quote(title)
            );
            return self.report.find(line, handle, what, "give it a handle of its own");
        }
        self.row_of(at, line, cells);
    }

    fn first_row(&mut self, line: u64, handle: &str, cells: &[Cow<'_, str>]) {
        let mut draft = Draft::at(line);
        handle.clone_into(&mut draft.handle);
        if !self.columns.cell(cells, Column::Title).is_empty() {
            fill_product(&mut draft, self.columns, cells, line, self.report);
        }
        let at = self.extract.drafts.len();
        self.extract.push(draft);
        self.by_handle.insert(handle.to_owned(), (at, false));
        self.row_of(at, line, cells);
    }

    /// The variant and the picture in a row, each where there is one.
    fn row_of(&mut self, at: usize, line: u64, cells: &[Cow<'_, str>]) {
        let Some(draft) = self.extract.drafts.get_mut(at) else { return };
        let cell = |column| self.columns.cell(cells, column);
        if draft.options.is_empty() {
            let names = OPTIONS.iter().map(|(name, _)| cell(*name));
            draft.options = names.take_while(|name| !name.is_empty()).map(str::to_owned).collect();
        }
        let variant_cells = [
            Column::Title,
            Column::Option1Value,
            Column::Sku,
            Column::Price,
            Column::CompareAt,
            Column::Barcode,
        ];
        if variant_cells.iter().any(|column| !cell(*column).is_empty()) {
            let variant = variant(self.columns, cells, line, self.report);
            draft.variants.push(variant);
            self.extract.variants += 1;
        }
        let before = draft.images.len();
        draft.add_image(cell(Column::Image), cell(Column::ImageAlt));
        if draft.images.len() > before {
            let position = cell(Column::ImagePosition).parse().unwrap_or(u64::MAX);
            self.positions.entry(at).or_default().push(position);
        }
    }

    fn finish(mut self) -> Extract {
        for (at, positions) in self.positions {
            let Some(draft) = self.extract.drafts.get_mut(at) else { continue };
            let mut placed: Vec<_> = positions.into_iter().zip(draft.images.drain(..)).collect();
            placed.sort_by_key(|(position, _)| *position);
            draft.images.extend(placed.into_iter().map(|(_, image)| image));
        }
        if self.columns.has(Column::Tracker) && !self.columns.has(Column::Quantity) {
            self.report.note("the file has no quantities, as exports of shops with several locations: stock is not counted");
        }
        self.extract
    }
}

/// Some tools repeat the title in every row; a title anywhere else begins another product.
fn is_second(draft: &Draft, title: &str, continues: bool) -> bool {
    let is_repeated = continues && draft.title == title;
    !title.is_empty() && !is_repeated
}

fn fill_product(
    draft: &mut Draft,
    columns: &Columns,
    cells: &[Cow<'_, str>],
    line: u64,
    report: &mut Report,
) {
    let cell = |column| columns.cell(cells, column);
    cell(Column::Title).clone_into(&mut draft.title);
    draft.line = line;
    draft.describe(cell(Column::Body));
    cell(Column::Vendor).clone_into(&mut draft.vendor);
    cell(Column::Type).clone_into(&mut draft.product_type);
    draft.add_tags(cell(Column::Tags).split(','));
    for (key, value) in columns.metafields(cells) {
        draft.add_metafield(key.to_owned(), value.to_owned());
    }
    draft.is_gift_card = flag(cell(Column::GiftCard)).unwrap_or(false);
    let collection = cell(Column::Collection);
    if !collection.is_empty() {
        let title = collection.to_owned();
        let (handle, description) = (String::new(), String::new());
        draft.add_collection(DraftCollection { id: None, handle, title, description });
    }

    draft.status = status(cell(Column::Status)).unwrap_or_else(|| {
        let what = format!("the status {} is not known; taken for draft", quote(cell(Column::Status)));
        report.find(line, &draft.handle, what, "write active, draft, archived or unlisted");
        Status::Draft
    });
    let published = cell(Column::Published);
    draft.published = published.is_empty()
        || flag(published).unwrap_or_else(|| {
            let what = format!("{} does not say whether it is published; taken for hidden", quote(published));
            report.find(line, &draft.handle, what, "write TRUE or FALSE");
            false
        });
}

fn variant(columns: &Columns, cells: &[Cow<'_, str>], line: u64, report: &mut Report) -> DraftVariant {
    let cell = |column| columns.cell(cells, column);
    let some = |column| Some(cell(column)).filter(|text| !text.is_empty()).map(str::to_owned);
    let stock = if cell(Column::Tracker).is_empty() {
        Stock::Untracked
    } else if columns.has(Column::Quantity) {
        Stock::counted(cell(Column::Quantity))
    } else {
        Stock::NoFigure
    };
    let values = OPTIONS.iter().map(|(_, value)| cell(*value));
    let policy = cell(Column::Policy);
    let oversell = match policy.to_ascii_lowercase().as_str() {
        "" | "deny" => false,
        "continue" => true,
        _ => flag(policy).unwrap_or_else(|| {
            let what = format!("{} does not say whether it sells without stock; taken for no", quote(policy));
            report.find(
                line,
                cell(Column::Handle),
                what,
                "write deny or continue (TRUE or FALSE in newer exports)",
            );
            false
        }),
    };
    DraftVariant {
        line,
        id: None,
        inventory_item_id: None,
        choices: values.map(|value| Choice { name: None, value: value.to_owned() }).collect(),
        sku: without_apostrophe(cell(Column::Sku)).to_owned(),
        barcode: without_apostrophe(cell(Column::Barcode)).to_owned(),
        price: cell(Column::Price).to_owned(),
        compare_at: some(Column::CompareAt),
        stock,
        levels: None,
        oversell,
        requires_shipping: flag(cell(Column::Shipping)).unwrap_or(true),
        image: some(Column::VariantImage),
        updated_at: None,
    }
}

/// A flag as Shopify or a spreadsheet of another language writes it.
fn flag(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "wahr" | "ja" | "vrai" | "oui" | "verdadero" | "verdadeiro" | "sí"
        | "sim" | "vero" | "waar" | "sant" | "sand" | "prawda" => Some(true),
        "false" | "no" | "n" | "0" | "falsch" | "nein" | "faux" | "non" | "falso" | "não" | "onwaar"
        | "falskt" | "falsk" | "fałsz" => Some(false),
        _ => None,
    }
}
