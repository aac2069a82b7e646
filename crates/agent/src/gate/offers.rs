//! Discounts in a text. One sentence tells of a discount with all it asks, and the row alone makes it; whatever else is said of
//! codes and reductions is no part of it and stands for itself.

use shopclerk_domain::claim::{Claim, Fact, RowId};
use shopclerk_domain::discount::{Benefit, DiscountRow, Terms};
use shopclerk_domain::ids::VariantId;
use shopclerk_domain::product::ProductRow;

use crate::gate::Ground;
use crate::phrases::Phrases;
use crate::promotions;

/// A sentence that tells of a discount.
pub(super) struct Told {
    /// Its place in the text, in bytes.
    pub(super) place: (usize, usize),
    /// What it claims; else why it is not so.
    pub(super) claims: Result<Vec<Claim>, &'static str>,
}

/// All sentences of a text that tell of a discount of the turn. `shown` are the rows on the cards.
pub(super) fn told(text: &str, ground: &Ground<'_>, shown: &[&ProductRow]) -> Vec<Told> {
    let phrases = Phrases::of(ground.offers.language);
    let mut found = Vec::new();
    for (row, terms) in ground.offers.told(ground.freshness, ground.now) {
        let Some(sentence) = promotions::sentence(terms, phrases, ground.offers.zone) else { continue };
        for (from, _) in text.match_indices(&sentence) {
            let place = (from, from + sentence.len());
            if stands_alone(text, place) {
                found.push(Told { place, claims: claims(row, terms, &sentence, shown) });
            }
        }
    }
    found
}

/// Whether it is a sentence of its own, so that no word before it turns it around.
fn stands_alone(text: &str, (from, to): (usize, usize)) -> bool {
    let before = text.get(..from).unwrap_or_default().trim_end_matches(' ');
    let after = text.get(to..).unwrap_or_default();
    let begins = before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n']);
    begins && (after.is_empty() || after.starts_with(char::is_whitespace))
}

fn claims(
    row: &DiscountRow,
    terms: &Terms,
    said: &str,
    shown: &[&ProductRow],
) -> Result<Vec<Claim>, &'static str> {
    let mut claims =
        vec![of(row, Fact::Gives(terms.benefit), said), of(row, Fact::Asks(terms.conditions), said)];
    claims.extend(terms.code.as_ref().map(|code| of(row, Fact::Code(code.clone()), said)));
    if !terms.is_for_everything() {
        if !promotions::covers_all(terms, shown) {
            return Err("that discount is not for all that is shown");
        }
        let covered = shown.iter().map(|product| Claim::of(product, Fact::Covered(row.discount.id), said));
        claims.extend(covered);
    }
    Ok(claims)
}

fn of(row: &DiscountRow, fact: Fact, said: &str) -> Claim {
    Claim {
        fact,
        said: said.to_owned(),
        row: RowId::Discount(row.discount.id),
        variant: None,
        version: row.version,
        read_at: row.read_at,
    }
}

/// The claim of a code within a cart's address: it may be told, and what is in the cart has it.
pub(super) fn in_cart(
    code: &str,
    address: &str,
    items: &[(VariantId, u64)],
    ground: &Ground<'_>,
) -> Option<Vec<Claim>> {
    let mut offers = ground.offers.told(ground.freshness, ground.now);
    let (row, terms) = offers.find(|(_, terms)| terms.code.as_deref() == Some(code))?;
    promotions::applies(terms, items, ground.rows)?;
    Some(vec![of(row, Fact::Code(code.to_owned()), address), of(row, Fact::Asks(terms.conditions), address)])
}

/// Whether a product is reduced by so many hundredths of a percent through a discount that asks nothing and needs no code: what
/// asks more is told in its own sentence or not at all.
pub(super) fn takes_off(
    hundredths: u32,
    row: &ProductRow,
    said: &str,
    ground: &Ground<'_>,
) -> Option<Vec<Claim>> {
    let mut offers = ground.offers.told(ground.freshness, ground.now);
    let plain = |terms: &Terms| terms.code.is_none() && terms.conditions.is_none();
    let (discount, terms) = offers.find(|(_, terms)| {
        plain(terms) && terms.benefit == Benefit::Percent(hundredths) && terms.cover(&row.product)
    })?;
    Some(vec![
        of(discount, Fact::Gives(terms.benefit), said),
        of(discount, Fact::Asks(terms.conditions), said),
        Claim::of(row, Fact::Covered(discount.discount.id), said),
    ])
}
