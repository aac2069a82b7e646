//! The words and rules of the business. No I/O, no async runtime, no vendor's names: everything else speaks in these types.

pub mod clock;
pub mod entropy;
