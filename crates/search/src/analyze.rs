//! From text to searchable words: splitting, folding of case and accents, joined codes and stems. The index and every
//! search go through here, so that both sides agree.

use frostem::{Algorithm, Stemmer};
use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};
use shopclerk_domain::language::Language;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Longer words are cut here: nobody searches for them, and they would fill the index.
const LONGEST: usize = 48;

/// Most words taken from one text.
const MOST: usize = 4_000;

/// A word as the index keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Folded text.
    pub(crate) text: String,
    /// Written directly behind the word before it, with nothing but `-`, `.`, `/`, `_` or `'` between, as in `k-4417b`.
    pub(crate) tied: bool,
    /// A comma, bracket or other pause stands before it.
    pub(crate) paused: bool,
}

/// The words of `text`, folded, in order; bounded.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut out = Vec::new();
    let mut run = String::new();
    let mut gap = Gap::default();
    for ch in text.nfkc() {
        if out.len() >= MOST {
            return out;
        }
        if is_invisible(ch) {
            continue;
        }
        if ch.is_alphanumeric() || (is_combining_mark(ch) && !run.is_empty()) {
            run.push(ch);
            continue;
        }
        let ended = !run.is_empty();
        if ended {
            finish(&mut run, &mut out, gap);
            gap = Gap::default();
        }
        gap.quoted = ended && matches!(ch, '\'' | '\u{2019}');
        gap.tied = ended && (gap.quoted || matches!(ch, '-' | '.' | '/' | '_' | '\u{2010}' | '\u{2011}'));
        gap.paused |= matches!(ch, ',' | ';' | ':' | '(' | ')' | '[' | ']' | '|' | '\u{2013}' | '\u{2014}');
    }
    finish(&mut run, &mut out, gap);
    out
}

/// What stands before a word.
#[derive(Clone, Copy, Default)]
struct Gap {
    tied: bool,
    quoted: bool,
    paused: bool,
}

/// Moves the run of letters into `out`; the `s` of `mother's` is dropped.
fn finish(run: &mut String, out: &mut Vec<Word>, gap: Gap) {
    if run.is_empty() {
        return;
    }
    let possessive = gap.quoted && matches!(run.as_str(), "s" | "S");
    if !possessive {
        if run.chars().any(is_unspaced) {
            split_unspaced(run, out);
        } else {
            let tied = gap.tied && !out.is_empty();
            out.push(Word { text: cut(&fold(run)), tied, paused: gap.paused });
        }
    }
    run.clear();
}

/// Scripts that put no spaces between words are split by dictionary.
fn split_unspaced(run: &str, out: &mut Vec<Word>) {
    let segmenter: WordSegmenterBorrowed<'static> =
        WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let mut start = 0;
    for end in segmenter.segment_str(run) {
        if let Some(piece) = run.get(start..end).filter(|piece| !piece.is_empty()) {
            out.push(Word { text: cut(&fold(piece)), tied: false, paused: false });
        }
        start = end;
    }
}

/// Lower case without the accents of Latin and Greek letters: `Crème Brûlée` and `creme brulee` are one.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for ch in text.chars().flat_map(char::to_lowercase) {
        match ch {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ł' => out.push('l'),
            'ı' => out.push('i'),
            'ё' => out.push('е'),
            '\u{300}'..='\u{36f}' => {}
            _ => out.push(base_letter(ch)),
        }
    }
    out
}

fn base_letter(ch: char) -> char {
    let latin_or_greek = matches!(ch, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1fff}' | '\u{370}'..='\u{3ff}');
    if !latin_or_greek {
        return ch;
    }
    let mut base = None;
    decompose_canonical(ch, |part| {
        base.get_or_insert(part);
    });
    base.unwrap_or(ch)
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// Zero-width and direction characters: they only disguise words.
pub(crate) fn is_invisible(ch: char) -> bool {
    matches!(ch, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}')
}

/// Letters of scripts written without spaces.
pub(crate) fn is_unspaced(ch: char) -> bool {
    matches!(ch, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Joined spellings of what stands together: `kv-3180` is also `kv3180`, `64 GB` also `64gb`, `t-shirt` also `tshirt`.
pub(crate) fn joined(words: &[Word]) -> Vec<String> {
    let mut out = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let mut text = word.text.clone();
        for next in words.iter().skip(index + 1).take(3) {
            let unit = next.text.len() <= 3
                && is_number(&text)
                && next.text.bytes().all(|b| b.is_ascii_alphabetic());
            if !(next.tied || unit) {
                break;
            }
            text.push_str(&next.text);
            if text.len() > LONGEST {
                break;
            }
            if text.chars().any(char::is_alphabetic) {
                out.push(text.clone());
            }
        }
    }
    out
}

/// Only ASCII digits.
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A plain word: letters only, of a script that is written with spaces. Others are not guessed at.
pub(crate) fn is_plain(text: &str) -> bool {
    text.chars().all(|ch| ch.is_alphabetic() && !is_unspaced(ch))
}

/// Languages we have stems for.
pub(crate) const LANGUAGES: [Language; 5] =
    [Language::En, Language::De, Language::Es, Language::Fr, Language::Pt];

/// The stem of a folded word in one language; the word itself where stems mean nothing.
pub(crate) fn stem(word: &str, language: Language) -> String {
    if word.len() < 3 || !is_plain(word) {
        return word.to_owned();
    }
    let algorithm = match language {
        Language::En => Algorithm::English,
        Language::Es => Algorithm::Spanish,
        Language::Fr => Algorithm::French,
        Language::De => Algorithm::German,
        Language::Pt => Algorithm::Portuguese,
    };
    Stemmer::new(algorithm).stem(word).into_owned()
}

/// The different stems of a word in `languages`.
pub(crate) fn stems(word: &str, languages: &[Language]) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(2);
    for language in languages {
        let stem = stem(word, *language);
        if !out.contains(&stem) {
            out.push(stem);
        }
    }
    out
}

/// Little words that give a language away.
const TELLING: [(Language, &[&str]); 5] = [
    (Language::En, &["the", "and", "with", "for", "your", "this", "from", "are", "you", "of", "is", "it"]),
    (Language::De, &["und", "der", "das", "mit", "fur", "ist", "ein", "eine", "auf", "nicht", "aus", "die"]),
    (Language::Es, &["el", "los", "las", "una", "con", "del", "por", "para", "y", "su", "es", "en"]),
    (Language::Fr, &["le", "les", "des", "une", "avec", "pour", "est", "dans", "et", "du", "sur", "vous"]),
    (Language::Pt, &["o", "os", "uma", "com", "do", "da", "dos", "das", "para", "e", "em", "um"]),
];

/// The languages whose stems fit these words: the one they are written in, or all where they do not tell.
pub(crate) fn fitting_languages(words: &[Word]) -> Vec<Language> {
    let mut scored: Vec<(usize, Language)> = TELLING
        .iter()
        .map(|(language, telling)| {
            (words.iter().take(300).filter(|word| telling.contains(&word.text.as_str())).count(), *language)
        })
        .collect();
    scored.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    match scored.as_slice() {
        [(best, language), (second, _), ..] if *best >= 2 && best > second => vec![*language],
        _ => LANGUAGES.to_vec(),
    }
}

/// Words that carry no meaning in a title or a search.
pub(crate) fn is_little(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "the"
            | "of"
            | "and"
            | "or"
            | "for"
            | "with"
            | "in"
            | "on"
            | "to"
            | "by"
            | "at"
            | "from"
            | "de"
            | "la"
            | "le"
            | "les"
            | "el"
            | "los"
            | "las"
            | "du"
            | "des"
            | "et"
            | "y"
            | "und"
            | "der"
            | "die"
            | "das"
            | "mit"
            | "fur"
            | "para"
            | "con"
            | "com"
            | "do"
            | "da"
            | "pour"
            | "avec"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_are_split_and_folded() {
        assert_eq!(texts("Crème Brûlée, Größe XL"), ["creme", "brulee", "grosse", "xl"]);
        assert_eq!(texts("my mother's ｉＰｈｏｎｅ 12"), ["my", "mother", "iphone", "12"]);
        assert_eq!(texts("K-4417B"), ["k", "4417b"]);
        assert_eq!(texts("l\u{2019}eau de\u{ad}pot"), ["l", "eau", "depot"]);
        assert_eq!(texts("can\u{200b}dle \u{202e}x"), ["candle", "x"]);
        assert_eq!(texts("\u{1f525}!?"), Vec::<String>::new());
    }

    #[test]
    fn scripts_without_spaces_are_split_by_dictionary() {
        assert!(texts("防水の靴を探しています").contains(&"靴".to_owned()));
        assert!(texts("ฉันต้องการรองเท้า").contains(&"รองเท้า".to_owned()));
        assert_eq!(texts("ガラス"), ["ガラス"]);
    }

    #[test]
    fn what_stands_together_is_also_one_word() {
        let check = |text: &str, expected: &[&str]| assert_eq!(joined(&words(text)), expected, "{text}");
        check("Kvist KV-3180 refill", &["kv3180"]);
        check("64 GB card", &["64gb"]);
        check("t-shirt", &["tshirt"]);
        check("A/B/C", &["ab", "abc", "bc"]);
        check("3.5", &[]);
        check("red shoes", &[]);
    }

    #[test]
    fn the_language_of_a_text_is_told_by_its_little_words() {
        assert_eq!(fitting_languages(&words("A throw for the sofa and you")), [Language::En]);
        assert_eq!(fitting_languages(&words("Eine Kerze mit Duft und Docht")), [Language::De]);
        assert_eq!(fitting_languages(&words("Kerze")), LANGUAGES);
        assert_eq!(stems("kerzen", &[Language::De]), ["kerz"]);
    }
}
