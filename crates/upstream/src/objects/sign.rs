//! Signs every call to a bucket with AWS Signature Version 4, by our own clock, and bounds its answer.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ::http::header::{AUTHORIZATION, HOST};
use ::http::request::Parts;
use ::http::{HeaderName, HeaderValue, Method, StatusCode};
use async_trait::async_trait;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::{BodyExt, Limited};
use object_store::client::{
    HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpResponseBody, HttpService,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use shopclerk_domain::clock::{Clock, Timestamp};
use shopclerk_domain::secret::SecretText;
use url::Url;

/// All that RFC 3986 does not leave as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const ENCRYPTION: HeaderName = HeaderName::from_static("x-amz-server-side-encryption");

/// Who signs.
#[derive(Clone, Debug)]
pub(super) struct Credentials {
    pub(super) key: SecretText,
    pub(super) secret: SecretText,
    pub(super) region: String,
}

/// The client that signs.
#[derive(Clone, Debug)]
pub(super) struct Signing {
    client: reqwest::Client,
    credentials: Credentials,
    clock: Arc<dyn Clock>,
    most_bytes: usize,
    /// Whether objects are to be encrypted on the other side: until it says that it cannot.
    encrypts: Arc<AtomicBool>,
}

impl Signing {
    pub(super) fn new(
        client: reqwest::Client,
        credentials: Credentials,
        clock: Arc<dyn Clock>,
        most_bytes: usize,
    ) -> Self {
        Self { client, credentials, clock, most_bytes, encrypts: Arc::new(AtomicBool::new(true)) }
    }

    async fn send(&self, mut parts: Parts, body: Bytes) -> Result<HttpResponse, HttpError> {
        sign(&mut parts, &body, &self.credentials, self.clock.now())
            .map_err(|error| HttpError::new(HttpErrorKind::Request, error))?;
        let answer = self.client.call(HttpRequest::from_parts(parts, HttpRequestBody::from(body))).await?;
        let (head, body) = answer.into_parts();
        let bounded = Limited::new(body, self.most_bytes);
        let bounded =
            bounded.map_err(|error| HttpError::new(HttpErrorKind::Decode, Broken(error.to_string())));
        Ok(HttpResponse::from_parts(head, HttpResponseBody::new(bounded)))
    }
}

#[async_trait]
impl HttpService for Signing {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (mut parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        if !(begins_object(&parts) && self.encrypts.load(Ordering::Relaxed)) {
            return self.send(parts, body).await;
        }
        let plain = parts.clone();
        parts.headers.insert(ENCRYPTION, HeaderValue::from_static("AES256"));
        let answer = self.send(parts, body.clone()).await?;
        if !matches!(answer.status(), StatusCode::BAD_REQUEST | StatusCode::NOT_IMPLEMENTED) {
            return Ok(answer);
        }
        // Services that encrypt all they hold by themselves may not know the wish.
        let answer = self.send(plain, body).await?;
        if answer.status().is_success() && self.encrypts.swap(false, Ordering::Relaxed) {
            tracing::info!("the objects' place takes no wish for encryption: objects are written without it");
        }
        Ok(answer)
    }
}

/// A call that says how a new object is to be kept: a write, or the beginning of one in parts.
fn begins_object(parts: &Parts) -> bool {
    match parts.method {
        Method::PUT => parts.uri.query().is_none(),
        Method::POST => parts.uri.query().is_some_and(|query| query.starts_with("uploads")),
        _ => false,
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Broken(String);

/// Adds date, body hash and signature.
fn sign(parts: &mut Parts, body: &[u8], by: &Credentials, now: Timestamp) -> Result<(), Broken> {
    let broken = |what: &dyn std::fmt::Display| Broken(what.to_string());
    let at = jiff::Timestamp::from_millisecond(now.millis()).map_err(|error| broken(&error))?;
    let (time, day) = (at.strftime("%Y%m%dT%H%M%SZ").to_string(), at.strftime("%Y%m%d").to_string());
    let hash = hex::encode(Sha256::digest(body));
    let url = Url::parse(&parts.uri.to_string()).map_err(|error| broken(&error))?;
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    for (name, value) in [("host", &host), ("x-amz-date", &time), ("x-amz-content-sha256", &hash)] {
        let value = HeaderValue::from_str(value).map_err(|error| broken(&error))?;
        parts.headers.insert(HeaderName::from_static(name), value);
    }
    let (headers, names) = canonical_headers(parts);
    let (method, path, query) = (&parts.method, url.path(), canonical_query(&url));
    let canonical = format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{hash}");
    let scope = format!("{day}/{}/s3/aws4_request", by.region);
    let canonical = hex::encode(Sha256::digest(canonical));
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{canonical}");
    let mut key = mac(format!("AWS4{}", by.secret.expose()).as_bytes(), day.as_bytes());
    for step in [by.region.as_str(), "s3", "aws4_request"] {
        key = mac(&key, step.as_bytes());
    }
    let signature = hex::encode(mac(&key, to_sign.as_bytes()));
    let who = by.key.expose();
    let line =
        format!("AWS4-HMAC-SHA256 Credential={who}/{scope}, SignedHeaders={names}, Signature={signature}");
    let mut line = HeaderValue::from_str(&line).map_err(|error| broken(&error))?;
    line.set_sensitive(true);
    parts.headers.insert(AUTHORIZATION, line);
    // The client writes this one itself, the same way.
    parts.headers.remove(HOST);
    Ok(())
}

/// What must be signed, and the kind of content: name and value line by line, and the names.
fn canonical_headers(parts: &Parts) -> (String, String) {
    let signed = |name: &str| name == "host" || name == "content-type" || name.starts_with("x-amz-");
    let mut headers: Vec<(&str, &str)> = parts
        .headers
        .iter()
        .filter(|(name, _)| signed(name.as_str()))
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?.trim())))
        .collect();
    headers.sort_unstable();
    let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    (lines.join("\n") + "\n", names.join(";"))
}

fn canonical_query(url: &Url) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let mut pairs: Vec<String> =
        url.query_pairs().map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value))).collect();
    pairs.sort_unstable();
    pairs.join("&")
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC takes keys of every length; the empty answer does not occur, and would sign nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shopclerk_domain::secret::Secret;

    /// The example of the vendor's documentation, `GET ?max-keys=2&prefix=J` in the examples bucket.
    #[test]
    fn a_call_is_signed_as_the_vendor_shows_it() {
        let request = ::http::Request::get("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J");
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let by = Credentials {
            key: Secret::new("AKIAIOSFODNN7EXAMPLE".to_owned()),
            secret: Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned()),
            region: "us-east-1".to_owned(),
        };

        sign(&mut parts, b"", &by, Timestamp::parse("2013-05-24T00:00:00Z").unwrap()).unwrap();

        let line = parts.headers[AUTHORIZATION].to_str().unwrap();
        let signature = line.rsplit('=').next().unwrap();
        assert_eq!(signature, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
        assert!(parts.headers[AUTHORIZATION].is_sensitive());
    }
}
