//! Work in the background. Knows no business: what a step does is told to it.

pub(crate) mod bell;
pub(crate) mod retry;
pub(crate) mod runner;
pub(crate) mod schedule;
pub(crate) mod share;
pub(crate) mod wait;
