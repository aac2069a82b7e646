//! Price limits: "under 40", "between 20 and 50 dollars", "around €30". A number that is no price stays a word.

use shopclerk_domain::money::{Currency, Money};

use super::lexicon::{Voice, is_measure};
use super::token::{Kind, Tokens};
use super::{amount, currency};
use crate::nearness;

/// What the message says about prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// It may cost this much.
    pub(crate) at_most: Option<Money>,
    /// It should cost at least this much.
    pub(crate) at_least: Option<Money>,
    /// An amount without a word such as "under": usually what someone wants to spend.
    pub(crate) bare: Option<Money>,
    /// A limit in a currency that is not the shop's.
    pub(crate) foreign: Option<Money>,
}

/// What an amount is to the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cue {
    Most,
    Least,
    Around,
    Between,
}

/// An amount in the message: tokens `start..end`.
struct Amount {
    start: usize,
    end: usize,
    number: String,
    currency: Option<Currency>,
}

/// Cues that mean a price only beside a currency: "from 2020", "within 3 days", "I have 2 dogs".
const WEAK: [&str; 28] = [
    "from",
    "near",
    "within",
    "inside",
    "i have",
    "ive got",
    "i only have",
    "only have",
    "until",
    "till",
    "til",
    "de",
    "von",
    "a",
    "ab",
    "um",
    "em",
    "uns",
    "unos",
    "unas",
    "vers",
    "sobre",
    "bis",
    "desde",
    "ca",
    "can pay",
    "spend",
    "afford",
];

/// Cues that are said of prices whatever follows; the others may count things: "up to 4 players".
const OF_PRICES: [&str; 14] = [
    "under",
    "less than",
    "below",
    "cheaper than",
    "budget",
    "my budget is",
    "budget is",
    "budget of",
    "unter",
    "weniger als",
    "menos de",
    "moins de",
    "por menos de",
    "a moins de",
];

/// Finds and claims every limit; `shop` is the currency of a number that names none.
pub(crate) fn take(tokens: &mut Tokens, voice: &Voice, shop: Currency) -> Limits {
    let mut limits = Limits::default();
    let mut at = 0;
    while at < tokens.list.len() {
        at = match amount_at(tokens, at, voice, shop) {
            Some(first) => take_amount(tokens, &first, voice, shop, &mut limits).max(at + 1),
            None => at + 1,
        };
    }
    limits
}

/// Reads the amount with what stands around it; gives where to go on.
fn take_amount(
    tokens: &mut Tokens,
    first: &Amount,
    voice: &Voice,
    shop: Currency,
    limits: &mut Limits,
) -> usize {
    let before = cue_before(tokens, first.start, voice);
    let joined = tokens.kind(first.end) == Some(Kind::Joint)
        || tokens.folded(first.end).is_some_and(|word| voice.has(word, |lexicon| lexicon.and));
    let second = if joined { amount_at(tokens, first.end + 1, voice, shop) } else { None };
    let ranged = second.filter(|second| {
        let sensible = before.is_some_and(|(cue, ..)| cue == Cue::Between)
            || first.currency.or(second.currency).is_some()
            || (before.is_some_and(|(.., phrase)| !WEAK.contains(&phrase))
                && tokens.kind(first.end) == Some(Kind::Joint));
        sensible && !counts_things(tokens, second.end, "under", voice)
    });
    if let Some(second) = ranged {
        let named = first.currency.or(second.currency);
        let start = before.map_or(first.start, |(_, start, _)| start);
        let read = |amount: &Amount| amount::read(&amount.number, named.unwrap_or(shop), voice.language);
        if let (Some(one), Some(other)) = (read(first), read(&second)) {
            let (low, high) = if one.minor <= other.minor { (one, other) } else { (other, one) };
            limits.set(Cue::Least, low, shop);
            limits.set(Cue::Most, high, shop);
        }
        tokens.claim(start, second.end - start);
        return second.end;
    }
    let after = cue_after(tokens, first.end, voice);
    let cue = before.map(|(cue, ..)| if cue == Cue::Between { Cue::Least } else { cue });
    let phrase = before.map_or("", |(_, _, phrase)| phrase);
    let is_price = first.currency.is_some()
        || (after.is_some() && !counts_things(tokens, first.end, "under", voice))
        || (cue.is_some() && !WEAK.contains(&phrase) && !counts_things(tokens, first.end, phrase, voice));
    if !is_price {
        if let Some((_, start, _)) = before.filter(|_| counts_measure(tokens, first.end)) {
            tokens.claim(start, first.start - start);
        }
        return first.end;
    }
    let money = amount::read(&first.number, first.currency.unwrap_or(shop), voice.language);
    match (money, cue.or(after.map(|(cue, _)| cue))) {
        (Some(money), Some(cue)) => limits.set(cue, money, shop),
        (Some(money), None) if money.currency == shop => limits.bare = Some(money),
        (Some(money), None) => limits.foreign = Some(money),
        (None, _) => {}
    }
    let start = before.map_or(first.start, |(_, start, _)| start);
    let end = after.map_or(first.end, |(_, end)| end);
    tokens.claim(start, end - start);
    end
}

impl Limits {
    fn set(&mut self, cue: Cue, money: Money, shop: Currency) {
        if money.currency != shop {
            self.foreign = Some(money);
            return;
        }
        let percent = |share: i64| Money::new(money.minor.saturating_mul(share) / 100, money.currency);
        match cue {
            Cue::Most => self.at_most = Some(money),
            Cue::Least => self.at_least = Some(money),
            Cue::Around | Cue::Between => {
                self.at_least = Some(percent(80));
                self.at_most = Some(percent(120));
            }
        }
    }
}

/// The amount that starts at `at`: `$40`, `40 €`, `USD 40`, `forty dollars`, `40`.
fn amount_at(tokens: &Tokens, at: usize, voice: &Voice, shop: Currency) -> Option<Amount> {
    let named = |at: usize| tokens.list.get(at).and_then(|token| currency::named(&token.folded, shop));
    let is_sign = |at: usize| matches!(tokens.kind(at), Some(Kind::Sign | Kind::Word)) && named(at).is_some();
    let leading = if is_sign(at) && tokens.kind(at + 1) == Some(Kind::Number) { named(at) } else { None };
    let from = at + usize::from(leading.is_some());
    let token = tokens.list.get(from).filter(|token| !token.used)?;
    let (number, end) = match token.kind {
        Kind::Number => (token.text.clone(), from + 1),
        Kind::Word => spelled(tokens, from, voice)?,
        _ => return None,
    };
    let trailing = if is_sign(end) { named(end) } else { None };
    Some(Amount {
        start: at,
        end: end + usize::from(trailing.is_some()),
        number,
        currency: trailing.or(leading),
    })
}

/// A number in words from `at` on, with where it ends.
fn spelled(tokens: &Tokens, at: usize, voice: &Voice) -> Option<(String, usize)> {
    let value = |at: usize| tokens.folded(at).and_then(|word| voice.value(word, |lexicon| lexicon.numbers));
    let few = tokens.folded(at).and_then(|word| {
        ["a", "one", "two", "three", "four"]
            .iter()
            .position(|few| *few == word)
            .and_then(|few| u32::try_from(few.max(1)).ok())
    });
    let (mut sum, mut end) = match (few, value(at), value(at + 1)) {
        (Some(few), _, Some(scale)) if scale >= 100 => (few.checked_mul(scale)?, at + 2),
        (_, Some(value), _) => (value, at + 1),
        _ => return None,
    };
    while let Some(next) = value(end) {
        sum = if next >= 100 && sum < next { sum.checked_mul(next)? } else { sum.checked_add(next)? };
        end += 1;
        if end > at + 6 {
            break;
        }
    }
    Some((sum.to_string(), end))
}

/// The cue that ends before `start`, where its phrase starts, and the phrase.
fn cue_before(tokens: &Tokens, start: usize, voice: &Voice) -> Option<(Cue, usize, &'static str)> {
    const SKIPPED: [&str; 12] =
        ["a", "the", "of", "is", "about", "only", "just", "like", "around", "de", "d", ":"];
    for gap in 0..3_usize {
        let end = start.checked_sub(gap)?;
        let skipped = (end..start).all(|at| tokens.folded(at).is_some_and(|word| SKIPPED.contains(&word)));
        if !skipped {
            return None;
        }
        for length in (1..6_usize).rev() {
            let Some(from) = end.checked_sub(length) else { continue };
            let words: Vec<&str> = (from..end)
                .filter_map(|at| tokens.list.get(at))
                .filter(|token| !token.used)
                .map(|token| token.folded.as_str())
                .collect();
            if words.len() == length
                && let Some((cue, phrase)) = cue_of(&words.join(" "), voice)
            {
                // "budget is about 50" is a budget.
                let wider = if cue == Cue::Around { cue_before(tokens, from, voice) } else { None };
                return wider.filter(|(cue, ..)| *cue == Cue::Most).or(Some((cue, from, phrase)));
            }
        }
    }
    None
}

/// The cue a phrase is, allowing one slip in a long single word: `undr`, `maximun`.
fn cue_of(words: &str, voice: &Voice) -> Option<(Cue, &'static str)> {
    let tables = [
        (Cue::Most, voice.words(|lexicon| lexicon.at_most)),
        (Cue::Around, voice.words(|lexicon| lexicon.around)),
        (Cue::Between, voice.words(|lexicon| lexicon.between)),
        (Cue::Least, voice.words(|lexicon| lexicon.at_least)),
    ];
    let exact = tables
        .iter()
        .find_map(|(cue, phrases)| Some((*cue, *phrases.iter().find(|phrase| **phrase == words)?)));
    exact.or_else(|| {
        let near = |phrase: &&&str| {
            let (asked, known): (Vec<char>, Vec<char>) = (words.chars().collect(), phrase.chars().collect());
            !phrase.contains(' ')
                && known.len() >= 5
                && asked.len() >= 4
                && asked.first() == known.first()
                && nearness::distance(&asked, &known, 1).is_some()
        };
        tables.iter().find_map(|(cue, phrases)| Some((*cue, *phrases.iter().find(near)?)))
    })
}

/// The cue right behind `end`, and where it ends.
fn cue_after(tokens: &Tokens, end: usize, voice: &Voice) -> Option<(Cue, usize)> {
    if tokens.folded(end) == Some("+") {
        return Some((Cue::Least, end + 1));
    }
    let most = tokens
        .phrase_at(end, &voice.words(|lexicon| lexicon.at_most_after))
        .map(|length| (Cue::Most, end + length));
    most.or_else(|| {
        tokens
            .phrase_at(end, &voice.words(|lexicon| lexicon.at_least_after))
            .map(|length| (Cue::Least, end + length))
    })
}

fn counts_measure(tokens: &Tokens, end: usize) -> bool {
    tokens.folded(end).is_some_and(is_measure)
}

/// Whether the number before `end` counts or measures things rather than money.
fn counts_things(tokens: &Tokens, end: usize, phrase: &str, voice: &Voice) -> bool {
    let Some(next) = tokens.list.get(end) else { return false };
    if is_measure(&next.folded) {
        return true;
    }
    let thing = next.is_open() && !voice.has(&next.folded, |lexicon| lexicon.filler);
    thing
        && !OF_PRICES.contains(&phrase)
        && tokens.phrase_at(end, &voice.words(|lexicon| lexicon.at_most_after)).is_none()
}
