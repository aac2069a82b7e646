//! From tokens to statements: money with its role, pieces, availability, promotions, and whatever no row can hold.

use shopclerk_domain::money::Currency;

use crate::claims::amounts::{self, Means};
use crate::claims::context::{Context, ends_with};
use crate::claims::fold::Folded;
use crate::claims::lexicon;
use crate::claims::tokens::{Kind, Token};

/// A statement of fact in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Its words as the shopper would read them.
    pub(crate) said: String,
    /// Index of the token it hangs on.
    pub(crate) token: usize,
    /// What it says.
    pub(crate) what: What,
}

/// What a statement says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// An amount in the shop's currency, in minor units.
    Money(i64, Role),
    /// So many pieces can be had.
    Pieces(u64),
    /// It can be bought now.
    Available,
    /// It cannot be bought now.
    SoldOut,
    /// It costs less than before.
    Reduced,
    /// It costs so many minor units less than before.
    Saving(i64),
    /// It costs so many hundredths of a percent less than before.
    SavingPercent(u32),
    /// Nothing a row can hold, with the reason.
    Never(&'static str),
}

/// The part an amount plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It costs this.
    Price,
    /// The cheapest of it costs this.
    From,
    /// It cost this before.
    Was,
    /// Nothing of it costs more than this.
    AtMost,
    /// Nothing of it costs less than this.
    AtLeast,
    /// Nothing is to be had below this ("nothing under $40").
    NothingBelow,
    /// Nothing is to be had above this.
    NothingAbove,
}

/// What is known beside the text itself.
pub(crate) struct Known<'a> {
    /// The shop's currency.
    pub(crate) currency: Currency,
    /// How many products are shown: "these 3".
    pub(crate) shown: usize,
    /// Whether the catalogue uses these words in this order of a product of the turn.
    pub(crate) in_catalogue: &'a dyn Fn(&[&str]) -> bool,
}

/// Every statement of the text, in order. The text must be bounded; the work is.
pub(crate) fn statements(folded: &Folded<'_>, context: Context<'_>, known: &Known<'_>) -> Vec<Statement> {
    let mut reader = Reader { folded, context, known, found: Vec::new() };
    let mut at = 0;
    while at < context.tokens.len() {
        at = reader.read(at).max(at + 1);
    }
    reader.found
}

/// Reads a text token by token; the figures are in `figures`.
pub(super) struct Reader<'a> {
    pub(super) folded: &'a Folded<'a>,
    pub(super) context: Context<'a>,
    pub(super) known: &'a Known<'a>,
    pub(super) found: Vec<Statement>,
}

impl<'a> Reader<'a> {
    /// Reads what begins at `at` and returns where to go on.
    fn read(&mut self, at: usize) -> usize {
        let Some(token) = self.context.open(at) else { return at + 1 };
        match &token.kind {
            Kind::Number => self.number(at, token),
            Kind::Mixed => self.mixed(at, token),
            Kind::Sign(_) => self.sign(at),
            Kind::Word => self.word(at, token),
            Kind::Mark('%') => self.state(at, at, What::Never("no such percentage")),
            Kind::Mark(mark) if mark.is_numeric() => self.state(at, at, What::Never("an unreadable figure")),
            Kind::Mark(_) => at + 1,
        }
    }

    /// Notes a statement and returns the token after it.
    pub(super) fn state(&mut self, first: usize, last: usize, what: What) -> usize {
        let start = self.context.tokens.get(first).map_or(0, |token| token.start);
        let end = self.context.tokens.get(last).map_or(start, |token| token.end);
        let said = self.folded.original(start, end).to_owned();
        self.found.push(Statement { said, token: first, what });
        last + 1
    }

    /// What the token at `at` says about a currency.
    pub(super) fn means(&self, at: usize) -> Option<Means> {
        let token = self.context.open(at)?;
        amounts::means(token, self.context.touching_before(at), self.known.currency)
    }

    /// Letters and digits in one word: an article number of the catalogue, an ordinal, or a code.
    fn mixed(&mut self, at: usize, token: &Token) -> usize {
        let chosen = self.context.layout.chosen.get(at).copied().unwrap_or(false);
        if chosen || (self.known.in_catalogue)(&[&token.text]) || is_ordinal(&token.text) {
            return at + 1;
        }
        self.state(at, at, What::Never("no such code or figure"))
    }

    fn word(&mut self, at: usize, token: &'a Token) -> usize {
        if let Some(length) = self.context.phrase_at(at, lexicon::SOLD_OUT) {
            return self.state(at, at + length - 1, What::SoldOut);
        }
        if let Some(length) = self.context.phrase_at(at, lexicon::AVAILABLE) {
            let what = if self.context.is_denied(at) { What::SoldOut } else { What::Available };
            return self.state(at, at + length - 1, what);
        }
        if let Some(end) = self.never(at) {
            return end;
        }
        if let Some(end) = self.beyond(at) {
            return end;
        }
        if let Some(length) = self.compares(at) {
            return self.state(at, at + length - 1, What::Never("no row compares prices"));
        }
        if let Some(length) = self.context.phrase_at(at, lexicon::REDUCED) {
            if self.context.is_denied(at) {
                return at + length;
            }
            return self.state(at, at + length - 1, What::Reduced);
        }
        if let Some(value) = lexicon::number_word(&token.text) {
            return self.number_word(at, value);
        }
        if self.is_shouted_code(at, token) {
            return self.state(at, at, What::Never("no such code"));
        }
        at + 1
    }

    /// "Cheaper than the throw"; "cheaper than $40" is a limit.
    fn compares(&self, at: usize) -> Option<usize> {
        let length = self.context.phrase_at(at, lexicon::COMPARES)?;
        let limit = |token: &Token| token.is_figure() || matches!(token.kind, Kind::Sign(_));
        let next =
            (at + length..at + length + 2).filter_map(|index| self.context.tokens.get(index)).any(limit);
        (!next).then_some(length)
    }

    fn never(&mut self, at: usize) -> Option<usize> {
        for (phrase, why) in lexicon::NEVER {
            let Some(length) = self.context.phrase_at(at, &[phrase]) else { continue };
            let before = at.checked_sub(1).and_then(|before| self.context.tokens.get(before));
            let after = self.context.tokens.get(at + length);
            let idle = *phrase == "free"
                && (before.is_some_and(|token| lexicon::FREE_BEFORE.contains(&token.text.as_str()))
                    || after.is_some_and(|token| lexicon::FREE_AFTER.contains(&token.text.as_str())));
            if idle || self.context.is_denied(at) {
                return Some(at + length);
            }
            return Some(self.state(at, at + length - 1, What::Never(why)));
        }
        None
    }

    /// `seven left`, `twenty dollars`; `these two are in stock` counts what is shown, not what is left.
    fn number_word(&mut self, at: usize, value: u64) -> usize {
        let mut end = at;
        let more =
            |index: usize| self.context.open(index).and_then(|token| lexicon::number_word(&token.text));
        let joins = |index: usize| {
            let joining = |token: &Token| token.is_mark('-') || JOINING.contains(&token.text.as_str());
            self.context.open(index).is_some_and(joining)
        };
        while end < at + 6 {
            let step = if more(end + 1).is_some() {
                1
            } else if joins(end + 1) && more(end + 2).is_some() {
                2
            } else {
                break;
            };
            end += step;
        }
        if let Some(last) = (end + 1..=end + 2).find(|index| self.is_money_word(*index)) {
            return self.state(at, last, What::Never("an amount in words"));
        }
        if self.context.phrase_at(end + 1, lexicon::PERCENT).is_some() || self.is_percent_mark(end + 1) {
            return self.state(at, end + 1, What::Never("no such percentage"));
        }
        if ends_with(&self.context.before(at, 3), lexicon::COSTS) {
            return self.state(at, end, What::Never("an amount in words"));
        }
        let pointing = ends_with(&self.context.before(at, 1), POINTING);
        let verb = (end + 1..=end + 2).any(|index| self.context.phrase_at(index, lexicon::ARE).is_some());
        // What is put together of several words is refused, whatever it comes to.
        let stated = if end > at { What::Never("an unreadable figure") } else { What::Pieces(value) };
        match self.pieces_end(at, end - at) {
            Some(last) if end > at || !(pointing || (verb && value == 1)) => self.state(at, last, stated),
            _ if self.is_stock(at, end) => self.state(at, end, stated),
            _ if value > 1 && ends_with(&self.context.before(at, 2), lexicon::REMAIN) => {
                self.state(at, end, stated)
            }
            _ => end + 1,
        }
    }

    /// `ninety-one pieces of the throw in stock`: counted, and said to be there.
    fn is_stock(&self, at: usize, end: usize) -> bool {
        let there = [lexicon::AVAILABLE, lexicon::LEFT];
        self.context.phrase_at(end + 1, lexicon::PIECES).is_some()
            && there.iter().any(|words| self.context.clause_has(at, words))
    }

    fn is_money_word(&self, index: usize) -> bool {
        self.context.open(index).is_some_and(|token| token.kind == Kind::Word) && self.means(index).is_some()
    }

    fn is_percent_mark(&self, index: usize) -> bool {
        self.context.open(index).is_some_and(|token| token.is_mark('%'))
    }

    /// A word in capitals, unknown to the catalogue, where one is asked to type something in.
    fn is_shouted_code(&self, at: usize, token: &Token) -> bool {
        let written = self.folded.original(token.start, token.end);
        let shouted = written.chars().count() >= 4 && written.chars().all(char::is_uppercase);
        shouted && self.context.sentence_has(at, lexicon::ENTER) && !(self.known.in_catalogue)(&[&token.text])
    }
}

/// Words after which a number in words points at what is shown.
const POINTING: &[&str] = &[
    "these", "those", "this", "that", "the", "all", "both", "estos", "estas", "este", "esta", "los", "las",
    "ces", "cet", "cette", "les", "diese", "dieses", "diesen", "die", "alle", "estes", "os", "as",
];

/// Words within a number: `vinte e tres`; `vingt-trois` is held together by its hyphen.
const JOINING: &[&str] = &["and", "und", "et", "y", "e"];

/// `2nd`, `3e`; an `o` behind digits is no ordinal here but a nought in disguise.
fn is_ordinal(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let ending = word.get(digits..).unwrap_or_default();
    (1..=2).contains(&digits) && matches!(ending, "st" | "nd" | "rd" | "th" | "er" | "e" | "a")
}
