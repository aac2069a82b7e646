//! `search_catalogue`: offered products that fit what is wanted.

use shopclerk_domain::ports::{Found, Shelf, ShelfUnavailable, Wanted};

use crate::turn::Step;

/// Searches, and looks again at what the shelf promised: only offered products, each of them once.
pub(crate) async fn search_catalogue(
    shelf: &dyn Shelf,
    wanted: &Wanted,
    most: usize,
    steps: &mut Vec<Step>,
) -> Result<Found, ShelfUnavailable> {
    let mut found = shelf.search(wanted, most).await?;
    let mut seen = Vec::new();
    found.rows.retain(|row| {
        let id = row.product.id;
        let new = row.product.is_offered() && !seen.contains(&id) && !wanted.except.contains(&id);
        seen.push(id);
        new
    });
    found.rows.truncate(most);
    let summary = format!("{} of {} fit", found.fitting, found.offered);
    steps.push(Step { tool: "search_catalogue", summary });
    Ok(found)
}
