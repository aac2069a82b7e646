//! What every store promises, noun by noun. Each story runs against the stores that `house` knows: SQLite in a temporary
//! folder today; another engine joins there, without a change to a story.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken story should stop loudly")]

mod api_tokens;
mod backups;
mod budgets;
mod catalogue;
mod checks;
mod connections;
mod conversations;
mod deliveries;
mod disconnect;
mod discounts;
mod erasures;
mod following;
mod house;
mod imports;
mod inbox;
mod installation;
mod jobs;
mod keys;
mod linking;
mod mirror;
mod outbox;
mod polls;
mod proofs;
mod python;
mod retention;
mod schedules;
mod sessions;
mod sqlite;
