//! What the model is asked: the request as the endpoint takes it. It is as strict as real ones are about the order of messages
//! and the arguments of tools, so that a client that mixes them up is found out here.

use serde_json::Value;

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) messages: Vec<Heard>,
    pub(super) tools: Vec<String>,
    pub(super) streams: bool,
    pub(super) wants_usage: bool,
    /// A single token is wanted: somebody looks whether anybody is there.
    pub(super) is_a_look: bool,
}

/// One message of it.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) role: Role,
    pub(super) text: String,
    /// Tools an earlier answer asked for: id and name.
    pub(super) calls: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    System,
    User,
    Assistant,
    Tool,
}

impl Ask {
    /// Reads the body, or says what is wrong with it.
    pub(super) fn read(body: &Value) -> Result<Self, String> {
        if body.get("model").is_some_and(|model| model.as_str().is_none_or(str::is_empty)) {
            return Err("`model` must be a name".to_owned());
        }
        let listed = body.get("messages").and_then(Value::as_array).filter(|listed| !listed.is_empty());
        let listed = listed.ok_or("`messages` must be a list with at least one message")?;
        let mut messages: Vec<Heard> = Vec::new();
        let mut open: Vec<String> = Vec::new();
        for (number, message) in listed.iter().enumerate() {
            let heard = read_message(message).map_err(|why| format!("messages[{number}]: {why}"))?;
            if heard.role == Role::Tool {
                let answers = message.get("tool_call_id").and_then(Value::as_str).unwrap_or_default();
                let at = open.iter().position(|id| id == answers);
                open.remove(
                    at.ok_or_else(|| format!("messages[{number}]: no call `{answers}` waits for it"))?,
                );
            } else if !open.is_empty() {
                return Err(format!(
                    "messages[{number}]: the tool call `{}` was not answered",
                    open.join("`, `")
                ));
            }
            open.extend(heard.calls.iter().map(|(id, _)| id.clone()));
            messages.push(heard);
        }
        let tools = body.get("tools").map_or(Ok(Vec::new()), read_tools)?;
        let flag = |value: Option<&Value>| value.and_then(Value::as_bool).unwrap_or(false);
        let wants_usage = flag(body.get("stream_options").and_then(|options| options.get("include_usage")));
        let most = ["max_tokens", "max_completion_tokens"].iter().find_map(|name| body.get(name));
        let is_a_look = most.and_then(Value::as_u64) == Some(1);
        Ok(Self { messages, tools, streams: flag(body.get("stream")), wants_usage, is_a_look })
    }

    /// What the shopper wrote last.
    pub(super) fn question(&self) -> &str {
        self.last(Role::User).map_or("", |message| &message.text)
    }

    fn last(&self, role: Role) -> Option<&Heard> {
        self.messages.iter().rev().find(|message| message.role == role)
    }

    /// The messages behind the shopper's last one: what happened in this turn.
    pub(super) fn since_question(&self) -> &[Heard] {
        let at = self.messages.iter().rposition(|message| message.role == Role::User);
        self.messages.get(at.map_or(0, |at| at + 1)..).unwrap_or_default()
    }

    /// Whether this turn has used the tool already.
    pub(super) fn has_used(&self, tool: &str) -> bool {
        self.since_question().iter().flat_map(|message| &message.calls).any(|(_, name)| name == tool)
    }

    pub(super) fn offers(&self, tool: &str) -> bool {
        self.tools.iter().any(|offered| offered == tool)
    }

    /// Characters of everything that is read, for the bill.
    pub(super) fn characters(&self) -> usize {
        self.messages.iter().map(|message| message.text.chars().count()).sum()
    }
}

fn read_message(message: &Value) -> Result<Heard, String> {
    let role = match message.get("role").and_then(Value::as_str) {
        Some("system" | "developer") => Role::System,
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("tool") => Role::Tool,
        _ => return Err("`role` must be system, user, assistant or tool".to_owned()),
    };
    let text = match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) if role == Role::Assistant => String::new(),
        _ => return Err("`content` must be a text".to_owned()),
    };
    let mut calls = Vec::new();
    for call in message.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let function = call.get("function");
        let (id, name) = (text(call.get("id")), text(function.and_then(|function| function.get("name"))));
        let arguments = text(function.and_then(|function| function.get("arguments")));
        match (id, name, arguments) {
            (_, _, Some(arguments)) if !is_object(&arguments) => {
                return Err(format!("`function.arguments` must be a JSON object, not `{arguments}`"));
            }
            (Some(id), Some(name), Some(_)) => calls.push((id, name)),
            _ => return Err("a tool call needs `id`, `function.name` and `function.arguments`".to_owned()),
        }
    }
    Ok(Heard { role, text, calls })
}

fn is_object(arguments: &str) -> bool {
    serde_json::from_str(arguments).is_ok_and(|read: Value| read.is_object())
}

fn read_tools(tools: &Value) -> Result<Vec<String>, String> {
    let listed = tools.as_array().ok_or("`tools` must be a list")?;
    let name = |tool: &Value| {
        let function = tool.get("function")?;
        let object = function.get("parameters")?.get("type")?.as_str()? == "object";
        function.get("name").and_then(Value::as_str).filter(|_| object).map(str::to_owned)
    };
    listed
        .iter()
        .map(|tool| {
            name(tool).ok_or_else(|| "each tool needs a function with name and object parameters".to_owned())
        })
        .collect()
}
