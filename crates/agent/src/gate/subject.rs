//! Of what a statement is said: the product and the choices named nearest to it, by one rule for all texts.
//!
//! Within a clause a statement belongs to the names before it, back to the statement before; where a clause begins with a
//! statement, to the names after it. Without a name in its clause it belongs to the last one named in its sentence.

use crate::claims::context::Layout;
use crate::gate::anchors::{Chosen, Mention};

/// A place in the text with an extent: a name or a choice.
trait Anchor {
    fn first(&self) -> usize;
    fn last(&self) -> usize;
}

impl Anchor for Mention {
    fn first(&self) -> usize {
        self.first
    }
    fn last(&self) -> usize {
        self.last
    }
}

impl Anchor for Chosen {
    fn first(&self) -> usize {
        self.first
    }
    fn last(&self) -> usize {
        self.last
    }
}

/// How a text hangs together, with what it names and where its statements are.
pub(super) struct Scene<'a> {
    /// Sentences and clauses.
    pub(super) layout: &'a Layout,
    /// Products named.
    pub(super) mentions: &'a [Mention],
    /// Choices named.
    pub(super) choices: &'a [Chosen],
    /// Tokens at which a statement hangs, ascending.
    pub(super) statements: &'a [usize],
}

impl Scene<'_> {
    /// The names a statement at token `at` is said of; empty where its sentence names none.
    pub(super) fn names(&self, at: usize) -> Vec<&Mention> {
        let all: Vec<&Mention> = self.mentions.iter().collect();
        self.nearest(&all, at)
    }

    /// The last name before a token in its clause, else whatever a statement there would be said of.
    pub(super) fn names_before_or_near(&self, at: usize) -> Vec<&Mention> {
        let before = self.names_in_clause(at).into_iter().rfind(|mention| mention.last < at);
        before.map_or_else(|| self.names(at), |mention| vec![mention])
    }

    /// The names in the clause of a token.
    pub(super) fn names_in_clause(&self, at: usize) -> Vec<&Mention> {
        let all: Vec<&Mention> = self.mentions.iter().collect();
        in_clause(self, &all, self.clause(at))
    }

    /// The choices of one row's product that a statement at token `at` is said of.
    pub(super) fn choices_of(&self, row: usize, at: usize) -> Vec<&Chosen> {
        let all: Vec<&Chosen> = self.choices.iter().filter(|chosen| chosen.row == row).collect();
        let nearest = self.nearest(&all, at);
        // A product named in between begins anew ("A in Small, B at $39.00"), but not in "in Small, A costs $24.90".
        let begins_anew = |chosen: &Chosen| {
            let clause = self.clause(chosen.first);
            let belongs = |mention: &Mention| {
                self.sentence(mention.first) == self.sentence(chosen.first)
                    && self.clause(mention.first) <= clause
            };
            let between = |mention: &Mention| mention.first > chosen.last && mention.last < at;
            let other = |mention: &Mention| between(mention) && self.clause(mention.first) != clause;
            self.mentions.iter().any(belongs) && self.mentions.iter().any(other)
        };
        nearest.into_iter().filter(|chosen| !begins_anew(chosen)).collect()
    }

    /// The products named in the sentence before that of `at`.
    pub(super) fn named_before(&self, at: usize) -> Vec<&Mention> {
        let Some(before) = self.sentence(at).checked_sub(1) else { return Vec::new() };
        self.mentions.iter().filter(|mention| self.sentence(mention.first) == before).collect()
    }

    /// The choices of a row named in the sentence before that of `at`.
    pub(super) fn chosen_before(&self, row: usize, at: usize) -> Vec<&Chosen> {
        let Some(before) = self.sentence(at).checked_sub(1) else { return Vec::new() };
        let named = |chosen: &&Chosen| chosen.row == row && self.sentence(chosen.first) == before;
        self.choices.iter().filter(named).collect()
    }

    fn clause(&self, at: usize) -> usize {
        self.layout.clause.get(at).copied().unwrap_or_default()
    }

    fn sentence(&self, at: usize) -> usize {
        self.layout.sentence.get(at).copied().unwrap_or_default()
    }

    fn nearest<'m, A: Anchor>(&self, all: &[&'m A], at: usize) -> Vec<&'m A> {
        let clause = self.clause(at);
        let here = in_clause(self, all, clause);
        if !here.is_empty() {
            return self.within_clause(&here, at, clause);
        }
        let mates: Vec<&A> =
            all.iter().copied().filter(|anchor| self.sentence(anchor.first()) == self.sentence(at)).collect();
        let before =
            mates.iter().filter(|anchor| anchor.last() < at).map(|anchor| self.clause(anchor.first())).max();
        let after =
            mates.iter().filter(|anchor| anchor.first() > at).map(|anchor| self.clause(anchor.first())).min();
        match (before, after) {
            (Some(before), _) => self.last_group(&in_clause(self, all, before), before),
            (None, Some(after)) => in_clause(self, all, after),
            (None, None) => Vec::new(),
        }
    }

    fn within_clause<'m, A: Anchor>(&self, here: &[&'m A], at: usize, clause: usize) -> Vec<&'m A> {
        let mates: Vec<usize> =
            self.statements.iter().copied().filter(|other| self.clause(*other) == clause).collect();
        let names_first = here.iter().map(|anchor| anchor.first()).min() < mates.iter().copied().min();
        let previous = mates.iter().copied().filter(|other| *other < at).max();
        let next = mates.iter().copied().filter(|other| *other > at).min();
        let between = |from: Option<usize>, to: Option<usize>| -> Vec<&'m A> {
            let inside = |anchor: &&'m A| {
                from.is_none_or(|from| anchor.first() > from) && to.is_none_or(|to| anchor.last() < to)
            };
            here.iter().copied().filter(inside).collect()
        };
        let own = if names_first { between(previous, Some(at)) } else { between(Some(at), next) };
        if !own.is_empty() {
            return own;
        }
        if names_first && let Some(previous) = previous {
            return self.within_clause(here, previous, clause);
        }
        let later = between(Some(at), None);
        if later.is_empty() || names_first { between(None, Some(at)) } else { later }
    }

    /// The names of a clause after its last statement, or all of them where it has none: "A and B are lovely, just $24.90".
    fn last_group<'m, A: Anchor>(&self, here: &[&'m A], clause: usize) -> Vec<&'m A> {
        let last = self.statements.iter().copied().filter(|other| self.clause(*other) == clause).max();
        match last {
            Some(last) => self.within_clause(here, last, clause),
            None => here.to_vec(),
        }
    }
}

fn in_clause<'m, A: Anchor>(scene: &Scene<'_>, all: &[&'m A], clause: usize) -> Vec<&'m A> {
    all.iter().copied().filter(|anchor| scene.clause(anchor.first()) == clause).collect()
}
