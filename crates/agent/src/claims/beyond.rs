//! What lies beyond any row: delivery, dates and policies. Whoever says that they do not know states nothing.

use crate::claims::lexicon;
use crate::claims::statements::{Reader, What};

const NO_DATE: &str = "no row holds a date";

impl Reader<'_> {
    /// Such a word at `at`: where to go on.
    pub(super) fn beyond(&mut self, at: usize) -> Option<usize> {
        let (length, why) = [
            (&lexicon::DELIVERY, "no row holds a delivery"),
            (&lexicon::WHEN, NO_DATE),
            (&lexicon::POLICY, "no row holds a policy"),
        ]
        .into_iter()
        .find_map(|(words, why)| Some((self.context.phrase_at(at, words)?, why)))?;
        // A description may speak of a Sunday breakfast; it cannot say when anything comes, nor grant anything.
        let says_so = why == NO_DATE
            && !self.context.clause_has(at, &lexicon::COMING)
            && self.is_the_catalogues_own(at, length);
        if says_so || self.is_a_greeting(at) || self.is_unknown(at) {
            return Some(at + length);
        }
        Some(self.state(at, at + length - 1, What::Never(why)))
    }

    /// "I can't say when it arrives", in either order.
    fn is_unknown(&self, at: usize) -> bool {
        let clause = self.context.layout.clause.get(at);
        let first = (0..=at).find(|index| self.context.layout.clause.get(*index) == clause);
        let asks = first
            .and_then(|index| self.context.tokens.get(index))
            .is_some_and(|token| lexicon::ASKING.has(token.text.as_str()));
        self.context.leaves_open(at, &lexicon::UNKNOWN)
            || (asks && self.context.sentence_has(at, &lexicon::UNKNOWN))
    }

    /// `Sunday breakfast`, where the catalogue has both words in this order.
    fn is_the_catalogues_own(&self, at: usize, length: usize) -> bool {
        let word = |index: usize| self.context.open(index).map(|token| token.text.as_str());
        let pair = |one: Option<&str>, other: Option<&str>| {
            one.zip(other).is_some_and(|(one, other)| (self.known.in_catalogue)(&[one, other]))
        };
        pair(at.checked_sub(1).and_then(word), word(at)) || pair(word(at + length - 1), word(at + length))
    }

    fn is_a_greeting(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.context.open(before));
        let ambiguous =
            self.context.open(at).is_some_and(|token| matches!(token.text.as_str(), "morgen" | "manana"));
        ambiguous && before.is_some_and(|before| lexicon::NO_DATE_BEFORE.has(before.text.as_str()))
    }
}
