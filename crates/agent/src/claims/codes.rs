//! Words that may be a code to type in, though no digit gives them away: shouted, quietly named as one, or spelled letter by letter.

use crate::claims::lexicon;
use crate::claims::statements::Reader;
use crate::claims::tokens::{Kind, Token};

impl Reader<'_> {
    /// A word in capitals that the catalogue does not know, in a text that is not written in capitals; or any such word where
    /// one is asked to type something in.
    pub(super) fn is_shouted_code(&self, at: usize, token: &Token) -> bool {
        let shouted = |token: &Token| {
            let written = self.folded.original(token.start, token.end);
            written.chars().count() >= 4 && written.chars().all(char::is_uppercase)
        };
        let alone = || {
            let others = self
                .context
                .tokens
                .iter()
                .filter(|other| other.kind == Kind::Word && other.text != token.text);
            others.clone().count() > 2 && others.filter(|other| shouted(other)).count() <= 1
        };
        let asked = || self.context.sentence_has(at, &lexicon::ENTER);
        shouted(token) && (asked() || alone()) && !(self.known.in_catalogue)(&[&token.text])
    }

    /// The same without capitals: a word of nobody's that is to be said or typed in, or that is said to work for something.
    pub(super) fn is_quiet_code(&self, at: usize, token: &Token) -> bool {
        let before = at.checked_sub(1);
        let begins = |index: usize| self.clause(index).next() == Some(index);
        let entered = before.is_some_and(|before| {
            begins(before)
                && self.context.phrase_at(before, &lexicon::ENTER) == Some(1)
                && self.context.open(before).is_some()
        });
        let works = self.context.phrase_at(at + 1, &lexicon::COUNTS_FOR).is_some();
        (entered || works) && self.is_nobodys(&token.text)
    }

    /// `M O M C L U B`: the last of at least four single letters in a row.
    pub(super) fn spelled_out(&self, at: usize) -> Option<usize> {
        let single = |index: &usize| {
            let token = self.context.open(*index);
            token.is_some_and(|token| token.kind == Kind::Word && token.text.chars().count() == 1)
        };
        let length = (at..self.context.tokens.len()).take_while(single).count();
        (length >= 4).then(|| at + length - 1)
    }
}
