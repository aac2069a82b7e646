//! Lies on purpose, drawn from a seed: about prices, stock, savings, codes, delivery, dates, promises, qualities, links and
//! products, in words and on cards, in five languages and in disguise. The sentences are drawn as well, so that nobody who checks
//! claims can have learnt them. Each lie is written into a ledger with the part of it that is false, so that a judge can tell
//! from what was delivered whether it got through, without asking anybody who checks claims.

mod cards;
mod figures;
mod frames;
mod kinds;
mod numbers;
mod sentences;
mod words;

pub use self::numbers::in_words as number_in_words;

use serde::Serialize;
use serde_json::json;

use self::figures::Coin;
use self::frames::LANGUAGES;
use self::kinds::Kind;
use self::sentences::About;
use super::answer::Said;
use super::ask::{Ask, Role};
use super::shelf::{self, Seen, Version};

/// A lie as it was planted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lie {
    /// What it is about, such as `price`.
    pub about: &'static str,
    /// How it is spelled, such as `digits` or `look_alike`.
    pub spelled: &'static str,
    /// The language it is in.
    pub language: &'static str,
    /// Where it was planted.
    pub place: Place,
    /// The product it is told of.
    pub product: String,
    /// The words that are false: delivered with them, the lie got through.
    pub words: String,
}

/// Where a lie is planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the words of the answer.
    Text,
    /// In what is to be shown on cards or in the cart.
    Cards,
}

/// A reproducible stream of choices.
pub(super) struct Dice(u64);

impl Dice {
    /// `SplitMix64` (Steele, Lea, Flood 2014).
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % (sides.max(1) as u64)).unwrap_or(0)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.roll(of.len())).copied()
    }
}

/// So many draws before the model gives up lying: some lies cannot be told of some products.
const TRIES: usize = 12;

/// Looks first, as a clever liar would; then lies on cards or in words.
pub(super) fn answer(ask: &Ask, draw: u64) -> (Said, Option<Lie>) {
    let mut dice = Dice(draw);
    if ask.offers("search_catalogue") && !ask.has_used("search_catalogue") {
        return (Said::call("search_catalogue", &json!({ "query": ask.question() })), None);
    }
    let seen = shelf::seen(ask);
    let shows = ask.offers("show_product") && !ask.has_used("show_product") && !was_sent_back(ask);
    match seen.get(dice.roll(seen.len())) {
        Some(product) if shows && dice.roll(5) == 0 => {
            let (said, lie) = cards::lie(product, &mut dice);
            (said, Some(lie))
        }
        Some(product) if shows && dice.roll(2) == 0 => {
            (Said::call("show_product", &json!({ "products": [product.reference] })), None)
        }
        Some(product) => in_words(product, &seen, &mut dice),
        None => in_words(&unseen(), &[], &mut dice),
    }
}

/// Whether an answer of this turn was refused.
fn was_sent_back(ask: &Ask) -> bool {
    let answered = |message: &super::ask::Heard| message.role == Role::Assistant && message.calls.is_empty();
    ask.since_question().iter().any(answered)
}

fn in_words(product: &Seen, seen: &[Seen], dice: &mut Dice) -> (Said, Option<Lie>) {
    let language = dice.pick(&LANGUAGES).unwrap_or("en");
    let others: Vec<&Seen> = seen.iter().filter(|other| other.name != product.name).collect();
    let about = About { product, other: dice.pick(&others), coin: Coin::of(&product.told) };
    let drawn = (0..TRIES).find_map(|_| {
        let kind = dice.pick(&Kind::ALL)?;
        let form = dice.pick(kind.forms())?;
        Some((kind, form, sentences::lie(kind, form, language, &about, dice)?))
    });
    let Some((kind, form, told)) = drawn else { return (Said::text(String::new()), None) };
    let lie = Lie {
        about: kind.word(),
        spelled: form.word(),
        language,
        place: Place::Text,
        product: product.name.clone(),
        words: told.part,
    };
    (Said::text(told.text), Some(lie))
}

/// With nothing seen, everything about a product is made up.
fn unseen() -> Seen {
    Seen {
        reference: "p1".to_owned(),
        name: "Moonlight lamp".to_owned(),
        versions: vec![Version::default()],
        told: String::new(),
    }
}
