//! The content of outgoing parts and the claims in it, as they are stored.

use serde::{Deserialize, Serialize};
use shopclerk_domain::claim::{Claim, Fact, RowId};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{DiscountId, ProductId, VariantId};
use shopclerk_domain::message::{Button, Card, Choice, Content};
use shopclerk_domain::money::Money;

use super::discount::{BenefitJson, ConditionsJson};
use super::{Damaged, MoneyJson};

/// The body of one part.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(in crate::sqlite) enum ContentJson {
    Text { text: String, choices: Vec<ChoiceJson> },
    Cards { cards: Vec<CardJson>, choices: Vec<ChoiceJson> },
}

#[derive(Debug, Serialize, Deserialize)]
pub(in crate::sqlite) struct ChoiceJson {
    title: String,
    payload: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(in crate::sqlite) struct CardJson {
    product: u64,
    title: String,
    subtitle: String,
    image: Option<String>,
    url: Option<String>,
    buttons: Vec<ButtonJson>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ButtonJson {
    Link { title: String, url: String },
    Postback { title: String, payload: String },
}

impl From<Content> for ContentJson {
    fn from(content: Content) -> Self {
        match content {
            Content::Text { text, choices } => Self::Text { text, choices: each(choices) },
            Content::Cards { cards, choices } => Self::Cards { cards: each(cards), choices: each(choices) },
        }
    }
}

impl From<ContentJson> for Content {
    fn from(json: ContentJson) -> Self {
        match json {
            ContentJson::Text { text, choices } => Self::Text { text, choices: each(choices) },
            ContentJson::Cards { cards, choices } => {
                Self::Cards { cards: each(cards), choices: each(choices) }
            }
        }
    }
}

fn each<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(B::from).collect()
}

impl From<Choice> for ChoiceJson {
    fn from(Choice { title, payload }: Choice) -> Self {
        Self { title, payload }
    }
}

impl From<ChoiceJson> for Choice {
    fn from(ChoiceJson { title, payload }: ChoiceJson) -> Self {
        Self { title, payload }
    }
}

impl From<Card> for CardJson {
    fn from(card: Card) -> Self {
        let Card { product, title, subtitle, image, url, buttons } = card;
        Self { product: product.number(), title, subtitle, image, url, buttons: each(buttons) }
    }
}

impl From<CardJson> for Card {
    fn from(json: CardJson) -> Self {
        let CardJson { product, title, subtitle, image, url, buttons } = json;
        Self { product: ProductId::new(product), title, subtitle, image, url, buttons: each(buttons) }
    }
}

impl From<Button> for ButtonJson {
    fn from(button: Button) -> Self {
        match button {
            Button::Link { title, url } => Self::Link { title, url },
            Button::Postback { title, payload } => Self::Postback { title, payload },
        }
    }
}

impl From<ButtonJson> for Button {
    fn from(json: ButtonJson) -> Self {
        match json {
            ButtonJson::Link { title, url } => Self::Link { title, url },
            ButtonJson::Postback { title, payload } => Self::Postback { title, payload },
        }
    }
}

/// A claim with the row it rests on: of a product or of a discount.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::sqlite) struct ClaimJson {
    fact: FactJson,
    said: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<u64>,
    variant: Option<u64>,
    version: u64,
    read_at: i64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FactJson {
    Price(MoneyJson),
    PriceFrom(MoneyJson),
    PriceAtMost(MoneyJson),
    PriceAtLeast(MoneyJson),
    ReducedFrom(MoneyJson),
    InStock(u64),
    Available,
    SoldOut,
    Link(String),
    Cart(String),
    Name(String),
    Described(String),
    Saving(MoneyJson),
    SavingPercent(u32),
    Covered(u64),
    Gives(BenefitJson),
    Code(String),
    Asks(ConditionsJson),
}

impl From<Claim> for ClaimJson {
    fn from(claim: Claim) -> Self {
        let fact = match claim.fact {
            Fact::Price(money) => FactJson::Price(money.into()),
            Fact::PriceFrom(money) => FactJson::PriceFrom(money.into()),
            Fact::PriceAtMost(money) => FactJson::PriceAtMost(money.into()),
            Fact::PriceAtLeast(money) => FactJson::PriceAtLeast(money.into()),
            Fact::ReducedFrom(money) => FactJson::ReducedFrom(money.into()),
            Fact::InStock(pieces) => FactJson::InStock(pieces),
            Fact::Available => FactJson::Available,
            Fact::SoldOut => FactJson::SoldOut,
            Fact::Link(url) => FactJson::Link(url),
            Fact::Cart(url) => FactJson::Cart(url),
            Fact::Name(name) => FactJson::Name(name),
            Fact::Described(word) => FactJson::Described(word),
            Fact::Saving(money) => FactJson::Saving(money.into()),
            Fact::SavingPercent(percent) => FactJson::SavingPercent(percent),
            Fact::Covered(discount) => FactJson::Covered(discount.number()),
            Fact::Gives(benefit) => FactJson::Gives(benefit.into()),
            Fact::Code(code) => FactJson::Code(code),
            Fact::Asks(conditions) => FactJson::Asks(conditions.into()),
        };
        let (product, discount) = match claim.row {
            RowId::Product(id) => (Some(id.number()), None),
            RowId::Discount(id) => (None, Some(id.number())),
        };
        Self {
            fact,
            said: claim.said,
            product,
            discount,
            variant: claim.variant.map(VariantId::number),
            version: claim.version,
            read_at: claim.read_at.millis(),
        }
    }
}

impl TryFrom<ClaimJson> for Claim {
    type Error = Damaged;

    fn try_from(json: ClaimJson) -> Result<Self, Damaged> {
        let fact = match json.fact {
            FactJson::Price(money) => Fact::Price(Money::try_from(money)?),
            FactJson::PriceFrom(money) => Fact::PriceFrom(Money::try_from(money)?),
            FactJson::PriceAtMost(money) => Fact::PriceAtMost(Money::try_from(money)?),
            FactJson::PriceAtLeast(money) => Fact::PriceAtLeast(Money::try_from(money)?),
            FactJson::ReducedFrom(money) => Fact::ReducedFrom(Money::try_from(money)?),
            FactJson::InStock(pieces) => Fact::InStock(pieces),
            FactJson::Available => Fact::Available,
            FactJson::SoldOut => Fact::SoldOut,
            FactJson::Link(url) => Fact::Link(url),
            FactJson::Cart(url) => Fact::Cart(url),
            FactJson::Name(name) => Fact::Name(name),
            FactJson::Described(word) => Fact::Described(word),
            FactJson::Saving(money) => Fact::Saving(Money::try_from(money)?),
            FactJson::SavingPercent(percent) => Fact::SavingPercent(percent),
            FactJson::Covered(discount) => Fact::Covered(DiscountId::new(discount)),
            FactJson::Gives(benefit) => Fact::Gives(benefit.try_into()?),
            FactJson::Code(code) => Fact::Code(code),
            FactJson::Asks(conditions) => Fact::Asks(conditions.try_into()?),
        };
        let row = match (json.product, json.discount) {
            (Some(product), None) => RowId::Product(ProductId::new(product)),
            (None, Some(discount)) => RowId::Discount(DiscountId::new(discount)),
            _ => return Err(Damaged),
        };
        Ok(Self {
            fact,
            said: json.said,
            row,
            variant: json.variant.map(VariantId::new),
            version: json.version,
            read_at: Timestamp::from_millis(json.read_at),
        })
    }
}
