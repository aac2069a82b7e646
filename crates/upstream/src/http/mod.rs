//! The one client through which everything leaves: time limits, size limits, no redirects, no proxies from the environment,
//! https to public addresses only, save for hosts that the configuration names. What an answer means is left to its reader.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use shopclerk_domain::clock::Clock;
use shopclerk_domain::fault::{FaultPoints, Moment};
use shopclerk_domain::secret::SecretText;
use thiserror::Error;
use url::Url;

use self::guard::Guard;
pub(crate) use self::guard::{Reach, is_public};

mod guard;

/// The client could not be made.
#[derive(Debug, Error)]
#[error(
    "outgoing https cannot be set up ({0}): install the system's certificates, such as the package ca-certificates"
)]
pub struct HttpError(String);

/// The one client, shared by all vendors.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    guard: Guard,
    clock: Arc<dyn Clock>,
    faults: Arc<dyn FaultPoints>,
    most_bytes: usize,
}

/// How long a call may take, and how large its answer may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) connect: Duration,
    pub(crate) read: Duration,
    pub(crate) total: Duration,
    pub(crate) most_bytes: usize,
}

impl Limits {
    const USUAL: Self = Self {
        connect: Duration::from_secs(3),
        read: Duration::from_secs(10),
        total: Duration::from_secs(15),
        most_bytes: 8 * 1024 * 1024,
    };
}

/// Whether the host is a vendor's own, or one that the configuration puts in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// The vendor's: https, at a public address.
    Vendor,
    /// Named in the configuration: may be this machine, may be plain http.
    StandIn,
    /// The operator's own choice of a service: https anywhere, plain http on this machine and in private networks alone.
    Operator,
}

impl Host {
    /// What stands at `base`, where the vendor's own is `usual`.
    pub(crate) fn of(base: &str, usual: &str) -> Self {
        if base.trim_end_matches('/') == usual { Self::Vendor } else { Self::StandIn }
    }
}

/// What a call carries: often a secret, so it does not print.
pub(crate) enum Body {
    None,
    Form(Vec<(&'static str, String)>),
    Json(Vec<u8>),
}

/// A call before it is made.
pub(crate) struct Call {
    site: &'static str,
    method: Method,
    url: String,
    host: Host,
    headers: HeaderMap,
    body: Body,
}

impl fmt::Debug for Call {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Call")
            .field("site", &self.site)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl Call {
    /// A call of `url`; `site` names it among the fault points, such as `meta.send`.
    pub(crate) fn new(site: &'static str, host: Host, url: String, body: Body) -> Self {
        let method = if matches!(body, Body::None) { Method::GET } else { Method::POST };
        Self { site, method, url, host, headers: HeaderMap::new(), body }
    }

    /// The call takes away what it names.
    pub(crate) fn deleting(self) -> Self {
        Self { method: Method::DELETE, ..self }
    }

    /// With `token` as bearer.
    pub(crate) fn bearer(self, token: &SecretText) -> Self {
        self.secret_header(AUTHORIZATION, &format!("Bearer {}", token.expose()))
    }

    /// With a plain header.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With a header that never shows in a log. What no header can carry is left out, and the vendor will refuse the call.
    pub(crate) fn secret_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(true);
            self.headers.insert(name, value);
        }
        self
    }
}

/// A call that brought no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing was sent.
    NotSent,
    /// Something may have been sent, and no whole answer came.
    NoAnswer,
    /// The answer is larger than any that we want.
    TooLarge,
}

/// An answer, whatever its status. Its body may hold a token, so it does not print.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Answer {
    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// How long the vendor asks us to wait, at most a day.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let seconds = self.header("retry-after")?.trim().split('.').next()?.parse::<u64>().ok()?;
        Some(Duration::from_secs(seconds.min(86_400)))
    }

    /// The body, read as JSON.
    pub(crate) fn json<'a, T: serde::Deserialize<'a>>(&'a self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl Http {
    /// The client as the product uses it.
    pub fn new(clock: Arc<dyn Clock>, faults: Arc<dyn FaultPoints>) -> Result<Self, HttpError> {
        Self::with_limits(clock, faults, Limits::USUAL)
    }

    pub(crate) fn with_limits(
        clock: Arc<dyn Clock>,
        faults: Arc<dyn FaultPoints>,
        limits: Limits,
    ) -> Result<Self, HttpError> {
        Self::guarded(Guard::default(), clock, faults, limits)
    }

    /// The same client with other limits, for a service that takes longer.
    pub(crate) fn limited(&self, limits: Limits) -> Result<Self, HttpError> {
        Self::guarded(self.guard.clone(), Arc::clone(&self.clock), Arc::clone(&self.faults), limits)
    }

    fn guarded(
        guard: Guard,
        clock: Arc<dyn Clock>,
        faults: Arc<dyn FaultPoints>,
        limits: Limits,
    ) -> Result<Self, HttpError> {
        let client = built(builder(limits).dns_resolver(guard.clone()))?;
        Ok(Self { client, guard, clock, faults, most_bytes: limits.most_bytes })
    }

    /// The clock everything here goes by.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Makes a call once and reads the whole answer.
    pub(crate) async fn call(&self, call: Call) -> Result<Answer, Failure> {
        let mut body = BytesMut::new();
        let mut keep = |chunk: &[u8]| {
            body.extend_from_slice(chunk);
            ControlFlow::Continue(())
        };
        let (status, headers) = self.stream(call, &mut keep).await?;
        Ok(Answer { status, headers, body: body.freeze() })
    }

    /// Makes a call once and hands on the answer as it comes, until `take` has enough. Counts while reading: a length that
    /// was promised, or none at all, protects nothing.
    pub(crate) async fn stream(
        &self,
        call: Call,
        take: &mut (dyn FnMut(&[u8]) -> ControlFlow<()> + Send),
    ) -> Result<(u16, HeaderMap), Failure> {
        let url = self.guard.admit(&call.url, call.host).ok_or(Failure::NotSent)?;
        let site = call.site;
        let request = self.request(url, call);
        self.faults.reach(site, Moment::Before);
        let mut response = request.send().await.map_err(|error| failure_of(&error))?;
        let mut seen = 0_usize;
        let read = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    seen = seen.saturating_add(chunk.len());
                    if seen > self.most_bytes {
                        break Err(Failure::TooLarge);
                    }
                    if take(&chunk).is_break() {
                        break Ok(());
                    }
                }
                Ok(None) => break Ok(()),
                Err(_) => break Err(Failure::NoAnswer),
            }
        };
        self.faults.reach(site, Moment::Answered);
        read.map(|()| (response.status().as_u16(), response.headers().clone()))
    }

    fn request(&self, url: Url, call: Call) -> reqwest::RequestBuilder {
        let request = self.client.request(call.method, url).headers(call.headers);
        match call.body {
            Body::None => request,
            Body::Form(fields) => request.form(&fields),
            Body::Json(json) => request.header(CONTENT_TYPE, "application/json").body(json),
        }
    }
}

/// A client under the same rules for a library that makes its own calls of one host, which the configuration names. Its
/// answers are what they are on the wire, and are bounded by who reads them.
pub(crate) fn client(limits: Limits, reach: Reach) -> Result<reqwest::Client, HttpError> {
    built(builder(limits).no_gzip().dns_resolver(reach))
}

fn builder(limits: Limits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("Shopclerk/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.total)
        .pool_idle_timeout(Duration::from_mins(1))
        .pool_max_idle_per_host(16)
}

fn built(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, HttpError> {
    builder.build().map_err(|error| HttpError(error.without_url().to_string()))
}

/// Only what failed before there was a connection has surely not been sent.
fn failure_of(error: &reqwest::Error) -> Failure {
    if error.is_connect() || error.is_builder() { Failure::NotSent } else { Failure::NoAnswer }
}

#[cfg(test)]
mod tests;
