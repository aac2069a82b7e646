//! Which known words a misspelled or compound word may mean.

use std::collections::BTreeSet;

/// Most words one unknown word is taken for.
const MOST: usize = 8;

/// Known words in a compact form, each with the set of letters it is made of, so that most are ruled out by one comparison.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    text: String,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    start: u32,
    end: u32,
    letters: u32,
    length: u8,
}

/// A known word that may be meant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Guess {
    /// The word.
    pub(crate) word: String,
    /// How much a match of it counts, below `1.0`.
    pub(crate) weight: f32,
}

impl Vocabulary {
    /// Packs `words`.
    pub(crate) fn new(words: &BTreeSet<String>) -> Self {
        let mut out = Self::default();
        for word in words {
            let start = out.text.len();
            out.text.push_str(word);
            if let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(out.text.len())) {
                let length = u8::try_from(word.chars().count()).unwrap_or(u8::MAX);
                out.entries.push(Entry { start, end, letters: letters(word), length });
            }
        }
        out
    }

    fn word(&self, entry: &Entry) -> &str {
        self.text.get(entry.start as usize..entry.end as usize).unwrap_or("")
    }

    /// Whether `word` is known.
    pub(crate) fn contains(&self, word: &str) -> bool {
        self.entries.binary_search_by(|entry| self.word(entry).cmp(word)).is_ok()
    }

    /// The words that `word`, which is not among them, may mean: a beginning or one letter off before an ending before two letters off.
    /// Short words and words with digits are not guessed at.
    pub(crate) fn guesses(&self, word: &str) -> Vec<Guess> {
        let asked: Vec<char> = word.chars().collect();
        if asked.len() < 4 || !crate::analyze::is_plain(word) {
            return Vec::new();
        }
        let allowed: usize = if asked.len() >= 7 { 2 } else { 1 };
        let mask = letters(word);
        let mut found = Vec::new();
        for entry in &self.entries {
            let gap = usize::from(entry.length).abs_diff(asked.len());
            let near = gap <= allowed && (entry.letters ^ mask).count_ones() as usize <= 2 * allowed;
            let within =
                asked.len() >= 4 && usize::from(entry.length) > asked.len() && entry.letters & mask == mask;
            if !(near || within) {
                continue;
            }
            let known = self.word(entry);
            let weight = if near { by_distance(&asked, known, allowed) } else { None };
            if let Some(weight) = weight.or_else(|| by_part(word, known, within)) {
                found.push(Guess { word: known.to_owned(), weight });
            }
        }
        let best = found.iter().map(|guess| guess.weight).fold(0.0, f32::max);
        found.retain(|guess| guess.weight >= best * 0.9);
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.word.cmp(&b.word)));
        found.truncate(MOST);
        found
    }

    /// `flashlight` as `flash` and `light`, where both are known: the split with the longest shorter half.
    pub(crate) fn halves(&self, word: &str) -> Option<(String, String)> {
        let cuts = word.char_indices().map(|(at, _)| at).skip(3);
        cuts.filter_map(|at| word.split_at_checked(at))
            .filter(|(left, right)| right.chars().count() >= 3 && self.contains(left) && self.contains(right))
            .max_by_key(|(left, right)| left.len().min(right.len()))
            .map(|(left, right)| (left.to_owned(), right.to_owned()))
    }
}

fn by_distance(asked: &[char], known: &str, allowed: usize) -> Option<f32> {
    let known: Vec<char> = known.chars().collect();
    let same_start = asked.first() == known.first();
    if asked.len() == 4 && !same_start {
        return None;
    }
    match distance(asked, &known, allowed)? {
        0 | 1 if same_start => Some(0.7),
        0 | 1 => Some(0.6),
        _ if same_start => Some(0.45),
        _ => None,
    }
}

fn by_part(word: &str, known: &str, within: bool) -> Option<f32> {
    if !within {
        return None;
    }
    if known.starts_with(word) { Some(0.7) } else { known.ends_with(word).then_some(0.5) }
}

fn letters(word: &str) -> u32 {
    word.chars().fold(0, |mask, ch| mask | 1 << (u32::from(ch) % 32))
}

/// Edits (insert, delete, replace, swap of neighbours) between two words, if at most `allowed`.
pub(crate) fn distance(a: &[char], b: &[char], allowed: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > allowed {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut left = None;
    for (row, from) in a.iter().enumerate() {
        let mut now = Vec::with_capacity(b.len() + 1);
        now.push(row + 1);
        let mut above = b.first().copied();
        for (column, to) in b.iter().enumerate() {
            let replaced = last.get(column)? + usize::from(from != to);
            let inserted = now.get(column)? + 1;
            let deleted = last.get(column + 1)? + 1;
            let mut best = replaced.min(inserted).min(deleted);
            let swapped = column > 0 && Some(*to) == left && Some(*from) == above;
            if swapped {
                best = best.min(before.get(column - 1).map_or(usize::MAX, |cost| cost + 1));
            }
            above = Some(*to);
            now.push(best);
        }
        if now.iter().min()? > &allowed {
            return None;
        }
        left = Some(*from);
        before = std::mem::replace(&mut last, now);
    }
    last.last().copied().filter(|edits| *edits <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(words: &[&str]) -> Vocabulary {
        Vocabulary::new(&words.iter().map(|word| (*word).to_owned()).collect())
    }

    fn check(word: &str, known: &[&str], expected: &[&str]) {
        let guesses: Vec<String> =
            vocabulary(known).guesses(word).into_iter().map(|guess| guess.word).collect();
        assert_eq!(guesses, expected, "{word}");
    }

    #[test]
    fn misspelled_words_find_their_neighbours() {
        check("cabel", &["cable", "label", "table"], &["cable"]);
        check("snowbord", &["snowboard", "snow"], &["snowboard"]);
        check("rechargable", &["rechargeable"], &["rechargeable"]);
        check("snowb", &["snowboard", "bird"], &["snowboard"]);
        check("tasche", &["laptoptasche"], &["laptoptasche"]);
        check("wol", &["wool"], &[]);
        check("靴下", &["靴下着"], &[]);
        check("kv3180", &["kv3190"], &[]);
    }

    #[test]
    fn a_compound_is_split_where_both_halves_are_known() {
        let known = vocabulary(&["flash", "light", "power", "bank"]);
        assert_eq!(known.halves("powerbank"), Some(("power".to_owned(), "bank".to_owned())));
        assert_eq!(known.halves("flashbulb"), None);
    }

    #[test]
    fn edits_are_counted_up_to_a_bound() {
        let count =
            |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), 2);
        assert_eq!(count("cable", "cable"), Some(0));
        assert_eq!(count("cabel", "cable"), Some(1));
        assert_eq!(count("soild", "solid"), Some(1));
        assert_eq!(count("candle", "cndl"), Some(2));
        assert_eq!(count("candle", "handles"), Some(2));
        assert_eq!(count("candle", "throws"), None);
        assert_eq!(count("", "ab"), Some(2));
    }
}
