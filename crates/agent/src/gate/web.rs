//! Which addresses are the shop's own.

use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::product::Product;

/// The product's address, if it lies within the shop's own store.
pub(crate) fn own_url<'a>(product: &'a Product, shop: &ShopFacts) -> Option<&'a str> {
    product.url.as_deref().filter(|url| is_own(url, shop))
}

/// Whether an address has scheme, host and port of the shop's store; `www.` makes no difference.
fn is_own(url: &str, shop: &ShopFacts) -> bool {
    origin(url).is_some_and(|theirs| origin(&shop.url).is_some_and(|ours| ours == theirs))
}

/// Scheme and host with port, lower case. Refuses what browsers read in surprising ways.
fn origin(url: &str) -> Option<(String, String)> {
    let surprising =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\\' | '<' | '>' | '"' | '`');
    if url.chars().any(surprising) || url.chars().any(crate::reply::is_hidden) {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    let plain = !authority.is_empty()
        && authority
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'));
    let host = authority.strip_prefix("www.").unwrap_or(&authority).to_owned();
    (plain && matches!(scheme.as_str(), "http" | "https")).then_some((scheme, host))
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::money::Currency;

    use super::*;

    fn check(url: &str, expected: bool) {
        let shop = ShopFacts {
            name: "Nordlys".to_owned(),
            currency: Currency::USD,
            url: "https://nordlys.example".to_owned(),
            timezone: "Europe/Oslo".to_owned(),
        };
        assert_eq!(is_own(url, &shop), expected, "{url:?}");
    }

    #[test]
    fn t49_only_the_shops_own_store_is_linked() {
        check("https://nordlys.example/products/a", true);
        check("https://www.nordlys.example/products/a?v=1", true);
        check("HTTPS://Nordlys.Example/products/a", true);
        for foreign in [
            "http://nordlys.example/products/a",
            "https://nordlys.example.evil.com/",
            "https://evil.com/nordlys.example",
            "https://nordlys.example@evil.com/",
            "https://nordlys.example:8443/",
            "https://nordlys.example\\@evil.com/",
            "https://nordlys.example /x",
            "https://nordlys.ex\u{200B}ample/",
            "javascript://nordlys.example/%0aalert(1)",
            "//nordlys.example/x",
            "nordlys.example/x",
            "",
        ] {
            check(foreign, false);
        }
    }
}
