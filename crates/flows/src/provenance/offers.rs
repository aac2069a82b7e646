//! Discounts as a turn saw them, kept as products are.

use serde::{Deserialize, Serialize};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::discount::{
    Benefit, Conditions, Covers, Discount, DiscountRow, Minimum, Terms, ToldCodes, Withheld,
};
use shopclerk_domain::ids::{CollectionId, DiscountId, ProductId, VariantId};
use shopclerk_storage::nouns::proofs::KeptRow;

use super::given::{Amount, Unreadable};
use super::kept::{Seen, keep_as};

/// A discount as it is named in the record and as it is kept.
pub(super) fn keep(row: &DiscountRow) -> Option<(Seen, KeptRow)> {
    let Discount { id, title, terms, updated_at } = &row.discount;
    let offer = Offer {
        id: id.number(),
        title: title.clone(),
        terms: terms.as_ref().ok().map(Written::of),
        withheld: terms.as_ref().err().map(|why| withheld(*why).to_owned()),
        updated_at: updated_at.millis(),
    };
    Some(keep_as(id.number(), serde_json::to_string(&offer).ok()?, row.version, row.read_at))
}

/// The discount again, from its content.
pub(super) fn read(seen: &Seen, body: &str) -> Result<DiscountRow, Unreadable> {
    let offer: Offer = serde_json::from_str(body).map_err(|_| Unreadable)?;
    let terms = match (offer.terms, offer.withheld) {
        (Some(terms), _) => Ok(terms.read()?),
        (None, why) => Err(read_withheld(&why.unwrap_or_default())?),
    };
    let discount = Discount {
        id: DiscountId::new(offer.id),
        title: offer.title,
        terms,
        updated_at: Timestamp::from_millis(offer.updated_at),
    };
    Ok(DiscountRow { discount, version: seen.version, read_at: Timestamp::from_millis(seen.read_at) })
}

/// Which codes might be told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Codes {
    None,
    Public,
    These(Vec<String>),
}

impl From<&ToldCodes> for Codes {
    fn from(codes: &ToldCodes) -> Self {
        match codes {
            ToldCodes::None => Self::None,
            ToldCodes::Public => Self::Public,
            ToldCodes::These(codes) => Self::These(codes.clone()),
        }
    }
}

impl Codes {
    pub(super) fn read(&self) -> ToldCodes {
        match self {
            Self::None => ToldCodes::None,
            Self::Public => ToldCodes::Public,
            Self::These(codes) => ToldCodes::These(codes.clone()),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Offer {
    id: u64,
    title: String,
    terms: Option<Written>,
    withheld: Option<String>,
    updated_at: i64,
}

#[derive(Serialize, Deserialize)]
struct Written {
    code: Option<String>,
    gives: Gives,
    covers: Goods,
    at_least: Option<Least>,
    ends_at: Option<i64>,
    once_each: bool,
    starts_at: i64,
    uses_left: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Gives {
    Percent(u32),
    Amount(Amount),
    AmountEach(Amount),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Goods {
    Everything,
    These { products: Vec<u64>, variants: Vec<u64> },
    Collections(Vec<u64>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Least {
    Subtotal(Amount),
    Pieces(u64),
}

impl Written {
    fn of(terms: &Terms) -> Self {
        Self {
            code: terms.code.clone(),
            gives: match terms.benefit {
                Benefit::Percent(hundredths) => Gives::Percent(hundredths),
                Benefit::Amount(money) => Gives::Amount(money.into()),
                Benefit::AmountEach(money) => Gives::AmountEach(money.into()),
            },
            covers: match &terms.covers {
                Covers::Everything => Goods::Everything,
                Covers::Goods { products, variants } => Goods::These {
                    products: products.iter().map(|id| id.number()).collect(),
                    variants: variants.iter().map(|id| id.number()).collect(),
                },
                Covers::Collections(ids) => Goods::Collections(ids.iter().map(|id| id.number()).collect()),
            },
            at_least: terms.conditions.minimum.map(|minimum| match minimum {
                Minimum::Subtotal(money) => Least::Subtotal(money.into()),
                Minimum::Pieces(pieces) => Least::Pieces(pieces),
            }),
            ends_at: terms.conditions.ends_at.map(Timestamp::millis),
            once_each: terms.conditions.once_each,
            starts_at: terms.starts_at.millis(),
            uses_left: terms.uses_left,
        }
    }

    fn read(self) -> Result<Terms, Unreadable> {
        let minimum = match self.at_least {
            Some(Least::Subtotal(amount)) => Some(Minimum::Subtotal(amount.read()?)),
            Some(Least::Pieces(pieces)) => Some(Minimum::Pieces(pieces)),
            None => None,
        };
        let ends_at = self.ends_at.map(Timestamp::from_millis);
        Ok(Terms {
            code: self.code,
            benefit: match self.gives {
                Gives::Percent(hundredths) => Benefit::Percent(hundredths),
                Gives::Amount(amount) => Benefit::Amount(amount.read()?),
                Gives::AmountEach(amount) => Benefit::AmountEach(amount.read()?),
            },
            covers: match self.covers {
                Goods::Everything => Covers::Everything,
                Goods::These { products, variants } => Covers::Goods {
                    products: products.into_iter().map(ProductId::new).collect(),
                    variants: variants.into_iter().map(VariantId::new).collect(),
                },
                Goods::Collections(ids) => {
                    Covers::Collections(ids.into_iter().map(CollectionId::new).collect())
                }
            },
            conditions: Conditions { minimum, ends_at, once_each: self.once_each },
            starts_at: Timestamp::from_millis(self.starts_at),
            uses_left: self.uses_left,
        })
    }
}

const fn withheld(why: Withheld) -> &'static str {
    match why {
        Withheld::NotForEveryone => "not_for_everyone",
        Withheld::NoSingleCode => "no_single_code",
        Withheld::OtherKind => "other_kind",
        Withheld::Unclear => "unclear",
    }
}

fn read_withheld(word: &str) -> Result<Withheld, Unreadable> {
    let all = [Withheld::NotForEveryone, Withheld::NoSingleCode, Withheld::OtherKind, Withheld::Unclear];
    all.into_iter().find(|why| withheld(*why) == word).ok_or(Unreadable)
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::money::{Currency, Money};

    use super::*;

    fn check(terms: Result<Terms, Withheld>) {
        let discount = Discount {
            id: DiscountId::new(u64::MAX),
            title: "Winter \"sale\"".to_owned(),
            terms,
            updated_at: Timestamp::from_millis(5),
        };
        let row = DiscountRow { discount, version: 3, read_at: Timestamp::from_millis(9) };
        let (seen, kept) = keep(&row).unwrap();
        assert_eq!(read(&seen, &kept.body).ok(), Some(row));
    }

    #[test]
    fn a_discount_reads_back_as_it_was_seen() {
        let money = Money::new(500, Currency::EUR);
        let terms = |benefit, covers, minimum| Terms {
            code: Some("WARM10".to_owned()),
            benefit,
            covers,
            conditions: Conditions { minimum, ends_at: Some(Timestamp::from_millis(7)), once_each: true },
            starts_at: Timestamp::from_millis(1),
            uses_left: Some(21),
        };
        let goods = Covers::Goods { products: vec![ProductId::new(1)], variants: vec![VariantId::new(2)] };
        check(Ok(terms(Benefit::Percent(1_500), Covers::Everything, None)));
        check(Ok(terms(Benefit::Amount(money), goods, Some(Minimum::Subtotal(money)))));
        let collections = Covers::Collections(vec![CollectionId::new(4)]);
        check(Ok(terms(Benefit::AmountEach(money), collections, Some(Minimum::Pieces(2)))));
        check(Err(Withheld::OtherKind));
    }
}
