//! Sending: part by part, in order, each only if the channel's rules allow it and its claims still hold in the very unit
//! that moves it to `sending`. What comes of a send is recorded by what is known of it, never by hope.

mod dispatch;
pub(crate) mod door;
pub mod doubt;
mod prepare;
mod prove;

use std::time::Duration;

use serde_json::json;
use shopclerk_domain::message::{OutboxPart, PartState};
use shopclerk_domain::window::{Reason, Verdict, Words, may_write};
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_storage::nouns::outbox::{Outlook, Settled, Then};

use self::dispatch::dispatch;
use self::door::{Door, Key};
pub(crate) use self::prepare::prepare;
use self::prove::{Proven, Rows, prove_again, rows_of};
use crate::app::App;
use crate::error::FlowError;
use crate::provenance;
use crate::turn::mirror_job;

/// No part is begun when less than this is left of the lease: a send must not outlive it.
const LEASE_MARGIN: Duration = Duration::from_secs(20);
/// How long a part waits for a connection to be mended before it looks again.
const RECONNECT_WAIT: Duration = Duration::from_mins(15);
/// How long a blocked account is left alone, where the channel does not say.
pub(crate) const BLOCK_WAIT: Duration = Duration::from_mins(30);

/// What comes after a part.
enum Next {
    /// The next one may go.
    GoOn,
    /// The next one is on its way.
    Begun(Box<Begun>),
    /// It was the last, and the lease ended with it.
    LetGo,
    /// Nothing more may leave this conversation now.
    Stop,
}

/// A part that is `sending`: the one request that may be made of it is next.
pub(crate) struct Begun {
    part: OutboxPart,
    key: Key,
    /// Before it became so, on the monotonic clock.
    since: Duration,
}

/// What is left of a lease when the work under it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// It is to be given back.
    Lasts,
    /// It has been.
    Ended,
}

/// Sends what may leave now, in order; the first part that must wait stops the rest. The first may have been begun already.
pub(crate) async fn send(
    app: &App,
    leased: &Leased,
    parts: &[OutboxPart],
    first: Option<Box<Begun>>,
) -> Result<Hold, FlowError> {
    let (mut begun, mut rest, mut is_first) = (first, parts, true);
    while let [part, behind @ ..] = rest {
        let next = match (part.state, begun.take()) {
            (_, Some(begun)) => dispatch(app, leased, begun, behind).await?,
            (PartState::Queued, None) if !may_begin(app, leased, part, is_first) => Next::Stop,
            (PartState::Queued, None) => send_part(app, leased, part, behind, is_first).await?,
            (PartState::Sending | PartState::Unknown, None) => doubt::settle_part(app, leased, part).await?,
            (PartState::Sent | PartState::Refused | PartState::Parked, None) => Next::GoOn,
        };
        match next {
            Next::GoOn => {}
            Next::Begun(next) => begun = Some(next),
            Next::LetGo => return Ok(Hold::Ended),
            Next::Stop => return Ok(Hold::Lasts),
        }
        (rest, is_first) = (behind, false);
    }
    Ok(Hold::Lasts)
}

/// Whether it is time for a queued part, and for one after another there is enough left of the lease: else it is due again at once,
/// under a lease of its own.
fn may_begin(app: &App, leased: &Leased, part: &OutboxPart, is_first: bool) -> bool {
    let now = app.now();
    part.run_at <= now && (is_first || leased.lease.until.since(now) >= LEASE_MARGIN)
}

async fn send_part(
    app: &App,
    leased: &Leased,
    part: &OutboxPart,
    behind: &[OutboxPart],
    is_first: bool,
) -> Result<Next, FlowError> {
    let (merchant, id) = (leased.lease.merchant, leased.lease.conversation);
    // As it is now: the turn that made the part may have changed it, and a person may have spoken.
    let found = app.store().look_out(merchant, id, &rows_of(&part.part.claims)).await?;
    let Some(Outlook { conversation, sender, products, discounts }) = found else { return Ok(Next::Stop) };
    let door = Door::of(app, sender);
    let verdict = may_write(Words::Part { of: part.turn }, &conversation, &door.rules(app), app.now());
    let (at, why) = match (verdict, door.key) {
        (Verdict::May(_), Some(key)) => {
            let rows = Rows { products, discounts };
            return match prove_again(app, leased, part, is_first, rows).await? {
                Proven::Holds(part, since) => {
                    let begun = Box::new(Begun { part, key, since });
                    dispatch(app, leased, begun, behind).await
                }
                Proven::Withdrawn => Ok(Next::Stop),
                Proven::Dropped => Ok(Next::GoOn),
            };
        }
        (Verdict::May(_), None) => (app.now().plus(RECONNECT_WAIT), Reason::NeedsReconnect),
        (Verdict::Later { at, why }, _) => (at, why),
        (Verdict::Never(why), _) => {
            // Where it was handed back in between, the answer is found anew, and tells whom it comes from.
            let anew = why == Reason::Undisclosed && is_first && withdraw(app, leased, part).await;
            if !anew {
                withhold(app, leased, part, why).await?;
            }
            return Ok(Next::Stop);
        }
    };
    settle(app, leased, part, Settled::Again { at, code: why.code().to_owned() }).await?;
    Ok(Next::Stop)
}

/// A rule of ours forbids it: it is not sent, nor is what waits behind it in its turn.
async fn withhold(app: &App, leased: &Leased, part: &OutboxPart, why: Reason) -> Result<(), FlowError> {
    let data = json!({ "part": part.id.to_string(), "code": why.code() });
    app.saw("outbox.withheld", format!("not sent: {}", why.sentence()), data);
    settle(app, leased, part, Settled::Refused { code: why.code().to_owned() }).await
}

/// The shopper said stop while parts waited: those are not sent any more.
pub(crate) async fn stop(app: &App, leased: &Leased) -> Result<(), FlowError> {
    let mut turns = Vec::new();
    for part in leased.parts.iter().filter(|part| part.state == PartState::Queued) {
        // With a part goes what waits behind it in its turn.
        if !turns.contains(&part.turn) {
            turns.push(part.turn);
            withhold(app, leased, part, Reason::OptedOut).await?;
        }
    }
    Ok(())
}

async fn withdraw(app: &App, leased: &Leased, part: &OutboxPart) -> bool {
    app.store().withdraw_turn(&leased.lease, part.id, app.now()).await.is_ok()
}

async fn settle(app: &App, leased: &Leased, part: &OutboxPart, settled: Settled) -> Result<(), FlowError> {
    let jobs = vec![mirror_job(app, leased)];
    app.store().settle_send(&leased.lease, part.id, settled, jobs, Then::Stay, app.now()).await?;
    Ok(())
}

/// Tells what was learned of a part; `millis` is how long its send took, where one was made.
fn tell(app: &App, part: &OutboxPart, settled: &Settled, millis: Option<f64>) {
    let kind = match settled {
        Settled::Sent { .. } => "outbox.sent",
        Settled::Refused { .. } => "outbox.refused",
        Settled::Again { .. } => "outbox.again",
        Settled::Unknown { .. } => "outbox.unknown",
        Settled::Missed { .. } => "outbox.missed",
        Settled::Resend => "outbox.resend",
        Settled::Parked { .. } => "outbox.parked",
    };
    app.saw_often(kind, || {
        let claims: Vec<_> = part.part.claims.iter().map(provenance::claim).collect();
        let gist = part.part.content.gist();
        let data = json!({ "part": part.id.to_string(), "gist": gist, "claims": claims, "millis": millis });
        (settled_how(settled, millis), data)
    });
}

fn settled_how(settled: &Settled, millis: Option<f64>) -> String {
    match settled {
        Settled::Sent { .. } => sent_how(millis),
        Settled::Refused { code } => format!("refused for good: {code}"),
        Settled::Again { code, .. } => format!("not sent yet: {code}"),
        Settled::Unknown { .. } => "no answer came: waiting for the echo".to_owned(),
        Settled::Missed { .. } => "not seen in the conversation: looked for again".to_owned(),
        Settled::Resend => "it surely did not arrive: sent once again".to_owned(),
        Settled::Parked { code } => format!("a person decides: {code}"),
    }
}

fn sent_how(millis: Option<f64>) -> String {
    millis.map_or_else(
        || "it stands in the conversation: it had arrived".to_owned(),
        |millis| format!("accepted in {millis:.0} ms; claims were checked again"),
    )
}
