//! Money: minor units and a currency, never a float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use thiserror::Error;

/// An ISO 4217 currency code, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Why a text is not a currency or an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidMoney {
    /// Not three letters.
    #[error("a currency is three letters, such as USD")]
    Currency,
    /// Not a plain decimal number such as `24.90`.
    #[error("an amount is a plain decimal number, such as 24.90")]
    NotANumber,
    /// Digits that the currency does not have; refused, not rounded.
    #[error("the amount has more digits than the currency")]
    TooPrecise,
    /// Beyond what can be counted.
    #[error("the amount is too large")]
    TooLarge,
}

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");

    /// Reads a code in either case.
    pub fn parse(code: &str) -> Result<Self, InvalidMoney> {
        let bytes: [u8; 3] = code.as_bytes().try_into().map_err(|_| InvalidMoney::Currency)?;
        if !bytes.iter().all(u8::is_ascii_alphabetic) {
            return Err(InvalidMoney::Currency);
        }
        Ok(Self(bytes.map(|byte| byte.to_ascii_uppercase())))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits after the point, as ISO 4217 lists them.
    pub fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// The sign people write before an amount, where there is one that names this currency well enough.
    pub fn sign(self) -> Option<&'static str> {
        Some(match &self.0 {
            b"USD" => "$",
            b"EUR" => "€",
            b"GBP" => "£",
            b"JPY" => "¥",
            b"INR" => "₹",
            b"KRW" => "₩",
            b"BRL" => "R$",
            b"CAD" => "CA$",
            b"AUD" => "A$",
            b"NZD" => "NZ$",
            b"MXN" => "MX$",
            _ => return None,
        })
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

/// An amount in minor units (cents) of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Cents, pence, öre; whole yen.
    pub minor: i64,
    /// What they are of.
    pub currency: Currency,
}

impl Money {
    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads a plain decimal such as `24.90`, `1000.0` or `12000`; refuses digits the currency does not have.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, InvalidMoney> {
        let plain =
            !amount.is_empty() && amount.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
        if !plain {
            return Err(InvalidMoney::NotANumber);
        }
        let decimal = Decimal::from_str(amount).map_err(|_| InvalidMoney::NotANumber)?.normalize();
        if decimal.scale() > currency.exponent() {
            return Err(InvalidMoney::TooPrecise);
        }
        let factor = Decimal::from(10_u64.pow(currency.exponent()));
        let minor =
            decimal.checked_mul(factor).and_then(|whole| whole.to_i64()).ok_or(InvalidMoney::TooLarge)?;
        Ok(Self { minor, currency })
    }

    /// The plain decimal with the currency's own digits, such as `24.90`: for files and JSON.
    pub fn decimal(&self) -> String {
        let digits = self.currency.exponent() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let all = format!("{:0>width$}", self.minor.unsigned_abs(), width = digits + 1);
        let (whole, fraction) = all.split_at(all.len() - digits);
        if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

impl fmt::Display for Money {
    /// As a shop assistant writes it in English: `$1,249.00`, `¥1,200`, `249.00 SEK`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.decimal();
        let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let mut grouped = String::with_capacity(plain.len() + 8);
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        if !fraction.is_empty() {
            grouped.push('.');
            grouped.push_str(fraction);
        }
        match self.currency.sign() {
            Some(symbol) => write!(out, "{sign}{symbol}{grouped}"),
            None => write!(out, "{sign}{grouped} {}", self.currency.code()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(amount: &str, currency: &str, expected: Result<(i64, &str), InvalidMoney>) {
        let money = Currency::parse(currency).and_then(|currency| Money::parse(amount, currency));
        let seen = money.map(|money| (money.minor, money.to_string()));
        assert_eq!(seen, expected.map(|(minor, shown)| (minor, shown.to_owned())), "{amount} {currency}");
    }

    #[test]
    fn amounts_are_read_exactly_or_refused() {
        check("24.90", "USD", Ok((2_490, "$24.90")));
        check("24.9", "usd", Ok((2_490, "$24.90")));
        check("1249", "EUR", Ok((124_900, "€1,249.00")));
        check("1000.0", "JPY", Ok((1_000, "¥1,000")));
        check("1.234", "KWD", Ok((1_234, "1.234 KWD")));
        check("0", "USD", Ok((0, "$0.00")));
        check("-5.00", "USD", Ok((-500, "-$5.00")));
        check("24.905", "USD", Err(InvalidMoney::TooPrecise));
        check("10.5", "JPY", Err(InvalidMoney::TooPrecise));
        check("1.299,00", "EUR", Err(InvalidMoney::NotANumber));
        check("1e3", "USD", Err(InvalidMoney::NotANumber));
        check("", "USD", Err(InvalidMoney::NotANumber));
        check("9999999999999999999999", "USD", Err(InvalidMoney::TooLarge));
        check("1", "DOLLAR", Err(InvalidMoney::Currency));
    }
}
