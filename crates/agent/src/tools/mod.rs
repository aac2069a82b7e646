//! What a turn may do in the world: look at the merchant's shelf. Each use is noted for the record.

mod search_catalogue;
mod show_product;

pub(crate) use search_catalogue::search_catalogue;
pub(crate) use show_product::show_products;
