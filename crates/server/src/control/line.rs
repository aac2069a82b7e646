//! What an order tells on its way to whoever asked. The order never waits for a slow reader: progress that was not yet passed
//! on gives way to newer progress, sentences wait.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use shopclerk_flows::progress::Progress;
use tokio::io::AsyncWrite;
use tokio::sync::Notify;

use super::wire::{self, Told};

/// What waits to be passed on.
#[derive(Debug, Default)]
pub(super) struct Line {
    waiting: Mutex<VecDeque<Told>>,
    bell: Notify,
}

impl Line {
    pub(super) fn put(&self, told: Told) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match (waiting.back_mut(), &told) {
            (Some(last @ Told::Progress { .. }), Told::Progress { .. }) => *last = told,
            _ => waiting.push_back(told),
        }
        self.bell.notify_one();
    }

    fn next(&self) -> Option<Told> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Passes on what is told until the order has ended.
    pub(super) async fn tell(&self, writer: &mut (impl AsyncWrite + Unpin)) -> anyhow::Result<()> {
        loop {
            while let Some(told) = self.next() {
                wire::write(writer, &told).await?;
                if matches!(told, Told::Done(_) | Told::Failed(_)) {
                    return Ok(());
                }
            }
            self.bell.notified().await;
        }
    }
}

impl Progress for Line {
    fn at(&self, what: &str, done: u64, total: Option<u64>) {
        self.put(Told::Progress { what: what.to_owned(), done, total });
    }

    fn say(&self, sentence: &str) {
        self.put(Told::Said(sentence.to_owned()));
    }
}
