//! What may stand in a message: one text or one attachment, quick replies, metadata, each within its limit.

use serde_json::{Map, Value};

use super::error::GraphError;
use super::talk::{Button, Card, QuickReply};
use super::template;

const LONGEST_TEXT: usize = 2_000;
/// Metadata has to be *less* than 1,000 characters.
const LONGEST_METADATA: usize = 999;
const MOST_QUICK_REPLIES: usize = 13;
const LONGEST_LABEL: usize = 20;
const LONGEST_PAYLOAD: usize = 1_000;

/// A message within all limits.
pub(super) struct Content {
    pub(super) text: Option<String>,
    pub(super) cards: Vec<Card>,
    pub(super) buttons: Vec<Button>,
    pub(super) quick_replies: Vec<QuickReply>,
    pub(super) metadata: Option<String>,
    /// The attachment as it was sent, which its echo repeats.
    pub(super) attachment: Option<Value>,
}

/// Why a message is not taken.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Messenger would refuse it too.
    Error(GraphError),
    /// Messenger might take it; this sandbox does not know it.
    NotSimulated(&'static str),
}

impl From<GraphError> for Refusal {
    fn from(error: GraphError) -> Self {
        Self::Error(error)
    }
}

/// Reads the parameter `message`.
pub(super) fn read(message: &Value) -> Result<Content, Refusal> {
    let Some(fields) = message.as_object() else {
        return Err(GraphError::parameter("Param message must be an object").into());
    };
    if ["attachments", "sticker_id", "template", "dynamic_text"].iter().any(|key| fields.contains_key(*key)) {
        return Err(Refusal::NotSimulated("kind of message"));
    }
    only_keys(fields, "message", &["text", "attachment", "quick_replies", "metadata"])?;
    let text = match fields.get("text") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Some(_) => return Err(GraphError::parameter("Param message[text] must be a string").into()),
    };
    if let Some(text) = &text {
        length_within(text, "message[text]", LONGEST_TEXT)?;
    }
    let attachment = fields.get("attachment").filter(|attachment| !attachment.is_null());
    let template = match (&text, attachment) {
        (None, None) => {
            let message = "(#100) Message cannot be empty, must provide valid attachment or text";
            return Err(GraphError::new(100, message).subcode(2_018_034).into());
        }
        (Some(_), Some(_)) => {
            return Err(
                GraphError::parameter("Only one of the text and attachment fields can be specified").into()
            );
        }
        (Some(_), None) => template::Template::default(),
        (None, Some(attachment)) => attached(attachment)?,
    };
    let metadata = match fields.get("metadata") {
        None | Some(Value::Null) => None,
        Some(Value::String(metadata)) => {
            length_within(metadata, "message[metadata]", LONGEST_METADATA)?;
            Some(metadata.clone())
        }
        Some(_) => return Err(GraphError::parameter("Param message[metadata] must be a string").into()),
    };
    Ok(Content {
        text: text.or(template.text),
        cards: template.cards,
        buttons: template.buttons,
        quick_replies: quick_replies(fields.get("quick_replies"))?,
        metadata,
        attachment: attachment.cloned(),
    })
}

fn attached(attachment: &Value) -> Result<template::Template, Refusal> {
    let fields = attachment.as_object();
    let payload = fields.and_then(|fields| fields.get("payload")).and_then(Value::as_object);
    match (fields.and_then(|fields| fields.get("type")).and_then(Value::as_str), payload) {
        (Some("template"), Some(payload)) => template::read(payload),
        (Some("image" | "audio" | "video" | "file"), _) => Err(Refusal::NotSimulated("attachment type")),
        _ => Err(GraphError::parameter("Param message[attachment] must have a type and a payload").into()),
    }
}

fn quick_replies(given: Option<&Value>) -> Result<Vec<QuickReply>, Refusal> {
    let list = match given {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) if (1..=MOST_QUICK_REPLIES).contains(&list.len()) => list,
        Some(_) => {
            let message = format!(
                "Param message[quick_replies] must be an array of 1 to {MOST_QUICK_REPLIES} elements"
            );
            return Err(GraphError::parameter(message).into());
        }
    };
    list.iter()
        .enumerate()
        .map(|(index, one)| quick_reply(one, &format!("message[quick_replies][{index}]")))
        .collect()
}

fn quick_reply(given: &Value, at: &str) -> Result<QuickReply, Refusal> {
    let Some(fields) = given.as_object() else {
        return Err(GraphError::parameter(format!("Param {at} must be an object")).into());
    };
    only_keys(fields, at, &["content_type", "title", "payload", "image_url"])?;
    match fields.get("content_type").and_then(Value::as_str) {
        Some("text") => Ok(QuickReply {
            title: required_text(fields, at, "title", LONGEST_LABEL)?,
            payload: required_text(fields, at, "payload", LONGEST_PAYLOAD)?,
        }),
        Some("user_phone_number" | "user_email") => Err(Refusal::NotSimulated("quick reply type")),
        _ => {
            let message =
                format!("Param {at}[content_type] must be one of {{text, user_phone_number, user_email}}");
            Err(GraphError::parameter(message).into())
        }
    }
}

/// Refuses keys Messenger does not know there.
pub(super) fn only_keys(fields: &Map<String, Value>, at: &str, known: &[&str]) -> Result<(), Refusal> {
    match fields.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            Err(GraphError::parameter(format!("Invalid keys \"{key}\" were found in param \"{at}\".")).into())
        }
    }
}

/// A text that has to be there.
pub(super) fn required_text(
    fields: &Map<String, Value>,
    at: &str,
    key: &str,
    most: usize,
) -> Result<String, Refusal> {
    match fields.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty()) {
        Some(text) => {
            length_within(text, &format!("{at}[{key}]"), most)?;
            Ok(text.to_owned())
        }
        None => {
            Err(GraphError::parameter(format!("Param {at}[{key}] must be a non-empty UTF-8 encoded string"))
                .into())
        }
    }
}

pub(super) fn length_within(text: &str, at: &str, most: usize) -> Result<(), Refusal> {
    if text.chars().count() <= most {
        return Ok(());
    }
    Err(GraphError::parameter(format!("Length of param {at} must be less than or equal to {most}")).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(message: &Value, expected: Option<u32>) {
        let code = match read(message) {
            Ok(_) => None,
            Err(Refusal::Error(error)) => Some(error.code()),
            Err(Refusal::NotSimulated(_)) => Some(0),
        };
        assert_eq!(code, expected, "{message}");
    }

    fn card(fields: &Value) -> Value {
        let mut element = json!({ "title": "Winter Amber", "subtitle": "$24.90" });
        element.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({ "attachment": { "type": "template", "payload": { "template_type": "generic", "elements": [element] } } })
    }

    fn buttons(text: &str, buttons: &Value) -> Value {
        json!({ "attachment": { "type": "template", "payload":
            { "template_type": "button", "text": text, "buttons": buttons } } })
    }

    fn reply(title: &str) -> Value {
        json!({ "content_type": "text", "title": title, "payload": "more" })
    }

    #[test]
    fn texts_and_their_limits() {
        check(&json!({ "text": "å".repeat(2_000) }), None);
        check(&json!({ "text": "å".repeat(2_001) }), Some(100));
        check(&json!({ "text": " " }), Some(100));
        check(&json!({}), Some(100));
        check(&json!({ "text": "hi", "colour": "red" }), Some(100));
        check(&json!({ "text": "hi", "metadata": "m".repeat(999) }), None);
        check(&json!({ "text": "hi", "metadata": "m".repeat(1_000) }), Some(100));
        check(&json!("hi"), Some(100));
    }

    #[test]
    fn quick_replies_and_their_limits() {
        check(&json!({ "text": "hi", "quick_replies": vec![reply("Anything cheaper?"); 13] }), None);
        check(&json!({ "text": "hi", "quick_replies": vec![reply("More"); 14] }), Some(100));
        check(&json!({ "text": "hi", "quick_replies": [] }), Some(100));
        check(&json!({ "text": "hi", "quick_replies": [reply(&"x".repeat(21))] }), Some(100));
        check(&json!({ "text": "hi", "quick_replies": [{ "content_type": "user_email" }] }), Some(0));
        check(&json!({ "quick_replies": [reply("More")] }), Some(100));
    }

    #[test]
    fn cards_and_their_limits() {
        let link = json!({ "type": "web_url", "title": "View in shop", "url": "http://127.0.0.1/p/1" });
        check(&card(&json!({})), None);
        check(&card(&json!({ "default_action": { "type": "web_url", "url": "https://x/1" } })), None);
        check(
            &card(&json!({ "default_action": { "type": "web_url", "url": "https://x/1", "title": "x" } })),
            Some(100),
        );
        check(&card(&json!({ "title": "x".repeat(81) })), Some(100));
        check(&card(&json!({ "subtitle": null })), Some(100));
        check(&card(&json!({ "image_url": "javascript:alert(1)" })), Some(100));
        check(&card(&json!({ "buttons": vec![link.clone(); 3] })), None);
        check(&card(&json!({ "buttons": vec![link; 4] })), Some(100));
        check(&card(&json!({ "price": "1" })), Some(100));
    }

    #[test]
    fn button_templates_and_their_limits() {
        let more = json!({ "type": "postback", "title": "More", "payload": "more" });
        check(&buttons("Choose", &json!([more])), None);
        check(&buttons(&"x".repeat(641), &json!([more])), Some(100));
        check(&buttons("Choose", &json!([])), Some(100));
        check(
            &buttons("Choose", &json!([{ "type": "postback", "title": "x".repeat(21), "payload": "x" }])),
            Some(100),
        );
        check(
            &buttons("Call", &json!([{ "type": "phone_number", "title": "Call", "payload": "0123" }])),
            Some(100),
        );
        check(&buttons("Link", &json!([{ "type": "account_link", "url": "https://x" }])), Some(0));
    }
}
