//! Whether a choice of known goods is asked for: "the shirt in blue", "size M of the shirt".

use super::lexicon::Voice;
use super::token::{Kind, Token, Tokens};

/// Words that ask whether something is there.
const THERE: [&str; 12] =
    ["have", "got", "is", "are", "haben", "habt", "gibt", "hay", "tienen", "tienes", "avez", "tem"];

/// Words before a size.
const SIZE: [&str; 10] =
    ["size", "sizes", "sz", "grosse", "talla", "tallas", "taille", "tailles", "tamanho", "tamanhos"];

/// Whether the message names goods and a choice of them; `placed` = the goods are named by their place in a row.
pub(crate) fn is_asked(tokens: &Tokens, voice: &Voice, placed: bool) -> bool {
    let list = &tokens.list;
    let asks_which = list.first().is_some_and(|first| voice.has(&first.folded, |lexicon| lexicon.which));
    let asks = list.iter().any(|token| THERE.contains(&token.folded.as_str()));
    let named = placed || list.iter().any(|token| names_goods(token, voice));
    let the = list.iter().any(|token| token.folded == "the" && !token.used);
    let end = list.iter().rposition(Token::is_open).filter(|_| the);
    let mut listed = list.iter().enumerate();
    asks && named
        && !asks_which
        && list.len() > 2
        && listed.any(|(at, token)| {
            is_choice(tokens, voice, at, token) || (end == Some(at) && is_inside(tokens, voice, at))
        })
}

/// A colour or size behind "in", or the word for sizes: "a small lamp" chooses nothing.
fn is_choice(tokens: &Tokens, voice: &Voice, at: usize, token: &Token) -> bool {
    let inside = is_inside(tokens, voice, at);
    let says_size = SIZE.contains(&token.folded.as_str());
    let size = says_size || (inside && voice.has(&token.folded, |lexicon| lexicon.sizes));
    token.is_open() && (size || (inside && voice.has(&token.folded, |lexicon| lexicon.colours)))
}

/// Stands behind "in", with at most one word between.
fn is_inside(tokens: &Tokens, voice: &Voice, at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|before| tokens.folded(before));
    (1..=2).any(|back| before(back).is_some_and(|word| voice.has(word, |lexicon| lexicon.inside)))
}

fn names_goods(token: &Token, voice: &Voice) -> bool {
    let word = &token.folded;
    let chosen = voice.has(word, |lexicon| lexicon.colours) || voice.has(word, |lexicon| lexicon.sizes);
    let filler = voice.has(word, |lexicon| lexicon.filler) && !voice.has(word, |lexicon| lexicon.it);
    token.is_open() && token.kind == Kind::Word && !chosen && !filler
}
