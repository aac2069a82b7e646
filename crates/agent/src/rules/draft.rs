//! A draft on its way to the gate, and how it is put together: opening, sentences, cards, choices.

use shopclerk_domain::conversation::Memory;
use shopclerk_domain::discount::DiscountRow;
use shopclerk_domain::message::{Choice, Content};
use shopclerk_domain::product::ProductRow;

use crate::card::Detail;
use crate::gate::Said;
use crate::names;
use crate::phrases::Phrase;
use crate::reply;
use crate::rules::{MOST_CARDS, Situation};
use crate::taps::Tap;

/// A reply before it is proved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    /// What is to be said, within the channel's limits.
    pub(crate) contents: Vec<Content>,
    /// The rows it rests on.
    pub(crate) rows: Vec<ProductRow>,
    /// The discounts it may speak of.
    pub(crate) offers: Vec<DiscountRow>,
    /// The rows it shows, in order.
    pub(crate) shown: Vec<ProductRow>,
    /// The shopper's limits that may be repeated.
    pub(crate) said: Said,
    /// What the talk is about from now on.
    pub(crate) memory: Memory,
    /// A person was asked for.
    pub(crate) hand_over: bool,
    /// No more messages are wanted.
    pub(crate) stop: bool,
}

/// The parts of an answer as a rule thinks of them.
#[derive(Default)]
pub(crate) struct Answer {
    /// Sentences, in order; empty ones are left out.
    pub(crate) sentences: Vec<String>,
    /// Rows to show, best first.
    pub(crate) shown: Vec<ProductRow>,
    /// Further rows the sentences speak of.
    pub(crate) spoken_of: Vec<ProductRow>,
    /// Discounts the sentences may speak of.
    pub(crate) offers: Vec<DiscountRow>,
    /// How much the cards say; `None` = as much as possible.
    pub(crate) detail: Option<Detail>,
    /// Quick choices.
    pub(crate) choices: Vec<Choice>,
    /// The shopper's limits that may be repeated.
    pub(crate) said: Said,
    /// What the talk is about from now on.
    pub(crate) memory: Memory,
}

/// The choices a rule may offer.
pub(crate) fn choice(situation: &Situation<'_>, tap: Tap) -> Choice {
    let title = match tap {
        Tap::Details(_) => Phrase::ButtonMore,
        Tap::Like(_) => Phrase::ChoiceLike,
        Tap::Cheaper => Phrase::ChoiceCheaper,
        Tap::More => Phrase::ChoiceMore,
        Tap::Person => Phrase::ChoicePerson,
    };
    Choice { title: situation.say(title), payload: tap.payload() }
}

impl Answer {
    /// Puts the answer together, opened as the talk asks for and within the channel's limits.
    pub(crate) fn draft(mut self, situation: &Situation<'_>) -> Draft {
        self.memory.language = situation.asked.request.language;
        self.shown.truncate(MOST_CARDS);
        let detail = self.detail.unwrap_or(Detail::Full);
        let maker = situation.cards();
        let cards: Vec<_> = self.shown.iter().map(|row| maker.card(row, detail)).collect();
        let mut sentences = vec![opening(situation)];
        sentences.append(&mut self.sentences);
        sentences.retain(|sentence| !sentence.is_empty());
        let text = sentences.join(" ");
        let (below_text, below_cards) =
            if cards.is_empty() { (self.choices, Vec::new()) } else { (Vec::new(), self.choices) };
        let contents =
            vec![Content::Text { text, choices: below_text }, Content::Cards { cards, choices: below_cards }];
        let mut rows = self.shown.clone();
        for row in self.spoken_of {
            if !rows.iter().any(|known| known.product.id == row.product.id) {
                rows.push(row);
            }
        }
        Draft {
            contents: reply::fit(contents, situation.input.capabilities),
            rows,
            offers: self.offers,
            shown: self.shown,
            said: self.said,
            memory: self.memory,
            hand_over: false,
            stop: false,
        }
    }
}

/// The greeting and, where it is due, the word that this is an automatic assistant.
fn opening(situation: &Situation<'_>) -> String {
    let input = situation.input;
    let name = input.first_name.as_deref().and_then(first_name);
    match (situation.discloses(), situation.asked.request.greets, name) {
        (true, _, Some(name)) => situation.fill(Phrase::DisclosureName, &[("name", &name)]),
        (true, _, None) => situation.say(Phrase::Disclosure),
        (false, true, Some(name)) => situation.fill(Phrase::HelloName, &[("name", &name)]),
        (false, true, None) => situation.say(Phrase::Hello),
        (false, false, _) => String::new(),
    }
}

/// The name as the channel told it, if it is one: letters, and nothing that could be a statement or a link.
fn first_name(told: &str) -> Option<String> {
    let name = names::plain(told);
    let letters = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’');
    let fits = (1..=30).contains(&name.chars().count()) && name.chars().all(letters);
    (fits && name.split(' ').count() <= 3).then_some(name)
}

/// The plainest answer: names and links of what was to be shown, no figure.
pub(crate) fn bare(situation: &Situation<'_>, draft: &Draft) -> Vec<Content> {
    if draft.shown.is_empty() {
        return Vec::new();
    }
    let maker = situation.cards();
    let cards = draft.shown.iter().map(|row| maker.card(row, Detail::Bare)).collect();
    vec![
        Content::Text { text: opened(situation, Phrase::Bare), choices: Vec::new() },
        Content::Cards { cards, choices: vec![choice(situation, Tap::Person)] },
    ]
}

/// One sentence without any fact, for when nothing else can be proved.
pub(crate) fn plain(situation: &Situation<'_>) -> Vec<Content> {
    vec![Content::Text {
        text: opened(situation, Phrase::AskAPerson),
        choices: vec![choice(situation, Tap::Person)],
    }]
}

fn opened(situation: &Situation<'_>, phrase: Phrase) -> String {
    let sentences = [opening(situation), situation.say(phrase)];
    sentences.into_iter().filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(told: &str, expected: Option<&str>) {
        assert_eq!(first_name(told).as_deref(), expected, "{told:?}");
    }

    #[test]
    fn only_a_name_is_used_as_a_name() {
        check("Ana", Some("Ana"));
        check("Anne-Marie", Some("Anne-Marie"));
        check("Zoë O'Neill", Some("Zoë O'Neill"));
        check("evil.com", None);
        check("50% off", None);
        check("Ana\u{202E}", Some("Ana"));
        check("you get everything free today", None);
        check("", None);
        check(&"a".repeat(31), None);
    }
}
