//! Things that nobody here knows: a statement without a product's name must not be one about them.

use crate::claims::context::Context;
use crate::claims::lexicon;
use crate::claims::tokens::Kind;
use crate::claims::{Role, Statement, What};
use crate::gate::anchors;
use crate::gate::text::Reading;

impl Reading<'_> {
    /// Whether a statement in a clause without a product's name may be one of a thing that nothing here is called.
    pub(super) fn may_be_a_strangers(&self, statement: &Statement) -> bool {
        let at = statement.token;
        let clause = self.layout.clause.get(at).copied();
        let here = |index: &usize| self.layout.clause.get(*index).copied() == clause;
        let context = Context { tokens: self.tokens, layout: &self.layout };
        let costs =
            (0..self.tokens.len()).filter(here).find(|at| context.phrase_at(*at, &lexicon::COSTS).is_some());
        match statement.what {
            What::Available | What::SoldOut | What::Pieces(_) => {
                !self.is_plainly_said(here)
                    || self.clauses_before(at).any(|other| self.names_a_stranger(other))
            }
            What::Money(_, Role::Price | Role::From | Role::Was | Role::Times(_)) if costs.is_some() => {
                let before = |index: &usize| here(index) && costs.is_some_and(|costs| *index < costs);
                !self.is_plainly_said(before)
            }
            What::Money(..) | What::Reduced | What::Quality(..) => {
                clause.is_some_and(|clause| self.names_a_stranger(clause))
            }
            _ => false,
        }
    }

    /// Whether there are none but words that name nothing, and words of the turn's products.
    pub(super) fn is_plainly_said(&self, inside: impl Fn(&usize) -> bool) -> bool {
        let words = (0..self.tokens.len()).filter(inside).filter_map(|index| self.open_word(index));
        let known = |word: &str| {
            lexicon::is_plain(word)
                || lexicon::is_praise(word)
                || anchors::is_usual(word)
                || self.is_own(word)
        };
        words.into_iter().all(known)
    }

    /// A thing in general, a quality, or a kind of thing that the turn's products are.
    fn is_own(&self, word: &str) -> bool {
        lexicon::is_general(word)
            || lexicon::number_word(word).is_some()
            || lexicon::quality_of(word).is_some()
            || self.is_kind(word)
            || !anchors::sharing(word, &self.titles).is_empty()
    }

    /// Whether a word is the kind of thing some row is.
    pub(super) fn is_kind(&self, word: &str) -> bool {
        let kinds = self.kinds.get_or_init(|| anchors::kinds(self.ground.rows, &self.titles));
        kinds.contains(anchors::stem(word))
    }

    /// The clauses of the same sentence before a token, back to the last one that names a product.
    fn clauses_before(&self, at: usize) -> std::ops::Range<usize> {
        let of = |list: &[usize], index: usize| list.get(index).copied().unwrap_or_default();
        let (sentence, clause) = (of(&self.layout.sentence, at), of(&self.layout.clause, at));
        let first = self.layout.sentence.iter().position(|other| *other == sentence).unwrap_or(at);
        let named = self.mentions.iter().map(move |mention| of(&self.layout.clause, mention.first));
        let named = named.filter(|other| *other < clause).max().map_or(0, |other| other + 1);
        of(&self.layout.clause, first).max(named)..clause
    }

    /// Whether a clause speaks of a thing that nothing here is called: `the yoga mat`.
    fn names_a_stranger(&self, clause: usize) -> bool {
        let inside = (0..self.tokens.len()).filter(|index| self.layout.clause.get(*index) == Some(&clause));
        let determines =
            |index: &usize| self.open_word(*index).is_some_and(|word| lexicon::DETERMINERS.has(word));
        inside.filter(determines).any(|index| self.is_strange(index + 1))
    }

    /// Whether what begins at a token is neither a thing in general nor of any kind that the turn's products are of.
    fn is_strange(&self, at: usize) -> bool {
        let telling: Vec<&str> = self.words_from(at).filter(|word| word.chars().count() >= 3).collect();
        !telling.is_empty() && !telling.iter().any(|word| self.is_own(word))
    }

    /// Whether a thing that is offered has a word in its name that nothing here has: the `moonlight lamp`, among other lamps.
    pub(super) fn is_called_strangely(&self, at: usize) -> bool {
        let mut nobodys = false;
        for word in self.words_from(at) {
            if self.is_kind(word) || lexicon::is_general(word) {
                return nobodys;
            }
            if lexicon::is_plain(word) && word.chars().count() > 2 {
                break;
            }
            nobodys |= !(lexicon::is_plain(word) || lexicon::is_praise(word) || self.is_own(word));
        }
        nobodys
    }

    /// Up to four words from a token on, hyphens left out.
    fn words_from(&self, at: usize) -> impl Iterator<Item = &str> {
        let hyphen = |index: &usize| self.tokens.get(*index).is_some_and(|token| token.is_mark('-'));
        (at..at + 4).filter(move |index| !hyphen(index)).map_while(move |index| self.open_word(index))
    }

    /// A word outside names, choices and links.
    pub(super) fn open_word(&self, at: usize) -> Option<&str> {
        let open = self.layout.masked.get(at) == Some(&false) && self.layout.chosen.get(at) == Some(&false);
        self.tokens.get(at).filter(|token| open && token.kind == Kind::Word).map(|token| token.text.as_str())
    }
}
