//! Whether a webhook is Shopify's: decided over the bytes as received, before anything is parsed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderMap;
use shopclerk_domain::clock::Timestamp;

use super::Shopify;
use super::webhook::WebhookHeaders;
use crate::signing::Keys;

impl Shopify {
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
