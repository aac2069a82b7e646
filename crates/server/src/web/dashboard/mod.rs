//! Pages for people.

pub(super) mod connections;
pub(super) mod home;
