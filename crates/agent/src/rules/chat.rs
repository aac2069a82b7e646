//! Greetings, thanks, doubts, and the two wishes that end the clerk's part: a person, and silence.

use crate::phrases::Phrase;
use crate::rules::Situation;
use crate::rules::draft::{Answer, Draft, choice};
use crate::taps::Tap;

/// Greeting, thanks or goodbye and nothing else.
pub(super) fn chat(situation: &Situation<'_>) -> Draft {
    let request = &situation.asked.request;
    let sentences = match (request.thanks, request.greets) {
        (true, _) => vec![situation.say(Phrase::Welcome), situation.say(Phrase::StillHere)],
        (false, true) => vec![situation.say(Phrase::AskWish)],
        (false, false) => vec![situation.say(Phrase::StillHere)],
    };
    say(situation, sentences, Vec::new())
}

/// Cannot be understood at all.
pub(super) fn unclear(situation: &Situation<'_>) -> Draft {
    say(situation, vec![situation.say(Phrase::Unclear)], vec![Tap::Person])
}

/// Nothing but pictures, stickers or files.
pub(super) fn no_pictures(situation: &Situation<'_>) -> Draft {
    say(situation, vec![situation.say(Phrase::NoPictures)], vec![Tap::Person])
}

/// "Are you a bot?"
pub(super) fn automatic(situation: &Situation<'_>) -> Draft {
    // Where the disclosure opens the reply, it is the answer.
    let answer = if situation.discloses() { String::new() } else { situation.say(Phrase::Automatic) };
    say(situation, vec![answer, situation.say(Phrase::PersonInstead)], vec![Tap::Person])
}

/// A person is asked for.
pub(crate) fn person(situation: &Situation<'_>) -> Draft {
    Draft { hand_over: true, ..say(situation, vec![situation.say(Phrase::PersonCalled)], Vec::new()) }
}

/// No more messages are wanted; this one says so and is the last.
pub(super) fn stop(situation: &Situation<'_>) -> Draft {
    Draft { stop: true, ..say(situation, vec![situation.say(Phrase::Stopped)], Vec::new()) }
}

fn say(situation: &Situation<'_>, sentences: Vec<String>, taps: Vec<Tap>) -> Draft {
    let choices = taps.into_iter().map(|tap| choice(situation, tap)).collect();
    let memory = situation.input.memory.clone();
    Answer { sentences, choices, memory, ..Answer::default() }.draft(situation)
}
