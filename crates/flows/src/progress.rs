//! How far long work has come, told to whoever waits for it.

/// Who is told.
pub trait Progress: Send + Sync {
    /// So much of `what` is done, of so much in all where that is known. Told often: only the last counts.
    fn at(&self, what: &str, done: u64, total: Option<u64>);

    /// A sentence worth keeping.
    fn say(&self, sentence: &str);
}

/// Nobody waits.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn at(&self, _what: &str, _done: u64, _total: Option<u64>) {}

    fn say(&self, _sentence: &str) {}
}
