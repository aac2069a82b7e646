//! The load: so many connections that are kept alive, each of which delivers its next message as soon as the last was acknowledged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::messages::Signed;
use crate::delivery::Line;
use crate::start::now;

/// What came of it.
pub(super) struct Ran {
    pub(super) per_second: f64,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
}

/// Delivers all messages over so many connections; every one must be acknowledged.
pub(super) fn run(
    address: SocketAddr,
    connections: usize,
    messages: &Arc<Vec<Signed>>,
) -> anyhow::Result<Ran> {
    // One thread: the less the load takes, the more is left to what is measured.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut lines = Vec::with_capacity(connections);
        for _ in 0..connections {
            lines.push(Line::to(address).await?);
        }
        let begun = now();
        let mut delivering = tokio::task::JoinSet::new();
        let next = Arc::new(AtomicUsize::new(0));
        for line in lines {
            delivering.spawn(deliver(line, Arc::clone(messages), Arc::clone(&next)));
        }
        let mut taken = Vec::with_capacity(messages.len());
        while let Some(delivered) = delivering.join_next().await {
            taken.extend(delivered??);
        }
        let wall = begun.elapsed();
        taken.sort_unstable();
        let at = |percent: usize| {
            taken.get(taken.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
        };
        #[expect(clippy::cast_precision_loss, reason = "shown without digits")]
        let per_second = taken.len() as f64 / wall.as_secs_f64();
        Ok(Ran { per_second, p50: at(50), p99: at(99) })
    })
}

/// One after the other, in the order in which they were written.
async fn deliver(
    mut line: Line,
    messages: Arc<Vec<Signed>>,
    next: Arc<AtomicUsize>,
) -> anyhow::Result<Vec<Duration>> {
    let mut taken = Vec::new();
    while let Some(message) = messages.get(next.fetch_add(1, Ordering::Relaxed)) {
        let begun = now();
        line.deliver(&message.request).await?;
        taken.push(begun.elapsed());
    }
    Ok(taken)
}
