//! What may go wrong between the app and S3, as a story or a rehearsal asks for it.

use std::collections::VecDeque;
use std::sync::PoisonError;

use tokio::sync::watch;

use super::ObjectsFake;
use super::call::Call;
use super::error::S3Error;

/// All that is to go wrong.
pub(super) struct Troubles {
    next: VecDeque<S3Error>,
    /// Refuses every call, until it is back.
    down: Option<S3Error>,
    encrypts: bool,
    held: watch::Sender<bool>,
}

impl Default for Troubles {
    fn default() -> Self {
        Self { next: VecDeque::new(), down: None, encrypts: true, held: watch::Sender::new(false) }
    }
}

impl Troubles {
    pub(super) const fn encrypts(&self) -> bool {
        self.encrypts
    }
}

impl ObjectsFake {
    /// The next call is refused with this error, and so on for each time this is called.
    pub fn next_call(&self, error: S3Error) {
        self.troubles().next.push_back(error);
    }

    /// From now on every call is refused with this error.
    pub fn goes_down(&self, error: S3Error) {
        self.troubles().down = Some(error);
    }

    /// From now on calls are answered again.
    pub fn comes_back(&self) {
        self.troubles().down = None;
    }

    /// From now on calls wait, as if the service were endlessly slow.
    pub fn hold(&self) {
        self.troubles().held.send_replace(true);
    }

    /// Lets the calls that wait go on, and all that follow.
    pub fn release(&self) {
        self.troubles().held.send_replace(false);
    }

    /// From now on no wish for encryption is understood, as some services do not.
    pub fn knows_no_encryption(&self) {
        self.troubles().encrypts = false;
    }

    /// Lets happen what was asked for before the call is looked at; an error is its answer.
    pub(super) async fn rehearsed(&self, call: &Call) -> Option<S3Error> {
        let mut held = self.troubles().held.subscribe();
        if *held.borrow() {
            let data = serde_json::json!({ "key": call.key });
            self.options.journal.record("objects.held", format!("Kept waiting: {}", call.line()), data);
        }
        // The sender lives as long as the fake; what a held call does when it is gone makes no difference.
        held.wait_for(|held| !held).await.ok();
        let mut troubles = self.troubles();
        if let Some(error) = &troubles.down {
            return Some(error.clone());
        }
        troubles.next.pop_front()
    }

    pub(super) fn troubles(&self) -> std::sync::MutexGuard<'_, Troubles> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
