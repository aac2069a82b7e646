//! What is said of a discount: one whole sentence with all that it gives and asks, made from its row. Nobody says less of it,
//! and the gate knows the sentence by making it again.

use std::time::Duration;

use shopclerk_domain::calendar::LocalTime;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::discount::{Benefit, DiscountRow, Minimum, Terms, ToldCodes};
use shopclerk_domain::ids::VariantId;
use shopclerk_domain::language::Language;
use shopclerk_domain::product::ProductRow;

use crate::freshness::Freshness;
use crate::phrases::{Phrase, Phrases};

/// The discounts a reply may speak of.
#[derive(Clone, Copy, Debug)]
pub struct Offers<'a> {
    /// The rows.
    pub rows: &'a [DiscountRow],
    /// Which codes may be told.
    pub codes: &'a ToldCodes,
    /// The language they are told in.
    pub language: Language,
    /// The shop's time zone, by its IANA name.
    pub zone: &'a str,
}

impl<'a> Offers<'a> {
    /// No discount at all.
    pub const NONE: Self = Self { rows: &[], codes: &ToldCodes::None, language: Language::En, zone: "UTC" };

    /// Those that may be told of now, with their terms.
    pub(crate) fn told(
        self,
        freshness: Freshness,
        now: Timestamp,
    ) -> impl Iterator<Item = (&'a DiscountRow, &'a Terms)> {
        self.rows
            .iter()
            .filter(move |row| freshness.discount_is_fresh(row, now))
            .filter_map(move |row| Some((row, row.discount.told(self.codes, now)?)))
    }
}

/// The sentence that tells of a discount: of the whole order, or of what is shown below. `None` where its end cannot be put as
/// a date.
pub(crate) fn sentence(terms: &Terms, phrases: Phrases, zone: &str) -> Option<String> {
    let off = match terms.benefit {
        Benefit::Percent(hundredths) => {
            phrases.fill(Phrase::OffPercent, &[("percent", &percent(hundredths))])
        }
        Benefit::Amount(money) => phrases.fill(Phrase::OffAmount, &[("amount", &phrases.money(money))]),
        Benefit::AmountEach(money) => phrases.fill(Phrase::OffEach, &[("amount", &phrases.money(money))]),
    };
    let how = match &terms.code {
        Some(code) => phrases.fill(Phrase::HowCode, &[("code", code)]),
        None => phrases.say(Phrase::HowSelf),
    };
    let whole = if terms.is_for_everything() { Phrase::OfferAll } else { Phrase::OfferShown };
    let asks = asks(terms, phrases, zone)?;
    Some(phrases.fill(whole, &[("off", &off), ("how", &how), ("asks", &asks)]))
}

fn asks(terms: &Terms, phrases: Phrases, zone: &str) -> Option<String> {
    let conditions = terms.conditions;
    let mut asks = match conditions.minimum {
        Some(Minimum::Subtotal(money)) => {
            phrases.fill(Phrase::AsksSubtotal, &[("amount", &phrases.money(money))])
        }
        Some(Minimum::Pieces(pieces)) => phrases.fill(Phrase::AsksPieces, &[("count", &pieces.to_string())]),
        None => String::new(),
    };
    if let Some(end) = conditions.ends_at {
        asks.push_str(&phrases.fill(Phrase::AsksEnd, &[("date", &last_moment(end, phrases, zone)?)]));
    }
    if conditions.once_each {
        asks.push_str(&phrases.say(Phrase::AsksOnce));
    }
    Some(asks)
}

/// The last day on which it counts, with the minute if it ends before the day does.
fn last_moment(end: Timestamp, phrases: Phrases, zone: &str) -> Option<String> {
    let last = LocalTime::of(end.minus(Duration::from_millis(1)), zone)?;
    let day = phrases.day(last);
    if (last.hour, last.minute) == (23, 59) {
        return Some(day);
    }
    let LocalTime { hour, minute, .. } = LocalTime::of(end, zone)?;
    Some(format!("{day}, {hour}:{minute:02}"))
}

/// `15`, or `12.5`.
pub(crate) fn percent(hundredths: u32) -> String {
    let (whole, part) = (hundredths / 100, hundredths % 100);
    if part == 0 { whole.to_string() } else { format!("{whole}.{part:02}").trim_end_matches('0').to_owned() }
}

/// Whether a discount applies to every one of these.
pub(crate) fn covers_all(terms: &Terms, rows: &[&ProductRow]) -> bool {
    !rows.is_empty() && rows.iter().all(|row| terms.cover(&row.product))
}

/// The code that takes most off a cart of these.
pub(crate) fn best_code<'o>(
    offers: &'o [DiscountRow],
    items: &[(VariantId, u64)],
    rows: &[ProductRow],
) -> Option<&'o str> {
    let terms = offers.iter().filter_map(|row| row.discount.terms.as_ref().ok());
    let coded = terms.filter_map(|terms| Some((applies(terms, items, rows)?, terms.code.as_deref()?)));
    coded.max_by_key(|(off, _)| *off).map(|(_, code)| code)
}

/// What a discount takes off a cart of these, in minor units; `None` if they do not have it: nothing of them is covered, or not
/// enough.
pub(crate) fn applies(terms: &Terms, items: &[(VariantId, u64)], rows: &[ProductRow]) -> Option<i64> {
    let (mut subtotal, mut pieces) = (0_i64, 0_u64);
    for (id, count) in items {
        let found = rows.iter().find_map(|row| {
            let variant = row.product.variants.iter().find(|variant| variant.id == *id)?;
            Some((row, variant))
        });
        let (row, variant) = found?;
        if terms.cover_variant(&row.product, *id) {
            let price = variant.price.minor.checked_mul(i64::try_from(*count).ok()?)?;
            subtotal = subtotal.checked_add(price)?;
            pieces = pieces.checked_add(*count)?;
        }
    }
    let enough = match terms.conditions.minimum {
        Some(Minimum::Subtotal(least)) => subtotal >= least.minor,
        Some(Minimum::Pieces(least)) => pieces >= least,
        None => true,
    };
    let off = match terms.benefit {
        Benefit::Percent(hundredths) => subtotal.checked_mul(i64::from(hundredths))? / 10_000,
        Benefit::Amount(money) => money.minor.min(subtotal),
        Benefit::AmountEach(money) => money.minor.checked_mul(i64::try_from(pieces).ok()?)?.min(subtotal),
    };
    (pieces > 0 && enough && off > 0).then_some(off)
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::discount::{Conditions, Covers};
    use shopclerk_domain::ids::CollectionId;
    use shopclerk_domain::money::{Currency, Money};

    use super::*;

    const NEW_YORK: &str = "America/New_York";

    fn terms() -> Terms {
        Terms {
            code: Some("WARM10".to_owned()),
            benefit: Benefit::Percent(1_000),
            covers: Covers::Everything,
            conditions: Conditions { minimum: None, ends_at: None, once_each: false },
            starts_at: Timestamp::from_millis(0),
            uses_left: None,
        }
    }

    fn check(change: impl FnOnce(&mut Terms), language: Language, expected: &str) {
        let mut terms = terms();
        change(&mut terms);
        assert_eq!(sentence(&terms, Phrases::of(language), NEW_YORK).as_deref(), Some(expected));
    }

    #[test]
    fn a_discount_is_told_with_all_it_asks() {
        let usd = |minor| Money::new(minor, Currency::USD);
        let at = |text: &str| Timestamp::parse(text);
        check(|_| {}, Language::En, "There is 10% off your whole order with the code WARM10.");
        let all = |terms: &mut Terms| {
            terms.conditions = Conditions {
                minimum: Some(Minimum::Subtotal(usd(5_000))),
                ends_at: at("2027-01-01T05:00:00Z"),
                once_each: true,
            };
        };
        check(
            all,
            Language::En,
            "There is 10% off your whole order with the code WARM10, if that comes to $50.00 or more, until \
             December 31, 2026, once per customer.",
        );
        check(
            all,
            Language::De,
            "Es gibt 10 % Rabatt auf die ganze Bestellung mit dem Code WARM10, wenn es zusammen $50.00 oder mehr \
             kostet, bis 31.12.2026, einmal pro Kunde.",
        );
        let shown = |terms: &mut Terms| {
            terms.code = None;
            terms.covers = Covers::Collections(vec![CollectionId::new(1)]);
            terms.benefit = Benefit::AmountEach(usd(500));
            terms.conditions.ends_at = at("2026-11-30T19:30:00Z");
        };
        check(
            shown,
            Language::En,
            "There is $5.00 off each piece of what is shown below at checkout, until November 30, 2026, 14:30.",
        );
        check(
            |terms| terms.benefit = Benefit::Percent(1_250),
            Language::Es,
            "Hay un 12.5 % de descuento en todo el pedido con el código WARM10.",
        );
    }

    #[test]
    fn where_the_date_cannot_be_told_nothing_is() {
        let mut ends = terms();
        ends.conditions.ends_at = Some(Timestamp::from_millis(1_798_000_000_000));
        assert_eq!(sentence(&ends, Phrases::of(Language::En), "Nowhere/Atlantis"), None);
    }
}
