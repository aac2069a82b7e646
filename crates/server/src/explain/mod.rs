//! What a message rests on, as people and programs are shown it: in the terminal and by `/api/v1`.

pub(crate) mod screen;
pub(crate) mod view;
