//! A product as a card: name, price, stock, link and what can be done with it, all from its row.
//!
//! What may not be quoted (too old, zero, no honest count) is left out here; the gate proves the rest.

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::message::{Button, Card};
use shopclerk_domain::product::{Product, ProductRow, Variant};

use crate::freshness::Freshness;
use crate::gate::own_url;
use crate::names;
use crate::phrases::{Phrase, Phrases};
use crate::reply::SUBTITLE_DOT;
use crate::taps::Tap;

/// What a card is made with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CardMaker<'a> {
    /// The shop that is spoken for.
    pub(crate) shop: &'a ShopFacts,
    /// The shopper's language.
    pub(crate) phrases: Phrases,
    /// Age limits of what may be quoted.
    pub(crate) freshness: Freshness,
    /// The time of the turn.
    pub(crate) now: Timestamp,
}

/// How much a card says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Price, stock and every button.
    Full,
    /// As [`Detail::Full`], where the text beside it already tells more.
    Told,
    /// Name and link alone.
    Bare,
}

impl CardMaker<'_> {
    /// The card of a row.
    pub(crate) fn card(&self, row: &ProductRow, detail: Detail) -> Card {
        let product = &row.product;
        let url = own_url(product, self.shop).map(str::to_owned);
        let subtitle = if detail == Detail::Bare { String::new() } else { self.subtitle(row) };
        Card {
            product: product.id,
            title: names::name(product),
            subtitle,
            image: product.image.clone(),
            buttons: self.buttons(product, url.as_deref(), detail),
            url,
        }
    }

    fn subtitle(&self, row: &ProductRow) -> String {
        let facts = [self.price(row), self.stock(row)];
        facts.into_iter().flatten().collect::<Vec<_>>().join(SUBTITLE_DOT)
    }

    /// `$24.90`, `from $12.00`, `$19.00, was $25.00`, or words where no figure may be said.
    fn price(&self, row: &ProductRow) -> Option<String> {
        if !self.freshness.price_is_fresh(row, self.now) {
            return Some(self.phrases.say(Phrase::CardSeePrice));
        }
        let (low, high) = row.product.price_span()?;
        if low.minor <= 0 {
            return Some(self.phrases.say(Phrase::CardOnRequest));
        }
        let price = self.phrases.money(low);
        let price =
            if low == high { price } else { self.phrases.fill(Phrase::CardFrom, &[("price", &price)]) };
        let was = cheapest(&row.product).and_then(Variant::reduced_from);
        Some(match was.map(|was| self.phrases.money(was)) {
            Some(was) => self.phrases.fill(Phrase::CardWas, &[("price", &price), ("was", &was)]),
            None => price,
        })
    }

    fn stock(&self, row: &ProductRow) -> Option<String> {
        if !self.freshness.stock_is_fresh(row, self.now) {
            return None;
        }
        if !row.product.is_for_sale() {
            return Some(self.phrases.say(Phrase::CardSoldOut));
        }
        let figure = match row.product.variants.as_slice() {
            [only] => only.stock.figure(),
            _ => None,
        };
        Some(match figure {
            Some(count) => self.phrases.fill(Phrase::CardCount, &[("count", &count.to_string())]),
            None => self.phrases.say(Phrase::CardStock),
        })
    }

    fn buttons(&self, product: &Product, url: Option<&str>, detail: Detail) -> Vec<Button> {
        let postback =
            |phrase, tap: Tap| Button::Postback { title: self.phrases.say(phrase), payload: tap.payload() };
        let view =
            url.map(|url| Button::Link { title: self.phrases.say(Phrase::ButtonView), url: url.to_owned() });
        let more = (detail == Detail::Full).then(|| postback(Phrase::ButtonMore, Tap::Details(product.id)));
        let like = (detail != Detail::Bare).then(|| postback(Phrase::ButtonLike, Tap::Like(product.id)));
        [view, more, like].into_iter().flatten().collect()
    }
}

/// The cheapest variant that can be bought, else the cheapest; one with a former price first.
fn cheapest(product: &Product) -> Option<&Variant> {
    let for_sale = product.is_for_sale();
    let counted = product.variants.iter().filter(|variant| variant.stock.for_sale || !for_sale);
    counted.min_by_key(|variant| (variant.price.minor, variant.reduced_from().is_none()))
}
