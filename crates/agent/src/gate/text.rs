//! Texts before the gate: each statement is attributed to its product and resolved, each link is looked up.

use std::cell::OnceCell;
use std::collections::HashSet;

use shopclerk_domain::claim::{Claim, Fact};
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::money::Money;
use shopclerk_domain::product::{ProductRow, Variant};

use crate::claims::context::{Context, Layout};
use crate::claims::fold::Folded;
use crate::claims::lexicon;
use crate::claims::tokens::{Token, tokens};
use crate::claims::{Known, Role, Statement, What, statements};
use crate::gate::anchors::{self, Chosen, Mention};
use crate::gate::facts::{self, Aim, Pairing};
use crate::gate::layout::lay_out;
use crate::gate::leads::{Leads, outward};
use crate::gate::offers::{self, Told};
use crate::gate::own::Lore;
use crate::gate::subject::Scene;
use crate::gate::{Findings, Ground, Place, attribute};
use crate::names;

/// Texts with more than this are refused unread: no honest one has so much, and the work stays bounded.
const MOST_BYTES: usize = 16_000;
const MOST_TOKENS: usize = 2_000;
const MOST_STATEMENTS: usize = 60;

/// Of what a text may speak.
pub(super) enum Speaks<'a> {
    /// Of any row it names, else of what the cards show.
    Freely {
        /// The products on the cards.
        shown: &'a [ProductId],
    },
    /// Of this row alone: the subtitle of a card.
    Of {
        /// Index of the row.
        row: usize,
        /// Index of the card.
        card: usize,
    },
}

/// Checks a text.
pub(super) fn check(text: &str, speaks: &Speaks<'_>, ground: &Ground<'_>, found: &mut Findings) {
    let whole = match speaks {
        Speaks::Freely { .. } => Place::Text(0, text.len()),
        Speaks::Of { card, .. } => Place::Subtitle(*card),
    };
    if text.len() > MOST_BYTES {
        return found.refuse(whole, "", "too long to be checked");
    }
    let folded = Folded::new(text);
    if let Some(at) = folded.disguised.first() {
        return found.refuse(
            whole,
            folded.original(at.saturating_sub(4), at + 4),
            "hidden or disguised characters",
        );
    }
    let tokens = tokens(&folded);
    if tokens.len() > MOST_TOKENS {
        return found.refuse(whole, "", "too long to be checked");
    }
    let reading = Reading::new(text, &folded, &tokens, speaks, ground);
    if reading.statements.len() > MOST_STATEMENTS {
        return found.refuse(whole, "", "states too much to be checked");
    }
    reading.check_letters(found);
    reading.check_offers(found);
    reading.check_links(found);
    reading.check_names(found);
    reading.check_versions(found);
    reading.check_statements(found);
}

/// Whether a text states anything at all or leads anywhere.
pub(super) fn states_anything(text: &str, ground: &Ground<'_>) -> bool {
    let mut found = Findings::default();
    check(text, &Speaks::Freely { shown: &[] }, ground, &mut found);
    let states = |claim: &Claim| !matches!(claim.fact, Fact::Name(_));
    !found.refusals.is_empty() || found.claims.iter().any(states)
}

/// A text with all that was read in it.
pub(super) struct Reading<'a> {
    text: &'a str,
    folded: &'a Folded<'a>,
    pub(super) tokens: &'a [Token],
    pub(super) speaks: &'a Speaks<'a>,
    pub(super) ground: &'a Ground<'a>,
    pub(super) mentions: Vec<Mention>,
    pub(super) choices: Vec<Chosen>,
    pub(super) layout: Layout,
    /// Words that lead out, by their bytes in the text, with the tokens they cover.
    pub(super) outward: Vec<Leads<'a>>,
    /// Sentences that tell of a discount, with the tokens they cover.
    offers: Vec<(Told, (usize, usize))>,
    statements: Vec<Statement>,
    /// What the rows' products are called, word by word.
    pub(super) titles: Vec<Vec<String>>,
    /// The catalogue's own words.
    pub(super) lore: Lore<'a>,
    /// The kinds of things the rows are, once they are asked for.
    pub(super) kinds: OnceCell<HashSet<String>>,
}

impl<'a> Reading<'a> {
    fn new(
        text: &'a str,
        folded: &'a Folded<'a>,
        tokens: &'a [Token],
        speaks: &'a Speaks<'a>,
        ground: &'a Ground<'a>,
    ) -> Self {
        let titles = anchors::titles(ground.rows);
        let mentions = match speaks {
            Speaks::Freely { .. } => anchors::mentions(tokens, &titles),
            Speaks::Of { .. } => Vec::new(),
        };
        let choices = anchors::choices(tokens, &mentions, ground.rows);
        let outward = outward(text, folded, tokens, &mentions);
        let offers = told(text, folded, tokens, speaks, ground);
        let outside = |(from, to): (usize, usize)| !offers.iter().any(|(_, (a, b))| *a <= from && to <= *b);
        let outward: Vec<_> = outward.into_iter().filter(|(_, _, span)| outside(*span)).collect();
        let spans = outward.iter().map(|(_, _, span)| *span).chain(offers.iter().map(|(_, span)| *span));
        let spans: Vec<(usize, usize)> = spans.collect();
        let layout = lay_out(tokens, &mentions, &choices, &spans);
        let shown = match speaks {
            Speaks::Freely { shown: [] } => attribute::named_rows(&mentions).len(),
            Speaks::Freely { shown } => shown.len(),
            Speaks::Of { .. } => 0,
        };
        let lore = Lore::new(ground);
        let in_catalogue = |run: &[&str]| lore.has(run);
        let known = Known { currency: ground.shop.currency, shown, in_catalogue: &in_catalogue };
        let statements = statements(folded, Context { tokens, layout: &layout }, &known);
        Self {
            text,
            folded,
            tokens,
            speaks,
            ground,
            mentions,
            choices,
            layout,
            outward,
            offers,
            statements,
            titles,
            lore,
            kinds: OnceCell::new(),
        }
    }

    /// Letters of another script that pass for Latin ones: only a name of the catalogue may have them.
    fn check_letters(&self, found: &mut Findings) {
        if self.folded.dressed.is_empty() || self.folded.is_foreign() {
            return;
        }
        for (at, token) in self.tokens.iter().enumerate() {
            let dressed = self.folded.dressed.iter().any(|place| (token.start..token.end).contains(place));
            let named = || self.layout.masked.get(at) == Some(&true) || self.lore.has(&[&token.text]);
            if dressed && !named() {
                found.refuse(self.place(at), self.words(at, at), "hidden or disguised characters");
            }
        }
    }

    fn check_offers(&self, found: &mut Findings) {
        for (told, (first, last)) in &self.offers {
            match &told.claims {
                Ok(claims) => claims.iter().for_each(|claim| found.hold(claim.clone())),
                Err(why) => found.refuse(self.place(*first), self.words(*first, *last), why),
            }
        }
    }

    fn check_names(&self, found: &mut Findings) {
        for mention in self.mentions.iter().filter(|mention| mention.whole) {
            for row in mention.rows.iter().filter_map(|row| self.ground.rows.get(*row)) {
                let said = self.words(mention.first, mention.last);
                if row.product.is_offered() {
                    found.hold(Claim::of(row, Fact::Name(names::name(&row.product)), said));
                } else {
                    found.refuse(self.place(mention.first), said, "not offered");
                }
            }
        }
    }

    /// The tokens of those statements that take the names before them; a quality stands within what another one says.
    pub(super) fn attributed(&self) -> Vec<usize> {
        let aside = |statement: &&Statement| {
            matches!(statement.what, What::Quality(..) | What::Size(_) | What::Offers | What::Extreme(_))
        };
        self.statements
            .iter()
            .filter(|statement| !aside(statement))
            .map(|statement| statement.token)
            .collect()
    }

    fn check_statements(&self, found: &mut Findings) {
        let at = self.attributed();
        let scene =
            Scene { layout: &self.layout, mentions: &self.mentions, choices: &self.choices, statements: &at };
        let mut pairings: Vec<(usize, usize, Pairing)> = Vec::new();
        for statement in &self.statements {
            match self.resolve(statement, &scene, &mut pairings) {
                Ok(claims) => claims.into_iter().for_each(|claim| found.hold(claim)),
                Err(why) => found.refuse(self.place(statement.token), &statement.said, why),
            }
        }
    }

    /// The claims a statement makes, one per product and choice it is said of; all of them must hold.
    fn resolve(
        &self,
        statement: &Statement,
        scene: &Scene<'_>,
        pairings: &mut Vec<(usize, usize, Pairing)>,
    ) -> Result<Vec<Claim>, &'static str> {
        match statement.what {
            What::Never(why) => return Err(why),
            What::Money(minor, role @ (Role::NothingBelow | Role::NothingAbove)) => {
                return self.nothing_beyond(minor, role);
            }
            What::Money(minor, Role::Sum) => return self.sum(statement, minor),
            What::Extreme(end) => return self.extreme(statement, end, scene),
            What::Quality(quality, is) => return self.quality(statement, Some(quality), is, scene),
            What::Offers => return self.sells(statement.token),
            What::Size(is) => return self.quality(statement, None, is, scene),
            _ => {}
        }
        let rows = self.rows_of(statement, scene)?;
        let sentence = self.layout.sentence.get(statement.token).copied().unwrap_or_default();
        let mut claims = Vec::new();
        for index in rows {
            let row = self.ground.rows.get(index).ok_or("no such product")?;
            let chosen = self.choices_of(index, statement, scene);
            let chosen: Vec<(usize, &str)> = chosen.iter().map(|c| (c.option, c.value.as_str())).collect();
            if !pairings.iter().any(|(s, r, _)| (*s, *r) == (sentence, index)) {
                pairings.push((sentence, index, Pairing::default()));
            }
            let pairing =
                pairings.iter_mut().find(|(s, r, _)| (*s, *r) == (sentence, index)).map(|(_, _, p)| p);
            let pairing = pairing.ok_or("no such product")?;
            for variants in self.groups(statement, facts::groups(&row.product, &chosen)) {
                let aim = Aim { row, named: !chosen.is_empty(), variants };
                match facts::resolve(statement.what, &statement.said, &aim, self.ground, pairing) {
                    Ok(claim) => claims.push(claim),
                    Err(why) => claims.extend(self.by_discount(statement, row).ok_or(why)?),
                }
            }
        }
        Ok(claims)
    }

    /// A share off that no former price holds may be a discount's.
    fn by_discount(&self, statement: &Statement, row: &ProductRow) -> Option<Vec<Claim>> {
        let What::SavingPercent(hundredths) = statement.what else { return None };
        offers::takes_off(hundredths, row, &statement.said, self.ground)
    }

    /// "All colours are in stock" must hold for every version by itself.
    fn groups<'v>(&self, statement: &Statement, groups: Vec<Vec<&'v Variant>>) -> Vec<Vec<&'v Variant>> {
        let context = Context { tokens: self.tokens, layout: &self.layout };
        let single = matches!(statement.what, What::Available | What::SoldOut | What::Money(_, Role::Price));
        if single && context.clause_has(statement.token, &lexicon::EVERY) {
            return groups.into_iter().flatten().map(|variant| vec![variant]).collect();
        }
        groups
    }

    /// "Nothing under $40" holds if that is the shopper's own limit, a search found nothing, and no card disproves it.
    fn nothing_beyond(&self, minor: i64, role: Role) -> Result<Vec<Claim>, &'static str> {
        let said = self.ground.said;
        let limit = if role == Role::NothingBelow { said.at_most } else { said.at_least };
        let kept = |row: &ProductRow| {
            row.product.price_span().is_some_and(|(low, high)| match role {
                Role::NothingBelow => low.minor <= minor,
                _ => high.minor >= minor,
            })
        };
        let disproved = self.shown_rows().into_iter().filter_map(|row| self.ground.rows.get(row)).any(kept);
        let own = limit == Some(Money::new(minor, self.ground.shop.currency));
        if own && said.nothing_fits && !disproved {
            Ok(Vec::new())
        } else {
            Err("something keeps that limit")
        }
    }

    /// The words from one token to another, as the shopper would read them.
    pub(super) fn words(&self, first: usize, last: usize) -> &'a str {
        let start = self.tokens.get(first).map_or(0, |token| token.start);
        let end = self.tokens.get(last).map_or(start, |token| token.end);
        self.folded.original(start, end)
    }

    /// The sentence of a token, in bytes of the text.
    pub(super) fn place(&self, at: usize) -> Place {
        if let Speaks::Of { card, .. } = self.speaks {
            return Place::Subtitle(*card);
        }
        let sentence = self.layout.sentence.get(at);
        let starts = |index: &usize| self.layout.sentence.get(*index) == sentence;
        let begins = |index: usize| {
            self.tokens.get(index).map_or(0, |token| self.folded.range(token.start, token.end).0)
        };
        let mut inside = (0..self.tokens.len()).filter(starts);
        let first = inside.next().unwrap_or_default();
        let after = inside.next_back().unwrap_or(first) + 1;
        let to = if after < self.tokens.len() { begins(after) } else { self.text.len() };
        Place::Text(begins(first), to)
    }
}

/// The sentences of a text that tell of a discount, with the tokens they cover.
fn told(
    text: &str,
    folded: &Folded<'_>,
    tokens: &[Token],
    speaks: &Speaks<'_>,
    ground: &Ground<'_>,
) -> Vec<(Told, (usize, usize))> {
    let Speaks::Freely { shown } = speaks else { return Vec::new() };
    if ground.offers.rows.is_empty() {
        return Vec::new();
    }
    let row = |id: &ProductId| ground.rows.iter().find(|row| row.product.id == *id);
    let shown: Vec<&ProductRow> = shown.iter().filter_map(row).collect();
    let covered = |told: Told| {
        let (from, to) = told.place;
        let inside = |token: &Token| {
            let (start, end) = folded.range(token.start, token.end);
            from <= start && end <= to
        };
        let first = tokens.iter().position(inside)?;
        let last = tokens.iter().rposition(inside)?;
        Some((told, (first, last)))
    };
    offers::told(text, ground, &shown).into_iter().filter_map(covered).collect()
}
