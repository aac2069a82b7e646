//! The words worth searching for: those of the clause that asks, without little words, stories and politeness.

use super::lexicon::Voice;
use super::token::{Kind, Token, Tokens};
use crate::synonyms;

/// Most words searched for.
const MOST: usize = 24;

/// What one clause is to the question.
struct Clause {
    /// Its searched words, as token numbers.
    content: Vec<usize>,
    /// Of these, what a story says somebody likes.
    liked: Vec<usize>,
    rank: Rank,
}

/// How surely a clause names the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Tells a story: "our teapot cracked".
    Story,
    /// Just names things.
    Plain,
    /// Asks for them.
    Asks,
}

/// What is asked for in words.
pub(crate) struct Sought {
    /// The words, separated by spaces.
    pub(crate) words: String,
    /// The message asks for goods, whether it names them or not.
    pub(crate) asks: bool,
}

/// The words of `tokens` that are left to search for; `anchors` are tokens of questions understood before.
pub(crate) fn sought(tokens: &Tokens, anchors: &[usize], voice: &Voice) -> Sought {
    let mut clauses = Vec::new();
    let mut start = 0;
    for end in 0..=tokens.list.len() {
        if tokens.list.get(end).is_none_or(Token::is_break) {
            clauses.push(clause(tokens, start, end, anchors, voice));
            start = end + 1;
        }
    }
    let asks = clauses.iter().any(|clause| clause.rank == Rank::Asks);
    let telling = clauses.iter().filter(|clause| !clause.content.is_empty()).map(|clause| clause.rank).max();
    let lowest = if telling > Some(Rank::Story) { Rank::Plain } else { Rank::Story };
    let kept = clauses.iter().filter(|clause| clause.rank >= lowest).flat_map(|clause| &clause.content);
    let mut words: Vec<&str> =
        kept.filter_map(|at| tokens.list.get(*at)).map(Token::sought).take(MOST).collect();
    if lowest == Rank::Plain && words.iter().all(|word| synonyms::is_soft(word)) {
        // "A gift for my wife, she loves tea": only the story tells what.
        let liked =
            clauses.iter().filter(|clause| clause.rank == Rank::Story).flat_map(|clause| &clause.liked);
        words.extend(liked.filter_map(|at| tokens.list.get(*at)).map(Token::sought).take(MOST));
    }
    Sought { words: words.join(" "), asks }
}

fn clause(tokens: &Tokens, start: usize, end: usize, anchors: &[usize], voice: &Voice) -> Clause {
    let (asks, needs, purposes) = (
        voice.words(|lexicon| lexicon.asks),
        voice.words(|lexicon| lexicon.needs),
        voice.words(|lexicon| lexicon.purposes),
    );
    let mut asked = None;
    let mut at = start;
    while at < end && asked.is_none() {
        let ask = tokens.phrase_at(at, &asks).max(tokens.phrase_at(at, &needs));
        let purpose = tokens.phrase_at(at, &purposes);
        match (ask, purpose) {
            (Some(ask), purpose) if purpose.is_none_or(|purpose| ask >= purpose) => {
                asked = Some((at, at + ask));
            }
            (_, Some(purpose)) => at += purpose,
            _ => at += 1,
        }
    }
    let anchored = anchors.iter().any(|anchor| (start..end).contains(anchor));
    let first = (start..end).find(|at| tokens.kind(*at) == Some(Kind::Word)).and_then(|at| tokens.folded(at));
    let story = first.is_some_and(|word| voice.has(word, |lexicon| lexicon.stories))
        || tokens.phrase_at(start, &purposes).is_some();
    let rank = match (asked.is_some() || anchored, story) {
        (true, _) => Rank::Asks,
        (false, true) => Rank::Story,
        (false, false) => Rank::Plain,
    };
    let content = |from: usize, to: usize| -> Vec<usize> {
        let open = (from..to).filter(|at| is_content(tokens, *at, voice)).collect();
        without_quantity(tokens, open)
    };
    let content = match asked {
        Some((ask, after)) => {
            let names_first = first.is_some_and(|word| voice.has(word, |lexicon| lexicon.which));
            let behind = content(after, end);
            if behind.is_empty() || names_first || !story {
                [content(start, ask), behind].concat()
            } else {
                behind
            }
        }
        None => content(start, end),
    };
    let phrases = voice.words(|lexicon| lexicon.likes);
    let after = (start..end).find_map(|at| Some(at + tokens.phrase_at(at, &phrases)?));
    let liked =
        after.map_or_else(Vec::new, |after| content.iter().copied().filter(|at| *at >= after).collect());
    Clause { content, liked, rank }
}

/// Open and worth searching for. A size's letter counts: `size s`.
fn is_content(tokens: &Tokens, at: usize, voice: &Voice) -> bool {
    let Some(token) = tokens.list.get(at).filter(|token| token.is_open()) else { return false };
    let before = at.checked_sub(1).and_then(|before| tokens.folded(before)).unwrap_or("");
    let size = voice.has(before, |lexicon| lexicon.sizes) && before.len() > 3;
    let counts = token.kind == Kind::Number
        && tokens.folded(at + 1) == Some("of")
        && tokens.folded(at + 2).is_some_and(|word| voice.has(word, |lexicon| lexicon.it));
    if counts {
        return false;
    }
    size || token.name || !voice.has(&token.folded, |lexicon| lexicon.filler)
}

/// A leading count says how many, not what: `2 mugs`.
fn without_quantity(tokens: &Tokens, content: Vec<usize>) -> Vec<usize> {
    let token = |place: usize| content.get(place).and_then(|at| tokens.list.get(*at));
    let counted = token(0).is_some_and(|first| {
        first.kind == Kind::Number && first.text.parse().is_ok_and(|count: u32| count <= 20)
    }) && token(1).is_some_and(|next| {
        let plural = next.kind == Kind::Word
            && next.folded.len() > 3
            && next.folded.ends_with('s')
            && !next.folded.ends_with("ss");
        plural && !super::lexicon::is_measure(&next.folded)
    }) && content.get(1).zip(content.first()).is_some_and(|(next, first)| *next == first + 1);
    if counted { content.into_iter().skip(1).collect() } else { content }
}
