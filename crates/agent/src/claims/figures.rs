//! Figures within a text: money and its role, shares, pieces, and numbers that are none of these.

use crate::claims::amounts::{self, Means};
use crate::claims::denial::Denial;
use crate::claims::lexicon::{self, Phrases};
use crate::claims::statements::{Reader, Role, UNCLEAR, What};
use crate::claims::tokens::{Kind, Token};

impl<'a> Reader<'a> {
    /// A sign without a figure behind it; with one, the figure is read from the sign on.
    pub(super) fn sign(&mut self, at: usize) -> usize {
        if self.means(at) == Some(Means::Cents) {
            return self.state(at, at, What::Never("an unreadable amount"));
        }
        match self.context.open(at + 1) {
            Some(token) if token.kind == Kind::Number => self.amount(at, at + 1, self.means(at)),
            _ => self.state(at, at, What::Never("an unreadable amount")),
        }
    }

    pub(super) fn number(&mut self, at: usize, token: &'a Token) -> usize {
        if let Some(last) = self.number_to_call(at) {
            return self.state(at, last, What::Never("no number to call"));
        }
        if self.is_torn(at) {
            return self.state(at, at, What::Never("an unreadable figure"));
        }
        let (mark_end, after) = self.after_whole_mark(at);
        if let Some(meaning) = self.means(after) {
            let attached = self.means(at.wrapping_sub(1)).unwrap_or(meaning);
            let both = if attached == Means::Other { attached } else { meaning };
            return self.money(at, at, after, Some(both));
        }
        if self.means(at.wrapping_sub(1)).is_some() && self.is_code_before(at) {
            return self.amount(at - 1, at, self.means(at - 1));
        }
        if let Some(end) = self.percent_end(at) {
            return self.percent(at, end, token);
        }
        if let Some(end) = self.pieces_end(at, 0) {
            return self.pieces(at, end, token.text.parse().ok());
        }
        if mark_end > at && self.context.touching_before(at + 1).is_some() {
            return self.money(at, at, mark_end, Some(Means::Ours));
        }
        self.bare(at, token)
    }

    /// Whether another figure stands beside it with nothing but a blank between, as in `1 7 %`.
    fn is_torn(&self, at: usize) -> bool {
        let figure = |index: usize| {
            let chosen = self.context.layout.chosen.get(index).copied().unwrap_or(true);
            self.context.open(index).filter(|token| token.kind == Kind::Number && !chosen)
        };
        let Some(own) = figure(at) else { return false };
        let next = figure(at + 1).is_some_and(|next| !(self.known.in_catalogue)(&[&own.text, &next.text]));
        let before = at.checked_sub(1).and_then(figure);
        next || before.is_some_and(|before| !(self.known.in_catalogue)(&[&before.text, &own.text]))
    }

    /// A code or word of money directly before a figure, such as `USD 24.90`.
    fn is_code_before(&self, at: usize) -> bool {
        at.checked_sub(1)
            .and_then(|before| self.context.open(before))
            .is_some_and(|token| token.kind == Kind::Word)
    }

    /// Skips the `,-` of `24,-`: where the figure ends, and what follows it.
    fn after_whole_mark(&self, at: usize) -> (usize, usize) {
        let is = |index: usize, marks: &[char]| {
            self.context.open(index).is_some_and(|token| marks.iter().any(|mark| token.is_mark(*mark)))
        };
        if is(at + 1, &[',', '.']) && is(at + 2, &['-']) { (at + 2, at + 3) } else { (at, at + 1) }
    }

    /// An amount whose sign stands before it; a further code after it must agree.
    fn amount(&mut self, first: usize, figure: usize, meaning: Option<Means>) -> usize {
        let after = self.means(figure + 1);
        let last = if after.is_some() { figure + 1 } else { figure };
        let meaning = if after == Some(Means::Other) { after } else { meaning };
        self.money(first, figure, last, meaning)
    }

    fn money(&mut self, first: usize, figure: usize, last: usize, meaning: Option<Means>) -> usize {
        let written = self.context.tokens.get(figure).map_or("", |token| token.text.as_str());
        let negative = first.checked_sub(1).and_then(|before| self.context.open(before));
        let negative = negative.is_some_and(|token| token.is_mark('-'))
            && self.context.touching_before(first).is_some()
            && !first
                .checked_sub(2)
                .and_then(|before| self.context.open(before))
                .is_some_and(Token::is_figure);
        let read = match meaning {
            Some(Means::Other) => return self.state(first, last, What::Never("not the shop's currency")),
            Some(Means::Cents) => written.parse().ok().filter(|_| self.known.currency.exponent() == 2),
            _ => amounts::minor(written, self.known.currency),
        };
        let glued = self.context.tokens.get(last + 1).filter(|next| {
            next.is_wordlike() && self.context.touching_before(last + 1).is_some() && last == figure
        });
        match read {
            Some(minor) if !negative && glued.is_none() && !self.is_torn(figure) => {
                let what = self.role(first, last, minor);
                self.state(first, last, what)
            }
            _ => self.state(first, last, What::Never("an unreadable amount")),
        }
    }

    pub(super) fn role(&self, first: usize, last: usize, minor: i64) -> What {
        let before = self.context.before(first, 3);
        let after = self.context.after(last, 2);
        let near = |phrases: &Phrases| phrases.are_in(&before);
        let less = lexicon::LESS.are_in(&after) && !lexicon::OR_LESS.are_in(&after);
        if near(&lexicon::SAVING) || lexicon::SAVING.are_in(&after) || less {
            return What::Saving(minor);
        }
        if self.context.clause_has(first, &lexicon::CHARGE) {
            return What::Never("no row holds such a charge");
        }
        let denial = self.context.denial(first);
        let denied = denial == Denial::Reaches || self.context.denies_a_thing(first);
        let limits = [&lexicon::UNDER, &lexicon::AT_MOST, &lexicon::OVER, &lexicon::AT_LEAST];
        let limits = limits.into_iter().any(near) && !near(&lexicon::NO_MORE);
        // "It is not $45" says of no price that it is so; "nothing under $45" does.
        if limits && denial == Denial::Unclear && !denied || !limits && denial == Denial::Reaches {
            return What::Never(UNCLEAR);
        }
        let (below, above) = (if denied { Role::NothingBelow } else { Role::AtMost }, Role::AtLeast);
        let above = if denied { Role::NothingAbove } else { above };
        let falls = near(&lexicon::FROM) && lexicon::DOWN_TO.are_in(&self.context.after(last, 3));
        if near(&lexicon::WAS) || falls {
            What::Money(minor, Role::Was)
        } else if near(&lexicon::NO_MORE) || lexicon::OR_LESS.are_in(&after) {
            What::Money(minor, Role::AtMost)
        } else if near(&lexicon::UNDER) {
            What::Money(if denied { minor } else { minor - 1 }, below)
        } else if near(&lexicon::AT_MOST) {
            What::Money(minor, below)
        } else if near(&lexicon::OVER) {
            What::Money(if denied { minor } else { minor + 1 }, above)
        } else if near(&lexicon::AT_LEAST) || lexicon::OR_MORE.are_in(&after) {
            What::Money(minor, above)
        } else if near(&lexicon::FROM) {
            What::Money(minor, Role::From)
        } else {
            What::Money(minor, self.of_several(first, last).unwrap_or(Role::Price))
        }
    }

    fn percent_end(&self, at: usize) -> Option<usize> {
        if self.context.open(at + 1).is_some_and(|token| token.is_mark('%')) {
            return Some(at + 1);
        }
        self.context.phrase_at(at + 1, &lexicon::PERCENT).map(|length| at + length)
    }

    /// A share may be the catalogue's own words (`100 % wool`), but never a discount.
    fn percent(&mut self, at: usize, end: usize, token: &Token) -> usize {
        let before = self.context.before(at, 3);
        let after = self.context.after(end, 3);
        let promises = lexicon::SAVING.are_in(&before) || lexicon::SAVING.are_in(&after);
        let reduces = lexicon::REDUCED.are_in(&before) || lexicon::REDUCED.are_in(&after);
        if promises || reduces {
            let what = hundredths(&token.text).map_or(What::Never("no such promotion"), What::SavingPercent);
            return self.state(at, end, what);
        }
        let next = self.context.open(end + 1).filter(|token| token.is_wordlike());
        let own = next.is_some_and(|next| (self.known.in_catalogue)(&[&token.text, "%", &next.text]));
        if own { end + 1 } else { self.state(at, end, What::Never("no such percentage")) }
    }

    /// Where the words end that make the number at `at` a number of pieces; `length` more tokens belong to the number.
    pub(super) fn pieces_end(&self, at: usize, length: usize) -> Option<usize> {
        let start = at + length + 1;
        let mut next = start;
        while next < start + 4 {
            if let Some(length) = self.context.phrase_at(next, &lexicon::LEFT) {
                return Some(next + length - 1);
            }
            let fills = [&lexicon::BETWEEN, &lexicon::ARE]
                .iter()
                .find_map(|words| self.context.phrase_at(next, words));
            next += fills?;
        }
        None
    }

    fn pieces(&mut self, first: usize, last: usize, count: Option<u64>) -> usize {
        match count {
            Some(count) => self.state(first, last, What::Pieces(count)),
            None => self.state(first, last, What::Never("an unreadable figure")),
        }
    }

    /// Whether words say that so many are left, whatever the catalogue writes beside the same number.
    fn is_left(&self, at: usize) -> bool {
        // Of the version `Stone / 39` it may be said that it is in stock.
        let named = self.context.layout.chosen.get(at).copied().unwrap_or(false);
        let ends = |index: usize| {
            named
                && (self.context.open(index).is_some_and(|token| token.is_mark(')'))
                    || self.context.phrase_at(index, &lexicon::IS).is_some())
        };
        let behind = (at + 1..=at + 3)
            .take_while(|index| !ends(*index))
            .any(|index| self.context.phrase_at(index, &lexicon::LEFT).is_some());
        behind || lexicon::REMAIN.end(&self.context.before(at, 2))
    }

    /// A number to call: a plus before it, or figure after figure; its last token.
    fn number_to_call(&self, at: usize) -> Option<usize> {
        let digits = |index: usize| {
            let token = self.context.open(index).filter(|token| token.kind == Kind::Number)?;
            let plain = token.text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace());
            plain.then(|| token.text.chars().filter(char::is_ascii_digit).count())
        };
        let hyphen = |index: usize| {
            let glued = self.context.touching_before(index).is_some()
                && self.context.touching_before(index + 1).is_some();
            glued && self.context.open(index).is_some_and(|token| token.is_mark('-'))
        };
        let (mut last, mut dialled) = (at, digits(at)?);
        loop {
            let next = if hyphen(last + 1) { last + 2 } else { last + 1 };
            let Some(more) = digits(next) else { break };
            (last, dialled) = (next, dialled + more);
        }
        let plus = self.context.touching_before(at).is_some_and(|token| token.is_mark('+'));
        ((plus && dialled >= 6) || (last > at && dialled >= 7)).then_some(last)
    }

    /// A number with neither money nor stock words beside it.
    fn bare(&mut self, at: usize, token: &'a Token) -> usize {
        if self.belongs_to_an_amount(at) {
            return at + 1;
        }
        if self.counts_a_name(at, at) || self.is_left(at) {
            return self.pieces(at, at, token.text.parse().ok());
        }
        let before = self.context.before(at, 3);
        let costs = lexicon::COSTS.end(&before) || lexicon::BARELY.end(&before);
        if costs && !self.is_catalogues(at, token) {
            return self.money(at, at, at, Some(Means::Ours));
        }
        if self.context.layout.chosen.get(at).copied().unwrap_or(false) || self.is_catalogues(at, token) {
            return at + 1;
        }
        let counted = self.context.phrase_at(at + 1, &lexicon::PIECES).is_some();
        if counted || lexicon::STOCK_OF.end(&self.context.before(at, 2)) {
            return self.pieces(at, at, token.text.parse().ok());
        }
        if self.looks_like_price(token) {
            return self.money(at, at, at, Some(Means::Ours));
        }
        let count: Option<usize> = token.text.parse().ok();
        let numbered =
            self.starts_line(at) && count.is_some_and(|count| (1..=self.known.shown).contains(&count));
        if numbered || (count == Some(self.known.shown) && self.known.shown > 0) {
            return at + 1;
        }
        self.state(at, at, What::Never("a figure no row holds"))
    }

    fn looks_like_price(&self, token: &Token) -> bool {
        let exponent = self.known.currency.exponent() as usize;
        let digits = token.text.rsplit(['.', ',']).next().map_or(0, str::len);
        exponent > 0 && digits == exponent && digits < token.text.len()
    }

    fn starts_line(&self, at: usize) -> bool {
        let first = at.checked_sub(1).is_none_or(|before| {
            self.context.layout.sentence.get(before) != self.context.layout.sentence.get(at)
        });
        first && self.context.open(at + 1).is_some_and(|next| next.is_mark('.') || next.is_mark(')'))
    }

    /// Whether the catalogue has this number beside the same word (`35 hours`, `size 42`, `PN-4`).
    fn is_catalogues(&self, at: usize, token: &Token) -> bool {
        let next = self.neighbour([at + 1, at + 2]);
        let previous = self.neighbour([at.wrapping_sub(1), at.wrapping_sub(2)]);
        next.is_some_and(|next| (self.known.in_catalogue)(&[&token.text, &next.text]))
            || previous.is_some_and(|previous| (self.known.in_catalogue)(&[&previous.text, &token.text]))
    }

    /// The word at the first place, or at the second behind a mark that only joins or parts words.
    fn neighbour(&self, [near, far]: [usize; 2]) -> Option<&'a Token> {
        let token = self.context.open(near)?;
        let parts = |token: &Token| matches!(token.kind, Kind::Mark('-' | '/' | ',' | '(' | ')' | '#'));
        let token = if parts(token) { self.context.open(far)? } else { token };
        token.is_wordlike().then_some(token)
    }
}

/// A share as it is written, in hundredths of a percent; `None` if it has more digits than a share is told with.
fn hundredths(written: &str) -> Option<u32> {
    let (whole, fraction) = written.split_once(['.', ',']).unwrap_or((written, ""));
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=3).contains(&whole.len()) && fraction.len() <= 2 && plain(whole) && plain(fraction);
    fits.then(|| format!("{whole}{fraction:0<2}").parse().ok()).flatten()
}
