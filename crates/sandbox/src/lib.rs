//! Meta and Shopify on loopback: programs that speak the vendors' documented wire formats, for rehearsing and for
//! showing. Written from the vendors' documents, never from our client's types.

pub mod catalogue;
pub mod control;
pub mod deliver;
pub mod journal;
mod loopback;
pub mod meta;
pub mod shopify;
pub mod state;
pub mod walk;
