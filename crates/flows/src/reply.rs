//! Sending: part by part, in order, each only if the channel's rules allow it and its claims still hold in the very unit
//! that moves it to `sending`. What comes of a send is recorded by what is known of it, never by hope.

use std::time::Duration;

use serde_json::json;
use shopclerk_agent::gate;
use shopclerk_domain::claim::{Claim, RefusedClaim};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::entropy;
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::message::{OutboxPart, PartState};
use shopclerk_domain::product::ProductRow;
use shopclerk_domain::secret::SecretText;
use shopclerk_domain::standing::Cause;
use shopclerk_domain::window::{Permission, may_reply};
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::connections::AccountRow;
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_storage::nouns::outbox::{Settled, StartSend};
use shopclerk_upstream::meta::send::SendError;

use crate::app::App;
use crate::catalogue::read;
use crate::connect::{check, stop};
use crate::error::FlowError;
use crate::provenance;
use crate::standing::{self, Heard};
use crate::turn::mirror_job;
use crate::work::retry;

/// A request must be written this soon after `sending` became durable, or it is not written at all.
const SEND_BUDGET: Duration = Duration::from_secs(2);
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
            PartState::Sending | PartState::Unknown => settle_unknown(app, leased, part).await?,
            PartState::Sent | PartState::Refused | PartState::Parked => Next::GoOn,
        };
        if matches!(next, Next::Stop) {
            return Ok(());
        }
        begun = true;
    }
    Ok(())
}

/// A send whose answer never came: its echo settles it; until then nothing follows, and in the end a person decides.
async fn settle_unknown(app: &App, leased: &Leased, part: &OutboxPart) -> Result<Next, FlowError> {
    let now = app.now();
    let settled = match part.state {
        // Whoever was sending it is gone without a word: from now on its echo alone can tell.
        PartState::Sending => Settled::Unknown { look_at: now.plus(app.settings().echo_wait) },
        _ if now < part.run_at => return Ok(Next::Stop),
        _ => Settled::Parked,
    };
    if settled == Settled::Parked {
        app.saw(
            "outbox.parked",
            "no echo came: a person decides".to_owned(),
            json!({ "part": part.id.to_string() }),
        );
    }
    settle(app, leased, part, settled).await?;
    Ok(Next::Stop)
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

/// Whether the account can send now.
enum Door {
    Open(SecretText, Box<AccountRow>),
    Closed {
        wait: Duration,
        code: &'static str,
    },
    /// It will not: it has stopped.
    Shut,
}

async fn door(app: &App, leased: &Leased, now: Timestamp) -> Result<Door, FlowError> {
    const NEEDS_RECONNECT: Door = Door::Closed { wait: RECONNECT_WAIT, code: "account.needs_reconnect" };
    let (merchant, account) = (leased.lease.merchant, leased.account.id);
    let Some(row) = app.store().find_account(merchant, account).await? else { return Ok(NEEDS_RECONNECT) };
    match row.account.state {
        ConnectionState::Ok | ConnectionState::Expiring | ConnectionState::Limited => {}
        ConnectionState::Blocked => {
            if let Some(until) = app.blocks.until(account, now) {
                return Ok(Door::Closed { wait: until.since(now), code: "meta.blocked" });
            }
        }
        ConnectionState::NeedsReconnect => return Ok(NEEDS_RECONNECT),
        ConnectionState::Disconnected => return Ok(Door::Shut),
    }
    if !stop::is_open(app, merchant).await? {
        return Ok(Door::Shut);
    }
    let token = app.store().account_token(merchant, account).await?;
    Ok(token.map_or(NEEDS_RECONNECT, |token| Door::Open(token, Box::new(row))))
}

/// What became of a part whose claims were checked again.
enum Proven {
    /// It is `sending` now, with these claims, since this moment of the monotonic clock.
    Holds(OutboxPart, Duration),
    /// Its turn went back to be answered anew.
    Withdrawn,
    /// It says nothing that is still true and was taken out; the rest of its turn goes on.
    Dropped,
}

/// Checks the claims against the rows as they are now and moves the part to `sending` in a unit that fails if a row has
/// changed in between; then looks once more.
async fn prove_again(
    app: &App,
    leased: &Leased,
    part: &OutboxPart,
    begun: bool,
) -> Result<Proven, FlowError> {
    let mut part = part.clone();
    for _ in 0..3 {
        let rows = rows_of(app, leased, &part.part.claims).await?;
        match gate::recheck(&part.part.claims, &rows, app.settings().freshness, app.now()) {
            Ok(claims) => {
                let before = app.clock().monotonic();
                match start(app, leased, &part, claims.clone()).await {
                    Ok(()) => {
                        part.part.claims = claims;
                        return Ok(Proven::Holds(part, before));
                    }
                    // A row changed or a person spoke in between: look again.
                    Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Err(untrue) => {
                tell_untrue(app, &untrue);
                if !begun && app.store().withdraw_turn(&leased.lease, part.id, app.now()).await.is_ok() {
                    return Ok(Proven::Withdrawn);
                }
                let mended = gate::renew(&part.part, &rows, app.settings().freshness, app.now());
                app.store().rewrite_part(&leased.lease, part.id, mended.clone(), app.now()).await?;
                match mended {
                    Some(mended) => part.part = mended,
                    None => return Ok(Proven::Dropped),
                }
            }
        }
    }
    Err(FlowError::from(StoreError::Conflict))
}

/// The rows the claims are about; read again from the shop first where their figures have grown too old to be said.
async fn rows_of(app: &App, leased: &Leased, claims: &[Claim]) -> Result<Vec<ProductRow>, FlowError> {
    let mut ids: Vec<ProductId> = claims.iter().map(|claim| claim.product).collect();
    ids.sort_unstable();
    ids.dedup();
    let merchant = leased.lease.merchant;
    let rows = app.store().find_products(merchant, &ids).await?;
    if read::freshen(app, merchant, &rows).await {
        return Ok(app.store().find_products(merchant, &ids).await?);
    }
    Ok(rows)
}

fn tell_untrue(app: &App, untrue: &[RefusedClaim]) {
    app.saw(
        "outbox.sent_back",
        "a claim is no longer true: sent back before it left".to_owned(),
        json!({ "refused": untrue.iter().map(provenance::refused).collect::<Vec<_>>() }),
    );
}

async fn start(app: &App, leased: &Leased, part: &OutboxPart, claims: Vec<Claim>) -> Result<(), StoreError> {
    let mut rests_on: Vec<(ProductId, u64)> =
        claims.iter().map(|claim| (claim.product, claim.version)).collect();
    rests_on.sort_unstable();
    rests_on.dedup();
    let send = StartSend { part: part.id, rests_on, claims };
    app.store().start_send(&leased.lease, send, app.now()).await
}

async fn dispatch(
    app: &App,
    leased: &Leased,
    part: &OutboxPart,
    token: &SecretText,
    account: &AccountRow,
    durable_at: Duration,
) -> Result<Next, FlowError> {
    let started = app.clock().monotonic();
    let page = &leased.account.native_id;
    let to = &leased.conversation.alias;
    // Directly before the request is written: a process that was frozen since then must not send what another may have
    // taken over.
    let late = started.saturating_sub(durable_at) > SEND_BUDGET || leased.lease.until <= app.now();
    let sent = if late {
        Err(SendError::Unavailable)
    } else {
        app.meta().send(page, token, to, part.id, &part.part.content).await
    };
    let millis = app.millis_since(started);
    let heard = standing::of_send(&sent);
    let settled = judge(app, part, sent);
    if let (Some(Heard::Trouble(Cause::WritingForbidden)), Settled::Again { at, .. }) = (heard, &settled) {
        app.blocks.note(leased.account.id, *at, app.now());
    }
    tell(app, part, &settled, millis);
    let next = if matches!(settled, Settled::Sent { .. }) { Next::GoOn } else { Next::Stop };
    let again_at = if let Settled::Again { at, .. } = settled { Some(at) } else { None };
    settle(app, leased, part, settled).await?;
    if let Some(heard) = heard {
        let looked_into = look_into(app, leased, heard, again_at);
        check::learn(app, leased.lease.merchant, account, heard, looked_into).await?;
    }
    Ok(next)
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
        Err(SendError::Unavailable) => again(None, "meta.unavailable"),
        Err(SendError::Unclear) => Settled::Unknown { look_at: now.plus(app.settings().echo_wait) },
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

async fn settle(app: &App, leased: &Leased, part: &OutboxPart, settled: Settled) -> Result<(), FlowError> {
    let jobs = vec![mirror_job(app, leased)];
    Ok(app.store().settle_send(&leased.lease, part.id, settled, jobs, app.now()).await?)
}

fn tell(app: &App, part: &OutboxPart, settled: &Settled, millis: f64) {
    let (kind, summary) = match settled {
        Settled::Sent { .. } => {
            ("outbox.sent", format!("accepted in {millis:.0} ms; claims were checked again"))
        }
        Settled::Refused { code } => ("outbox.refused", format!("refused for good: {code}")),
        Settled::Again { code, .. } => ("outbox.again", format!("not sent yet: {code}")),
        Settled::Unknown { .. } => ("outbox.unknown", "no answer came: waiting for the echo".to_owned()),
        Settled::Parked => ("outbox.parked", "a person decides".to_owned()),
    };
    let claims: Vec<_> = part.part.claims.iter().map(provenance::claim).collect();
    app.saw(
        kind,
        summary,
        json!({ "part": part.id.to_string(), "gist": part.part.content.gist(), "claims": claims, "millis": millis }),
    );
}
