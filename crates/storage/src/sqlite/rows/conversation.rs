//! What a conversation remembers, and what a shop says of itself, as they are stored.

use serde::{Deserialize, Serialize};
use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::ids::{ProductId, VariantId};
use shopclerk_domain::language::Language;
use shopclerk_domain::money::Currency;

use super::{Damaged, MoneyJson, optional_money};

/// What the talk is about.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::sqlite) struct MemoryJson {
    words: String,
    at_most: Option<MoneyJson>,
    at_least: Option<MoneyJson>,
    shown: Vec<u64>,
    about: Option<u64>,
    #[serde(default)]
    version: Option<u64>,
    language: String,
}

impl From<Memory> for MemoryJson {
    fn from(memory: Memory) -> Self {
        Self {
            words: memory.words,
            at_most: memory.at_most.map(MoneyJson::from),
            at_least: memory.at_least.map(MoneyJson::from),
            shown: memory.shown.iter().map(|id| id.number()).collect(),
            about: memory.about.map(ProductId::number),
            version: memory.version.map(VariantId::number),
            language: memory.language.code().to_owned(),
        }
    }
}

impl TryFrom<MemoryJson> for Memory {
    type Error = Damaged;

    fn try_from(json: MemoryJson) -> Result<Self, Damaged> {
        let languages = [Language::En, Language::Es, Language::Fr, Language::De, Language::Pt];
        Ok(Self {
            words: json.words,
            at_most: optional_money(json.at_most)?,
            at_least: optional_money(json.at_least)?,
            shown: json.shown.into_iter().map(ProductId::new).collect(),
            about: json.about.map(ProductId::new),
            version: json.version.map(VariantId::new),
            language: languages.into_iter().find(|one| one.code() == json.language).ok_or(Damaged)?,
        })
    }
}

/// What a turn replaced in its conversation: put back when the turn is withdrawn.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::sqlite) struct Former {
    pub(in crate::sqlite) memory: Option<String>,
    pub(in crate::sqlite) paused_until: Option<i64>,
    #[serde(default)]
    pub(in crate::sqlite) opted_out: bool,
}

/// What a shop says of itself.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::sqlite) struct FactsJson {
    name: String,
    currency: String,
    url: String,
    timezone: String,
}

impl From<ShopFacts> for FactsJson {
    fn from(facts: ShopFacts) -> Self {
        let ShopFacts { name, currency, url, timezone } = facts;
        Self { name, currency: currency.code().to_owned(), url, timezone }
    }
}

impl TryFrom<FactsJson> for ShopFacts {
    type Error = Damaged;

    fn try_from(json: FactsJson) -> Result<Self, Damaged> {
        let FactsJson { name, currency, url, timezone } = json;
        Ok(Self { name, currency: Currency::parse(&currency).map_err(|_| Damaged)?, url, timezone })
    }
}
