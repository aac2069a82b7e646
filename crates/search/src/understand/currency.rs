//! Which currency a sign or word beside an amount means, seen from one shop.

use shopclerk_domain::money::Currency;

/// Signs and names by the currencies they may mean; the first is meant where the shop uses none of them.
const NAMES: &[(&[&str], &[&str])] = &[
    (
        &["$", "dollar", "dollars", "buck", "bucks", "dolar", "dolares", "dollari"],
        &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP"],
    ),
    (&["us$"], &["USD"]),
    (&["ca$", "c$"], &["CAD"]),
    (&["a$", "au$"], &["AUD"]),
    (&["nz$"], &["NZD"]),
    (&["hk$"], &["HKD"]),
    (&["s$"], &["SGD"]),
    (&["mx$"], &["MXN"]),
    (&["r$", "reais", "real"], &["BRL"]),
    (&["€", "euro", "euros"], &["EUR"]),
    (&["£", "quid"], &["GBP"]),
    (&["¥", "yen"], &["JPY", "CNY"]),
    (&["yuan", "rmb"], &["CNY"]),
    (&["₹", "rupee", "rupees", "rs"], &["INR", "PKR", "LKR", "NPR"]),
    (&["₩", "won"], &["KRW"]),
    (&["₺", "lira"], &["TRY"]),
    (&["₽", "rubles", "roubles"], &["RUB"]),
    (&["฿", "baht"], &["THB"]),
    (&["₫", "dong"], &["VND"]),
    (&["₱"], &["PHP"]),
    (&["₪", "shekel", "shekels"], &["ILS"]),
    (&["peso", "pesos"], &["MXN", "ARS", "CLP", "COP", "PHP", "UYU", "DOP"]),
    (&["kr", "krona", "kronor", "krone", "kroner"], &["SEK", "NOK", "DKK", "ISK"]),
    (&["franc", "francs", "franken"], &["CHF"]),
    (&["zl", "zloty"], &["PLN"]),
    (&["rand"], &["ZAR"]),
    (&["dirham", "dirhams"], &["AED", "MAD"]),
];

/// Codes people write out.
const CODES: &[&str] = &[
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "JPY", "CNY", "INR", "BRL", "MXN", "CHF", "SEK", "NOK", "DKK",
    "PLN", "SGD", "HKD", "ZAR", "KRW", "TRY", "AED", "ILS", "THB", "PHP", "IDR", "MYR", "VND", "ARS", "CLP",
    "COP", "CZK", "HUF", "RON", "UAH", "KWD", "BHD", "SAR",
];

/// The currency `word` names beside an amount. A pound without its sign is money only where the shop uses it.
pub(crate) fn named(word: &str, shop: Currency) -> Option<Currency> {
    if matches!(word, "pound" | "pounds" | "libras" | "livres" | "pfund") {
        return (shop.code() == "GBP").then_some(shop);
    }
    if let Some((_, codes)) = NAMES.iter().find(|(names, _)| names.contains(&word)) {
        let code = codes.iter().find(|code| **code == shop.code()).or(codes.first())?;
        return Currency::parse(code).ok();
    }
    let code = word.to_ascii_uppercase();
    CODES.contains(&code.as_str()).then(|| Currency::parse(&code).ok())?
}

/// Whether `word` may stand glued to a number as its currency.
pub(crate) fn is_name(word: &str) -> bool {
    named(word, Currency::USD).is_some()
}

/// Whether people who use it write `1.299,00`.
pub(crate) fn writes_comma(currency: Currency) -> bool {
    matches!(
        currency.code(),
        "EUR"
            | "BRL"
            | "SEK"
            | "NOK"
            | "DKK"
            | "PLN"
            | "CZK"
            | "TRY"
            | "RUB"
            | "VND"
            | "IDR"
            | "ARS"
            | "CLP"
            | "COP"
            | "UAH"
            | "RON"
            | "HUF"
            | "ISK"
    )
}
