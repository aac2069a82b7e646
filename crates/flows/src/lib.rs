//! What the product does, a file per use case. The same flow serves HTTP, worker and command line.

pub mod app;
mod blocks;
mod catalogue;
pub mod connect;
pub mod connections;
pub mod data_request;
pub mod deletion;
pub mod erase;
pub mod error;
pub mod import;
pub mod inbox;
pub mod jobs;
pub mod keys;
mod mirror;
mod profile;
pub mod progress;
mod provenance;
mod reply;
mod schedules;
pub mod session;
mod standing;
mod turn;
mod typing;
pub mod watch;
pub mod wiring;
mod work;
pub mod worker;
