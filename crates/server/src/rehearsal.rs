//! What `SHOPCLERK_FAULT_POINT` rehearses, in development only: the process dies at a named point as in a power cut, is frozen
//! there as on an overloaded machine, or tells which points it passes.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use shopclerk_domain::fault::{FaultPoints, Moment};

/// What is rehearsed.
#[derive(Debug)]
pub struct Rehearsal {
    then: Then,
    /// The point it happens at; every point, where it is only told.
    point: String,
    /// How often the point is passed before.
    passes: AtomicU64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Die,
    Freeze,
    Tell,
}

impl Rehearsal {
    /// Reads `inbox.committed` (die there), `inbox.committed:3` (after so many passes), `freeze:meta.send.before` (likewise), or
    /// `tell`; `None` where it is none of them.
    pub(crate) fn read(written: &str) -> Option<Self> {
        if written == "tell" {
            return Some(Self { then: Then::Tell, point: String::new(), passes: AtomicU64::new(0) });
        }
        let (then, rest) = match written.strip_prefix("freeze:") {
            Some(rest) => (Then::Freeze, rest),
            None => (Then::Die, written),
        };
        let (point, passes) = rest.split_once(':').unwrap_or((rest, "0"));
        let letters = |site: &str| site.bytes().all(|one| one.is_ascii_lowercase() || b"._".contains(&one));
        let (site, moment) = point.rsplit_once('.')?;
        let known = Moment::ALL.iter().any(|known| known.word() == moment);
        if site.is_empty() || !letters(site) || !known {
            return None;
        }
        Some(Self { then, point: point.to_owned(), passes: AtomicU64::new(passes.parse().ok()?) })
    }

    fn is_at(&self, site: &str, moment: Moment) -> bool {
        let reached = self.point.strip_prefix(site).and_then(|rest| rest.strip_prefix('.'));
        reached == Some(moment.word())
            && self
                .passes
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                .is_err()
    }
}

impl FaultPoints for Rehearsal {
    fn reach(&self, site: &'static str, moment: Moment) {
        match self.then {
            // Nothing is unwound or flushed: for the disk and for everybody outside it is the same as kill -9.
            Then::Die if self.is_at(site, moment) => std::process::abort(),
            Then::Freeze if self.is_at(site, moment) => {
                self.passes.store(u64::MAX, Ordering::SeqCst);
                freeze();
            }
            Then::Tell => eprintln!("fault point {site}.{}", moment.word()),
            Then::Die | Then::Freeze => {}
        }
    }
}

/// Stops all threads until somebody lets the process go on.
fn freeze() {
    let frozen = Command::new("sh").args(["-c", "kill -STOP $PPID"]).status();
    if let Err(error) = frozen {
        tracing::error!(%error, "the process could not be frozen at a fault point");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rehearsed_is_read_or_refused() {
        for (written, read) in [
            ("inbox.committed", true),
            ("meta.send.answered:3", true),
            ("freeze:meta.send.before", true),
            ("tell", true),
            ("inbox", false),
            ("inbox.done", false),
            (".before", false),
            ("inbox.committed:", false),
            ("inbox.committed:-1", false),
            ("freeze:", false),
            ("INBOX.before", false),
            ("in box.before", false),
        ] {
            assert_eq!(Rehearsal::read(written).is_some(), read, "{written}");
        }
    }

    #[test]
    fn it_happens_after_the_passes_at_that_very_point() {
        let rehearsal = Rehearsal::read("send.start.committed:2").unwrap();
        let reached = ["send", "send.start", "send.start", "send.start.committed", "send.start"];
        let happens = reached.map(|site| rehearsal.is_at(site, Moment::Committed));

        assert_eq!(happens, [false, false, false, false, true]);
        assert!(!rehearsal.is_at("send.start", Moment::Before));
    }
}
