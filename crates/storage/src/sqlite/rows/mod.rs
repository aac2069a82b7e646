//! What is stored as JSON: our own row types, so that a change of the domain is not a change of the store by accident.

mod catalogue;
mod conversation;
mod discount;
mod message;

pub(super) use catalogue::{ProductJson, status_word};
pub(super) use conversation::{FactsJson, Former, MemoryJson};
pub(super) use discount::DiscountJson;
pub(super) use message::{ClaimJson, ContentJson};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shopclerk_domain::money::{Currency, Money};

use super::sql::corrupt;
use crate::error::StoreError;

/// Why a JSON column could not become a domain value.
const DAMAGED: &str = "its JSON cannot be read";

/// The JSON of a row type.
pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unavailable(Box::new(error)))
}

/// A row type from its JSON; `row` names the row in the error.
pub(super) fn from_json<T: DeserializeOwned>(
    text: &str,
    table: &'static str,
    row: impl std::fmt::Display,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| corrupt(table, row, DAMAGED))
}

/// A list of row types from its JSON, each made a domain value.
pub(super) fn list_from_json<J, T>(
    text: &str,
    table: &'static str,
    row: impl std::fmt::Display,
) -> Result<Vec<T>, StoreError>
where
    J: DeserializeOwned,
    T: TryFrom<J>,
{
    let list: Vec<J> = from_json(text, table, &row)?;
    list.into_iter().map(|item| T::try_from(item).map_err(|_| corrupt(table, &row, DAMAGED))).collect()
}

/// A value of a row is outside what the domain knows.
#[derive(Debug)]
pub(super) struct Damaged;

/// An amount.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MoneyJson {
    minor: i64,
    currency: String,
}

impl From<Money> for MoneyJson {
    fn from(money: Money) -> Self {
        Self { minor: money.minor, currency: money.currency.code().to_owned() }
    }
}

impl TryFrom<MoneyJson> for Money {
    type Error = Damaged;

    fn try_from(json: MoneyJson) -> Result<Self, Damaged> {
        Ok(Self::new(json.minor, Currency::parse(&json.currency).map_err(|_| Damaged)?))
    }
}

/// An amount that may be absent.
fn optional_money(json: Option<MoneyJson>) -> Result<Option<Money>, Damaged> {
    json.map(Money::try_from).transpose()
}
