//! `order_status`: orders are not open to the clerk, so the answer is always who can help. An order's number alone would prove
//! nothing about who asks.

use serde_json::{Value, json};

use crate::tools::hands::Hands;

pub(super) const NAME: &str = "order_status";
pub(super) const PURPOSE: &str = "Asks about an order that was placed.";

/// Does what a model asks for.
pub(super) fn act(hands: &mut Hands<'_, '_>) -> Value {
    hands.note(NAME, "orders are not open to the clerk".to_owned());
    json!({ "orders": "not visible to you; offer that a person of the shop answers, by hand_over" })
}
