//! Whether a delivery is Meta's, and whether a handshake is: decided over the bytes as received, before anything is parsed.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::secret::SecretText;
use subtle::ConstantTimeEq;

use super::Meta;
use crate::http::{Body, Call, Host};
use crate::self_test::{self, SelfTest};
use crate::signing::{Keys, hex_of};

/// The header that signs a delivery. The older SHA-1 header never counts.
pub const SIGNATURE: &str = "x-hub-signature-256";
/// The longest challenge that is repeated.
const LONGEST_CHALLENGE: usize = 128;

impl Meta {
    /// Delivers a self-test to our own `address` as Meta would: see [`crate::self_test`].
    pub async fn deliver_self_test(&self, address: &str, nonce: &SecretText) -> SelfTest {
        let body = self_test::body(nonce);
        let signature = format!("sha256={}", hex_of(&self.settings.app_secret, &body));
        let call = Call::new("meta.self_test", Host::StandIn, address.to_owned(), Body::Json(body))
            .secret_header(HeaderName::from_static(SIGNATURE), &signature);
        self_test::deliver(&self.http, call).await
    }

    /// Whether a delivery is Meta's, given all headers of its request.
    pub fn verify_delivery(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
        self.verify(headers.get_all(SIGNATURE).iter().map(HeaderValue::as_bytes), body, now)
    }

    /// Whether `body` was signed with our app's secret: exactly one signature, current or still valid previous secret.
    pub fn verify<'s>(
        &self,
        signatures: impl IntoIterator<Item = &'s [u8]>,
        body: &[u8],
        now: Timestamp,
    ) -> bool {
        let mut signatures = signatures.into_iter();
        let (Some(signature), None) = (signatures.next(), signatures.next()) else { return false };
        let Some(digest) = signature.strip_prefix(b"sha256=") else { return false };
        let mut decoded = [0; 32];
        if hex::decode_to_slice(digest, &mut decoded).is_err() {
            return false;
        }
        let settings = &self.settings;
        let keys = Keys { current: &settings.app_secret, previous: settings.previous_secret.as_ref() };
        keys.verify(body, &decoded, now)
    }

    /// The challenge to repeat as plain text, if the query of a handshake is Meta's: the mode is `subscribe`, the token ours,
    /// each parameter there once. A challenge is short and visible, and holds nothing a browser could take for markup.
    pub fn handshake(&self, query: &str) -> Option<String> {
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        let once = |wanted: &str| {
            let mut values = pairs.iter().filter(|(name, _)| name == wanted).map(|(_, value)| &**value);
            values.next().filter(|_| values.next().is_none())
        };
        let (mode, token, challenge) = (once("hub.mode")?, once("hub.verify_token")?, once("hub.challenge")?);
        let ours = self.settings.verify_token.expose();
        let known = !ours.is_empty() && bool::from(token.as_bytes().ct_eq(ours.as_bytes()));
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'');
        let repeatable = (1..=LONGEST_CHALLENGE).contains(&challenge.len()) && challenge.bytes().all(plain);
        (mode == "subscribe" && known && repeatable).then(|| challenge.to_owned())
    }
}
