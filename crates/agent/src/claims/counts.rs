//! How many: numbers in words, pieces on the shelf, and what several of a thing cost.

use std::ops::RangeInclusive;

use crate::claims::amounts::Means;
use crate::claims::lexicon;
use crate::claims::statements::{Reader, Role, What};
use crate::claims::tokens::{Kind, Token};

/// Nobody lists more things than this in a chat: so many of them are pieces on a shelf.
const MOST_LISTED: u64 = 10;
/// So many tokens a number in words may take.
const LONGEST: usize = 8;

impl Reader<'_> {
    /// The number in words that begins at `at`: its last token, and what it comes to where that can be told.
    pub(super) fn spoken(&self, at: usize) -> Option<(usize, Option<u64>)> {
        let value =
            |index: usize| self.context.open(index).and_then(|token| lexicon::number_word(&token.text));
        let joins = |index: usize| {
            let joining = |token: &Token| token.is_mark('-') || JOINING.contains(&token.text.as_str());
            self.context.open(index).is_some_and(joining)
        };
        let mut values = vec![value(at).filter(|_| !self.is_other_word(at))?];
        let mut end = at;
        while end < at + LONGEST {
            let next = if value(end + 1).is_some() && !self.is_other_word(end + 1) {
                end + 1
            } else if joins(end + 1) && value(end + 2).is_some() {
                end + 2
            } else {
                break;
            };
            values.extend(value(next));
            end = next;
        }
        Some((end, lexicon::together(&values)))
    }

    /// `dos nossos`, `once you`: Portuguese for "of the" and English, where a word that names nothing comes next.
    fn is_other_word(&self, at: usize) -> bool {
        let ambiguous = self.context.open(at).is_some_and(|token| AMBIGUOUS.contains(&token.text.as_str()));
        let counts = || {
            let words = [&lexicon::LEFT, &lexicon::PIECES, &lexicon::ARE, &lexicon::BETWEEN];
            words.iter().any(|words| self.context.phrase_at(at + 1, words).is_some())
        };
        let next = || {
            self.context.open(at + 1).is_some_and(|next| next.text.len() > 2 && lexicon::is_plain(&next.text))
        };
        ambiguous && next() && !counts()
    }

    /// `seven left`, `twenty dollars`; `these two are in stock` counts what is shown, not what is left.
    pub(super) fn number_word(&mut self, at: usize) -> usize {
        let Some((end, value)) = self.spoken(at) else { return at + 1 };
        if let Some(last) = (end + 1..=end + 2).find(|index| self.is_money_word(*index)) {
            return self.amount_in_words(at, last, value);
        }
        if self.context.phrase_at(end + 1, &lexicon::PERCENT).is_some() || self.is_percent_mark(end + 1) {
            return self.state(at, end + 1, What::Never("no such percentage"));
        }
        if lexicon::COSTS.end(&self.context.before(at, 3)) && !self.is_name(end + 1) {
            return self.state(at, end, What::Never("an amount in words"));
        }
        let span = self
            .context
            .phrase_at(end + 1, &lexicon::SPANS)
            .filter(|_| value != Some(1) && !self.is_told(end));
        if let Some(length) = span {
            return self.state(at, end + length, What::Never("no row holds a date"));
        }
        let stated = value.map_or(What::Never("an unreadable figure"), What::Pieces);
        match self.counted_to(at, end, value) {
            Some(last) => self.state(at, last, stated),
            None => end + 1,
        }
    }

    /// Where the words end that make a number in words one of pieces; `None` if it is none.
    fn counted_to(&self, at: usize, end: usize, value: Option<u64>) -> Option<usize> {
        let points = self.context.before(at, 1).last().is_some_and(|word| POINTING.contains(word));
        let next = self.context.open(end + 1).filter(|next| next.kind == Kind::Word);
        let shown = value.is_some_and(|value| value <= self.known.shown as u64);
        let many = value.is_none_or(|value| value > MOST_LISTED);
        let pointing = points && (shown || !many && next.is_none_or(|next| !self.is_nobodys(&next.text)));
        let verb = (end + 1..=end + 2).any(|index| self.context.phrase_at(index, &lexicon::ARE).is_some());
        let one = value == Some(1);
        let left = self.pieces_end(at, end - at).filter(|_| !(pointing || (verb && one)));
        let remain = !one && lexicon::REMAIN.end(&self.context.before(at, 2));
        let left_behind = !one
            && !pointing
            && (end + 1..=end + 4).any(|index| self.context.phrase_at(index, &lexicon::LEFT).is_some());
        let held = many && lexicon::STOCK_OF.end(&self.context.before(at, 2));
        let pieces = !one
            && !pointing
            && self.context.phrase_at(end + 1, &lexicon::PIECES).is_some()
            && !self.is_told(end)
            && !self.clause_has_money(at);
        let stocked = !one && self.context.clause_has(at, &lexicon::OUR_STOCK);
        let counted = held
            || pieces
            || stocked
            || left_behind
            || self.is_stock(at, end)
            || remain
            || (!one && !pointing && (self.counts_a_name(at, end) || !self.is_talk(at, end, value)));
        left.or(counted.then_some(end))
    }

    /// Whether a number in words is none of pieces: one of ideas, of what is shown, or the catalogue's own. Whatever else it
    /// stands before may be a thing that nobody sells.
    fn is_talk(&self, at: usize, end: usize, value: Option<u64>) -> bool {
        if self.asks(at) || self.clause_has_amount(at) || self.is_told(end) {
            return true;
        }
        let here =
            |index: &usize| self.context.layout.clause.get(*index) == self.context.layout.clause.get(end);
        let hyphen = |index: &usize| self.context.tokens.get(*index).is_some_and(|token| token.is_mark('-'));
        let word = |index: usize| self.context.open(index).filter(|token| token.kind == Kind::Word);
        let behind = (end + 1..end + 5).take_while(here).filter(|index| !hyphen(index)).map_while(word);
        let behind: Vec<&str> = behind.map(|token| token.text.as_str()).take(3).collect();
        let Some(next) = behind.first() else { return value.is_some_and(|value| value <= MOST_LISTED) };
        let shown = value.is_some_and(|value| value <= self.known.shown as u64);
        let few = value.is_some_and(|value| value <= MOST_LISTED);
        let general = behind.iter().any(|word| lexicon::is_general(word));
        let own = behind.iter().all(|word| !self.is_nobodys(word));
        (few && general) || (shown && (own || RELATIVE.contains(next)))
    }

    /// `ninety-one pieces of the throw in stock`: counted, and said to be there.
    fn is_stock(&self, at: usize, end: usize) -> bool {
        let there = [&lexicon::AVAILABLE, &lexicon::LEFT];
        self.context.phrase_at(end + 1, &lexicon::PIECES).is_some()
            && there.iter().any(|words| self.context.clause_has(at, words))
    }

    /// `forty-two of the throw`, in a clause without money: so many there are said to be. A question states nothing.
    pub(super) fn counts_a_name(&self, at: usize, end: usize) -> bool {
        self.name_behind(end) && !self.asks(at) && !self.clause_has_money(at)
    }

    /// Whether the sentence is a question.
    pub(super) fn asks(&self, at: usize) -> bool {
        let sentence = self.context.layout.sentence.get(at);
        (at..self.context.tokens.len())
            .take_while(|index| self.context.layout.sentence.get(*index) == sentence)
            .any(|index| self.context.tokens.get(index).is_some_and(|token| token.is_mark('?')))
    }

    /// Whether a number only says of how many a price is: `2 mugs for $36.00`, `$36.00 for 2`.
    pub(super) fn belongs_to_an_amount(&self, at: usize) -> bool {
        let several = self.name_behind(at) || lexicon::FOR.end(&self.context.before(at, 2));
        several && self.clause_has_money(at)
    }

    /// Whether a name comes next, with nothing but `pieces of` between.
    pub(super) fn name_behind(&self, end: usize) -> bool {
        let between = self.context.phrase_at(end + 1, &lexicon::OF).unwrap_or(0);
        self.is_name(end + 1) || (between > 0 && self.is_name(end + 1 + between))
    }

    pub(super) fn is_name(&self, at: usize) -> bool {
        self.context.layout.masked.get(at) == Some(&true)
    }

    fn clause_has_money(&self, at: usize) -> bool {
        self.clause(at).any(|index| self.means(index).is_some())
    }

    /// Money or a share of it, in figures or words.
    pub(super) fn clause_has_amount(&self, at: usize) -> bool {
        let share = |index: usize| {
            self.is_percent_mark(index) || self.context.phrase_at(index, &lexicon::PERCENT).is_some()
        };
        let figure = |index: usize| self.context.open(index).is_some_and(|token| token.kind == Kind::Number);
        self.clause(at).any(|index| self.means(index).is_some() || share(index) || figure(index))
    }

    pub(super) fn clause(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let clause = self.context.layout.clause.get(at).copied();
        (0..self.context.tokens.len())
            .filter(move |index| self.context.layout.clause.get(*index).copied() == clause)
    }

    /// An amount in words; with hundredths behind it, it is not read.
    fn amount_in_words(&mut self, at: usize, last: usize, value: Option<u64>) -> usize {
        let behind = last
            + 1
            + usize::from(
                self.context.open(last + 1).is_some_and(|token| JOINING.contains(&token.text.as_str())),
            );
        let more = self.spoken(behind).is_some()
            || self.context.open(behind).is_some_and(|token| token.kind == Kind::Number);
        let minor = value.filter(|_| !more).and_then(|value| i64::try_from(value).ok());
        let whole = 10_i64.pow(self.known.currency.exponent());
        let what = match (self.means(last), minor) {
            (Some(Means::Other), _) => What::Never("not the shop's currency"),
            (Some(Means::Ours), Some(minor)) => self.role(at, last, minor.saturating_mul(whole)),
            (Some(Means::Cents), Some(minor)) if whole == 100 => self.role(at, last, minor),
            _ => What::Never("an amount in words"),
        };
        self.state(at, last, what)
    }

    /// What a price beside a number of things is: that of each, or of so many together.
    pub(super) fn of_several(&self, first: usize, last: usize) -> Option<Role> {
        let here =
            |index: &usize| self.context.layout.clause.get(*index) == self.context.layout.clause.get(last);
        let each = (last + 1..=last + 2)
            .filter(here)
            .any(|index| self.context.phrase_at(index, &lexicon::EACH).is_some());
        if each {
            return None;
        }
        let named = self.clause(first).any(|index| self.is_name(index));
        let before = || self.clause_before(first).filter(|_| !named);
        let counted = self.several_in(first, first..=last);
        let counted = counted.or_else(|| before().and_then(|before| self.several_in(before, first..=last)));
        let several = counted.or_else(|| self.for_several(last)).filter(|count| *count > 1);
        let together = self.context.clause_has(first, &lexicon::TOGETHER);
        several.map(Role::Times).or_else(|| together.then_some(Role::Sum))
    }

    /// How many of a named thing the clause of `at` speaks of, outside the amount itself.
    fn several_in(&self, at: usize, amount: RangeInclusive<usize>) -> Option<u64> {
        self.clause(at).filter(|index| !amount.contains(index)).find_map(|index| {
            let pair = self.context.phrase_at(index, &lexicon::PAIR);
            if pair.is_some_and(|length| self.is_name(index + length)) {
                return Some(2);
            }
            let (end, value) = self.number_at(index)?;
            (value > 1 && self.name_behind(end)).then_some(value)
        })
    }

    /// The last token of the clause before that of `at`, in the same sentence: "take two throws | and pay $39.00".
    fn clause_before(&self, at: usize) -> Option<usize> {
        let before = self.clause(at).next()?.checked_sub(1)?;
        (self.context.layout.sentence.get(before) == self.context.layout.sentence.get(at)).then_some(before)
    }

    /// "$78.00 for two", "the pair".
    fn for_several(&self, last: usize) -> Option<u64> {
        if self.context.phrase_at(last + 1, &lexicon::FOR_BOTH).is_some() {
            return Some(2);
        }
        let length = self.context.phrase_at(last + 1, &lexicon::FOR)?;
        let (end, value) = self.number_at(last + 1 + length)?;
        (!self.is_told(end)).then_some(value)
    }

    /// A number in digits or words: its last token and its value; one that cannot be read counts as very many.
    fn number_at(&self, at: usize) -> Option<(usize, u64)> {
        let token = self.context.open(at)?;
        let of_money = self.means(at + 1).is_some()
            || at.checked_sub(1).is_some_and(|before| self.means(before).is_some());
        if of_money {
            return None;
        }
        if token.kind == Kind::Number {
            return Some((at, token.text.parse().ok()?));
        }
        let starts = at.checked_sub(1).is_none_or(|before| self.spoken(before).is_none());
        let (end, value) = self.spoken(at).filter(|_| starts)?;
        Some((end, value.unwrap_or(u64::MAX)))
    }

    /// Whether the catalogue has this word beside the same next one.
    fn is_told(&self, at: usize) -> bool {
        let word = |index: usize| self.context.open(index).map(|token| token.text.as_str());
        word(at).zip(word(at + 1)).is_some_and(|(one, next)| (self.known.in_catalogue)(&[one, next]))
    }

    fn is_money_word(&self, index: usize) -> bool {
        self.context.open(index).is_some_and(|token| token.kind == Kind::Word) && self.means(index).is_some()
    }

    fn is_percent_mark(&self, index: usize) -> bool {
        self.context.open(index).is_some_and(|token| token.is_mark('%'))
    }
}

/// Words after which a number in words points at what is shown.
const POINTING: &[&str] = &[
    "these", "those", "this", "the", "all", "both", "estos", "estas", "este", "esta", "los", "las", "ces",
    "cet", "cette", "les", "diese", "dieses", "diesen", "die", "alle", "estes", "os", "as",
];

/// Words after which something is said of what is counted: `two that fit`.
const RELATIVE: &[&str] = &["that", "which", "who", "die", "que", "qui", "for", "fur", "pour", "para"];

/// Numbers that are another word in another language.
const AMBIGUOUS: &[&str] = &["dos", "once", "elf", "cent", "mil", "couple", "neuf"];

/// Words within a number: `vinte e tres`; `vingt-trois` is held together by its hyphen.
const JOINING: &[&str] = &["and", "und", "et", "y", "e"];
