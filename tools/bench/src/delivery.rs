//! Deliveries as Meta makes them: signed, over a connection that is kept alive.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::merchants::APP_SECRET;

/// Longest answer that is read.
const LONGEST: usize = 4_096;

/// The delivery of one event of a conversation.
pub(crate) fn event(page: &str, at: i64, event: &Value) -> Value {
    json!({ "object": "page", "entry": [{ "id": page, "time": at, "messaging": [event] }] })
}

/// The request that delivers `body`, and where the body begins in it.
pub(crate) fn signed(body: &[u8]) -> (Vec<u8>, usize) {
    let signature = signature(body);
    let mut request = format!(
        "POST /facebook/webhook HTTP/1.1\r\nhost: bench\r\nuser-agent: facebookexternalua\r\naccept: */*\r\n\
         content-type: application/json\r\nx-hub-signature-256: sha256={signature}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    let begins = request.len();
    request.extend_from_slice(body);
    (request, begins)
}

fn signature(body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(APP_SECRET.as_bytes()) else { return String::new() };
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

/// One connection to a receiver.
pub(crate) struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    pub(crate) async fn to(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; LONGEST] })
    }

    /// Writes a request and waits until it is acknowledged.
    pub(crate) async fn deliver(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        loop {
            let room = self.buffer.get_mut(filled..).filter(|room| !room.is_empty());
            let read = self.stream.read(room.context("an answer too long")?).await?;
            if read == 0 {
                bail!("the connection was closed");
            }
            filled += read;
            let text = std::str::from_utf8(self.buffer.get(..filled).unwrap_or_default())?;
            // From the end, which is near: what answers at length is not to take longer to be read.
            let Some((head, body)) = text.rsplit_once("\r\n\r\n") else { continue };
            if !head.starts_with("HTTP/1.1 200") {
                bail!("not acknowledged: {text}");
            }
            let length = head.rsplit("\r\n").find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.context("an answer without its length")?.parse()? {
                return Ok(());
            }
        }
    }
}
