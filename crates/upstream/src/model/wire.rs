//! The chat form as endpoints write it: what we send, and the lenient reading of one answer or one piece of it.
//!
//! Strict types break on real endpoints: `finish_reason: ""`, `usage: {}`, content as a list of parts, arguments as an
//! object, ids that are missing.

use serde_json::{Value, json};
use shopclerk_domain::chat::{Line, Prompt, ToolCall, ToolSpec, Usage};

/// How an endpoint calls the longest answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// The name nearly all know.
    MaxTokens,
    /// The name some newer models insist on.
    MaxCompletionTokens,
}

/// The body of a call.
pub(super) fn request(model: Option<&str>, prompt: &Prompt, bound: Bound) -> Vec<u8> {
    let mut body = json!({
        "messages": prompt.lines.iter().map(message).collect::<Vec<_>>(),
        "stream": true,
        "stream_options": { "include_usage": true },
    });
    if let Value::Object(fields) = &mut body {
        let name = match bound {
            Bound::MaxTokens => "max_tokens",
            Bound::MaxCompletionTokens => "max_completion_tokens",
        };
        fields.insert(name.to_owned(), json!(prompt.most_tokens));
        fields.extend(model.map(|model| ("model".to_owned(), json!(model))));
        if !prompt.tools.is_empty() {
            fields.insert("tools".to_owned(), prompt.tools.iter().map(tool).collect());
        }
    }
    body.to_string().into_bytes()
}

fn message(line: &Line) -> Value {
    match line {
        Line::Ours(text) => json!({ "role": "system", "content": text }),
        Line::Shopper(text) => json!({ "role": "user", "content": text }),
        Line::Clerk { text, calls } if calls.is_empty() => json!({ "role": "assistant", "content": text }),
        Line::Clerk { text, calls } => {
            let calls: Vec<Value> = calls.iter().map(asked).collect();
            json!({ "role": "assistant", "content": text, "tool_calls": calls })
        }
        Line::Found { call, result } => json!({ "role": "tool", "tool_call_id": call, "content": result }),
    }
}

fn asked(call: &ToolCall) -> Value {
    json!({ "id": call.id, "type": "function", "function": { "name": call.name, "arguments": call.arguments } })
}

fn tool(spec: &ToolSpec) -> Value {
    let parameters: Value = serde_json::from_str(&spec.arguments).unwrap_or_else(|_| json!({}));
    let function = json!({ "name": spec.name, "description": spec.purpose, "parameters": parameters });
    json!({ "type": "function", "function": function })
}

/// A tool that is asked for, or a piece of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Which of several, where the endpoint says.
    pub(super) index: Option<u64>,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) arguments: String,
}

/// What an answer, or a piece of one, holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) asked: Vec<Asked>,
    /// What it says it cost; nothing where it does not say.
    pub(super) usage: Option<Usage>,
    /// All of it is here: nothing in it goes on with what came before.
    pub(super) is_whole: bool,
    /// It says that the answer ends here.
    pub(super) ends: bool,
    /// It tells of an error instead.
    pub(super) fails: bool,
}

/// Reads a whole answer or one event of a stream; `None` if it is nothing of the kind.
pub(super) fn piece(json: &str) -> Option<Piece> {
    let answer: Value = serde_json::from_str(json).ok()?;
    let fields = answer.as_object()?;
    let choice = fields.get("choices").and_then(|choices| choices.get(0)).unwrap_or(&Value::Null);
    let message =
        ["message", "delta"].iter().find_map(|name| choice.get(name).filter(|said| said.is_object()));
    let message = message.unwrap_or(choice);
    let text = message.get("content").or_else(|| message.get("text")).map(text_of).unwrap_or_default();
    let mut asked: Vec<Asked> =
        message.get("tool_calls").and_then(Value::as_array).into_iter().flatten().map(read_call).collect();
    asked.extend(message.get("function_call").filter(|call| call.is_object()).map(function));
    let fails = fields.get("error").is_some_and(|error| !error.is_null());
    let known = fields.contains_key("choices") || fields.contains_key("usage") || fails;
    let is_whole = choice.get("message").is_some_and(Value::is_object);
    let ends = is_whole || choice.get("finish_reason").is_some_and(Value::is_string);
    known.then(|| Piece { text, asked, usage: fields.get("usage").and_then(usage), is_whole, ends, fails })
}

/// Text, or the texts of a list of parts.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .map(|part| match part {
                Value::Object(fields) => fields.get("text").map(text_of).unwrap_or_default(),
                other => text_of(other),
            })
            .collect(),
        Value::Object(fields) => fields.get("value").and_then(Value::as_str).unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

fn read_call(call: &Value) -> Asked {
    let of = call.get("function").unwrap_or(call);
    let id = call.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
    Asked { index: call.get("index").and_then(Value::as_u64), id, ..function(of) }
}

fn function(of: &Value) -> Asked {
    let name = of.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned);
    let arguments = match of.get("arguments") {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    };
    Asked { name, arguments, ..Asked::default() }
}

fn usage(usage: &Value) -> Option<Usage> {
    let count = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| usage.get(name))?;
        found.as_u64().or_else(|| found.as_str()?.parse().ok())
    };
    let prompt = count(["prompt_tokens", "input_tokens"]);
    let answer = count(["completion_tokens", "output_tokens"]);
    usage.is_object().then(|| Usage { prompt: prompt.unwrap_or(0), answer: answer.unwrap_or(0) })
}
