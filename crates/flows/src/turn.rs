//! From events to reply: leases a conversation, does what is due in it in order, and lets go of it.

use serde_json::json;
use shopclerk_agent::turn::{self as agent, TurnInput, TurnOutput};
use shopclerk_domain::conversation::Conversation;
use shopclerk_domain::entropy;
use shopclerk_domain::ids::{EventId, PartId, TurnId};
use shopclerk_domain::message::{Author, Incoming, Message, OutboxPart, PartState};
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::conversations::{FinishedTurn, Leased};
use shopclerk_storage::nouns::inbox::InboxEvent;
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_upstream::meta::webhook::read_incoming;

use crate::app::App;
use crate::catalogue::shelf::MerchantShelf;
use crate::error::FlowError;
use crate::provenance::{self, Timings};
use crate::work::retry;
use crate::{jobs, profile, reply};

/// After this many failures a message waits for a person.
const MOST_ATTEMPTS: u32 = 6;
/// The shopper is told again that this is an automatic assistant after this long a silence.
const DISCLOSE_AFTER: std::time::Duration = std::time::Duration::from_hours(24 * 7);

/// Works at the conversation that has been due the longest; `false` when none is due.
pub(crate) async fn do_next(app: &App) -> Result<bool, FlowError> {
    let leased = app.store().lease_conversation(app.now(), app.settings().lease).await?;
    let Some(leased) = leased else { return Ok(false) };
    let worked = work_at(app, &leased).await;
    let released = app.store().release(&leased.lease, app.now()).await;
    match (worked, released) {
        // The lease went to somebody newer: what we meant to do is theirs now.
        (Err(FlowError::Internal(source)), _) if is_conflict(source.as_ref()) => Ok(true),
        (Err(error), _) => Err(error),
        (Ok(()), Ok(()) | Err(StoreError::Conflict)) => Ok(true),
        (Ok(()), Err(error)) => Err(error.into()),
    }
}

fn is_conflict(source: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    matches!(source.downcast_ref::<StoreError>(), Some(StoreError::Conflict))
}

async fn work_at(app: &App, leased: &Leased) -> Result<(), FlowError> {
    if !leased.parts.is_empty() {
        reply::send(app, leased, &leased.parts).await?;
        return Ok(());
    }
    let (asking, others): (Vec<_>, Vec<_>) =
        leased.events.iter().partition(|event| matches!(event.kind.as_str(), "message" | "tap"));
    if !others.is_empty() {
        record(app, leased, &others).await?;
    }
    if asking.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let paused = leased.conversation.paused_until.is_some_and(|until| until > now);
    let newest = asking.iter().map(|event| event.at).max();
    let stale = newest.is_some_and(|at| now.since(at) > app.settings().stale_after);
    if paused || stale {
        let why = if paused { "a person has the word" } else { "too old for an automatic answer" };
        app.saw("turn.skipped", why.to_owned(), json!({ "events": asking.len() }));
        return record(app, leased, &asking).await;
    }
    take_turn(app, leased, &asking).await
}

/// Events that lead to no turn: they join the history.
async fn record(app: &App, leased: &Leased, events: &[&InboxEvent]) -> Result<(), FlowError> {
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let heard: Vec<Message> = events.iter().filter_map(|event| heard(event)).collect();
    let jobs = vec![mirror_job(app, leased)];
    Ok(app.store().finish_events(&leased.lease, &ids, heard, jobs, app.now()).await?)
}

/// What an event adds to the history: the words of the shopper or of a person.
fn heard(event: &InboxEvent) -> Option<Message> {
    let author = match event.kind.as_str() {
        "message" | "tap" => Author::Shopper,
        "person_echo" => Author::Person,
        _ => return None,
    };
    let incoming = read_incoming(&event.body)?;
    let text = (!incoming.text.is_empty()).then_some(incoming.text);
    Some(Message { author, native_id: event.native_id.clone(), text, at: event.at })
}

/// The job that writes the conversation into the mirror, once messages have gathered.
pub(crate) fn mirror_job(app: &App, leased: &Leased) -> NewJob {
    NewJob {
        merchant: leased.lease.merchant,
        kind: jobs::MIRROR_CONVERSATION,
        key: leased.lease.conversation.to_string(),
        run_at: app.now().plus(app.settings().mirror_delay),
    }
}

async fn take_turn(app: &App, leased: &Leased, asking: &[&InboxEvent]) -> Result<(), FlowError> {
    let started = app.clock().monotonic();
    let messages: Vec<Incoming> = asking.iter().filter_map(|event| read_incoming(&event.body)).collect();
    let first = asking.iter().map(|event| event.received_at).min().unwrap_or(app.now());
    let waited = app.now().since(first);
    app.saw(
        "turn.leased",
        format!("{} to answer, quiet long enough", count(messages.len(), "message")),
        json!({ "messages": messages.len(), "waited_millis": waited.as_millis() }),
    );
    match answer(app, leased, messages).await {
        Ok(Some(output)) => {
            let timings = Timings {
                waited_millis: waited.as_secs_f64() * 1_000.0,
                turn_millis: app.millis_since(started),
            };
            let parts = finish(app, leased, asking, output, timings).await?;
            reply::send(app, leased, &parts).await
        }
        // The shop was never read: there is nothing to say yet, and the message waits.
        Ok(None) => fail(app, leased, asking, "turn.no_shop").await,
        Err(error) => {
            tracing::warn!(merchant.id = %leased.lease.merchant, %error, "a turn found no answer");
            fail(app, leased, asking, "turn.no_answer").await
        }
    }
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

async fn answer(
    app: &App,
    leased: &Leased,
    messages: Vec<Incoming>,
) -> Result<Option<TurnOutput>, FlowError> {
    let merchant = leased.lease.merchant;
    let shops = app.store().list_shops(merchant).await?;
    let Some(facts) = shops.into_iter().find_map(|row| row.shop.facts) else { return Ok(None) };
    let conversation = &leased.conversation;
    let now = app.now();
    let input = TurnInput {
        shop: facts,
        capabilities: leased.account.channel.capabilities(),
        first_name: profile::first_name(app, leased).await,
        messages,
        memory: conversation.memory.clone(),
        history_is_empty: leased.history_is_empty,
        disclose: must_disclose(conversation, now),
        freshness: app.settings().freshness,
        now,
    };
    let shelf = MerchantShelf::new(app, merchant);
    agent::answer(input, &shelf).await.map(Some).map_err(|error| FlowError::Internal(Box::new(error)))
}

fn must_disclose(conversation: &Conversation, now: shopclerk_domain::clock::Timestamp) -> bool {
    conversation.disclosed_at.is_none_or(|at| now.since(at) > DISCLOSE_AFTER)
}

/// The unit that makes the turn true; returns the parts as they now stand in the outbox.
async fn finish(
    app: &App,
    leased: &Leased,
    asking: &[&InboxEvent],
    output: TurnOutput,
    timings: Timings,
) -> Result<Vec<OutboxPart>, FlowError> {
    let now = app.now();
    let turn = TurnId::new(now, app.entropy());
    provenance::tell(app, &output, &timings);
    let provenance = provenance::record(&output, &timings);
    let parts = output.reply.map(|reply| reply.parts).unwrap_or_default();
    let parts: Vec<_> = parts.into_iter().map(|part| (PartId::new(now, app.entropy()), part)).collect();
    let silent = output.hand_over || output.stop;
    let finished = FinishedTurn {
        turn,
        at: now,
        events: asking.iter().map(|event| event.id).collect(),
        heard: asking.iter().filter_map(|event| heard(event)).collect(),
        parts: parts.clone(),
        memory: output.memory,
        disclosed: output.disclosed,
        pause_until: silent.then(|| now.plus(app.settings().person_pause)),
        provenance,
        jobs: vec![mirror_job(app, leased)],
    };
    app.store().finish_turn(&leased.lease, finished).await?;
    let queued = |(id, part)| OutboxPart {
        id,
        conversation: leased.lease.conversation,
        turn,
        part,
        state: PartState::Queued,
        attempt: 0,
        run_at: now,
        sending_at: None,
    };
    Ok(parts.into_iter().map(queued).collect())
}

async fn fail(app: &App, leased: &Leased, asking: &[&InboxEvent], why: &str) -> Result<(), FlowError> {
    let ids: Vec<EventId> = asking.iter().map(|event| event.id).collect();
    let attempt = asking.iter().map(|event| event.attempt).max().unwrap_or(0);
    let at = retry::next_attempt(app.now(), attempt, None, entropy::fraction(app.entropy()));
    let again = (attempt + 1 < MOST_ATTEMPTS).then_some(at);
    app.saw("turn.failed", format!("no answer yet: {why}"), json!({ "code": why, "attempt": attempt }));
    Ok(app.store().fail_turn(&leased.lease, &ids, again, why, app.now()).await?)
}
