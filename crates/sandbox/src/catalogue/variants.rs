//! The variants of one product: options, prices and stock are settled here, or the variant is reported and left out.

use std::collections::HashSet;

use shopclerk_domain::money::Currency;

use crate::shopify::store::Variant;

use super::clean::is_too_long;
use super::draft::{Draft, DraftVariant, Stock};
use super::price::{self, BadPrice};
use super::report::{Report, quote};

/// Shopify's own limit.
const MOST_VARIANTS: usize = 2_048;

/// The good variants of a product, still without ids, and the names of its options.
pub(crate) fn settle(
    draft: &mut Draft,
    currency: Currency,
    report: &mut Report,
) -> (Vec<String>, Vec<Settled>) {
    let mut names = option_names(draft);
    let mut settled: Vec<Settled> = Vec::new();
    let mut seen = HashSet::new();
    for variant in std::mem::take(&mut draft.variants) {
        if settled.len() >= MOST_VARIANTS {
            let what = format!("the product has more than {MOST_VARIANTS} variants; the rest was skipped");
            report.find(variant.line, &draft.handle, what, "split it into several products");
            break;
        }
        let mut one = One { handle: &draft.handle, names: &names, currency, report };
        let Some(good) = one.settle(variant) else { continue };
        if seen.insert(good.variant.options.clone()) {
            settled.push(good);
            continue;
        }
        let what = match good.variant.options.as_slice() {
            [] => "a second variant of a product without options".to_owned(),
            options => format!("a second variant {}", quote(&options.join(" / "))),
        };
        report.find(good.line, &draft.handle, what, "remove it or give it option values of its own");
    }
    // Shopify's way to say that there is nothing to choose.
    if let ([name], [only]) = (names.as_slice(), settled.as_mut_slice())
        && name.eq_ignore_ascii_case("title")
        && only.variant.options.iter().all(|value| value.eq_ignore_ascii_case("default title"))
    {
        only.variant.options.clear();
        names.clear();
    }
    (names, settled)
}

/// A checked variant with the ids the file gives it.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) line: u64,
    pub(crate) id: Option<u64>,
    pub(crate) inventory_item_id: Option<u64>,
    pub(crate) variant: Variant,
    /// When it last changed, where the file says so.
    pub(crate) updated_at: Option<i64>,
}

/// The product's option names; where the file leaves them out, those its variants use, or numbers.
fn option_names(draft: &Draft) -> Vec<String> {
    let mut names = draft.options.clone();
    let first = draft.variants.first().map(|variant| variant.choices.as_slice()).unwrap_or_default();
    if names.is_empty() {
        names = first.iter().filter_map(|choice| choice.name.clone()).collect();
    }
    let unnamed = |variant: &DraftVariant| variant.choices.iter().all(|choice| choice.name.is_none());
    let used = |variant: &DraftVariant| variant.choices.iter().rposition(|choice| !choice.value.is_empty());
    let most = draft.variants.iter().filter(|variant| unnamed(variant)).filter_map(used).max();
    for number in names.len()..most.map_or(0, |last| last + 1) {
        names.push(format!("Option {}", number + 1));
    }
    names
}

/// The check of one variant.
struct One<'c> {
    handle: &'c str,
    names: &'c [String],
    currency: Currency,
    report: &'c mut Report,
}

impl One<'_> {
    fn settle(&mut self, draft: DraftVariant) -> Option<Settled> {
        let options = self.options(&draft)?;
        let price = match price::parse(&draft.price, self.currency) {
            Ok(price) => price,
            Err(bad) => return self.refuse(draft.line, &options, bad),
        };
        let compare_at_price = self.compare_at(&draft, &options);
        let (tracked, quantity) = self.stock(&draft, &options)?;
        let variant = Variant {
            id: 0,
            inventory_item_id: 0,
            options,
            sku: draft.sku,
            barcode: draft.barcode,
            price,
            compare_at_price,
            tracked,
            quantity,
            oversell: draft.oversell,
            requires_shipping: draft.requires_shipping,
            image: draft.image,
            updated_at: 0,
        };
        let DraftVariant { line, id, inventory_item_id, updated_at, .. } = draft;
        Some(Settled { line, id, inventory_item_id, variant, updated_at })
    }

    /// One value per option, in the options' order.
    fn options(&mut self, draft: &DraftVariant) -> Option<Vec<String>> {
        let mut options = Vec::with_capacity(self.names.len());
        for (at, name) in self.names.iter().enumerate() {
            let is_named = |named: &Option<String>| named.as_ref().is_some_and(|named| named == name);
            let by_name = draft.choices.iter().find(|choice| is_named(&choice.name));
            let by_place = || draft.choices.get(at).filter(|choice| choice.name.is_none());
            let value = by_name.or_else(by_place).map(|choice| choice.value.as_str()).unwrap_or_default();
            if value.is_empty() || is_too_long(value) {
                let what = format!("the variant has no value for the option {}", quote(name));
                self.report.find(draft.line, self.handle, what, "write one, such as S or Blue");
                return None;
            }
            options.push(value.to_owned());
        }
        Some(options)
    }

    /// A former price that cannot be read is left out; the variant itself is sound.
    fn compare_at(&mut self, draft: &DraftVariant, options: &[String]) -> Option<String> {
        match price::parse(draft.compare_at.as_deref()?, self.currency) {
            Ok(price) => Some(price),
            Err(BadPrice { what, cure }) => {
                let what = format!("compare-at: {what}; the former price was left out");
                self.refuse(draft.line, options, BadPrice { what, cure })
            }
        }
    }

    fn stock(&mut self, draft: &DraftVariant, options: &[String]) -> Option<(bool, i64)> {
        match (&draft.stock, draft.levels) {
            (Stock::Counted(figure), _) => Some((true, *figure)),
            (Stock::NoFigure | Stock::Unsaid, Some(sum)) => Some((true, sum)),
            (Stock::Untracked | Stock::Unsaid | Stock::NoFigure, _) => Some((false, 0)),
            (Stock::Blank, _) => {
                let what = "the stock is counted, but the quantity is blank; taken for 0".to_owned();
                let cure = "write the quantity, or leave the inventory tracker blank".to_owned();
                self.refuse::<()>(draft.line, options, BadPrice { what, cure });
                Some((true, 0))
            }
            (Stock::Unreadable(written), _) => {
                let what = format!("the quantity {} is not a whole number", quote(written));
                self.refuse(
                    draft.line,
                    options,
                    BadPrice { what, cure: "write digits only, such as 12".to_owned() },
                )
            }
        }
    }

    /// Reports what is wrong, saying which variant it is.
    fn refuse<T>(&mut self, line: u64, options: &[String], bad: BadPrice) -> Option<T> {
        let is_default = matches!(options, [only] if only.eq_ignore_ascii_case("default title"));
        let which = if options.is_empty() || is_default {
            String::new()
        } else {
            format!("variant {}: ", quote(&options.join(" / ")))
        };
        self.report.find(line, self.handle, format!("{which}{}", bad.what), bad.cure);
        None
    }
}
