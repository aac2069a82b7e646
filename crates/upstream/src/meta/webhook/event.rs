//! One event: who it is about, what it is, and the key by which its repetition is known.

use shopclerk_domain::channel::{ChannelKind, ShopperAlias};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::event::{ConversationEvent, DedupKey, EventKind};
use shopclerk_domain::ids::PartId;

use super::kinds::{DELETED, DELETED_ECHO, ECHO, Effect, KINDS, Key, Kind, MESSAGE, UNKNOWN};
use super::usual::{self, UsualMessage};
use super::{Entry, Lane, person};
use crate::lenient::{Fields, canonical, fields, instant_in, instant_of, object, says, text};
use crate::meta::send::OURS;

/// Longest message id that is kept; the longest seen has about 170 characters.
const LONGEST_ID: usize = 512;
/// Longest id of an account.
const LONGEST_ACCOUNT: usize = 64;
/// Longest text of an edited message that is kept.
const LONGEST_TEXT: usize = 20_000;

/// One event, taken apart as far as its kind needs.
struct Event<'a> {
    kind: Kind,
    raw: &'a str,
    all: Fields<'a>,
    /// What stands in the field of its kind.
    inner: Fields<'a>,
    sender: Option<String>,
    /// The channel's id of the message it is or speaks of.
    message_id: Option<String>,
}

/// Reads one event of a conversation; `None` where there is no shopper in it.
pub(super) fn read_event(
    raw: &str,
    entry: Entry<'_>,
    app: &str,
) -> Result<Option<ConversationEvent>, &'static str> {
    usual_message(raw, entry).map_or_else(|| read_leniently(raw, entry, app), |message| Ok(Some(message)))
}

/// A text that was written to us, where nothing about it is out of the usual.
fn usual_message(raw: &str, entry: Entry<'_>) -> Option<ConversationEvent> {
    let UsualMessage { sender, recipient, timestamp, id } = usual::message(raw)?;
    let is_to_us = entry.lane == Lane::Ours && entry.account != Some(sender);
    let is_named = (1..=LONGEST_ACCOUNT).contains(&recipient.len()) && (1..=LONGEST_ID).contains(&id.len());
    let shopper = ShopperAlias::parse(sender).filter(|_| is_to_us && is_named)?;
    let at = instant_of(timestamp)?;
    Some(ConversationEvent {
        channel: ChannelKind::Messenger,
        dedup: dedup(recipient, MESSAGE.name, &[id], Some(at)),
        account: recipient.to_owned(),
        native_id: Some(id.to_owned()),
        body: raw.as_bytes().to_vec(),
        shopper,
        kind: EventKind::Message,
        at,
    })
}

pub(super) fn read_leniently(
    raw: &str,
    entry: Entry<'_>,
    app: &str,
) -> Result<Option<ConversationEvent>, &'static str> {
    let all = fields(raw).ok_or("an event is not an object")?;
    let (sender, recipient) = (person(&all, "sender"), person(&all, "recipient"));
    let event = Event::read(raw, all, sender, entry)?;
    let from_account = matches!(event.kind.name, "echo" | "deleted_echo");
    let sender = event.sender.clone();
    let (account, shopper) = if from_account { (sender, recipient) } else { (recipient, sender) };
    let account = account.or_else(|| entry.account.map(str::to_owned));
    let account = account.filter(|account| account.len() <= LONGEST_ACCOUNT);
    let (Some(account), Some(shopper)) = (account, shopper.as_deref().and_then(ShopperAlias::parse)) else {
        return Ok(None);
    };
    let mut key = event.key();
    let (word, kind) = match entry.lane {
        Lane::Ours => (event.kind.name, event.meaning(app)),
        // Another app holds the word: recorded, whatever it is.
        Lane::Standby => {
            key.insert(0, event.kind.name.into());
            ("standby", EventKind::Other("standby".to_owned()))
        }
    };
    let own = instant_in(&event.all, "timestamp");
    let at = own.or(entry.time);
    // What takes effect at once must be known again whatever time it names. A message is known in its turn by its id, and an echo of
    // ours settles its part once.
    let may_lead = matches!(kind, EventKind::Message | EventKind::Tap | EventKind::OwnEcho(_));
    Ok(Some(ConversationEvent {
        channel: ChannelKind::Messenger,
        dedup: dedup(&account, word, &key, own.filter(|_| may_lead)),
        account,
        native_id: event.native_id(),
        body: event.body(&kind, &shopper),
        shopper,
        kind,
        // Without any time the window is taken for closed: silence is the answer to doubt.
        at: at.unwrap_or(Timestamp::from_millis(0)),
    }))
}

impl<'a> Event<'a> {
    fn read(
        raw: &'a str,
        all: Fields<'a>,
        sender: Option<String>,
        entry: Entry<'_>,
    ) -> Result<Self, &'static str> {
        let (kind, inner) = if all.contains_key("message") {
            let message = object(&all, "message").ok_or("a message is not an object")?;
            let own = says(&message, "is_echo") || (sender.is_some() && sender.as_deref() == entry.account);
            let kind = match (own, says(&message, "is_deleted")) {
                (true, true) => DELETED_ECHO,
                (true, false) => ECHO,
                (false, true) => DELETED,
                (false, false) => MESSAGE,
            };
            (kind, message)
        } else {
            let known = KINDS.into_iter().find(|kind| all.contains_key(kind.name)).unwrap_or(UNKNOWN);
            (known, object(&all, known.name).unwrap_or_default())
        };
        let message_id = text(&inner, "mid").filter(|id| (1..=LONGEST_ID).contains(&id.len()));
        Ok(Self { kind, raw, all, inner, sender, message_id })
    }

    fn told(&self, name: &str) -> String {
        text(&self.inner, name).unwrap_or_default()
    }

    fn stamp(&self) -> String {
        text(&self.all, "timestamp").unwrap_or_default()
    }

    /// The channel's id of the message it is, where it is one.
    fn native_id(&self) -> Option<String> {
        self.message_id.clone().filter(|_| matches!(self.kind.key, Key::Message | Key::Tap))
    }

    fn key(&self) -> Vec<Vec<u8>> {
        let whole = || vec![canonical(self.raw)];
        let sender = self.sender.as_deref().unwrap_or_default();
        match self.kind.key {
            Key::Message => self.message_id.as_deref().map_or_else(whole, |id| parts(&[id])),
            Key::Tap => self
                .message_id
                .as_deref()
                .map_or_else(|| parts(&[sender, &self.stamp(), &self.told("payload")]), |id| parts(&[id])),
            Key::Edit => {
                let count = text(&self.inner, "num_edit").unwrap_or_else(|| self.told("text"));
                parts(&[&self.told("mid"), &count])
            }
            Key::Reaction => parts(&[&self.told("mid"), sender, &self.told("action"), &self.stamp()]),
            Key::Watermark => parts(&[sender, &self.told("watermark")]),
            Key::Whole => whole(),
        }
    }

    fn meaning(&self, app: &str) -> EventKind {
        let noted = || EventKind::Other(self.kind.name.to_owned());
        match self.kind.effect {
            Effect::Answer if self.kind.name == "postback" => EventKind::Tap,
            Effect::Answer => EventKind::Message,
            Effect::Forget => {
                self.message_id.clone().map_or_else(noted, |native_id| EventKind::Deleted { native_id })
            }
            Effect::Replace => match (self.message_id.clone(), text(&self.inner, "text")) {
                (Some(native_id), Some(words)) => {
                    EventKind::Edited { native_id, text: words.chars().take(LONGEST_TEXT).collect() }
                }
                _ => noted(),
            },
            Effect::Echo => self.own_part().map_or(EventKind::PersonEcho, EventKind::OwnEcho),
            Effect::Contact if self.told("action") == "unreact" => noted(),
            Effect::Contact => EventKind::Contact(self.kind.name.to_owned()),
            Effect::Farthest => instant_in(&self.inner, "watermark")
                .map_or_else(noted, |until| EventKind::Farthest { word: self.kind.name.to_owned(), until }),
            Effect::Thread => match text(&self.inner, "new_owner_app_id") {
                Some(owner) if owner == app => EventKind::ThreadGiven,
                Some(_) => EventKind::ThreadTaken,
                None => noted(),
            },
            Effect::Nothing => noted(),
        }
    }

    /// The part of ours that came back, if it carries the mark we sent it with.
    fn own_part(&self) -> Option<PartId> {
        let metadata = text(&self.inner, "metadata")?;
        metadata.strip_prefix(OURS).and_then(|id| PartId::parse(id).ok())
    }

    /// The event as received; of an edit, the message as it stands now.
    fn body(&self, kind: &EventKind, shopper: &ShopperAlias) -> Vec<u8> {
        let EventKind::Edited { native_id, text } = kind else { return self.raw.as_bytes().to_vec() };
        let message = serde_json::json!({
            "sender": { "id": shopper.expose() }, "timestamp": self.stamp(),
            "message": { "mid": native_id, "text": text },
        });
        message.to_string().into_bytes()
    }
}

fn parts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// The key of an event of an account; it leads with `at`, where that is the same however often the event comes.
pub(super) fn dedup(account: &str, word: &str, key: &[impl AsRef<[u8]>], at: Option<Timestamp>) -> DedupKey {
    let fixed = [ChannelKind::Messenger.word(), account, word].map(str::as_bytes);
    crate::dedup::key(at, fixed.into_iter().chain(key.iter().map(AsRef::as_ref)))
}
