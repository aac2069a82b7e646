//! The rows and choices a statement is attributed to, where its sentence names them and where it does not.

use shopclerk_domain::claim::Claim;
use shopclerk_domain::ids::ProductId;

use crate::claims::context::Context;
use crate::claims::lexicon;
use crate::claims::tokens::{Kind, Token};
use crate::claims::{Role, Statement, What};
use crate::gate::anchors::{self, Chosen, Mention};
use crate::gate::subject::Scene;
use crate::gate::text::{Reading, Speaks};

impl Reading<'_> {
    /// The rows a statement is said of; all of them must hold it.
    pub(super) fn rows_of(
        &self,
        statement: &Statement,
        scene: &Scene<'_>,
    ) -> Result<Vec<usize>, &'static str> {
        if let Speaks::Of { row, .. } = self.speaks {
            return Ok(vec![*row]);
        }
        let mut named = match statement.what {
            What::Quality(..) | What::Size(_) => scene.names_before_or_near(statement.token),
            _ => scene.names(statement.token),
        };
        if named.is_empty() && self.begins_with_pronoun(statement.token) {
            named = scene.named_before(statement.token);
        }
        if scene.names_in_clause(statement.token).is_empty() && self.may_be_a_strangers(statement) {
            return Err("not clear of which product");
        }
        if named.iter().any(|mention| mention.rows.is_empty()) {
            return Err("not clear of which product");
        }
        let mut rows: Vec<usize> = named.iter().flat_map(|mention| mention.rows.iter().copied()).collect();
        let limit = matches!(statement.what, What::Money(_, Role::AtMost | Role::AtLeast));
        if rows.is_empty() {
            rows = self.hinted_rows(statement.token)?;
            let same =
                |index: &usize| self.layout.sentence.get(*index) == self.layout.sentence.get(statement.token);
            let quality = matches!(statement.what, What::Quality(..) | What::Size(_));
            if !rows.is_empty() && !quality && !self.is_plainly_said(same) {
                return Err("not clear of which product");
            }
        }
        if rows.is_empty() || limit {
            rows.extend(self.shown_rows());
        }
        if rows.is_empty() {
            rows = self.only_row();
        }
        rows.sort_unstable();
        rows.dedup();
        if rows.is_empty() { Err("not clear of which product") } else { Ok(rows) }
    }

    /// In a sentence without a name: the rows that share a telling word with it ("the spray"). A capitalised word that no
    /// row has may be the name of something else, and then nothing is clear.
    fn hinted_rows(&self, at: usize) -> Result<Vec<usize>, &'static str> {
        let sentence = self.layout.sentence.get(at);
        let inside = |index: &usize| self.layout.sentence.get(*index) == sentence;
        let open = |index: &usize| self.layout.masked.get(*index) == Some(&false);
        let mut hinted = Vec::new();
        for (place, index) in
            (0..self.tokens.len()).filter(inside).enumerate().filter(|(_, index)| open(index))
        {
            let Some(token) = self.tokens.get(index).filter(|token| token.kind == Kind::Word) else {
                continue;
            };
            let sharing = anchors::sharing(&token.text, &self.titles);
            let named_like = self.words(index, index).chars().next().is_some_and(char::is_uppercase);
            let unknown = sharing.is_empty() && !self.layout.chosen.get(index).copied().unwrap_or(false);
            if place > 0 && named_like && unknown && !anchors::is_usual(&token.text) {
                return Err("not clear of which product");
            }
            hinted.extend(sharing);
        }
        Ok(hinted)
    }

    /// "We also have ..": a product of the turn, or nothing in particular.
    pub(super) fn sells(&self, at: usize) -> Result<Vec<Claim>, &'static str> {
        let context = Context { tokens: self.tokens, layout: &self.layout };
        let length = context.phrase_at(at, &lexicon::OFFERS).unwrap_or(1);
        // The shop's own description may say "our smallest pot".
        let pair = self.open_word(at + length - 1).zip(self.open_word(at + length));
        if pair.is_some_and(|(one, next)| self.lore.all().any(|own| own.has_pair(one, next))) {
            return Ok(Vec::new());
        }
        let determined = self.open_word(at + length).is_some_and(|word| lexicon::DETERMINERS.has(word));
        let thing = at + length + usize::from(determined);
        let german = context.phrase_at(at, &lexicon::OFFERS_GERMAN).is_some();
        let called = |index: usize| {
            let shouted = self.words(index, index).chars().next().is_some_and(char::is_uppercase);
            let own = |word: &str| self.is_kind(word) || lexicon::is_general(word);
            self.open_word(index).is_some_and(|word| shouted && !anchors::is_usual(word) && !own(word))
        };
        if self.is_called_strangely(thing) || (!german && self.open_word(thing).is_some() && called(thing)) {
            return Err("no such product");
        }
        Ok(Vec::new())
    }

    /// The rows on the cards.
    pub(super) fn shown_rows(&self) -> Vec<usize> {
        let Speaks::Freely { shown } = self.speaks else { return Vec::new() };
        let index = |id: &ProductId| self.ground.rows.iter().position(|row| row.product.id == *id);
        shown.iter().filter_map(index).collect()
    }

    /// The one product of the text, or of the turn.
    fn only_row(&self) -> Vec<usize> {
        let mut named: Vec<usize> =
            self.mentions.iter().flat_map(|mention| mention.rows.iter().copied()).collect();
        named.sort_unstable();
        named.dedup();
        match (named.len(), self.ground.rows.len()) {
            (1, _) => named,
            (0, 1) => vec![0],
            _ => Vec::new(),
        }
    }

    pub(super) fn begins_with_pronoun(&self, at: usize) -> bool {
        let sentence = self.layout.sentence.get(at);
        let first = (0..self.tokens.len()).find(|index| {
            self.layout.sentence.get(*index) == sentence
                && self.tokens.get(*index).is_some_and(Token::is_wordlike)
        });
        first
            .and_then(|index| self.tokens.get(index))
            .is_some_and(|token| PRONOUNS.contains(&token.text.as_str()))
    }

    /// The choices of a row that a statement is said of; "it" is still the version named in the sentence before.
    pub(super) fn choices_of<'s>(
        &self,
        row: usize,
        statement: &Statement,
        scene: &'s Scene<'_>,
    ) -> Vec<&'s Chosen> {
        let chosen = scene.choices_of(row, statement.token);
        if chosen.is_empty() && self.begins_with_pronoun(statement.token) {
            return scene.chosen_before(row, statement.token);
        }
        chosen
    }
}

/// The rows a text names, once each.
pub(super) fn named_rows(mentions: &[Mention]) -> Vec<usize> {
    let mut named: Vec<usize> = mentions.iter().flat_map(|mention| mention.rows.iter().copied()).collect();
    named.sort_unstable();
    named.dedup();
    named
}

const PRONOUNS: &[&str] = &[
    "it", "it's", "its", "they", "this", "este", "there", "there's", "hay", "quedan", "restam", "both", "er",
    "sie", "es", "il", "elle", "ils", "elles", "cuesta", "custa", "esta", "kostet", "ele", "ela",
];
