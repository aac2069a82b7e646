//! Finding: the best few that fit, or a plain "nothing" with the nearest there is.

use shopclerk_domain::conversation::Memory;
use shopclerk_domain::money::Money;
use shopclerk_domain::ports::{Order, ShelfUnavailable, Wanted};
use shopclerk_domain::product::{Product, ProductRow};

use crate::gate::Said;
use crate::names;
use crate::phrases::Phrase;
use crate::rules::draft::{Answer, Draft, choice};
use crate::rules::matching::Match;
use crate::rules::{MOST_CARDS, Situation, named};
use crate::taps::Tap;

/// How many rows are looked at: some are sold out and not recommended.
pub(super) const LOOKED_AT: usize = 12;

/// Products of a kind; with empty words: what there is at all.
pub(super) async fn find(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    let wanted = situation.asked.request.wanted.clone();
    if unlimited(&wanted)
        && let Some(row) = named::version_of_the_talk(situation).await?
    {
        return Ok(named::about_one(situation, row, named::Question::Whether, Vec::new()));
    }
    let found = situation.search(&wanted, LOOKED_AT).await?;
    if let Some(row) = named_whole(&wanted, &found.rows) {
        return Ok(named::about_one(situation, row.clone(), named::Question::Whether, Vec::new()));
    }
    let more = found.fitting > MOST_CARDS;
    let fitting: Vec<ProductRow> =
        found.rows.iter().filter(|row| recommends(row, &wanted)).cloned().collect();
    if fitting.is_empty() {
        return nearest(situation, &wanted, &found.rows).await;
    }
    let shown = ordered(fitting, wanted.order);
    let mut sentences = vec![foreign(situation)];
    sentences.push(lead(situation, &wanted, &shown));
    let mut choices = Vec::new();
    if wanted.order != Order::CheapestFirst {
        choices.push(choice(situation, Tap::Cheaper));
    }
    if more {
        choices.push(choice(situation, Tap::More));
    }
    choices.push(choice(situation, Tap::Person));
    let memory = remember(&wanted, &shown);
    let said = said(&wanted, false);
    Ok(Answer { sentences, shown, choices, said, memory, ..Answer::default() }.draft(situation))
}

fn unlimited(wanted: &Wanted) -> bool {
    wanted.at_most.is_none()
        && wanted.at_least.is_none()
        && wanted.without.is_empty()
        && wanted.order == Order::Fit
}

/// The one row whose whole name was given and nothing beyond it: then it is asked about, not searched for.
fn named_whole<'r>(wanted: &Wanted, rows: &'r [ProductRow]) -> Option<&'r ProductRow> {
    let whole = |row: &&ProductRow| Match::of(&wanted.words, &row.product).is_exact();
    let mut named = rows.iter().filter(whole);
    match (unlimited(wanted), named.next(), named.next()) {
        (true, Some(only), None) => Some(only),
        _ => None,
    }
}

/// Whether to recommend it on our own accord: it can be bought, and one of its versions keeps the limits.
pub(super) fn recommends(row: &ProductRow, wanted: &Wanted) -> bool {
    let limited = wanted.at_most.is_some() || wanted.at_least.is_some() || wanted.order != Order::Fit;
    let keeps = |money: Money| {
        let below =
            wanted.at_most.is_none_or(|most| most.currency == money.currency && money.minor <= most.minor);
        let above = wanted
            .at_least
            .is_none_or(|least| least.currency == money.currency && money.minor >= least.minor);
        below && above && (money.minor > 0 || !limited)
    };
    row.product.is_offered()
        && row.product.variants.iter().any(|variant| variant.stock.for_sale && keeps(variant.price))
}

/// The first few, in the order that is announced.
fn ordered(mut rows: Vec<ProductRow>, order: Order) -> Vec<ProductRow> {
    let low = |row: &ProductRow| row.product.price_span().map_or(i64::MAX, |(low, _)| low.minor);
    match order {
        Order::Fit => {}
        Order::CheapestFirst => rows.sort_by_key(low),
        Order::DearestFirst => rows.sort_by_key(|row| std::cmp::Reverse(low(row))),
    }
    rows.truncate(MOST_CARDS);
    rows
}

/// The sentence above the cards; it repeats the shopper's limit only where every version on the cards keeps it.
fn lead(situation: &Situation<'_>, wanted: &Wanted, shown: &[ProductRow]) -> String {
    let one = shown.len() == 1;
    let pick = |single: Phrase, many: Phrase| if one { single } else { many };
    let fresh = shown.iter().all(|row| situation.price_is_fresh(row));
    let spans: Option<Vec<(Money, Money)>> = shown.iter().map(|row| priced_span(&row.product)).collect();
    let limit = |money: Money| situation.phrases.limit(money);
    match (wanted.order, wanted.at_most, wanted.at_least, spans.filter(|_| fresh)) {
        (Order::CheapestFirst, ..) if !one => situation.say(Phrase::CheapestFirst),
        (Order::DearestFirst, ..) if !one => situation.say(Phrase::DearestFirst),
        (Order::Fit, Some(most), None, Some(spans))
            if spans.iter().all(|(_, high)| high.minor < most.minor) =>
        {
            situation.fill(pick(Phrase::FoundOneUnder, Phrase::FoundManyUnder), &[("limit", &limit(most))])
        }
        (Order::Fit, Some(most), None, Some(spans))
            if spans.iter().all(|(_, high)| high.minor <= most.minor) =>
        {
            situation.fill(pick(Phrase::FoundOneAtMost, Phrase::FoundManyAtMost), &[("limit", &limit(most))])
        }
        (Order::Fit, None, Some(least), Some(spans))
            if spans.iter().all(|(low, _)| low.minor >= least.minor) =>
        {
            situation
                .fill(pick(Phrase::FoundOneAtLeast, Phrase::FoundManyAtLeast), &[("limit", &limit(least))])
        }
        _ if wanted.words.is_empty() && wanted.like.is_none() => situation.say(Phrase::Assortment),
        _ => situation.say(pick(Phrase::FoundOne, Phrase::FoundMany)),
    }
}

/// Lowest and highest price, if every version has one.
fn priced_span(product: &Product) -> Option<(Money, Money)> {
    product.price_span().filter(|(low, _)| low.minor > 0)
}

/// Nothing fits: says so, shows the nearest where there is one, and offers a person.
async fn nearest(
    situation: &mut Situation<'_>,
    wanted: &Wanted,
    found: &[ProductRow],
) -> Result<Draft, ShelfUnavailable> {
    let sold_out = found
        .iter()
        .find(|row| !row.product.is_for_sale() && Match::of(&wanted.words, &row.product).is_exact());
    if let Some(row) = sold_out {
        return Ok(named::about_one(situation, row.clone(), named::Question::Whether, Vec::new()));
    }
    let mut sentences = vec![foreign(situation)];
    let limited = wanted.at_most.is_some() || wanted.at_least.is_some();
    let near = if limited { beyond_limits(situation, wanted).await? } else { None };
    let mut shown = Vec::new();
    if let Some(row) = near {
        sentences.push(match (wanted.at_most, wanted.at_least) {
            (Some(most), None) => {
                situation.fill(Phrase::NothingUnder, &[("limit", &situation.phrases.limit(most))])
            }
            _ => situation.say(Phrase::NothingInRange),
        });
        sentences.push(closest(situation, &row));
        shown.push(row);
    } else {
        sentences.push(situation.say(Phrase::NothingFound));
        sentences.push(situation.say(Phrase::OtherWords));
    }
    let choices = vec![choice(situation, Tap::Person)];
    let memory = remember(wanted, &shown);
    let said = said(wanted, true);
    Ok(Answer { sentences, shown, choices, said, memory, ..Answer::default() }.draft(situation))
}

/// The nearest by price of what would fit without the limits.
async fn beyond_limits(
    situation: &mut Situation<'_>,
    wanted: &Wanted,
) -> Result<Option<ProductRow>, ShelfUnavailable> {
    let free = Wanted { at_most: None, at_least: None, ..wanted.clone() };
    let found = situation.search(&free, LOOKED_AT).await?;
    let asked = wanted.at_most.or(wanted.at_least);
    let distance = |row: &ProductRow| {
        let (low, high) = priced_span(&row.product)?;
        let limit = asked?.minor;
        Some(low.minor.abs_diff(limit).min(high.minor.abs_diff(limit)))
    };
    let outside = |row: &&ProductRow| row.product.is_for_sale() && !recommends(row, wanted);
    let candidates = found.rows.iter().filter(outside).filter_map(|row| Some((distance(row)?, row)));
    Ok(candidates.min_by_key(|(distance, row)| (*distance, row.product.id)).map(|(_, row)| row.clone()))
}

fn closest(situation: &Situation<'_>, row: &ProductRow) -> String {
    let name = names::name(&row.product);
    match priced_span(&row.product).filter(|_| situation.price_is_fresh(row)) {
        Some((low, high)) => {
            let phrase = if low == high { Phrase::ClosestPriced } else { Phrase::ClosestFrom };
            situation.fill(phrase, &[("name", &name), ("price", &situation.phrases.money(low))])
        }
        None => situation.fill(Phrase::Closest, &[("name", &name)]),
    }
}

/// Says that a limit in another currency was left aside.
fn foreign(situation: &Situation<'_>) -> String {
    let Some(limit) = situation.asked.request.foreign_limit else { return String::new() };
    let (ours, theirs) = (situation.input.shop.currency, limit.currency);
    situation.fill(Phrase::ForeignLimit, &[("currency", ours.code()), ("other", theirs.code())])
}

/// What the talk is about after a search.
pub(crate) fn remember(wanted: &Wanted, shown: &[ProductRow]) -> Memory {
    let about = match shown {
        [only] => Some(only.product.id),
        _ => None,
    };
    Memory {
        words: wanted.words.clone(),
        at_most: wanted.at_most,
        at_least: wanted.at_least,
        shown: shown.iter().map(|row| row.product.id).collect(),
        about,
        ..Memory::default()
    }
}

/// The shopper's limits as the gate needs them.
pub(super) fn said(wanted: &Wanted, nothing_fits: bool) -> Said {
    Said { at_most: wanted.at_most, at_least: wanted.at_least, nothing_fits }
}
