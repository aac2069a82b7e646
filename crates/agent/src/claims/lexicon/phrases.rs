//! A list of phrases that mean the same, found by their first word: a text is read word by word against a thousand of them.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Phrases of one meaning, folded as the tokens are.
pub(crate) struct Phrases {
    listed: &'static [&'static str],
    by_first: OnceLock<HashMap<&'static str, Vec<&'static str>>>,
}

impl Phrases {
    pub(crate) const fn new(listed: &'static [&'static str]) -> Self {
        Self { listed, by_first: OnceLock::new() }
    }

    /// What stands behind this word in each phrase that begins with it; empty where it is the whole phrase.
    pub(crate) fn behind(&self, first: &str) -> &[&'static str] {
        let by_first = self.by_first.get_or_init(|| {
            let mut by_first: HashMap<&str, Vec<&str>> = HashMap::new();
            for phrase in self.listed {
                let (first, rest) = phrase.split_once(' ').unwrap_or((phrase, ""));
                by_first.entry(first).or_default().push(rest);
            }
            by_first
        });
        by_first.get(first).map_or(&[], Vec::as_slice)
    }

    /// Whether one of the phrases is this word alone.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.behind(word).contains(&"")
    }

    /// How many of these words a phrase takes from the first of them on, the longest; `None` if none begins here.
    pub(crate) fn begins(&self, words: &[&str]) -> Option<usize> {
        let (first, rest) = words.split_first()?;
        let takes = |behind: &&str| {
            let mut length = 0;
            for word in behind.split_ascii_whitespace() {
                if rest.get(length) != Some(&word) {
                    return None;
                }
                length += 1;
            }
            Some(length + 1)
        };
        self.behind(first).iter().filter_map(takes).max()
    }

    /// Whether one of the phrases stands anywhere among these words.
    pub(crate) fn are_in(&self, words: &[&str]) -> bool {
        (0..words.len()).any(|at| self.begins(words.get(at..).unwrap_or_default()).is_some())
    }

    /// Whether these words end with one of the phrases.
    pub(crate) fn end(&self, words: &[&str]) -> bool {
        let ends = |at: usize| {
            let tail = words.get(at..).unwrap_or_default();
            let whole = |rest: &&str| rest.split_ascii_whitespace().eq(tail.iter().skip(1).copied());
            tail.first().is_some_and(|first| self.behind(first).iter().any(whole))
        };
        (0..words.len()).any(ends)
    }

    /// Every word of every phrase.
    pub(super) fn words(&self) -> impl Iterator<Item = &'static str> {
        self.listed.iter().flat_map(|phrase| phrase.split(' '))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_whole_and_the_longest_first() {
        let limits = Phrases::new(&["up to", "up", "no more than"]);
        assert_eq!(limits.begins(&["up", "to", "forty"]), Some(2));
        assert_eq!(limits.begins(&["up", "and", "to"]), Some(1));
        assert_eq!(limits.begins(&["no", "more"]), None);
        assert!(limits.are_in(&["it", "is", "no", "more", "than", "that"]));
        assert!(limits.end(&["it", "costs", "up", "to"]) && !limits.end(&["up", "to", "it"]));
        assert!(limits.has("up") && !limits.has("no"));
    }
}
