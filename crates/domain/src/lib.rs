//! The words and rules of the business. No I/O, no async runtime, no vendor's names: everything else speaks in these types.

pub mod calendar;
pub mod channel;
pub mod chat;
pub mod claim;
pub mod clock;
pub mod connection;
pub mod conversation;
pub mod customer;
pub mod discount;
pub mod entropy;
pub mod erasure;
pub mod event;
pub mod fault;
pub mod ids;
pub mod language;
pub mod message;
pub mod money;
pub mod ports;
pub mod product;
pub mod secret;
pub mod standing;
pub mod window;
