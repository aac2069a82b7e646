//! Cells out of delimited text. The `csv` crate is not used here: it takes a quotation mark in the wrong place for
//! text, swallowing the rows up to the next one, and holds a cell whole however long it is. This reader borrows cells
//! from the text, tells where quotation marks are wrong, and goes on at the next line.

use std::borrow::Cow;

/// More cells than any export has columns.
const MOST_CELLS: usize = 4_096;

/// Rows of cells, from the first line on.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    delimiter: char,
    /// Bytes that may still be read a second time, so that many wrong quotation marks cost no more than a few passes.
    second_looks: usize,
}

/// One row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    /// Where it begins.
    pub(crate) line: u64,
    pub(crate) cells: Result<Vec<Cow<'a, str>>, Damage>,
    /// Whether the text ends within it, without a line break.
    pub(crate) is_unfinished: bool,
}

/// Why a row cannot be told from its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    /// A quotation mark is never closed.
    Unclosed,
    /// Something follows a closing quotation mark, in this line.
    Stray(u64),
    /// Thousands of cells.
    TooManyCells,
    /// As [`Damage::Unclosed`], after so many others that what follows is given up.
    Rest,
}

enum Next {
    Cell,
    Row,
    End,
}

impl<'a> Rows<'a> {
    /// The rows of `text`; a first line like `sep=;`, which some spreadsheets write, is passed over.
    pub(crate) fn new(text: &'a str, delimiter: char) -> Self {
        let mut rows = Self { text, at: 0, line: 1, delimiter, second_looks: text.len().saturating_mul(2) };
        if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep=")) {
            rows.skip_line();
        }
        rows
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Moves on by `length` bytes and counts the lines within.
    fn pass(&mut self, length: usize) {
        let passed = self.rest().get(..length).unwrap_or_default();
        self.line += breaks(passed);
        self.at += passed.len();
    }

    fn skip_line(&mut self) {
        let rest = self.rest();
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        self.pass(end);
        self.line_break();
    }

    /// Takes one line break, of any of the three kinds.
    fn line_break(&mut self) {
        let length = match self.rest().as_bytes() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        self.pass(length);
    }

    fn row(&mut self) -> Result<(Vec<Cow<'a, str>>, bool), Damage> {
        let mut cells = Vec::new();
        loop {
            if cells.len() >= MOST_CELLS {
                return Err(Damage::TooManyCells);
            }
            let cell = if self.rest().starts_with('"') { self.quoted()? } else { self.bare() };
            cells.push(cell);
            match self.next_part()? {
                Next::Cell => {}
                Next::Row => return Ok((cells, false)),
                Next::End => return Ok((cells, true)),
            }
        }
    }

    fn bare(&mut self) -> Cow<'a, str> {
        let rest = self.rest();
        let end = rest.find(['\n', '\r', self.delimiter]).unwrap_or(rest.len());
        self.at += end;
        Cow::Borrowed(rest.get(..end).unwrap_or_default())
    }

    fn quoted(&mut self) -> Result<Cow<'a, str>, Damage> {
        let inner = self.rest().get(1..).unwrap_or_default();
        let mut end = 0;
        let mut doubled = false;
        loop {
            let Some(mark) = inner.get(end..).and_then(|part| part.find('"')) else {
                return Err(Damage::Unclosed);
            };
            end += mark;
            if !inner.get(end + 1..).is_some_and(|after| after.starts_with('"')) {
                break;
            }
            doubled = true;
            end += 2;
        }
        self.pass(end + 2);
        let content = inner.get(..end).unwrap_or_default();
        Ok(if doubled { Cow::Owned(content.replace("\"\"", "\"")) } else { Cow::Borrowed(content) })
    }

    /// What follows a cell; blanks after a closing quotation mark do no harm.
    fn next_part(&mut self) -> Result<Next, Damage> {
        let rest = self.rest();
        if !rest.starts_with(self.delimiter) {
            self.at += rest.len() - rest.trim_start_matches(' ').len();
        }
        match self.rest().chars().next() {
            None => Ok(Next::End),
            Some('\n' | '\r') => {
                self.line_break();
                Ok(Next::Row)
            }
            Some(c) if c == self.delimiter => {
                self.at += c.len_utf8();
                Ok(Next::Cell)
            }
            Some(_) => Err(Damage::Stray(self.line)),
        }
    }

    /// Goes on at the line after the damaged row's first, as its later lines may be whole rows.
    fn recover(&mut self, from: (usize, u64), damage: Damage) -> Damage {
        let reached = if damage == Damage::Unclosed { self.text.len() } else { self.at };
        let looked_at = reached.saturating_sub(from.0);
        if let Some(left) = self.second_looks.checked_sub(looked_at) {
            self.second_looks = left;
            (self.at, self.line) = from;
            self.skip_line();
        } else if damage == Damage::Unclosed {
            self.at = self.text.len();
            return Damage::Rest;
        } else {
            self.skip_line();
        }
        damage
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        if self.rest().is_empty() {
            return None;
        }
        let from = (self.at, self.line);
        let line = self.line;
        match self.row() {
            Ok((cells, is_unfinished)) => Some(Row { line, cells: Ok(cells), is_unfinished }),
            Err(damage) => {
                let damage = self.recover(from, damage);
                Some(Row { line, cells: Err(damage), is_unfinished: false })
            }
        }
    }
}

/// Line breaks of all three kinds.
fn breaks(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let lone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    let count =
        bytes.iter().enumerate().filter(|(at, byte)| **byte == b'\n' || (**byte == b'\r' && lone(*at)));
    count.count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(u64, &str)]) {
        let seen: Vec<(u64, String)> = Rows::new(text, ',')
            .map(|row| {
                (row.line, row.cells.map_or_else(|damage| format!("{damage:?}"), |cells| cells.join("|")))
            })
            .collect();
        let expected: Vec<(u64, String)> =
            expected.iter().map(|(line, cells)| (*line, (*cells).to_owned())).collect();
        assert_eq!(seen, expected, "{text:?}");
    }

    #[test]
    fn cells_may_be_quoted_and_hold_line_breaks() {
        check("a,b\n1,2\n", &[(1, "a|b"), (2, "1|2")]);
        check("a,b\r\n1,\r\n", &[(1, "a|b"), (2, "1|")]);
        check("a\rb\rc", &[(1, "a"), (2, "b"), (3, "c")]);
        check("\"a, b\",\"say \"\"hi\"\"\"\n", &[(1, "a, b|say \"hi\"")]);
        check("\"a\n\r\nb\" ,2\n3", &[(1, "a\n\r\nb|2"), (4, "3")]);
        check("sep=,\na,b", &[(2, "a|b")]);
        check("12\" pipe,\"\",x", &[(1, "12\" pipe||x")]);
        check("a\n\nb", &[(1, "a"), (2, ""), (3, "b")]);
    }

    #[test]
    fn a_lone_quotation_mark_costs_one_row_not_the_file() {
        check("\"a,1\nb,2\nc,3\n", &[(1, "Unclosed"), (2, "b|2"), (3, "c|3")]);
        check("a,1\n\"b,2\nc,\"3\"\nd,4\n", &[(1, "a|1"), (2, "Stray(3)"), (3, "c|3"), (4, "d|4")]);
        check("\"a\"x,1\nb,2", &[(1, "Stray(1)"), (2, "b|2")]);
    }

    #[test]
    fn many_lone_quotation_marks_cost_a_few_passes_only() {
        let text = "\"a\"\"\n".repeat(200_000);
        assert!(Rows::new(&text, ',').all(|row| row.cells.is_err()));
        let commas = ",".repeat(5_000_000);
        assert!(Rows::new(&commas, ',').take(3).all(|row| row.cells == Err(Damage::TooManyCells)));
    }
}
