//! The second look, directly before sending: do the rows as they are now still hold what was said?

use shopclerk_domain::claim::{Claim, Fact, RefusedClaim, RowId};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::discount::{DiscountRow, Terms, ToldCodes};
use shopclerk_domain::ids::{DiscountId, ProductId};
use shopclerk_domain::money::Money;
use shopclerk_domain::product::{Product, ProductRow, Variant};

use crate::freshness::Freshness;
use crate::gate::facts::{self, total};
use crate::gate::wide;
use crate::names;

/// The rows as they are now, and what of them may be said; a row that is missing is gone.
#[derive(Clone, Copy, Debug)]
pub struct Present<'a> {
    /// The products that claims speak of.
    pub rows: &'a [ProductRow],
    /// The discounts that claims speak of.
    pub discounts: &'a [DiscountRow],
    /// Which codes may be told.
    pub codes: &'a ToldCodes,
    /// Age limits of what may be quoted.
    pub freshness: Freshness,
    /// The present time.
    pub now: Timestamp,
}

impl<'a> Present<'a> {
    /// A discount that may be told of, with its terms.
    fn told(&self, id: DiscountId) -> Result<(&'a DiscountRow, &'a Terms), &'static str> {
        let row = self
            .discounts
            .iter()
            .find(|row| row.discount.id == id)
            .ok_or("there is no such discount any more")?;
        let terms =
            row.discount.told(self.codes, self.now).ok_or("that discount is not to be told of now")?;
        if !self.freshness.discount_is_fresh(row, self.now) {
            return Err("read too long ago to be quoted");
        }
        Ok((row, terms))
    }
}

/// Checks claims against the rows as they are now. The claims come back with the versions they hold for, so that the write
/// that starts the sending can insist on them.
pub fn recheck(claims: &[Claim], present: &Present<'_>) -> Result<Vec<Claim>, Vec<RefusedClaim>> {
    let mut held = Vec::with_capacity(claims.len());
    let mut refused = Vec::new();
    for claim in claims {
        match again(claim, present) {
            Ok(renewed) => held.push(renewed),
            Err(why) => refused.push(RefusedClaim { said: claim.said.clone(), why: why.to_owned() }),
        }
    }
    if refused.is_empty() { Ok(held) } else { Err(refused) }
}

/// One claim against the rows as they are now.
pub(super) fn again(claim: &Claim, present: &Present<'_>) -> Result<Claim, &'static str> {
    match claim.row {
        RowId::Product(id) => of_product(claim, id, present),
        RowId::Discount(id) => of_discount(claim, id, present),
    }
}

fn of_discount(claim: &Claim, id: DiscountId, present: &Present<'_>) -> Result<Claim, &'static str> {
    let (row, terms) = present.told(id)?;
    let holds = match &claim.fact {
        Fact::Gives(benefit) => terms.benefit == *benefit,
        Fact::Code(code) => terms.code.as_ref() == Some(code),
        Fact::Asks(conditions) => terms.conditions == *conditions,
        _ => false,
    };
    if holds {
        Ok(Claim { version: row.version, read_at: row.read_at, ..claim.clone() })
    } else {
        Err("no longer so")
    }
}

fn of_product(claim: &Claim, id: ProductId, present: &Present<'_>) -> Result<Claim, &'static str> {
    let Present { freshness, now, .. } = *present;
    let row = present.rows.iter().find(|row| row.product.id == id).ok_or("no longer offered")?;
    if !row.product.is_offered() {
        return Err("no longer offered");
    }
    let fresh = match claim.fact {
        Fact::Name(_) | Fact::Link(_) | Fact::Cart(_) | Fact::Described(_) => true,
        Fact::InStock(_) | Fact::Available | Fact::SoldOut => freshness.stock_is_fresh(row, now),
        _ => freshness.price_is_fresh(row, now),
    };
    if !fresh {
        return Err("read too long ago to be quoted");
    }
    let variants: Vec<&Variant> = match claim.variant {
        None => row.product.variants.iter().collect(),
        Some(id) => row.product.variants.iter().filter(|variant| variant.id == id).collect(),
    };
    if variants.is_empty() {
        return Err("that version is gone");
    }
    let holds = match claim.fact {
        Fact::Covered(discount) => present.told(discount)?.1.cover(&row.product),
        _ => holds(&claim.fact, &row.product, &variants),
    };
    if holds {
        Ok(Claim { version: row.version, read_at: row.read_at, ..claim.clone() })
    } else {
        Err("no longer so")
    }
}

fn holds(fact: &Fact, product: &Product, variants: &[&Variant]) -> bool {
    let for_sale: Vec<&Variant> = variants.iter().copied().filter(|variant| variant.stock.for_sale).collect();
    let counted = if for_sale.is_empty() { variants } else { for_sale.as_slice() };
    let all = |keeps: &dyn Fn(Money) -> bool| {
        counted.iter().all(|variant| variant.price.minor > 0 && keeps(variant.price))
    };
    match fact {
        Fact::Price(price) => counted.iter().any(|variant| variant.price == *price),
        Fact::PriceFrom(price) => {
            counted.iter().any(|variant| variant.price == *price)
                && all(&|other| other.currency == price.currency && other.minor >= price.minor)
        }
        Fact::PriceAtMost(limit) => {
            all(&|price| price.currency == limit.currency && price.minor <= limit.minor)
        }
        Fact::PriceAtLeast(limit) => {
            all(&|price| price.currency == limit.currency && price.minor >= limit.minor)
        }
        Fact::ReducedFrom(was) => counted.iter().any(|variant| variant.reduced_from() == Some(*was)),
        Fact::InStock(count) => total(&for_sale) == Some(*count),
        Fact::Available | Fact::Cart(_) => !for_sale.is_empty(),
        Fact::SoldOut => for_sale.is_empty(),
        Fact::Link(url) => product.url.as_ref() == Some(url),
        Fact::Name(name) => names::is_name_of(name, product),
        Fact::Described(word) => wide::is_described(product, word),
        Fact::Saving(saving) => counted.iter().all(|variant| facts::saving(variant) == Some(*saving)),
        Fact::SavingPercent(percent) => {
            counted.iter().all(|variant| facts::saving_percent(variant) == Some(*percent))
        }
        Fact::Covered(_) | Fact::Gives(_) | Fact::Code(_) | Fact::Asks(_) => false,
    }
}
