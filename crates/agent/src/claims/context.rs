//! The words around a figure: what stands before and after it within its clause.

use crate::claims::denial::{self, Denial};
use crate::claims::lexicon::{self, Phrases};
use crate::claims::tokens::{Kind, Token};

/// How a text hangs together, per token.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// Part of a product's name or a link: no statement by itself.
    pub(crate) masked: Vec<bool>,
    /// Part of a choice such as `4 candles`: its bare numbers are no statement.
    pub(crate) chosen: Vec<bool>,
    /// The clause it is in.
    pub(crate) clause: Vec<usize>,
    /// The sentence it is in.
    pub(crate) sentence: Vec<usize>,
}

/// A denial further away than so many words is taken for one of something else.
const NEAR: usize = 8;

/// The tokens of a text and how they hang together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    /// The tokens.
    pub(crate) tokens: &'a [Token],
    /// How they hang together.
    pub(crate) layout: &'a Layout,
}

impl<'a> Context<'a> {
    /// The token at `index`, unless it is part of a name.
    pub(crate) fn open(&self, index: usize) -> Option<&'a Token> {
        let masked = self.layout.masked.get(index).copied().unwrap_or(true);
        self.tokens.get(index).filter(|_| !masked)
    }

    /// The token before `index`, if nothing stands between them.
    pub(crate) fn touching_before(&self, index: usize) -> Option<&'a Token> {
        let before = self.tokens.get(index.checked_sub(1)?)?;
        (before.end == self.tokens.get(index)?.start).then_some(before)
    }

    fn same_clause(&self, one: usize, other: usize) -> bool {
        self.layout.clause.get(one) == self.layout.clause.get(other)
    }

    /// Up to `most` words before `index` within its clause, up to the next figure or name.
    pub(crate) fn before(&self, index: usize, most: usize) -> Vec<&'a str> {
        let mut words = Vec::new();
        for at in (0..index).rev() {
            let Some(token) = self.open(at).filter(|token| !token.is_figure()) else { break };
            if !self.same_clause(at, index) || words.len() == most {
                break;
            }
            if token.kind == Kind::Word {
                words.push(token.text.as_str());
            }
        }
        words.reverse();
        words
    }

    /// Up to `most` words after `index` within its clause, up to the next figure or name.
    pub(crate) fn after(&self, index: usize, most: usize) -> Vec<&'a str> {
        let mut words = Vec::new();
        for at in index + 1..self.tokens.len() {
            let Some(token) = self.open(at).filter(|token| !token.is_figure()) else { break };
            if !self.same_clause(at, index) || words.len() == most {
                break;
            }
            if token.kind == Kind::Word {
                words.push(token.text.as_str());
            }
        }
        words
    }

    /// Whether the clause of `index` has one of these words anywhere outside names.
    pub(crate) fn clause_has(&self, index: usize, phrases: &Phrases) -> bool {
        phrases.are_in(&self.spoken(&self.layout.clause, index))
    }

    /// Whether the sentence of `index` has one of these words anywhere outside names.
    pub(crate) fn sentence_has(&self, index: usize, phrases: &Phrases) -> bool {
        phrases.are_in(&self.spoken(&self.layout.sentence, index))
    }

    /// The words outside names of the clause or sentence of `index`; either is one run of tokens.
    fn spoken(&self, of: &[usize], index: usize) -> Vec<&'a str> {
        let whole = of.get(index);
        let first = (0..=index).rev().take_while(|at| of.get(*at) == whole).last().unwrap_or(index);
        let inside = (first..self.tokens.len()).take_while(|at| of.get(*at) == whole);
        inside.filter_map(|at| self.open(at)).map(|token| token.text.as_str()).collect()
    }

    /// What a word of denial does that stands shortly before `index`, with neither a figure nor a name between.
    pub(crate) fn denial(&self, index: usize) -> Denial {
        denial::denial(&self.joined_before(index, false))
    }

    /// Whether such a word denies a thing, whatever it is called.
    pub(crate) fn denies_a_thing(&self, index: usize) -> bool {
        denial::denies_a_thing(&self.joined_before(index, false))
    }

    /// As [`Context::denial`], wherever in the clause names stand: "we don't have the throw in stock".
    pub(crate) fn denial_of_names(&self, index: usize) -> Denial {
        denial::denial(&self.joined_before(index, true))
    }

    /// The words shortly before `index`, also in the clause before where an "or" joins both: "no coupons or codes".
    fn joined_before(&self, index: usize, over_names: bool) -> Vec<&'a str> {
        let mut words = Vec::new();
        let mut clause = index;
        for at in (0..index).rev() {
            if !self.same_clause(at, clause) {
                let joins = self.open(at + 1).is_some_and(|token| lexicon::OR.has(token.text.as_str()));
                let same_sentence = self.layout.sentence.get(at) == self.layout.sentence.get(index);
                if !joins || !same_sentence {
                    break;
                }
                clause = at;
            }
            let Some(token) = self.tokens.get(at) else { break };
            let ends = token.is_mark(':') || token.is_mark('(');
            let named = self.open(at).is_none() || token.is_figure();
            if words.len() == NEAR || if over_names { ends } else { named } {
                break;
            }
            if token.kind == Kind::Word && self.open(at).is_some() {
                words.push(token.text.as_str());
            }
        }
        words.reverse();
        words
    }

    /// As [`Context::denial_of_names`], also where the denial ends the clause: "aus Seide ist sie nicht".
    pub(crate) fn denial_in_clause(&self, index: usize) -> Denial {
        let before = self.denial_of_names(index);
        let behind = self.after(index, NEAR);
        let length = (1..=behind.len()).rev().find(|at| {
            let ending = behind.get(at - 1..).unwrap_or_default();
            lexicon::NOT.begins(ending) == Some(ending.len())
        });
        let ends = length.is_some_and(|at| denial::leaves_open(behind.get(..at - 1).unwrap_or_default()));
        if before == Denial::Absent && ends { Denial::Reaches } else { before }
    }

    /// Whether one of these phrases, by which one says what is not known, leaves open what stands at `index`: nothing else is spoken of
    /// between the two.
    pub(crate) fn leaves_open(&self, index: usize, phrases: &Phrases) -> bool {
        let (before, behind) = self.beside(index);
        let known = |words: &[&str], at: usize| {
            let rest = words.get(at..).unwrap_or_default();
            phrases.begins(rest).filter(|_| lexicon::IDLE_DENIAL.begins(rest).is_none())
        };
        let says_before = (0..before.len()).any(|at| {
            known(&before, at)
                .is_some_and(|length| denial::leaves_open(before.get(at + length..).unwrap_or_default()))
        });
        let says_behind = (0..behind.len()).any(|at| {
            known(&behind, at).is_some() && denial::leaves_open(behind.get(..at).unwrap_or_default())
        });
        says_before || says_behind
    }

    /// The words outside names before `index` in its clause, and those behind it.
    fn beside(&self, index: usize) -> (Vec<&'a str>, Vec<&'a str>) {
        let word = |at: usize| self.open(at).map(|token| token.text.as_str());
        let here = |at: &usize| self.same_clause(*at, index);
        let first = (0..=index).rev().take_while(here).last().unwrap_or(index);
        let behind = (index + 1..self.tokens.len()).take_while(here);
        ((first..index).filter_map(word).collect(), behind.filter_map(word).collect())
    }

    /// How many tokens from `index` on are one of these phrases, the longest; `None` if none is.
    pub(crate) fn phrase_at(&self, index: usize, phrases: &Phrases) -> Option<usize> {
        let first = self.open(index)?.text.as_str();
        phrases.behind(first).iter().filter_map(|rest| self.follows(index, rest)).max()
    }

    /// How many tokens the phrase takes whose first word stands at `index` and whose other words are these.
    fn follows(&self, index: usize, rest: &str) -> Option<usize> {
        let mut length = 1;
        for word in rest.split_ascii_whitespace() {
            let token = self.open(index + length)?;
            if token.text != word || !self.same_clause(index, index + length) {
                return None;
            }
            length += 1;
        }
        Some(length)
    }
}
