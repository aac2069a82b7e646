//! What a text names: products by their titles, and choices such as `Large` or `Blue`.

use std::collections::{HashMap, HashSet};

use shopclerk_domain::product::{Product, ProductRow};

use crate::claims::tokens::{Kind, Token, words};
use crate::names;

/// A product named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// First token.
    pub(super) first: usize,
    /// Last token.
    pub(super) last: usize,
    /// Rows that may be meant: one where the name is clear; none where it goes on in words that no row has.
    pub(super) rows: Vec<usize>,
    /// The whole name, word by word.
    pub(super) whole: bool,
}

/// A choice of one row's product, named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// First token.
    pub(super) first: usize,
    /// Last token.
    pub(super) last: usize,
    /// The row whose product has this choice.
    pub(super) row: usize,
    /// Which of the product's options.
    pub(super) option: usize,
    /// The value as the shop writes it.
    pub(super) value: String,
}

/// What the rows' products are called, word by word.
pub(super) fn titles(rows: &[ProductRow]) -> Vec<Vec<String>> {
    rows.iter().map(|row| words(&names::name(&row.product))).collect()
}

/// Every product the text names, without overlaps, the longest name first where several begin at one place.
pub(super) fn mentions(tokens: &[Token], titles: &[Vec<String>]) -> Vec<Mention> {
    let spoken: Vec<usize> =
        (0..tokens.len()).filter(|at| tokens.get(*at).is_some_and(Token::is_wordlike)).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < spoken.len() {
        match longest(tokens, spoken.get(at..).unwrap_or_default(), titles) {
            Some((mention, length)) => {
                found.push(mention);
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// The longest name that begins at the first of `spoken`, and how many words it takes.
fn longest(tokens: &[Token], spoken: &[usize], titles: &[Vec<String>]) -> Option<(Mention, usize)> {
    let mut best: (usize, bool, Vec<usize>) = (0, false, Vec::new());
    for (row, title) in titles.iter().enumerate() {
        let (length, whole) = run(tokens, spoken, title);
        if length == 0 || (length, whole) < (best.0, best.1) {
            continue;
        }
        if (length, whole) > (best.0, best.1) {
            best = (length, whole, Vec::new());
        }
        best.2.push(row);
    }
    let (length, whole, rows) = best;
    let first = *spoken.first()?;
    let last = *spoken.get(length.checked_sub(1)?)?;
    let goes_on = !whole && goes_on(tokens, last);
    Some((Mention { first, last, rows: if goes_on { Vec::new() } else { rows }, whole }, length))
}

/// How many words of the title the text has here; parts of a title count from two telling words on, and without figures.
fn run(tokens: &[Token], spoken: &[usize], title: &[String]) -> (usize, bool) {
    let matching = |from: usize| {
        let pairs = spoken.iter().zip(title.iter().skip(from));
        pairs
            .take_while(|(at, word)| tokens.get(**at).is_some_and(|token| same_word(&token.text, word)))
            .count()
    };
    let telling = |word: &String| word.chars().count() >= 3 && !SMALL_WORDS.contains(&word.as_str());
    if !title.is_empty() && matching(0) == title.len() && title.iter().any(telling) {
        return (title.len(), true);
    }
    let part = (0..title.len()).map(|from| {
        let length = matching(from);
        let worded =
            title.iter().skip(from).take(length).take_while(|word| !word.chars().any(char::is_numeric));
        let worded: Vec<&String> = worded.collect();
        if worded.iter().filter(|word| telling(word)).count() >= 2 { worded.len() } else { 0 }
    });
    (part.max().unwrap_or(0), false)
}

/// Whether a part of a name goes on in a word that is none of the usual ones: then it is another thing's name.
fn goes_on(tokens: &[Token], last: usize) -> bool {
    let Some(next) = tokens.get(last + 1).filter(|next| next.kind == Kind::Word) else { return false };
    !(SMALL_WORDS.contains(&next.text.as_str()) || AFTER_NAMES.contains(&next.text.as_str()))
}

/// The rows whose name has this word, if it is one that tells things apart.
pub(super) fn sharing(word: &str, titles: &[Vec<String>]) -> Vec<usize> {
    if word.chars().count() < 3 || is_usual(word) {
        return Vec::new();
    }
    let has = |title: &Vec<String>| title.iter().any(|other| same_word(word, other));
    (0..titles.len()).filter(|index| titles.get(*index).is_some_and(has)).collect()
}

/// The kinds of things the rows are, by their stems: what they are called behind their first words, their types and tags.
pub(super) fn kinds(rows: &[ProductRow], titles: &[Vec<String>]) -> HashSet<String> {
    let called = titles.iter().flat_map(|title| title.iter().skip(1).cloned());
    let texts =
        rows.iter().flat_map(|row| std::iter::once(&row.product.product_type).chain(&row.product.tags));
    let texts: HashSet<&String> = texts.collect();
    let all = called.chain(texts.into_iter().flat_map(|text| words(text)));
    all.map(|word| stem(&word).to_owned()).collect()
}

/// Whether a capitalised word is one of the usual ones rather than a name.
pub(super) fn is_usual(word: &str) -> bool {
    SMALL_WORDS.contains(&word) || AFTER_NAMES.contains(&word) || CAPITALISED.contains(&word)
}

/// A word without the ending of many.
pub(super) fn stem(word: &str) -> &str {
    if word.len() >= 4 { word.trim_end_matches('s') } else { word }
}

fn same_word(one: &str, other: &str) -> bool {
    stem(one) == stem(other)
}

/// Every choice of any row's product that the text names outside product names.
pub(super) fn choices(tokens: &[Token], mentions: &[Mention], rows: &[ProductRow]) -> Vec<Chosen> {
    let named = |at: usize| {
        mentions.iter().any(|mention| mention.whole && (mention.first..=mention.last).contains(&at))
    };
    let spoken: Vec<usize> = (0..tokens.len())
        .filter(|at| tokens.get(*at).is_some_and(Token::is_wordlike) && !named(*at))
        .collect();
    let mut found = Vec::new();
    // Many products come in the same colours and sizes.
    let mut places: HashMap<&str, Vec<(usize, usize)>> = HashMap::new();
    for (row, option, value) in rows.iter().enumerate().flat_map(|(row, held)| values(row, &held.product)) {
        let places = places.entry(value).or_insert_with(|| spelled_at(value, tokens, &spoken));
        let chosen = |(first, last): &(usize, usize)| Chosen {
            first: *first,
            last: *last,
            row,
            option,
            value: value.to_owned(),
        };
        found.extend(places.iter().map(chosen));
    }
    found.sort_by_key(|chosen| (chosen.first, std::cmp::Reverse(chosen.last)));
    let inner: Vec<bool> = found
        .iter()
        .map(|one| {
            found.iter().any(|other| other.row == one.row && other.option == one.option && covers(other, one))
        })
        .collect();
    found.into_iter().zip(inner).filter(|(_, inner)| !inner).map(|(chosen, _)| chosen).collect()
}

/// Where a choice stands in a text, in any of its spellings: first and last token.
fn spelled_at(value: &str, tokens: &[Token], spoken: &[usize]) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for spelling in names::spellings(value) {
        for (start, first) in spoken.iter().enumerate() {
            let run = spoken.iter().skip(start).zip(&spelling);
            let matched =
                run.take_while(|(at, word)| tokens.get(**at).is_some_and(|t| t.text == **word)).count();
            let last = spoken.get(start + spelling.len().saturating_sub(1)).copied();
            places
                .extend(last.filter(|_| matched == spelling.len() && matched > 0).map(|last| (*first, last)));
        }
    }
    places
}

/// `X-Large` names no `Large`.
fn covers(other: &Chosen, one: &Chosen) -> bool {
    other.first <= one.first && one.last <= other.last && (other.last - other.first) > (one.last - one.first)
}

fn values(row: usize, product: &Product) -> Vec<(usize, usize, &str)> {
    let mut values = Vec::new();
    for variant in &product.variants {
        for (option, value) in variant.options.iter().enumerate() {
            let entry = (row, option, value.as_str());
            if !values.contains(&entry) {
                values.push(entry);
            }
        }
    }
    values
}

/// Words too common to tell a product by.
const SMALL_WORDS: &[&str] = &[
    "a", "an", "the", "of", "and", "or", "for", "with", "in", "on", "at", "to", "by", "from", "your", "our",
    "my", "is", "are", "it", "this", "that", "these", "those", "box", "set", "pack", "der", "die", "das",
    "und", "oder", "mit", "fur", "von", "aus", "im", "el", "la", "los", "las", "de", "del", "y", "o", "con",
    "para", "en", "le", "les", "des", "du", "et", "ou", "avec", "pour", "os", "as", "do", "da", "dos", "das",
    "e", "com", "em", "un", "una", "une", "um", "uma", "ein", "eine", "one", "now", "for", "but", "aber",
    "mais", "pero", "mas", "while", "which", "who", "if", "so", "as", "than",
];

/// Words that may follow the short form of a name without being part of one.
const AFTER_NAMES: &[&str] = &[
    "off",
    "sale",
    "left",
    "stock",
    "new",
    "cost",
    "costs",
    "comes",
    "come",
    "goes",
    "sells",
    "was",
    "were",
    "has",
    "have",
    "had",
    "will",
    "would",
    "can",
    "might",
    "could",
    "may",
    "starts",
    "start",
    "ships",
    "makes",
    "smells",
    "keeps",
    "also",
    "too",
    "both",
    "only",
    "just",
    "still",
    "currently",
    "right",
    "here",
    "today",
    "instead",
    "again",
    "under",
    "over",
    "below",
    "above",
    "sold",
    "available",
    "ist",
    "sind",
    "kostet",
    "kosten",
    "gibt",
    "war",
    "hat",
    "haben",
    "kommt",
    "nur",
    "noch",
    "auch",
    "jetzt",
    "heute",
    "cuesta",
    "cuestan",
    "es",
    "son",
    "esta",
    "estan",
    "tiene",
    "viene",
    "por",
    "desde",
    "tambien",
    "solo",
    "ahora",
    "hoy",
    "coute",
    "coutent",
    "est",
    "sont",
    "a",
    "vient",
    "pour",
    "aussi",
    "maintenant",
    "custa",
    "custam",
    "sao",
    "tem",
    "vem",
    "tambem",
    "agora",
    "hoje",
    "ab",
    "zu",
    "statt",
];

/// Words that are written with a capital without being the name of a thing for sale.
const CAPITALISED: &[&str] = &[
    "i",
    "i'm",
    "i'll",
    "i'd",
    "i've",
    "usd",
    "eur",
    "gbp",
    "us",
    "ok",
    "preis",
    "preise",
    "lager",
    "stuck",
    "ausfuhrung",
    "ausfuhrungen",
    "grosse",
    "grossen",
    "farbe",
    "farben",
    "euro",
    "dollar",
    "shop",
    "moment",
    "frage",
    "auswahl",
];
