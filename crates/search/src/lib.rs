//! Finds products: understands what a shopper wrote and searches one merchant's catalogue for it.
//!
//! It knows no network, no SQL and no clock. What it returns are ids: prices, stock and status are always read from the rows.

mod analyze;
mod asked;
mod find;
mod folder;
pub mod index;
mod nearness;
mod rank;
mod schema;
mod snapshot;
mod synonyms;
pub mod understand;
