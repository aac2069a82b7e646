//! The lines that travel over the control socket.

use anyhow::{Context, bail};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Longest line of an order.
pub(super) const ORDER: u64 = 64 * 1024;
/// Longest line of an answer.
pub(super) const ANSWER: u64 = 16 * 1024 * 1024;

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) order: String,
    pub(super) arguments: Value,
}

/// What is answered, line by line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    Progress { what: String, done: u64, total: Option<u64> },
    Said(String),
    Done(Value),
    Failed(String),
}

/// The next line; `None` when the other side has hung up.
pub(super) async fn read<T: DeserializeOwned>(
    from: &mut (impl AsyncBufRead + Unpin),
    longest: u64,
) -> anyhow::Result<Option<T>> {
    let mut line = Vec::new();
    let read = from.take(longest).read_until(b'\n', &mut line).await.context("the line broke off")?;
    if read == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') {
        bail!("a line is longer than {longest} bytes, or broke off");
    }
    serde_json::from_slice(&line).map(Some).context("a line is not understood")
}

/// Writes a line.
pub(super) async fn write(to: &mut (impl AsyncWrite + Unpin), line: &impl Serialize) -> anyhow::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    to.write_all(&bytes).await?;
    Ok(to.flush().await?)
}
