//! Promotions: discounts that may be told of, and reductions that stand in the rows now.

use shopclerk_domain::discount::{DiscountRow, Terms};
use shopclerk_domain::ports::{ShelfUnavailable, Wanted};
use shopclerk_domain::product::{ProductRow, Variant};

use crate::phrases::Phrase;
use crate::rules::Situation;
use crate::rules::draft::{Answer, Draft, choice};
use crate::rules::{MOST_CARDS, find};
use crate::taps::Tap;

/// So many rows are looked through for reductions.
const LOOKED_THROUGH: usize = 200;

/// So many discounts for the whole order are told in one answer: more is a leaflet.
const MOST_FOR_ALL: usize = 2;

/// What can be had for less right now.
pub(super) async fn promotions(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    let wanted = situation.asked.request.wanted.clone();
    let offers = situation.promotions().await?;
    let mut sentences = for_all(situation, &offers);
    let mut shown = Vec::new();
    if let Some((sentence, covered)) = for_some(situation, &offers, &wanted).await? {
        sentences.push(sentence);
        shown = covered;
    }
    if shown.is_empty() {
        shown = anything_reduced(situation, &wanted).await?;
        let reduced = match (shown.len(), sentences.is_empty()) {
            (0, false) => None,
            (0, true) => Some(Phrase::ReducedNone),
            (1, _) => Some(Phrase::ReducedOne),
            _ => Some(Phrase::ReducedMany),
        };
        sentences.extend(reduced.map(|phrase| situation.say(phrase)));
    }
    let has_code = terms_of(&offers).any(|terms| terms.code.is_some());
    let nothing = offers.is_empty() && shown.is_empty();
    if !has_code && (nothing || asks_for_codes(situation)) {
        sentences.insert(0, situation.say(Phrase::CodesNone));
    }
    shown.truncate(MOST_CARDS);
    let memory = find::remember(&wanted, &shown);
    let choices = vec![choice(situation, Tap::Person)];
    Ok(Answer { sentences, shown, offers, choices, memory, ..Answer::default() }.draft(situation))
}

/// What is known of discounts that may be told of.
fn terms_of(offers: &[DiscountRow]) -> impl Iterator<Item = &Terms> {
    offers.iter().filter_map(|row| row.discount.terms.as_ref().ok())
}

/// The sentences about discounts on the whole order; whoever asks for a code hears of codes first.
fn for_all(situation: &Situation<'_>, offers: &[DiscountRow]) -> Vec<String> {
    let mut whole: Vec<&Terms> = terms_of(offers).filter(|terms| terms.is_for_everything()).collect();
    if asks_for_codes(situation) {
        whole.sort_by_key(|terms| terms.code.is_none());
    }
    whole.into_iter().filter_map(|terms| situation.offer(terms)).take(MOST_FOR_ALL).collect()
}

/// One discount on some products, with those of them that fit best: of what is asked for, else of anything.
async fn for_some(
    situation: &mut Situation<'_>,
    offers: &[DiscountRow],
    wanted: &Wanted,
) -> Result<Option<(String, Vec<ProductRow>)>, ShelfUnavailable> {
    let mut some: Vec<&Terms> = terms_of(offers).filter(|terms| !terms.is_for_everything()).collect();
    if some.is_empty() {
        return Ok(None);
    }
    if asks_for_codes(situation) {
        some.sort_by_key(|terms| terms.code.is_none());
    }
    let anything = Wanted { words: String::new(), like: None, ..wanted.clone() };
    for wanted in [wanted, &anything] {
        for terms in &some {
            let covered = covered(situation, terms, wanted).await?;
            if let (false, Some(sentence)) = (covered.is_empty(), situation.offer(terms)) {
                return Ok(Some((sentence, covered)));
            }
        }
    }
    Ok(None)
}

/// The products of a kind that a discount applies to, best first.
pub(crate) async fn covered(
    situation: &mut Situation<'_>,
    terms: &Terms,
    wanted: &Wanted,
) -> Result<Vec<ProductRow>, ShelfUnavailable> {
    let mut found = situation.search(wanted, LOOKED_THROUGH).await?;
    found.rows.retain(|row| terms.cover(&row.product) && find::recommends(row, wanted));
    found.rows.truncate(MOST_CARDS);
    Ok(found.rows)
}

/// What is reduced of a kind, else of anything.
async fn anything_reduced(
    situation: &mut Situation<'_>,
    wanted: &Wanted,
) -> Result<Vec<ProductRow>, ShelfUnavailable> {
    let shown = reduced(situation, wanted).await?;
    if !shown.is_empty() || wanted.words.is_empty() {
        return Ok(shown);
    }
    let anything = Wanted { words: String::new(), ..wanted.clone() };
    reduced(situation, &anything).await
}

/// The products of a kind that are reduced right now.
pub(crate) async fn reduced(
    situation: &mut Situation<'_>,
    wanted: &Wanted,
) -> Result<Vec<ProductRow>, ShelfUnavailable> {
    let mut found = situation.search(wanted, LOOKED_THROUGH).await?;
    found.rows.retain(|row| is_reduced(situation, row, wanted));
    Ok(found.rows)
}

/// Whether what it costs at least is a reduced price, so that its card shows the reduction.
fn is_reduced(situation: &Situation<'_>, row: &ProductRow, wanted: &Wanted) -> bool {
    let lowest = row.product.price_span().map(|(low, _)| low);
    let reduced = |variant: &Variant| {
        variant.stock.for_sale && variant.reduced_from().is_some() && Some(variant.price) == lowest
    };
    situation.price_is_fresh(row)
        && find::recommends(row, wanted)
        && lowest.is_some_and(|low| low.minor > 0)
        && row.product.variants.iter().any(reduced)
}

fn asks_for_codes(situation: &Situation<'_>) -> bool {
    const CODES: &[&str] = &[
        "code",
        "codes",
        "coupon",
        "coupons",
        "voucher",
        "vouchers",
        "promo",
        "gutschein",
        "rabattcode",
        "cupon",
        "cupones",
        "codigo",
        "codigos",
        "cupom",
        "cupons",
    ];
    situation.asked.words.iter().any(|word| CODES.contains(&word.as_str()))
}
