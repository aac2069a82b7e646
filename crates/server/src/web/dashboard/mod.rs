//! Pages for people.

pub(super) mod connections;
pub(super) mod data_requests;
pub(super) mod disconnect;
pub(super) mod home;
pub(super) mod sessions;
pub(super) mod sign_out;
pub(super) mod waiting;
pub(super) mod wishes;
