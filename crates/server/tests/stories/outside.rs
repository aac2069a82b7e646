//! What anybody on the internet can send: requests byte by byte, and deliveries signed as the platforms sign them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::{FACEBOOK_SECRET, SHOPIFY_SECRET, World};

/// A request, written as it is told and not tidied up on the way.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn post(target: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::new("POST", target) }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With one header taken away.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// With another body under the same headers.
    pub(crate) fn with_body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The request on the wire.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let mut line = |name: &str, value: &[u8]| {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        };
        if !self.has("host") {
            line("host", b"clerk.nordlys.example");
        }
        line("connection", b"close");
        let framed = self.has("content-length") || self.has("transfer-encoding");
        if !framed && (self.method == "POST" || !self.body.is_empty()) {
            line("content-length", self.body.len().to_string().as_bytes());
        }
        for (name, value) in &self.headers {
            line(name, value);
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// Sends it to the product of this world.
    pub(crate) async fn send(&self, world: &World) -> Answer {
        let address = world.url("");
        let answer = exchange(address.trim_start_matches("http://"), &self.bytes()).await;
        let answer = answer.unwrap_or_else(|| panic!("{} {} got no answer", self.method, self.target));
        world.remember_answer(&answer.body);
        answer
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    /// The text of a field of the answer's JSON.
    pub(crate) fn told(&self, name: &str) -> String {
        self.json().get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// Status and the sentence of a problem.
    pub(crate) fn problem(&self) -> (u16, String) {
        (self.status, self.told("detail"))
    }
}

/// Writes these bytes and reads until the other side closes; `None` when it closes without an answer.
pub(crate) async fn exchange(address: &str, bytes: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Whoever is refused half-way may find the connection closed while still writing; the answer is there to be read.
    let written = stream.write_all(bytes).await;
    let mut received = Vec::new();
    let read = stream.read_to_end(&mut received).await;
    if received.is_empty() {
        return None;
    }
    assert!(written.is_ok() || read.is_ok(), "the connection broke: {written:?}, {read:?}");
    Some(parsed(&received))
}

fn parsed(received: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(received);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let answer = Answer {
        status: status.unwrap_or_else(|| panic!("no status line: {head}")),
        headers: lines.filter_map(header).collect(),
        body: body.to_owned(),
    };
    answer.all("set-cookie").into_iter().for_each(check_cookie);
    answer
}

/// T32, for every cookie of every answer of every story.
fn check_cookie(line: &str) {
    let (pair, attributes) = line.split_once("; ").unwrap_or((line, ""));
    let name = pair.split('=').next().unwrap_or_default();
    let attributes: Vec<&str> = attributes.split("; ").collect();
    for needed in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(attributes.contains(&needed), "{needed} is missing: {line}");
    }
    let max_age = attributes.iter().find_map(|attribute| attribute.strip_prefix("Max-Age="));
    assert!(max_age.is_some_and(|life| life.parse().is_ok_and(|life: u32| life <= 43_200)), "{line}");
    assert_eq!(attributes.len(), 4 + usize::from(attributes.contains(&"Secure")), "nothing else: {line}");
    let of_attempt = name.strip_prefix("__Host-").unwrap_or(name).starts_with("shopclerk_login_");
    assert!(name == "session_id" || of_attempt, "{line}");
    // The prefix is a promise that needs `Secure`, and whoever has it makes the promise.
    assert!(name == "session_id" || name.starts_with("__Host-") == attributes.contains(&"Secure"), "{line}");
}

fn tag(secret: &str, message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// The value Meta signs a body with.
pub(crate) fn meta_signature(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex::encode(tag(secret, body)))
}

/// The value Shopify signs a body with.
pub(crate) fn shopify_signature(secret: &str, body: &[u8]) -> String {
    STANDARD.encode(tag(secret, body))
}

/// A payload as Meta signs it on behalf of a person.
pub(crate) fn signed_request(secret: &str, payload: &Value) -> String {
    let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
    format!("{}.{payload}", URL_SAFE_NO_PAD.encode(tag(secret, payload.as_bytes())))
}

/// A delivery of Meta's, rightly signed.
pub(crate) fn from_meta(body: impl Into<Vec<u8>>) -> Request {
    let request = Request::post("/facebook/webhook", body);
    let signature = meta_signature(FACEBOOK_SECRET, &request.body);
    request.header("x-hub-signature-256", signature)
}

/// A delivery of a shop's, rightly signed; `id` names the delivery.
pub(crate) fn from_shop(shop: &str, topic: &str, id: &str, body: impl Into<Vec<u8>>) -> Request {
    let request = Request::post("/shopify/webhook", body);
    let signature = shopify_signature(SHOPIFY_SECRET, &request.body);
    request
        .header("x-shopify-hmac-sha256", signature)
        .header("x-shopify-shop-domain", shop)
        .header("x-shopify-topic", topic)
        .header("x-shopify-webhook-id", id)
}

/// One message in Meta's form.
pub(crate) fn message(page: &str, psid: &str, mid: &str, text: &str, at: i64) -> Value {
    json!({
        "sender": { "id": psid }, "recipient": { "id": page }, "timestamp": at,
        "message": { "mid": mid, "text": text },
    })
}

/// These events in Meta's envelope, as of `page`.
pub(crate) fn envelope(page: &str, at: i64, events: &[Value]) -> Value {
    json!({ "object": "page", "entry": [{ "id": page, "time": at, "messaging": events }] })
}

/// A query signed as Shopify signs those it sends browsers back with.
pub(crate) fn signed_query(secret: &str, pairs: &[(&str, &str)]) -> String {
    let escaped = |text: &str| text.replace('%', "%25").replace('&', "%26");
    let mut sorted: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    sorted.sort();
    let hmac = hex::encode(tag(secret, sorted.join("&").as_bytes()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).append_pair("hmac", &hmac).finish()
}

/// A parameter of an address.
pub(crate) fn param(address: &str, name: &str) -> String {
    let query = address.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or(query));
    let found = form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
    found.unwrap_or_else(|| panic!("{address} has no {name}")).1.into_owned()
}
