//! An answer on the wire: at once or as a stream of events, careful or careless, or none at all.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde_json::{Value, json};

use super::ask::Ask;
use super::script::{Answered, Form, Pace, Step};

/// What is answered.
#[derive(Clone, Debug)]
pub(super) enum Said {
    /// A refusal.
    Status(u16, &'static str),
    /// A step of a script, or what a mode makes up.
    Scripted(Step),
}

impl Said {
    pub(super) fn text(words: String) -> Self {
        Self::Scripted(Step::say(words))
    }

    pub(super) fn call(tool: &str, arguments: &Value) -> Self {
        Self::Scripted(Step::call(tool, arguments))
    }

    /// Whether it waits until it is released.
    pub(super) fn is_held(&self) -> bool {
        let held = |step: &Step| step.pace == Pace::Held || step.answer == Answered::Silence;
        matches!(self, Self::Scripted(step) if held(step))
    }

    /// For the journal.
    pub(super) fn gist(&self) -> Value {
        match self {
            Self::Status(status, why) => json!({ "status": status, "why": why }),
            Self::Scripted(step) => match &step.answer {
                Answered::Say(words) => json!({ "says": words }),
                Answered::Calls(calls) => calls
                    .iter()
                    .map(|(tool, arguments)| json!({ "calls": tool, "arguments": arguments }))
                    .collect(),
                other => json!({ "does": format!("{other:?}") }),
            },
        }
    }

    /// How a person would say it.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Status(_, why) => format!("does not answer: {why}"),
            Self::Scripted(step) => match &step.answer {
                Answered::Say(_) => "drafts an answer".to_owned(),
                Answered::Calls(calls) => {
                    format!(
                        "asks for {}",
                        calls.iter().map(|(tool, _)| tool.as_str()).collect::<Vec<_>>().join(", ")
                    )
                }
                Answered::Status(status) => format!("answers {status}"),
                Answered::Silence => "stays silent".to_owned(),
                Answered::Endless => "does not come to an end".to_owned(),
                Answered::Garbage => "answers something unreadable".to_owned(),
                Answered::Cut => "breaks off".to_owned(),
                Answered::NoTools => "takes no tools".to_owned(),
            },
        }
    }

    pub(super) fn into_response(self, ask: &Ask) -> Response {
        match self {
            Self::Status(status, why) => refuse(status, why),
            Self::Scripted(step) => respond(step, ask),
        }
    }
}

fn respond(step: Step, ask: &Ask) -> Response {
    let streams = ask.streams && matches!(step.form, Form::Asked | Form::Careless | Form::Free);
    let message = match step.answer {
        Answered::Status(status) => return refuse(status, "as the script says"),
        Answered::NoTools if ask.tools.is_empty() => {
            return respond(Step::say("I was told nothing to look with."), ask);
        }
        Answered::NoTools => return refuse(400, "this model does not support tools"),
        Answered::Silence => return refuse(504, "nobody answered"),
        Answered::Garbage => return "<html><body>Please sign in</body></html>".into_response(),
        Answered::Endless => return endless(),
        Answered::Cut => return cut(),
        Answered::Say(words) => Message { words, calls: Vec::new() },
        Answered::Calls(calls) => Message { words: String::new(), calls },
    };
    if streams { streamed(&message, step.form, ask) } else { whole(&message, step.form, ask) }
}

struct Message {
    words: String,
    calls: Vec<(String, String)>,
}

impl Message {
    fn finish(&self, form: Form) -> &'static str {
        match (form, self.calls.is_empty()) {
            (Form::Careless, _) => "",
            (_, true) => "stop",
            (_, false) => "tool_calls",
        }
    }

    fn usage(&self, form: Form, ask: &Ask) -> Value {
        if form == Form::Careless {
            return json!({});
        }
        if form == Form::Free {
            return json!({ "prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0 });
        }
        let written: usize =
            self.words.len() + self.calls.iter().map(|(_, arguments)| arguments.len()).sum::<usize>();
        let (prompt, completion) = (ask.characters().div_ceil(4), written.div_ceil(4));
        json!({ "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion })
    }

    fn calls(&self, form: Form) -> Vec<Value> {
        let one = |(number, (tool, arguments)): (usize, &(String, String))| match form {
            Form::Careless => {
                let loose =
                    serde_json::from_str(arguments).unwrap_or_else(|_| Value::String(arguments.clone()));
                json!({ "function": { "name": tool, "arguments": loose } })
            }
            _ => json!({
                "id": format!("call_{number}_{}", arguments.len()),
                "type": "function",
                "function": { "name": tool, "arguments": arguments },
            }),
        };
        self.calls.iter().enumerate().map(one).collect()
    }
}

fn whole(message: &Message, form: Form, ask: &Ask) -> Response {
    let content = match form {
        Form::Parts => json!([{ "type": "text", "text": message.words }]),
        _ if message.calls.is_empty() => json!(message.words),
        _ => Value::Null,
    };
    let mut said = json!({ "role": "assistant", "content": content });
    if let (Value::Object(fields), false) = (&mut said, message.calls.is_empty()) {
        fields.insert("tool_calls".to_owned(), Value::Array(message.calls(form)));
    }
    json(&json!({
        "id": "chatcmpl-rehearsal",
        "object": "chat.completion",
        "choices": [{ "index": 0, "message": said, "finish_reason": message.finish(form) }],
        "usage": message.usage(form, ask),
    }))
}

fn streamed(message: &Message, form: Form, ask: &Ask) -> Response {
    let event = |delta: Value, finish: Value| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
        format!("data: {}\n\n", json!({ "object": "chat.completion.chunk", "choices": [choice] }))
    };
    let mut events = vec![event(json!({ "role": "assistant", "content": "" }), Value::Null)];
    let letters: Vec<char> = message.words.chars().collect();
    for piece in letters.chunks(7) {
        events.push(event(json!({ "content": piece.iter().collect::<String>() }), Value::Null));
    }
    for (number, call) in message.calls(form).into_iter().enumerate() {
        let mut call = call;
        if let (Value::Object(fields), true) = (&mut call, form != Form::Careless) {
            fields.insert("index".to_owned(), json!(number));
        }
        events.push(event(json!({ "tool_calls": [call] }), Value::Null));
    }
    events.push(event(json!({}), json!(message.finish(form))));
    if ask.wants_usage {
        events.push(format!("data: {}\n\n", json!({ "choices": [], "usage": message.usage(form, ask) })));
    }
    events.push("data: [DONE]\n\n".to_owned());
    event_stream(Body::from_stream(stream::iter(events.into_iter().map(Ok::<_, std::io::Error>))))
}

/// What comes again and again from a model that does not come to an end.
pub(super) const ANOTHER_WORD: &str =
    "data: {\"choices\":[{\"delta\":{\"content\":\"and another thing, \"}}]}\n\n";

fn endless() -> Response {
    let piece = Bytes::from_static(ANOTHER_WORD.as_bytes());
    event_stream(Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone()))))
}

fn cut() -> Response {
    let start =
        Bytes::from_static(b"data: {\"choices\":[{\"delta\":{\"content\":\"The candle costs \"}}]}\n\n");
    let broken = || std::io::Error::new(std::io::ErrorKind::ConnectionReset, "cut");
    event_stream(Body::from_stream(stream::iter([Ok(start), Err(broken())])))
}

fn event_stream(body: Body) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}

/// A JSON answer.
pub(super) fn json(body: &Value) -> Response {
    let mut response = body.to_string().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn refuse(status: u16, why: &str) -> Response {
    error(StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE), why)
}

/// A refusal as endpoints write it.
pub(super) fn error(status: StatusCode, why: &str) -> Response {
    let mut response = json(&json!({ "error": { "message": why, "type": "invalid_request_error" } }));
    *response.status_mut() = status;
    response
}
