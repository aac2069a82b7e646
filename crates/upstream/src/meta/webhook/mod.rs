//! Deliveries: out of one signed body, every event it holds. Meta's own captures disagree about almost every field, so reading
//! is lenient; what still cannot be read is kept for a person and never holds up its neighbours.

use serde_json::value::RawValue;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::event::{AccountEvent, ConversationEvent};

use self::account::{read_change, read_notice, read_permission};
use self::event::read_event;
use self::usual::UsualEntry;
use super::Meta;
use crate::lenient::{Fields, as_text, elements, fields, instant_in, instant_of, text, too_deep};

mod account;
mod again;
mod event;
mod incoming;
mod kinds;
mod usual;

pub use incoming::read_incoming;

/// Most events, and most entries, of one delivery; Meta promises to send no more.
const MOST: usize = 1_000;

/// What a delivery held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// The events of conversations, in the order in which they stand.
    pub events: Vec<ConversationEvent>,
    /// What is said of accounts themselves.
    pub accounts: Vec<AccountEvent>,
    /// How many things we have no use for: other objects, empty ones, nobody's events.
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

impl Meta {
    /// Reads a delivery whose signature was found good.
    pub fn read_delivery(&self, body: &[u8]) -> Delivered {
        read_delivery(body, &self.settings.app_id)
    }
}

/// `app` is our own app's id: who holds a thread is told by such ids.
fn read_delivery(body: &[u8], app: &str) -> Delivered {
    let text = std::str::from_utf8(body).ok();
    match text.and_then(usual::entries) {
        Some(entries) => read(body, app, |reader| entries.for_each(|entry| reader.usual_entry(&entry))),
        None => read_leniently(body, text, app),
    }
}

fn read_leniently(body: &[u8], text: Option<&str>, app: &str) -> Delivered {
    read(body, app, |reader| match text.and_then(envelopes) {
        None => reader.broken("not a JSON object", body),
        Some(envelopes) => envelopes.into_iter().for_each(|(raw, envelope)| reader.envelope(raw, envelope)),
    })
}

fn read(body: &[u8], app: &str, look: impl FnOnce(&mut Reader<'_>)) -> Delivered {
    let mut reader = Reader { app, found: Delivered::default(), taken: 0, overflowed: false };
    look(&mut reader);
    if reader.overflowed {
        reader.broken("more entries or events than one delivery may hold", body);
    }
    reader.found
}

/// One envelope as a rule, as it is and read; a list of them in some of Meta's documents.
fn envelopes(body: &str) -> Option<Vec<(&str, Option<Fields<'_>>)>> {
    let body = body.trim();
    if body.starts_with('{') {
        return fields(body).map(|read| vec![(body, Some(read))]);
    }
    elements(body).map(|list| list.into_iter().map(|raw| (raw.get(), fields(raw.get()))).collect())
}

struct Reader<'a> {
    app: &'a str,
    found: Delivered,
    taken: usize,
    overflowed: bool,
}

impl Reader<'_> {
    fn broken(&mut self, why: &'static str, bytes: impl AsRef<[u8]>) {
        self.found.broken.push(Broken { why, bytes: bytes.as_ref().to_vec() });
    }

    /// Whether one more entry or event may be looked at.
    fn takes_one(&mut self) -> bool {
        let events = self.found.events.len() + self.found.accounts.len();
        self.overflowed |= self.taken >= 2 * MOST || events >= MOST;
        self.taken += 1;
        !self.overflowed
    }

    fn envelope(&mut self, raw: &str, read: Option<Fields<'_>>) {
        let Some(envelope) = read else { return self.broken("not an object", raw) };
        let entries = envelope.get("entry").and_then(|entry| elements(entry.get()));
        let of_page = match text(&envelope, "object").as_deref() {
            Some("page") => true,
            Some("permissions") => false,
            _ => {
                self.found.unknown += entries.map_or(1, |entries| entries.len().max(1));
                return;
            }
        };
        match entries {
            Some(entries) if of_page => {
                for entry in entries {
                    self.entry(entry.get());
                }
            }
            Some(entries) => {
                self.found.unknown += usize::from(entries.is_empty());
                for entry in entries {
                    self.permissions(entry.get());
                }
            }
            None if envelope.contains_key("entry") => self.broken("entry is not a list", raw),
            None => self.found.unknown += 1,
        }
    }

    fn usual_entry(&mut self, entry: &UsualEntry<'_>) {
        if !self.takes_one() {
            return;
        }
        let about = Entry { account: Some(entry.id), time: instant_of(entry.time), lane: Lane::Ours };
        for event in &entry.messaging {
            self.event(event.get(), about);
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

    /// A change of the Page itself; but the dashboard's test button wraps messages in one.
    fn change(&mut self, raw: &str, entry: Entry<'_>) {
        if too_deep(raw.as_bytes()) {
            return self.broken("nested too deeply", raw);
        }
        let Some(change) = fields(raw) else { return self.found.unknown += 1 };
        let talks = |value: &&RawValue| fields(value.get()).is_some_and(|value| value.contains_key("sender"));
        if let Some(value) = change.get("value").filter(talks) {
            return self.event(value.get(), entry);
        }
        if self.takes_one() {
            self.note(read_change(&change, entry));
        }
    }

    /// What people permit: each change may name several accounts.
    fn permissions(&mut self, raw: &str) {
        if !self.takes_one() {
            return;
        }
        if too_deep(raw.as_bytes()) {
            return self.broken("nested too deeply", raw);
        }
        let Some(entry) = fields(raw) else { return self.broken("an entry is not an object", raw) };
        let about = Entry { account: None, time: instant_in(&entry, "time"), lane: Lane::Ours };
        let changes = entry.get("changes").and_then(|list| elements(list.get())).unwrap_or_default();
        let changes = changes.into_iter().filter_map(|change| fields(change.get()));
        let named: Vec<_> = changes.flat_map(|change| read_permission(&change, about)).collect();
        self.found.unknown += usize::from(named.is_empty());
        for event in named {
            self.note(Some(event));
        }
    }

    fn note(&mut self, event: Option<AccountEvent>) {
        match event {
            Some(event) => self.found.accounts.push(event),
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
        match read_event(raw, entry, self.app) {
            Ok(Some(event)) => self.found.events.push(event),
            Ok(None) => self.note(read_notice(raw, entry)),
            Err(why) => self.broken(why, raw),
        }
    }
}

/// The id in the object `name`, such as `sender`.
fn person(event: &Fields<'_>, name: &str) -> Option<String> {
    let person = event.get(name).and_then(|raw| fields(raw.get()))?;
    person.get("id").and_then(as_text).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests;
