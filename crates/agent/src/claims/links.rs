//! Links and addresses in text, also those a messenger would make tappable by itself.

/// A piece of text that leads out of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outward {
    /// An address of the web, or what looks like one.
    Link,
    /// An e-mail address or a handle.
    Mail,
}

/// Whether a word as it is written may lead anywhere at all: most do not, and need no closer look.
pub(crate) fn may_lead(word: &str) -> bool {
    !word.is_ascii() || word.contains(['@', '.', ':', '[', '(', '{', 'x', 'X'])
}

/// What a blank-delimited word leads to, read strictly: whatever has the shape of a host is a link.
pub(crate) fn outward(word: &str) -> Option<Outward> {
    if word.contains('@') {
        return Some(Outward::Mail);
    }
    let named =
        word.contains("://") || word.contains("www.") || word.contains("mailto:") || word.contains("tel:");
    let undone = ["[.", ".]", "(.", "[dot]", "(dot)", "{dot}", "hxxp"].iter().any(|way| word.contains(way));
    (named || undone || has_host(word, |_| true)).then_some(Outward::Link)
}

/// Whether a messenger would make this word tappable: a title that has such a word loses it.
pub(crate) fn would_be_linked(word: &str) -> bool {
    let word = word.to_lowercase();
    let host = |label: &str| KNOWN_ENDINGS.contains(&label);
    (word.contains('@') && word.contains('.'))
        || word.contains("://")
        || word.contains("www.")
        || has_host(&word, host)
}

/// Endings of hosts that are worth abusing; a product's title may hold any other word with a dot.
const KNOWN_ENDINGS: &[&str] = &[
    "com", "net", "org", "io", "shop", "store", "co", "me", "ly", "app", "dev", "info", "biz", "xyz", "site",
    "online", "link", "click", "top", "ru", "cn", "de", "fr", "es", "pt", "uk", "eu", "us", "ca", "gg", "to",
    "tv", "cc", "example",
];

/// The word itself without the punctuation around it.
pub(crate) fn trimmed(word: &str) -> &str {
    let opening = |c: char| matches!(c, '(' | '[' | '{' | '<' | '"' | '\'' | '*');
    let closing =
        |c: char| matches!(c, ')' | ']' | '}' | '>' | '"' | '\'' | '*' | '.' | ',' | '!' | '?' | ';' | ':');
    word.trim_start_matches(opening).trim_end_matches(closing)
}

/// `label.label` where the last label has two letters or more, no digits, and is an ending by the given rule.
fn has_host(word: &str, is_ending: impl Fn(&str) -> bool) -> bool {
    let breaks = |c: char| !(c.is_alphanumeric() || c == '.' || c == '-');
    word.split(breaks).any(|host| {
        let labels: Vec<&str> = host.trim_matches('.').split('.').collect();
        let Some((ending, before)) = labels.split_last() else { return false };
        let letters = ending.chars().count() >= 2 && ending.chars().all(char::is_alphabetic);
        let named = before.last().is_some_and(|label| label.chars().any(char::is_alphabetic));
        letters && named && before.iter().all(|label| !label.is_empty()) && is_ending(ending)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, expected: Option<Outward>) {
        assert_eq!(outward(word), expected, "{word:?}");
    }

    #[test]
    fn whatever_has_the_shape_of_an_address_is_seen() {
        for link in [
            "https://nordlys.example/products/a",
            "http://evil.example",
            "evil.com",
            "(evil.com/x)",
            "www.evil",
            "bit.ly/3xY",
            "evil[.]com",
            "shop.nordlys.example.",
            "hxxps//evil",
            "tel:123",
        ] {
            check(link, Some(Outward::Link));
        }
        check("me@evil.com", Some(Outward::Mail));
        check("@nordlys", Some(Outward::Mail));
        for harmless in ["candle.", "24.90", "e.g.", "3.5", "warm,", "and/or", "...", "", "v2.5", "$24.90"] {
            check(harmless, None);
        }
    }
}
