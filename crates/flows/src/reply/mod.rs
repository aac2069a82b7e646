//! Sending: part by part, in order, each only if the channel's rules allow it and its claims still hold in the very unit
//! that moves it to `sending`. What comes of a send is recorded by what is known of it, never by hope.

mod dispatch;
mod door;
pub mod doubt;
mod prove;

use std::time::Duration;

use serde_json::json;
use shopclerk_domain::message::{OutboxPart, PartState};
use shopclerk_domain::window::{Permission, may_reply};
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_storage::nouns::outbox::Settled;

use self::dispatch::dispatch;
use self::door::{Door, door};
use self::prove::{Proven, prove_again};
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
    let now = app.now();
    match may_reply(&leased.conversation, leased.account.channel.send_policy(), now) {
        // A person's word withdraws what waits, in the unit that records it; a pause that is left here was announced by
        // the very turn this part belongs to.
        Permission::Allowed | Permission::Paused(_) => {}
        Permission::WindowClosed => {
            settle(app, leased, part, Settled::Refused { code: "window.closed".to_owned() }).await?;
            return Ok(Next::Stop);
        }
    }
    let (token, account) = match door(app, leased, now).await? {
        Door::Open(token, account) => (token, account),
        Door::Shut => {
            settle(app, leased, part, Settled::Refused { code: "disconnected".to_owned() }).await?;
            return Ok(Next::Stop);
        }
        Door::Closed { wait, code } => {
            settle(app, leased, part, Settled::Again { at: now.plus(wait), code: code.to_owned() }).await?;
            return Ok(Next::Stop);
        }
    };
    let (part, durable_at) = match prove_again(app, leased, part, begun).await? {
        Proven::Holds(part, durable_at) => (part, durable_at),
        Proven::Withdrawn => return Ok(Next::Stop),
        Proven::Dropped => return Ok(Next::GoOn),
    };
    dispatch(app, leased, &part, &token, &account, durable_at).await
}

async fn settle(app: &App, leased: &Leased, part: &OutboxPart, settled: Settled) -> Result<(), FlowError> {
    let jobs = vec![mirror_job(app, leased)];
    Ok(app.store().settle_send(&leased.lease, part.id, settled, jobs, app.now()).await?)
}

/// Tells what was learned of a part; `millis` is how long its send took, where one was made.
fn tell(app: &App, part: &OutboxPart, settled: &Settled, millis: Option<f64>) {
    let (kind, summary) = match settled {
        Settled::Sent { .. } => ("outbox.sent", sent_how(millis)),
        Settled::Refused { code } => ("outbox.refused", format!("refused for good: {code}")),
        Settled::Again { code, .. } => ("outbox.again", format!("not sent yet: {code}")),
        Settled::Unknown { .. } => ("outbox.unknown", "no answer came: waiting for the echo".to_owned()),
        Settled::Missed { .. } => {
            ("outbox.missed", "not seen in the conversation: looked for again".to_owned())
        }
        Settled::Resend => ("outbox.resend", "it surely did not arrive: sent once again".to_owned()),
        Settled::Parked { code } => ("outbox.parked", format!("a person decides: {code}")),
    };
    let claims: Vec<_> = part.part.claims.iter().map(provenance::claim).collect();
    app.saw(
        kind,
        summary,
        json!({ "part": part.id.to_string(), "gist": part.part.content.gist(), "claims": claims, "millis": millis }),
    );
}

fn sent_how(millis: Option<f64>) -> String {
    millis.map_or_else(
        || "it stands in the conversation: it had arrived".to_owned(),
        |millis| format!("accepted in {millis:.0} ms; claims were checked again"),
    )
}
