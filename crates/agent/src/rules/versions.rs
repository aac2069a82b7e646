//! Which versions of a product were asked for: `blue`, `size M`, `42`.

use shopclerk_domain::ids::VariantId;
use shopclerk_domain::product::{Product, Variant};

use crate::claims::tokens::words;
use crate::names;

/// The versions a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Versions<'a> {
    /// The variants, in the shop's order.
    pub(super) variants: Vec<&'a Variant>,
    /// The values by which they were named, in the product's order; empty = all versions.
    pub(super) named: Vec<String>,
}

impl<'a> Versions<'a> {
    /// Looks for the product's choices among the words that were said.
    pub(super) fn asked(said: &[String], product: &'a Product) -> Self {
        let all = || Self { variants: product.variants.iter().collect(), named: Vec::new() };
        let rest = without_title(said, &words(&names::name(product)));
        let mut named: Vec<(usize, String)> = Vec::new();
        for (option, value) in values(product) {
            let longer = |other: &(usize, String)| other.0 == option && is_part(&value, &other.1);
            if is_said(&rest, &value) && !named.iter().any(longer) {
                named.retain(|other| !(other.0 == option && is_part(&other.1, &value)));
                named.push((option, value));
            }
        }
        if named.is_empty() {
            return all();
        }
        let fits = |variant: &&Variant| {
            named.iter().all(|(option, _)| {
                named
                    .iter()
                    .any(|(other, value)| other == option && variant.options.get(*option) == Some(value))
            })
        };
        let variants: Vec<&Variant> = product.variants.iter().filter(fits).collect();
        if variants.is_empty() {
            return all();
        }
        named.sort_by_key(|(option, _)| *option);
        Self { variants, named: named.into_iter().map(|(_, value)| value).collect() }
    }

    /// The one version of this id, named by its own values.
    pub(super) fn one(id: VariantId, product: &'a Product) -> Option<Self> {
        let variant = product.variants.iter().find(|variant| variant.id == id)?;
        let several = product.variants.len() > 1;
        let named = variant.options.iter().filter(|value| several && !value.is_empty()).cloned().collect();
        Some(Self { variants: vec![variant], named })
    }
}

/// Every value of every option, once, in the product's order.
pub(super) fn values(product: &Product) -> Vec<(usize, String)> {
    let mut values: Vec<(usize, String)> = Vec::new();
    for variant in &product.variants {
        for (option, value) in variant.options.iter().enumerate() {
            let entry = (option, value.clone());
            if !value.is_empty() && !values.contains(&entry) {
                values.push(entry);
            }
        }
    }
    values.sort_by_key(|(option, _)| *option);
    values
}

fn is_said(said: &[String], value: &str) -> bool {
    let spellings = names::spellings(value);
    let runs = |spelling: &Vec<String>| {
        !spelling.is_empty() && said.windows(spelling.len()).any(|run| run == spelling.as_slice())
    };
    if spellings.iter().any(runs) {
        return true;
    }
    // `EU 42` is asked for as `42`, and `4 in (10 cm)` as `10 cm`.
    let own = words(value);
    let figures: Vec<&String> = own.iter().filter(|word| word.chars().any(char::is_numeric)).collect();
    match figures.as_slice() {
        [only] => said.contains(only),
        _ => own.windows(2).any(|pair| {
            pair.iter().any(|word| figures.contains(&word)) && said.windows(2).any(|run| run == pair)
        }),
    }
}

/// Whether `value` is only a part of `other`, as `Large` is of `X Large`.
fn is_part(value: &str, other: &str) -> bool {
    let (value, other) = (words(value), words(other));
    value.len() < other.len() && other.windows(value.len().max(1)).any(|run| run == value.as_slice())
}

/// What was said without the title, where two or more words of it stand together.
fn without_title(said: &[String], title: &[String]) -> Vec<String> {
    let mut rest = Vec::new();
    let mut at = 0;
    while let Some(word) = said.get(at) {
        let run = |from: usize| {
            said.iter().skip(at).zip(title.iter().skip(from)).take_while(|(one, other)| one == other).count()
        };
        let longest = (0..title.len()).map(run).max().unwrap_or(0);
        if longest >= 2 {
            at += longest;
        } else {
            rest.push(word.clone());
            at += 1;
        }
    }
    rest
}
