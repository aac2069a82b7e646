//! How well a shopper's words name a product: which of its title they cover, and what they say beyond it.

use shopclerk_domain::product::Product;

use crate::claims::tokens::words;
use crate::names;

/// Words against one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// Words of the title that were said.
    pub(super) covered: usize,
    /// Words of the title.
    title: usize,
    /// Said words that nothing of the product carries.
    pub(super) beyond: Vec<String>,
    /// Said words that the title does not carry.
    aside: usize,
}

impl Match {
    /// Compares the words that were said with a product.
    pub(super) fn of(said: &str, product: &Product) -> Self {
        let title = words(&names::name(product));
        let said = words(said);
        let covered = title.iter().filter(|word| said.iter().any(|other| same(other, word))).count();
        let aside: Vec<&String> =
            said.iter().filter(|word| !title.iter().any(|other| same(word, other))).collect();
        let carried = carried_words(product);
        let beyond = aside.iter().filter(|word| !carried.iter().any(|other| same(word, other)));
        Self {
            covered,
            title: title.len(),
            beyond: beyond.map(|word| (*word).clone()).collect(),
            aside: aside.len(),
        }
    }

    /// The words are the title, whole and nothing beyond it.
    pub(super) fn is_exact(&self) -> bool {
        self.is_whole() && self.aside == 0
    }

    /// The whole title was said.
    pub(super) fn is_whole(&self) -> bool {
        self.title > 0 && self.covered == self.title
    }
}

fn carried_words(product: &Product) -> Vec<String> {
    let single = [&product.vendor, &product.product_type, &product.description];
    let values = product.variants.iter().flat_map(|variant| variant.options.iter().chain([&variant.sku]));
    let facts = product.facts.iter().map(|(_, value)| value);
    let lists = product.tags.iter().chain(&product.options).chain(&product.collections);
    let mut carried: Vec<String> = single
        .into_iter()
        .chain(lists)
        .chain(facts)
        .chain(values.clone())
        .flat_map(|text| words(text))
        .collect();
    carried.extend(values.flat_map(|value| names::spellings(value)).flatten());
    carried
}

/// The same word, a plural of it, or one with a slip of the finger.
fn same(said: &str, known: &str) -> bool {
    if said == known {
        return true;
    }
    let figures = said.chars().chain(known.chars()).any(char::is_numeric);
    let length = said.chars().count().min(known.chars().count());
    if figures || length < 3 {
        return false;
    }
    let slips = match length {
        0..=4 => 0,
        5..=7 => 1,
        _ => 2,
    };
    let (said, known) = (said.trim_end_matches('s'), known.trim_end_matches('s'));
    said == known || (slips > 0 && (swapped(said, known) || within(said, known, slips)))
}

/// Whether two neighbouring letters changed places, and nothing else.
fn swapped(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let differ: Vec<usize> = (0..one.len()).filter(|at| one.get(*at) != other.get(*at)).collect();
    match (one.len() == other.len(), differ.as_slice()) {
        (true, [first, second]) => {
            *second == first + 1
                && one.get(*first) == other.get(*second)
                && one.get(*second) == other.get(*first)
        }
        _ => false,
    }
}

/// Whether one word becomes the other by at most `most` insertions, deletions or replacements.
fn within(one: &str, other: &str, most: usize) -> bool {
    let other: Vec<char> = other.chars().take(40).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, seen) in one.chars().take(40).enumerate() {
        let mut next = vec![index + 1];
        for (column, known) in other.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let replaced = cell(&row, column) + usize::from(seen != *known);
            let best = replaced.min(cell(&row, column + 1) + 1).min(cell(&next, column) + 1);
            next.push(best);
        }
        row = next;
    }
    row.last().is_some_and(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_forgiven_in_long_words_only() {
        assert!(same("candels", "candle"));
        assert!(same("blankt", "blanket"));
        assert!(same("candles", "candle"));
        assert!(!same("pine", "wine"));
        assert!(!same("42", "43"));
        assert!(!same("m", "s"));
    }
}
