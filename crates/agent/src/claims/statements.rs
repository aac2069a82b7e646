//! From tokens to statements: money with its role, pieces, availability, promotions, and whatever no row can hold.

use shopclerk_domain::money::Currency;

use crate::claims::amounts::{self, Means};
use crate::claims::context::Context;
use crate::claims::denial::Denial;
use crate::claims::fold::Folded;
use crate::claims::lexicon::{self, Phrases};
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
    /// Nothing costs less, or nothing costs more.
    Extreme(Extreme),
    /// It is of this kind, by the number of the quality; or it is not.
    Quality(usize, Is),
    /// It comes in this size, or it does not.
    Size(Is),
    /// The shop sells what is named next.
    Offers,
    /// Nothing a row can hold, with the reason.
    Never(&'static str),
}

/// Which end of all prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extreme {
    /// The lowest one.
    Lowest,
    /// The highest one.
    Highest,
}

/// Whether something is said to be so, or not to be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Is {
    /// It is so.
    So,
    /// It is not so.
    NotSo,
}

/// The part an amount plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It costs this.
    Price,
    /// So many of it cost this.
    Times(u64),
    /// All that are named cost this together.
    Sum,
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
            Kind::Mark(':') if self.is_scheme(at) => {
                self.state(at, at + 2, What::Never("no link of the shop"))
            }
            Kind::Mark('%') => self.state(at, at, What::Never("no such percentage")),
            Kind::Mark(mark) if mark.is_numeric() => self.state(at, at, What::Never("an unreadable figure")),
            Kind::Mark(_) => at + 1,
        }
    }

    /// Whether what begins at `at` is surely said not to be so.
    fn is_denied(&self, at: usize) -> bool {
        self.context.denial(at) == Denial::Reaches
    }

    /// `: / /`, however wide it is set.
    fn is_scheme(&self, at: usize) -> bool {
        (at + 1..=at + 2).all(|index| self.context.open(index).is_some_and(|token| token.is_mark('/')))
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
        let behind_a_name = at
            .checked_sub(1)
            .is_some_and(|before| self.context.tokens.get(before).is_some_and(|token| token.is_mark(':')));
        if token.text == "gone" && behind_a_name {
            return self.state(at, at, What::SoldOut);
        }
        if let Some((length, what)) = self.availability(at) {
            return self.state(at, at + length - 1, what);
        }
        if let Some(end) = self.never(at) {
            return end;
        }
        if let Some(end) = self.beyond(at) {
            return end;
        }
        if let Some(length) = self.compares(at).or_else(|| self.costs_less(at)) {
            return self.state(at, at + length - 1, What::Never("no row compares prices"));
        }
        if let Some(last) = self.spelled_out(at) {
            return self.state(at, last, What::Never("no such code"));
        }
        if self.is_figure_in_letters(at, token) {
            return self.state(at, at, What::Never("an unreadable figure"));
        }
        if let Some(length) = self.context.phrase_at(at, &lexicon::REDUCED) {
            if self.is_denied(at) {
                return at + length;
            }
            return self.state(at, at + length - 1, What::Reduced);
        }
        if lexicon::number_word(&token.text).is_some() {
            return self.number_word(at);
        }
        if let Some(length) = self.context.phrase_at(at, &lexicon::PERCENT) {
            return self.state(at, at + length - 1, What::Never("no such percentage"));
        }
        if let Some(length) = self.context.phrase_at(at, &lexicon::CHECKOUT)
            && self.context.sentence_has(at, &lexicon::ENTER)
        {
            return self.state(at, at + length - 1, What::Never("no such code"));
        }
        if let Some(length) = self.context.phrase_at(at, &lexicon::OFFERS) {
            return self.state(at, at + length - 1, What::Offers);
        }
        if let Some(end) = self.extreme(at).or_else(|| self.quality(at, token)) {
            return end;
        }
        if self.is_shouted_code(at, token) || self.is_quiet_code(at, token) {
            return self.state(at, at, What::Never("no such code"));
        }
        at + 1
    }

    /// "In stock", "sold out", or a denial of either.
    fn availability(&self, at: usize) -> Option<(usize, What)> {
        let ways = [
            (&lexicon::SOLD_OUT, What::SoldOut, What::Available),
            (&lexicon::AVAILABLE, What::Available, What::SoldOut),
        ];
        let (length, so, not_so) = ways
            .into_iter()
            .find_map(|(words, so, not)| Some((self.context.phrase_at(at, words)?, so, not)))?;
        if self.is_of_promotions(at) {
            return None;
        }
        let what = match self.context.denial_of_names(at) {
            Denial::Absent => so,
            Denial::Reaches => not_so,
            Denial::Unclear => What::Never(UNCLEAR),
        };
        Some((length, what))
    }

    /// "There are no discounts available" speaks of no goods: only words that name nothing stand between.
    fn is_of_promotions(&self, at: usize) -> bool {
        let ends = |index: usize| {
            let lengths =
                [&lexicon::REDUCED, &lexicon::CODES].map(|words| self.context.phrase_at(index, words));
            lengths.into_iter().flatten().max().map(|length| index + length)
        };
        let idle = |index: usize| {
            let open = self.context.open(index).filter(|token| token.kind == Kind::Word);
            open.is_some_and(|token| {
                let word = token.text.as_str();
                lexicon::is_plain(word) && !lexicon::WHO.has(word) && !lexicon::NOT.has(word)
            })
        };
        self.clause(at).filter_map(ends).any(|end| end <= at && (end..at).all(idle))
    }

    /// "Our cheapest".
    fn extreme(&mut self, at: usize) -> Option<usize> {
        let ends = [(&lexicon::CHEAPEST, Extreme::Lowest), (&lexicon::DEAREST, Extreme::Highest)];
        let (length, end) =
            ends.into_iter().find_map(|(words, end)| Some((self.context.phrase_at(at, words)?, end)))?;
        Some(self.state(at, at + length - 1, What::Extreme(end)))
    }

    /// "Cheaper than the throw"; "cheaper than $40" is a limit.
    fn compares(&self, at: usize) -> Option<usize> {
        let length = self.context.phrase_at(at, &lexicon::COMPARES)?;
        let limit = |token: &Token| {
            let figure = token.is_figure() || matches!(token.kind, Kind::Sign(_));
            figure || lexicon::number_word(&token.text).is_some()
        };
        let next =
            (at + length..at + length + 2).filter_map(|index| self.context.tokens.get(index)).any(limit);
        (!next).then_some(length)
    }

    /// "With that you pay less", "the throw is cheaper": with neither an amount nor a question.
    fn costs_less(&self, at: usize) -> Option<usize> {
        let has = |words: &Phrases| self.context.clause_has(at, words);
        let named = || self.clause(at).any(|index| self.is_name(index));
        let cheaper = self.context.phrase_at(at, &lexicon::CHEAPER).filter(|_| named());
        let fewer = self.context.phrase_at(at, &lexicon::FEWER);
        // "Less than" is a limit, or a comparison that is looked at by itself.
        let than = |length: usize| {
            self.context.open(at + length).is_some_and(|next| THAN.contains(&next.text.as_str()))
        };
        let fewer = fewer
            .filter(|length| !than(*length))
            .filter(|_| has(&lexicon::PAYS) || (has(&lexicon::COSTS) && named()));
        let idle = || self.clause_has_amount(at) || self.asks(at) || self.is_denied(at);
        cheaper.or(fewer).filter(|_| !idle())
    }

    /// `II`, `lO`: letters that look like ones and noughts, where they are no word or where a number of pieces would stand.
    fn is_figure_in_letters(&self, at: usize, token: &Token) -> bool {
        let alike = token.text.len() > 1 && token.text.bytes().all(|byte| matches!(byte, b'i' | b'l' | b'o'));
        let is_word = WORDS_LIKE_FIGURES.contains(&token.text.as_str());
        let chosen = self.context.layout.chosen.get(at).copied().unwrap_or(false);
        let counts = || {
            let piles = [&lexicon::LEFT, &lexicon::PIECES]
                .iter()
                .any(|words| self.context.phrase_at(at + 1, words).is_some());
            piles || self.name_behind(at)
        };
        alike && !chosen && (!is_word || counts()) && !(self.known.in_catalogue)(&[&token.text])
    }

    fn never(&mut self, at: usize) -> Option<usize> {
        if let Some(length) = self.context.phrase_at(at, &lexicon::COSTS_NOTHING) {
            return Some(self.state(at, at + length - 1, What::Never("nothing is free")));
        }
        let word = self.context.open(at).map(|token| token.text.as_str());
        for (phrases, why) in &lexicon::NEVER {
            let Some(length) = self.context.phrase_at(at, phrases) else { continue };
            let before = at.checked_sub(1).and_then(|before| self.context.tokens.get(before));
            let after = self.context.tokens.get(at + length);
            let idle = word == Some("free")
                && length == 1
                && (before.is_some_and(|token| lexicon::FREE_BEFORE.has(token.text.as_str()))
                    || after.is_some_and(|token| lexicon::FREE_AFTER.has(token.text.as_str())));
            let dotted = word == Some("dot") && (self.known.in_catalogue)(&["dot"]);
            if idle || dotted || self.is_denied(at) {
                return Some(at + length);
            }
            return Some(self.state(at, at + length - 1, What::Never(why)));
        }
        None
    }

    /// Whether a word is neither of the catalogue nor one of those that name nothing.
    pub(super) fn is_nobodys(&self, word: &str) -> bool {
        let known =
            lexicon::is_plain(word) || lexicon::is_general(word) || lexicon::quality_of(word).is_some();
        !known && !(self.known.in_catalogue)(&[word])
    }
}

/// Why something said behind a denial is held.
pub(super) const UNCLEAR: &str = "not clear whether it is denied";

/// "Than".
const THAN: &[&str] = &["than", "als", "que", "de"];

/// Words that have no other letters than those that look like figures.
const WORDS_LIKE_FIGURES: &[&str] = &["il", "lo", "li", "oi", "io", "oil", "ill", "lol", "loi"];

/// `2nd`, `3e`; an `o` behind digits is no ordinal here but a nought in disguise.
fn is_ordinal(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let ending = word.get(digits..).unwrap_or_default();
    (1..=2).contains(&digits) && matches!(ending, "st" | "nd" | "rd" | "th" | "er" | "e" | "a")
}
