//! Which language model is asked, if any.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use shopclerk_domain::secret::SecretText;
use shopclerk_flows::model::ModelSettings;
use shopclerk_flows::wiring::ChatSettings;
use url::{Host, Url};

use super::check::Checker;
use super::http::is_loopback;

/// An OpenAI-compatible endpoint.
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// Its address, as the operator gave it.
    pub endpoint: Url,
    /// What it knows us by; some local ones ask for nothing.
    pub api_key: Option<SecretText>,
    /// The model to ask for; `None` = whatever the endpoint takes without being told.
    pub model: Option<String>,
    /// The operator's text that tells the model how to speak.
    pub prompt: Option<Prompt>,
}

impl ModelConfig {
    /// What the client is told. The turn itself ends at its `deadline`, so the client's own limits lie behind it.
    pub fn client(self, deadline: Duration) -> ChatSettings {
        ChatSettings {
            endpoint: self.endpoint.into(),
            key: self.api_key,
            model: self.model,
            silence: deadline.saturating_add(BEHIND),
            total: deadline.saturating_add(BEHIND),
        }
    }
}

/// A text from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The file.
    pub path: PathBuf,
    /// What it said at the start.
    pub text: String,
}

/// How much later the client gives up than the turn.
const BEHIND: Duration = Duration::from_secs(2);
const ENDPOINT: &str = "AGENT_ENDPOINT";
const PROMPT: &str = "AGENT_PROMPT_FILE";
const TURN_TOKENS: &str = "AGENT_TURN_TOKENS";
/// Longest prompt: it is paid for with every message.
const LONGEST_PROMPT: u64 = 64 * 1024;

/// The endpoint, if one is set; what is wrong with it is among the faults.
pub(super) fn read(check: &mut Checker<'_>) -> Option<ModelConfig> {
    let Some(given) = check.optional(ENDPOINT) else {
        let beside = ["AGENT_API_KEY", "AGENT_MODEL", PROMPT];
        if let Some(option) = beside.into_iter().find(|option| check.optional(option).is_some()) {
            check.remark(format!("{option} is set without {ENDPOINT}: no model is asked, the rules answer"));
        }
        return None;
    };
    let given_key = check.optional("AGENT_API_KEY");
    let api_key = given_key
        .and_then(|_| check.secret("AGENT_API_KEY", "copy it from where the endpoint's keys are made"));
    let prompt = prompt(check);
    let endpoint = endpoint(check, given)?;
    if endpoint.scheme() == "http" {
        let host = endpoint.host_str().unwrap_or_default();
        check.remark(format!("{ENDPOINT} is plain http: its key travels in clear to {host}"));
    }
    let model = check.optional("AGENT_MODEL").map(str::to_owned);
    Some(ModelConfig { endpoint, api_key, model, prompt })
}

fn endpoint(check: &mut Checker<'_>, given: &str) -> Option<Url> {
    const CURE: &str =
        "write it like https://api.example.com/v1; plain http is for loopback and private addresses";
    let url = Url::parse(given)
        .ok()
        .filter(|url| url.has_host() && url.username().is_empty() && url.password().is_none());
    match url {
        Some(url) if url.scheme() == "https" || (url.scheme() == "http" && is_near(&url)) => Some(url),
        Some(url) if url.scheme() == "http" => {
            check.fault(ENDPOINT, "must be https: its key would travel in clear", CURE);
            None
        }
        _ => {
            // Not repeated: some write their key into the address.
            check.fault(ENDPOINT, "is not a web address", CURE);
            None
        }
    }
}

/// Whether an address leads to this machine or its own network, as far as can be told without asking anybody.
pub(super) fn is_near(url: &Url) -> bool {
    is_loopback(url)
        || match url.host() {
            Some(Host::Ipv4(address)) => address.is_private() || address.is_link_local(),
            Some(Host::Ipv6(address)) => match IpAddr::V6(address).to_canonical() {
                IpAddr::V4(address) => {
                    address.is_private() || address.is_link_local() || address.is_loopback()
                }
                IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
            },
            Some(Host::Domain(_)) | None => false,
        }
}

/// A turn that has no room to ask the model would be left to the rules each time, and nobody would know why.
pub(super) fn check_room(
    check: &mut Checker<'_>,
    model: Option<&ModelConfig>,
    settings: Option<&ModelSettings>,
) {
    let (Some(model), Some(settings)) = (model, settings) else { return };
    let own = model.prompt.as_ref();
    let asking = ModelSettings::least_asking(own.map(|own| own.text.as_str()));
    let (answer, allowed) = (u64::from(settings.bounds.answer_tokens), settings.bounds.tokens);
    let (option, needed) = (if own.is_some() { PROMPT } else { TURN_TOKENS }, asking + answer);
    if needed > allowed {
        let what = format!("a turn would take {needed} tokens at least, and {TURN_TOKENS} allows {allowed}");
        let cure = match own {
            Some(_) => format!("shorten it, or raise {TURN_TOKENS}: the model could never be asked"),
            None => "raise it: the model could never be asked".to_owned(),
        };
        check.fault(option, what, cure);
    } else if needed + asking > allowed {
        check.remark(format!(
            "{option} leaves no room to ask the model a second time in a turn ({asking} of {allowed} tokens each): \
             where it looks something up, the rules answer"
        ));
    }
}

fn prompt(check: &mut Checker<'_>) -> Option<Prompt> {
    let path = PathBuf::from(check.optional(PROMPT)?);
    let read = std::fs::metadata(&path).and_then(|found| Ok((found.len(), std::fs::read_to_string(&path)?)));
    match read {
        Ok((length, text)) if length <= LONGEST_PROMPT => Some(Prompt { path, text }),
        Ok(_) => {
            check.fault(PROMPT, "is longer than 64 KiB", "shorten it: it is sent with every message");
            None
        }
        Err(error) => {
            let what = format!("`{}` cannot be read ({error})", path.display());
            check.fault(PROMPT, what, "name a readable UTF-8 text");
            None
        }
    }
}
