//! A discount as it is stored.

use serde::{Deserialize, Serialize};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::discount::{Benefit, Conditions, Covers, Discount, Minimum, Terms, Withheld};
use shopclerk_domain::ids::{CollectionId, DiscountId, ProductId, VariantId};
use shopclerk_domain::money::Money;

use super::{Damaged, MoneyJson};

/// The content of a discount: everything but its number and `updated_at`, which are columns.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::sqlite) struct DiscountJson {
    title: String,
    terms: Option<TermsJson>,
    withheld: Option<WithheldJson>,
}

#[derive(Debug, Serialize, Deserialize)]
struct TermsJson {
    code: Option<String>,
    benefit: BenefitJson,
    covers: CoversJson,
    conditions: ConditionsJson,
    starts_at: i64,
    uses_left: Option<u64>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WithheldJson {
    NotForEveryone,
    NoSingleCode,
    OtherKind,
    Unclear,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::sqlite) enum BenefitJson {
    Percent(u32),
    Amount(MoneyJson),
    AmountEach(MoneyJson),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CoversJson {
    Everything,
    Goods { products: Vec<u64>, variants: Vec<u64> },
    Collections(Vec<u64>),
}

#[derive(Debug, Serialize, Deserialize)]
pub(in crate::sqlite) struct ConditionsJson {
    minimum: Option<MinimumJson>,
    ends_at: Option<i64>,
    once_each: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MinimumJson {
    Subtotal(MoneyJson),
    Pieces(u64),
}

impl From<Discount> for DiscountJson {
    fn from(discount: Discount) -> Self {
        let (terms, withheld) = match discount.terms {
            Ok(terms) => (Some(terms.into()), None),
            Err(why) => (None, Some(why.into())),
        };
        Self { title: discount.title, terms, withheld }
    }
}

impl DiscountJson {
    /// The discount with the two values that are columns.
    pub(in crate::sqlite) fn into_discount(
        self,
        id: DiscountId,
        updated_at: Timestamp,
    ) -> Result<Discount, Damaged> {
        let terms = match (self.terms, self.withheld) {
            (Some(terms), None) => Ok(Terms::try_from(terms)?),
            (None, Some(why)) => Err(why.into()),
            _ => return Err(Damaged),
        };
        Ok(Discount { id, title: self.title, terms, updated_at })
    }
}

impl From<Terms> for TermsJson {
    fn from(terms: Terms) -> Self {
        Self {
            code: terms.code,
            benefit: terms.benefit.into(),
            covers: terms.covers.into(),
            conditions: terms.conditions.into(),
            starts_at: terms.starts_at.millis(),
            uses_left: terms.uses_left,
        }
    }
}

impl TryFrom<TermsJson> for Terms {
    type Error = Damaged;

    fn try_from(json: TermsJson) -> Result<Self, Damaged> {
        Ok(Self {
            code: json.code,
            benefit: json.benefit.try_into()?,
            covers: json.covers.into(),
            conditions: json.conditions.try_into()?,
            starts_at: Timestamp::from_millis(json.starts_at),
            uses_left: json.uses_left,
        })
    }
}

impl From<Withheld> for WithheldJson {
    fn from(why: Withheld) -> Self {
        match why {
            Withheld::NotForEveryone => Self::NotForEveryone,
            Withheld::NoSingleCode => Self::NoSingleCode,
            Withheld::OtherKind => Self::OtherKind,
            Withheld::Unclear => Self::Unclear,
        }
    }
}

impl From<WithheldJson> for Withheld {
    fn from(json: WithheldJson) -> Self {
        match json {
            WithheldJson::NotForEveryone => Self::NotForEveryone,
            WithheldJson::NoSingleCode => Self::NoSingleCode,
            WithheldJson::OtherKind => Self::OtherKind,
            WithheldJson::Unclear => Self::Unclear,
        }
    }
}

impl From<Benefit> for BenefitJson {
    fn from(benefit: Benefit) -> Self {
        match benefit {
            Benefit::Percent(hundredths) => Self::Percent(hundredths),
            Benefit::Amount(money) => Self::Amount(money.into()),
            Benefit::AmountEach(money) => Self::AmountEach(money.into()),
        }
    }
}

impl TryFrom<BenefitJson> for Benefit {
    type Error = Damaged;

    fn try_from(json: BenefitJson) -> Result<Self, Damaged> {
        Ok(match json {
            BenefitJson::Percent(hundredths) => Self::Percent(hundredths),
            BenefitJson::Amount(money) => Self::Amount(Money::try_from(money)?),
            BenefitJson::AmountEach(money) => Self::AmountEach(Money::try_from(money)?),
        })
    }
}

impl From<Covers> for CoversJson {
    fn from(covers: Covers) -> Self {
        match covers {
            Covers::Everything => Self::Everything,
            Covers::Goods { products, variants } => Self::Goods {
                products: products.into_iter().map(ProductId::number).collect(),
                variants: variants.into_iter().map(VariantId::number).collect(),
            },
            Covers::Collections(ids) => {
                Self::Collections(ids.into_iter().map(CollectionId::number).collect())
            }
        }
    }
}

impl From<CoversJson> for Covers {
    fn from(json: CoversJson) -> Self {
        match json {
            CoversJson::Everything => Self::Everything,
            CoversJson::Goods { products, variants } => Self::Goods {
                products: products.into_iter().map(ProductId::new).collect(),
                variants: variants.into_iter().map(VariantId::new).collect(),
            },
            CoversJson::Collections(ids) => {
                Self::Collections(ids.into_iter().map(CollectionId::new).collect())
            }
        }
    }
}

impl From<Conditions> for ConditionsJson {
    fn from(conditions: Conditions) -> Self {
        let minimum = conditions.minimum.map(|minimum| match minimum {
            Minimum::Subtotal(money) => MinimumJson::Subtotal(money.into()),
            Minimum::Pieces(pieces) => MinimumJson::Pieces(pieces),
        });
        let ends_at = conditions.ends_at.map(Timestamp::millis);
        Self { minimum, ends_at, once_each: conditions.once_each }
    }
}

impl TryFrom<ConditionsJson> for Conditions {
    type Error = Damaged;

    fn try_from(json: ConditionsJson) -> Result<Self, Damaged> {
        let minimum = match json.minimum {
            Some(MinimumJson::Subtotal(money)) => Some(Minimum::Subtotal(Money::try_from(money)?)),
            Some(MinimumJson::Pieces(pieces)) => Some(Minimum::Pieces(pieces)),
            None => None,
        };
        let ends_at = json.ends_at.map(Timestamp::from_millis);
        Ok(Self { minimum, ends_at, once_each: json.once_each })
    }
}
