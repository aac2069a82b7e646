//! From the words a shopper asks for to the index terms that answer them: exact forms, stems, joined spellings, other
//! names of the same thing and, for unknown words only, guesses.

use tantivy::TantivyError;

use crate::analyze::{self, LANGUAGES};
use crate::snapshot::Snapshot;
use crate::synonyms;

/// Most words of one search that are looked at.
const MOST_WORDS: usize = 24;

/// A word asked for, with all that counts as having it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// The folded word.
    pub(crate) text: String,
    /// How much it matters beside the others.
    pub(crate) weight: f32,
    /// What counts as having it.
    pub(crate) variants: Vec<Variant>,
    /// The catalogue knows it, or something it may mean.
    pub(crate) known: bool,
    /// It names what is wanted, rather than for whom or how.
    pub(crate) decides: bool,
}

/// A term that counts as having the word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variant {
    /// The term.
    pub(crate) text: String,
    /// How much it counts.
    pub(crate) weight: f32,
    /// It is looked up among the stems.
    pub(crate) stem: bool,
}

/// Reads the words of a search against what the catalogue knows.
pub(crate) fn asked(text: &str, snapshot: &Snapshot) -> Result<Vec<Asked>, TantivyError> {
    let mut words: Vec<String> = Vec::new();
    let all: Vec<String> = analyze::words(text).into_iter().map(|word| word.text).collect();
    let meaningful = all.iter().any(|word| !analyze::is_little(word));
    for word in all {
        let skipped = words.contains(&word) || (meaningful && analyze::is_little(&word));
        if !skipped && words.len() < MOST_WORDS {
            words.push(word);
        }
    }
    let joins = joins(&words, snapshot)?;
    let mut out = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let joined =
            joins.iter().filter(|(at, _)| *at == index || at + 1 == index).map(|(_, join)| join.as_str());
        out.extend(read(word, joined, snapshot)?);
    }
    Ok(out)
}

/// Neighbours that the catalogue writes as one word: `k 4417b`, `chrome book`.
fn joins(words: &[String], snapshot: &Snapshot) -> Result<Vec<(usize, String)>, TantivyError> {
    let mut out = Vec::new();
    for (index, pair) in words.windows(2).enumerate() {
        let join = pair.concat();
        if !analyze::is_number(&join) && knows(&forms(&join, 1.0), snapshot)? {
            out.push((index, join));
        }
    }
    Ok(out)
}

fn read<'a>(
    word: &str,
    joined: impl Iterator<Item = &'a str>,
    snapshot: &Snapshot,
) -> Result<Vec<Asked>, TantivyError> {
    let mut variants = forms(word, 1.0);
    for join in joined {
        variants.extend(forms(join, 1.0));
    }
    for other in synonyms::of(word) {
        variants.extend(forms(other, 0.8));
    }
    let weight = weight(word);
    let decides = !synonyms::is_soft(word);
    if knows(&variants, snapshot)? {
        return Ok(vec![Asked { text: word.to_owned(), weight, variants, known: true, decides }]);
    }
    let vocabulary = snapshot.vocabulary()?;
    if let Some((left, right)) = vocabulary.halves(word) {
        let half = |text: String| Asked {
            variants: forms(&text, 0.9),
            text,
            weight: weight * 0.7,
            known: true,
            decides,
        };
        return Ok(vec![half(left), half(right)]);
    }
    let guesses = vocabulary.guesses(word);
    let known = !guesses.is_empty();
    for guess in guesses {
        variants.extend(forms(&guess.word, guess.weight));
    }
    Ok(vec![Asked { text: word.to_owned(), weight, variants, known, decides }])
}

/// The word itself and its stems.
fn forms(word: &str, weight: f32) -> Vec<Variant> {
    let mut out = vec![Variant { text: word.to_owned(), weight, stem: false }];
    for (index, text) in analyze::stems(word, &LANGUAGES).into_iter().enumerate() {
        let weight = weight * if index == 0 { 0.85 } else { 0.3 };
        out.push(Variant { text, weight, stem: true });
    }
    out
}

fn knows(variants: &[Variant], snapshot: &Snapshot) -> Result<bool, TantivyError> {
    let fields = snapshot.fields;
    let plain =
        [fields.known, fields.codes, fields.title, fields.facts, fields.body, fields.labels, fields.choices];
    let stems = [fields.title_stems, fields.kind_stems, fields.text_stems];
    for variant in variants {
        let looked: &[_] = if variant.stem { &stems } else { &plain };
        for field in looked {
            if snapshot.frequency(*field, &variant.text)? > 0 {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whom it is for and how it should be say less than what it is; so do numbers alone.
fn weight(word: &str) -> f32 {
    if synonyms::is_circumstance(word) {
        0.35
    } else if synonyms::is_quality(word) || word.chars().count() == 1 {
        0.5
    } else if analyze::is_number(word) {
        0.7
    } else {
        1.0
    }
}
