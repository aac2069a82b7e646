//! The words that turn a figure into a statement, in every language the clerk speaks, folded as the tokens are.
//!
//! One list for all languages: a word that promises something in one of them is treated as a promise in each.

mod beyond;
mod comparing;
mod denial;
mod money;
mod numbers;
mod phrases;
mod plain;
mod policies;
mod promises;
mod qualities;
mod stock;
mod things;

pub(crate) use beyond::{COMING, DELIVERY, WHEN};
pub(crate) use comparing::{AMONG, CHEAPER, CHEAPEST, COMPARES, DEAREST};
pub(crate) use denial::{
    BEGINS_ANEW, BEHIND_VERB, CARRYING, IDLE_DENIAL, LINKING, NO_THING, NOT, OR, REVERSING, THAT, TURNING,
    WHO, WHO_IS, WITHOUT,
};
pub(crate) use money::{
    AT_LEAST, AT_MOST, BARELY, CHARGE, COSTS, DOWN_TO, FEWER, FROM, LESS, NO_MORE, OR_LESS, OR_MORE, OVER,
    PAYS, PERCENT, SAVING, UNDER, WAS,
};
pub(crate) use numbers::{number_word, together};
pub(crate) use phrases::Phrases;
pub(crate) use plain::{is_plain, is_praise};
pub(crate) use policies::{ASKED_OF, ASKING, NO_DATE_BEFORE, POLICY, SPANS, UNKNOWN};
pub(crate) use promises::{
    CHECKOUT, CODES, COSTS_NOTHING, COUNTS_FOR, ENTER, FREE_AFTER, FREE_BEFORE, NEVER, REDUCED,
};
pub(crate) use qualities::{SIZE, is_colour, is_size, makes_true, quality_of};
pub(crate) use stock::{
    ARE, AVAILABLE, BETWEEN, EACH, EVERY, FOR, FOR_BOTH, IS, LEFT, OF, OUR_STOCK, PAIR, PIECES, REMAIN,
    SOLD_OUT, STOCK_OF, TOGETHER,
};
pub(crate) use things::{DETERMINERS, OFFERS, OFFERS_GERMAN, is_general};
