//! The words around a figure: what stands before and after it within its clause.

use crate::claims::lexicon;
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

    /// Up to `most` words before `index` within its clause, up to the next figure or name, as ` a b `.
    pub(crate) fn before(&self, index: usize, most: usize) -> String {
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
        spaced(&words)
    }

    /// Up to `most` words after `index` within its clause, up to the next figure or name, as ` a b `.
    pub(crate) fn after(&self, index: usize, most: usize) -> String {
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
        spaced(&words)
    }

    /// Whether the clause of `index` has one of these words anywhere outside names.
    pub(crate) fn clause_has(&self, index: usize, phrases: &[&str]) -> bool {
        let inside = (0..self.tokens.len()).filter(|at| self.same_clause(*at, index));
        let words: Vec<&str> =
            inside.filter_map(|at| self.open(at)).map(|token| token.text.as_str()).collect();
        has(&spaced(&words), phrases)
    }

    /// Whether the sentence of `index` has one of these words anywhere outside names.
    pub(crate) fn sentence_has(&self, index: usize, phrases: &[&str]) -> bool {
        let sentence = self.layout.sentence.get(index);
        let inside = (0..self.tokens.len()).filter(|at| self.layout.sentence.get(*at) == sentence);
        let words: Vec<&str> =
            inside.filter_map(|at| self.open(at)).map(|token| token.text.as_str()).collect();
        has(&spaced(&words), phrases)
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
        denies(&spaced(near))
    }

    /// Whether the clause of `index` denies anything.
    pub(crate) fn clause_denies(&self, index: usize) -> bool {
        let inside = (0..self.tokens.len()).filter(|at| self.same_clause(*at, index));
        let words: Vec<&str> =
            inside.filter_map(|at| self.open(at)).map(|token| token.text.as_str()).collect();
        denies(&spaced(&words))
    }

    /// How many tokens from `index` on are one of these phrases, the longest; `None` if none is.
    pub(crate) fn phrase_at(&self, index: usize, phrases: &[&str]) -> Option<usize> {
        let first = self.open(index)?.text.as_str();
        // Most phrases fall away at their first word: that is looked at before anything else.
        let behind = phrases.iter().filter_map(|phrase| phrase.strip_prefix(first));
        let fitting = behind.filter(|rest| rest.is_empty() || rest.starts_with(' '));
        fitting.filter_map(|rest| self.follows(index, rest)).max()
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

/// Whether one of the phrases is in a text of [`Context::before`] or [`Context::after`].
pub(crate) fn has(spaced: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| {
        spaced.match_indices(phrase).any(|(at, _)| {
            let starts = at == 0 || spaced.get(..at).is_some_and(|before| before.ends_with(' '));
            starts && spaced.get(at + phrase.len()..).is_some_and(|after| after.starts_with(' '))
        })
    })
}

/// Whether a word of denial is among these, turns of phrase left out.
fn denies(spaced: &str) -> bool {
    if !has(spaced, lexicon::NOT) {
        return false;
    }
    let meant = lexicon::IDLE_DENIAL
        .iter()
        .fold(spaced.to_owned(), |text, idle| text.replace(&format!(" {idle} "), " "));
    has(&meant, lexicon::NOT)
}

/// Whether a text of [`Context::before`] ends with one of the phrases.
pub(crate) fn ends_with(spaced: &str, phrases: &[&str]) -> bool {
    let text = spaced.trim_end();
    phrases.iter().any(|phrase| text.strip_suffix(phrase).is_some_and(|before| before.ends_with(' ')))
}

fn spaced(words: &[&str]) -> String {
    format!(" {} ", words.join(" "))
}
