//! The front door: reads a call, checks who signed it, finds who answers it, and writes the answer down.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::json;
use shopclerk_domain::entropy::bytes;

use super::ObjectsFake;
use super::call::Call;
use super::chunked;
use super::error::S3Error;
use super::signature;
use super::xml::Xml;

/// The vendor takes 5 GiB at once; this much is enough to rehearse with.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// What a call is answered with.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) const fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(super) fn xml(document: Xml) -> Self {
        let headers = vec![(header::CONTENT_TYPE, "application/xml".to_owned())];
        Self { status: StatusCode::OK, headers, body: document.finish().into_bytes() }
    }

    pub(super) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Answers every call.
pub(super) async fn serve(State(fake): State<Arc<ObjectsFake>>, request: Request) -> Response {
    let id = hex::encode_upper(bytes::<8>(fake.options.entropy.as_ref()));
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        let error =
            S3Error::new(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
        return response(&head.method, failed(&error, head.uri.path(), &id), &id);
    };
    let resource = head.uri.path().to_owned();
    let method = head.method.clone();
    let call = match Call::read(head.method, &head.uri, head.headers, body.to_vec()) {
        Ok(call) => call,
        Err(error) => return response(&method, failed(&error, &resource, &id), &id),
    };
    let answered = match fake.rehearsed(&call).await {
        Some(trouble) => Err(trouble),
        None => fake.answer(&call),
    };
    fake.note(&call, &answered);
    let answer = answered.unwrap_or_else(|error| failed(&error, &resource, &id));
    response(&method, answer, &id)
}

fn failed(error: &S3Error, resource: &str, id: &str) -> Answer {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = vec![(header::CONTENT_TYPE, "application/xml".to_owned())];
    Answer { status, headers, body: Xml::error(error, resource, id).into_bytes() }
}

fn response(method: &Method, answer: Answer, id: &str) -> Response {
    // An answer to HEAD ends with its headers, errors' too.
    let body = if *method == Method::HEAD { Body::empty() } else { Body::from(answer.body) };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    let named = [
        (header::SERVER, "Sandbox".to_owned()),
        (HeaderName::from_static("x-amz-request-id"), id.to_owned()),
    ];
    for (name, value) in answer.headers.into_iter().chain(named) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

impl ObjectsFake {
    fn answer(&self, call: &Call) -> Result<Answer, S3Error> {
        let seal = signature::check(call, &self.options.setup, self.options.clock.now())?;
        let content = chunked::content(call, &seal)?;
        let Some(bucket) = &call.bucket else { return Err(self.unknown(call)) };
        if *bucket != self.options.setup.bucket {
            return Err(S3Error::no_such_bucket());
        }
        match &call.key {
            None => self.about_bucket(call),
            Some(key) => self.about_object(call, key, &content),
        }
    }

    fn about_bucket(&self, call: &Call) -> Result<Answer, S3Error> {
        match call.method {
            Method::HEAD if call.query.is_empty() => Ok(Answer::empty(StatusCode::OK)),
            Method::GET if call.asked("list-type") == Some("2") => self.list(call),
            _ => Err(self.unknown(call)),
        }
    }

    fn about_object(&self, call: &Call, key: &str, content: &[u8]) -> Result<Answer, S3Error> {
        let upload = call.asked("uploadId");
        match (call.method.clone(), upload) {
            (Method::PUT, None) if plain(call) => self.put(call, key, content),
            (Method::GET | Method::HEAD, None) if plain(call) => self.get(call, key),
            (Method::DELETE, None) if plain(call) => self.delete(key),
            (Method::POST, None) if call.asks_only(&["uploads"]) => self.begin(call, key),
            (Method::PUT, Some(id)) if call.asks_only(&["partNumber", "uploadId"]) => {
                self.send_part(call, key, id, content)
            }
            (Method::POST, Some(id)) if call.asks_only(&["uploadId"]) => self.complete(key, id, content),
            (Method::DELETE, Some(id)) if call.asks_only(&["uploadId"]) => self.give_up(key, id),
            _ => Err(self.unknown(call)),
        }
    }

    /// Refuses what the fake does not simulate, so that it is noticed instead of being taken for an answer.
    fn unknown(&self, call: &Call) -> S3Error {
        self.unknown_calls.fetch_add(1, Ordering::Relaxed);
        let asked: Vec<&String> = call.query.iter().map(|(name, _)| name).collect();
        let data = json!({ "method": call.method.as_str(), "key": call.key, "query": asked });
        self.options.journal.record("objects.unknown_call", format!("Unknown call: {}", call.line()), data);
        S3Error::new(501, "NotImplemented", "This sandbox does not know the operation.")
    }

    fn note(&self, call: &Call, answered: &Result<Answer, S3Error>) {
        let (status, code) = match answered {
            Ok(answer) => (answer.status.as_u16(), None),
            Err(error) => (error.status, Some(error.code)),
        };
        let kind = format!("objects.{}", call.method.as_str().to_ascii_lowercase());
        let said = code.map(|code| format!(" {code}")).unwrap_or_default();
        let data = json!({ "key": call.key, "bytes": call.body.len(), "status": status, "code": code });
        self.options.journal.record(&kind, format!("{}: {status}{said}", call.line()), data);
    }
}

/// No parameter, save the one by which clients say which operation they mean; no copy, no tags, no locks.
fn plain(call: &Call) -> bool {
    let others = ["x-amz-copy-source", "x-amz-tagging", "x-amz-object-lock-mode", "x-amz-storage-class"];
    call.asks_only(&["x-id"]) && others.iter().all(|name| call.header(name).is_none())
}
