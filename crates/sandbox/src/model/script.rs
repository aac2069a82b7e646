//! What the model is told to do: its mode, and a script of answers, one a call.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// What the model does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is not there.
    #[default]
    Off,
    /// It says back what the shopper wrote.
    Echo,
    /// It follows a script.
    Scripted,
    /// It searches, and then lies on purpose.
    Lying,
    /// It does what any text tells it to do.
    Obedient,
}

impl Mode {
    const ALL: [(&'static str, Self); 5] = [
        ("off", Self::Off),
        ("echo", Self::Echo),
        ("scripted", Self::Scripted),
        ("lying", Self::Lying),
        ("obedient", Self::Obedient),
    ];

    pub(super) const fn means(self) -> &'static str {
        match self {
            Self::Off => "switched off",
            Self::Echo => "an echo from now on",
            Self::Scripted => "following a script from now on",
            Self::Lying => "lying on purpose from now on",
            Self::Obedient => "obeying every text from now on",
        }
    }
}

/// One answer of a script.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is answered.
    pub answer: Answered,
    /// How it is written.
    pub form: Form,
    /// When it goes.
    pub pace: Pace,
}

/// When an answer goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// At once.
    #[default]
    AtOnce,
    /// When it is released.
    Held,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answered {
    /// These words.
    Say(String),
    /// These tools are asked for: name, and the arguments as they are written.
    Calls(Vec<(String, String)>),
    /// A status of HTTP, with a refusal.
    Status(u16),
    /// Nothing, until it is released; then a refusal.
    Silence,
    /// Words without an end.
    Endless,
    /// Bytes that are no answer.
    Garbage,
    /// The beginning of an answer, and then the line is cut.
    Cut,
    /// A refusal of tools, as endpoints write it that take none.
    NoTools,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// As the request asks for it.
    #[default]
    Asked,
    /// In one piece, whatever was asked for.
    Whole,
    /// The words as a list of parts.
    Parts,
    /// Carelessly: an empty reason to finish, an empty bill, no ids, arguments as an object where they are one.
    Careless,
    /// With a bill that says nothing was read and nothing written.
    Free,
}

/// Why a setting is refused. It names the value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct BadScript(pub String);

/// A mode with what belongs to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setting {
    /// What it does from now on.
    pub mode: Mode,
    /// The script, for a model that follows one.
    pub script: Vec<Step>,
    /// What lies are drawn from; `None` leaves it as it was.
    pub seed: Option<u64>,
}

const KEYS: [&str; 3] = ["mode", "script", "seed"];
const MOST_STEPS: usize = 1_000;

impl Setting {
    /// Reads what the control surface was sent; what is wrong is named.
    pub fn read(body: &Value) -> Result<Self, BadScript> {
        let fields = body.as_object().ok_or_else(|| BadScript("the body must be an object".to_owned()))?;
        if let Some(other) = fields.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(BadScript(format!("`{other}` is unknown: there are {}", KEYS.join(", "))));
        }
        let word = fields.get("mode").unwrap_or(&Value::Null);
        let found = word.as_str().and_then(|word| Mode::ALL.iter().find(|(name, _)| *name == word));
        let Some((_, mode)) = found else {
            let names: Vec<&str> = Mode::ALL.iter().map(|(name, _)| *name).collect();
            return Err(BadScript(format!("mode {word} is none of {}", names.join(", "))));
        };
        let seed = match fields.get("seed") {
            None | Some(Value::Null) => None,
            Some(seed) => Some(seed.as_u64().ok_or_else(|| {
                BadScript(format!("seed {seed} is no whole number from 0 to {}", u64::MAX))
            })?),
        };
        let script = match fields.get("script") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(steps)) if steps.len() <= MOST_STEPS => read_script(steps)?,
            Some(_) => return Err(BadScript(format!("script must be a list of at most {MOST_STEPS} steps"))),
        };
        if *mode != Mode::Scripted && !script.is_empty() {
            return Err(BadScript("a script belongs to mode \"scripted\" alone".to_owned()));
        }
        Ok(Self { mode: *mode, script, seed })
    }
}

fn read_script(steps: &[Value]) -> Result<Vec<Step>, BadScript> {
    let read = |(number, step): (usize, &Value)| {
        Step::read(step).map_err(|why| BadScript(format!("script[{number}]: {why}")))
    };
    steps.iter().enumerate().map(read).collect()
}

impl Step {
    /// These words.
    pub fn say(words: impl Into<String>) -> Self {
        Self::of(Answered::Say(words.into()))
    }

    /// This, at once and in the form that is asked for.
    pub const fn of(answer: Answered) -> Self {
        Self { answer, form: Form::Asked, pace: Pace::AtOnce }
    }

    /// One tool.
    pub fn call(tool: &str, arguments: &Value) -> Self {
        let written = arguments.as_str().map_or_else(|| arguments.to_string(), str::to_owned);
        Self::of(Answered::Calls(vec![(tool.to_owned(), written)]))
    }

    /// The same, once it is released.
    #[must_use]
    pub fn held(self) -> Self {
        Self { pace: Pace::Held, ..self }
    }

    /// The same in another form.
    #[must_use]
    pub fn written(self, form: Form) -> Self {
        Self { form, ..self }
    }

    fn read(step: &Value) -> Result<Self, String> {
        const SHAPE: &str = "a step is {\"say\": text}, {\"call\": tool, \"arguments\": {..}}, {\"status\": number} or \
            {\"odd\": \"silence\"|\"endless\"|\"garbage\"|\"cut\"|\"no_tools\"}, with \"form\" if need be";
        let fields = step.as_object().ok_or(SHAPE)?;
        let answer = if let Some(words) = fields.get("say").and_then(Value::as_str) {
            Answered::Say(words.to_owned())
        } else if let Some(tool) = fields.get("call").and_then(Value::as_str) {
            let Self { answer, .. } =
                Self::call(tool, fields.get("arguments").unwrap_or(&Value::Object(serde_json::Map::new())));
            answer
        } else if let Some(status) = fields.get("status") {
            let number = status.as_u64().and_then(|number| u16::try_from(number).ok());
            Answered::Status(
                number
                    .filter(|number| (300..600).contains(number))
                    .ok_or_else(|| format!("status {status} is none from 300 to 599"))?,
            )
        } else {
            match fields.get("odd").and_then(Value::as_str) {
                Some("silence") => Answered::Silence,
                Some("endless") => Answered::Endless,
                Some("garbage") => Answered::Garbage,
                Some("cut") => Answered::Cut,
                Some("no_tools") => Answered::NoTools,
                _ => return Err(SHAPE.to_owned()),
            }
        };
        let form = match fields.get("form").map(|form| (form, form.as_str())) {
            None => Form::Asked,
            Some((_, Some("whole"))) => Form::Whole,
            Some((_, Some("parts"))) => Form::Parts,
            Some((_, Some("careless"))) => Form::Careless,
            Some((_, Some("free"))) => Form::Free,
            Some((form, _)) => return Err(format!("form {form} is none of whole, parts, careless, free")),
        };
        let known = ["say", "call", "arguments", "status", "odd", "form"];
        match fields.keys().find(|key| !known.contains(&key.as_str())) {
            Some(other) => Err(format!("`{other}` is unknown: {SHAPE}")),
            None => Ok(Self { form, ..Self::of(answer) }),
        }
    }
}
