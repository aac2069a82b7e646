//! Named fault points: the moments at which a rehearsal may stop the process, at every durable write and outside call.

use std::fmt;

/// Which side of a site the process stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Nothing has left or been written yet.
    Before,
    /// The write is durable, its caller does not know yet.
    Committed,
    /// The outside has answered, nothing of it is recorded yet.
    Answered,
}

impl Moment {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Before, Self::Committed, Self::Answered];

    /// The word after the site's name, as in `inbox.committed`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Committed => "committed",
            Self::Answered => "answered",
        }
    }
}

/// What happens when a fault point is reached.
pub trait FaultPoints: Send + Sync + fmt::Debug {
    /// Called at `site` (such as `inbox`, `meta.send`) at `moment`; may not return.
    fn reach(&self, site: &'static str, moment: Moment);
}

/// Nothing happens: every installation that is not a rehearsal.
#[derive(Debug)]
pub struct NoFaults;

impl FaultPoints for NoFaults {
    fn reach(&self, _site: &'static str, _moment: Moment) {}
}
