//! One event: who it is about, what it is, and the key by which its repetition is known.

use sha2::{Digest, Sha256};
use shopclerk_domain::channel::{ChannelKind, ShopperAlias};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::event::{ConversationEvent, DedupKey, EventKind};
use shopclerk_domain::ids::PartId;

use super::{Entry, Lane, person};
use crate::lenient::{Fields, canonical, fields, instant_in, object, says, text};
use crate::meta::send::OURS;

/// What one element of a delivery is to us.
pub(super) enum Heard {
    Event(Box<ConversationEvent>),
    /// Nobody's conversation: policy notices, roles, empty objects.
    Unknown,
}

/// Longest message id that is kept; the longest seen has about 170 characters.
const LONGEST_ID: usize = 512;
/// Longest id of an account.
const LONGEST_ACCOUNT: usize = 64;

/// Things that are recorded without effect, by the field that names them.
const SIDE: [&str; 12] = [
    "read",
    "delivery",
    "reaction",
    "referral",
    "optin",
    "pass_thread_control",
    "take_thread_control",
    "request_thread_control",
    "account_linking",
    "order",
    "response_feedback",
    "template",
];

/// What an event is, and what in it makes it this one and no other.
struct Meaning {
    kind: EventKind,
    word: &'static str,
    key: Vec<Vec<u8>>,
    native_id: Option<String>,
    from_account: bool,
}

/// Reads one event.
pub(super) fn read_event(raw: &str, entry: Entry<'_>) -> Result<Heard, &'static str> {
    let event = fields(raw).ok_or("an event is not an object")?;
    if event.is_empty() {
        return Ok(Heard::Unknown);
    }
    let (sender, recipient) = (person(&event, "sender"), person(&event, "recipient"));
    let mut meaning = meaning(&event, raw, sender.as_deref(), entry)?;
    let (account, shopper) = if meaning.from_account { (sender, recipient) } else { (recipient, sender) };
    let account = account.or_else(|| entry.account.map(str::to_owned));
    let account = account.filter(|account| account.len() <= LONGEST_ACCOUNT);
    let (Some(account), Some(shopper)) = (account, shopper.as_deref().and_then(ShopperAlias::parse)) else {
        return Ok(Heard::Unknown);
    };
    if entry.lane == Lane::Standby {
        meaning.key.insert(0, meaning.word.into());
        meaning.word = "standby";
        meaning.kind = EventKind::Other("standby".to_owned());
    }
    let at = instant_in(&event, "timestamp").or(entry.time);
    Ok(Heard::Event(Box::new(ConversationEvent {
        channel: ChannelKind::Messenger,
        dedup: dedup(&account, meaning.word, &meaning.key),
        account,
        shopper,
        kind: meaning.kind,
        native_id: meaning.native_id,
        // Without any time the window is taken for closed: silence is the answer to doubt.
        at: at.unwrap_or(Timestamp::from_millis(0)),
        body: raw.as_bytes().to_vec(),
    })))
}

fn meaning(
    event: &Fields<'_>,
    raw: &str,
    sender: Option<&str>,
    entry: Entry<'_>,
) -> Result<Meaning, &'static str> {
    let stamp = text(event, "timestamp").unwrap_or_default();
    let from = sender.unwrap_or_default();
    if event.contains_key("message") {
        let message = object(event, "message").ok_or("a message is not an object")?;
        let own = says(&message, "is_echo") || (sender.is_some() && sender == entry.account);
        return Ok(if own { echo(&message, raw) } else { message_of_shopper(&message, raw) });
    }
    if event.contains_key("postback") {
        let postback = object(event, "postback").unwrap_or_default();
        let native_id = message_id(&postback);
        let payload = text(&postback, "payload").unwrap_or_default();
        let key = native_id.as_ref().map_or_else(|| parts(&[from, &stamp, &payload]), |id| parts(&[id]));
        return Ok(Meaning { kind: EventKind::Tap, word: "postback", key, native_id, from_account: false });
    }
    Ok(side(event, raw, from, &stamp))
}

fn message_of_shopper(message: &Fields<'_>, raw: &str) -> Meaning {
    let native_id = message_id(message);
    let key = native_id.as_ref().map_or_else(|| vec![canonical(raw)], |id| parts(&[id]));
    let (kind, word) = match (&native_id, says(message, "is_deleted")) {
        (Some(id), true) => (EventKind::Deleted { native_id: id.clone() }, "deleted"),
        (None, true) => (EventKind::Other("deleted".to_owned()), "deleted"),
        (_, false) => (EventKind::Message, "message"),
    };
    Meaning { kind, word, key, native_id, from_account: false }
}

/// What came from the account itself: ours if it carries the mark we sent it with, else a person's or another program's.
fn echo(message: &Fields<'_>, raw: &str) -> Meaning {
    let native_id = message_id(message);
    let key = native_id.as_ref().map_or_else(|| vec![canonical(raw)], |id| parts(&[id]));
    if says(message, "is_deleted") {
        let kind = EventKind::Other("deleted_echo".to_owned());
        return Meaning { kind, word: "deleted_echo", key, native_id, from_account: true };
    }
    let metadata = text(message, "metadata");
    let part = metadata.as_deref().and_then(|metadata| metadata.strip_prefix(OURS));
    let part = part.and_then(|id| PartId::parse(id).ok());
    let kind = part.map_or(EventKind::PersonEcho, EventKind::OwnEcho);
    Meaning { kind, word: "echo", key, native_id, from_account: true }
}

fn side(event: &Fields<'_>, raw: &str, from: &str, stamp: &str) -> Meaning {
    let named = SIDE.into_iter().find(|name| event.contains_key(*name));
    let inner = |name: &str| object(event, name).unwrap_or_default();
    let value = |of: &Fields<'_>, name: &str| text(of, name).unwrap_or_default();
    let (word, key) = if event.contains_key("message_edit") {
        let edit = inner("message_edit");
        let count = text(&edit, "num_edit").unwrap_or_else(|| value(&edit, "text"));
        ("message_edit", parts(&[&value(&edit, "mid"), &count]))
    } else {
        match named {
            Some(word @ ("read" | "delivery")) => (word, parts(&[from, &value(&inner(word), "watermark")])),
            Some(word @ "reaction") => {
                let reaction = inner(word);
                (word, parts(&[&value(&reaction, "mid"), from, &value(&reaction, "action"), stamp]))
            }
            Some(word) => (word, vec![canonical(raw)]),
            None => ("unknown", vec![canonical(raw)]),
        }
    };
    let kind = EventKind::Other(word.to_owned());
    Meaning { kind, word, key, native_id: None, from_account: false }
}

fn message_id(of: &Fields<'_>) -> Option<String> {
    text(of, "mid").filter(|id| (1..=LONGEST_ID).contains(&id.len()))
}

fn parts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Each part is hashed with its length, so that no two lists of parts run together.
fn dedup(account: &str, word: &str, key: &[Vec<u8>]) -> DedupKey {
    let mut hash = Sha256::new();
    let fixed = [ChannelKind::Messenger.word(), account, word].map(str::as_bytes);
    for part in fixed.into_iter().chain(key.iter().map(Vec::as_slice)) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut first = [0; 16];
    for (to, from) in first.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    DedupKey(first)
}
