//! What the shopper does not want: "no leather", "not from Halden", "anything but red", "nut-free".

use super::lexicon::Voice;
use super::token::{Kind, Token, Tokens};

/// Most exclusions of one message.
const MOST: usize = 8;

/// Words directly before a plain "no" or "not" that make it a statement: `it has no wheels`.
const STATING: [&str; 16] = [
    "has", "have", "had", "is", "are", "was", "were", "does", "do", "did", "got", "hat", "ist", "tiene",
    "tem", "est",
];

/// Finds and claims what is not wanted.
pub(crate) fn take(tokens: &mut Tokens, voice: &Voice) -> Vec<String> {
    let phrases = voice.words(|lexicon| lexicon.without);
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.list.len() && out.len() < MOST {
        if let Some(next) = take_free(tokens, at, &mut out) {
            at = next;
            continue;
        }
        at = match tokens.phrase_at(at, &phrases) {
            Some(1) if is_named(tokens, at, voice) => {
                tokens.keep(at, 1);
                at + 1
            }
            Some(length) if !states(tokens, at, length) => {
                take_things(tokens, at, at + length, voice, &mut out)
            }
            _ => at + 1,
        };
    }
    out
}

fn states(tokens: &Tokens, at: usize, length: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.folded(before));
    length == 1 && before.is_some_and(|word| STATING.contains(&word))
}

/// In the middle of a name that is asked about: `is the promise not kept print in stock`.
fn is_named(tokens: &Tokens, at: usize, voice: &Voice) -> bool {
    let open = |at: Option<usize>| {
        let token = at.and_then(|at| tokens.list.get(at)).filter(|token| token.is_open());
        token.is_some_and(|token| !voice.has(&token.folded, |lexicon| lexicon.filler))
    };
    let before = || tokens.list.iter().take(at).rev().take_while(|token| !token.is_break());
    let asks = |token: &Token| matches!(token.folded.as_str(), "is" | "are" | "does" | "have" | "about");
    let article = before().any(|token| token.folded == "the");
    article && before().any(asks) && open(at.checked_sub(1)) && open(Some(at + 1))
}

/// `nut-free`, `sugar free`.
fn take_free(tokens: &mut Tokens, at: usize, out: &mut Vec<String>) -> Option<usize> {
    let token = tokens.list.get(at).filter(|token| token.is_open())?;
    if let Some(thing) = token.text.strip_suffix("-free").filter(|thing| !thing.is_empty()) {
        out.push(thing.to_owned());
        tokens.claim(at, 1);
        return Some(at + 1);
    }
    let free = tokens.list.get(at + 1).is_some_and(|next| next.is_open() && next.folded == "free");
    if !free
        || token.kind != Kind::Word
        || matches!(token.folded.as_str(), "for" | "is" | "are" | "get" | "any" | "the" | "a")
    {
        return None;
    }
    out.push(token.sought().to_owned());
    tokens.claim(at, 2);
    Some(at + 2)
}

/// The things named from `from` on, up to a break, a little word or the end; gives where to go on.
fn take_things(tokens: &mut Tokens, at: usize, from: usize, voice: &Voice, out: &mut Vec<String>) -> usize {
    let is_filler = |tokens: &Tokens, at: usize| {
        tokens.folded(at).is_some_and(|word| voice.has(word, |lexicon| lexicon.filler))
    };
    let refused = |tokens: &Tokens, at: usize| {
        tokens.folded(at).is_some_and(|word| voice.has(word, |lexicon| lexicon.not_without))
    };
    let mut next = from;
    for _ in 0..2 {
        if refused(tokens, next) {
            return next;
        }
        if is_filler(tokens, next) && tokens.list.get(next).is_some_and(|token| !token.used) {
            next += 1;
        }
    }
    let mut any = false;
    loop {
        let mut things = Vec::new();
        while let Some(token) = tokens.list.get(next) {
            let named = token.is_open()
                && token.kind == Kind::Word
                && !is_filler(tokens, next)
                && !refused(tokens, next);
            if !named || things.len() >= 3 {
                break;
            }
            things.push(token.sought().to_owned());
            next += 1;
        }
        if things.is_empty() {
            break;
        }
        // "the smell of lavender": it is the lavender.
        let of = tokens.folded(next).is_some_and(|word| matches!(word, "of" | "von" | "de" | "d"));
        if let Some(token) =
            tokens.list.get(next + 1).filter(|token| of && token.is_open() && !is_filler(tokens, next + 1))
        {
            things = vec![token.sought().to_owned()];
            next += 2;
        }
        out.push(things.join(" "));
        any = true;
        let or = tokens
            .list
            .get(next)
            .is_some_and(|token| !token.used && voice.has(&token.folded, |lexicon| lexicon.or));
        if !or || out.len() >= MOST || is_filler(tokens, next + 1) {
            break;
        }
        next += 1;
    }
    if any {
        tokens.claim(at, next - at);
    }
    next.max(at + 1)
}
