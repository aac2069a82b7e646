//! The send itself: its last check, the one request, and what is known of it afterwards.

use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy;
use shopclerk_domain::message::{OutboxPart, PartState};
use shopclerk_domain::standing::Cause;
use shopclerk_domain::window::Reason;
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_storage::nouns::outbox::{Settled, Then};
use shopclerk_upstream::meta::send::SendError;

use super::{BLOCK_WAIT, Begun, Next, RECONNECT_WAIT, may_begin, prepare, settle, tell};
use crate::app::App;
use crate::connect::check;
use crate::error::FlowError;
use crate::standing::{self, Heard};
use crate::turn::mirror_job;
use crate::work::{retry, wait};

/// A request must be written this soon after `sending` became durable, or it is not written at all.
const SEND_BUDGET: Duration = Duration::from_secs(2);
/// A part that arrived waits no longer to be recorded as sent: the next one is begun by itself then.
const PREPARED_IN: Duration = Duration::from_millis(100);

/// Makes the request and records what came of it; what stands behind a part that was sent is begun in the same unit.
pub(super) async fn dispatch(
    app: &App,
    leased: &Leased,
    begun: Box<Begun>,
    behind: &[OutboxPart],
) -> Result<Next, FlowError> {
    let Begun { part, key, since } = *begun;
    app.typing.forget(leased.lease.merchant, leased.lease.conversation);
    let started = app.clock().monotonic();
    let page = &leased.account.native_id;
    let to = &leased.conversation.alias;
    // Directly before the request is written: a process that was frozen since then must not send what another may have
    // taken over.
    let late = started.saturating_sub(since) > SEND_BUDGET || leased.lease.until <= app.now();
    let sent = if late {
        Err(SendError::Unavailable)
    } else {
        app.meta().send(page, &key.token, to, part.id, &part.part.content).await
    };
    let millis = app.millis_since(started);
    let heard = standing::of_send(&sent);
    let settled = judge(app, &part, sent);
    if let (Some(Heard::Trouble(Cause::WritingForbidden)), Settled::Again { at, .. }) = (heard, &settled) {
        app.blocks.note(leased.account.id, *at, app.now());
    }
    tell(app, &part, &settled, Some(millis));
    let again_at = if let Settled::Again { at, .. } = settled { Some(at) } else { None };
    let next = if matches!(settled, Settled::Sent { .. }) {
        settle_and_follow(app, leased, &part, settled, behind).await?
    } else {
        settle(app, leased, &part, settled).await?;
        Next::Stop
    };
    if let Some(heard) = heard {
        let looked_into = look_into(app, leased, heard, again_at);
        let learned = check::learn(app, leased.lease.merchant, &key.account, heard, looked_into).await;
        match (&next, learned) {
            // What is on its way by now waits for nothing else.
            (Next::Begun(_) | Next::LetGo, Err(error)) => {
                tracing::warn!(%error, "where the account stands was not recorded");
            }
            (_, learned) => learned.map(drop)?,
        }
    }
    Ok(next)
}

/// A part arrived: the next one is begun along with it, and with the last the lease ends.
async fn settle_and_follow(
    app: &App,
    leased: &Leased,
    part: &OutboxPart,
    settled: Settled,
    behind: &[OutboxPart],
) -> Result<Next, FlowError> {
    let prepared = match behind.first() {
        Some(next) if next.state == PartState::Queued && may_begin(app, leased, next, false) => {
            wait::within(PREPARED_IN, prepare(app, leased, next)).await.flatten()
        }
        Some(_) | None => None,
    };
    let (ready, then) = match prepared {
        Some((ready, next)) => (Some(ready), Then::Begin(next)),
        None if behind.is_empty() => (None, Then::LetGo),
        None => (None, Then::Stay),
    };
    let (jobs, since) = (vec![mirror_job(app, leased)], app.clock().monotonic());
    let begun = app.store().settle_send(&leased.lease, part.id, settled, jobs, then, app.now()).await?;
    Ok(match ready.filter(|_| begun) {
        Some(ready) => Next::Begun(ready.begun(since)),
        None if behind.is_empty() => Next::LetGo,
        None => Next::GoOn,
    })
}

/// A refused token is asked about at once, so that the merchant is told the very cure; an account that is held back is let go
/// when its time is over, even if nothing is left to send.
fn look_into(app: &App, leased: &Leased, heard: Heard, again_at: Option<Timestamp>) -> Vec<NewJob> {
    let now = check::soon(app, leased.lease.merchant, leased.account.id);
    match heard {
        Heard::Trouble(Cause::TokenRefused) => vec![now],
        Heard::Trouble(_) => vec![NewJob { run_at: again_at.unwrap_or(now.run_at), ..now }],
        _ => Vec::new(),
    }
}

/// What is known of a send, as the outbox records it. What surely was not sent is tried until the window closes.
fn judge(app: &App, part: &OutboxPart, sent: Result<String, SendError>) -> Settled {
    let now = app.now();
    let again = |hint: Option<Duration>, code: &str| {
        let at = retry::next_attempt(now, part.attempt, hint, entropy::fraction(app.entropy()));
        Settled::Again { at, code: code.to_owned() }
    };
    match sent {
        Ok(native_id) => Settled::Sent { native_id: Some(native_id) },
        Err(SendError::Limited { retry_after }) => again(retry_after, "meta.limited"),
        Err(SendError::Paced { wait }) => {
            Settled::Again { at: now.plus(wait), code: Reason::Paced.code().to_owned() }
        }
        Err(SendError::Unavailable) => again(None, "meta.unavailable"),
        Err(SendError::Unclear) => Settled::Unknown { look_at: now.plus(app.settings().doubt.echo_wait) },
        Err(SendError::TokenRefused) => {
            Settled::Again { at: now.plus(RECONNECT_WAIT), code: "account.needs_reconnect".to_owned() }
        }
        Err(SendError::Blocked { retry_after }) => {
            let wait = retry_after.unwrap_or(BLOCK_WAIT);
            Settled::Again { at: now.plus(wait), code: "meta.blocked".to_owned() }
        }
        Err(SendError::WindowClosed) => Settled::Refused { code: "meta.window_closed".to_owned() },
        Err(SendError::Unreachable) => Settled::Refused { code: "meta.unreachable".to_owned() },
        Err(SendError::Refused { code }) => Settled::Refused { code: format!("meta.{code}") },
    }
}
