//! Amounts of money as people write them: separators of both worlds, signs, codes and words of currencies.

use shopclerk_domain::money::Currency;

use crate::claims::tokens::{Kind, Token};

/// What a currency sign or word says about the shop's own currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// It may be the shop's currency.
    Ours,
    /// It is another one.
    Other,
    /// A hundredth of whatever the currency is.
    Cents,
}

/// The amount in minor units, or `None` where the figure cannot be one of this currency.
pub(crate) fn minor(written: &str, currency: Currency) -> Option<i64> {
    let groups: Vec<&str> = written.split(|c: char| !c.is_ascii_digit()).collect();
    let separators: Vec<char> = written.chars().filter(|c| !c.is_ascii_digit()).collect();
    let exponent = usize::try_from(currency.exponent()).ok()?;
    let (last, before) = groups.split_last()?;
    let decimal = separators.last().is_some_and(|last_separator| {
        let point = matches!(last_separator, '.' | ',');
        let three_decimals = *last_separator == '.' && separators.len() == 1;
        let digits = (1..=exponent).contains(&last.len()) && (last.len() < 3 || three_decimals);
        let differs = separators.iter().rev().skip(1).all(|separator| separator != last_separator);
        point && digits && differs
    });
    let (whole, fraction) = if decimal { (before, *last) } else { (groups.as_slice(), "") };
    let grouping = separators.get(..whole.len().saturating_sub(1))?;
    let one_kind = grouping.iter().all(|separator| Some(separator) == grouping.first());
    let grouped = whole.len() == 1
        || (whole.first().is_some_and(|first| (1..=3).contains(&first.len()))
            && whole.iter().skip(1).all(|group| group.len() == 3));
    if !(one_kind && grouped) {
        return None;
    }
    let digits = format!("{}{fraction:0<exponent$}", whole.concat());
    if digits.len() > 15 { None } else { digits.parse().ok() }
}

/// What a token says about the currency; `None` if it is no word for money. `before` is the token that touches it, if any.
pub(crate) fn means(token: &Token, before: Option<&Token>, ours: Currency) -> Option<Means> {
    let code = ours.code().to_ascii_lowercase();
    let one_of = |codes: &[&str]| {
        Some(if codes.contains(&code.to_ascii_uppercase().as_str()) { Means::Ours } else { Means::Other })
    };
    match &token.kind {
        Kind::Sign('¢') => Some(Means::Cents),
        Kind::Sign('$') => match before.and_then(|word| dollar_prefix(&word.text)) {
            Some(prefixed) => one_of(&[prefixed]),
            None => one_of(DOLLARS),
        },
        Kind::Sign('¥') => one_of(&["JPY", "CNY"]),
        Kind::Sign(sign) => {
            let same = ours.sign().is_some_and(|own| own.chars().eq([*sign]));
            Some(if same { Means::Ours } else { Means::Other })
        }
        Kind::Word if token.text == code => Some(Means::Ours),
        Kind::Word => match token.text.as_str() {
            "dollar" | "dollars" | "dolar" | "dolares" | "buck" | "bucks" => one_of(DOLLARS),
            "euro" | "euros" => one_of(&["EUR"]),
            "pound" | "pounds" | "quid" | "pfund" | "libra" | "libras" => one_of(&["GBP"]),
            "kr" | "krona" | "kronor" | "krone" | "kroner" | "kronen" => {
                one_of(&["SEK", "NOK", "DKK", "ISK"])
            }
            "yen" | "yens" | "ienes" => one_of(&["JPY"]),
            "rupee" | "rupees" | "rupias" => one_of(&["INR"]),
            "reais" => one_of(&["BRL"]),
            "peso" | "pesos" => one_of(&["MXN", "ARS", "CLP", "COP", "PHP", "UYU"]),
            "franc" | "francs" | "franken" => one_of(&["CHF", "XAF", "XOF", "XPF"]),
            "cent" | "cents" | "centimes" | "centavos" | "centimos" | "pence" => Some(Means::Cents),
            word => OTHER_CODES.contains(&word).then_some(Means::Other),
        },
        _ => None,
    }
}

const DOLLARS: &[&str] = &["USD", "CAD", "AUD", "NZD", "MXN", "HKD", "SGD", "TWD", "ARS", "CLP", "COP"];

/// Codes that no language uses as a word.
const OTHER_CODES: &[&str] = &[
    "usd", "eur", "gbp", "jpy", "cny", "inr", "krw", "brl", "cad", "aud", "nzd", "mxn", "sek", "nok", "dkk",
    "isk", "chf", "pln", "czk", "huf", "rub", "uah", "zar", "sgd", "hkd", "twd", "thb", "php", "idr", "myr",
    "vnd", "aed", "ils", "ars", "clp", "cop", "egp", "ngn", "kes",
];

fn dollar_prefix(word: &str) -> Option<&'static str> {
    Some(match word {
        "us" => "USD",
        "ca" | "c" => "CAD",
        "a" | "au" => "AUD",
        "nz" => "NZD",
        "mx" | "mex" => "MXN",
        "r" => "BRL",
        "hk" => "HKD",
        "s" | "sg" => "SGD",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, currency: &str, expected: Option<i64>) {
        assert_eq!(minor(written, Currency::parse(currency).unwrap()), expected, "{written} {currency}");
    }

    #[test]
    fn amounts_are_read_in_both_worlds_spellings_or_not_at_all() {
        check("24.90", "USD", Some(2_490));
        check("24,90", "USD", Some(2_490));
        check("24.9", "USD", Some(2_490));
        check("24", "USD", Some(2_400));
        check("1,299.00", "USD", Some(129_900));
        check("1.299,00", "EUR", Some(129_900));
        check("1 299,00", "SEK", Some(129_900));
        check("1'299.00", "CHF", Some(129_900));
        check("1,299", "USD", Some(129_900));
        check("1.299", "EUR", Some(129_900));
        check("1,234,567", "USD", Some(123_456_700));
        check("1200", "JPY", Some(1_200));
        check("1,200", "JPY", Some(1_200));
        check("1.234", "KWD", Some(1_234));
        check("1,234.567", "KWD", None);
        check("24.905", "EUR", Some(2_490_500));
        check("24.9055", "USD", None);
        check("24'90", "USD", None);
        check("1,29,900", "USD", None);
        check("1.299.00", "USD", None);
        check("1234.567", "USD", None);
        check("12.50", "JPY", None);
        check("99999999999999999999", "USD", None);
    }
}
