//! Long work as the terminal shows it: a bar that moves on a terminal, a line per step elsewhere.

use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use shopclerk_flows::progress::Progress;

/// Tells on stderr how far an order has come; the answer has stdout for itself.
#[derive(Debug)]
pub(crate) struct Terminal {
    bar: Option<ProgressBar>,
    /// What was told of last, where no bar moves.
    last: Mutex<String>,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(ProgressBar::no_length);
        Self { bar, last: Mutex::default() }
    }

    /// Takes the bar away: the order has ended.
    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Terminal {
    fn at(&self, what: &str, done: u64, total: Option<u64>) {
        let Some(bar) = &self.bar else {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if *last != what {
                what.clone_into(&mut last);
                eprintln!("{what}");
            }
            return;
        };
        let template = if total.is_some() { "{msg} {bar:24} {pos} of {len}" } else { "{msg} {pos}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        if let Some(total) = total {
            bar.set_length(total);
        }
        bar.set_message(what.to_owned());
        bar.set_position(done);
    }

    fn say(&self, sentence: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{sentence}")),
            None => eprintln!("{sentence}"),
        }
    }
}
