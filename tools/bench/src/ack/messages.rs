//! What is delivered: a shopper's message each, signed beforehand as Meta signs it, so that the load costs next to nothing.

use serde_json::json;

use crate::delivery;
use crate::merchants::page;

/// One delivery, ready to be written.
pub(super) struct Signed {
    /// The channel's id of its message.
    pub(super) id: String,
    /// Head and body.
    pub(super) request: Vec<u8>,
    /// Where the body begins.
    body: usize,
}

impl Signed {
    /// The body alone.
    pub(super) fn body(&self) -> &[u8] {
        self.request.get(self.body..).unwrap_or_default()
    }
}

/// Who writes: so many shoppers, spread over so many Pages.
#[derive(Clone, Copy)]
pub(crate) struct Crowd {
    pub(crate) pages: u32,
    pub(crate) shoppers: u32,
}

impl Crowd {
    /// So many messages, each shopper's turn coming round; `round` keeps their ids apart. The last was sent at `now`, in
    /// milliseconds.
    pub(super) fn write(self, round: &str, count: u32, now: i64) -> Vec<Signed> {
        (0..count).map(|number| self.message(round, number, now - i64::from(count - number))).collect()
    }

    fn message(self, round: &str, number: u32, at: i64) -> Signed {
        let shopper = number % self.shoppers;
        let page = page(shopper % self.pages);
        let id = format!(
            "m_{round}{number:08}AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_"
        );
        let text = "do you have a warm gift for my mother under 40 dollars?";
        let event = json!({
            "sender": { "id": format!("71{shopper:014}") }, "recipient": { "id": page }, "timestamp": at,
            "message": { "mid": id, "text": text },
        });
        let (request, body) = delivery::signed(delivery::event(&page, at, &event).to_string().as_bytes());
        Signed { id, request, body }
    }
}
