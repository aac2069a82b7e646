//! The catalogue for who looks through it.

use shopclerk_domain::ids::{MerchantId, ProductId};
use shopclerk_domain::product::ProductRow;

use crate::app::App;
use crate::error::FlowError;
use crate::paging::{Page, Slice};

/// The merchant's products in order of their number.
pub async fn list(app: &App, merchant: MerchantId, slice: &Slice) -> Result<Page<ProductRow>, FlowError> {
    let after = slice.place(|text| text.parse().ok().map(ProductId::new))?;
    let rows = app.store().list_products(merchant, after, slice.most + 1).await?;
    Ok(Page::cut(rows, slice.most, |row| row.product.id.to_string()))
}
