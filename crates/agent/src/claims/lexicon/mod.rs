//! The words that turn a figure into a statement, in every language the clerk speaks, folded as the tokens are.
//!
//! One list for all languages: a word that promises something in one of them is treated as a promise in each.

mod beyond;
mod denial;
mod money;
mod promises;
mod stock;

pub(crate) use beyond::{DELIVERY, NO_DATE_BEFORE, POLICY, UNKNOWN, WHEN};
pub(crate) use denial::{NOT, number_word};
pub(crate) use money::{
    AT_LEAST, AT_MOST, BARELY, CHARGE, COMPARES, COSTS, DOWN_TO, FROM, OR_LESS, OR_MORE, OVER, PERCENT,
    SAVING, UNDER, WAS,
};
pub(crate) use promises::{ENTER, FREE_AFTER, FREE_BEFORE, NEVER, REDUCED};
pub(crate) use stock::{ARE, AVAILABLE, BETWEEN, EVERY, LEFT, PIECES, REMAIN, SOLD_OUT, STOCK_OF};
