//! Which addresses are the shop's own: its products' and its cart's.

use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::ids::VariantId;
use shopclerk_domain::product::Product;

/// The product's address, if it lies within the shop's own store.
pub(crate) fn own_url<'a>(product: &'a Product, shop: &ShopFacts) -> Option<&'a str> {
    product.url.as_deref().filter(|url| is_own(url, shop))
}

/// So many things a cart's address may name.
const MOST_ITEMS: usize = 20;

/// The address that opens the shop with these in the cart: variant and number of pieces.
pub(crate) fn cart_url(shop: &ShopFacts, items: &[(VariantId, u64)]) -> String {
    let items: Vec<String> = items.iter().map(|(variant, pieces)| format!("{variant}:{pieces}")).collect();
    format!("{}/cart/{}", shop.url.trim_end_matches('/'), items.join(","))
}

/// The same with a code that is tried there.
pub(crate) fn coded_cart_url(shop: &ShopFacts, items: &[(VariantId, u64)], code: &str) -> String {
    format!("{}{DISCOUNT}{code}", cart_url(shop, items))
}

const DISCOUNT: &str = "?discount=";

/// Versions and how many of each.
type Items = Vec<(VariantId, u64)>;

/// What a cart's address names, if it is exactly as we write it: its items, and the code.
pub(crate) fn cart<'u>(url: &'u str, shop: &ShopFacts) -> Option<(Items, Option<&'u str>)> {
    match url.split_once(DISCOUNT) {
        Some((plain, code)) => Some((cart_items(plain, shop)?, Some(code))),
        None => Some((cart_items(url, shop)?, None)),
    }
}

fn cart_items(url: &str, shop: &ShopFacts) -> Option<Items> {
    let listed = url.strip_prefix(shop.url.trim_end_matches('/'))?.strip_prefix("/cart/")?;
    let items: Option<Items> = listed
        .split(',')
        .take(MOST_ITEMS + 1)
        .map(|item| {
            let (variant, pieces) = item.split_once(':')?;
            Some((VariantId::new(variant.parse().ok()?), pieces.parse().ok().filter(|pieces| *pieces > 0)?))
        })
        .collect();
    let items = items.filter(|items| items.len() <= MOST_ITEMS)?;
    (cart_url(shop, &items) == url).then_some(items)
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

    fn shop() -> ShopFacts {
        ShopFacts {
            name: "Nordlys".to_owned(),
            currency: Currency::USD,
            url: "https://nordlys.example".to_owned(),
            timezone: "Europe/Oslo".to_owned(),
        }
    }

    fn check(url: &str, expected: bool) {
        assert_eq!(is_own(url, &shop()), expected, "{url:?}");
    }

    #[test]
    fn t49_only_a_cart_as_we_write_it_is_the_shops_cart() {
        let ours = cart_url(&shop(), &[(VariantId::new(7), 2), (VariantId::new(8), 1)]);
        assert_eq!(ours, "https://nordlys.example/cart/7:2,8:1");
        let items = vec![(VariantId::new(7), 2), (VariantId::new(8), 1)];
        assert_eq!(cart(&ours, &shop()), Some((items.clone(), None)));
        let coded = coded_cart_url(&shop(), &items, "WARM10");
        assert_eq!(coded, format!("{ours}?discount=WARM10"));
        assert_eq!(cart(&coded, &shop()), Some((items, Some("WARM10"))));
        for other in [
            "https://nordlys.example/cart/7:2?note=x",
            "https://nordlys.example/cart/7:0",
            "https://nordlys.example/cart/07:2",
            "https://nordlys.example/cart/",
            "https://nordlys.example/cart/7:2,",
            "https://nordlys.example.evil.com/cart/7:2",
            "http://nordlys.example/cart/7:2",
            "https://nordlys.example/discount/FREE",
        ] {
            assert_eq!(cart(other, &shop()), None, "{other}");
        }
        let many = cart_url(&shop(), &[(VariantId::new(7), 1); MOST_ITEMS + 1]);
        assert_eq!(cart(&many, &shop()), None);
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
