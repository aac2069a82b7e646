//! From events to reply: leases a conversation, does what is due in it in order, and lets go of it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use serde_json::json;
use shopclerk_agent::turn::{self as agent, ModelSide, TurnInput, TurnOutput};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ConnectionState, ShopFacts};
use shopclerk_domain::conversation::Conversation;
use shopclerk_domain::entropy;
use shopclerk_domain::ids::{EventId, PartId, TurnId};
use shopclerk_domain::message::{Message, OutboxPart, Part, PartState};
use shopclerk_domain::window::{Access, DISCLOSURE_LASTS, Reason, Rules, Verdict, Words, may_write};
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::conversations::{Finished, FinishedTurn, Leased, OptOut};
use shopclerk_storage::nouns::inbox::InboxEvent;
use shopclerk_storage::nouns::jobs::NewJob;

use crate::app::App;
use crate::catalogue::shelf::MerchantShelf;
use crate::error::FlowError;
use crate::hearing::{self, heard};
use crate::provenance::{self, Notes, Timings};
use crate::reply::{Begun, Hold};
use crate::work::retry;
use crate::{jobs, model, profile, reply, typing};

/// After this many failures, and this long, a message waits for a person.
const MOST_ATTEMPTS: u32 = 6;
const TRIED_LONG_ENOUGH: Duration = Duration::from_mins(10);
/// How soon a turn looks again whether the shop has been read.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// A message waits this long for the first reading of a catalogue; then what is known must do.
const FIRST_READING: Duration = Duration::from_mins(1);

/// Works at the conversation that has been due the longest; `false` when none is due.
pub(crate) async fn do_next(app: &App) -> Result<bool, FlowError> {
    let leased = app.store().lease_conversation(app.now(), app.settings().lease).await?;
    let Some(leased) = leased else { return Ok(false) };
    match Box::pin(work_safely(app, &leased)).await {
        Ok(Hold::Ended) => return Ok(true),
        Ok(Hold::Lasts) => {}
        // The lease went to somebody newer: what we meant to do is theirs now.
        Err(error) if error.is_conflict() => {}
        // Kept until it ends by itself: a conversation that fails must not be taken again and again before all others.
        Err(error) => return Err(error),
    }
    match app.store().release(&leased.lease, app.now()).await {
        Ok(()) | Err(StoreError::Conflict) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// A message that makes us panic is counted as a failed turn, so that it cannot come back for ever.
async fn work_safely(app: &App, leased: &Leased) -> Result<Hold, FlowError> {
    if let Ok(worked) = AssertUnwindSafe(work_at(app, leased)).catch_unwind().await {
        return worked;
    }
    tracing::error!(merchant.id = %leased.lease.merchant, "a turn panicked; the panic's own line is just above");
    let asking: Vec<_> = leased.events.iter().filter(|event| event.asks_for_reply).collect();
    let attempt = attempts(&asking);
    let at = retry::next_attempt(app.now(), attempt, None, entropy::fraction(app.entropy()));
    fail(app, leased, &asking, (attempt + 1 < MOST_ATTEMPTS).then_some(at), "turn.panicked").await?;
    Ok(Hold::Lasts)
}

async fn work_at(app: &App, leased: &Leased) -> Result<Hold, FlowError> {
    if !leased.parts.is_empty() {
        let waits = leased.parts.iter().any(|part| part.state == PartState::Queued);
        let unheard: Vec<&InboxEvent> = leased.events.iter().collect();
        if !waits || !hearing::says_stop(app, leased, &unheard).await? {
            return reply::send(app, leased, &leased.parts, None).await;
        }
        reply::stop(app, leased).await?;
        if leased.parts.iter().any(|part| part.state != PartState::Queued) {
            return Ok(Hold::Lasts);
        }
    }
    let (asking, others): (Vec<_>, Vec<_>) = leased.events.iter().partition(|event| event.asks_for_reply);
    let stops = !others.is_empty() && record(app, leased, &others).await?;
    if asking.is_empty() {
        return Ok(Hold::Lasts);
    }
    if !stops {
        return take_up(app, leased, &asking).await;
    }
    // Whether what follows takes the stop back is judged by the conversation as the stop left it.
    let lease = &leased.lease;
    match app.store().find_conversation(lease.merchant, lease.conversation).await? {
        Some(conversation) => take_up(app, &Leased { conversation, ..leased.clone() }, &asking).await,
        None => Ok(Hold::Lasts),
    }
}

/// Answers what asks, or says of it why it gets no answer.
async fn take_up(app: &App, leased: &Leased, asking: &[&InboxEvent]) -> Result<Hold, FlowError> {
    let now = app.now();
    let ended = leased.account.state == ConnectionState::Disconnected;
    let closed = ended || !leased.is_open;
    let rules = Rules {
        policy: leased.account.channel.send_policy(),
        stale_after: app.settings().stale_after,
        access: if closed { Access::Ended } else { Access::Open },
    };
    let newest =
        asking.iter().map(|event| event.again_at.map_or(event.at, |again| again.max(event.at))).max();
    let words = Words::Answer { to: newest.unwrap_or(now) };
    match may_write(words, &leased.conversation, &rules, now) {
        // Whether who said stop comes back is heard in the words.
        Verdict::May(_) | Verdict::Later { .. } | Verdict::Never(Reason::OptedOut) => {
            take_turn(app, leased, asking).await
        }
        Verdict::Never(why) => {
            let data = json!({ "events": asking.len(), "code": why.code() });
            app.saw("turn.skipped", why.sentence().to_owned(), data);
            if matches!(why, Reason::TooLate | Reason::WindowClosed) {
                leave(app, leased, asking).await?;
            } else {
                record(app, leased, asking).await?;
            }
            Ok(Hold::Lasts)
        }
    }
}

/// A stop counts also where no turn may answer it; says whether there was one.
async fn heed_stop(app: &App, leased: &Leased, events: &[&InboxEvent]) -> Result<bool, FlowError> {
    let stops = hearing::says_stop(app, leased, events).await?;
    if stops {
        app.store().opt_out(&leased.lease).await?;
    }
    Ok(stops)
}

/// Messages that are too old to be answered by themselves join the history, and are listed for a person.
async fn leave(app: &App, leased: &Leased, events: &[&InboxEvent]) -> Result<(), FlowError> {
    heed_stop(app, leased, events).await?;
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let heard: Vec<Message> = events.iter().filter_map(|event| heard(event)).collect();
    let jobs = vec![mirror_job(app, leased)];
    Ok(app.store().leave_events(&leased.lease, &ids, heard, "turn.too_late", jobs, app.now()).await?)
}

/// Events that lead to no turn: they join the history; says whether they said stop.
async fn record(app: &App, leased: &Leased, events: &[&InboxEvent]) -> Result<bool, FlowError> {
    let stops = heed_stop(app, leased, events).await?;
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let heard: Vec<Message> = events.iter().filter_map(|event| heard(event)).collect();
    let jobs = vec![mirror_job(app, leased)];
    app.store().finish_events(&leased.lease, &ids, heard, jobs, app.now()).await?;
    Ok(stops)
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

async fn take_turn(app: &App, leased: &Leased, asking: &[&InboxEvent]) -> Result<Hold, FlowError> {
    let started = app.clock().monotonic();
    let first = asking.iter().map(|event| event.received_at).min().unwrap_or(app.now());
    let waited = app.now().since(first);
    app.saw_often("turn.leased", || {
        let summary = format!("{} to answer, quiet long enough", count(asking.len(), "message"));
        (summary, json!({ "messages": asking.len(), "waited_millis": waited.as_millis() }))
    });
    match answer(app, leased, asking, waited).await {
        Ok(Some((output, notes))) => {
            if app.model().is_some() && is_stopped_meanwhile(app, leased).await? {
                return Ok(Hold::Lasts);
            }
            let timings = Timings {
                waited_millis: waited.as_secs_f64() * 1_000.0,
                turn_millis: app.millis_since(started),
            };
            let (parts, begun) = finish(app, leased, asking, output, notes, timings).await?;
            return reply::send(app, leased, &parts, begun).await;
        }
        // The shop was not read yet: nothing true can be said, and the message waits until it grows stale.
        Ok(None) => {
            let again = Some(app.now().plus(LOOK_AGAIN));
            fail(app, leased, asking, again, "turn.no_shop").await?;
        }
        Err(error) => {
            tracing::warn!(merchant.id = %leased.lease.merchant, %error, "a turn found no answer");
            let attempt = attempts(asking);
            let hopeless = attempt + 1 >= MOST_ATTEMPTS && waited > TRIED_LONG_ENOUGH;
            let at = retry::next_attempt(app.now(), attempt, None, entropy::fraction(app.entropy()));
            fail(app, leased, asking, (!hopeless).then_some(at), "turn.no_answer").await?;
        }
    }
    Ok(Hold::Lasts)
}

/// Whether the shopper said stop while a model thought. Then the turn is none, and what it was to answer waits along with the stop.
async fn is_stopped_meanwhile(app: &App, leased: &Leased) -> Result<bool, FlowError> {
    // What waited already when the turn began and was too much for it comes behind: it stops no turn, or none would ever end.
    let Some(newest) = leased.newest_waiting else { return Ok(false) };
    let lease = &leased.lease;
    let arrived = app.store().list_arrived(lease.merchant, lease.conversation, newest).await?;
    let stops = hearing::says_stop(app, leased, &arrived.iter().collect::<Vec<_>>()).await?;
    if stops {
        let data = json!({ "events": arrived.len(), "code": "turn.stopped" });
        app.saw("turn.skipped", "the shopper said stop meanwhile: nothing of it is sent".to_owned(), data);
    }
    Ok(stops)
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

async fn answer(
    app: &App,
    leased: &Leased,
    asking: &[&InboxEvent],
    waited: Duration,
) -> Result<Option<(TurnOutput, Notes)>, FlowError> {
    let merchant = leased.lease.merchant;
    let Some(facts) = known_shop(leased, waited) else { return Ok(None) };
    let conversation = &leased.conversation;
    let now = app.now();
    let messages = hearing::in_order(asking, &conversation.memory, &facts);
    let input = TurnInput {
        shop: facts,
        capabilities: leased.account.channel.capabilities(),
        first_name: profile::first_name(app, leased).await,
        messages,
        memory: conversation.memory.clone(),
        history_is_empty: leased.history_is_empty,
        disclose: must_disclose(conversation, now),
        opted_out: conversation.opted_out,
        too_often: conversation.lately.replies(now) >= app.settings().replies_an_hour,
        freshness: app.settings().freshness,
        told_codes: app.settings().told_codes.clone(),
        now,
    };
    let bounds = app.settings().model.bounds;
    let shelf = MerchantShelf::new(app, merchant);
    let (answered, notes) = if let Some(seat) = model::Seat::take(app, merchant, conversation.shopper) {
        let known = model::known(app, leased).await?;
        let notes = Notes::begin(&input, Some((&known, bounds)));
        let (shelf, seat) = (notes.shelf(&shelf), notes.model(&seat));
        let side = ModelSide { model: &seat, guide: &known.guide, history: &known.history, bounds };
        let work = agent::answer_with(input, &shelf, Some(side));
        (typing::kept_on(app, merchant, conversation.id, work).await, notes)
    } else {
        let notes = Notes::begin(&input, None);
        let answered = agent::answer(input, &notes.shelf(&shelf)).await;
        (answered, notes)
    };
    answered.map(|output| Some((output, notes))).map_err(|error| FlowError::Internal(Box::new(error)))
}

/// The shop that is spoken for. While it is read for the first time, "there is no such thing" might not be true.
fn known_shop(leased: &Leased, waited: Duration) -> Option<ShopFacts> {
    let known = leased.shop.as_ref().filter(|shop| shop.is_read || waited > FIRST_READING);
    known.map(|shop| shop.facts.clone())
}

fn must_disclose(conversation: &Conversation, now: Timestamp) -> bool {
    conversation.disclosed_at.is_none_or(|at| now.since(at) > DISCLOSURE_LASTS)
}

/// The unit that makes the turn true, and begins the first part; returns the parts as they were queued.
async fn finish(
    app: &App,
    leased: &Leased,
    asking: &[&InboxEvent],
    output: TurnOutput,
    notes: Notes,
    timings: Timings,
) -> Result<(Vec<OutboxPart>, Option<Box<Begun>>), FlowError> {
    let now = app.now();
    let turn = TurnId::new(now, app.entropy());
    provenance::tell(app, &output, &timings);
    let said = output.reply.clone().map(|reply| reply.parts).unwrap_or_default();
    let parts: Vec<_> = said.into_iter().map(|part| (PartId::new(now, app.entropy()), part)).collect();
    let opt_out = match (output.stop, !parts.is_empty() && leased.conversation.opted_out) {
        (true, _) => OptOut::Begins,
        (false, true) => OptOut::Ends,
        (false, false) => OptOut::Stays,
    };
    let prices = app.settings().model.prices;
    let (record, rows) = notes.end(&output, parts.iter().map(|(id, _)| *id), &timings, prices);
    let provenance = record.to_text()?;
    let queued: Vec<OutboxPart> =
        parts.iter().cloned().map(|(id, part)| queue(leased, turn, id, part, now)).collect();
    let prepared = match queued.first() {
        Some(first) => reply::prepare(app, leased, first).await,
        None => None,
    };
    let (ready, begin) = prepared.unzip();
    let finished = FinishedTurn {
        turn,
        at: now,
        events: asking.iter().map(|event| event.id).collect(),
        heard: asking.iter().filter_map(|event| heard(event)).collect(),
        parts,
        memory: output.memory,
        disclosed: output.disclosed,
        pause_until: output.hand_over.then(|| now.plus(app.settings().person_pause)),
        opt_out,
        provenance,
        rows,
        jobs: vec![mirror_job(app, leased)],
        begin,
    };
    let since = app.clock().monotonic();
    let Finished { linked, begun } = app.store().finish_turn(&leased.lease, finished).await?;
    provenance::tell_link(app, turn, linked);
    if output.hand_over {
        let conversation = leased.lease.conversation;
        tracing::info!(merchant.id = %leased.lease.merchant, conversation.id = %conversation, "a shopper asks for a person");
        app.saw(
            "person.wanted",
            "a person is asked for".to_owned(),
            json!({ "conversation": conversation.to_string() }),
        );
    }
    Ok((queued, ready.filter(|_| begun).map(|ready| ready.begun(since))))
}

/// A part as its turn's unit queues it.
fn queue(leased: &Leased, turn: TurnId, id: PartId, part: Part, now: Timestamp) -> OutboxPart {
    OutboxPart {
        id,
        conversation: leased.lease.conversation,
        turn,
        part,
        state: PartState::Queued,
        attempt: 0,
        run_at: now,
        sending_at: None,
        missed_at: None,
        resent: false,
    }
}

fn attempts(asking: &[&InboxEvent]) -> u32 {
    asking.iter().map(|event| event.attempt).max().unwrap_or(0)
}

async fn fail(
    app: &App,
    leased: &Leased,
    asking: &[&InboxEvent],
    again: Option<Timestamp>,
    why: &str,
) -> Result<(), FlowError> {
    let ids: Vec<EventId> = asking.iter().map(|event| event.id).collect();
    let data = json!({ "code": why, "attempt": attempts(asking) });
    app.saw("turn.failed", format!("no answer yet: {why}"), data);
    Ok(app.store().fail_turn(&leased.lease, &ids, again, why, app.now()).await?)
}
