//! The catalogue's own words: whoever repeats them states nothing new.

use crate::claims::fold::Folded;
use crate::claims::tokens::{tokens, words};
use crate::gate::Ground;

/// The words the catalogue uses of the turn's products, per text, with `%` kept.
pub(super) fn catalogue_words(ground: &Ground<'_>) -> Vec<Vec<String>> {
    let mut texts: Vec<Vec<String>> = vec![words(&ground.shop.name)];
    for row in ground.rows {
        let product = &row.product;
        let single = [&product.title, &product.vendor, &product.product_type, &product.description];
        let lists = product.tags.iter().chain(&product.options).chain(&product.collections);
        let facts = product.facts.iter().map(|(_, value)| value);
        let variants =
            product.variants.iter().flat_map(|variant| variant.options.iter().chain([&variant.sku]));
        let all = single.into_iter().chain(lists).chain(facts).chain(variants);
        texts.extend(all.filter(|text| !text.is_empty()).map(|text| words_and_percent(text)));
    }
    texts
}

fn words_and_percent(text: &str) -> Vec<String> {
    let bounded: String = text.chars().take(8_000).collect();
    let folded = Folded::new(&bounded);
    let kept = tokens(&folded).into_iter().filter(|token| token.is_wordlike() || token.is_mark('%'));
    kept.map(|token| token.text).collect()
}
