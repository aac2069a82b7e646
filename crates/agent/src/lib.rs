//! One conversation turn: what the shopper wrote goes in, a reply whose every claim stands in the catalogue comes out.
//!
//! It reaches the world through the ports of `shopclerk_domain` alone: it can return a reply and look at the shelf, nothing else.
//! Storing, sending and the rules of channels are left to `flows`.

pub mod freshness;
pub mod gate;
pub mod turn;

mod card;
mod claims;
mod names;
mod phrases;
mod reply;
mod rules;
mod taps;
mod tools;
