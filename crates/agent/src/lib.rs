//! One conversation turn: what the shopper wrote goes in, a reply whose every claim stands in the catalogue comes out.
//!
//! It reaches the world through the ports of `shopclerk_domain` alone: it can return a reply, look at the shelf and ask a model,
//! nothing else.
//! Storing, sending and the rules of channels are left to `flows`.

pub mod budget;
pub mod freshness;
pub mod gate;
pub mod turn;

mod card;
mod claims;
mod converse;
mod names;
mod phrases;
mod promotions;
mod prompt;
mod reply;
mod rules;
mod speech;
mod taps;
mod tools;
