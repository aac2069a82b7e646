//! What the message says of products shown before: "the second one", "like it", "how much is that".

use shopclerk_domain::conversation::Memory;
use shopclerk_domain::ids::ProductId;

use super::lexicon::Voice;
use super::token::Tokens;

/// A product of the talk the message points at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reference {
    /// It points at something.
    pub(crate) points: bool,
    /// At this, if the talk knows it.
    pub(crate) product: Option<ProductId>,
    /// By its place: "the second one".
    pub(crate) by_place: bool,
}

/// Finds and claims "the second one", "number 2", "the last".
pub(crate) fn take_place(tokens: &mut Tokens, voice: &Voice, memory: &Memory) -> Option<Reference> {
    for at in 0..tokens.list.len() {
        let Some((place, from, to)) = place_at(tokens, at, voice) else { continue };
        tokens.claim(from, to - from);
        let product = match place {
            0 => memory.shown.last(),
            place => memory.shown.get(place - 1),
        };
        return Some(Reference { points: true, product: product.copied(), by_place: true });
    }
    None
}

/// The place named at `at`, with where its words start and end. "First aid kit" and "second hand" name none.
fn place_at(tokens: &Tokens, at: usize, voice: &Voice) -> Option<(usize, usize, usize)> {
    let token = tokens.list.get(at).filter(|token| token.is_open())?;
    let led = at.checked_sub(1).is_some_and(|before| {
        tokens
            .list
            .get(before)
            .is_some_and(|token| !token.used && voice.has(&token.folded, |lexicon| lexicon.the))
    });
    let start = at - usize::from(led);
    if let Some(place) = voice.value(&token.folded, |lexicon| lexicon.ordinals) {
        let one = tokens
            .list
            .get(at + 1)
            .is_some_and(|next| !next.used && voice.has(&next.folded, |lexicon| lexicon.one));
        let ends = tokens.list.get(at + 1).is_none_or(|next| {
            next.is_break()
                || next.used
                || matches!(
                    next.folded.as_str(),
                    "but" | "in" | "and" | "cost" | "costs" | "available" | "please"
                )
        });
        let place = usize::try_from(place).ok()?;
        return (one || (led && ends)).then_some((place, start, at + 1 + usize::from(one)));
    }
    let numbered = led
        && at
            .checked_sub(1)
            .and_then(|before| tokens.folded(before))
            .is_some_and(|word| matches!(word, "number" | "no" | "nr" | "option" | "nummer" | "numero"));
    let place = token.text.parse::<usize>().ok().filter(|place| numbered && (1..=10).contains(place))?;
    Some((place, start, at + 1))
}

/// "it", "this one": the one product the talk is about, or the only one shown.
pub(crate) fn pointed(memory: &Memory) -> Reference {
    let only = match memory.shown.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    Reference { points: true, product: memory.about.or(only), by_place: false }
}
