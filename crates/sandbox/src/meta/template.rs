//! Templates within their limits: generic (cards) and button. What Messenger would refuse is refused.

use serde_json::{Map, Value};

use super::error::GraphError;
use super::message::{Refusal, length_within, only_keys, required_text};
use super::talk::{Button, Card};

const MOST_ELEMENTS: usize = 10;
const MOST_BUTTONS: usize = 3;
const LONGEST_TITLE: usize = 80;
const LONGEST_BUTTON: usize = 20;
const LONGEST_PAYLOAD: usize = 1_000;
const LONGEST_BUTTON_TEXT: usize = 640;
/// Templates Messenger has and this sandbox does not simulate.
const OTHERS: [&str; 9] = [
    "receipt",
    "media",
    "coupon",
    "product",
    "image_grid",
    "customer_information",
    "customer_feedback",
    "notification_messages",
    "airline_boardingpass",
];

/// A template as it shows.
#[derive(Default)]
pub(super) struct Template {
    pub(super) text: Option<String>,
    pub(super) cards: Vec<Card>,
    pub(super) buttons: Vec<Button>,
}

/// Reads `attachment.payload` of a template.
pub(super) fn read(payload: &Map<String, Value>) -> Result<Template, Refusal> {
    match payload.get("template_type").and_then(Value::as_str) {
        Some("generic") => generic(payload),
        Some("button") => button_template(payload),
        Some(other) if OTHERS.contains(&other) => Err(Refusal::NotSimulated("template_type")),
        _ => Err(GraphError::parameter(
            "Param message[attachment][payload][template_type] is not a known template",
        )
        .into()),
    }
}

fn generic(payload: &Map<String, Value>) -> Result<Template, Refusal> {
    const AT: &str = "message[attachment][payload]";
    only_keys(payload, AT, &["template_type", "elements", "image_aspect_ratio", "sharable"])?;
    if payload.get("image_aspect_ratio").is_some_and(|ratio| ratio != "horizontal" && ratio != "square") {
        return Err(
            GraphError::parameter("Param image_aspect_ratio must be one of {horizontal, square}").into()
        );
    }
    let elements = payload.get("elements").and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
    if elements.is_empty() || elements.len() > MOST_ELEMENTS {
        let given = elements.len();
        return Err(GraphError::parameter(format!(
            "Param name_placeholder[elements] must be an array of 1 to {MOST_ELEMENTS} elements, {given} given"
        ))
        .into());
    }
    let cards = elements
        .iter()
        .enumerate()
        .map(|(index, element)| card(element, &format!("{AT}[elements][{index}]")));
    Ok(Template { cards: cards.collect::<Result<_, _>>()?, ..Template::default() })
}

fn card(element: &Value, at: &str) -> Result<Card, Refusal> {
    let Some(fields) = element.as_object() else {
        return Err(GraphError::parameter(format!("Param {at} must be an object")).into());
    };
    only_keys(fields, at, &["title", "subtitle", "image_url", "default_action", "buttons"])?;
    let title = required_text(fields, at, "title", LONGEST_TITLE)?;
    let subtitle = optional_text(fields, at, "subtitle", LONGEST_TITLE)?;
    let image_url = match fields.get("image_url") {
        None | Some(Value::Null) => None,
        Some(given) => Some(web_address(given, &format!("{at}[image_url]"))?),
    };
    let url = match fields.get("default_action") {
        None | Some(Value::Null) => None,
        Some(action) => Some(default_action(action, &format!("{at}[default_action]"))?),
    };
    let buttons = match fields.get("buttons") {
        None | Some(Value::Null) => Vec::new(),
        Some(given) => buttons(given, at)?,
    };
    if subtitle.is_none() && image_url.is_none() && url.is_none() && buttons.is_empty() {
        let message = format!(
            "Param {at} needs a title and at least one of subtitle, image_url, default_action, buttons"
        );
        return Err(GraphError::parameter(message).into());
    }
    Ok(Card { title, subtitle, image_url, url, buttons })
}

fn button_template(payload: &Map<String, Value>) -> Result<Template, Refusal> {
    const AT: &str = "message[attachment][payload]";
    only_keys(payload, AT, &["template_type", "text", "buttons", "sharable"])?;
    let text = required_text(payload, AT, "text", LONGEST_BUTTON_TEXT)?;
    let buttons = buttons(payload.get("buttons").unwrap_or(&Value::Null), AT)?;
    Ok(Template { text: Some(text), buttons, ..Template::default() })
}

fn buttons(given: &Value, at: &str) -> Result<Vec<Button>, Refusal> {
    let list = given.as_array().map_or(&[] as &[Value], Vec::as_slice);
    if list.is_empty() || list.len() > MOST_BUTTONS {
        let count = list.len();
        let message =
            format!("Param {at}[buttons] must be an array of 1 to {MOST_BUTTONS} buttons, {count} given");
        return Err(GraphError::parameter(message).into());
    }
    list.iter().enumerate().map(|(index, one)| button(one, &format!("{at}[buttons][{index}]"))).collect()
}

fn button(given: &Value, at: &str) -> Result<Button, Refusal> {
    let Some(fields) = given.as_object() else {
        return Err(GraphError::parameter(format!("Param {at} must be an object")).into());
    };
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    let (url, payload) = match kind {
        "web_url" => {
            const KEYS: [&str; 7] = [
                "type",
                "title",
                "url",
                "webview_height_ratio",
                "messenger_extensions",
                "fallback_url",
                "webview_share_button",
            ];
            only_keys(fields, at, &KEYS)?;
            (Some(web_address(fields.get("url").unwrap_or(&Value::Null), &format!("{at}[url]"))?), None)
        }
        "postback" | "phone_number" => {
            only_keys(fields, at, &["type", "title", "payload"])?;
            (None, Some(required_text(fields, at, "payload", LONGEST_PAYLOAD)?))
        }
        "account_link" | "account_unlink" | "game_play" => return Err(Refusal::NotSimulated("button type")),
        _ => {
            let message = format!("Param {at}[type] must be one of {{web_url, postback, phone_number, ...}}");
            return Err(GraphError::parameter(message).into());
        }
    };
    if kind == "phone_number" && !payload.as_deref().is_some_and(|number| number.starts_with('+')) {
        return Err(GraphError::parameter(format!(
            "Param {at}[payload] must be a phone number that starts with +"
        ))
        .into());
    }
    let title = required_text(fields, at, "title", LONGEST_BUTTON)?;
    Ok(Button { kind: kind.to_owned(), title, url, payload })
}

fn default_action(given: &Value, at: &str) -> Result<String, Refusal> {
    let Some(fields) = given.as_object() else {
        return Err(GraphError::parameter(format!("Param {at} must be an object")).into());
    };
    only_keys(fields, at, &["type", "url", "webview_height_ratio", "messenger_extensions", "fallback_url"])?;
    if fields.get("type").and_then(Value::as_str) != Some("web_url") {
        return Err(GraphError::parameter(format!("Param {at}[type] must be web_url")).into());
    }
    web_address(fields.get("url").unwrap_or(&Value::Null), &format!("{at}[url]"))
}

fn optional_text(
    fields: &Map<String, Value>,
    at: &str,
    key: &str,
    most: usize,
) -> Result<Option<String>, Refusal> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            length_within(text, &format!("{at}[{key}]"), most)?;
            Ok(Some(text.clone()).filter(|text| !text.is_empty()))
        }
        Some(_) => Err(GraphError::parameter(format!("Param {at}[{key}] must be a string")).into()),
    }
}

fn web_address(given: &Value, at: &str) -> Result<String, Refusal> {
    let parsed = given.as_str().and_then(|text| url::Url::parse(text).ok().map(|url| (text, url)));
    match parsed {
        Some((text, url)) if matches!(url.scheme(), "http" | "https") => Ok(text.to_owned()),
        _ => Err(GraphError::parameter(format!("Param {at} should represent a valid URL")).into()),
    }
}
