//! Meta's routes.

pub(super) mod callback;
pub(super) mod data_deletion;
pub(super) mod deauthorize;
pub(super) mod login;
pub(super) mod webhook;
