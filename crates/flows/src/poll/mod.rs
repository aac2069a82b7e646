//! Polls: a look at a connection that finds what no delivery told. A shop's poll is a whole pass over its catalogue; an account's
//! re-reads what its channel says of it. Asked for by the schedule, each merchant at its own time, or by a person at once.

pub(crate) mod account;
mod everything;
pub mod now;

pub use everything::everything;
pub(crate) use everything::{changes, discounts};
