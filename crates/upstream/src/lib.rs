//! The only crate that calls outside: Meta, Shopify, the language model, and where the mirror's objects lie.
//!
//! Vendors' hosts, paths, headers and field names stay in here; everything that comes out speaks the domain's words. It
//! neither stores, waits nor repeats: an error says what is known of a call's effect, and the caller decides.

#[cfg(test)]
mod canned;
mod dedup;
pub mod error;
pub mod http;
mod lenient;
pub mod meta;
pub mod model;
pub mod objects;
pub mod self_test;
mod served;
pub mod shopify;
mod signing;

pub use error::UpstreamError;
