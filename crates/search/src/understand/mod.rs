//! What a shopper's words mean: greeting, intent, price limits, exclusions and the words to search for.
//!
//! Pure and bounded: any text of any size gives an answer. Finding products is left to [`crate::index`].

mod amount;
mod choice;
mod currency;
mod exclusions;
mod lexicon;
mod limits;
mod person;
mod reading;
mod refer;
#[cfg(test)]
mod tests;
mod token;
mod words;

use shopclerk_domain::conversation::Memory;
use shopclerk_domain::language::Language;
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::ports::Wanted;

pub(crate) use lexicon::entries;

use lexicon::Voice;
use reading::Reading;

/// What a shopper asked for, as far as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The language it was written in; the conversation's own where the text does not tell.
    pub language: Language,
    /// It greets.
    pub greets: bool,
    /// It thanks.
    pub thanks: bool,
    /// What the shopper wants of us.
    pub intent: Intent,
    /// What to look for. `like` is the shown product the message points at, also where its price, stock or details are asked.
    pub wanted: Wanted,
    /// It speaks of products shown before ("the second one", "anything cheaper"), and `wanted` carries that context.
    pub refers_back: bool,
    /// A price limit in a currency other than the shop's: never converted, and not part of `wanted`.
    pub foreign_limit: Option<Money>,
}

/// What a shopper wants of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intent {
    /// Greeting, thanks or goodbye and nothing else.
    Chat,
    /// Products of a kind; with empty words: what there is at all.
    Find,
    /// What something costs.
    Price,
    /// Whether something is in stock, or comes in a colour or size.
    Stock,
    /// The same for less money.
    Cheaper,
    /// The same for more money.
    Dearer,
    /// Something like a product shown before; which one is in `wanted.like`.
    Similar,
    /// Further products of the last search.
    More,
    /// More about one product.
    Details,
    /// To have it: the cart with one product.
    Cart,
    /// Sales, discounts, codes.
    Promotions,
    /// A person.
    Person,
    /// No more messages.
    Stop,
    /// Cannot be understood at all, such as `?`.
    Unclear,
}

/// Reads `text` in the light of what was said before; `currency` is the shop's.
pub fn understand(text: &str, memory: &Memory, currency: Currency) -> Request {
    let tokens = token::tokens(text);
    let voice = Voice::hear(&tokens, memory.language);
    Reading::new(tokens, voice, memory, currency).request()
}
