//! `show_product`: the rows of products the talk already knows.

use shopclerk_domain::ids::ProductId;
use shopclerk_domain::ports::{Shelf, ShelfUnavailable};
use shopclerk_domain::product::ProductRow;

use crate::names;
use crate::turn::Step;

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
    steps.push(Step { tool: "show_product", summary });
    Ok(rows)
}
