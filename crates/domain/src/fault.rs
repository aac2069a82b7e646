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

/// Stops the process the first time one named point is reached, as a power cut would.
#[derive(Debug)]
pub struct StopAt {
    point: String,
}

impl StopAt {
    /// Stops at `point`, such as `inbox.committed`.
    pub fn new(point: String) -> Self {
        Self { point }
    }
}

impl FaultPoints for StopAt {
    fn reach(&self, site: &'static str, moment: Moment) {
        let reached = self.point.strip_prefix(site).and_then(|rest| rest.strip_prefix('.'));
        if reached == Some(moment.word()) {
            std::process::abort();
        }
    }
}
