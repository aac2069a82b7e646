//! `show_product`: the rows of products the talk already knows, and, for a model, their cards below its words.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::ports::{Shelf, ShelfUnavailable};
use shopclerk_domain::product::ProductRow;

use crate::names;
use crate::rules::MOST_CARDS;
use crate::tools::hands::Hands;
use crate::turn::Step;

pub(super) const NAME: &str = "show_product";
pub(super) const PURPOSE: &str =
    "Puts cards of products below your words, with price, stock and link; of a single one it tells you more.";

/// What to show.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Arguments {
    /// The `ref` of each product, best first, at most 5.
    products: Vec<String>,
}

/// Does what a model asks for.
pub(super) async fn act(hands: &mut Hands<'_, '_>, arguments: Arguments) -> Result<Value, ShelfUnavailable> {
    let asked = arguments.products.iter().take(MOST_CARDS);
    let ids: Vec<ProductId> = asked.filter_map(|reference| hands.known(reference)).collect();
    if ids.is_empty() {
        return Ok(json!({ "error": "none of these is a ref of this conversation; search first" }));
    }
    let rows = hands.situation.rows(&ids).await?;
    hands.show(&rows);
    if let [only] = rows.as_slice() {
        return Ok(json!({ "shown": hands.look_closer(only) }));
    }
    let told: Vec<String> = rows.into_iter().map(|row| hands.remember(row)).collect();
    Ok(json!({ "shown": told }))
}

/// The rows of these products as they are now, without those that are no longer offered.
pub(crate) async fn show_products(
    shelf: &dyn Shelf,
    ids: &[ProductId],
    steps: &mut Vec<Step>,
) -> Result<Vec<ProductRow>, ShelfUnavailable> {
    let mut rows = shelf.rows(ids).await?;
    rows.retain(|row| row.product.is_offered() && ids.contains(&row.product.id));
    let summary = match rows.as_slice() {
        [] => "no longer offered".to_owned(),
        [row] => names::name(&row.product),
        rows => format!("{} of {} still offered", rows.len(), ids.len()),
    };
    steps.push(Step { tool: NAME, summary });
    Ok(rows)
}
