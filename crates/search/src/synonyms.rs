//! Words that name the same thing, and words that say little beside what is asked for.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::understand::entries;

const SOURCE: &str = include_str!("synonyms.txt");

static OTHERS: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut out: HashMap<&str, Vec<&str>> = HashMap::new();
    for group in entries(SOURCE, "same") {
        let words: Vec<&str> = group.split(" / ").collect();
        for word in &words {
            out.entry(*word).or_default().extend(words.iter().filter(|other| *other != word));
        }
    }
    for group in entries(SOURCE, "wider").chain(entries(SOURCE, "abroad")) {
        let mut words = group.split(" / ");
        if let Some(word) = words.next() {
            out.entry(word).or_default().extend(words);
        }
    }
    out
});

static CIRCUMSTANCES: LazyLock<HashSet<&str>> = LazyLock::new(|| entries(SOURCE, "circumstances").collect());

static QUALITIES: LazyLock<HashSet<&str>> = LazyLock::new(|| entries(SOURCE, "qualities").collect());

static GIFTS: LazyLock<HashSet<&str>> = LazyLock::new(|| entries(SOURCE, "gifts").collect());

/// Other names of what `word` names.
pub(crate) fn of(word: &str) -> &'static [&'static str] {
    OTHERS.get(word).map_or(&[], Vec::as_slice)
}

/// Whether `word` says whom, when or where it is for, rather than what it is.
pub(crate) fn is_circumstance(word: &str) -> bool {
    CIRCUMSTANCES.contains(word)
}

/// Whether `word` says how it should be, as is said of anything.
pub(crate) fn is_quality(word: &str) -> bool {
    QUALITIES.contains(word)
}

/// Whether `word` asks for anything that could be given.
pub(crate) fn is_gift(word: &str) -> bool {
    GIFTS.contains(word)
}

/// Whether `word` leaves open what is wanted.
pub(crate) fn is_soft(word: &str) -> bool {
    is_gift(word) || is_circumstance(word) || is_quality(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_one_in_all_directions_and_a_wider_word_in_one() {
        assert!(of("mother").contains(&"mum") && of("mum").contains(&"mother"));
        assert!(of("phone").contains(&"smartphone") && !of("smartphone").contains(&"phone"));
        assert!(of("kerzen").contains(&"candle") && of("mantas").contains(&"throw"));
        assert!(is_circumstance("birthday") && is_quality("small") && !is_quality("candle"));
        assert_eq!(of("candle"), [""; 0]);
    }
}
