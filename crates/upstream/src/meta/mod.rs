//! Facebook Messenger: sign-in, Pages, subscriptions, sends and deliveries. What a refusal means stands in `classify.rs`; when
//! something may be sent at all is the domain's and the flows' business.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::secret::SecretText;

use crate::error::UpstreamError;
use crate::http::{Answer, Body, Call, Failure, Host, Http};
use crate::served::Served;
use crate::signing::hex_of;

use self::pace::Pace;
use self::usage::Usage;

mod classify;
pub mod conversations;
pub mod handshake;
pub mod oauth;
mod pace;
pub mod pages;
pub mod profile;
pub mod send;
pub mod signature;
pub mod signed_request;
pub mod subscriptions;
mod usage;
pub mod webhook;

/// Where the Graph API is.
pub const GRAPH_URL: &str = "https://graph.facebook.com";
/// Where people sign in.
pub const DIALOG_URL: &str = "https://www.facebook.com";

/// What the client has to know of our app at Meta.
#[derive(Clone, Debug)]
pub struct MetaSettings {
    /// [`GRAPH_URL`], or what stands in for it.
    pub graph_url: String,
    /// [`DIALOG_URL`], or what stands in for it.
    pub dialog_url: String,
    /// Version of the Graph API, such as `v26.0`.
    pub version: String,
    /// The app's id.
    pub app_id: String,
    /// The app's secret.
    pub app_secret: SecretText,
    /// The secret before it, and until when it still counts.
    pub previous_secret: Option<(SecretText, Timestamp)>,
    /// What a webhook handshake must name.
    pub verify_token: SecretText,
    /// Configuration of Facebook Login for Business; takes the place of scopes.
    pub config_id: Option<String>,
}

/// The client for Meta.
#[derive(Clone, Debug)]
pub struct Meta {
    settings: Arc<MetaSettings>,
    http: Http,
    served: Arc<Served>,
    usage: Arc<Usage>,
    pace: Arc<Pace>,
}

/// A segment of a path: everything that could end or climb it is escaped.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// One call of the Graph API.
struct Asked<'a> {
    site: &'static str,
    path: &'a [&'a str],
    query: &'a [(&'static str, &'a str)],
    body: Body,
}

impl Meta {
    /// A client for the app that `settings` describe.
    pub fn new(settings: MetaSettings, http: Http) -> Self {
        Self {
            settings: Arc::new(settings),
            http,
            served: Arc::new(Served::by("facebook-api-version")),
            usage: Arc::default(),
            pace: Arc::default(),
        }
    }

    /// Calls with `token` in the header and the proof that we are the app it was made for. The proof is bound to this very
    /// token: one made from another token is refused.
    async fn ask(&self, token: &SecretText, asked: Asked<'_>) -> Result<Answer, Failure> {
        self.make(self.call(token, asked)).await
    }

    fn call(&self, token: &SecretText, asked: Asked<'_>) -> Call {
        let proof = hex_of(&self.settings.app_secret, token.expose().as_bytes());
        let url = with_query(&self.address(asked.path), asked.query, &proof);
        Call::new(asked.site, self.graph_host(), url, asked.body).bearer(token)
    }

    async fn make(&self, call: Call) -> Result<Answer, Failure> {
        let answer = self.http.call(call).await?;
        self.note(&answer);
        self.usage.learn(&answer, self.http.clock().monotonic());
        Ok(answer)
    }

    /// Whether a call about this Page that can wait may be made now: it leaves what is left of the limits to shoppers.
    fn may_ask(&self, page: &str) -> Result<(), UpstreamError> {
        let wait = self.usage.wait(page, self.http.clock().monotonic());
        wait.map_or(Ok(()), |wait| Err(UpstreamError::Limited { retry_after: Some(wait) }))
    }

    async fn get<T: DeserializeOwned>(
        &self,
        site: &'static str,
        token: &SecretText,
        path: &[&str],
        query: &[(&'static str, &str)],
    ) -> Result<T, UpstreamError> {
        read(&self.ask(token, Asked { site, path, query, body: Body::None }).await?)
    }

    fn address(&self, path: &[&str]) -> String {
        let mut address =
            format!("{}/{}", self.settings.graph_url.trim_end_matches('/'), self.settings.version);
        for segment in path {
            address.push('/');
            // A segment of dots alone would climb even when it is escaped.
            let climbs = segment.bytes().all(|byte| byte == b'.');
            address.extend(utf8_percent_encode(if climbs { "-" } else { segment }, SEGMENT));
        }
        address
    }

    fn graph_host(&self) -> Host {
        Host::of(&self.settings.graph_url, GRAPH_URL)
    }

    /// The app speaking for itself.
    fn app_token(&self) -> SecretText {
        SecretText::new(format!("{}|{}", self.settings.app_id, self.settings.app_secret.expose()))
    }

    fn note(&self, answer: &Answer) {
        self.served.note("Meta", &self.settings.version, answer, self.http.clock().now());
    }

    /// The version that is asked for, and the one that answered last, where it told.
    pub fn versions(&self) -> (&str, Option<String>) {
        (&self.settings.version, self.served.version())
    }

    /// By how many milliseconds our clock was ahead of Meta's at its last answer; negative = behind.
    pub fn clock_ahead_ms(&self) -> Option<i64> {
        self.served.ahead_ms()
    }
}

/// An address with its query and the proof that goes with the token.
fn with_query(address: &str, query: &[(&str, &str)], proof: &str) -> String {
    let start = format!("{address}?");
    let length = start.len();
    let mut pairs = form_urlencoded::Serializer::for_suffix(start, length);
    pairs.extend_pairs(query).append_pair("appsecret_proof", proof);
    pairs.finish()
}

/// What an answer holds, or what its refusal means.
fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, UpstreamError> {
    if let Some(refusal) = classify::refusal_in(answer) {
        return Err(refusal.into());
    }
    match answer.status {
        200..=299 => answer.json().ok_or(UpstreamError::Malformed),
        429 => Err(UpstreamError::Limited { retry_after: classify::asked_wait(answer) }),
        500.. => Err(UpstreamError::Unavailable),
        _ => Err(UpstreamError::Malformed),
    }
}

#[cfg(test)]
mod tests;
