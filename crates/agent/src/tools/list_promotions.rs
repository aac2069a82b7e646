//! `list_promotions`: what is reduced right now. Codes are never told to a model, so that it has none to give away.

use serde_json::{Value, json};
use shopclerk_domain::ports::{ShelfUnavailable, Wanted};

use crate::rules;
use crate::tools::hands::Hands;

pub(super) const NAME: &str = "list_promotions";
pub(super) const PURPOSE: &str = "Tells which products are reduced right now.";

/// Does what a model asks for.
pub(super) async fn act(hands: &mut Hands<'_, '_>) -> Result<Value, ShelfUnavailable> {
    let rows = rules::reduced(hands.situation, &Wanted::default()).await?;
    hands.note(NAME, format!("{} reduced", rows.len()));
    let reduced: Vec<Value> = rows.iter().take(rules::MOST_CARDS).map(|row| hands.meet(row)).collect();
    Ok(json!({ "reduced": reduced, "codes": "unknown to you: a person of the shop can tell" }))
}
