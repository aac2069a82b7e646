//! Webhooks on their way out: the right body, Shopify's headers, its signature, one request per subscription.

use bytes::Bytes;
use serde_json::Value;
use shopclerk_domain::entropy::bytes;

use super::{ShopifyFake, sign, versions};
use crate::deliver::{Delivery, Source};
use crate::fault::{Fault, Place, Upstream};

/// How far a clock that moved is ahead, in milliseconds.
const AN_HOUR: i64 = 3_600_000;

/// The version payloads have is the app's setting at Shopify, not the subscription's.
const PAYLOAD_VERSION: &str = "2026-04";

/// Resources whose names hold an underscore; the topic's action begins behind them.
const LONG_NAMES: [&str; 3] = ["inventory_levels", "inventory_items", "bulk_operations"];

/// One thing a merchant did; several topics may tell of it.
pub(super) struct Happening {
    event_id: String,
    at: i64,
}

impl ShopifyFake {
    /// Something happens now.
    pub(super) fn happening(&self) -> Happening {
        let met = self.deliveries.faults().meet(Upstream::Shopify, Place::Event);
        let ahead = if met == Some(Fault::ClockMoved) { AN_HOUR } else { 0 };
        Happening { event_id: self.uuid(), at: self.now() + ahead }
    }

    /// Tells everyone who subscribed to `topic` (spelt as in the API).
    pub(super) fn announce(&self, shop: &str, happening: &Happening, topic: &str, body: &Value, label: &str) {
        let subscriptions = self.ledger().subscriptions.clone();
        let version = versions::answering(PAYLOAD_VERSION, happening.at).unwrap_or_default();
        for one in subscriptions.iter().filter(|one| one.shop == shop && one.topic == topic) {
            let raw = as_shopify_writes(&reduced(body, &one.include_fields));
            let mut headers = vec![
                ("content-type", "application/json".to_owned()),
                ("x-shopify-topic", header_topic(topic)),
                ("x-shopify-hmac-sha256", sign::of_body(raw.as_bytes(), &self.client_secret)),
                ("x-shopify-shop-domain", shop.to_owned()),
                ("x-shopify-api-version", version.clone()),
                ("x-shopify-webhook-id", self.uuid()),
                ("x-shopify-event-id", happening.event_id.clone()),
                ("x-shopify-triggered-at", with_nanoseconds(happening.at)),
            ];
            headers.extend(one.name.clone().map(|name| ("x-shopify-name", name)));
            self.deliveries.send(Delivery {
                source: Source::Shopify,
                to: one.uri.clone(),
                headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                body: Bytes::from(raw),
                label: format!("{} {label}", header_topic(topic)),
            });
        }
    }

    pub(super) fn uuid(&self) -> String {
        uuid::Builder::from_random_bytes(bytes(self.entropy.as_ref())).into_uuid().to_string()
    }
}

/// `PRODUCTS_UPDATE` as headers and settings spell it: `products/update`.
pub(super) fn header_topic(topic: &str) -> String {
    let lower = topic.to_ascii_lowercase();
    let long = LONG_NAMES.iter().find(|name| lower.starts_with(**name));
    let cut = long.map(|name| name.len()).or_else(|| lower.find('_'));
    match cut.and_then(|cut| Some((lower.get(..cut)?, lower.get(cut + 1..)?))) {
        Some((resource, action)) => format!("{resource}/{action}"),
        None => lower,
    }
}

/// Only the fields a subscription asked for, if it asked for some.
fn reduced(body: &Value, fields: &[String]) -> Value {
    match body {
        Value::Object(all) if !fields.is_empty() => {
            let kept = all.iter().filter(|(name, _)| fields.contains(name));
            Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        whole => whole.clone(),
    }
}

/// JSON with the escapes Shopify uses, so that nobody can check a signature over re-written text.
pub(super) fn as_shopify_writes(body: &Value) -> String {
    // Outside strings JSON has none of these characters.
    let text = body.to_string();
    text.replace('/', "\\/").replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

pub(super) fn with_nanoseconds(millis: i64) -> String {
    let instant = jiff::Timestamp::from_millisecond(millis).unwrap_or_default();
    format!("{instant:.9}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_topic_is_spelt_as_in_headers() {
        for (topic, expected) in [
            ("PRODUCTS_UPDATE", "products/update"),
            ("INVENTORY_LEVELS_UPDATE", "inventory_levels/update"),
            ("APP_SCOPES_UPDATE", "app/scopes_update"),
            ("BULK_OPERATIONS_FINISH", "bulk_operations/finish"),
            ("ODD", "odd"),
        ] {
            assert_eq!(header_topic(topic), expected);
        }
    }

    #[test]
    fn a_body_keeps_its_meaning_under_shopifys_escapes() {
        let body = json!({ "title": "<b>50% & more</b> \\/", "id": 9_007_199_254_740_993_u64 });

        let raw = as_shopify_writes(&body);

        assert!(!raw.contains('<') && raw.contains("\\/"));
        assert_eq!(serde_json::from_str::<Value>(&raw).unwrap(), body);
        assert_eq!(reduced(&body, &["id".to_owned()]), json!({ "id": 9_007_199_254_740_993_u64 }));
    }
}
