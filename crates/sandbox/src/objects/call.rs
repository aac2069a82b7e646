//! One call to S3: which bucket and key it names, by path or by host, and what it asks.

use axum::http::{HeaderMap, Method, Uri, header};

use super::error::S3Error;

/// A call as the fake understood it.
pub(super) struct Call {
    pub(super) method: Method,
    /// The path as it was sent, which the signature covers.
    pub(super) raw_path: String,
    /// Name and value, decoded.
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// `None` asks of the account.
    pub(super) bucket: Option<String>,
    /// `None` asks of the bucket.
    pub(super) key: Option<String>,
}

/// Longest key, in bytes of UTF-8.
const LONGEST_KEY: usize = 1_024;

impl Call {
    pub(super) fn read(
        method: Method,
        uri: &Uri,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Self, S3Error> {
        let raw_path = uri.path().to_owned();
        let path = percent_encoding::percent_decode_str(raw_path.trim_start_matches('/'))
            .decode_utf8()
            .map_err(|_| S3Error::new(400, "InvalidURI", "Couldn't parse the specified URI."))?
            .into_owned();
        let (bucket, key) = match bucket_in_host(&headers) {
            Some(bucket) => (Some(bucket), Some(path)),
            None => match path.split_once('/') {
                Some((bucket, key)) => (Some(bucket.to_owned()), Some(key.to_owned())),
                None => (Some(path), None),
            },
        };
        let key = key.filter(|key| !key.is_empty());
        if key.as_ref().is_some_and(|key| key.len() > LONGEST_KEY) {
            return Err(S3Error::new(400, "KeyTooLongError", "Your key is too long"));
        }
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let bucket = bucket.filter(|bucket| !bucket.is_empty());
        Ok(Self { method, raw_path, query, headers, body, bucket, key })
    }

    /// A parameter of the query; `""` where it has no value.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(asked, _)| asked == name).map(|(_, value)| value.as_str())
    }

    /// Whether the query names nothing but these.
    pub(super) fn asks_only(&self, names: &[&str]) -> bool {
        self.query.iter().all(|(asked, _)| names.contains(&asked.as_str()))
    }

    /// A header's text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// What it does in one word, for the journal: its method, and what of the object or bucket it is about.
    pub(super) fn line(&self) -> String {
        let at = match (&self.bucket, &self.key) {
            (Some(bucket), Some(key)) => format!("{bucket}/{key}"),
            (Some(bucket), None) => bucket.clone(),
            _ => "/".to_owned(),
        };
        let part = self.asked("partNumber").map(|part| format!(" part {part}")).unwrap_or_default();
        let listed = if self.asked("list-type").is_some() { " list" } else { "" };
        format!("{}{listed} {at}{part}", self.method)
    }
}

/// `nordlys` of `nordlys.localhost:9000`: the sandbox's own name is `localhost` or an address.
fn bucket_in_host(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.strip_suffix(".localhost").map(str::to_owned)
}
