//! Takes out of a part what may not be said, and leaves the rest standing. It never puts words in.

use shopclerk_domain::claim::Claim;
use shopclerk_domain::message::{Card, Content, Part};

use crate::claims::fold::Folded;
use crate::claims::tokens::{Token, tokens};
use crate::gate::Place;
use crate::gate::layout::lay_out;
use crate::gate::recheck::{Present, again};
use crate::reply::SUBTITLE_DOT;

/// The content without these places; `None` if nothing worth sending is left.
pub(super) fn without(content: &Content, places: &[&Place]) -> Option<Content> {
    match content {
        Content::Text { text, choices } => {
            let choices = keep(choices, |index| !places.contains(&&Place::Choice(index)));
            let text = without_ranges(text, places);
            (!text.is_empty()).then_some(Content::Text { text, choices })
        }
        Content::Cards { cards, choices } => {
            let choices = keep(choices, |index| !places.contains(&&Place::Choice(index)));
            let mut cards: Vec<Card> = cards.clone();
            for (index, card) in cards.iter_mut().enumerate() {
                if places.contains(&&Place::Subtitle(index)) {
                    card.subtitle.clear();
                }
            }
            let cards = keep(&cards, |index| !places.contains(&&Place::Card(index)));
            (!cards.is_empty()).then_some(Content::Cards { cards, choices })
        }
    }
}

/// A part that waited while the catalogue moved on: without the sentences, facts and cards that no longer hold, its other
/// claims renewed; `None` if nothing worth sending is left.
pub fn renew(part: &Part, present: &Present<'_>) -> Option<Part> {
    let renewed: Vec<Result<Claim, &Claim>> =
        part.claims.iter().map(|claim| again(claim, present).map_err(|_| claim)).collect();
    let untrue: Vec<&Claim> = renewed.iter().filter_map(|claim| claim.as_ref().err().copied()).collect();
    let held: Vec<Claim> = renewed.iter().filter_map(|claim| claim.as_ref().ok().cloned()).collect();
    let content = match &part.content {
        Content::Text { text, choices } => {
            let text = without_sentences(text, &untrue);
            (!text.is_empty()).then(|| Content::Text { text, choices: choices.clone() })
        }
        Content::Cards { cards, choices } => {
            let cards: Vec<Card> = cards.iter().filter_map(|card| renewed_card(card, &untrue)).collect();
            (!cards.is_empty()).then(|| Content::Cards { cards, choices: choices.clone() })
        }
    }?;
    let claims = held.into_iter().filter(|claim| is_said(claim, &content)).collect();
    Some(Part { content, claims })
}

/// The card without the facts that no longer hold; gone if its name or its link does not.
fn renewed_card(card: &Card, untrue: &[&Claim]) -> Option<Card> {
    let untrue: Vec<&str> = untrue
        .iter()
        .filter(|claim| claim.product() == Some(card.product))
        .map(|claim| claim.said.as_str())
        .collect();
    let broken = untrue.iter().any(|said| *said == card.title || Some(*said) == card.url.as_deref());
    let facts =
        card.subtitle.split(SUBTITLE_DOT).filter(|fact| !untrue.iter().any(|said| fact.contains(said)));
    let subtitle = facts.collect::<Vec<_>>().join(SUBTITLE_DOT);
    (!broken).then(|| Card { subtitle, ..card.clone() })
}

fn is_said(claim: &Claim, content: &Content) -> bool {
    match content {
        Content::Text { text, .. } => text.contains(&claim.said),
        Content::Cards { cards, .. } => {
            cards.iter().filter(|card| claim.product() == Some(card.product)).any(|card| {
                card.title == claim.said
                    || card.url.as_ref() == Some(&claim.said)
                    || card.subtitle.contains(&claim.said)
            })
        }
    }
}

fn without_sentences(text: &str, untrue: &[&Claim]) -> String {
    let ranges = sentences(text).into_iter().filter(|(from, to)| {
        let sentence = text.get(*from..*to).unwrap_or_default();
        untrue.iter().any(|claim| sentence.contains(&claim.said))
    });
    let places: Vec<Place> = ranges.map(|(from, to)| Place::Text(from, to)).collect();
    without_ranges(text, &places.iter().collect::<Vec<_>>())
}

/// The sentences of a text as byte ranges.
fn sentences(text: &str) -> Vec<(usize, usize)> {
    let folded = Folded::new(text);
    let tokens: Vec<Token> = tokens(&folded);
    let layout = lay_out(&tokens, &[], &[], &[]);
    let mut starts: Vec<usize> = Vec::new();
    let mut current = None;
    for (token, sentence) in tokens.iter().zip(&layout.sentence) {
        if current != Some(*sentence) {
            starts.push(folded.range(token.start, token.end).0);
            current = Some(*sentence);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().copied().zip(ends).collect()
}

fn without_ranges(text: &str, places: &[&Place]) -> String {
    let dropped = |at: usize| {
        places.iter().any(|place| matches!(place, Place::Text(from, to) if (*from..*to).contains(&at)))
    };
    let kept: String = text.char_indices().filter(|(at, _)| !dropped(*at)).map(|(_, seen)| seen).collect();
    kept.trim().to_owned()
}

fn keep<T: Clone>(items: &[T], keeps: impl Fn(usize) -> bool) -> Vec<T> {
    items.iter().enumerate().filter(|(index, _)| keeps(*index)).map(|(_, item)| item.clone()).collect()
}
