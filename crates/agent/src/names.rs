//! What a product is called towards a shopper: its title as plain text, without markup, links or hidden characters.
//!
//! The gate uses the same rule in the other direction, to tell whether a name is really the product's.

use shopclerk_domain::product::Product;

use crate::claims::links;
use crate::claims::tokens::words;
use crate::reply;

/// The name a shopper reads. Never empty: a title of nothing but noise gives way to the kind, the maker or the address.
pub(crate) fn name(product: &Product) -> String {
    let fallbacks = [&product.title, &product.product_type, &product.vendor, &product.handle];
    let cleaned = fallbacks.into_iter().map(|text| plain(text)).find(|text| !text.is_empty());
    cleaned.unwrap_or_else(|| product.id.to_string())
}

/// Whether `shown` is how this product is called, whole or cut to the room of a card.
pub(crate) fn is_name_of(shown: &str, product: &Product) -> bool {
    let whole = name(product);
    let beginning = shown.strip_suffix('…').filter(|start| !start.is_empty());
    shown == whole || beginning.is_some_and(|start| whole.starts_with(start))
}

/// How people write a choice such as `S`: as the shop does, and the usual words or letter for the same size. German `große` is
/// missing: folded, it is the word for size itself.
pub(crate) fn spellings(value: &str) -> Vec<Vec<String>> {
    const SIZES: &[&[&str]] = &[
        &["xs", "extra small"],
        &["s", "small", "klein", "kleine", "kleinen", "pequeno", "pequena"],
        &["m", "medium", "mittel", "mediano", "mediana", "moyen", "moyenne"],
        &["l", "large", "gross", "grossen", "grande"],
        &["xl", "extra large"],
    ];
    let own = words(&plain(value));
    let joined = own.join(" ");
    // `One` and `A` would be found in half of all sentences.
    let telling = !matches!(
        joined.as_str(),
        "" | "a" | "an" | "i" | "o" | "e" | "y" | "one" | "it" | "in" | "no" | "the"
    );
    let mut spellings: Vec<Vec<String>> = telling.then_some(own).into_iter().collect();
    let same = SIZES.iter().filter(|size| size.contains(&joined.as_str())).flat_map(|size| size.iter());
    let others = same.filter(|other| **other != joined);
    spellings.extend(others.map(|other| other.split(' ').map(str::to_owned).collect()));
    spellings
}

/// One line of a merchant's text as plain text: no tags, no links, no addresses, nothing hidden.
pub(crate) fn plain(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let bounded: String = text.chars().take(MOST_CHARS).collect();
    let untagged = without_tags(&unescape(&without_tags(&bounded)));
    let unmarked = untagged.replace("**", "").replace("__", "").replace('`', "");
    let words = unmarked.split_whitespace().filter(|word| !links::would_be_linked(word));
    let joined = words.collect::<Vec<_>>().join(" ");
    let cleaned = reply::clean(&joined);
    // Removing what is hidden may have put a link together.
    let safe = cleaned.split_whitespace().filter(|word| !links::would_be_linked(word));
    safe.collect::<Vec<_>>().join(" ")
}

/// Words of plain letters and digits with one blank between: most names, and nothing to be taken out of them.
fn is_plain(text: &str) -> bool {
    let words = || text.split(' ');
    let plain = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.len() <= MOST_CHARS && words().all(plain)
}

/// A merchant's text of several sentences as plain text: see [`plain`]; longer, and bounded too.
pub(crate) fn paragraph(text: &str) -> String {
    let lines = text.lines().take(40).map(plain).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// Beyond this a title is not a name; bounds the work on hostile catalogues.
const MOST_CHARS: usize = 1_000;

fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        let opens = tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match tag.split_once('>') {
            Some((_, after)) if opens => {
                out.push(' ');
                rest = after;
            }
            _ => {
                if !opens {
                    out.push('<');
                }
                rest = tag;
            }
        }
    }
    out.push_str(rest);
    out
}

fn unescape(text: &str) -> String {
    let entities =
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.into_iter().fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, expected: &str) {
        assert_eq!(plain(title), expected, "{title:?}");
    }

    #[test]
    fn t49_titles_lose_markup_links_and_what_is_hidden() {
        check("Winter Amber candle", "Winter Amber candle");
        check("<b>Winter</b> Amber<br>candle", "Winter Amber candle");
        check("Amber &amp; Pine &lt;script&gt;alert(1)&lt;/script&gt;", "Amber & Pine alert(1)");
        check("Lamp https://evil.example/x now", "Lamp now");
        check("Lamp www.evil.example", "Lamp");
        check("Lamp evil.com", "Lamp");
        check("Write to me@evil.com", "Write to");
        check("Node.js hoodie", "Node.js hoodie");
        check("**Bold** `code` __x__", "Bold code x");
        check("Pine\u{202E} ends", "Pine ends");
        check("Lamp ev\u{200B}il.com", "Lamp");
        check("Width < 20 cm", "Width < 20 cm");
        check("SALE 50% off only $5 today", "SALE 50% off only $5 today");
        check("https://evil.example", "");
    }
}
