//! Whether a row holds a statement: prices, former prices, limits and stock of a product or of the choices named.

use shopclerk_domain::claim::{Claim, Fact};
use shopclerk_domain::ids::VariantId;
use shopclerk_domain::money::Money;
use shopclerk_domain::product::{Product, ProductRow, Variant};

use crate::claims::{Role, What};
use crate::gate::Ground;

/// Variants a statement is said of.
#[derive(Clone, Debug)]
pub(super) struct Aim<'a> {
    /// The row.
    pub(super) row: &'a ProductRow,
    /// They were named by their choices; otherwise these are all variants of the product.
    pub(super) named: bool,
    /// The variants.
    pub(super) variants: Vec<&'a Variant>,
}

/// Prices the same sentence has already stated of the same row, so that `was` belongs to its own `now`.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairing {
    /// Variants that cost what was said.
    pub(super) now: Vec<VariantId>,
    /// Variants that cost before what was said.
    pub(super) was: Vec<VariantId>,
}

/// The claim, if the row holds the statement; else why not.
pub(super) fn resolve(
    what: What,
    said: &str,
    aim: &Aim<'_>,
    ground: &Ground<'_>,
    pairing: &mut Pairing,
) -> Result<Claim, &'static str> {
    let row = aim.row;
    if !row.product.is_offered() {
        return Err("not offered");
    }
    if aim.variants.is_empty() {
        return Err("no such version");
    }
    let about_stock = matches!(what, What::Pieces(_) | What::Available | What::SoldOut);
    let fresh = if about_stock {
        ground.freshness.stock_is_fresh(row, ground.now)
    } else {
        ground.freshness.price_is_fresh(row, ground.now)
    };
    if !fresh {
        return Err("read too long ago to be quoted");
    }
    let money = |minor| Money::new(minor, ground.shop.currency);
    let (fact, matching) = match what {
        What::Money(minor, role) => price(role, money(minor), aim, pairing)?,
        What::Pieces(count) => (Fact::InStock(count), pieces(count, aim)?),
        What::Available => (Fact::Available, some(for_sale(aim), "sold out")?),
        What::SoldOut if for_sale(aim).is_empty() => (Fact::SoldOut, aim.variants.clone()),
        What::SoldOut => return Err("it can be bought"),
        What::Reduced => reduced(aim)?,
        What::Saving(minor) => {
            (Fact::Saving(money(minor)), saved(aim, |variant| saving(variant) == Some(money(minor)))?)
        }
        What::SavingPercent(hundredths) => {
            let percent = hundredths / 100;
            let held = |variant: &Variant| hundredths % 100 == 0 && saving_percent(variant) == Some(percent);
            (Fact::SavingPercent(percent), saved(aim, held)?)
        }
        What::Quality(..) | What::Size(_) | What::Extreme(_) | What::Offers => {
            return Err("not said of a product");
        }
        What::Never(why) => return Err(why),
    };
    let former = matches!(fact, Fact::ReducedFrom(_));
    let variant = matching.first().filter(|_| aim.named || former).map(|variant| variant.id);
    Ok(Claim { variant, ..Claim::of(row, fact, said) })
}

fn price<'a>(
    role: Role,
    said: Money,
    aim: &Aim<'a>,
    pairing: &mut Pairing,
) -> Result<(Fact, Vec<&'a Variant>), &'static str> {
    let counted = counted(aim);
    let priced = counted
        .iter()
        .copied()
        .filter(|variant| variant.price.minor > 0 && variant.price.currency == said.currency);
    let priced: Vec<&Variant> = priced.collect();
    if said.minor <= 0 || priced.is_empty() {
        return Err("no such price");
    }
    let lowest = priced.iter().map(|variant| variant.price.minor).min().unwrap_or_default();
    let all_priced = priced.len() == counted.len();
    match role {
        Role::Price | Role::From => {
            let costing = priced.into_iter().filter(|variant| variant.price == said);
            let costing = some(costing.collect(), "no such price")?;
            if role == Role::From && (said.minor != lowest || !all_priced) {
                return Err("not its lowest price");
            }
            let paired: Vec<&Variant> = costing
                .iter()
                .copied()
                .filter(|variant| pairing.was.is_empty() || pairing.was.contains(&variant.id))
                .collect();
            let costing = some(paired, "another version had that former price")?;
            *pairing = Pairing { now: ids(&costing), was: Vec::new() };
            let fact = if role == Role::From { Fact::PriceFrom(said) } else { Fact::Price(said) };
            Ok((fact, costing))
        }
        Role::Times(count) => {
            let each = i64::try_from(count).ok().filter(|count| *count > 0 && said.minor % count == 0);
            let each =
                each.map(|count| Money::new(said.minor / count, said.currency)).ok_or("no such price")?;
            let costing = priced.into_iter().filter(|variant| variant.price == each);
            Ok((Fact::Price(each), some(costing.collect(), "not the price of so many")?))
        }
        Role::Sum => Err("not the sum of what is named"),
        Role::Was => {
            let before = counted.into_iter().filter(|variant| variant.reduced_from() == Some(said));
            let before = some(before.collect(), "no such former price")?;
            let paired: Vec<&Variant> = before
                .into_iter()
                .filter(|variant| pairing.now.is_empty() || pairing.now.contains(&variant.id))
                .collect();
            let before = some(paired, "another version had that former price")?;
            pairing.was = if pairing.now.is_empty() { ids(&before) } else { Vec::new() };
            Ok((Fact::ReducedFrom(said), before))
        }
        Role::AtMost if all_priced && priced.iter().all(|variant| variant.price.minor <= said.minor) => {
            Ok((Fact::PriceAtMost(said), priced))
        }
        Role::AtLeast if all_priced && lowest >= said.minor => Ok((Fact::PriceAtLeast(said), priced)),
        Role::AtMost | Role::AtLeast => Err("it does not keep that limit"),
        Role::NothingBelow | Role::NothingAbove => Err("something keeps that limit"),
    }
}

fn pieces<'a>(count: u64, aim: &Aim<'a>) -> Result<Vec<&'a Variant>, &'static str> {
    if total(&for_sale(aim)) == Some(count) { Ok(aim.variants.clone()) } else { Err("no such stock figure") }
}

/// All pieces of these variants together, if each of them has an honest figure.
pub(super) fn total(for_sale: &[&Variant]) -> Option<u64> {
    if for_sale.is_empty() {
        return None;
    }
    for_sale.iter().try_fold(0_u64, |sum, variant| sum.checked_add(variant.stock.figure()?))
}

fn reduced<'a>(aim: &Aim<'a>) -> Result<(Fact, Vec<&'a Variant>), &'static str> {
    let reduced: Vec<&Variant> = counted(aim)
        .into_iter()
        .filter(|variant| variant.reduced_from().is_some() && variant.price.minor > 0)
        .collect();
    let reduced = some(reduced, "it is not reduced")?;
    let was = reduced.first().and_then(|variant| variant.reduced_from()).ok_or("it is not reduced")?;
    Ok((Fact::ReducedFrom(was), reduced))
}

/// What is saved must be so of every version that is spoken of.
fn saved<'a>(aim: &Aim<'a>, holds: impl Fn(&Variant) -> bool) -> Result<Vec<&'a Variant>, &'static str> {
    let counted = counted(aim);
    if counted.iter().all(|variant| holds(variant)) { Ok(counted) } else { Err("no such saving") }
}

fn for_sale<'a>(aim: &Aim<'a>) -> Vec<&'a Variant> {
    aim.variants.iter().copied().filter(|variant| variant.stock.for_sale).collect()
}

/// What prices are counted of: what is for sale where anything is, else all.
fn counted<'a>(aim: &Aim<'a>) -> Vec<&'a Variant> {
    let for_sale = for_sale(aim);
    if for_sale.is_empty() { aim.variants.clone() } else { for_sale }
}

fn some<T>(found: Vec<T>, why: &'static str) -> Result<Vec<T>, &'static str> {
    if found.is_empty() { Err(why) } else { Ok(found) }
}

fn ids(variants: &[&Variant]) -> Vec<VariantId> {
    variants.iter().map(|variant| variant.id).collect()
}

/// How much less than before a variant costs.
pub(super) fn saving(variant: &Variant) -> Option<Money> {
    let was = variant.reduced_from().filter(|_| variant.price.minor > 0)?;
    Some(Money::new(was.minor - variant.price.minor, was.currency))
}

/// The same in hundredths of what it cost before, rounded down: no more is promised than is so.
pub(super) fn saving_percent(variant: &Variant) -> Option<u32> {
    let saving = saving(variant)?;
    let was = variant.reduced_from()?.minor;
    u32::try_from(saving.minor.checked_mul(100)? / was).ok().filter(|percent| *percent > 0)
}

/// The variants whose options have these values: per option any of those named. One group per value, each of which must
/// hold what is said, because "Small and Large cost $39.00" speaks of both.
pub(super) fn groups<'a>(product: &'a Product, chosen: &[(usize, &str)]) -> Vec<Vec<&'a Variant>> {
    let fits = |variant: &Variant, fixed: Option<(usize, &str)>| {
        let value = |option: usize| variant.options.get(option).map(String::as_str);
        let kept = fixed.is_none_or(|(option, wanted)| value(option) == Some(wanted));
        kept && chosen.iter().all(|(option, _)| {
            chosen.iter().any(|(other, wanted)| other == option && value(*option) == Some(wanted))
        })
    };
    let variants =
        |fixed: Option<(usize, &str)>| product.variants.iter().filter(|v| fits(v, fixed)).collect();
    if chosen.is_empty() {
        return vec![variants(None)];
    }
    chosen.iter().map(|fixed| variants(Some(*fixed))).collect()
}
