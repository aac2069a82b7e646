//! Whether a webhook is Shopify's: decided over the bytes as received, before anything is parsed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, HeaderName};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::secret::SecretText;

use super::Shopify;
use super::webhook::WebhookHeaders;
use crate::http::{Body, Call, Host};
use crate::self_test::{self, SelfTest};
use crate::signing::{Keys, base64_of};

/// The header that carries the signature of a delivery.
pub const SIGNATURE_NAME: &str = "x-shopify-hmac-sha256";
const SIGNATURE: HeaderName = HeaderName::from_static(SIGNATURE_NAME);

impl Shopify {
    /// Delivers a self-test to our own `address` as Shopify would: see [`crate::self_test`].
    pub async fn deliver_self_test(&self, address: &str, nonce: &SecretText) -> SelfTest {
        let body = self_test::body(nonce);
        let signature = base64_of(&self.settings.api_secret, &body);
        let call = Call::new("shopify.self_test", Host::StandIn, address.to_owned(), Body::Json(body))
            .secret_header(SIGNATURE, &signature);
        self_test::deliver(&self.http, call).await
    }

    /// Whether a delivery is Shopify's, given all headers of its request.
    pub fn verify_delivery(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
        self.verify_webhook(&WebhookHeaders::read(headers).signature, body, now)
    }

    /// Whether `body` was signed with our app's secret: exactly one signature, current or still valid previous secret.
    pub fn verify_webhook(&self, signatures: &[&[u8]], body: &[u8], now: Timestamp) -> bool {
        let [signature] = signatures else { return false };
        STANDARD.decode(signature).is_ok_and(|digest| self.keys().verify(body, &digest, now))
    }

    pub(super) fn keys(&self) -> Keys<'_> {
        let settings = &self.settings;
        Keys { current: &settings.api_secret, previous: settings.previous_secret.as_ref() }
    }
}
