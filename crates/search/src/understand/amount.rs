//! Reading an amount as people write it: `40`, `1,299.99`, `1.299,00`. What could be read in two ways is not read at all.

use shopclerk_domain::language::Language;
use shopclerk_domain::money::{Currency, Money};

use super::currency;

/// Which sign the writer puts before the cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Point,
    Comma,
    Either,
}

fn style(language: Language, currency: Currency) -> Style {
    match (language == Language::En, currency::writes_comma(currency)) {
        (true, false) => Style::Point,
        (false, true) => Style::Comma,
        _ => Style::Either,
    }
}

/// The amount `text` states; `None` where it is no amount, or the writer may have meant another one.
pub(crate) fn read(text: &str, currency: Currency, language: Language) -> Option<Money> {
    let point = plain(text, '.', ',').and_then(|plain| Money::parse(&plain, currency).ok());
    let comma = plain(text, ',', '.').and_then(|plain| Money::parse(&plain, currency).ok());
    let money = match (point, comma) {
        (Some(point), Some(comma)) if point == comma => Some(point),
        (Some(point), Some(comma)) => match style(language, currency) {
            Style::Point => Some(point),
            Style::Comma => Some(comma),
            Style::Either => None,
        },
        // The shape decides, except for one group of three behind the sign that this writer does not group by.
        (Some(point), None) => {
            (style(language, currency) != Style::Comma || !one_group(text)).then_some(point)
        }
        (None, Some(comma)) => {
            (style(language, currency) != Style::Point || !one_group(text)).then_some(comma)
        }
        (None, None) => None,
    };
    money.filter(|money| money.minor > 0)
}

/// `1,299` or `1.299`: one separator with three digits behind it.
fn one_group(text: &str) -> bool {
    let mut pieces = text.split(['.', ',']);
    let last = pieces.next_back().map_or(0, str::len);
    last == 3 && pieces.count() == 1
}

/// As a plain decimal, if `decimal` comes before the cents and `group` between the thousands.
fn plain(text: &str, decimal: char, group: char) -> Option<String> {
    let (whole, cents) = text.split_once(decimal).map_or((text, None), |(whole, cents)| (whole, Some(cents)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.split([group, '\'', '’']);
    let first = groups.next().filter(|first| digits(first) && first.len() <= 12)?;
    let mut out = first.to_owned();
    for next in groups {
        let fits = digits(next) && next.len() == 3 && first.len() <= 3;
        if !fits || out.len() > 12 {
            return None;
        }
        out.push_str(next);
    }
    match cents {
        None => Some(out),
        Some(cents) => (digits(cents) && cents.len() <= 3).then(|| format!("{out}.{cents}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, currency: &str, language: Language, expected: Option<i64>) {
        let money = read(text, Currency::parse(currency).unwrap(), language);
        assert_eq!(money.map(|money| money.minor), expected, "{text} {currency} {language:?}");
    }

    #[test]
    fn amounts_are_read_as_their_writer_means_them_or_not_at_all() {
        check("40", "USD", Language::En, Some(4_000));
        check("24.9", "USD", Language::En, Some(2_490));
        check("24,90", "USD", Language::En, Some(2_490));
        check("1,299", "USD", Language::En, Some(129_900));
        check("1,299.99", "USD", Language::En, Some(129_999));
        check("1.299,00", "EUR", Language::De, Some(129_900));
        check("1.299,00", "USD", Language::En, Some(129_900));
        check("1.299", "EUR", Language::De, Some(129_900));
        check("1.299", "EUR", Language::En, Some(129_900));
        check("1.299", "USD", Language::En, None);
        check("1,299", "EUR", Language::De, None);
        check("1,299", "EUR", Language::En, Some(129_900));
        check("1,299", "USD", Language::Es, Some(129_900));
        check("1'299.50", "CHF", Language::De, Some(129_950));
        check("1.299.000", "EUR", Language::De, Some(129_900_000));
        check("1.234", "KWD", Language::En, Some(1_234));
        check("1,23,456", "INR", Language::En, None);
        check("3000", "JPY", Language::En, Some(3_000));
        check("30.50", "JPY", Language::En, None);
        check("9.999,999", "USD", Language::En, None);
        check("0", "USD", Language::En, None);
        check("99999999999999999999", "USD", Language::En, None);
    }
}
