//! The second look, directly before sending: do the rows as they are now still hold what was said?

use shopclerk_domain::claim::{Claim, Fact, RefusedClaim};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::money::Money;
use shopclerk_domain::product::{Product, ProductRow, Variant};

use crate::freshness::Freshness;
use crate::gate::facts::total;
use crate::names;

/// Checks claims against the rows as they are now; a row that is missing is gone. The claims come back with the versions
/// they hold for, so that the write that starts the sending can insist on them.
pub fn recheck(
    claims: &[Claim],
    rows: &[ProductRow],
    freshness: Freshness,
    now: Timestamp,
) -> Result<Vec<Claim>, Vec<RefusedClaim>> {
    let mut held = Vec::with_capacity(claims.len());
    let mut refused = Vec::new();
    for claim in claims {
        match again(claim, rows, freshness, now) {
            Ok(renewed) => held.push(renewed),
            Err(why) => refused.push(RefusedClaim { said: claim.said.clone(), why: why.to_owned() }),
        }
    }
    if refused.is_empty() { Ok(held) } else { Err(refused) }
}

/// One claim against the rows as they are now.
pub(super) fn again(
    claim: &Claim,
    rows: &[ProductRow],
    freshness: Freshness,
    now: Timestamp,
) -> Result<Claim, &'static str> {
    let row = rows.iter().find(|row| row.product.id == claim.product).ok_or("no longer offered")?;
    if !row.product.is_offered() {
        return Err("no longer offered");
    }
    let fresh = match claim.fact {
        Fact::Name(_) | Fact::Link(_) | Fact::Cart(_) => true,
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
    if holds(&claim.fact, &row.product, &variants) {
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
    }
}
