//! Cards before the gate: everything on a card is said of its product.

use shopclerk_domain::claim::{Claim, Fact};
use shopclerk_domain::message::{Button, Card};
use shopclerk_domain::product::ProductRow;

use crate::gate::text::{self, Speaks};
use crate::gate::{Findings, Ground, Place, web};
use crate::names;
use crate::taps::Tap;

/// Checks one card.
pub(super) fn check(index: usize, card: &Card, ground: &Ground<'_>, found: &mut Findings) {
    let whole = Place::Card(index);
    let known = ground.rows.iter().position(|row| row.product.id == card.product);
    let Some((at, row)) = known.and_then(|at| ground.rows.get(at).map(|row| (at, row))) else {
        return found.refuse(whole, &card.title, "no such product");
    };
    if !row.product.is_offered() {
        return found.refuse(whole, &card.title, "not offered");
    }
    if !names::is_name_of(&card.title, &row.product) {
        return found.refuse(whole, &card.title, "not what it is called");
    }
    found.hold(Claim::of(row, Fact::Name(card.title.clone()), &card.title));
    text::check(&card.subtitle, &Speaks::Of { row: at, card: index }, ground, found);
    if let Some(url) = &card.url {
        check_link(url, index, row, ground, found);
    }
    for button in &card.buttons {
        check_button(button, index, row, ground, found);
    }
    let pictures =
        row.product.variants.iter().filter_map(|variant| variant.image.as_ref()).chain(&row.product.image);
    if card.image.as_ref().is_some_and(|image| !pictures.into_iter().any(|own| own == image)) {
        found.refuse(whole, &card.title, "not its picture");
    }
}

fn check_link(url: &str, index: usize, row: &ProductRow, ground: &Ground<'_>, found: &mut Findings) {
    if web::own_url(&row.product, ground.shop) == Some(url) {
        found.hold(Claim::of(row, Fact::Link(url.to_owned()), url));
    } else {
        found.refuse(Place::Card(index), url, "no link of the shop");
    }
}

fn check_button(button: &Button, index: usize, row: &ProductRow, ground: &Ground<'_>, found: &mut Findings) {
    let title = match button {
        Button::Link { title, url } => {
            check_link(url, index, row, ground, found);
            title
        }
        Button::Postback { title, payload } => {
            let tap = Tap::parse(payload);
            let own = |tap: Tap| tap.product().is_none_or(|product| product == row.product.id);
            if !tap.is_some_and(own) {
                found.refuse(Place::Card(index), title, "no button of ours");
            }
            title
        }
    };
    if text::states_anything(title, ground) {
        found.refuse(Place::Card(index), title, "a button must not state anything");
    }
}
