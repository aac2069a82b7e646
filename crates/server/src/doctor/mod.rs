//! `shopclerk doctor` around the flow that does the looking: what it must be told of machine and settings, and how its findings are
//! shown.

pub mod premises;
pub mod screen;
