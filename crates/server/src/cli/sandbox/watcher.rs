//! The product's own steps, written into the sandbox's journal beside the fakes'.

use std::fmt;

use serde_json::Value;
use shopclerk_flows::watch::Watcher;
use shopclerk_sandbox::journal::Journal;

/// Writes what the product does into the journal.
pub(crate) struct IntoJournal {
    journal: Journal,
}

impl IntoJournal {
    pub(crate) const fn new(journal: Journal) -> Self {
        Self { journal }
    }
}

impl fmt::Debug for IntoJournal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("IntoJournal")
    }
}

impl Watcher for IntoJournal {
    fn saw(&self, kind: &'static str, summary: String, data: Value) {
        self.journal.record(kind, summary, data);
    }
}
