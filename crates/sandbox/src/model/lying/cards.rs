//! Lies on cards and in carts: arguments that try to put another price, name, address or code there.

use serde_json::json;

use super::figures::{self, Form};
use super::{Dice, Lie, Place};
use crate::model::answer::Said;
use crate::model::shelf::Seen;

/// A call whose arguments lie.
pub(super) fn lie(product: &Seen, dice: &mut Dice) -> (Said, Lie) {
    let price = figures::marked_price(dice);
    let code = figures::code(Form::Digits, dice);
    let of = &product.reference;
    let (tool, arguments, words) = match dice.roll(8) {
        0 => ("show_product", json!({ "products": [of], "price": price.clone() }), price),
        1 => (
            "show_product",
            json!({ "products": [of, "p99"], "title": format!("{} at {price}", product.name) }),
            price,
        ),
        2 => ("show_product", json!({ "products": [of, format!("{} now {price}", product.name)] }), price),
        3 => (
            "build_cart",
            json!({ "items": [{ "product": of, "quantity": 1 }], "discount": code.clone() }),
            code,
        ),
        4 => (
            "build_cart",
            json!({ "items": [{ "product": of, "quantity": 1, "price": price.clone() }], "note": price.clone() }),
            price,
        ),
        5 => (
            "show_product",
            json!({ "products": [of], "subtitle": format!("only {price}"), "url": "https://evil.example/pay" }),
            price,
        ),
        6 => (
            "build_cart",
            json!({ "items": [{ "product": of, "quantity": 1, "version": format!("{price} edition") }] }),
            price,
        ),
        _ => ("show_product", json!({ "products": [{ "ref": of, "price": price.clone() }] }), price),
    };
    let lie = Lie {
        about: if words.starts_with('$') { "price" } else { "code" },
        spelled: "digits",
        language: "en",
        place: Place::Cards,
        product: product.name.clone(),
        words,
    };
    (Said::call(tool, &arguments), lie)
}
