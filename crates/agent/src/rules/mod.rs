//! The clerk without a model: understands by `shopclerk_search`, looks at the shelf, and drafts a reply from rows and phrases.
//!
//! One file per family of intents. Whether a draft may leave is left to `gate`.

mod again;
mod asked;
mod chat;
mod draft;
mod find;
mod matching;
mod named;
mod promotions;
mod told;
mod versions;

use shopclerk_domain::discount::{DiscountRow, Terms};
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::money::Money;
use shopclerk_domain::ports::{Found, Shelf, ShelfUnavailable, Wanted};
use shopclerk_domain::product::ProductRow;
use shopclerk_search::understand::Intent;

pub(crate) use asked::{Asked, read, says_stop};
pub(crate) use chat::person;
pub(crate) use draft::{Answer, Draft, bare, choice, plain};
pub(crate) use find::remember;
pub(crate) use promotions::{covered, reduced};

use crate::card::CardMaker;
use crate::phrases::{Phrase, Phrases};
use crate::promotions::sentence;
use crate::tools;
use crate::turn::{Step, TurnInput};

/// Most cards in one answer: more is a catalogue, not advice.
pub(crate) const MOST_CARDS: usize = 5;

/// What the rules have before them.
pub(crate) struct Situation<'a> {
    /// What the turn was given.
    pub(crate) input: &'a TurnInput,
    /// What was asked.
    pub(crate) asked: Asked,
    shelf: &'a dyn Shelf,
    phrases: Phrases,
    steps: Vec<Step>,
}

impl<'a> Situation<'a> {
    /// The situation at the beginning of a turn.
    pub(crate) fn new(input: &'a TurnInput, asked: Asked, shelf: &'a dyn Shelf) -> Self {
        let phrases = Phrases::of(asked.request.language);
        Self { input, asked, shelf, phrases, steps: Vec::new() }
    }

    /// What was understood, in one line.
    pub(crate) fn understood(&self) -> String {
        self.asked.line()
    }

    /// The tools used so far.
    pub(crate) fn take_steps(&mut self) -> Vec<Step> {
        std::mem::take(&mut self.steps)
    }

    /// A sentence in the shopper's language.
    pub(crate) fn say(&self, phrase: Phrase) -> String {
        self.phrases.say(phrase)
    }

    fn fill(&self, phrase: Phrase, values: &[(&'static str, &str)]) -> String {
        self.phrases.fill(phrase, values)
    }

    fn cards(&self) -> CardMaker<'a> {
        CardMaker {
            shop: &self.input.shop,
            phrases: self.phrases,
            freshness: self.input.freshness,
            now: self.input.now,
        }
    }

    /// Whether the reply must say that it comes from an automatic assistant.
    fn discloses(&self) -> bool {
        self.input.disclose || self.input.history_is_empty
    }

    pub(crate) fn price_is_fresh(&self, row: &ProductRow) -> bool {
        self.input.freshness.price_is_fresh(row, self.input.now)
    }

    pub(crate) fn stock_is_fresh(&self, row: &ProductRow) -> bool {
        self.input.freshness.stock_is_fresh(row, self.input.now)
    }

    /// A price as it is quoted in the shopper's language.
    pub(crate) fn money(&self, money: Money) -> String {
        self.phrases.money(money)
    }

    /// A use of a tool that is not noted elsewhere.
    pub(crate) fn note(&mut self, step: Step) {
        self.steps.push(step);
    }

    pub(crate) async fn search(&mut self, wanted: &Wanted, most: usize) -> Result<Found, ShelfUnavailable> {
        tools::search_catalogue(self.shelf, wanted, most, &mut self.steps).await
    }

    /// The discounts that may be told of now.
    pub(crate) async fn promotions(&mut self) -> Result<Vec<DiscountRow>, ShelfUnavailable> {
        let TurnInput { told_codes, freshness, now, .. } = self.input;
        let may_be_told = |row: &DiscountRow| {
            row.discount.told(told_codes, *now).is_some() && freshness.discount_is_fresh(row, *now)
        };
        tools::list_promotions(self.shelf, may_be_told, &mut self.steps).await
    }

    /// The sentence that tells of a discount, in the shopper's language.
    pub(crate) fn offer(&self, terms: &Terms) -> Option<String> {
        sentence(terms, self.phrases, &self.input.shop.timezone)
    }

    pub(crate) async fn rows(&mut self, ids: &[ProductId]) -> Result<Vec<ProductRow>, ShelfUnavailable> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        tools::show_products(self.shelf, ids, &mut self.steps).await
    }
}

/// Drafts the answer.
pub(crate) async fn draft(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    if situation.input.too_often && situation.asked.request.intent != Intent::Stop {
        return Ok(chat::person(situation));
    }
    if situation.asked.only_attachments {
        return Ok(chat::no_pictures(situation));
    }
    if situation.asked.asks_whether_automatic {
        return Ok(chat::automatic(situation));
    }
    match situation.asked.request.intent {
        Intent::Chat => Ok(chat::chat(situation)),
        Intent::Unclear => Ok(chat::unclear(situation)),
        Intent::Person => Ok(chat::person(situation)),
        Intent::Stop => Ok(chat::stop(situation)),
        Intent::Find => find::find(situation).await,
        Intent::Price => named::price(situation).await,
        Intent::Stock => named::stock(situation).await,
        Intent::Details => named::details(situation).await,
        Intent::Cheaper => again::cheaper(situation).await,
        Intent::Dearer => again::dearer(situation).await,
        Intent::Similar => again::similar(situation).await,
        Intent::More => again::more(situation).await,
        Intent::Cart => named::cart(situation).await,
        Intent::Promotions => promotions::promotions(situation).await,
    }
}
