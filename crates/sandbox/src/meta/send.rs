//! The Send API: what a Page may say to whom, and when. An accepted message shows in the conversation and comes back as an
//! echo.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use super::call::Call;
use super::error::GraphError;
use super::graph::Answer;
use super::ledger::Kind;
use super::message::{self, Content, Refusal};
use super::talk::{Author, Event, Message, Side, Thread};
use super::trouble::Trouble;
use super::{Memory, MetaFake, ids};

const WINDOW: Duration = Duration::from_hours(24);
const HUMAN_WINDOW: Duration = Duration::from_hours(7 * 24);
/// Sends a Page may make within any second.
const PER_SECOND: usize = 300;

impl MetaFake {
    /// `POST {page}/messages`.
    pub(super) fn send(&self, call: &Call, page: &str) -> Answer {
        let answer = self.try_send(call, page);
        if let Err(error) = &answer {
            let data = json!({ "accepted": false, "code": error.code() });
            self.options.journal.record("meta.send", format!("Meta refused: {}", error.in_words()), data);
        }
        answer
    }

    fn try_send(&self, call: &Call, page: &str) -> Answer {
        let token = self.page_caller(call, page)?;
        let Kind::Page(page) = &token.kind else { return Err(GraphError::missing_object("post", page)) };
        if !token.has("pages_messaging") {
            return Err(GraphError::new(
                230,
                "(#230) Requires pages_messaging permission to manage the object.",
            ));
        }
        let mut memory = self.memory();
        self.take_slot(&mut memory, page)?;
        let psid = self.recipient(call)?;
        if memory.talk.thread(&psid).is_none_or(|thread| thread.page != *page) {
            return Err(GraphError::new(100, "(#100) No matching user found").subcode(2_018_001));
        }
        match (call.params.text("sender_action"), call.params.json("message")) {
            (Some(action), None) => self.act(call, &mut memory, &psid, &action),
            (None, Some(message)) => {
                let trouble = self.troubles().sends.pop_front();
                if let Some(Trouble::Refused(error)) = trouble {
                    return Err(error);
                }
                if let Some(thread) = memory.talk.thread(&psid) {
                    self.check_window(call, thread)?;
                    check_reply_to(call, thread)?;
                }
                let content = message::read(&message).map_err(|refusal| match refusal {
                    Refusal::Error(error) => error,
                    Refusal::NotSimulated(what) => self.unknown(call, what),
                })?;
                let mid = self.accept(call, &mut memory, &psid, content)?;
                match trouble {
                    Some(Trouble::TakenAll(error)) => Err(error),
                    Some(Trouble::Refused(_)) | None => {
                        Ok(json!({ "recipient_id": psid, "message_id": mid }))
                    }
                }
            }
            (None, None) => {
                let message = "(#100) Message cannot be empty, must provide valid attachment or text";
                Err(GraphError::new(100, message).subcode(2_018_034))
            }
            (Some(_), Some(_)) => {
                Err(GraphError::parameter("Must send either a message or a sender_action, not both"))
            }
        }
    }

    fn take_slot(&self, memory: &mut Memory, page: &str) -> Result<(), GraphError> {
        let now = self.options.clock.now().millis();
        let sent = memory.sent_at.entry(page.to_owned()).or_default();
        forget(sent, now);
        if sent.len() >= PER_SECOND {
            return Err(
                GraphError::new(613, "(#613) Calls to this api have exceeded the rate limit.").transient()
            );
        }
        sent.push_back(now);
        Ok(())
    }

    /// The usage header of a send: percentages, and minutes until the caller may go on.
    pub(super) fn usage(&self, call: &Call) -> Option<String> {
        if call.path.get(1).map(String::as_str) != Some("messages") {
            return None;
        }
        if let Some(told) = self.told_usage() {
            return Some(told);
        }
        let mut memory = self.memory();
        let Kind::Page(page) = memory.ledger.tokens.get(&call.token()?)?.kind.clone() else { return None };
        let sent = memory.sent_at.entry(page.clone()).or_default();
        forget(sent, self.options.clock.now().millis());
        let percent = sent.len() * 100 / PER_SECOND;
        let wait = u8::from(sent.len() >= PER_SECOND);
        let usage = json!({
            "type": "messenger", "call_count": percent, "total_cputime": 1, "total_time": 1,
            "estimated_time_to_regain_access": wait,
        });
        Some(json!({ page: [usage] }).to_string())
    }

    fn recipient(&self, call: &Call) -> Result<String, GraphError> {
        let recipient = call.params.json("recipient");
        let Some(fields) = recipient.as_ref().and_then(Value::as_object) else {
            return Err(GraphError::parameter("The parameter recipient is required"));
        };
        match fields.get("id") {
            Some(Value::String(id)) => Ok(id.clone()),
            Some(Value::Number(id)) => Ok(id.to_string()),
            Some(_) => Err(GraphError::parameter("Param recipient[id] must be a string")),
            None if fields.is_empty() => Err(GraphError::parameter("Param recipient must be non-empty.")),
            None => Err(self.unknown(call, "kind of recipient")),
        }
    }

    fn act(&self, call: &Call, memory: &mut Memory, psid: &str, action: &str) -> Answer {
        let until = match action {
            "typing_on" => Some(Thread::typing_from(self.options.clock.now())),
            "typing_off" | "mark_seen" => None,
            "react" | "unreact" => return Err(self.unknown(call, "sender_action")),
            _ => {
                let known = "{mark_seen, typing_on, typing_off, react, unreact}";
                return Err(GraphError::parameter(format!("Param sender_action must be one of {known}")));
            }
        };
        let name = memory.talk.thread(psid).map(|thread| thread.name.clone()).unwrap_or_default();
        if action != "mark_seen" {
            memory.talk.set_typing(psid, until);
        }
        let summary = match action {
            "typing_on" => format!("{name} sees that the Page is writing"),
            "typing_off" => format!("{name} no longer sees the Page writing"),
            _ => format!("{name} sees that the Page has read"),
        };
        self.options.journal.record("meta.typing", summary, json!({ "to": name, "action": action }));
        Ok(json!({ "recipient_id": psid }))
    }

    fn check_window(&self, call: &Call, thread: &Thread) -> Result<(), GraphError> {
        let window = match call.params.text("messaging_type").as_deref() {
            Some("RESPONSE" | "UPDATE") => WINDOW,
            Some("MESSAGE_TAG") => match call.params.text("tag").as_deref() {
                Some("HUMAN_AGENT") => HUMAN_WINDOW,
                Some("CUSTOMER_FEEDBACK") => return Err(self.unknown(call, "tag")),
                // Retired tags and unknown ones are refused alike since 27 April 2026.
                _ => {
                    return Err(GraphError::parameter(
                        "Param tag must be one of {CUSTOMER_FEEDBACK, HUMAN_AGENT}",
                    ));
                }
            },
            Some("UTILITY") => return Err(self.unknown(call, "messaging_type")),
            Some(_) | None => {
                let known = "{RESPONSE, UPDATE, MESSAGE_TAG, UTILITY}";
                return Err(GraphError::parameter(format!("Param messaging_type must be one of {known}")));
            }
        };
        if self.options.clock.now().since(thread.last_heard) < window {
            return Ok(());
        }
        let message = "(#10) This message is sent outside of allowed window. Learn more about the new policy here: \
                       https://developers.facebook.com/docs/messenger-platform/policy-overview";
        Err(GraphError::new(10, message).subcode(2_018_278))
    }

    fn accept(
        &self,
        call: &Call,
        memory: &mut Memory,
        psid: &str,
        content: Content,
    ) -> Result<String, GraphError> {
        let mid = ids::message(&*self.options.entropy);
        let at = self.options.clock.now().millis();
        let (page, name) = memory
            .talk
            .thread(psid)
            .map(|thread| (thread.page.clone(), thread.name.clone()))
            .unwrap_or_default();
        let shown = in_words(&content);
        let message = Message {
            from: Side::Page,
            by: Author::App,
            mid: mid.clone(),
            text: content.text.clone(),
            cards: content.cards,
            buttons: content.buttons,
            quick_replies: content.quick_replies,
            at,
            deleted: false,
        };
        let data = json!({
            "accepted": true, "to": name, "page": page, "mid": mid, "metadata": content.metadata,
            "messaging_type": call.params.text("messaging_type"), "message": message,
        });
        let said = Event::Said { psid: psid.to_owned(), message, metadata: content.metadata.clone() };
        memory.write(said).map_err(|_| GraphError::unavailable())?;
        self.options.journal.record("meta.send", format!("{name} sees: {shown}"), data);
        let mut echo = json!({ "is_echo": true, "mid": mid });
        if let Some(fields) = echo.as_object_mut() {
            if let Ok(app_id) = self.options.app_id.parse::<u64>() {
                fields.insert("app_id".to_owned(), app_id.into());
            }
            if let Some(metadata) = content.metadata {
                fields.insert("metadata".to_owned(), metadata.into());
            }
            match content.attachment {
                Some(attachment) => fields.insert("attachments".to_owned(), json!([attachment])),
                None => fields.insert("text".to_owned(), content.text.into()),
            };
        }
        self.tell_echo(memory, &page, psid, at, &echo, format!("Echo of what {name} was sent"));
        Ok(mid)
    }

    /// Tells the app what was sent for its Page, whoever wrote it.
    pub(super) fn tell_echo(
        &self,
        memory: &Memory,
        page: &str,
        psid: &str,
        at: i64,
        echo: &Value,
        label: String,
    ) {
        let event = json!({ "sender": { "id": page }, "recipient": { "id": psid }, "timestamp": at, "message": echo });
        self.tell(&memory.ledger, page, "message_echoes", &event, label);
    }
}

fn check_reply_to(call: &Call, thread: &Thread) -> Result<(), GraphError> {
    let Some(reply_to) = call.params.json("reply_to") else { return Ok(()) };
    let mid = reply_to.get("mid").and_then(Value::as_str).unwrap_or_default();
    if thread.messages.iter().any(|message| message.mid == mid) {
        return Ok(());
    }
    Err(GraphError::parameter("Param reply_to[mid] must be a message of this conversation"))
}

/// Forgets what is not within the last second.
pub(super) fn forget(sent: &mut VecDeque<i64>, now: i64) {
    while sent.front().is_some_and(|at| now.saturating_sub(*at) >= 1_000) {
        sent.pop_front();
    }
}

/// What a person would say they see.
fn in_words(content: &Content) -> String {
    let mut words = content.text.clone().unwrap_or_default();
    if !content.cards.is_empty() {
        let titles: Vec<&str> = content.cards.iter().map(|card| card.title.as_str()).collect();
        let noun = if titles.len() == 1 { "card" } else { "cards" };
        words = format!("{} {noun}: {}", titles.len(), titles.join(", "));
    }
    let labels = content.quick_replies.iter().map(|reply| &reply.title);
    for label in labels.chain(content.buttons.iter().map(|button| &button.title)) {
        words.extend([" [", label, "]"]);
    }
    words
}
