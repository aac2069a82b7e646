//! A language model on loopback: the chat endpoint that most of them share, with the replies real ones give and the ones nobody
//! would want. What it answers is its mode: nothing, an echo, a script, lies, or whatever a text tells it to do.
//!
//! Written from the published form of the endpoint; it shares no type with our client.

mod answer;
mod ask;
mod fault;
mod lying;
mod obedient;
mod script;
mod shelf;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::{Value, json};

pub use self::lying::{Lie, Place, number_in_words};
pub use self::script::{Answered, BadScript, Form, Mode, Pace, Setting, Step};

use self::answer::Said;
use self::ask::Ask;
pub(crate) use self::fault::VENDOR;
use crate::journal::Journal;

/// Largest request.
const LARGEST: usize = 4 * 1024 * 1024;
/// So many lies are kept.
const LIES_KEPT: usize = 20_000;
/// So many requests are kept; each holds all that its turn has looked up.
const REQUESTS_KEPT: usize = 2_000;

/// The model.
pub struct ModelFake {
    journal: Journal,
    state: Mutex<Doing>,
    unknown: AtomicUsize,
    /// Rung when what is held back may go.
    released: tokio::sync::Notify,
}

#[derive(Default)]
struct Doing {
    mode: Mode,
    seed: u64,
    script: VecDeque<Step>,
    asked: VecDeque<Value>,
    lies: VecDeque<Lie>,
    drawn: u64,
    calls: u64,
}

/// What the control surface tells of the model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelView {
    /// What it does.
    pub mode: Mode,
    /// What its lies are drawn from.
    pub seed: u64,
    /// Steps of the script that are left.
    pub script_left: usize,
    /// How often it was asked.
    pub calls: u64,
    /// How many lies it has told.
    pub lies_told: u64,
    /// The newest lies, the newest last.
    pub lies: Vec<Lie>,
}

impl fmt::Debug for ModelFake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ModelFake")
    }
}

impl ModelFake {
    /// A model that is switched off.
    pub(crate) fn new(journal: Journal) -> Arc<Self> {
        Arc::new(Self {
            journal,
            state: Mutex::default(),
            unknown: AtomicUsize::new(0),
            released: tokio::sync::Notify::new(),
        })
    }

    /// From now on it does this.
    pub fn set(&self, setting: Setting) {
        let summary = format!("The model is {}", setting.mode.means());
        let data = json!({ "mode": setting.mode, "seed": setting.seed, "steps": setting.script.len() });
        {
            let mut state = self.state();
            state.mode = setting.mode;
            state.seed = setting.seed.unwrap_or(state.seed);
            state.drawn = 0;
            state.script = setting.script.into();
        }
        self.journal.record("model.mode", summary, data);
    }

    /// Adds a step to the script; a model that was anything else follows the script from now on.
    pub fn will(&self, step: Step) {
        let mut state = self.state();
        state.mode = Mode::Scripted;
        state.script.push_back(step);
    }

    /// Lets answers go that a step holds back.
    pub fn release(&self) {
        self.released.notify_waiters();
    }

    /// What it does, and the newest `most` lies.
    pub fn view(&self, most: usize) -> ModelView {
        let state = self.state();
        let skipped = state.lies.len().saturating_sub(most);
        ModelView {
            mode: state.mode,
            seed: state.seed,
            script_left: state.script.len(),
            calls: state.calls,
            lies_told: state.drawn,
            lies: state.lies.iter().skip(skipped).cloned().collect(),
        }
    }

    /// The bodies of the newest requests, oldest first.
    pub fn asked(&self) -> Vec<Value> {
        self.state().asked.iter().cloned().collect()
    }

    /// Every lie that was planted, oldest first: what a judge goes by.
    pub fn lies(&self) -> Vec<Lie> {
        self.state().lies.iter().cloned().collect()
    }

    /// How many lies it has told since it was last set.
    pub fn lies_told(&self) -> u64 {
        self.state().drawn
    }

    /// The lies it has told behind the first `before`, oldest first.
    pub fn lies_since(&self, before: u64) -> Vec<Lie> {
        let state = self.state();
        let new = usize::try_from(state.drawn.saturating_sub(before)).unwrap_or(0);
        state.lies.iter().skip(state.lies.len().saturating_sub(new)).cloned().collect()
    }

    /// Calls of addresses that the endpoint does not have.
    pub fn unknown_calls(&self) -> usize {
        self.unknown.load(Ordering::Relaxed)
    }

    pub(crate) fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/v1/chat/completions", post(chat))
            .route("/v1/models", get(models))
            .fallback(unknown)
            .method_not_allowed_fallback(unknown)
            .with_state(Arc::clone(self))
    }

    fn state(&self) -> MutexGuard<'_, Doing> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides what is answered, and remembers what was asked.
    fn decide(&self, ask: &Ask, body: Value) -> Said {
        let mut state = self.state();
        state.calls += 1;
        keep(&mut state.asked, body, REQUESTS_KEPT);
        match state.mode {
            Mode::Off => Said::Status(503, "the model is switched off"),
            // What is told to it is for turns: a look takes nothing away from that.
            Mode::Scripted if ask.is_a_look => match state.script.front() {
                Some(step) => Said::Scripted(step.clone()),
                None => Said::Status(503, "the script has ended"),
            },
            _ if ask.is_a_look => Said::text("H".to_owned()),
            Mode::Echo => Said::text(format!("You wrote: {}", ask.question())),
            Mode::Scripted => match state.script.pop_front() {
                Some(step) => Said::Scripted(step),
                None => Said::Status(503, "the script has ended"),
            },
            Mode::Obedient => obedient::answer(ask),
            Mode::Lying => {
                let draw = state.seed.wrapping_mul(1_000_003).wrapping_add(state.drawn);
                let (said, lie) = lying::answer(ask, draw);
                if let Some(lie) = lie {
                    state.drawn += 1;
                    keep(&mut state.lies, lie, LIES_KEPT);
                }
                said
            }
        }
    }
}

fn keep<T>(kept: &mut VecDeque<T>, new: T, most: usize) {
    if kept.len() == most {
        kept.pop_front();
    }
    kept.push_back(new);
}

async fn chat(State(fake): State<Arc<ModelFake>>, request: Request) -> Response {
    let Ok(bytes): Result<Bytes, _> = to_bytes(request.into_body(), LARGEST).await else {
        return answer::error(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large");
    };
    let body: Value = match serde_json::from_slice(&bytes) {
        Ok(body) => body,
        Err(error) => {
            return answer::error(StatusCode::BAD_REQUEST, &format!("the body is not JSON: {error}"));
        }
    };
    let ask = match Ask::read(&body) {
        Ok(ask) => ask,
        Err(why) => {
            fake.journal.record("model.refused", format!("The model refused a call: {why}"), json!({}));
            return answer::error(StatusCode::BAD_REQUEST, &why);
        }
    };
    // Before anybody can see the call: a release that follows it must not be missed.
    let mut released = pin!(fake.released.notified());
    released.as_mut().enable();
    let said = fake.decide(&ask, body);
    let data = json!({
        "asked": ask.question(),
        "messages": ask.messages.len(),
        "tools": ask.tools.len(),
        "characters": bytes.len(),
        "answered": said.gist(),
    });
    fake.journal.record("model.chat", format!("The model is asked, and {}", said.in_words()), data);
    if said.is_held() {
        released.await;
    }
    said.into_response(&ask)
}

async fn models(State(fake): State<Arc<ModelFake>>) -> Response {
    if fake.state().mode == Mode::Off {
        return answer::error(StatusCode::SERVICE_UNAVAILABLE, "the model is switched off");
    }
    answer::json(&json!({ "object": "list", "data": [{ "id": "rehearsal", "object": "model" }] }))
}

async fn unknown(State(fake): State<Arc<ModelFake>>, request: Request) -> Response {
    fake.unknown.fetch_add(1, Ordering::Relaxed);
    let summary = format!("{} {} is no call of the model's", request.method(), request.uri().path());
    fake.journal.record("model.unknown_call", summary, json!({}));
    answer::error(StatusCode::NOT_FOUND, "there is no such address")
}
