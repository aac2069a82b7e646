//! What an onlooker is told while the product works: the sandbox shows it beside the chat. Nothing depends on it.

use std::fmt;

use serde_json::Value;

/// Someone who watches. Must return at once and keep no secret: what it is told holds message texts.
pub trait Watcher: Send + Sync + fmt::Debug {
    /// `kind` is a stable word such as `turn.gate`, `summary` one line for people, `data` the figures behind it.
    fn saw(&self, kind: &'static str, summary: String, data: Value);

    /// Whether it cares for more than the kind: words that nobody reads need not be made.
    fn reads(&self) -> bool {
        true
    }
}

/// Nobody watches: every installation but the sandbox.
#[derive(Debug)]
pub struct Nobody;

impl Watcher for Nobody {
    fn saw(&self, _kind: &'static str, _summary: String, _data: Value) {}

    fn reads(&self) -> bool {
        false
    }
}
