//! Asking a model: one call, one answer, sorted by what the caller can do next. It neither repeats nor falls back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use shopclerk_domain::chat::{Completion, Line, Prompt};
use shopclerk_domain::secret::SecretText;

use super::heard::Heard;
use super::wire::{self, Bound};
use crate::error::{UpstreamError, safe_code};
use crate::http::{Body, Call, Host, Http, HttpError, Limits};

/// The code of a refusal that seems to be about tools: the same may be asked without them.
pub const NO_TOOLS: &str = "no_tools";

/// The code of a refusal of what was asked, such as words that a filter holds back: another question may pass.
pub const DECLINED: &str = "declined";

const CHAT: &str = "/chat/completions";
/// Largest answer with all that a stream wraps around it.
const MOST_BYTES: usize = 1024 * 1024;
/// So much of a refusal is looked at.
const MOST_REFUSAL: usize = 16 * 1024;

/// How the model is reached.
#[derive(Clone, Debug)]
pub struct ChatSettings {
    /// The endpoint: its base address, or the whole one that ends with `/chat/completions`.
    pub endpoint: String,
    /// The key, where it takes one.
    pub key: Option<SecretText>,
    /// The model's name there; `None` = whatever the endpoint takes without being told.
    pub model: Option<String>,
    /// How long it may stay silent.
    pub silence: Duration,
    /// How long one answer may take in all.
    pub total: Duration,
}

/// The client for the model.
#[derive(Clone, Debug)]
pub struct Chat {
    settings: Arc<ChatSettings>,
    http: Http,
    /// It insists on the newer name for the longest answer.
    newer: Arc<AtomicBool>,
}

impl Chat {
    /// A client for the endpoint that `settings` describe.
    pub fn new(settings: ChatSettings, http: &Http) -> Result<Self, HttpError> {
        let limits = Limits {
            connect: Duration::from_secs(3),
            read: settings.silence,
            total: settings.total,
            most_bytes: MOST_BYTES,
        };
        let http = http.limited(limits)?;
        Ok(Self { settings: Arc::new(settings), http, newer: Arc::default() })
    }

    /// One answer.
    pub async fn complete(&self, prompt: &Prompt) -> Result<Completion, UpstreamError> {
        let bound =
            if self.newer.load(Ordering::Relaxed) { Bound::MaxCompletionTokens } else { Bound::MaxTokens };
        match self.ask(prompt, bound).await {
            Err(Refusal { renames_bound: true, .. }) if bound == Bound::MaxTokens => {
                self.newer.store(true, Ordering::Relaxed);
                self.ask(prompt, Bound::MaxCompletionTokens).await.map_err(|refusal| refusal.error)
            }
            asked => asked.map_err(|refusal| refusal.error),
        }
    }

    /// Whether it answers at all. It is asked for a single token: a list of models may come from where nobody thinks, and more
    /// would cost more. A refusal of that is an answer, too: some want to be asked for several.
    pub async fn is_there(&self) -> bool {
        let prompt =
            Prompt { lines: vec![Line::Shopper("Hello".to_owned())], most_tokens: 1, ..Prompt::default() };
        match self.complete(&prompt).await {
            Ok(_) => true,
            Err(UpstreamError::Refused { code }) => code == DECLINED,
            Err(_) => false,
        }
    }

    async fn ask(&self, prompt: &Prompt, bound: Bound) -> Result<Completion, Refusal> {
        let body = Body::Json(wire::request(self.settings.model.as_deref(), prompt, bound));
        let call = self.with_key(Call::new("model.chat", Host::Operator, self.address(), body));
        let (mut heard, mut start) = (Heard::default(), Vec::new());
        let mut take = |chunk: &[u8]| {
            let room = MOST_REFUSAL.saturating_sub(start.len()).min(chunk.len());
            start.extend_from_slice(chunk.get(..room).unwrap_or_default());
            heard.take(chunk)
        };
        let (status, headers) = self.http.stream(call, &mut take).await.map_err(UpstreamError::from)?;
        match status {
            200..=299 => Ok(heard.completion(prompt).ok_or(UpstreamError::Malformed)?),
            403 if is_about_content(&start) => {
                Err(UpstreamError::Refused { code: DECLINED.to_owned() }.into())
            }
            401 | 403 => Err(UpstreamError::TokenRefused.into()),
            429 => {
                let seconds =
                    headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
                let retry_after = seconds.map(|seconds| Duration::from_secs(seconds.min(86_400)));
                Err(UpstreamError::Limited { retry_after }.into())
            }
            // Somebody between gave up; whoever stands behind may have written on.
            408 | 502 | 504 | 520..=524 => Err(UpstreamError::Unclear.into()),
            500 | 503 | 505..=599 => Err(UpstreamError::Unavailable.into()),
            _ => Err(Refusal::read(status, &start, prompt)),
        }
    }

    fn with_key(&self, call: Call) -> Call {
        match &self.settings.key {
            Some(key) => call.bearer(key),
            None => call,
        }
    }

    /// Where it is asked: people write the base, the version below it, or the whole address.
    fn address(&self) -> String {
        let given = self.settings.endpoint.trim_end_matches('/');
        if given.ends_with(CHAT) {
            return given.to_owned();
        }
        let path = given.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
        let version = if path.is_none() { "/v1" } else { "" };
        format!("{given}{version}{CHAT}")
    }
}

/// Whether a refusal is about the words of a question: some filters use the status of a bad key for that.
fn is_about_content(start: &[u8]) -> bool {
    let words = String::from_utf8_lossy(start).to_ascii_lowercase();
    ["moderation", "flagged", "content_filter", "content_policy"].iter().any(|word| words.contains(word))
}

/// A refusal, and whether it is only about the name of a setting.
struct Refusal {
    error: UpstreamError,
    renames_bound: bool,
}

impl From<UpstreamError> for Refusal {
    fn from(error: UpstreamError) -> Self {
        Self { error, renames_bound: false }
    }
}

impl Refusal {
    /// What the endpoint's words are about. They are looked at for a few words and go nowhere.
    fn read(status: u16, start: &[u8], prompt: &Prompt) -> Self {
        let words = String::from_utf8_lossy(start).to_ascii_lowercase();
        let renames_bound = words.contains("max_completion_tokens");
        let says = |about: &[&str]| about.iter().any(|word| words.contains(word));
        let about_tools = says(&["tool", "function"])
            && !says(&["maximum context", "context window", "length", "too long", "too large"]);
        // Whoever has answered with tools takes them: the words are about something else.
        let used_tools = prompt.lines.iter().any(|line| matches!(line, Line::Found { .. }));
        let offers_tools = !prompt.tools.is_empty() && !used_tools;
        let code = if offers_tools && about_tools && !renames_bound {
            NO_TOOLS.to_owned()
        } else if matches!(status, 400 | 413 | 422) {
            DECLINED.to_owned()
        } else {
            safe_code(&format!("http/{status}"))
        };
        Self { error: UpstreamError::Refused { code }, renames_bound }
    }
}
