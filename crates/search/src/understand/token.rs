//! A message as a row of tokens: words, numbers, currency signs and breaks.

use unicode_normalization::UnicodeNormalization;

use crate::analyze::{fold, is_invisible};

/// Longer messages are cut: what is asked stands at the front of them.
const MOST_CHARS: usize = 2_000;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// As written, in lower case.
    pub(crate) text: String,
    /// Without accents and apostrophes, for comparing.
    pub(crate) folded: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// Understood already, so not searched for.
    pub(crate) used: bool,
    /// Part of a name: `the sold out poster`. No phrase is read out of it, and none of it is dropped.
    pub(crate) name: bool,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word or code.
    Word,
    /// Digits with separators.
    Number,
    /// A currency sign such as `$`, `R$`.
    Sign,
    /// A dash between two numbers, or the plus of `50+`.
    Joint,
    /// A comma or bracket.
    Pause,
    /// The end of a sentence or line, or a picture sign.
    End,
}

/// A message, cut into tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// In order.
    pub(crate) list: Vec<Token>,
    /// It holds emoji or other picture signs.
    pub(crate) pictures: bool,
}

/// Prefixes that French and Catalan write before an apostrophe: `j'ai`, `d'une`.
const ELIDED: [&str; 9] = ["l", "d", "j", "m", "t", "s", "n", "c", "qu"];

/// Cuts `text`.
pub(crate) fn tokens(text: &str) -> Tokens {
    let chars = plain_chars(text);
    let mut out = Tokens::default();
    let mut at = 0;
    while let Some(&ch) = chars.get(at) {
        if ch.is_alphanumeric() {
            let end = chunk_end(&chars, at);
            let chunk: String = chars.get(at..end).unwrap_or_default().iter().collect();
            add_chunk(&chunk, &mut out.list);
            at = end;
            continue;
        }
        at += 1;
        let follows_number = out.list.last().is_some_and(|token| token.kind == Kind::Number);
        let kind = match ch {
            '$' | '€' | '£' | '¥' | '₹' | '₩' | '₺' | '₽' | '฿' | '₫' | '₱' | '₪' => {
                Kind::Sign
            }
            '+' if follows_number => Kind::Joint,
            '-' | '–' | '—'
                if follows_number
                    && chars.get(at).is_some_and(|next| next.is_ascii_digit() || "$€£ ".contains(*next)) =>
            {
                Kind::Joint
            }
            '%' => Kind::Word,
            ',' | ';' | ':' | '(' | ')' | '[' | ']' | '"' | '–' | '—' | '…' => Kind::Pause,
            '.' | '!' | '?' | '\n' | '¿' | '¡' | '。' | '？' | '！' => Kind::End,
            _ if ch.is_whitespace() || ch.is_ascii() || is_mark(ch) => continue,
            _ => {
                out.pictures = true;
                Kind::End
            }
        };
        add_sign(ch, kind, &mut out.list);
    }
    out
}

/// Cut, in one form, without what only disguises words; spaces inside numbers are gone.
fn plain_chars(text: &str) -> Vec<char> {
    let raw: Vec<char> = text.chars().filter(|ch| !is_invisible(*ch)).take(MOST_CHARS).collect();
    let is_digit = |at: Option<usize>| at.and_then(|at| raw.get(at)).is_some_and(char::is_ascii_digit);
    let thin = |ch: char| matches!(ch, '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}');
    let kept = raw
        .iter()
        .enumerate()
        .filter(|(at, ch)| !(thin(**ch) && is_digit(at.checked_sub(1)) && is_digit(Some(at + 1))));
    kept.map(|(_, ch)| *ch).nfkc().flat_map(char::to_lowercase).take(2 * MOST_CHARS).collect()
}

fn is_mark(ch: char) -> bool {
    matches!(ch, '\u{300}'..='\u{36f}' | '’' | '‘' | '“' | '”' | '«' | '»' | '·' | '•' | '™' | '®' | '°')
}

/// Where the word or number that starts at `start` ends: connectors count inside it.
fn chunk_end(chars: &[char], start: usize) -> usize {
    let mut at = start;
    while let Some(&ch) = chars.get(at) {
        let inside =
            ch.is_alphanumeric() || matches!(ch, '\u{300}'..='\u{36f}' | '\u{e31}' | '\u{e34}'..='\u{e4e}');
        if inside {
            at += 1;
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied().unwrap_or(' ');
        let after = chars.get(at + 1).copied().unwrap_or(' ');
        let digit = before.is_ascii_digit() || after.is_ascii_digit();
        let connects = after.is_alphanumeric()
            && match ch {
                '\'' | '’' | '-' | '\u{2010}' | '\u{2011}' | '_' | '&' => true,
                ',' => before.is_ascii_digit() && after.is_ascii_digit(),
                '.' | '/' => digit,
                _ => false,
            };
        if !connects {
            break;
        }
        at += 1;
    }
    at
}

fn add_chunk(chunk: &str, out: &mut Vec<Token>) {
    let numeric = |text: &str| {
        text.starts_with(|ch: char| ch.is_ascii_digit())
            && text.chars().all(|ch| ch.is_ascii_digit() || matches!(ch, '.' | ',' | '\'' | '’'))
    };
    if numeric(chunk) {
        return push(chunk, Kind::Number, out);
    }
    if let Some((left, right)) = chunk.split_once(['-', '\u{2010}', '\u{2011}'])
        && numeric(left)
        && numeric(right)
    {
        push(left, Kind::Number, out);
        push("-", Kind::Joint, out);
        return push(right, Kind::Number, out);
    }
    if let Some(cut) = chunk.find(|ch: char| ch.is_alphabetic())
        && let Some((number, word)) = chunk.split_at_checked(cut)
        && numeric(number)
        && super::currency::is_name(word)
    {
        push(number, Kind::Number, out);
        return push(word, Kind::Word, out);
    }
    if let Some((left, right)) = chunk.split_once(['\'', '’'])
        && ELIDED.contains(&left)
    {
        push(left, Kind::Word, out);
        return push(right, Kind::Word, out);
    }
    push(chunk, Kind::Word, out);
}

/// A sign; `us$`, `r$` and their like are one.
fn add_sign(ch: char, kind: Kind, out: &mut Vec<Token>) {
    let prefix = out.last().filter(|token| kind == Kind::Sign && ch == '$' && token.kind == Kind::Word);
    let text = match prefix.map(|token| token.text.as_str()) {
        Some(prefix @ ("us" | "r" | "a" | "au" | "ca" | "c" | "nz" | "hk" | "s" | "mx")) => {
            let text = format!("{prefix}$");
            out.pop();
            text
        }
        _ => ch.to_string(),
    };
    push(&text, kind, out);
}

fn push(text: &str, kind: Kind, out: &mut Vec<Token>) {
    let folded = if kind == Kind::Word { fold(&text.replace(['\'', '’'], "")) } else { text.to_owned() };
    let used = !matches!(kind, Kind::Word | Kind::Number);
    out.push(Token { text: text.to_owned(), folded, kind, used, name: false });
}

impl Token {
    /// A word or number that nothing has claimed yet.
    pub(crate) fn is_open(&self) -> bool {
        !self.used && matches!(self.kind, Kind::Word | Kind::Number)
    }

    /// Ends a clause.
    pub(crate) fn is_break(&self) -> bool {
        matches!(self.kind, Kind::Pause | Kind::End)
    }

    /// As searched for: without the `'s` of `mother's`.
    pub(crate) fn sought(&self) -> &str {
        self.text.strip_suffix("'s").or_else(|| self.text.strip_suffix("’s")).unwrap_or(&self.text)
    }
}

impl Tokens {
    /// How many tokens from `at` on are one of `phrases`; the longest, in words; nothing claimed before counts.
    pub(crate) fn phrase_at(&self, at: usize, phrases: &[&str]) -> Option<usize> {
        let first = self.word_at(at)?;
        let words = |phrase: &&str| {
            // Nearly every phrase ends here: hundreds of them are looked for at each word of a message.
            let rest = phrase.strip_prefix(first)?;
            if rest.is_empty() {
                return Some(1);
            }
            let mut words = 1;
            for word in rest.strip_prefix(' ')?.split(' ') {
                self.word_at(at + words).filter(|next| *next == word)?;
                words += 1;
            }
            Some(words)
        };
        phrases.iter().filter_map(words).max()
    }

    /// The token at `at`, unless it was understood already or is part of a name.
    fn word_at(&self, at: usize) -> Option<&str> {
        self.list.get(at).filter(|token| !token.used && !token.name).map(|token| token.folded.as_str())
    }

    /// The first of `phrases`, as start and length.
    pub(crate) fn find(&self, phrases: &[&str]) -> Option<(usize, usize)> {
        (0..self.list.len()).find_map(|at| Some((at, self.phrase_at(at, phrases)?)))
    }

    /// Claims `length` tokens from `at` on.
    pub(crate) fn claim(&mut self, at: usize, length: usize) {
        for token in self.list.iter_mut().skip(at).take(length) {
            token.used = true;
        }
    }

    /// Claims every occurrence of `phrases`; tells whether there was one.
    pub(crate) fn take(&mut self, phrases: &[&str]) -> bool {
        let mut any = false;
        while let Some((at, length)) = self.find(phrases) {
            self.claim(at, length.max(1));
            any = true;
        }
        any
    }

    /// Marks `length` tokens from `at` on as part of a name.
    pub(crate) fn keep(&mut self, at: usize, length: usize) {
        for token in self.list.iter_mut().skip(at).take(length) {
            token.name = true;
        }
    }

    /// The word or number at `at`, claimed or not.
    pub(crate) fn folded(&self, at: usize) -> Option<&str> {
        self.list.get(at).map(|token| token.folded.as_str())
    }

    /// The kind of the token at `at`.
    pub(crate) fn kind(&self, at: usize) -> Option<Kind> {
        self.list.get(at).map(|token| token.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let seen: Vec<String> = tokens(text).list.into_iter().map(|token| token.text).collect();
        assert_eq!(seen.join(" "), expected, "{text}");
    }

    #[test]
    fn messages_are_cut_into_words_numbers_and_signs() {
        check("Under $40, please!", "under $ 40 , please !");
        check("1.299,00 € or 50$", "1.299,00 € or 50 $");
        check("1\u{202f}299,00\u{a0}€", "1299,00 €");
        check("30-50 dollars", "30 - 50 dollars");
        check("40usd k-4417b 64gb t-shirt", "40 usd k-4417b 64gb t-shirt");
        check("R$ 50", "r$ 50");
        check("j'ai d'une mother's don't", "j ai d une mother's don't");
        check("hello.do you", "hello . do you");
        check("50+ \u{1f44d}", "50 + \u{1f44d}");
    }
}
