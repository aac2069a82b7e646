//! The words around a figure: what stands before and after it within its clause.

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

    /// Whether a word of denial stands shortly before `index`, with neither a figure nor a name between.
    pub(crate) fn is_denied(&self, index: usize) -> bool {
        denies(&self.before(index, 6))
    }

    /// The same, wherever in the clause names stand: "we don't have the throw in stock".
    pub(crate) fn is_denied_of_names(&self, index: usize) -> bool {
        let mut words = Vec::new();
        for at in (0..index).rev() {
            let Some(token) = self.tokens.get(at).filter(|_| self.same_clause(at, index)) else { break };
            if token.is_mark(':') || token.is_mark('(') {
                break;
            }
            if token.kind == Kind::Word && self.open(at).is_some() {
                words.push(token.text.as_str());
            }
        }
        words.reverse();
        let near = words.get(words.len().saturating_sub(8)..).unwrap_or_default();
        denies(near)
    }

    /// Whether the clause of `index` denies anything.
    pub(crate) fn clause_denies(&self, index: usize) -> bool {
        denies(&self.spoken(&self.layout.clause, index))
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

/// Whether a word of denial is among these, turns of phrase left out.
fn denies(words: &[&str]) -> bool {
    let mut rest = words;
    while !rest.is_empty() {
        let idle = lexicon::IDLE_DENIAL.begins(rest);
        if idle.is_none() && lexicon::NOT.begins(rest).is_some() {
            return true;
        }
        rest = rest.get(idle.unwrap_or(1)..).unwrap_or_default();
    }
    false
}
