//! Amounts as decimal strings: reading what a person typed and writing them the two ways the Admin API does.

use rust_decimal::Decimal;

/// How many digits follow the point in this currency (ISO 4217).
fn digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// A price someone typed: plain digits with at most one point, no more places than the currency has. `None` = refused.
pub(crate) fn parse_price(raw: &str, currency: &str) -> Option<Decimal> {
    let plain = raw.len() <= 15 && raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let price = plain.then(|| Decimal::from_str_exact(raw).ok()).flatten()?;
    (price.normalize().scale() <= digits(currency)).then_some(price)
}

/// A share someone typed, such as `0.15`: above nothing and at most the whole, in hundredths of a percent at the finest.
pub(crate) fn parse_share(raw: &str) -> Option<String> {
    let plain = raw.len() <= 8 && raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let share = plain.then(|| Decimal::from_str_exact(raw).ok()).flatten()?.normalize();
    let fits = share > Decimal::ZERO && share <= Decimal::ONE && share.scale() <= 4;
    fits.then(|| share.to_string())
}

/// An amount as it was stored, read leniently: real shops hold odd values.
pub(crate) fn read(stored: &str) -> Decimal {
    stored.trim().parse().unwrap_or_default()
}

/// The scalar `Money`: at least the currency's places, such as `249.00`.
pub(crate) fn scalar(amount: Decimal, currency: &str) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < digits(currency) {
        amount.rescale(digits(currency));
    }
    amount.to_string()
}

/// `MoneyV2.amount`: as short as it can be with one place left, such as `249.0`.
pub(crate) fn short(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() == 0 {
        amount.rescale(1);
    }
    amount.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_read_only_when_it_is_unmistakable() {
        let cases = [
            ("249", "USD", Some("249.00")),
            ("19.9", "USD", Some("19.90")),
            ("19.90", "KWD", Some("19.900")),
            ("1500", "JPY", Some("1500")),
            ("15.5", "JPY", None),
            ("1.299,00", "USD", None),
            ("-1", "USD", None),
            ("1e3", "USD", None),
            ("", "USD", None),
            (".", "USD", None),
            ("19.999", "USD", None),
            ("9999999999999999", "USD", None),
        ];
        for (raw, currency, expected) in cases {
            let read = parse_price(raw, currency).map(|price| scalar(price, currency));
            assert_eq!(read.as_deref(), expected, "{raw} {currency}");
        }
    }

    #[test]
    fn an_amount_is_written_as_the_admin_api_writes_it() {
        assert_eq!(short(read("249.00")), "249.0");
        assert_eq!(short(read("19.95")), "19.95");
        assert_eq!(short(read("nonsense")), "0.0");
    }
}
