//! The agent seen from outside: drafts before the gate, and conversations with a small shop of invented things.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken story should stop loudly")]

mod bounds;
mod conversations;
mod denial;
mod lies;
mod model;
mod promotions;
mod second_look;
mod shop;
mod talk;
mod truths;
