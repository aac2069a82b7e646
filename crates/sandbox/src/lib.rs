//! Meta, Shopify, a language model and S3 on loopback: programs that speak the vendors' documented wire formats, for
//! rehearsing and for showing. Written from the vendors' documents, never from our client's types.

pub mod catalogue;
pub mod control;
mod date;
pub mod deliver;
mod error;
pub mod fault;
pub mod journal;
mod loopback;
pub mod meta;
pub mod model;
pub mod objects;
mod parts;
pub mod sample;
pub mod shopify;
mod start;
pub mod state;
pub mod walk;

pub use self::error::SandboxError;
pub use self::start::{Goods, Ports, Sandbox, SandboxOptions};
