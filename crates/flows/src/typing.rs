//! The shopper sees at once that we are at it, unless the answer is there sooner. Best effort: nothing is stored, nothing is tried
//! twice.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::ids::{ConversationId, MerchantId};
use shopclerk_domain::window::{Verdict, Words, may_write};
use shopclerk_storage::nouns::outbox::Outlook;

use crate::app::App;
use crate::reply::door::{Door, Key};
use crate::work::wait;

/// An answer that comes so soon needs no sign before it: for whoever reads it, both are at once.
const AT_ONCE: Duration = Duration::from_millis(40);

/// Conversations whose shopper has just written.
#[derive(Debug, Default)]
pub(crate) struct TypingQueue {
    waiting: Mutex<Waiting>,
    /// Nobody here shows anything.
    is_shut: AtomicBool,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Each with when it is shown, by the monotonic clock.
    in_order: VecDeque<(Duration, Written)>,
    /// Those who still wait, until when, and when they wrote: nobody is to wait twice, and whoever is answered waits no more.
    known: HashMap<Written, (Duration, Timestamp)>,
}

type Written = (MerchantId, ConversationId);

impl TypingQueue {
    /// Beyond this many, showing it late would be odd: the oldest are dropped.
    const MOST: usize = 1_000;

    /// Remembers a conversation whose shopper wrote, by the channel's clock at `spoke_at`, and is heard `now`.
    pub(crate) fn add(
        &self,
        merchant: MerchantId,
        conversation: ConversationId,
        spoke_at: Timestamp,
        now: Duration,
    ) {
        if self.is_shut.load(Ordering::Relaxed) {
            return;
        }
        let (mut waiting, written) = (self.waiting(), (merchant, conversation));
        if waiting.known.contains_key(&written) {
            return;
        }
        if waiting.in_order.len() >= Self::MOST {
            waiting.pop(Duration::MAX);
        }
        let at = now.saturating_add(AT_ONCE);
        waiting.known.insert(written, (at, spoke_at));
        waiting.in_order.push_back((at, written));
    }

    /// Remembers nobody from now on.
    pub(crate) fn shut(&self) {
        self.is_shut.store(true, Ordering::Relaxed);
    }

    /// The answer is on its way.
    pub(crate) fn forget(&self, merchant: MerchantId, conversation: ConversationId) {
        self.waiting().known.remove(&(merchant, conversation));
    }

    /// When the next sign is to be shown.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.waiting().in_order.front().map(|(at, _)| *at)
    }

    fn take(&self, now: Duration) -> Option<(Written, Timestamp)> {
        let mut waiting = self.waiting();
        while let Some((spoke_at, written)) = waiting.pop(now) {
            if let Some(spoke_at) = spoke_at {
                return Some((written, spoke_at));
            }
        }
        None
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// The first that is due `now`, and when it was written if it still waits for just that.
    fn pop(&mut self, now: Duration) -> Option<(Option<Timestamp>, Written)> {
        let (at, written) = self.in_order.pop_front_if(|(at, _)| *at <= now)?;
        let spoke_at =
            self.known.get(&written).filter(|(known, _)| *known == at).map(|(_, spoke_at)| *spoke_at);
        if spoke_at.is_some() {
            self.known.remove(&written);
        }
        Some((spoke_at, written))
    }
}

/// Shows the next waiting shopper that we are at it; `false` when nobody waits.
pub(crate) async fn show_next(app: &App) -> bool {
    let Some(((merchant, conversation), spoke_at)) = app.typing.take(app.clock().monotonic()) else {
        return false;
    };
    if let Err(error) = show(app, merchant, conversation, Some(spoke_at)).await {
        tracing::debug!(merchant.id = %merchant, %error, "typing was not shown");
    }
    true
}

/// Shows it anew every while until `work` is done: the channel's own sign ends by itself.
pub(crate) async fn kept_on<T>(
    app: &App,
    merchant: MerchantId,
    conversation: ConversationId,
    work: impl Future<Output = T>,
) -> T {
    let showing = async {
        loop {
            wait::pause(app.settings().model.typing_every).await;
            if let Err(error) = show(app, merchant, conversation, None).await {
                tracing::debug!(merchant.id = %merchant, %error, "typing was not shown");
            }
        }
    };
    tokio::select! {
        done = work => done,
        never = showing => {
            let never: Infallible = never;
            match never {}
        }
    }
}

async fn show(
    app: &App,
    merchant: MerchantId,
    conversation: ConversationId,
    spoke_at: Option<Timestamp>,
) -> Result<(), crate::error::FlowError> {
    let found = app.store().look_out(merchant, conversation, &[]).await?;
    let Some(Outlook { mut conversation, sender, .. }) = found else { return Ok(()) };
    // What was just written opens the window, also while no worker is free to look at it.
    conversation.last_shopper_at = conversation.last_shopper_at.max(spoke_at);
    let door = Door::of(app, sender);
    let Some(Key { token, account }) = &door.key else { return Ok(()) };
    // Where the channel slows us down, what is left of its limits is for words.
    let slowed_down = account.account.state == ConnectionState::Limited;
    let verdict = may_write(Words::Typing, &conversation, &door.rules(app), app.now());
    if slowed_down || !matches!(verdict, Verdict::May(_)) {
        return Ok(());
    }
    app.meta()
        .typing_on(&account.account.native_id, token, &conversation.alias)
        .await
        .map_err(|error| crate::error::FlowError::Internal(Box::new(error)))
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::entropy::SeededEntropy;

    use super::*;

    #[test]
    fn whoever_is_answered_at_once_sees_no_sign_and_nobody_sees_two() {
        let (queue, entropy) = (TypingQueue::default(), SeededEntropy::new(1));
        let merchant = MerchantId::new(Timestamp::from_millis(0), &entropy);
        let [ana, bo] = [1, 2].map(|_| ConversationId::new(Timestamp::from_millis(0), &entropy));
        let (begin, spoke_at) = (Duration::from_secs(9), Timestamp::from_millis(7));
        queue.add(merchant, ana, spoke_at, begin);
        queue.add(merchant, bo, spoke_at, begin);
        queue.add(merchant, bo, spoke_at, begin);

        assert_eq!(queue.take(begin), None, "an answer may be there sooner");
        assert_eq!(queue.next_due(), Some(begin + AT_ONCE));
        queue.forget(merchant, ana);

        assert_eq!(queue.take(begin + AT_ONCE), Some(((merchant, bo), spoke_at)));
        assert_eq!((queue.take(begin + AT_ONCE), queue.next_due()), (None, None));
        queue.add(merchant, ana, spoke_at, begin + AT_ONCE);
        queue.forget(merchant, ana);
        queue.add(merchant, ana, spoke_at, begin + AT_ONCE * 3 / 2);
        assert_eq!(queue.take(begin + AT_ONCE * 2), None, "what is written next counts anew");
        assert_eq!(queue.take(begin + AT_ONCE * 3), Some(((merchant, ana), spoke_at)));
        queue.shut();
        queue.add(merchant, ana, spoke_at, begin);
        assert_eq!(queue.next_due(), None, "nobody would show it");
    }
}
