//! Sending: part by part, in order, each only if the channel's rules allow it and its claims still hold in the very unit
//! that moves it to `sending`. What comes of a send is recorded by what is known of it, never by hope.

mod dispatch;
pub(crate) mod door;
pub mod doubt;
mod prove;

use std::time::Duration;

use serde_json::json;
use shopclerk_domain::message::{OutboxPart, PartState};
use shopclerk_domain::window::{Reason, Verdict, Words, may_write};
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_storage::nouns::outbox::{Outlook, Settled};

use self::dispatch::dispatch;
use self::door::{Door, Key};
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
    /// Nothing more may leave this conversation now.
    Stop,
}

/// Sends what may leave now, in order; the first part that must wait stops the rest.
pub(crate) async fn send(app: &App, leased: &Leased, parts: &[OutboxPart]) -> Result<(), FlowError> {
    let mut begun = false;
    for part in parts {
        let next = match part.state {
            PartState::Queued if part.run_at > app.now() => Next::Stop,
            // Due again at once, under a lease of its own.
            PartState::Queued if begun && leased.lease.until.since(app.now()) < LEASE_MARGIN => Next::Stop,
            PartState::Queued => send_part(app, leased, part, begun).await?,
            PartState::Sending | PartState::Unknown => doubt::settle_part(app, leased, part).await?,
            PartState::Sent | PartState::Refused | PartState::Parked => Next::GoOn,
        };
        if matches!(next, Next::Stop) {
            return Ok(());
        }
        begun = true;
    }
    Ok(())
}

async fn send_part(app: &App, leased: &Leased, part: &OutboxPart, begun: bool) -> Result<Next, FlowError> {
    let (merchant, id) = (leased.lease.merchant, leased.lease.conversation);
    // As it is now: the turn that made the part may have changed it, and a person may have spoken.
    let found = app.store().look_out(merchant, id, &rows_of(&part.part.claims)).await?;
    let Some(Outlook { conversation, sender, products, discounts }) = found else { return Ok(Next::Stop) };
    let door = Door::of(app, sender);
    let verdict = may_write(Words::Part { of: part.turn }, &conversation, &door.rules(app), app.now());
    let (at, why) = match (verdict, &door.key) {
        (Verdict::May(_), Some(key)) => {
            let rows = Rows { products, discounts };
            return send_with(app, leased, part, begun, key, rows).await;
        }
        (Verdict::May(_), None) => (app.now().plus(RECONNECT_WAIT), Reason::NeedsReconnect),
        (Verdict::Later { at, why }, _) => (at, why),
        (Verdict::Never(why), _) => {
            // Where it was handed back in between, the answer is found anew, and tells whom it comes from.
            let anew = why == Reason::Undisclosed && !begun && withdraw(app, leased, part).await;
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

async fn send_with(
    app: &App,
    leased: &Leased,
    part: &OutboxPart,
    begun: bool,
    key: &Key,
    rows: Rows,
) -> Result<Next, FlowError> {
    let (part, durable_at) = match prove_again(app, leased, part, begun, rows).await? {
        Proven::Holds(part, durable_at) => (part, durable_at),
        Proven::Withdrawn => return Ok(Next::Stop),
        Proven::Dropped => return Ok(Next::GoOn),
    };
    dispatch(app, leased, &part, key, durable_at).await
}

async fn settle(app: &App, leased: &Leased, part: &OutboxPart, settled: Settled) -> Result<(), FlowError> {
    let jobs = vec![mirror_job(app, leased)];
    Ok(app.store().settle_send(&leased.lease, part.id, settled, jobs, app.now()).await?)
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
