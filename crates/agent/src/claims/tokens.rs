//! A folded text in tokens: words, numbers, signs and marks, each with its place.

use crate::claims::fold::{Folded, is_currency_sign};

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters; an apostrophe within is part of it.
    Word,
    /// Digits with their separators, as written.
    Number,
    /// Letters and digits in one, such as `mom30`.
    Mixed,
    /// A currency sign.
    Sign(char),
    /// Anything else that is not a blank; a line break is `\n`.
    Mark(char),
}

/// A token of a folded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its plain text.
    pub(crate) text: String,
    /// Where it begins in the folded text.
    pub(crate) start: usize,
    /// Where it ends in the folded text.
    pub(crate) end: usize,
}

impl Token {
    /// Whether it is this mark.
    pub(crate) fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    /// Whether it holds a digit.
    pub(crate) fn is_figure(&self) -> bool {
        matches!(self.kind, Kind::Number | Kind::Mixed)
    }

    /// Whether it can be part of a name.
    pub(crate) fn is_wordlike(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Number | Kind::Mixed)
    }
}

/// The tokens of a folded text, in order.
pub(crate) fn tokens(folded: &Folded<'_>) -> Vec<Token> {
    let text = folded.text.as_str();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(seen) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let end = at + seen.len_utf8();
        if seen == '\n' || !(seen.is_whitespace() || seen.is_alphanumeric()) {
            let kind = if is_currency_sign(seen) { Kind::Sign(seen) } else { Kind::Mark(seen) };
            found.push(Token { kind, text: seen.to_string(), start: at, end });
            at = end;
        } else if seen.is_whitespace() {
            at = end;
        } else {
            let mut token = wordlike(text, at);
            at = token.end;
            // Portuguese for "is", which without its accent would be "and".
            // So is Spanish for "I know", without it a pronoun.
            let accented = [("e", "é"), ("se", "sé")].into_iter().find(|(plain, _)| token.text == *plain);
            if let Some((_, accented)) = accented
                && !folded.original(token.start, token.end).is_ascii()
            {
                accented.clone_into(&mut token.text);
            }
            found.push(token);
        }
    }
    found
}

/// The words and numbers of a text in their plain form, without marks: for comparing names.
pub(crate) fn words(text: &str) -> Vec<String> {
    let folded = Folded::new(text);
    tokens(&folded).into_iter().filter(Token::is_wordlike).map(|token| token.text).collect()
}

fn wordlike(text: &str, start: usize) -> Token {
    let rest = text.get(start..).unwrap_or_default();
    let first = run(rest);
    let (length, kind) = if is_digits(rest.get(..first).unwrap_or_default()) {
        (number_length(rest, first), Kind::Number)
    } else {
        (word_length(rest, first), Kind::Word)
    };
    let written = rest.get(..length).unwrap_or_default();
    let kind = if kind == Kind::Word && written.chars().any(char::is_numeric) { Kind::Mixed } else { kind };
    Token { kind, text: written.to_owned(), start, end: start + length }
}

/// Length of the letters and digits at the beginning of `rest`.
fn run(rest: &str) -> usize {
    rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An apostrophe between letters belongs to the word.
fn word_length(rest: &str, first: usize) -> usize {
    let mut length = first;
    while let Some(after) = rest.get(length..).and_then(|tail| tail.strip_prefix('\'')) {
        let more = run(after);
        if more == 0 {
            break;
        }
        length += 1 + more;
    }
    length
}

/// A separator belongs to the number when digits follow it; a blank only before a group of exactly three.
fn number_length(rest: &str, first: usize) -> usize {
    let mut length = first;
    loop {
        let tail = rest.get(length..).unwrap_or_default();
        let Some(separator) = tail.chars().next() else { return length };
        let after = tail.get(separator.len_utf8()..).unwrap_or_default();
        let more = run(after);
        let digits = is_digits(after.get(..more).unwrap_or_default());
        let joins = match separator {
            '.' | ',' | '\'' | '·' => digits,
            blank if blank.is_whitespace() && blank != '\n' => digits && more == 3 && first <= 3,
            _ => false,
        };
        if !joins {
            return length;
        }
        length += separator.len_utf8() + more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let folded = Folded::new(text);
        let seen: Vec<String> = tokens(&folded).into_iter().map(|token| token.text).collect();
        assert_eq!(seen.join("|"), expected, "{text:?}");
    }

    #[test]
    fn numbers_keep_their_separators_and_words_their_apostrophes() {
        check("It's $1,299.00.", "it's|$|1,299.00|.");
        check("24,90 €, please", "24,90|€|,|please");
        check("1 299,00 kr", "1 299,00|kr");
        check("4 in (10 cm)", "4|in|(|10|cm|)");
        check("code MOM30!", "code|mom30|!");
        check("40 100% wool", "40 100|%|wool");
        check("v2.5-b", "v2|.|5|-|b");
        check("$2O.00", "$|2o|.|00");
        check("'' ' 5'", "'|'|'|5|'");
        check("É azul e branco", "é|azul|e|branco");
        check("", "");
    }
}
