//! What something is like: its colour, its size, what it is made of.

use crate::claims::denial::Denial;
use crate::claims::lexicon;
use crate::claims::statements::{Is, Reader, UNCLEAR, What};
use crate::claims::tokens::Token;

impl Reader<'_> {
    /// A word for a quality at `at`: where to go on.
    pub(super) fn quality(&mut self, at: usize, token: &Token) -> Option<usize> {
        let is = match self.context.denial_in_clause(at) {
            Denial::Absent => Some(Is::So),
            Denial::Reaches => Some(Is::NotSo),
            Denial::Unclear => None,
        };
        let what = |what: fn(Is) -> What| is.map_or(What::Never(UNCLEAR), what);
        if lexicon::is_size(&token.text) {
            return Some(self.state(at, at, what(What::Size)));
        }
        let sized = lexicon::SIZE.has(token.text.as_str())
            && self
                .context
                .open(at + 1)
                .is_some_and(|next| next.is_figure() || lexicon::is_size(&next.text) || next.text.len() == 1);
        if sized {
            return Some(self.state(at + 1, at + 1, what(What::Size)));
        }
        // `d'alpaga` says what `alpaga` says.
        let word = token.text.rsplit('\'').next().unwrap_or_default();
        let quality = lexicon::quality_of(word).filter(|_| !self.is_knowing(at, word))?;
        let what = is.map_or(What::Never(UNCLEAR), |is| What::Quality(quality, is));
        Some(self.state(at, at, what))
    }

    /// `ich weiß`, `weiß ich`: a verb, not a colour.
    fn is_knowing(&self, at: usize, word: &str) -> bool {
        let one = |index: usize| {
            self.context.open(index).is_some_and(|token| KNOWING.contains(&token.text.as_str()))
        };
        word == "weiss" && (one(at + 1) || at.checked_sub(1).is_some_and(one))
    }
}

/// Who knows, and what is not known.
const KNOWING: &[&str] = &["ich", "er", "man", "nicht", "nichts", "leider"];
