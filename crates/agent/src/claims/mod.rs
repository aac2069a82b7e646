//! Finds every statement of fact in a text, whoever wrote it and however it is spelled.
//!
//! It knows words and figures, not the catalogue: of what product a statement is said and whether it is true is left to `gate`.

pub(crate) mod fold;
pub(crate) mod lexicon;
pub(crate) mod links;
pub(crate) mod tokens;

mod amounts;
mod beyond;
mod codes;
pub(crate) mod context;
mod counts;
pub(crate) mod denial;
mod figures;
mod qualities;
mod statements;

pub(crate) use statements::{Extreme, Is, Known, Role, Statement, What, statements};
