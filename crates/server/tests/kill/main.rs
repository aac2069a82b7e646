//! The process dies, over and over, and nothing is lost or doubled: a real `shopclerk serve` against fakes in this process, which
//! outlive it, judged by what the shoppers themselves wrote down. `docs/reliability.md` says what is promised.
//!
//! `SHOPCLERK_LONG=1` (or `KILLS=300`) makes the storm the long one.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a broken promise should stop loudly")]

mod byways;
mod child;
mod gateway;
mod ledger;
mod letter;
mod planted;
mod points;
mod sites;
mod stage;
mod storm;
mod wait;
