//! A delivery that arrives hours after its message was written, rightly signed: what the fake, whose clock is ours, does not send.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;
use shopclerk_domain::clock::{Clock as _, SystemClock};

/// Brings the product at `address` a message that a shopper wrote to the Page so long ago.
pub(crate) async fn bring(address: &str, secret: &str, page: &str, psid: &str, before: Duration, text: &str) {
    let at = SystemClock::start().now().minus(before).millis();
    let message = json!({
        "sender": { "id": psid }, "recipient": { "id": page }, "timestamp": at,
        "message": { "mid": format!("m_of_{psid}"), "text": text },
    });
    let body = json!({ "object": "page", "entry": [{ "id": page, "time": at, "messaging": [message] }] });
    let body = body.to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let sent = client
        .post(format!("http://{address}/facebook/webhook"))
        .header("x-hub-signature-256", signature)
        .body(body);
    assert_eq!(sent.send().await.unwrap().status(), 200);
}
