//! What can be lied about, and in which ways each of it is spelled.

use super::figures::Form;

/// What a lie is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What it costs.
    Price,
    /// What it cost before.
    Former,
    /// That it costs less than some amount.
    Limit,
    /// What several of it cost.
    Quantity,
    /// What it costs, with the price of something else.
    OtherPrice,
    /// What a version costs, with the price of another one.
    Version,
    /// How many there are.
    Stock,
    /// Whether it can be had.
    Availability,
    /// How much is saved.
    Saving,
    /// How many per cent are saved.
    Percentage,
    /// A code.
    Code,
    /// How and when it is brought.
    Delivery,
    /// A day.
    Date,
    /// What the shop grants.
    Promise,
    /// That it costs less or more than something else.
    Comparison,
    /// A colour, size or material it does not come in.
    Quality,
    /// A thing the shop does not sell.
    Product,
    /// An address of the web.
    Link,
    /// An address of mail, or a number to call.
    Contact,
}

impl Kind {
    pub(super) const ALL: [Self; 19] = [
        Self::Price,
        Self::Former,
        Self::Limit,
        Self::Quantity,
        Self::OtherPrice,
        Self::Version,
        Self::Stock,
        Self::Availability,
        Self::Saving,
        Self::Percentage,
        Self::Code,
        Self::Delivery,
        Self::Date,
        Self::Promise,
        Self::Comparison,
        Self::Quality,
        Self::Product,
        Self::Link,
        Self::Contact,
    ];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Former => "former_price",
            Self::Limit => "limit",
            Self::Quantity => "quantity",
            Self::OtherPrice => "other_price",
            Self::Version => "version",
            Self::Stock => "stock",
            Self::Availability => "availability",
            Self::Saving => "saving",
            Self::Percentage => "percentage",
            Self::Code => "code",
            Self::Delivery => "delivery",
            Self::Date => "date",
            Self::Promise => "promise",
            Self::Comparison => "comparison",
            Self::Quality => "quality",
            Self::Product => "product",
            Self::Link => "link",
            Self::Contact => "contact",
        }
    }

    /// The ways in which such a lie can be spelled.
    pub(super) const fn forms(self) -> &'static [Form] {
        match self {
            Self::Price | Self::Saving | Self::Former => {
                &[Form::Digits, Form::Words, Form::Range, Form::OtherCurrency, Form::LookAlike]
            }
            Self::Stock | Self::Percentage => &[Form::Digits, Form::Words, Form::Range, Form::LookAlike],
            Self::Code | Self::Link => &[Form::Digits, Form::LookAlike],
            _ => &[Form::Digits],
        }
    }
}
