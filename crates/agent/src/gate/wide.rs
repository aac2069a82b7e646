//! Statements that look beyond one figure of one row: what is the cheapest, what several things come to, what a thing is like.

use shopclerk_domain::claim::{Claim, Fact};
use shopclerk_domain::money::Money;
use shopclerk_domain::product::{Product, ProductRow};

use crate::claims::context::Context;
use crate::claims::denial::Denial;
use crate::claims::lexicon;
use crate::claims::{Extreme, Is, Statement};
use crate::gate::Findings;
use crate::gate::anchors::Chosen;
use crate::gate::attribute::named_rows;
use crate::gate::own::OwnWords;
use crate::gate::subject::Scene;
use crate::gate::text::Reading;
use crate::names;

impl Reading<'_> {
    /// "The throw in Rust", where something else comes in Rust.
    pub(super) fn check_versions(&self, found: &mut Findings) {
        let at = self.attributed();
        let scene =
            Scene { layout: &self.layout, mentions: &self.mentions, choices: &self.choices, statements: &at };
        let context = Context { tokens: self.tokens, layout: &self.layout };
        for chosen in &self.choices {
            let inside = chosen.first.checked_sub(1).and_then(|before| self.tokens.get(before));
            let named = scene.names_in_clause(chosen.first);
            if !inside.is_some_and(|before| matches!(before.text.as_str(), "in" | "en" | "em"))
                || named.is_empty()
                || context.denial_in_clause(chosen.first) == Denial::Reaches
            {
                continue;
            }
            let own = self.choices.iter().any(|other| {
                (other.first, other.last) == (chosen.first, chosen.last)
                    && named.iter().any(|mention| mention.rows.contains(&other.row))
            });
            if !own {
                found.refuse(
                    self.place(chosen.first),
                    self.words(chosen.first, chosen.last),
                    "no such version",
                );
            }
        }
    }

    /// "Together they come to $58.50": each thing the sentence names, once, at its one price.
    pub(super) fn sum(&self, statement: &Statement, minor: i64) -> Result<Vec<Claim>, &'static str> {
        let sentence = self.layout.sentence.get(statement.token);
        let named =
            self.mentions.iter().filter(|mention| self.layout.sentence.get(mention.first) == sentence);
        let named: Vec<_> = named.cloned().collect();
        let rows: Vec<&ProductRow> =
            named_rows(&named).into_iter().filter_map(|row| self.ground.rows.get(row)).collect();
        if rows.len() < 2 || rows.len() != named.len() {
            return Err("not clear of which products");
        }
        let prices: Option<Vec<Money>> = rows.iter().map(|row| self.one_price(row)).collect();
        let prices = prices.ok_or("not the sum of what is named")?;
        if prices.iter().map(|price| price.minor).sum::<i64>() != minor {
            return Err("not the sum of what is named");
        }
        let claims =
            rows.iter().zip(prices).map(|(row, price)| Claim::of(row, Fact::Price(price), &statement.said));
        Ok(claims.collect())
    }

    /// The price of everything of it that is for sale, where that is one and may be quoted.
    fn one_price(&self, row: &ProductRow) -> Option<Money> {
        let (low, high) = row.product.price_span()?;
        let fresh = self.ground.freshness.price_is_fresh(row, self.ground.now);
        (fresh && row.product.is_offered() && low == high && low.minor > 0).then_some(low)
    }

    /// "The cheapest of these": nothing that the turn has seen may cost less. That nothing in the shop does, no turn has seen. Said of
    /// nothing in particular, it states nothing.
    pub(super) fn extreme(
        &self,
        statement: &Statement,
        end: Extreme,
        scene: &Scene<'_>,
    ) -> Result<Vec<Claim>, &'static str> {
        if scene.names(statement.token).is_empty() && !self.begins_with_pronoun(statement.token) {
            return Ok(Vec::new());
        }
        let context = Context { tokens: self.tokens, layout: &self.layout };
        if !context.clause_has(statement.token, &lexicon::AMONG) {
            return Err("not clear of which it is the cheapest or the dearest");
        }
        let rows = self.rows_of(statement, scene)?;
        let price = |row: &ProductRow| {
            let span = row.product.price_span().filter(|(low, _)| low.minor > 0);
            span.map(|(low, high)| if end == Extreme::Lowest { low.minor } else { -high.minor })
        };
        let others = (0..self.ground.rows.len()).filter(|index| !rows.contains(index));
        let offered =
            others.filter_map(|index| self.ground.rows.get(index)).filter(|row| row.product.is_offered());
        let best = offered.filter_map(price).min();
        let held = rows.iter().map(|index| {
            let row = self.ground.rows.get(*index).ok_or("no such product")?;
            let own = price(row).filter(|_| self.ground.freshness.price_is_fresh(row, self.ground.now));
            let own = own
                .filter(|own| best.is_none_or(|best| *own <= best))
                .ok_or("something else costs less or more")?;
            let money = Money::new(own.abs(), self.ground.shop.currency);
            let fact = if end == Extreme::Lowest { Fact::PriceFrom(money) } else { Fact::Price(money) };
            Ok(Claim::of(row, fact, &statement.said))
        });
        held.collect()
    }

    /// What a thing is like; a size where no quality is meant. Said of nothing in particular, some row must bear it out.
    pub(super) fn quality(
        &self,
        statement: &Statement,
        quality: Option<usize>,
        is: Is,
        scene: &Scene<'_>,
    ) -> Result<Vec<Claim>, &'static str> {
        let word = self.tokens.get(statement.token).and_then(|token| token.text.rsplit('\'').next());
        let word = word.unwrap_or_default().to_owned();
        let at = statement.token;
        let has = |index: usize| {
            let both = self.ground.rows.get(index).zip(self.lore.of(index));
            both.is_some_and(|(row, own)| bears_out(&row.product, own, quality, &word))
        };
        let Ok(rows) = self.rows_of(statement, scene) else {
            let some = |index: usize| has(index) || self.quoted(index, at, is).is_some();
            let borne_out = is == Is::NotSo || (0..self.ground.rows.len()).any(some);
            return if borne_out { Ok(Vec::new()) } else { Err("nothing here is like that") };
        };
        let held = rows.into_iter().map(|index| {
            let row = self.ground.rows.get(index).ok_or("no such product")?;
            // A version of its own: what is said of that is checked where it is said.
            let own = |chosen: &Chosen| chosen.row == index && (chosen.first..=chosen.last).contains(&at);
            if is == Is::So && self.choices.iter().any(own) {
                return Ok(None);
            }
            let quoted = self.quoted(index, at, is);
            match (is, has(index), quoted) {
                (Is::So, true, _) => Ok(Some(Claim::of(row, Fact::Described(word.clone()), &statement.said))),
                (_, _, Some(words)) => Ok(Some(Claim::of(row, Fact::Described(words), &statement.said))),
                (Is::NotSo, false, None) => Ok(None),
                (Is::So, false, None) => Err("its row says nothing of the kind"),
                (Is::NotSo, true, None) => Err("its row says the opposite"),
            }
        });
        let held: Result<Vec<Option<Claim>>, &'static str> = held.collect();
        Ok(held?.into_iter().flatten().collect())
    }

    /// The word with a telling neighbour, if the product's description has both side by side: `deep green`, `without plastic`.
    fn quoted(&self, row: usize, at: usize, is: Is) -> Option<String> {
        let product = self.lore.of(row)?;
        let text = |index: usize| {
            self.tokens.get(index).filter(|token| token.is_wordlike()).map(|token| token.text.as_str())
        };
        let tells = |neighbour: &&str| match is {
            Is::So => neighbour.chars().count() > 2,
            Is::NotSo => lexicon::NOT.has(neighbour),
        };
        let word = text(at)?;
        let before = at.checked_sub(1).and_then(text).filter(tells).map(|before| (before, word));
        let pairs = [before, text(at + 1).filter(tells).map(|after| (word, after))];
        let own = pairs.into_iter().flatten().find(|(one, next)| product.has_pair(one, next));
        own.map(|(one, next)| format!("{one} {next}"))
    }
}

/// Whether a product's own words bear a quality out, that was said by one word or quoted with its neighbour.
pub(super) fn is_described(product: &Product, said: &str) -> bool {
    let own = OwnWords::of(product);
    match said.split_once(' ') {
        Some((one, next)) => own.has_pair(one, next),
        None => bears_out(product, &own, lexicon::quality_of(said), said),
    }
}

/// A size is one of those it comes in; a quality may be told in any of its texts, unless it is a colour.
fn bears_out(product: &Product, own: &OwnWords, quality: Option<usize>, word: &str) -> bool {
    if let Some(quality) = quality {
        return own.says(lexicon::is_colour(quality), |said| lexicon::makes_true(quality, said));
    }
    let spelled = |value: &String| {
        names::spellings(value).iter().any(|spelling| spelling.iter().any(|one| one == word))
    };
    product.variants.iter().flat_map(|variant| &variant.options).any(spelled)
}
