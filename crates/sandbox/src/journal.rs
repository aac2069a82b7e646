//! What happened in the sandbox, in order: the record that the page shows and that stories read.
//!
//! Kept on disk as JSON lines. The newest few thousand entries stay in memory; older ones are read back from the file.
//! What may be written here is the caller's duty: never a secret, a token or a signature.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shopclerk_domain::clock::Clock;
use tokio::sync::watch;

/// How many entries are answered without touching the file.
const IN_MEMORY: usize = 4_000;
/// Every how many lines the place in the file is remembered, so that reading back does not start at the beginning.
const MARK_EVERY: u64 = 256;
/// A summary is one line for a person; what is longer is cut.
const LONGEST_SUMMARY: usize = 600;
/// Entries are shown in a page; larger data is replaced by its size.
const LARGEST_DATA: usize = 64 * 1024;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts up from 1 and never restarts, also over restarts.
    pub seq: u64,
    /// UTC milliseconds.
    pub at: i64,
    /// What kind of thing, such as `meta.send`.
    pub kind: String,
    /// One sentence for a person.
    pub summary: String,
    /// The particulars.
    pub data: Value,
}

/// The record itself; clones share it.
#[derive(Clone)]
pub struct Journal {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    pages: Mutex<Pages>,
    newest: watch::Sender<u64>,
}

struct Pages {
    last: u64,
    recent: VecDeque<Entry>,
    book: Option<Book>,
}

impl Journal {
    /// Goes on in the file at `path`, which is made when it is absent. A torn last line, left by a crash, is skipped.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let mut pages = Pages { last: 0, recent: VecDeque::new(), book: None };
        pages.book = Some(Book::open(path, &mut pages)?);
        Ok(Self::over(pages, clock))
    }

    /// A record that ends with the process and forgets all but the newest entries.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Self {
        Self::over(Pages { last: 0, recent: VecDeque::new(), book: None }, clock)
    }

    fn over(pages: Pages, clock: Arc<dyn Clock>) -> Self {
        let newest = watch::Sender::new(pages.last);
        Self { shared: Arc::new(Shared { clock, pages: Mutex::new(pages), newest }) }
    }

    /// Writes down that something happened now; returns its number.
    pub fn record(&self, kind: &str, summary: impl Into<String>, data: Value) -> u64 {
        let summary = shortened(summary.into());
        let data = bounded(data);
        let mut pages = self.pages();
        let seq = pages.last + 1;
        let at = self.shared.clock.now().millis();
        let entry = Entry { seq, at, kind: kind.to_owned(), summary, data };
        if let Some(book) = &mut pages.book
            && let Err(error) = book.write(&entry)
        {
            tracing::warn!(%error, "the sandbox's journal could not be written to disk");
        }
        pages.keep(entry);
        // Still under the lock, so that watchers never see the number go back.
        self.shared.newest.send_replace(seq);
        seq
    }

    /// At most `most` entries that follow number `seq`, oldest first.
    pub fn after(&self, seq: u64, most: usize) -> Vec<Entry> {
        let mut pages = self.pages();
        let oldest_in_memory = pages.recent.front().map_or(u64::MAX, |entry| entry.seq);
        if seq.saturating_add(1) < oldest_in_memory
            && let Some(book) = &mut pages.book
        {
            match book.read_after(seq, most) {
                Ok(entries) => return entries,
                Err(error) => tracing::warn!(%error, "the sandbox's journal could not be read back"),
            }
        }
        let first = pages.recent.partition_point(|entry| entry.seq <= seq);
        pages.recent.iter().skip(first).take(most).cloned().collect()
    }

    /// Shows the number of the newest entry as it changes.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.shared.newest.subscribe()
    }

    /// The clock by which entries are dated.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.shared.clock
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.shared.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    fn keep(&mut self, entry: Entry) {
        self.last = entry.seq;
        self.recent.push_back(entry);
        if self.recent.len() > IN_MEMORY {
            self.recent.pop_front();
        }
    }
}

/// The file, with the places of some of its lines.
struct Book {
    file: File,
    marks: Vec<(u64, u64)>,
    end: u64,
    at_line_start: bool,
}

impl Book {
    fn open(path: &Path, pages: &mut Pages) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).read(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let mut book = Self { file, marks: Vec::new(), end: 0, at_line_start: true };
        let mut reader = BufReader::new(book.file.try_clone()?);
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line)?;
            if length == 0 {
                return Ok(book);
            }
            book.at_line_start = line.ends_with(b"\n");
            if let Ok(entry) = serde_json::from_slice::<Entry>(&line)
                && entry.seq > pages.last
            {
                book.mark(entry.seq);
                pages.keep(entry);
            }
            book.end += length as u64;
        }
    }

    fn write(&mut self, entry: &Entry) -> io::Result<()> {
        let mut line = Vec::new();
        if !self.at_line_start {
            line.push(b'\n');
        }
        serde_json::to_writer(&mut line, entry)?;
        line.push(b'\n');
        self.at_line_start = false;
        self.file.write_all(&line)?;
        self.at_line_start = true;
        self.mark(entry.seq);
        self.end += line.len() as u64;
        Ok(())
    }

    /// Remembers that `seq` stands at the present end, if enough lines passed since the last mark.
    fn mark(&mut self, seq: u64) {
        if self.marks.last().is_none_or(|(marked, _)| seq >= marked + MARK_EVERY) {
            self.marks.push((seq, self.end));
        }
    }

    fn read_after(&mut self, seq: u64, most: usize) -> io::Result<Vec<Entry>> {
        let marks_passed = self.marks.partition_point(|(marked, _)| *marked <= seq);
        let start =
            marks_passed.checked_sub(1).and_then(|at| self.marks.get(at)).map_or(0, |(_, offset)| *offset);
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        let mut entries = Vec::new();
        for line in BufReader::new(file.take(self.end.saturating_sub(start))).split(b'\n') {
            if entries.len() >= most {
                break;
            }
            if let Ok(entry) = serde_json::from_slice::<Entry>(&line?)
                && entry.seq > seq
            {
                entries.push(entry);
            }
        }
        Ok(entries)
    }
}

fn shortened(summary: String) -> String {
    match summary.char_indices().nth(LONGEST_SUMMARY) {
        None => summary,
        Some((cut, _)) => format!("{}…", summary.get(..cut).unwrap_or_default()),
    }
}

fn bounded(data: Value) -> Value {
    let bytes = data.to_string().len();
    if bytes <= LARGEST_DATA { data } else { serde_json::json!({ "left_out_bytes": bytes }) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shopclerk_domain::clock::{ManualClock, Timestamp};

    use super::*;

    fn clock() -> Arc<dyn Clock> {
        Arc::new(ManualClock::at(Timestamp::from_millis(1_795_258_800_000)))
    }

    fn summaries(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.summary.as_str()).collect()
    }

    #[test]
    fn entries_are_read_in_order_from_where_one_stopped() {
        let journal = Journal::in_memory(clock());
        for name in ["one", "two", "three"] {
            journal.record("test", name, json!({}));
        }

        assert_eq!(summaries(&journal.after(1, 500)), ["two", "three"]);
        assert_eq!(summaries(&journal.after(0, 1)), ["one"]);
        assert_eq!(*journal.watch().borrow(), 3);
    }

    #[test]
    fn numbers_go_on_after_a_restart_and_a_torn_line_is_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        Journal::open(&path, clock()).unwrap().record("test", "before", json!({ "n": 1 }));
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"seq\":2,\"at\":1,\"ki").unwrap();

        let journal = Journal::open(&path, clock()).unwrap();
        assert_eq!(journal.record("test", "after", json!({})), 2);

        let again = Journal::open(&path, clock()).unwrap();
        assert_eq!(summaries(&again.after(0, 500)), ["before", "after"]);
    }

    #[test]
    fn what_left_memory_is_read_back_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal.jsonl"), clock()).unwrap();
        for number in 1..=IN_MEMORY + 600 {
            journal.record("test", number.to_string(), json!({}));
        }

        assert_eq!(summaries(&journal.after(0, 2)), ["1", "2"]);
        assert_eq!(summaries(&journal.after(511, 2)), ["512", "513"]);
        assert_eq!(summaries(&journal.after(IN_MEMORY as u64 + 598, 9)), ["4599", "4600"]);
    }

    #[test]
    fn an_entry_stays_small_whatever_is_put_into_it() {
        let journal = Journal::in_memory(clock());

        journal.record("test", "å".repeat(5_000), json!({ "body": "x".repeat(LARGEST_DATA) }));

        let entry = journal.after(0, 1).remove(0);
        assert_eq!(entry.summary.chars().count(), LONGEST_SUMMARY + 1);
        assert!(entry.data.get("left_out_bytes").is_some());
    }
}
