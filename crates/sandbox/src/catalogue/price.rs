//! Prices as people and programs write them: a plain decimal is taken exactly, everything else is refused with what to
//! write instead. Nothing here goes through a float, and nothing is guessed.

use rust_decimal::Decimal;
use shopclerk_domain::money::{Currency, Money};

use super::report::quote;

/// More digits than any price has; keeps the minor units within an `i64`.
const MOST_DIGITS: usize = 15;

/// Why a price was refused, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadPrice {
    pub(crate) what: String,
    pub(crate) cure: String,
}

/// Reads a price and writes it with the currency's own digits, such as `12.50`.
pub(crate) fn parse(raw: &str, currency: Currency) -> Result<String, BadPrice> {
    let text = raw.trim();
    if text.is_empty() {
        let what = "the price is missing".to_owned();
        return Err(BadPrice { what, cure: format!("write it, such as {}", example(currency)) });
    }
    if text.strip_prefix(['-', '\u{2212}']).is_some_and(|rest| plain(rest).is_some()) {
        let what = format!("the price {} is below zero", quote(text));
        return Err(BadPrice { what, cure: "write 0 or more".to_owned() });
    }
    let Some((whole, decimals)) = plain(text) else { return Err(not_plain(text, currency)) };
    if whole.len() + decimals.len() > MOST_DIGITS {
        let what = format!("the price {} has more than {MOST_DIGITS} digits", quote(text));
        return Err(BadPrice { what, cure: "write the price of one piece".to_owned() });
    }
    if decimals.len() > currency.exponent() as usize && !empty_cents(decimals, currency) {
        return Err(too_precise(text, whole, decimals, currency));
    }
    Money::parse(text, currency).map(|money| money.decimal()).map_err(|_| not_plain(text, currency))
}

/// The digits before and after the point, when there is nothing else.
fn plain(text: &str) -> Option<(&str, &str)> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let decimals_given = if text.contains('.') { decimals } else { "" };
    (digits(whole) && digits(decimals)).then_some((whole, decimals_given))
}

/// Shopify itself writes yen as `1200.0` or `1200.00`. Three zeros are not taken so: they may mark thousands.
fn empty_cents(decimals: &str, currency: Currency) -> bool {
    currency.exponent() == 0 && decimals.len() <= 2 && decimals.bytes().all(|byte| byte == b'0')
}

fn too_precise(text: &str, whole: &str, decimals: &str, currency: Currency) -> BadPrice {
    let code = currency.code();
    let has = match currency.exponent() {
        0 => "none".to_owned(),
        digits => digits.to_string(),
    };
    let what = format!("the price {} has {} decimals, {code} has {has}", quote(text), decimals.len());
    let thousands = (decimals.len() == 3 && whole.len() <= 3)
        .then(|| padded(&format!("{whole}{decimals}"), currency))
        .flatten()
        .map(|price| format!("write {price} if the point marks thousands, otherwise "))
        .unwrap_or_default();
    BadPrice { what, cure: format!("{thousands}round it yourself, as in {}", example(currency)) }
}

fn not_plain(text: &str, currency: Currency) -> BadPrice {
    let what = format!("the price {} is not a plain decimal number", quote(text));
    let cure = match suggest(text, currency) {
        Some(price) => format!("write {price}"),
        None => format!("write a number such as {}", example(currency)),
    };
    BadPrice { what, cure }
}

/// What the writer most likely meant; advice for a person, never taken by itself.
fn suggest(text: &str, currency: Currency) -> Option<String> {
    if text.len() > 40 {
        return None;
    }
    if let Ok(number) = Decimal::from_scientific(text) {
        return padded(&number.normalize().to_string(), currency);
    }
    let figures = text.trim_matches(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    let last_mark = figures.rfind(['.', ',', '\'', '’', ' ', '\u{a0}', '\u{202f}']);
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    let (whole, decimals) = match last_mark.and_then(|at| figures.split_at_checked(at)) {
        Some((whole, tail)) if digits(tail).len() <= 2 => (digits(whole), digits(tail)),
        _ => (digits(figures), String::new()),
    };
    let foreign = |c: char| c.is_alphabetic() || matches!(c, '-' | '/' | '–' | ':' | ';' | '=');
    if figures.contains(foreign) || (whole.is_empty() && decimals.is_empty()) {
        return None;
    }
    padded(&format!("{whole:0>1}.{decimals:0<1}"), currency)
}

fn padded(plain: &str, currency: Currency) -> Option<String> {
    Some(Money::parse(plain, currency).ok().filter(|money| money.minor >= 0)?.decimal())
}

/// A price in the currency's own digits.
fn example(currency: Currency) -> &'static str {
    match currency.exponent() {
        0 => "1250",
        3 => "12.500",
        _ => "12.50",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, currency: &str, expected: Result<&str, &str>) {
        let currency = Currency::parse(currency).unwrap();
        let seen = parse(raw, currency).map_err(|bad| bad.cure);
        assert_eq!(seen.as_deref().map_err(String::as_str), expected, "{raw} {}", currency.code());
    }

    #[test]
    fn plain_decimals_are_taken_exactly() {
        check("12.50", "USD", Ok("12.50"));
        check(" 12.5 ", "USD", Ok("12.50"));
        check("12", "USD", Ok("12.00"));
        check("0", "USD", Ok("0.00"));
        check("0.00", "EUR", Ok("0.00"));
        check("24900.00", "USD", Ok("24900.00"));
        check("1200", "JPY", Ok("1200"));
        check("1200.00", "JPY", Ok("1200"));
        check("1.290", "KWD", Ok("1.290"));
        check("9999999999999.99", "USD", Ok("9999999999999.99"));
    }

    #[test]
    fn every_other_spelling_is_refused_with_what_to_write() {
        check("1.299,00", "EUR", Err("write 1299.00"));
        check("1,299.00", "USD", Err("write 1299.00"));
        check("1 299,00", "EUR", Err("write 1299.00"));
        check("1'299.00", "CHF", Err("write 1299.00"));
        check("12,50", "EUR", Err("write 12.50"));
        check("12,5", "EUR", Err("write 12.50"));
        check("$12", "USD", Err("write 12.00"));
        check("12 €", "EUR", Err("write 12.00"));
        check("USD 12.50", "USD", Err("write 12.50"));
        check("1e3", "USD", Err("write 1000.00"));
        check(".99", "USD", Err("write 0.99"));
        check("12.", "USD", Err("write 12.00"));
        check("+12", "USD", Err("write 12.00"));
        check("'12.50", "USD", Err("write 12.50"));
        check("1,299", "JPY", Err("write 1299"));
        check("12–15", "USD", Err("write a number such as 12.50"));
        check("NaN", "USD", Err("write a number such as 12.50"));
        check("١٢", "USD", Err("write a number such as 12.50"));
        check("", "USD", Err("write it, such as 12.50"));
        check("", "JPY", Err("write it, such as 1250"));
        check("-5.00", "USD", Err("write 0 or more"));
        check("-5", "USD", Err("write 0 or more"));
        check("99999999999999.99", "USD", Err("write the price of one piece"));
        check(&"9".repeat(10_000_000), "USD", Err("write the price of one piece"));
        check(&"9,".repeat(5_000_000), "USD", Err("write a number such as 12.50"));
    }

    #[test]
    fn more_decimals_than_the_currency_has_are_refused() {
        check(
            "12.505",
            "USD",
            Err("write 12505.00 if the point marks thousands, otherwise round it yourself, as in 12.50"),
        );
        check(
            "1.299",
            "EUR",
            Err("write 1299.00 if the point marks thousands, otherwise round it yourself, as in 12.50"),
        );
        check(
            "12.000",
            "JPY",
            Err("write 12000 if the point marks thousands, otherwise round it yourself, as in 1250"),
        );
        check("12.5001", "USD", Err("round it yourself, as in 12.50"));
        check("12.50", "JPY", Err("round it yourself, as in 1250"));
        check("1.2905", "KWD", Err("round it yourself, as in 12.500"));
    }
}
