//! One answer as it is put together from its pieces, streamed or not, within bounds.

use std::ops::ControlFlow;

use shopclerk_domain::chat::{Completion, Prompt, ToolCall, Usage, tokens};

use super::sse::Events;
use super::wire::{self, Asked, Piece};

/// Longest text of an answer; what is longer no shopper would read.
const MOST_TEXT: usize = 32 * 1024;
/// So many tools asked for at once are heard, and longest arguments of one.
const MOST_CALLS: usize = 16;
const MOST_ARGUMENTS: usize = 8 * 1024;

/// What came so far.
#[derive(Debug, Default)]
pub(super) struct Heard {
    form: Form,
    text: String,
    calls: Vec<Asked>,
    usage: Usage,
    pieces: usize,
    has_end: bool,
    state: State,
}

/// Whether it comes at once or event by event.
#[derive(Debug, Default)]
enum Form {
    #[default]
    Unknown,
    Whole(Vec<u8>),
    Stream(Events),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    /// The endpoint said that this was all.
    Ended,
    /// It told of an error, or sent what cannot be read or has no bounds.
    Broken,
}

impl Heard {
    /// Takes the next bytes; breaks once there is nothing more to wait for.
    pub(super) fn take(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if let (Form::Unknown, Some(first)) = (&self.form, first) {
            self.form = if matches!(first, b'{' | b'[') {
                Form::Whole(Vec::new())
            } else {
                Form::Stream(Events::default())
            };
        }
        match std::mem::take(&mut self.form) {
            Form::Unknown => {}
            Form::Whole(mut body) => {
                body.extend_from_slice(bytes);
                self.form = Form::Whole(body);
            }
            Form::Stream(mut events) => {
                let read = events.take(bytes, &mut |data| self.hear(data));
                self.form = Form::Stream(events);
                if read.is_err() {
                    self.state = State::Broken;
                }
            }
        }
        if self.state == State::Open { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn hear(&mut self, data: &str) {
        if self.state != State::Open {
            return;
        }
        if data.trim() == "[DONE]" {
            self.state = State::Ended;
            return;
        }
        match wire::piece(data) {
            Some(piece) if !piece.fails => self.add(piece),
            _ => self.state = State::Broken,
        }
    }

    fn add(&mut self, piece: Piece) {
        self.pieces += 1;
        self.has_end |= piece.ends;
        self.text.push_str(&piece.text);
        // Some send a bill with every piece, and some an empty one at the end.
        if let Some(Usage { prompt, answer }) = piece.usage {
            self.usage =
                Usage { prompt: self.usage.prompt.max(prompt), answer: self.usage.answer.max(answer) };
        }
        if piece.is_whole {
            self.calls.extend(piece.asked);
        } else {
            piece.asked.into_iter().for_each(|asked| self.add_call(asked));
        }
        // What a shopper can talk a model into must not count as the endpoint's failure: the rest is not heard.
        self.calls.truncate(MOST_CALLS);
        let too_long = self.calls.iter().any(|call| call.arguments.len() > MOST_ARGUMENTS);
        if self.text.len() > MOST_TEXT || too_long {
            self.state = State::Broken;
        }
    }

    /// A piece goes on with the call of its number; without a number, with the last one, unless it names a new one.
    fn add_call(&mut self, asked: Asked) {
        let known = match asked.index {
            Some(index) => self.calls.iter().position(|call| call.index == Some(index)),
            None if asked.name.is_none() && asked.id.is_none() => self.calls.len().checked_sub(1),
            None => asked
                .id
                .as_ref()
                .and_then(|id| self.calls.iter().position(|call| call.id.as_ref() == Some(id))),
        };
        match known.and_then(|at| self.calls.get_mut(at)) {
            Some(call) => {
                call.arguments.push_str(&asked.arguments);
                call.name = call.name.take().or(asked.name);
                call.id = call.id.take().or(asked.id);
            }
            None => self.calls.push(asked),
        }
    }

    /// The answer, if it is one. What the endpoint does not count is estimated.
    pub(super) fn completion(mut self, prompt: &Prompt) -> Option<Completion> {
        match std::mem::take(&mut self.form) {
            Form::Unknown => {}
            Form::Whole(body) => self.hear(&String::from_utf8_lossy(&body)),
            Form::Stream(mut events) => events.end(&mut |data| self.hear(data)).ok()?,
        }
        if self.state == State::Broken || self.pieces == 0 {
            return None;
        }
        let calls: Vec<ToolCall> = self.calls.into_iter().enumerate().filter_map(call).collect();
        let is_empty = self.text.trim().is_empty() && calls.is_empty();
        // Nothing to say is an answer, as filters give it; nothing at all is none.
        if is_empty && !self.has_end && self.state != State::Ended {
            return None;
        }
        let asked = calls.iter().map(|call| tokens(&call.name) + tokens(&call.arguments)).sum::<u64>();
        let usage = bill(self.usage, prompt, tokens(&self.text) + asked);
        Some(Completion { text: self.text, calls, usage })
    }
}

/// What a call cost. Nobody reads and writes for nothing: what is not told is estimated, and who wrote nothing that we see may
/// have thought as long as it was allowed to.
fn bill(told: Usage, prompt: &Prompt, written: u64) -> Usage {
    let answer = match (told.answer, written) {
        (0, 0) => u64::from(prompt.most_tokens),
        (0, written) => written,
        (told, _) => told,
    };
    Usage { prompt: if told.prompt == 0 { prompt.estimate() } else { told.prompt }, answer }
}

/// A call without a name asks for nothing; one without an id gets ours.
fn call((number, asked): (usize, Asked)) -> Option<ToolCall> {
    let id = asked.id.filter(|id| id.len() <= 128).unwrap_or_else(|| format!("call_{number}"));
    Some(ToolCall { id, name: asked.name?, arguments: asked.arguments })
}
