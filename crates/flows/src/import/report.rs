//! What is said of an import: one line per row, none with anything secret in it.

use std::fmt;

use super::Mode;
use super::mirror::OldMirror;

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Taken as it is.
    Taken,
    /// Taken without a token that could be used: why, and its merchant must connect it again.
    Tokenless(&'static str),
    /// Taken before, or here already.
    Already,
    /// Left out: why.
    Refused(String),
}

/// A row and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is, such as `shop nordlys.myshopify.com`.
    pub what: String,
    /// What becomes of it.
    pub verdict: Verdict,
}

impl Entry {
    pub(super) fn new(what: impl Into<String>, verdict: Verdict) -> Self {
        Self { what: what.into(), verdict }
    }

    pub(super) fn refused(self, why: &str) -> Self {
        Self { verdict: Verdict::Refused(why.to_owned()), ..self }
    }
}

/// Everything an import has to say.
#[derive(Debug)]
pub struct Report {
    /// Whether anything was taken.
    pub mode: Mode,
    /// Row by row.
    pub entries: Vec<Entry>,
    pub(super) old_mirror: OldMirror,
}

impl Report {
    fn count(&self, of: impl Fn(&Verdict) -> bool) -> usize {
        self.entries.iter().filter(|entry| of(&entry.verdict)).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Entry { what, verdict } in &self.entries {
            match verdict {
                Verdict::Taken => writeln!(out, "  taken    {what}")?,
                Verdict::Tokenless(why) => {
                    writeln!(out, "  taken    {what}, without its token: {why}; connect it again")?;
                }
                Verdict::Already => writeln!(out, "  here     {what}")?,
                Verdict::Refused(why) => writeln!(out, "  refused  {what}: {why}")?,
            }
        }
        let taken = self.count(|verdict| matches!(verdict, Verdict::Taken | Verdict::Tokenless(_)));
        let here = self.count(|verdict| *verdict == Verdict::Already);
        let refused = self.count(|verdict| matches!(verdict, Verdict::Refused(_)));
        match self.mode {
            Mode::Look => writeln!(
                out,
                "{taken} would be taken, {here} are here already, {refused} refused. Nothing was changed; to take them: \
                 shopclerk import --apply"
            ),
            Mode::Apply => writeln!(out, "{taken} taken, {here} were here already, {refused} refused."),
        }?;
        write!(out, "{}", self.old_mirror)
    }
}
