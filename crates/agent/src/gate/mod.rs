//! The claim gate: no statement of fact passes unless a catalogue row holds it, whoever drafted it.
//!
//! It reads the finished text and cards, not the way they were made. It is strict: what it cannot attribute or read, it refuses.

mod anchors;
mod attribute;
mod cards;
mod facts;
mod layout;
mod leads;
mod mend;
mod offers;
mod own;
mod recheck;
mod strangers;
mod subject;
mod text;
mod web;
mod wide;

use shopclerk_domain::claim::{Claim, RefusedClaim};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::message::{Choice, Content, Part};
use shopclerk_domain::money::Money;
use shopclerk_domain::product::ProductRow;

use crate::freshness::Freshness;
pub use crate::promotions::Offers;
use crate::taps::Tap;

pub use mend::renew;
pub use recheck::{Present, recheck};
pub(crate) use web::{cart_url, coded_cart_url, own_url};

/// What a reply may rest on.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The rows the turn looked at.
    pub rows: &'a [ProductRow],
    /// The discounts the turn looked at.
    pub offers: Offers<'a>,
    /// The shop that is spoken for.
    pub shop: &'a ShopFacts,
    /// What the shopper said that may be repeated.
    pub said: &'a Said,
    /// Age limits of what may be quoted.
    pub freshness: Freshness,
    /// The time of the turn.
    pub now: Timestamp,
}

/// The shopper's own limits, and whether a search found them impossible to keep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// It may cost this much.
    pub at_most: Option<Money>,
    /// It should cost at least this much.
    pub at_least: Option<Money>,
    /// The catalogue was searched and has nothing within these limits: "nothing under $40" is true.
    pub nothing_fits: bool,
}

/// What the gate says of one draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Statements that a row holds.
    pub claims: Vec<Claim>,
    /// Statements that no row holds; a draft with one of them never leaves.
    pub refused: Vec<RefusedClaim>,
}

impl Verdict {
    /// Whether the draft may leave.
    pub fn holds(&self) -> bool {
        self.refused.is_empty()
    }
}

/// A checked draft: claims per part, and what was refused where.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    claims: Vec<Vec<Claim>>,
    refusals: Vec<Refusal>,
}

/// A refused statement and its place, so that a draft can be mended.
#[derive(Clone, Debug)]
struct Refusal {
    part: usize,
    place: Place,
    claim: RefusedClaim,
}

/// Where in a part a statement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// This piece of the text, as byte offsets: a sentence.
    Text(usize, usize),
    /// The subtitle of this card.
    Subtitle(usize),
    /// The card as a whole.
    Card(usize),
    /// This quick choice.
    Choice(usize),
}

/// Checks every statement of a draft against the rows.
pub fn check(contents: &[Content], ground: &Ground<'_>) -> Checked {
    let shown = shown(contents);
    let mut checked = Checked::default();
    for (part, content) in contents.iter().enumerate() {
        let mut found = Findings::default();
        match content {
            Content::Text { text, choices } => {
                text::check(text, &text::Speaks::Freely { shown: &shown }, ground, &mut found);
                check_choices(choices, ground, &mut found);
            }
            Content::Cards { cards, choices } => {
                for (index, card) in cards.iter().enumerate() {
                    cards::check(index, card, ground, &mut found);
                }
                check_choices(choices, ground, &mut found);
            }
        }
        checked.claims.push(found.claims);
        let refusals = found.refusals.into_iter().map(|(place, claim)| Refusal { part, place, claim });
        checked.refusals.extend(refusals);
    }
    checked
}

impl Checked {
    /// The verdict over all parts.
    pub fn verdict(&self) -> Verdict {
        Verdict {
            claims: self.claims.iter().flatten().cloned().collect(),
            refused: self.refusals.iter().map(|refusal| refusal.claim.clone()).collect(),
        }
    }

    /// The parts with their claims, if nothing was refused.
    pub fn into_parts(self, contents: Vec<Content>) -> Option<Vec<Part>> {
        if !self.refusals.is_empty() || contents.len() != self.claims.len() {
            return None;
        }
        let parts = contents.into_iter().zip(self.claims);
        Some(parts.map(|(content, claims)| Part { content, claims }).collect())
    }

    /// The contents without the sentences, facts, cards and choices that were refused.
    pub fn without_refused(&self, contents: &[Content]) -> Vec<Content> {
        let places = |part: usize| -> Vec<&Place> {
            self.refusals
                .iter()
                .filter(|refusal| refusal.part == part)
                .map(|refusal| &refusal.place)
                .collect()
        };
        contents
            .iter()
            .enumerate()
            .filter_map(|(part, content)| mend::without(content, &places(part)))
            .collect()
    }
}

/// What was found in one part.
#[derive(Debug, Default)]
struct Findings {
    claims: Vec<Claim>,
    refusals: Vec<(Place, RefusedClaim)>,
}

impl Findings {
    fn hold(&mut self, claim: Claim) {
        if !self.claims.contains(&claim) {
            self.claims.push(claim);
        }
    }

    fn refuse(&mut self, place: Place, said: &str, why: &str) {
        self.refusals.push((place, RefusedClaim { said: said.to_owned(), why: why.to_owned() }));
    }
}

/// The products on the cards of a draft, in order.
fn shown(contents: &[Content]) -> Vec<ProductId> {
    let cards = contents.iter().filter_map(|content| match content {
        Content::Cards { cards, .. } => Some(cards),
        Content::Text { .. } => None,
    });
    let mut shown = Vec::new();
    for card in cards.flatten() {
        if !shown.contains(&card.product) {
            shown.push(card.product);
        }
    }
    shown
}

/// A choice is what the shopper would say, so it states nothing; its payload must be one of ours.
fn check_choices(choices: &[Choice], ground: &Ground<'_>, found: &mut Findings) {
    for (index, choice) in choices.iter().enumerate() {
        let tap = Tap::parse(&choice.payload);
        let known = |id: ProductId| ground.rows.iter().any(|row| row.product.id == id);
        if !tap.is_some_and(|tap| tap.product().is_none_or(known)) {
            found.refuse(Place::Choice(index), &choice.title, "no choice of ours");
        } else if text::states_anything(&choice.title, ground) {
            found.refuse(Place::Choice(index), &choice.title, "a choice must not state anything");
        }
    }
}
