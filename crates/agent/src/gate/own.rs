//! The catalogue's own words: whoever repeats them states nothing new. They are read at most once a check, and product by
//! product, where a text asks for them.

use std::cell::OnceCell;

use shopclerk_domain::product::Product;

use crate::claims::fold::Folded;
use crate::claims::tokens::{tokens, words};
use crate::gate::Ground;

/// So much of a merchant's text is read.
const MOST_CHARS: usize = 8_000;

/// A product's own words, text by text, with `%` kept.
#[derive(Debug, Default)]
pub(super) struct OwnWords {
    /// Its description.
    description: Vec<String>,
    /// What else says what it is like: its title, its kind, what it comes in, tags and collections.
    traits: Vec<Vec<String>>,
    /// Further facts, each with its name.
    facts: Vec<(String, Vec<String>)>,
    /// What else may be repeated: its maker, the names of its options, article numbers.
    others: Vec<Vec<String>>,
}

impl OwnWords {
    pub(super) fn of(product: &Product) -> Self {
        let values = product.variants.iter().flat_map(|variant| &variant.options);
        let lists = values.chain(&product.tags).chain(&product.collections);
        let traits = [&product.title, &product.product_type].into_iter().chain(lists);
        let numbers = product.variants.iter().map(|variant| &variant.sku);
        let others = std::iter::once(&product.vendor).chain(&product.options).chain(numbers);
        let facts = product.facts.iter().map(|(name, value)| (name.to_lowercase(), words_and_percent(value)));
        Self {
            description: words_and_percent(&product.description),
            traits: texts(traits),
            facts: facts.collect(),
            others: texts(others),
        }
    }

    /// Whether its description has these words side by side.
    pub(super) fn has_pair(&self, one: &str, next: &str) -> bool {
        self.description.windows(2).any(|pair| pair == [one, next])
    }

    /// Whether one of its words is so: of those by which it is told what a thing comes in, or of all that describe it.
    pub(super) fn says(&self, only_what_it_comes_in: bool, is_so: impl Fn(&str) -> bool) -> bool {
        let telling = |name: &str| !only_what_it_comes_in || name.contains("colo");
        let facts = self.facts.iter().filter(|(name, _)| telling(name)).map(|(_, value)| value);
        let whole = std::iter::once(&self.description).filter(|_| !only_what_it_comes_in);
        self.traits.iter().chain(facts).chain(whole).flatten().any(|word| is_so(word))
    }

    fn has(&self, run: &[&str]) -> bool {
        let facts = self.facts.iter().map(|(_, value)| value);
        let all = self.traits.iter().chain(&self.others).chain(facts).chain([&self.description]);
        all.into_iter().any(|text| text.windows(run.len()).any(|window| window == run))
    }
}

/// The words of the shop and of the turn's products.
#[derive(Debug)]
pub(super) struct Lore<'a> {
    ground: &'a Ground<'a>,
    shop: OnceCell<Vec<String>>,
    products: Vec<OnceCell<OwnWords>>,
}

impl<'a> Lore<'a> {
    pub(super) fn new(ground: &'a Ground<'a>) -> Self {
        let products = ground.rows.iter().map(|_| OnceCell::new()).collect();
        Self { ground, shop: OnceCell::new(), products }
    }

    /// The words of one of the products.
    pub(super) fn of(&self, row: usize) -> Option<&OwnWords> {
        let product = &self.ground.rows.get(row)?.product;
        self.products.get(row).map(|words| words.get_or_init(|| OwnWords::of(product)))
    }

    /// The words of each product.
    pub(super) fn all(&self) -> impl Iterator<Item = &OwnWords> {
        (0..self.products.len()).filter_map(|row| self.of(row))
    }

    /// Whether these words stand side by side in any of its texts.
    pub(super) fn has(&self, run: &[&str]) -> bool {
        let shop = self.shop.get_or_init(|| words(&self.ground.shop.name));
        shop.windows(run.len()).any(|window| window == run) || self.all().any(|product| product.has(run))
    }
}

/// The words of several texts; what is the same in several versions once.
fn texts<'t>(of: impl Iterator<Item = &'t String>) -> Vec<Vec<String>> {
    let mut seen: Vec<&String> = Vec::new();
    for text in of.filter(|text| !text.is_empty()) {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen.into_iter().map(|text| words_and_percent(text)).collect()
}

fn words_and_percent(text: &str) -> Vec<String> {
    let bounded = text.char_indices().nth(MOST_CHARS).and_then(|(end, _)| text.get(..end)).unwrap_or(text);
    let folded = Folded::new(bounded);
    let kept = tokens(&folded).into_iter().filter(|token| token.is_wordlike() || token.is_mark('%'));
    kept.map(|token| token.text).collect()
}
