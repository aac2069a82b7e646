//! The catalogue kept in step with the shop: whole passes page by page, single products after a hint, and the index and
//! mirror that follow the rows.

pub(crate) mod discounts;
pub(crate) mod indexes;
pub(crate) mod read;
pub(crate) mod shelf;
pub(crate) mod sync;
