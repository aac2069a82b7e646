//! What a turn may do in the world: look at the merchant's shelf. Each use is noted for the record.
//!
//! The rules call these as functions; a model asks for them by name, and `hands` does what it asks, within bounds.

pub(crate) mod arguments;
mod build_cart;
mod facts;
mod hand_over;
mod hands;
mod list_promotions;
mod order_status;
mod search_catalogue;
mod show_product;

pub(crate) use hand_over::calls_a_person;
pub(crate) use hands::{Hands, NAMES, specs};
pub(crate) use list_promotions::list_promotions;
pub(crate) use search_catalogue::search_catalogue;
pub(crate) use show_product::show_products;
