//! Whether a person is asked for.

use super::lexicon::{Lexicon, Phrases, Voice};
use super::token::{Token, Tokens};

/// How far apart "talk" and "person" may stand.
const NEARBY: usize = 6;

/// A phrase of several words for a person, or talking and a person near each other: "can I talk to someone".
pub(crate) fn is_called(tokens: &mut Tokens, voice: &Voice) -> bool {
    let phrases = voice.words(|lexicon| lexicon.person);
    let phrases: Vec<&str> = phrases.into_iter().filter(|phrase| phrase.contains(' ')).collect();
    if tokens.take(&phrases) {
        return true;
    }
    let verbs = places(tokens, voice, |lexicon| lexicon.person_verbs);
    let nouns = places(tokens, voice, |lexicon| lexicon.person_nouns);
    let near = |verb: usize, noun: usize| {
        let (from, to) = (verb.min(noun), verb.max(noun));
        to - from <= NEARBY && !tokens.list.iter().take(to).skip(from).any(Token::is_break)
    };
    verbs.iter().any(|verb| nouns.iter().any(|noun| near(*verb, *noun)))
}

fn places(tokens: &Tokens, voice: &Voice, of: impl Fn(&Lexicon) -> Phrases) -> Vec<usize> {
    let listed = tokens.list.iter().enumerate();
    listed.filter(|(_, token)| token.is_open() && voice.has(&token.folded, &of)).map(|(at, _)| at).collect()
}
