//! What a model's tools act on: the situation of one turn. It reaches nothing that the turn does not already hold: products go
//! by references of this turn, and no argument names a merchant, a shop or a shopper.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use shopclerk_domain::chat::{ToolCall, ToolSpec};
use shopclerk_domain::discount::{DiscountRow, Terms};
use shopclerk_domain::ids::{ProductId, VariantId};
use shopclerk_domain::ports::{Found, ShelfUnavailable, Wanted};
use shopclerk_domain::product::ProductRow;

use crate::claims::links;
use crate::gate;
use crate::names;
use crate::promotions;
use crate::rules::Situation;
use crate::tools::facts::{closer, facts};
use crate::tools::{
    arguments, build_cart, hand_over, list_promotions, order_status, search_catalogue, show_product,
};
use crate::turn::Step;

/// So many rows a turn may meet: bounds what the gate has to look through.
const MOST_MET: usize = 60;

/// The tools at work in one turn.
pub(crate) struct Hands<'t, 'a> {
    pub(crate) situation: &'t mut Situation<'a>,
    /// Rows the turn has met; `p1` is the first.
    pub(crate) met: Vec<ProductRow>,
    /// Products to show, in order.
    pub(crate) shown: Vec<ProductId>,
    /// What was last searched for.
    pub(crate) wanted: Option<Wanted>,
    /// A search within the shopper's own limits found nothing.
    pub(crate) nothing_fits: bool,
    /// Discounts the turn has met; `{d1}` is the first.
    pub(crate) offers: Vec<DiscountRow>,
    /// Carts the turn has made: the address as the model knows it, and what is in them.
    pub(super) carts: Vec<(String, Vec<(VariantId, u64)>)>,
    /// A person is to answer.
    pub(crate) hand_over: bool,
}

/// No arguments.
#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

/// The names of all tools.
pub(crate) const NAMES: [&str; 6] = [
    search_catalogue::NAME,
    show_product::NAME,
    list_promotions::NAME,
    build_cart::NAME,
    order_status::NAME,
    hand_over::NAME,
];

/// The tools as they are offered.
pub(crate) fn specs() -> Vec<ToolSpec> {
    let nothing = arguments::schema::<Nothing>;
    let spec = |name, purpose, arguments| ToolSpec { name, purpose, arguments };
    vec![
        spec(
            search_catalogue::NAME,
            search_catalogue::PURPOSE,
            arguments::schema::<search_catalogue::Arguments>(),
        ),
        spec(show_product::NAME, show_product::PURPOSE, arguments::schema::<show_product::Arguments>()),
        spec(list_promotions::NAME, list_promotions::PURPOSE, nothing()),
        spec(build_cart::NAME, build_cart::PURPOSE, arguments::schema::<build_cart::Arguments>()),
        spec(order_status::NAME, order_status::PURPOSE, nothing()),
        spec(hand_over::NAME, hand_over::PURPOSE, nothing()),
    ]
}

/// How a discount is named in a model's words.
fn reference(at: usize) -> String {
    format!("{{d{}}}", at + 1)
}

impl<'t, 'a> Hands<'t, 'a> {
    pub(crate) const fn new(situation: &'t mut Situation<'a>) -> Self {
        Self {
            situation,
            met: Vec::new(),
            shown: Vec::new(),
            wanted: None,
            nothing_fits: false,
            offers: Vec::new(),
            carts: Vec::new(),
            hand_over: false,
        }
    }

    /// Does what is asked for and tells what came of it, as JSON. Whatever is wrong with the call is told, too.
    pub(crate) async fn act(&mut self, call: &ToolCall) -> Result<String, ShelfUnavailable> {
        let told = match call.name.as_str() {
            search_catalogue::NAME => match arguments::read(&call.arguments) {
                Ok(read) => search_catalogue::act(self, read).await?,
                Err(why) => json!({ "error": why }),
            },
            show_product::NAME => match arguments::read(&call.arguments) {
                Ok(read) => show_product::act(self, read).await?,
                Err(why) => json!({ "error": why }),
            },
            build_cart::NAME => match arguments::read(&call.arguments) {
                Ok(read) => build_cart::act(self, read).await?,
                Err(why) => json!({ "error": why }),
            },
            list_promotions::NAME => list_promotions::act(self).await?,
            order_status::NAME => order_status::act(self),
            hand_over::NAME => hand_over::act(self),
            _ => json!({ "error": "there is no such tool", "tools": NAMES }),
        };
        Ok(told.to_string())
    }

    /// Remembers a row and tells of it.
    pub(crate) fn meet(&mut self, row: &ProductRow) -> Value {
        let reference = self.remember(row.clone());
        facts(self.situation, &reference, row)
    }

    /// The same, in more words.
    pub(super) fn look_closer(&mut self, row: &ProductRow) -> Value {
        let reference = self.remember(row.clone());
        closer(self.situation, &reference, row)
    }

    /// Remembers a row and gives it a reference; a row met again takes the place of what it was.
    pub(super) fn remember(&mut self, row: ProductRow) -> String {
        let known = self.met.iter().position(|other| other.product.id == row.product.id);
        let at = known.unwrap_or(self.met.len());
        if let Some(place) = self.met.get_mut(at) {
            *place = row;
        } else if self.met.len() < MOST_MET {
            self.met.push(row);
        }
        format!("p{}", at + 1)
    }

    /// Remembers a discount and gives it a reference, as it is to be written.
    pub(super) fn offer(&mut self, row: DiscountRow) -> String {
        let known = self.offers.iter().position(|other| other.discount.id == row.discount.id);
        let at = known.unwrap_or(self.offers.len());
        if let Some(place) = self.offers.get_mut(at) {
            *place = row;
        } else {
            self.offers.push(row);
        }
        reference(at)
    }

    /// The words with the sentences of the discounts they name in the places of the references, and the terms of those.
    pub(crate) fn with_offers(&self, words: &str) -> (String, Vec<&Terms>) {
        let (mut words, mut told) = (words.to_owned(), Vec::new());
        for (at, row) in self.offers.iter().enumerate() {
            let Ok(terms) = &row.discount.terms else { continue };
            let reference = reference(at);
            if let Some(sentence) = self.situation.offer(terms).filter(|_| words.contains(&reference)) {
                // A point behind the reference is the sentence's own.
                words = words.replace(&format!("{reference}."), &sentence).replace(&reference, &sentence);
                told.push(terms);
            }
        }
        (words, told)
    }

    /// The words with a code in the address of each cart that has one.
    pub(crate) fn with_codes(&self, words: &str) -> String {
        let coded = |word: &str| {
            let address = links::trimmed(word.trim_end());
            let (_, items) = self.carts.iter().find(|(plain, _)| plain == address)?;
            let code = promotions::best_code(&self.offers, items, &self.met)?;
            let shop = &self.situation.input.shop;
            Some(word.replacen(address, &gate::coded_cart_url(shop, items, code), 1))
        };
        words
            .split_inclusive(char::is_whitespace)
            .map(|word| coded(word).unwrap_or_else(|| word.to_owned()))
            .collect()
    }

    /// The product a reference names, if the turn has met it.
    pub(super) fn known(&self, reference: &str) -> Option<ProductId> {
        let number: usize = reference.trim().strip_prefix('p')?.parse().ok()?;
        self.met.get(number.checked_sub(1)?).map(|row| row.product.id)
    }

    pub(super) fn show(&mut self, rows: &[ProductRow]) {
        for id in rows.iter().map(|row| row.product.id) {
            if !self.shown.contains(&id) {
                self.shown.push(id);
            }
        }
    }

    /// Whether "nothing under $40" is true is judged by the shopper's own limits alone.
    pub(super) fn searched(&mut self, wanted: &Wanted, found: &Found) {
        let own = &self.situation.asked.request.wanted;
        let limited = own.at_most.is_some() || own.at_least.is_some();
        let same = wanted.at_most == own.at_most && wanted.at_least == own.at_least;
        self.nothing_fits |= limited && same && found.fitting == 0;
        self.wanted = Some(wanted.clone());
    }

    pub(super) fn note(&mut self, tool: &'static str, summary: String) {
        self.situation.note(Step { tool, summary });
    }

    /// The met rows that a text names in full, in the order in which it names them.
    pub(crate) fn named_in(&self, text: &str) -> Vec<ProductRow> {
        let text = text.to_lowercase();
        let place = |row: &ProductRow| text.find(&names::name(&row.product).to_lowercase());
        let mut named: Vec<(usize, &ProductRow)> =
            self.met.iter().filter_map(|row| Some((place(row)?, row))).collect();
        named.sort_by_key(|(at, _)| *at);
        named.into_iter().map(|(_, row)| row.clone()).collect()
    }
}
