//! One call to Graph: its version, path, parameters and token, however the caller chose to send them.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri, header};
use serde_json::{Map, Value};
use shopclerk_domain::clock::Timestamp;

use super::error::GraphError;
use super::version;

/// A call as the fake understood it.
pub(super) struct Call {
    pub(super) method: Method,
    /// The version that answers, such as `v26.0`.
    pub(super) version: String,
    /// The path behind the version.
    pub(super) path: Vec<String>,
    pub(super) params: Params,
    bearer: Option<String>,
}

impl Call {
    /// Understands a request; wrong versions and bodies are refused as Graph refuses them.
    pub(super) fn read(
        method: Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
        now: Timestamp,
    ) -> Result<Self, GraphError> {
        let mut path: Vec<String> =
            uri.path().split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let asked = path.first().and_then(|part| version::parse(part));
        // A call without a version is answered by the oldest one.
        let served = version::served(asked.unwrap_or(0), now)
            .ok_or_else(|| GraphError::new(2500, format!("Unknown path components: {}", uri.path())))?;
        if asked.is_some() {
            path.remove(0);
        }
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer =
            bearer.and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("OAuth ")));
        Ok(Self {
            method,
            version: format!("v{served}.0"),
            path,
            params: Params::read(uri, headers, body)?,
            bearer: bearer.map(|token| token.trim().to_owned()),
        })
    }

    /// The token it came with, in the header or as a parameter.
    pub(super) fn token(&self) -> Option<String> {
        self.bearer.clone().or_else(|| self.params.text("access_token"))
    }
}

/// Parameters of query, form and JSON body, which Graph treats alike.
#[derive(Default)]
pub(super) struct Params(Map<String, Value>);

impl Params {
    fn read(uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Result<Self, GraphError> {
        let mut all = pairs(uri.query().unwrap_or_default().as_bytes());
        let kind =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if body.is_empty() {
            return Ok(Self(all));
        }
        if kind.starts_with("application/json") {
            match serde_json::from_slice(body) {
                Ok(Value::Object(fields)) => all.extend(fields),
                _ => return Err(GraphError::parameter("The request body is not a JSON object")),
            }
        } else {
            all.extend(pairs(body));
        }
        Ok(Self(all))
    }

    /// A parameter as text; a structure given as JSON counts as its JSON text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A parameter as a structure, which forms carry as JSON text.
    pub(super) fn json(&self, name: &str) -> Option<Value> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::String(text) => {
                Some(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())))
            }
            other => Some(other.clone()),
        }
    }

    /// A list: comma-separated, or a JSON array of strings.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        match self.json(name) {
            Some(Value::Array(items)) => {
                items.iter().filter_map(|item| item.as_str()).map(str::to_owned).collect()
            }
            Some(Value::String(text)) => text
                .split([',', ' '])
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn pairs(encoded: &[u8]) -> Map<String, Value> {
    form_urlencoded::parse(encoded)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect()
}

fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned()
}
