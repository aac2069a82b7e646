//! Writing to a shopper: parts of a reply in Messenger's form, and what became of each. A send has no key by which Meta would
//! know it again, so nothing here is ever repeated.

use std::time::Duration;

use serde_json::{Map, Value, json};
use shopclerk_domain::channel::ShopperAlias;
use shopclerk_domain::ids::PartId;
use shopclerk_domain::message::{Button, Card, Choice, Content};
use shopclerk_domain::secret::SecretText;
use thiserror::Error;

use super::classify::{Class, Refusal, asked_wait, refusal_in};
use super::{Asked, Meta, read};
use crate::error::UpstreamError;
use crate::http::{Answer, Body, Failure};

/// Stands before a part's id in a message's metadata; its echo brings it back.
pub(super) const OURS: &str = "out:";

/// What became of a part that was not surely sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SendError {
    /// Too many sends of this Page; surely not sent.
    #[error("the channel asks us to slow down")]
    Limited {
        /// How long to wait, where Meta let us know.
        retry_after: Option<Duration>,
    },
    /// The Page's allowance is nearly spent, and its sends are spread out; surely not sent.
    #[error("it is not this message's turn yet")]
    Paced {
        /// When its turn comes.
        wait: Duration,
    },
    /// The Page's token is dead or lacks a right: the merchant must connect again.
    #[error("the channel does not accept the token")]
    TokenRefused,
    /// The shopper wrote too long ago.
    #[error("the messaging window is closed")]
    WindowClosed,
    /// The shopper cannot be reached until they write again.
    #[error("the shopper cannot be reached")]
    Unreachable,
    /// The Page may not send for now.
    #[error("the channel forbids this account to send")]
    Blocked {
        /// How long, where it is known.
        retry_after: Option<Duration>,
    },
    /// This part will never be taken.
    #[error("the channel refused the message with code {code}")]
    Refused {
        /// Meta's code and subcode, such as `100/2018109`.
        code: String,
    },
    /// Surely not sent; the same send may be tried again.
    #[error("the channel cannot be reached")]
    Unavailable,
    /// May or may not have been sent: only its echo tells.
    #[error("the message was handed over, but no usable answer came")]
    Unclear,
}

impl From<Refusal> for SendError {
    fn from(refusal: Refusal) -> Self {
        match refusal.class() {
            Class::Throttle => Self::Limited { retry_after: refusal.retry_after },
            Class::Auth => Self::TokenRefused,
            Class::Window => Self::WindowClosed,
            Class::Unreachable => Self::Unreachable,
            Class::Blocked(usual) => Self::Blocked { retry_after: refusal.retry_after.or(usual) },
            Class::Bad => Self::Refused { code: refusal.words() },
            Class::Ambiguous => Self::Unclear,
        }
    }
}

impl Meta {
    /// Sends one part for `page`, once. `part` travels along, so that the echo can be told from a person's message.
    pub async fn send(
        &self,
        page: &str,
        token: &SecretText,
        to: &ShopperAlias,
        part: PartId,
        content: &Content,
    ) -> Result<String, SendError> {
        let body = json!({
            "recipient": { "id": to.expose() },
            "messaging_type": "RESPONSE",
            "message": message(part, content),
        });
        let asked =
            Asked { site: "meta.send", path: &[page, "messages"], query: &[], body: json_body(&body) };
        let now = || self.http.clock().monotonic();
        // Here and not where the wait is looked at: until here, others may have been told the same.
        self.pace.take(page, now()).map_err(|wait| SendError::Paced { wait })?;
        let answer = self.ask(token, asked).await;
        if let Ok(answer) = &answer {
            self.pace.learn(page, answer, now());
        }
        let sent = outcome(answer);
        if let Err(SendError::Limited { retry_after }) = &sent {
            self.pace.refused(page, *retry_after, now());
        }
        sent
    }

    /// How long a part waits so that `page` keeps within its limits, if it does.
    pub fn wait_to_send(&self, page: &str) -> Option<Duration> {
        self.pace.wait(page, self.http.clock().monotonic())
    }

    /// Shows the shopper that an answer is being written, for about twenty seconds.
    pub async fn typing_on(
        &self,
        page: &str,
        token: &SecretText,
        to: &ShopperAlias,
    ) -> Result<(), UpstreamError> {
        let body = json!({ "recipient": { "id": to.expose() }, "sender_action": "typing_on" });
        let asked =
            Asked { site: "meta.typing", path: &[page, "messages"], query: &[], body: json_body(&body) };
        read::<Value>(&self.ask(token, asked).await?).map(drop)
    }
}

fn json_body(body: &Value) -> Body {
    Body::Json(body.to_string().into_bytes())
}

/// The native id, or what is known of the send. Whatever is neither a clear yes nor a clear no is unclear.
fn outcome(answer: Result<Answer, Failure>) -> Result<String, SendError> {
    let answer = match answer {
        Err(Failure::NotSent) => return Err(SendError::Unavailable),
        Err(Failure::NoAnswer | Failure::TooLarge) => return Err(SendError::Unclear),
        Ok(answer) => answer,
    };
    if let Some(refusal) = refusal_in(&answer) {
        return Err(refusal.into());
    }
    match answer.status {
        200..=299 => {
            let sent: Option<Value> = answer.json();
            let id =
                sent.as_ref().and_then(|sent| sent.get("message_id")?.as_str()).filter(|id| !id.is_empty());
            id.map(str::to_owned).ok_or(SendError::Unclear)
        }
        429 => Err(SendError::Limited { retry_after: asked_wait(&answer) }),
        _ => Err(SendError::Unclear),
    }
}

fn message(part: PartId, content: &Content) -> Value {
    let mut message = Map::new();
    message.insert("metadata".to_owned(), format!("{OURS}{part}").into());
    let choices = match content {
        Content::Text { text, choices } => {
            message.insert("text".to_owned(), text.as_str().into());
            choices
        }
        Content::Cards { cards, choices } => {
            let elements: Vec<Value> = cards.iter().map(element).collect();
            let payload = json!({ "template_type": "generic", "elements": elements });
            message.insert("attachment".to_owned(), json!({ "type": "template", "payload": payload }));
            choices
        }
    };
    if !choices.is_empty() {
        message.insert("quick_replies".to_owned(), choices.iter().map(quick_reply).collect());
    }
    message.into()
}

fn quick_reply(choice: &Choice) -> Value {
    json!({ "content_type": "text", "title": choice.title, "payload": choice.payload })
}

/// Empty properties are left out: Meta takes an empty list or text for a mistake.
fn element(card: &Card) -> Value {
    let subtitle = (!card.subtitle.is_empty()).then(|| card.subtitle.as_str().into());
    let image = card.image.as_deref().map(Value::from);
    let action = card.url.as_deref().map(|url| json!({ "type": "web_url", "url": url }));
    let buttons = (!card.buttons.is_empty()).then(|| card.buttons.iter().map(button).collect());
    let properties = [
        ("title", Some(card.title.as_str().into())),
        ("subtitle", subtitle),
        ("image_url", image),
        ("default_action", action),
        ("buttons", buttons),
    ];
    properties.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn button(button: &Button) -> Value {
    match button {
        Button::Link { title, url } => json!({ "type": "web_url", "title": title, "url": url }),
        Button::Postback { title, payload } => {
            json!({ "type": "postback", "title": title, "payload": payload })
        }
    }
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::ids::ProductId;

    use super::*;

    const PART: &str = "0192f3a0-0000-7000-8000-000000000001";

    fn part() -> PartId {
        PartId::parse(PART).unwrap()
    }

    #[test]
    fn words_travel_with_their_choices_and_our_mark() {
        let choices =
            vec![Choice { title: "Anything cheaper?".to_owned(), payload: "v1:cheaper".to_owned() }];
        assert_eq!(
            message(part(), &Content::Text { text: "Here you are.".to_owned(), choices }),
            json!({
                "metadata": format!("out:{PART}"), "text": "Here you are.",
                "quick_replies": [{ "content_type": "text", "title": "Anything cheaper?", "payload": "v1:cheaper" }],
            })
        );
    }

    #[test]
    fn cards_become_a_generic_template_without_empty_properties() {
        let card = |subtitle: &str, url: Option<&str>, buttons| Card {
            product: ProductId::new(1),
            title: "Winter Amber".to_owned(),
            subtitle: subtitle.to_owned(),
            image: url.map(|_| "https://x/1.png".to_owned()),
            url: url.map(str::to_owned),
            buttons,
        };
        let address = "https://nordlys.example/products/winter-amber";
        let buttons = vec![
            Button::Link { title: "View".to_owned(), url: address.to_owned() },
            Button::Postback { title: "More".to_owned(), payload: "v1:details:1".to_owned() },
        ];
        let cards = vec![card("$24.90", Some(address), buttons), card("", None, Vec::new())];

        let sent = message(part(), &Content::Cards { cards, choices: Vec::new() });

        assert_eq!(sent.get("quick_replies"), None);
        assert_eq!(sent["attachment"]["payload"]["template_type"], "generic");
        assert_eq!(
            sent["attachment"]["payload"]["elements"],
            json!([
                {
                    "title": "Winter Amber", "subtitle": "$24.90", "image_url": "https://x/1.png",
                    "default_action": { "type": "web_url", "url": address },
                    "buttons": [
                        { "type": "web_url", "title": "View", "url": address },
                        { "type": "postback", "title": "More", "payload": "v1:details:1" },
                    ],
                },
                { "title": "Winter Amber" },
            ])
        );
    }

    #[test]
    fn t13_only_a_clear_answer_settles_a_send() {
        let answered = |status: u16, body: &str| {
            outcome(Ok(Answer {
                status,
                headers: reqwest::header::HeaderMap::new(),
                body: body.to_owned().into(),
            }))
        };
        let refused = |code: &str| SendError::Refused { code: code.to_owned() };

        assert_eq!(answered(200, r#"{"recipient_id":"7","message_id":"m_1"}"#), Ok("m_1".to_owned()));
        for (status, body, error) in [
            (200, "{}", SendError::Unclear),
            (200, "", SendError::Unclear),
            (200, "<html>", SendError::Unclear),
            (302, "", SendError::Unclear),
            (400, "<html>", SendError::Unclear),
            (500, "", SendError::Unclear),
            (503, "<html>", SendError::Unclear),
            (429, "", SendError::Limited { retry_after: None }),
            (400, r#"{"error":{"code":613}}"#, SendError::Limited { retry_after: None }),
            (500, r#"{"error":{"code":1,"error_subcode":1357046}}"#, SendError::Unclear),
            (500, r#"{"error":{"code":2,"is_transient":true}}"#, SendError::Unclear),
            (401, r#"{"error":{"code":190,"error_subcode":460}}"#, SendError::TokenRefused),
            (403, r#"{"error":{"code":10,"error_subcode":2018278}}"#, SendError::WindowClosed),
            (400, r#"{"error":{"code":551,"error_subcode":1545041}}"#, SendError::Unreachable),
            (400, r#"{"error":{"code":100,"error_subcode":2018001}}"#, SendError::Unreachable),
            (400, r#"{"error":{"code":368}}"#, SendError::Blocked { retry_after: None }),
            (
                403,
                r#"{"error":{"code":10,"error_subcode":1893063}}"#,
                SendError::Blocked { retry_after: Some(Duration::from_mins(30)) },
            ),
            (400, r#"{"error":{"code":100,"message":"(#100) bad"}}"#, refused("100")),
            (200, r#"{"error":{"code":77}}"#, refused("77")),
        ] {
            assert_eq!(answered(status, body), Err(error), "{status} {body}");
        }
        assert_eq!(outcome(Err(Failure::NotSent)), Err(SendError::Unavailable));
        assert_eq!(outcome(Err(Failure::NoAnswer)), Err(SendError::Unclear));
        assert_eq!(outcome(Err(Failure::TooLarge)), Err(SendError::Unclear));
    }
}
