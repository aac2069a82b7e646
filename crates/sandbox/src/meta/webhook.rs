//! What Meta tells the app: events in its envelope, escaped and signed as Meta does it.

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::MetaFake;
use super::json::escaped;
use super::ledger::Ledger;
use super::sha1;
use crate::deliver::{Delivery, Source};
use crate::fault::{Fault, Place, Upstream};

/// How far a clock that moved is ahead, in milliseconds.
const AN_HOUR: i64 = 3_600_000;

/// Lower-case hex of HMAC-SHA256, Meta's form for signatures and for `appsecret_proof`.
pub(super) fn hmac_hex(secret: &str, message: &[u8]) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(message);
    hex::encode(mac.finalize().into_bytes())
}

impl MetaFake {
    /// Sends one messaging event of `page` to the app, if `field` is on at both the app and the Page. If not, nobody is
    /// told, as with Meta; here at least the journal says so.
    pub(super) fn tell(&self, ledger: &Ledger, page: &str, field: &str, event: &Value, label: String) {
        let mut event = event.clone();
        let mut time = self.options.clock.now().millis();
        if self.faults().meet(Upstream::Meta, Place::Event) == Some(Fault::ClockMoved) {
            time += AN_HOUR;
            if let Some(at) = event.get_mut("timestamp") {
                *at = time.into();
            }
        }
        let entry = json!({ "id": page, "time": time, "messaging": [event] });
        self.tell_entry(ledger, page, field, &entry, label);
    }

    /// The same for a whole entry.
    pub(super) fn tell_entry(&self, ledger: &Ledger, page: &str, field: &str, entry: &Value, label: String) {
        let on = |fields: &Vec<String>| fields.iter().any(|on| on == field);
        let app = ledger.app.get("page").filter(|app| on(&app.fields));
        let (Some(app), true) = (app, ledger.pages.get(page).is_some_and(on)) else {
            let off = if app.is_none() { "the app" } else { "the Page" };
            let summary = format!("{label}: nobody is told, {off} has the field {field} turned off");
            self.options.journal.record("meta.untold", summary, json!({ "field": field, "off_at": off }));
            return;
        };
        let body = escaped(&json!({ "object": "page", "entry": [entry] }));
        let headers = [
            ("Content-Type", "application/json".to_owned()),
            ("User-Agent", "facebookexternalua".to_owned()),
            (
                "X-Hub-Signature",
                format!("sha1={}", sha1::hmac_hex(&self.options.app_secret, body.as_bytes())),
            ),
            (
                "X-Hub-Signature-256",
                format!("sha256={}", hmac_hex(&self.options.app_secret, body.as_bytes())),
            ),
        ];
        let delivery = Delivery {
            source: Source::Meta,
            to: app.callback_url.clone(),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            body: Bytes::from(body),
            label,
        };
        if field == "message_echoes" {
            self.deliver_echo(delivery);
        } else {
            self.options.deliveries.send(delivery);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_match_published_vectors() {
        assert_eq!(
            hmac_hex("sesame", b"hello world"),
            "f39034b29165ec6a5104d9aef27266484ab26c8caa7bca8bcb2dd02e8be61b17"
        );
    }
}
