//! What a turn was given, in a record's words: read back, it is the same turn again.
//!
//! The words are a promise to later versions of ourselves: a field may be added with a default, none may change its meaning.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shopclerk_agent::turn::{Freshness, TurnInput};
use shopclerk_domain::channel::Capabilities;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::ids::{ProductId, VariantId};
use shopclerk_domain::language::Language;
use shopclerk_domain::message::Incoming;
use shopclerk_domain::money::{Currency, Money};

use super::offers::Codes;

/// An amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Amount {
    minor: i64,
    currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { minor: money.minor, currency: money.currency.code().to_owned() }
    }
}

impl Amount {
    pub(super) fn read(&self) -> Result<Money, Unreadable> {
        Ok(Money::new(self.minor, read_currency(&self.currency)?))
    }
}

/// A word of a record that this version does not know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unreadable;

/// One bubble of the shopper's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Heard {
    /// The words.
    pub text: String,
    /// What a tapped choice carried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// How many pictures and files came with it.
    pub attachments: usize,
    /// When it was written, in milliseconds.
    pub at: i64,
}

impl From<&Incoming> for Heard {
    fn from(said: &Incoming) -> Self {
        let Incoming { text, payload, attachments, at } = said.clone();
        Self { text, payload, attachments, at: at.millis() }
    }
}

impl Heard {
    fn read(&self) -> Incoming {
        let Self { text, payload, attachments, at } = self.clone();
        Incoming { text, payload, attachments, at: Timestamp::from_millis(at) }
    }
}

/// What the talk was about before.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Remembered {
    words: String,
    at_most: Option<Amount>,
    at_least: Option<Amount>,
    shown: Vec<u64>,
    about: Option<u64>,
    version: Option<u64>,
    language: String,
}

/// The shop as it was spoken for.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Spoken {
    name: String,
    currency: String,
    url: String,
    timezone: String,
}

/// What the channel could carry.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Carries {
    text_chars: usize,
    cards: usize,
    card_title_chars: usize,
    card_subtitle_chars: usize,
    card_buttons: usize,
    choices: usize,
    choice_title_chars: usize,
}

/// All a turn was given, its models and goods apart.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts of which each may hold beside any other")]
pub(super) struct Given {
    pub(super) heard: Vec<Heard>,
    first_name: Option<String>,
    shop: Spoken,
    carries: Carries,
    remembered: Remembered,
    history_is_empty: bool,
    disclose: bool,
    opted_out: bool,
    #[serde(default)]
    too_often: bool,
    told_codes: Codes,
    /// How old a price and a stock figure might be, in milliseconds.
    price_age: u64,
    stock_age: u64,
    /// The time of the turn.
    pub(super) at: i64,
}

impl Given {
    pub(super) fn of(input: &TurnInput) -> Self {
        let Capabilities { text_chars, cards, card_title_chars, card_subtitle_chars, .. } =
            input.capabilities;
        let Capabilities { card_buttons, choices, choice_title_chars, .. } = input.capabilities;
        Self {
            heard: input.messages.iter().map(Heard::from).collect(),
            first_name: input.first_name.clone(),
            shop: Spoken {
                name: input.shop.name.clone(),
                currency: input.shop.currency.code().to_owned(),
                url: input.shop.url.clone(),
                timezone: input.shop.timezone.clone(),
            },
            carries: Carries {
                text_chars,
                cards,
                card_title_chars,
                card_subtitle_chars,
                card_buttons,
                choices,
                choice_title_chars,
            },
            remembered: Remembered::of(&input.memory),
            history_is_empty: input.history_is_empty,
            disclose: input.disclose,
            opted_out: input.opted_out,
            too_often: input.too_often,
            told_codes: Codes::from(&input.told_codes),
            price_age: millis(input.freshness.price),
            stock_age: millis(input.freshness.stock),
            at: input.now.millis(),
        }
    }

    /// The turn's input again.
    pub(super) fn read(&self) -> Result<TurnInput, Unreadable> {
        let carries = &self.carries;
        Ok(TurnInput {
            shop: ShopFacts {
                name: self.shop.name.clone(),
                currency: read_currency(&self.shop.currency)?,
                url: self.shop.url.clone(),
                timezone: self.shop.timezone.clone(),
            },
            capabilities: Capabilities {
                text_chars: carries.text_chars,
                cards: carries.cards,
                card_title_chars: carries.card_title_chars,
                card_subtitle_chars: carries.card_subtitle_chars,
                card_buttons: carries.card_buttons,
                choices: carries.choices,
                choice_title_chars: carries.choice_title_chars,
            },
            first_name: self.first_name.clone(),
            messages: self.heard.iter().map(Heard::read).collect(),
            memory: self.remembered.read()?,
            history_is_empty: self.history_is_empty,
            disclose: self.disclose,
            opted_out: self.opted_out,
            too_often: self.too_often,
            told_codes: self.told_codes.read(),
            freshness: Freshness {
                price: Duration::from_millis(self.price_age),
                stock: Duration::from_millis(self.stock_age),
            },
            now: Timestamp::from_millis(self.at),
        })
    }
}

impl Remembered {
    fn of(memory: &Memory) -> Self {
        Self {
            words: memory.words.clone(),
            at_most: memory.at_most.map(Amount::from),
            at_least: memory.at_least.map(Amount::from),
            shown: memory.shown.iter().map(|id| id.number()).collect(),
            about: memory.about.map(ProductId::number),
            version: memory.version.map(VariantId::number),
            language: memory.language.code().to_owned(),
        }
    }

    fn read(&self) -> Result<Memory, Unreadable> {
        let all = [Language::En, Language::Es, Language::Fr, Language::De, Language::Pt];
        let language = all.into_iter().find(|language| language.code() == self.language);
        Ok(Memory {
            words: self.words.clone(),
            at_most: self.at_most.as_ref().map(Amount::read).transpose()?,
            at_least: self.at_least.as_ref().map(Amount::read).transpose()?,
            shown: self.shown.iter().copied().map(ProductId::new).collect(),
            about: self.about.map(ProductId::new),
            version: self.version.map(VariantId::new),
            language: language.ok_or(Unreadable)?,
        })
    }
}

fn read_currency(code: &str) -> Result<Currency, Unreadable> {
    Currency::parse(code).map_err(|_| Unreadable)
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::channel::ChannelKind;
    use shopclerk_domain::discount::ToldCodes;

    use super::*;

    #[test]
    fn what_a_turn_was_given_reads_back_whole() {
        let money = Money::new(4_000, Currency::EUR);
        let bubble = Incoming {
            text: "the \"large\" one\n?".to_owned(),
            payload: Some("like 7".to_owned()),
            attachments: 2,
            at: Timestamp::from_millis(5),
        };
        let input = TurnInput {
            shop: ShopFacts {
                name: "Nordlys".to_owned(),
                currency: Currency::EUR,
                url: "https://nordlys.example".to_owned(),
                timezone: "Europe/Oslo".to_owned(),
            },
            capabilities: ChannelKind::Messenger.capabilities(),
            first_name: Some("Ana".to_owned()),
            messages: vec![bubble],
            memory: Memory {
                words: "candle".to_owned(),
                at_most: Some(money),
                at_least: None,
                shown: vec![ProductId::new(7), ProductId::new(u64::MAX)],
                about: Some(ProductId::new(7)),
                version: Some(VariantId::new(71)),
                language: Language::De,
            },
            history_is_empty: true,
            disclose: true,
            opted_out: true,
            too_often: true,
            told_codes: ToldCodes::These(vec!["WARM10".to_owned()]),
            freshness: Freshness { price: Duration::from_mins(3), stock: Duration::from_millis(1) },
            now: Timestamp::from_millis(1_795_250_000_000),
        };

        let text = serde_json::to_string(&Given::of(&input)).unwrap();
        let read = serde_json::from_str::<Given>(&text).unwrap().read().unwrap();

        assert_eq!(format!("{read:?}"), format!("{input:?}"));
        assert!(serde_json::from_str::<Given>(&text.replace("\"de\"", "\"xx\"")).unwrap().read().is_err());
    }
}
