//! What a stored event says, for the turn that answers it.

use serde_json::value::RawValue;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::message::Incoming;

use crate::lenient::{Fields, elements, fields, instant_in, object, says, text, too_deep};

/// Longest text that is read; Messenger takes less.
const LONGEST_TEXT: usize = 20_000;
/// Longest payload that can be one of ours.
const LONGEST_PAYLOAD: usize = 1_000;

/// Reads one event's body; `None` when it is neither a message, nor an echo, nor a tap.
pub fn read_incoming(body: &[u8]) -> Option<Incoming> {
    if too_deep(body) {
        return None;
    }
    let event = fields(std::str::from_utf8(body).ok()?)?;
    let at = instant_in(&event, "timestamp").unwrap_or(Timestamp::from_millis(0));
    if let Some(message) = object(&event, "message") {
        let choice = object(&message, "quick_reply").unwrap_or_default();
        return Some(Incoming {
            text: words(&message, "text"),
            payload: payload(&choice),
            attachments: attachments(&message),
            at,
        });
    }
    event.get("postback")?;
    let postback = object(&event, "postback").unwrap_or_default();
    Some(Incoming { text: words(&postback, "title"), payload: payload(&postback), attachments: 0, at })
}

fn words(of: &Fields<'_>, name: &str) -> String {
    text(of, name).map(|text| text.chars().take(LONGEST_TEXT).collect()).unwrap_or_default()
}

fn payload(of: &Fields<'_>) -> Option<String> {
    text(of, "payload").filter(|payload| (1..=LONGEST_PAYLOAD).contains(&payload.len()))
}

/// A sticker may come twice, as itself and as a picture: that is one thing. What Meta cannot show us is one thing too.
fn attachments(message: &Fields<'_>) -> usize {
    let listed = message.get("attachments").and_then(|list| elements(list.get())).unwrap_or_default();
    let is_sticker = |raw: &&RawValue| kind(raw).as_deref() == Some("sticker");
    let has_sticker = listed.iter().any(is_sticker);
    let doubled = |raw: &RawValue| has_sticker && kind(raw).as_deref() == Some("image") && shows_sticker(raw);
    let count = listed.iter().filter(|raw| !doubled(raw)).count();
    count.max(usize::from(says(message, "is_unsupported")))
}

fn kind(attachment: &RawValue) -> Option<String> {
    text(&fields(attachment.get())?, "type")
}

fn shows_sticker(attachment: &RawValue) -> bool {
    let payload = fields(attachment.get()).and_then(|attachment| object(&attachment, "payload"));
    payload.is_some_and(|payload| payload.contains_key("sticker_id"))
}
