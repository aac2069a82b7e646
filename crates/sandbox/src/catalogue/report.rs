//! What loading a catalogue file found, for the terminal: what was read and what was skipped, each with its cure.

use std::fmt;

/// How many findings are kept word for word; the rest is only counted.
const KEPT_FINDINGS: usize = 1_000;
/// How many findings and notes one screen shows.
const SHOWN_FINDINGS: usize = 10;
const SHOWN_NOTES: usize = 6;
/// How much of a text from the file is repeated in a sentence.
const QUOTED_CHARS: usize = 40;

/// Which of the known forms a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Shopify's product CSV.
    ProductCsv {
        /// What stands between the cells.
        delimiter: char,
    },
    /// A storefront's `products.json`.
    Storefront,
    /// The Admin API's products in its REST form.
    AdminRest,
    /// The lines of a bulk operation.
    Bulk,
}

impl Form {
    /// What a finding's number counts.
    const fn unit(self) -> &'static str {
        match self {
            Self::ProductCsv { .. } | Self::Bulk => "line",
            Self::Storefront | Self::AdminRest => "product",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ProductCsv { delimiter: ',' } => out.write_str("Shopify product CSV"),
            Self::ProductCsv { delimiter: '\t' } => out.write_str("Shopify product CSV with tabs"),
            Self::ProductCsv { delimiter } => write!(out, "Shopify product CSV with “{delimiter}”"),
            Self::Storefront => out.write_str("storefront products.json"),
            Self::AdminRest => out.write_str("Admin API product JSON"),
            Self::Bulk => out.write_str("bulk operation JSONL"),
        }
    }
}

/// One thing that is wrong in the file. Unless `what` says otherwise, the row or product was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Line in the file, from 1; in a JSON document the number of the product.
    pub line: u64,
    /// Whose row it is, where that is known.
    pub handle: Option<String>,
    /// What is wrong and what was done about it.
    pub what: String,
    /// What to write instead.
    pub cure: String,
}

/// The account of one load.
#[derive(Clone, Debug)]
pub struct Report {
    /// The form that was detected.
    pub form: Form,
    /// The encoding that was detected.
    pub encoding: &'static str,
    /// Whether the file was gzip.
    pub gzip: bool,
    /// Products in the store.
    pub products: u64,
    /// Their variants.
    pub variants: u64,
    /// What is wrong, by line; the first thousand that were met.
    pub findings: Vec<Finding>,
    /// Findings beyond those kept.
    pub further_findings: u64,
    /// What was assumed.
    pub notes: Vec<String>,
}

impl Report {
    /// A report on a file of which nothing has been read yet.
    pub(crate) const fn new(form: Form, encoding: &'static str, gzip: bool) -> Self {
        Self {
            form,
            encoding,
            gzip,
            products: 0,
            variants: 0,
            findings: Vec::new(),
            further_findings: 0,
            notes: Vec::new(),
        }
    }

    /// Adds a finding; `handle` may be as long as the file made it.
    pub(crate) fn find(&mut self, line: u64, handle: &str, what: impl Into<String>, cure: impl Into<String>) {
        if self.findings.len() >= KEPT_FINDINGS {
            self.further_findings = self.further_findings.saturating_add(1);
            return;
        }
        let handle = (!handle.is_empty()).then(|| shorten(handle));
        self.findings.push(Finding { line, handle, what: what.into(), cure: cure.into() });
    }

    /// Adds something that was assumed.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// How many findings there are, kept or not.
    pub fn total_findings(&self) -> u64 {
        self.further_findings.saturating_add(self.findings.len() as u64)
    }

    /// One finding as a sentence.
    pub(crate) fn sentence(&self, finding: &Finding) -> String {
        let whose = finding.handle.as_ref().map(|handle| format!(" ({handle})")).unwrap_or_default();
        let Finding { line, what, cure, .. } = finding;
        format!("{} {line}{whose}: {what}; {cure}", self.form.unit())
    }
}

impl fmt::Display for Report {
    /// At most one screen.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gzip = if self.gzip { ", gzip" } else { "" };
        let Self { form, encoding, products, variants, .. } = self;
        writeln!(out, "{form} ({encoding}{gzip}): {products} products, {variants} variants")?;
        for note in self.notes.iter().take(SHOWN_NOTES) {
            writeln!(out, "  note: {note}")?;
        }
        for finding in self.findings.iter().take(SHOWN_FINDINGS) {
            writeln!(out, "  {}", self.sentence(finding))?;
        }
        match self.total_findings().saturating_sub(SHOWN_FINDINGS as u64) {
            0 => Ok(()),
            more => writeln!(out, "  … and {more} more"),
        }
    }
}

/// A text from the file between quotation marks, short and harmless to a terminal.
pub(crate) fn quote(text: &str) -> String {
    format!("“{}”", shorten(text))
}

/// The beginning of a text from the file, harmless to a terminal.
pub(crate) fn shorten(text: &str) -> String {
    let mut kept: String = text.chars().take(QUOTED_CHARS).map(harmless).collect();
    if text.chars().nth(QUOTED_CHARS).is_some() {
        kept.push('…');
    }
    kept
}

/// Control and direction characters could rewrite the line they are printed in.
fn harmless(c: char) -> char {
    match c {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ if c.is_control() => '\u{fffd}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report::new(Form::ProductCsv { delimiter: ';' }, "Windows-1252", true)
    }

    #[test]
    fn a_report_fits_one_screen_however_much_is_wrong() {
        let mut report = report();
        report.note("currency USD assumed");
        for line in 2..2_502 {
            report.find(line, "mug", "the price “12,50” is not a plain decimal", "write 12.50");
        }

        let shown = report.to_string();
        assert_eq!(shown.lines().count(), 13, "{shown}");
        assert!(
            shown.starts_with("Shopify product CSV with “;” (Windows-1252, gzip): 0 products, 0 variants\n")
        );
        assert!(shown.contains("  line 2 (mug): the price “12,50” is not a plain decimal; write 12.50\n"));
        assert!(shown.ends_with("  … and 2490 more\n"), "{shown}");
        assert_eq!(report.findings.len(), 1_000);
    }

    #[test]
    fn words_of_the_file_cannot_take_over_the_terminal() {
        assert_eq!(quote("a\u{1b}[2Jb\u{202e}c"), "“a\u{fffd}[2Jb\u{fffd}c”");
        assert_eq!(shorten(&"x".repeat(41)), format!("{}…", "x".repeat(40)));
    }
}
