//! The shopper sees at once that we are at it. Best effort: nothing is stored, nothing is tried twice.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};

use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::ids::{ConversationId, MerchantId};
use shopclerk_domain::window::{Verdict, Words, may_write};
use shopclerk_storage::nouns::outbox::Outlook;

use crate::app::App;
use crate::reply::door::{Door, Key};
use crate::work::wait;

/// Conversations whose shopper has just written.
#[derive(Debug, Default)]
pub(crate) struct TypingQueue {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    in_order: VecDeque<Written>,
    /// The same: nobody is to wait twice, and every message asks whether its shopper waits already.
    known: HashSet<Written>,
}

type Written = (MerchantId, ConversationId);

impl TypingQueue {
    /// Beyond this many, showing it late would be odd: the oldest are dropped.
    const MOST: usize = 1_000;

    /// Remembers a conversation.
    pub(crate) fn add(&self, merchant: MerchantId, conversation: ConversationId) {
        let mut waiting = self.waiting();
        if !waiting.known.insert((merchant, conversation)) {
            return;
        }
        if waiting.in_order.len() >= Self::MOST {
            waiting.take();
        }
        waiting.in_order.push_back((merchant, conversation));
    }

    fn take(&self) -> Option<Written> {
        self.waiting().take()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn take(&mut self) -> Option<Written> {
        let written = self.in_order.pop_front()?;
        self.known.remove(&written);
        Some(written)
    }
}

/// Shows the next waiting shopper that we are at it; `false` when nobody waits.
pub(crate) async fn show_next(app: &App) -> bool {
    let Some((merchant, conversation)) = app.typing.take() else { return false };
    if let Err(error) = show(app, merchant, conversation).await {
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
            if let Err(error) = show(app, merchant, conversation).await {
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
) -> Result<(), crate::error::FlowError> {
    let found = app.store().look_out(merchant, conversation, &[]).await?;
    let Some(Outlook { conversation, sender, .. }) = found else { return Ok(()) };
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
