//! Discounts: what they give, on what, under which conditions, and when they may be told of.
//!
//! What a shop says in a form that we do not fully know is kept and never told: terms are not guessed.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::ids::{CollectionId, DiscountId, ProductId, VariantId};
use crate::money::Money;
use crate::product::Product;

/// A discount as the shop describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discount {
    /// The shop's number.
    pub id: DiscountId,
    /// What the merchant calls it: for the merchant's eyes, since it may be an internal name.
    pub title: String,
    /// What it is, or why nobody is told of it.
    pub terms: Result<Terms, Withheld>,
    /// When the shop last changed it.
    pub updated_at: Timestamp,
}

/// Why a discount is kept without its terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// It is for some buyers only, or not said for whom.
    NotForEveryone,
    /// It has no code, or several: single-use codes are not ours to give away.
    NoSingleCode,
    /// It gives something we do not tell of: free shipping, one thing with another, what an app decides.
    OtherKind,
    /// Something about it is in a form this version does not know.
    Unclear,
}

/// The terms of a discount that every buyer may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The code to type in; `None` = the shop takes it off by itself.
    pub code: Option<String>,
    /// What it gives.
    pub benefit: Benefit,
    /// What it is for.
    pub covers: Covers,
    /// What it asks.
    pub conditions: Conditions,
    /// From when on it counts.
    pub starts_at: Timestamp,
    /// How often it can still be used, as the shop counted last; `None` = without a limit.
    pub uses_left: Option<u64>,
}

/// What a discount gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Benefit {
    /// So many hundredths of a percent off: 1,500 is 15 %.
    Percent(u32),
    /// So much off what it covers, once.
    Amount(Money),
    /// So much off each piece of what it covers.
    AmountEach(Money),
}

/// What a discount is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Covers {
    /// The whole shop.
    Everything,
    /// These products, and these variants of others.
    Goods {
        /// Whole products.
        products: Vec<ProductId>,
        /// Single variants.
        variants: Vec<VariantId>,
    },
    /// What is in these collections.
    Collections(Vec<CollectionId>),
}

/// What a discount asks of the buyer and of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// The least that must be bought.
    pub minimum: Option<Minimum>,
    /// When it ends: from that moment on it is no more.
    pub ends_at: Option<Timestamp>,
    /// Each buyer has it once.
    pub once_each: bool,
}

/// The least that must be bought of what a discount covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Minimum {
    /// For so much money.
    Subtotal(Money),
    /// So many pieces.
    Pieces(u64),
}

/// Which codes shoppers may be told. Discounts that the shop takes off by itself need no leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ToldCodes {
    /// None.
    #[default]
    None,
    /// Every code that is one for all buyers.
    Public,
    /// Those of them with these names.
    These(Vec<String>),
}

/// The shop counts uses late: with so few left, somebody who is told might come too late.
const NEARLY_USED_UP: u64 = 20;

/// A discount that ends so soon is gone when the shopper gets there.
const NEARLY_OVER: Duration = Duration::from_mins(5);

impl ToldCodes {
    fn allow(&self, code: &str) -> bool {
        match self {
            Self::None => false,
            Self::Public => true,
            Self::These(codes) => codes.iter().any(|one| one.eq_ignore_ascii_case(code)),
        }
    }
}

impl Discount {
    /// Its terms, if shoppers may be told of it now. A shop tells nobody when a discount begins or ends by the calendar, so
    /// the dates are looked at each time.
    pub fn told(&self, codes: &ToldCodes, now: Timestamp) -> Option<&Terms> {
        let terms = self.terms.as_ref().ok()?;
        let begun = terms.starts_at <= now;
        let lasts = terms.conditions.ends_at.is_none_or(|end| end > now.plus(NEARLY_OVER));
        let left = terms.uses_left.is_none_or(|uses| uses > NEARLY_USED_UP);
        let allowed = terms.code.as_ref().is_none_or(|code| codes.allow(code));
        (begun && lasts && left && allowed).then_some(terms)
    }
}

impl Terms {
    /// Whether it applies to every variant of a product. Gift cards and subscriptions are left out.
    pub fn cover(&self, product: &Product) -> bool {
        !product.gift_card && !product.subscription_only && self.covers.holds(product)
    }

    /// Whether it applies to one variant of a product.
    pub fn cover_variant(&self, product: &Product, variant: VariantId) -> bool {
        let alone = matches!(&self.covers, Covers::Goods { variants, .. } if variants.contains(&variant));
        self.cover(product) || (alone && !product.gift_card && !product.subscription_only)
    }

    /// Whether it is for the whole shop.
    pub const fn is_for_everything(&self) -> bool {
        matches!(self.covers, Covers::Everything)
    }
}

impl Covers {
    fn holds(&self, product: &Product) -> bool {
        match self {
            Self::Everything => true,
            Self::Goods { products, variants } => {
                let all = || product.variants.iter().all(|variant| variants.contains(&variant.id));
                products.contains(&product.id) || (!product.variants.is_empty() && all())
            }
            Self::Collections(collections) => {
                product.in_collections.iter().any(|id| collections.contains(id))
            }
        }
    }
}

impl Conditions {
    /// Whether it asks nothing at all.
    pub const fn is_none(&self) -> bool {
        self.minimum.is_none() && self.ends_at.is_none() && !self.once_each
    }
}

/// A discount as the store holds it: what a claim resolves to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscountRow {
    /// The discount.
    pub discount: Discount,
    /// Grows with every change of its content; never reused, also not over a removal.
    pub version: u64,
    /// When it was last known to be the shop's; long ago if the shop has said since that it changed.
    pub read_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_258_800_000);

    fn discount(change: impl FnOnce(&mut Terms)) -> Discount {
        let mut terms = Terms {
            code: Some("WARM10".to_owned()),
            benefit: Benefit::Percent(1_000),
            covers: Covers::Everything,
            conditions: Conditions { minimum: None, ends_at: None, once_each: false },
            starts_at: NOW,
            uses_left: None,
        };
        change(&mut terms);
        Discount { id: DiscountId::new(1), title: "x".to_owned(), terms: Ok(terms), updated_at: NOW }
    }

    fn check(discount: &Discount, codes: &ToldCodes, expected: bool) {
        assert_eq!(discount.told(codes, NOW).is_some(), expected, "{discount:?} {codes:?}");
    }

    #[test]
    fn t47_a_code_is_told_only_where_its_merchant_lets_it_be_told() {
        let code = discount(|_| {});
        check(&code, &ToldCodes::None, false);
        check(&code, &ToldCodes::Public, true);
        check(&code, &ToldCodes::These(vec!["warm10".to_owned()]), true);
        check(&code, &ToldCodes::These(vec!["OTHER".to_owned()]), false);
        check(&discount(|terms| terms.code = None), &ToldCodes::None, true);
        let some_buyers = Discount { terms: Err(Withheld::NotForEveryone), ..code };
        check(&some_buyers, &ToldCodes::Public, false);
    }

    #[test]
    fn dates_and_uses_are_looked_at_when_it_is_told() {
        let public = &ToldCodes::Public;
        let hour = Duration::from_hours(1);
        check(&discount(|terms| terms.starts_at = NOW.plus(hour)), public, false);
        check(&discount(|terms| terms.conditions.ends_at = Some(NOW.plus(hour))), public, true);
        check(&discount(|terms| terms.conditions.ends_at = Some(NOW)), public, false);
        check(&discount(|terms| terms.uses_left = Some(21)), public, true);
        check(&discount(|terms| terms.uses_left = Some(20)), public, false);
    }
}
