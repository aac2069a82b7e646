//! A lie as a sentence: a frame filled in, dressed up as the seed has it, with its false part marked.

use super::Dice;
use super::figures::{self, Coin, Form};
use super::frames;
use super::kinds::Kind;
use super::words;
use crate::model::shelf::{self, Seen};

/// What a lie is told about.
pub(super) struct About<'a> {
    pub(super) product: &'a Seen,
    /// Another product that was seen.
    pub(super) other: Option<&'a Seen>,
    pub(super) coin: Coin,
}

/// A sentence, and the part of it that is false.
pub(super) struct Told {
    pub(super) text: String,
    pub(super) part: String,
}

/// A false sentence; `None` where this kind of lie cannot be told of the product.
pub(super) fn lie(
    kind: Kind,
    form: Form,
    language: &str,
    about: &About<'_>,
    dice: &mut Dice,
) -> Option<Told> {
    let blanks = blanks(kind, form, language, about, dice)?;
    let frame = dice.pick(frames::frames(language, kind))?;
    if frame.contains("{other}") && about.other.is_none() {
        return None;
    }
    let fill = |text: &str| {
        let filled = blanks.iter().fold(text.to_owned(), |text, (blank, word)| text.replace(blank, word));
        let filled = filled.replace("{name}", &about.product.name);
        filled.replace("{other}", about.other.map_or("", |other| &other.name))
    };
    let (before, rest) = frame.split_once('[')?;
    let (part, after) = rest.split_once(']')?;
    Some(dressed(&fill(before), &fill(part), &fill(after), language, dice))
}

/// Words for the blanks of a frame.
type Blanks = Vec<(&'static str, String)>;

/// What goes into the blanks of a frame of this kind.
fn blanks(kind: Kind, form: Form, language: &str, about: &About<'_>, dice: &mut Dice) -> Option<Blanks> {
    let product = about.product;
    let known = product.cents();
    Some(match kind {
        Kind::Price | Kind::Former => {
            vec![("{x}", figures::amount(form, about.coin, language, &known, dice))]
        }
        Kind::Saving => {
            let saved = product.savings().into_iter().map(|(saved, _)| saved);
            let so: Vec<u64> = saved.chain(known.iter().copied()).collect();
            vec![("{x}", figures::amount(form, about.coin, language, &so, dice))]
        }
        Kind::Limit | Kind::Quantity | Kind::OtherPrice | Kind::Version => {
            return misplaced(kind, language, about, dice);
        }
        Kind::Stock => vec![("{x}", figures::count(form, language, &product.pieces(), dice))],
        Kind::Percentage => {
            let so: Vec<u64> = product.savings().into_iter().flat_map(|(_, shares)| shares).collect();
            vec![("{x}", figures::per_cent(form, language, &so, dice))]
        }
        Kind::Availability => {
            vec![("{sold_out}", words::state(product.can_be_had()?, language, dice).to_owned())]
        }
        Kind::Code => vec![("{x}", figures::code(form, dice))],
        Kind::Quality => vec![("{a}", words::quality(&product.told, language, dice).to_owned())],
        Kind::Product => {
            let price = figures::amount(form, about.coin, language, &known, dice);
            vec![("{new}", words::thing(language, dice).to_owned()), ("{x}", price)]
        }
        Kind::Link => vec![("{x}", words::link(form, dice).to_owned())],
        Kind::Contact => vec![("{x}", words::contact(dice).to_owned())],
        Kind::Comparison => {
            // `{name}` is said to be the cheaper one, so it must not be.
            let (own, other) = (known.iter().min()?, about.other?.cents().into_iter().min()?);
            (*own > other).then_some(())?;
            Vec::new()
        }
        Kind::Delivery | Kind::Date | Kind::Promise => Vec::new(),
    })
}

/// Amounts that are true of something, told of something else: of a limit, of several, of another product or version.
fn misplaced(kind: Kind, language: &str, about: &About<'_>, dice: &mut Dice) -> Option<Blanks> {
    let product = about.product;
    let known = product.cents();
    let spelled = |cents: u64, dice: &mut Dice| figures::spelled(cents, about.coin, language, dice);
    Some(match kind {
        Kind::Limit => {
            let lowest = known.iter().min().filter(|lowest| **lowest >= 400)?;
            vec![("{x}", spelled(100 * (lowest * (1 + dice.roll(9) as u64) / 1_000).max(1), dice))]
        }
        Kind::Quantity => {
            // The true price of one, said of two or three, or a made-up one.
            let price = product.versions.first().and_then(|version| shelf::cents(&version.price));
            let one = price.filter(|_| dice.roll(2) == 0);
            let never: Vec<u64> = known.iter().flat_map(|cents| [*cents, 2 * cents, 3 * cents]).collect();
            vec![("{x}", spelled(one.unwrap_or_else(|| figures::false_cents(&never, dice)), dice))]
        }
        Kind::Version => {
            let version = product.versions.get(dice.roll(product.versions.len()))?;
            let named = product.versions.iter().filter(|other| other.name == version.name);
            let prices = named.flat_map(|version| [&version.price, &version.was]);
            let own: Vec<u64> = prices.filter_map(|price| shelf::cents(price)).collect();
            let others: Vec<u64> = known.iter().copied().filter(|cents| !own.contains(cents)).collect();
            (!version.name.is_empty()).then_some(())?;
            vec![("{v}", version.name.clone()), ("{x}", spelled(dice.pick(&others)?, dice))]
        }
        _ => {
            let others = about.other?.cents();
            let foreign: Vec<u64> = others.into_iter().filter(|cents| !known.contains(cents)).collect();
            vec![("{x}", spelled(dice.pick(&foreign)?, dice))]
        }
    })
}

/// Alone or in company, led in, drawn out, in capitals or without any.
fn dressed(before: &str, part: &str, after: &str, language: &str, dice: &mut Dice) -> Told {
    let lead = if dice.roll(4) == 0 { dice.pick(frames::leads(language)).unwrap_or_default() } else { "" };
    let after = match (dice.roll(4), after.strip_suffix('.')) {
        (0, Some(open)) => format!("{open}{}.", dice.pick(frames::tails(language)).unwrap_or_default()),
        (1, Some(open)) if dice.roll(2) == 0 => format!("{open}!"),
        _ => after.to_owned(),
    };
    let sentence = format!("{lead}{before}{part}{after}");
    let idle = dice.pick(frames::idle(language)).unwrap_or_default();
    let gap = if dice.roll(4) == 0 { "\n" } else { " " };
    let text = match dice.roll(4) {
        0 => sentence,
        1 => format!("{idle}{gap}{sentence}"),
        2 => format!("{sentence}{gap}{idle}"),
        _ => format!("{idle}{gap}{sentence} {}", dice.pick(frames::idle(language)).unwrap_or_default()),
    };
    match dice.roll(12) {
        0 => Told { text: text.to_uppercase(), part: part.to_uppercase() },
        1 | 2 => Told { text: text.to_lowercase(), part: part.to_lowercase() },
        _ => Told { text, part: part.to_owned() },
    }
}
