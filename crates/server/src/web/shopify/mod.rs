//! Shopify's routes.

pub(super) mod callback;
pub(super) mod login;
pub(super) mod webhook;
