//! What something is like: its colour, its size, what it is made of.

use crate::claims::lexicon;
use crate::claims::statements::{Is, Reader, What};
use crate::claims::tokens::Token;

impl Reader<'_> {
    /// A word for a quality at `at`: where to go on.
    pub(super) fn quality(&mut self, at: usize, token: &Token) -> Option<usize> {
        let is = if self.context.clause_denies(at) { Is::NotSo } else { Is::So };
        if lexicon::is_size(&token.text) {
            return Some(self.state(at, at, What::Size(is)));
        }
        let sized = lexicon::SIZE.has(token.text.as_str())
            && self
                .context
                .open(at + 1)
                .is_some_and(|next| next.is_figure() || lexicon::is_size(&next.text) || next.text.len() == 1);
        if sized {
            return Some(self.state(at + 1, at + 1, What::Size(is)));
        }
        // `d'alpaga` says what `alpaga` says.
        let word = token.text.rsplit('\'').next().unwrap_or_default();
        let quality = lexicon::quality_of(word).filter(|_| !self.is_knowing(at, word))?;
        Some(self.state(at, at, What::Quality(quality, is)))
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
