//! The rules of sending once more, in the plainest form there is, from the documents alone: nothing of the product is used here.
//!
//! It watches what the fakes saw happen, and what the shopper's side knows, and says what should not have been sent.

use std::collections::{BTreeMap, BTreeSet};

/// Milliseconds.
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Every first answer says this.
const DISCLOSURE: &str = "automatic assistant";
/// A stop is confirmed so.
const CONFIRMATION: &str = "won't write any more";

/// What was written or shown to a shopper for the Page.
#[derive(Clone, Debug)]
pub(crate) enum Seen {
    /// A message, with its mark of ours.
    Message { text: Option<String>, mark: Option<String>, label: String },
    /// The sign that somebody is writing.
    Typing,
}

/// What somebody did to whom the product should listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Did {
    /// The shopper asked something.
    Asked,
    /// The shopper wrote something that asks for nothing.
    Chatted,
    /// The shopper wants no more messages.
    Stopped,
    /// The shopper wants a person.
    CalledPerson,
    /// The shopper reacted to a message.
    Reacted,
    /// The product was told that a person wrote, or took the conversation over.
    PersonSpoke,
    /// The product was told that the conversation is its own again.
    HandedBack,
}

/// What one shopper is owed.
#[derive(Debug, Default)]
struct Owed {
    last_contact: Option<i64>,
    last_words: Option<i64>,
    silent_until: i64,
    /// When the shopper asked for a person, until that is said to be heard.
    called_at: Option<i64>,
    stopped: bool,
    confirmed: bool,
    told_at: Option<i64>,
    asked: usize,
    answered: usize,
    marks: BTreeSet<String>,
    /// All of it in order, for who has to find out how something forbidden came about.
    story: Vec<String>,
}

/// All that is known, and what was found.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    owed: BTreeMap<String, Owed>,
    blocked_until: i64,
    /// Whether anything ever kept a send from leaving at once.
    held_up: bool,
    pub(crate) messages: usize,
    pub(crate) illegal: Vec<String>,
}

impl Oracle {
    pub(crate) fn did(&mut self, who: &str, at: i64, did: Did) {
        let owed = self.owed.entry(who.to_owned()).or_default();
        owed.story.push(format!("{at}: {did:?}"));
        if matches!(did, Did::Asked | Did::Chatted | Did::Stopped | Did::CalledPerson) {
            owed.asked += 1;
            owed.last_words = Some(at);
        }
        match did {
            Did::Asked | Did::Chatted | Did::Stopped | Did::CalledPerson | Did::Reacted => {
                owed.last_contact = owed.last_contact.max(Some(at));
            }
            Did::PersonSpoke | Did::HandedBack => {}
        }
        match did {
            Did::Asked => owed.stopped = false,
            Did::CalledPerson => {
                owed.stopped = false;
                // An older call was never heard: it came too late, or into silence.
                owed.called_at = owed.called_at.filter(|called| at - called < DAY).or(Some(at));
            }
            Did::Stopped if !owed.stopped => (owed.stopped, owed.confirmed) = (true, false),
            Did::PersonSpoke => owed.silent_until = owed.silent_until.max(at + 12 * HOUR),
            Did::HandedBack => (owed.silent_until, owed.told_at, owed.called_at) = (0, None, None),
            Did::Stopped | Did::Chatted | Did::Reacted => {}
        }
    }

    /// Something keeps sends from leaving at once from now on.
    pub(crate) fn holds_up(&mut self) {
        self.held_up = true;
    }

    /// The Page may not write until then.
    pub(crate) fn blocked(&mut self, until: i64) {
        self.blocked_until = until;
    }

    pub(crate) fn saw(&mut self, who: &str, at: i64, seen: &Seen) {
        let mut found = Vec::new();
        let owed = self.owed.entry(who.to_owned()).or_default();
        owed.story.push(format!("{at}: {seen:?}"));
        if at < self.blocked_until {
            found.push("while the Page is blocked");
        }
        if owed.last_contact.is_none_or(|contact| at - contact >= DAY) {
            found.push("outside the 24 hours");
        }
        match seen {
            Seen::Typing => {
                if at < owed.silent_until {
                    found.push("typing while a person has the word");
                }
                if owed.stopped && owed.confirmed {
                    found.push("typing to who said stop");
                }
            }
            Seen::Message { text, mark, label } => {
                self.messages += 1;
                judge_message(owed, at, text.as_deref().unwrap_or_default(), label, &mut found);
                let late = owed.last_words.is_none_or(|wrote| at - wrote > HOUR + MINUTE);
                if late && !self.held_up {
                    found.push("an answer to what is older than an hour");
                }
                if text.is_some() {
                    owed.answered += 1;
                    if owed.answered > owed.asked {
                        found.push("more replies than messages");
                    }
                }
                if mark.as_ref().is_none_or(|mark| !owed.marks.insert(mark.clone())) {
                    found.push("the same part twice, or one without its mark");
                }
            }
        }
        let story = owed.story.join("\n    ");
        self.illegal.extend(found.into_iter().map(|what| format!("{who} at {at}: {what}\n    {story}")));
    }
}

fn judge_message(owed: &mut Owed, at: i64, text: &str, label: &str, found: &mut Vec<&'static str>) {
    if label != "RESPONSE" {
        found.push("under a label that is for people");
    }
    if at < owed.silent_until {
        found.push("while a person has the word");
    }
    if text.contains("asked a person") {
        // What is said of a person who was called are the last words.
        let silent_until = owed.called_at.take().map_or(0, |called| called + 12 * HOUR);
        owed.silent_until = owed.silent_until.max(silent_until);
    }
    let confirms = text.contains(CONFIRMATION);
    if owed.stopped && (owed.confirmed || !confirms) {
        found.push("to who said stop");
    }
    owed.confirmed |= confirms;
    if text.contains(DISCLOSURE) {
        owed.told_at = Some(at);
    }
    // An answer may wait for the best part of a day, so a week is taken at its longest.
    if owed.told_at.is_none_or(|told| at - told > 8 * DAY) {
        found.push("without having said that it is automatic");
    }
}

mod tests {
    use super::*;

    fn said(text: &str, mark: &str) -> Seen {
        let label = "RESPONSE".to_owned();
        Seen::Message { text: Some(text.to_owned()), mark: Some(mark.to_owned()), label }
    }

    /// What the oracle says of one more message after these.
    fn check(did: &[(i64, Did)], at: i64, seen: &Seen, expected: &str) {
        let mut oracle = Oracle::default();
        oracle.did("Ana", 0, Did::Asked);
        oracle.saw("Ana", 1, &said("I am the automatic assistant.", "out:0"));
        for (at, did) in did {
            oracle.did("Ana", *at, *did);
        }
        oracle.saw("Ana", at, seen);
        match expected {
            "" => assert_eq!(oracle.illegal, Vec::<String>::new()),
            _ => assert!(
                oracle.illegal.iter().any(|line| line.contains(expected)),
                "{expected}: {:?}",
                oracle.illegal
            ),
        }
    }

    #[test]
    fn the_oracle_finds_what_is_forbidden_and_nothing_else() {
        let asked = [(10, Did::Asked)];
        check(&asked, 20, &said("It is $18.", "out:1"), "");
        check(&asked, 20, &said("It is $18.", "out:0"), "the same part twice");
        check(&[], 20, &said("It is $18.", "out:1"), "more replies");
        check(&asked, 10 + DAY, &said("It is $18.", "out:1"), "24 hours");
        check(&asked, 10 + 2 * HOUR, &said("It is $18.", "out:1"), "older than an hour");
        check(&[(10, Did::Asked), (15, Did::PersonSpoke)], 20, &said("It is $18.", "out:1"), "a person has");
        check(&[(10, Did::Asked), (15, Did::PersonSpoke)], 20, &Seen::Typing, "a person has");
        check(&[(10, Did::Stopped)], 20, &said("I won't write any more.", "out:1"), "");
        check(&[(10, Did::Stopped)], 20, &said("It is $18.", "out:1"), "said stop");
        check(&[(10, Did::Stopped)], 20, &Seen::Typing, "");
        check(&[(10, Did::Stopped), (12, Did::Asked)], 20, &said("It is $18.", "out:1"), "");
        check(&[(10, Did::HandedBack), (12, Did::Asked)], 20, &said("It is $18.", "out:1"), "automatic");
        let tagged =
            Seen::Message { text: None, mark: Some("out:1".to_owned()), label: "MESSAGE_TAG".to_owned() };
        check(&asked, 20, &tagged, "for people");
        let mut blocked = Oracle::default();
        blocked.did("Ana", 0, Did::Asked);
        blocked.blocked(100);
        blocked.saw("Ana", 50, &Seen::Typing);
        assert_eq!(blocked.illegal.len(), 1);
    }
}
