//! A real store out of a file a merchant has at hand: Shopify's product CSV, a storefront's `products.json`, Admin API
//! JSON or the lines of a bulk operation, plain or gzip, told by content. Bad rows are reported and left out, never
//! repaired in silence. What the fake shop then does with the store is left to [`crate::shopify`].

mod assemble;
mod bulk;
mod clean;
mod columns;
mod csv;
mod draft;
mod error;
mod fields;
pub(crate) mod ids;
mod json;
mod kind;
mod price;
mod report;
mod rows;
mod shape;
mod text;
mod variants;

#[cfg(test)]
mod tests;

use std::path::Path;

use shopclerk_domain::money::Currency;

use crate::shopify::store::Store;

pub use error::CatalogueError;
pub use report::{Finding, Form, Report};

use draft::Extract;
use kind::Kind;
use report::shorten;

/// What the caller knows of the shop the file is of.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// ISO 4217 code of the prices where the file names none; USD is assumed, and said, when this is absent too.
    pub currency: Option<String>,
    /// The permanent address the fake shop gets.
    pub shop_domain: String,
    /// The name shoppers see; made of the address when absent.
    pub shop_name: Option<String>,
}

/// A loaded store and the account of the load.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// All products that could be read.
    pub store: Store,
    /// What was read, assumed and skipped.
    pub report: Report,
}

/// Reads a catalogue file of any known form. The same file gives the same ids at every load.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Loaded, CatalogueError> {
    let wanted = options.currency.as_deref().map(currency).transpose()?;
    let text::Text { content, encoding, gzip, notes } = text::read(path, text::MOST_BYTES)?;
    let kind = kind::of_text(&content)?;
    let form = match kind {
        Kind::Delimited => csv::form(&content),
        Kind::Json => json::form(&content)?,
        Kind::Bulk => Form::Bulk,
    };
    let mut report = Report::new(form, encoding, gzip);
    report.notes = notes;

    let extract = match form {
        Form::ProductCsv { delimiter } => csv::read(&content, delimiter, &mut report)?,
        Form::Storefront | Form::AdminRest => json::read(&content, &mut report)?,
        Form::Bulk => bulk::read(&content, &mut report)?,
    };
    drop(content);
    let currency = settle_currency(&extract, wanted, &mut report)?;
    let shop = assemble::shop(&options.shop_domain, options.shop_name.as_deref(), currency);
    let store = assemble::store(extract, shop, currency, &mut report);
    report.findings.sort_by_key(|finding| finding.line);
    if store.products.is_empty() {
        let first = report.findings.first().map(|finding| report.sentence(finding));
        let first = first.ok_or(CatalogueError::NoProducts)?;
        return Err(CatalogueError::NothingUsable { findings: report.total_findings(), first });
    }
    Ok(Loaded { store, report })
}

fn currency(code: &str) -> Result<Currency, CatalogueError> {
    Currency::parse(code.trim()).map_err(|_| CatalogueError::BadCurrency { given: shorten(code) })
}

/// The file's own currency, then the caller's, then US dollars; which one it was is said.
fn settle_currency(
    extract: &Extract,
    wanted: Option<Currency>,
    report: &mut Report,
) -> Result<Currency, CatalogueError> {
    let mut named = extract.currencies.iter();
    match (named.next(), named.next(), wanted) {
        (Some(_), Some(_), _) => {
            let found: Vec<String> = extract.currencies.iter().take(5).map(|code| shorten(code)).collect();
            Err(CatalogueError::SeveralCurrencies { found: found.join(", ") })
        }
        (Some(code), None, wanted) => {
            let found = currency(code)?;
            if let Some(other) = wanted.filter(|other| *other != found) {
                let (found, other) = (found.code(), other.code());
                report.note(format!("the file says {found}, so --currency {other} was not used"));
            }
            Ok(found)
        }
        (None, _, Some(wanted)) => Ok(wanted),
        (None, _, None) => {
            report.note("the file names no currency: USD assumed; --currency EUR, for example, sets another");
            Ok(Currency::USD)
        }
    }
}
