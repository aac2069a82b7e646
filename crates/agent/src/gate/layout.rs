//! Sentences and clauses: what belongs together when a statement is attributed.

use crate::claims::context::Layout;
use crate::claims::tokens::{Kind, Token};
use crate::gate::anchors::{Chosen, Mention};

/// Lays a text out. `links` are spans of tokens that are links and speak for themselves.
pub(super) fn lay_out(
    tokens: &[Token],
    mentions: &[Mention],
    choices: &[Chosen],
    links: &[(usize, usize)],
) -> Layout {
    let mut layout = Layout::default();
    let (mut clause, mut sentence) = (0, 0);
    for at in 0..tokens.len() {
        let named = mentions.iter().any(|mention| (mention.first..=mention.last).contains(&at));
        let chosen = choices.iter().any(|chosen| (chosen.first..=chosen.last).contains(&at));
        let linked = links.iter().any(|(first, last)| (*first..=*last).contains(&at));
        let inside = named || linked || chosen;
        if at > 0 && !inside && ends_sentence(tokens, at - 1) {
            sentence += 1;
            clause += 1;
        } else if at > 0 && !inside && breaks_clause(tokens, at) && !joins(tokens, mentions, choices, at) {
            clause += 1;
        } else if at > 0
            && inside
            && starts_anchor(mentions, choices, links, at)
            && ends_sentence(tokens, at - 1)
        {
            sentence += 1;
            clause += 1;
        }
        layout.masked.push(named || linked);
        layout.chosen.push(chosen);
        layout.clause.push(clause);
        layout.sentence.push(sentence);
    }
    layout
}

fn starts_anchor(mentions: &[Mention], choices: &[Chosen], links: &[(usize, usize)], at: usize) -> bool {
    mentions.iter().any(|mention| mention.first == at)
        || choices.iter().any(|chosen| chosen.first == at)
        || links.iter().any(|(first, _)| *first == at)
}

/// Whether a sentence ends with this token: a stop that something other than a digit or letter follows.
fn ends_sentence(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let gap = tokens.get(at + 1).is_none_or(|next| next.start > token.end || next.is_mark('\n'));
    match token.kind {
        Kind::Mark('\n' | ';') => true,
        Kind::Mark('.' | '!' | '?' | '¡' | '¿') => gap,
        _ => false,
    }
}

/// Whether a clause begins with this token.
fn breaks_clause(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let gap_before = tokens.get(at.wrapping_sub(1)).is_some_and(|before| before.end < token.start);
    let next = tokens.get(at + 1).map(|next| next.text.as_str()).unwrap_or_default();
    match token.kind {
        // "cuesta 24,90 - en stock", but not "24,-".
        Kind::Mark(',') => gap_before || next != "-",
        Kind::Mark('·' | '|' | '•') => true,
        Kind::Mark('-') => gap_before,
        Kind::Word => JOINING.contains(&token.text.as_str()) && !LIMITS.contains(&next),
        _ => false,
    }
}

/// Whether the break at `at` only joins two names or two choices of one kind ("Small and Large").
fn joins(tokens: &[Token], mentions: &[Mention], choices: &[Chosen], at: usize) -> bool {
    let joined = |before: Option<usize>, after: Option<usize>| {
        let (Some(before), Some(after)) = (before, after) else { return false };
        let between = tokens.get(before + 1..after).unwrap_or_default();
        between.iter().all(|token| match token.kind {
            Kind::Mark(mark) => matches!(mark, ',' | '&' | '/' | '+'),
            Kind::Word => JOINING.contains(&token.text.as_str()) || ARTICLES.contains(&token.text.as_str()),
            _ => false,
        })
    };
    let names = joined(
        mentions.iter().map(|mention| mention.last).filter(|last| *last < at).max(),
        mentions.iter().map(|mention| mention.first).filter(|first| *first > at).min(),
    );
    names
        || joined(
            choices.iter().map(|chosen| chosen.last).filter(|last| *last < at).max(),
            choices.iter().map(|chosen| chosen.first).filter(|first| *first > at).min(),
        )
}

const JOINING: &[&str] = &[
    "and", "or", "but", "while", "whereas", "und", "oder", "aber", "sowie", "et", "ou", "mais", "y", "o",
    "pero", "e", "mas",
];

/// After "and" or "or" these belong to the amount before: `$40 or less`.
const LIMITS: &[&str] = &[
    "less",
    "under",
    "below",
    "more",
    "up",
    "over",
    "weniger",
    "mehr",
    "menos",
    "mas",
    "moins",
    "plus",
    "mais",
    "barato",
    "barata",
    "baratos",
    "baratas",
    "caro",
    "cara",
    "caros",
    "caras",
    "economico",
    "economica",
];

const ARTICLES: &[&str] = &[
    "the", "a", "an", "our", "both", "in", "der", "die", "das", "el", "la", "los", "las", "le", "les", "os",
    "as", "l", "size",
];
