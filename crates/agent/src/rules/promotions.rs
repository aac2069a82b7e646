//! Promotions: reductions that stand in the rows now. Codes are not known yet, and that is what is said.

use shopclerk_domain::ports::{ShelfUnavailable, Wanted};
use shopclerk_domain::product::{ProductRow, Variant};

use crate::phrases::Phrase;
use crate::rules::Situation;
use crate::rules::draft::{Answer, Draft, choice};
use crate::rules::find;
use crate::taps::Tap;

/// So many rows are looked through for reductions.
const LOOKED_THROUGH: usize = 200;

/// What is reduced right now.
pub(super) async fn promotions(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    let wanted = situation.asked.request.wanted.clone();
    let mut shown = reduced(situation, &wanted).await?;
    if shown.is_empty() && !wanted.words.is_empty() {
        let anything = Wanted { words: String::new(), ..wanted.clone() };
        shown = reduced(situation, &anything).await?;
    }
    let first = match shown.len() {
        0 => Phrase::ReducedNone,
        1 => Phrase::ReducedOne,
        _ => Phrase::ReducedMany,
    };
    let mut sentences = vec![situation.say(first)];
    if shown.is_empty() || asks_for_codes(situation) {
        sentences.insert(0, situation.say(Phrase::CodesUnseen));
    }
    shown.truncate(crate::rules::MOST_CARDS);
    let memory = find::remember(&wanted, &shown);
    let choices = vec![choice(situation, Tap::Person)];
    Ok(Answer { sentences, shown, choices, memory, ..Answer::default() }.draft(situation))
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
