//! Deliveries: out of one signed body, every event it holds. Meta's own captures disagree about almost every field, so reading
//! is lenient; what still cannot be read is kept for a person and never holds up its neighbours.

use serde_json::value::RawValue;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::event::ConversationEvent;

use self::event::{Heard, read_event};
use crate::lenient::{Fields, as_text, elements, fields, instant_in, text, too_deep};

mod again;
mod event;
mod incoming;

pub use again::read_again;
pub use incoming::read_incoming;

/// Most events, and most entries, of one delivery; Meta promises to send no more.
const MOST: usize = 1_000;

/// What a delivery held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// The events of conversations, in the order in which they stand.
    pub events: Vec<ConversationEvent>,
    /// How many things we have no use for: other objects, other fields, nobody's events.
    pub unknown: usize,
    /// What cannot be read.
    pub broken: Vec<Broken>,
}

/// A piece of a delivery that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What is wrong with it.
    pub why: &'static str,
    /// The piece as it was received.
    pub bytes: Vec<u8>,
}

/// One entry's own facts, and whether its events are ours to answer.
#[derive(Clone, Copy)]
struct Entry<'a> {
    account: Option<&'a str>,
    time: Option<Timestamp>,
    lane: Lane,
}

/// Whether we hold the word in a conversation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lane {
    Ours,
    /// Another app holds it: recorded, never answered.
    Standby,
}

/// Reads a delivery whose signature was found good.
pub fn read_delivery(body: &[u8]) -> Delivered {
    let mut reader = Reader::default();
    let parsed = std::str::from_utf8(body).ok().and_then(envelopes);
    match parsed {
        None => reader.broken("not a JSON object", body),
        Some(envelopes) => envelopes.iter().for_each(|envelope| reader.envelope(envelope)),
    }
    if reader.overflowed {
        reader.broken("more entries or events than one delivery may hold", body);
    }
    reader.found
}

/// One envelope as a rule; a list of them in some of Meta's documents.
fn envelopes(body: &str) -> Option<Vec<&str>> {
    let body = body.trim();
    if body.starts_with('{') {
        return fields(body).map(|_| vec![body]);
    }
    elements(body).map(|list| list.into_iter().map(RawValue::get).collect())
}

#[derive(Default)]
struct Reader {
    found: Delivered,
    taken: usize,
    overflowed: bool,
}

impl Reader {
    fn broken(&mut self, why: &'static str, bytes: impl AsRef<[u8]>) {
        self.found.broken.push(Broken { why, bytes: bytes.as_ref().to_vec() });
    }

    /// Whether one more entry or event may be looked at.
    fn takes_one(&mut self) -> bool {
        self.overflowed |= self.taken >= 2 * MOST || self.found.events.len() >= MOST;
        self.taken += 1;
        !self.overflowed
    }

    fn envelope(&mut self, raw: &str) {
        let Some(envelope) = fields(raw) else { return self.broken("not an object", raw) };
        let entries = envelope.get("entry").and_then(|entry| elements(entry.get()));
        if text(&envelope, "object").as_deref() != Some("page") {
            self.found.unknown += entries.map_or(1, |entries| entries.len().max(1));
            return;
        }
        match entries {
            Some(entries) => entries.into_iter().for_each(|entry| self.entry(entry.get())),
            None if envelope.contains_key("entry") => self.broken("entry is not a list", raw),
            None => self.found.unknown += 1,
        }
    }

    fn entry(&mut self, raw: &str) {
        if !self.takes_one() {
            return;
        }
        let Some(entry) = fields(raw) else { return self.broken("an entry is not an object", raw) };
        let account = text(&entry, "id");
        let about = |lane| Entry { account: account.as_deref(), time: instant_in(&entry, "time"), lane };
        let mut empty = true;
        for (name, lane) in [("messaging", Lane::Ours), ("standby", Lane::Standby)] {
            let Some(list) = entry.get(name) else { continue };
            empty = false;
            match elements(list.get()) {
                Some(list) => list.into_iter().for_each(|event| self.event(event.get(), about(lane))),
                None => self.broken("the events are not a list", raw),
            }
        }
        if let Some(changes) = entry.get("changes").and_then(|list| elements(list.get())) {
            empty = false;
            for change in changes {
                self.change(change.get(), about(Lane::Ours));
            }
        } else if entry.contains_key("field") {
            empty = false;
            self.change(raw, about(Lane::Ours));
        }
        if empty {
            self.found.unknown += 1;
        }
    }

    /// Changes of the Page itself are of no use to us; but the dashboard's test button wraps messages in one.
    fn change(&mut self, raw: &str, entry: Entry<'_>) {
        let value = fields(raw).and_then(|change| change.get("value").copied());
        let talks = |value: &&RawValue| fields(value.get()).is_some_and(|value| value.contains_key("sender"));
        match value.filter(talks) {
            Some(value) => self.event(value.get(), entry),
            None => self.found.unknown += 1,
        }
    }

    fn event(&mut self, raw: &str, entry: Entry<'_>) {
        if !self.takes_one() {
            return;
        }
        if too_deep(raw.as_bytes()) {
            return self.broken("nested too deeply", raw);
        }
        match read_event(raw, entry) {
            Ok(Heard::Event(event)) => self.found.events.push(*event),
            Ok(Heard::Unknown) => self.found.unknown += 1,
            Err(why) => self.broken(why, raw),
        }
    }
}

/// The id in the object `name`, such as `sender`.
fn person(event: &Fields<'_>, name: &str) -> Option<String> {
    let person = event.get(name).and_then(|raw| fields(raw.get()))?;
    person.get("id").copied().and_then(as_text).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests;
