//! A bell that wakes the workers: all of them, or those alone who talk, for that is what most deliveries are about. A ring while a
//! worker is busy is not lost: it looks again before it sleeps.

use tokio::sync::watch;

/// Rung when something became due.
#[derive(Debug)]
pub(crate) struct Bell {
    rings: watch::Sender<u64>,
    for_talk: watch::Sender<u64>,
}

/// One worker's ear.
#[derive(Debug)]
pub(crate) struct Ear {
    heard: watch::Receiver<u64>,
}

impl Default for Bell {
    fn default() -> Self {
        Self { rings: watch::Sender::new(0), for_talk: watch::Sender::new(0) }
    }
}

impl Bell {
    /// Wakes everybody.
    pub(crate) fn ring(&self) {
        self.rings.send_modify(|rings| *rings = rings.wrapping_add(1));
        self.ring_for_talk();
    }

    /// Wakes those who talk.
    pub(crate) fn ring_for_talk(&self) {
        self.for_talk.send_modify(|rings| *rings = rings.wrapping_add(1));
    }

    /// For one more worker.
    pub(crate) fn ear(&self) -> Ear {
        Ear { heard: self.rings.subscribe() }
    }

    /// For those who talk.
    pub(crate) fn ear_for_talk(&self) -> Ear {
        Ear { heard: self.for_talk.subscribe() }
    }
}

impl Ear {
    /// Forgets the rings so far: what they announced is looked at now.
    pub(crate) fn clear(&mut self) {
        self.heard.mark_unchanged();
    }

    /// Returns at the next ring; at once if there was one since [`Ear::clear`].
    pub(crate) async fn rung(&mut self) {
        // The bell lives as long as the app whose worker listens.
        if self.heard.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
