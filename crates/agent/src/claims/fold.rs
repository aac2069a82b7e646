//! Text as the gate reads it: compatibility forms, digits of every script and look-alike letters become plain ones.
//!
//! Each folded byte remembers where it came from, so that a claim can be quoted in the words the shopper would read.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::reply::is_hidden;

/// A text and its plain form.
#[derive(Debug)]
pub(crate) struct Folded<'a> {
    original: &'a str,
    /// Lower case, no accents, plain digits.
    pub(crate) text: String,
    /// Per byte of `text`: where its character begins in `original`.
    origins: Vec<usize>,
    /// Where (in `text`) a figure is dressed up by a mark, or something hidden stands.
    pub(crate) disguised: Vec<usize>,
    /// Where (in `text`) a letter of another script stands for a Latin one.
    pub(crate) dressed: Vec<usize>,
    /// How many Latin letters it has, and how many that nobody takes for Latin ones.
    letters: (usize, usize),
}

impl<'a> Folded<'a> {
    /// Folds a text.
    pub(crate) fn new(original: &'a str) -> Self {
        let mut folded = Self {
            original,
            text: String::with_capacity(original.len()),
            origins: Vec::new(),
            disguised: Vec::new(),
            dressed: Vec::new(),
            letters: (0, 0),
        };
        for (origin, seen) in original.char_indices() {
            if is_hidden(seen) {
                folded.disguised.push(folded.text.len());
                continue;
            }
            // Most of all text; it is its own plain form.
            if seen.is_ascii() {
                folded.letters.0 += usize::from(seen.is_ascii_alphabetic());
                folded.text.push(seen.to_ascii_lowercase());
                folded.origins.push(origin);
                continue;
            }
            // Roman numerals and fractions in one character: no price list writes them.
            if matches!(seen, '¼'..='¾' | '\u{2150}'..='\u{218B}') {
                folded.disguised.push(folded.text.len());
            }
            for plain in std::iter::once(seen).nfkd() {
                folded.push(plain, origin);
            }
        }
        folded
    }

    fn push(&mut self, seen: char, origin: usize) {
        if is_combining_mark(seen) {
            let after_figure = self.text.ends_with(|c: char| c.is_ascii_digit() || is_currency_sign(c));
            if after_figure {
                self.disguised.push(self.text.len());
            }
            return;
        }
        if matches!(seen, 'ß' | 'ẞ') {
            self.text.push('s');
        }
        if look_alike(seen) != seen {
            self.dressed.push(self.text.len());
        }
        let plain = plain(seen);
        self.letters.1 += usize::from(plain.is_alphabetic() && is_of_another_script(plain));
        for plain in plain.to_lowercase() {
            self.text.push(plain);
        }
        self.origins.resize(self.text.len(), origin);
    }

    /// Whether it is written in another script, rather than dressed up with letters of one.
    pub(crate) fn is_foreign(&self) -> bool {
        self.letters.1 > self.letters.0
    }

    /// The words of the original behind a span of the plain form.
    pub(crate) fn original(&self, start: usize, end: usize) -> &'a str {
        let (from, to) = self.range(start, end);
        self.original.get(from..to).unwrap_or_default().trim()
    }

    /// Where in the original a span of the plain form lies.
    pub(crate) fn range(&self, start: usize, end: usize) -> (usize, usize) {
        let from = self.origins.get(start).copied().unwrap_or(self.original.len());
        let last = end.checked_sub(1).and_then(|last| self.origins.get(last)).copied().unwrap_or(from);
        let rest = self.original.get(last..).unwrap_or_default();
        (from, last + rest.chars().next().map_or(0, char::len_utf8))
    }
}

/// The plain form of a text without its origins: for comparing words.
pub(crate) fn plainly(text: &str) -> String {
    Folded::new(text).text
}

/// A sign that stands for money in some country.
pub(crate) fn is_currency_sign(seen: char) -> bool {
    matches!(seen, '$' | '¢' | '£' | '¤' | '¥' | '֏' | '؋' | '৳' | '฿' | '៛' | '\u{20A0}'..='\u{20C1}' | '﷼')
}

fn plain(seen: char) -> char {
    if let Some(digit) = digit(seen) {
        return char::from_digit(digit, 10).unwrap_or(seen);
    }
    match seen {
        '。' | '․' | '‧' | '٫' => '.',
        '٬' | '、' | '،' | '‚' | '¸' => ',',
        '‘' | '’' | 'ʼ' | '´' | '′' | '‛' => '\'',
        '“' | '”' | '„' | '«' | '»' | '″' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' => '-',
        '٪' | '⁒' => '%',
        '∕' | '⁄' | '⧸' => '/',
        'ø' | 'Ø' => 'o',
        'ß' | 'ẞ' => 's',
        'ı' => 'i',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        _ => look_alike(seen),
    }
}

/// Beyond the Latin letters and the marks and signs around them.
fn is_of_another_script(seen: char) -> bool {
    matches!(u32::from(seen), 0x370..=0x1DFF | 0x2C00..=0xA71F | 0xA800..=0xFAFF | 0x1_0000..)
}

/// Letters of other scripts that read as Latin ones: a sentence in disguise is read as what it looks like.
fn look_alike(seen: char) -> char {
    const PAIRS: &[(&str, char)] = &[
        ("аАαΑ", 'a'),
        ("вВβΒ", 'b'),
        ("сСϲϹ", 'c'),
        ("ԁ", 'd'),
        ("еЕεΕ", 'e'),
        ("ɡ", 'g'),
        ("һнНΗ", 'h'),
        ("іІιΙӏ", 'i'),
        ("јЈ", 'j'),
        ("кКκΚ", 'k'),
        ("ⅼ", 'l'),
        ("мМΜ", 'm'),
        ("Νո", 'n'),
        ("оОοΟσօ", 'o'),
        ("рРρΡ", 'p'),
        ("ԛ", 'q'),
        ("ѕЅ", 's'),
        ("тТτΤ", 't'),
        ("υս", 'u'),
        ("ν", 'v'),
        ("ѡ", 'w'),
        ("хХχΧ", 'x'),
        ("уУγΥ", 'y'),
        ("Ζ", 'z'),
    ];
    if seen.is_ascii() {
        return seen;
    }
    PAIRS.iter().find(|(alike, _)| alike.contains(seen)).map_or(seen, |(_, latin)| *latin)
}

/// The value of a decimal digit of any script that the compatibility forms leave alone.
fn digit(seen: char) -> Option<u32> {
    const ZEROS: &[u32] = &[
        0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
        0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
        0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0,
        0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730,
        0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1E140, 0x1E2F0,
        0x1E4F0, 0x1E950, 0x1FBF0,
    ];
    if seen.is_ascii() {
        return None;
    }
    let code = u32::from(seen);
    ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(plainly(text), expected, "{text:?}");
    }

    #[test]
    fn t47_figures_and_words_in_disguise_are_read_as_what_they_look_like() {
        check("＄２４．９０", "$24.90");
        check("𝟐𝟒.𝟗𝟎 €", "24.90 €");
        check("٢٤٫٩٠", "24.90");
        check("२४", "24");
        check("②④", "24");
        check("24\u{A0}90\u{202F}€", "24 90 €");
        check("in stосk", "in stock");
        check("Épuisé", "epuise");
        check("it’s", "it's");
        check("Tøffel", "toffel");
    }

    #[test]
    fn a_marked_digit_and_a_hidden_character_are_noticed() {
        assert!(!Folded::new("5\u{336}0\u{336}").disguised.is_empty());
        assert!(!Folded::new("7\u{FE0F}\u{20E3}").disguised.is_empty());
        assert!(!Folded::new("2\u{200B}4").disguised.is_empty());
        assert!(Folded::new("épuisé à 24 €").disguised.is_empty());
    }

    #[test]
    fn a_claim_is_quoted_in_its_original_words() {
        let folded = Folded::new("Oui: ２４，９０\u{A0}€ pièce");
        let start = folded.text.find("24").unwrap();

        assert_eq!(folded.original(start, start + "24,90 €".len()), "２４，９０\u{A0}€");
        assert_eq!(folded.original(500, 900), "");
    }
}
