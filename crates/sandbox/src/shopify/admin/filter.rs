//! The language of `query:` arguments: words, `field:value`, comparisons, lists, `AND`, `OR`, `NOT` and brackets.
//!
//! A field the type does not have is ignored with a warning, as Shopify does: everything is answered then.

use serde_json::{Value, json};

/// Longest filter read and deepest nesting followed; more is cut, with a warning.
const MOST_CHARACTERS: usize = 4_000;
const DEEPEST: usize = 24;

/// What values a field compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Id,
    Number,
    Time,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cmp {
    Is,
    Less,
    LessOrIs,
    More,
    MoreOrIs,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// `None` = any searchable text.
    pub(super) field: Option<String>,
    pub(super) cmp: Cmp,
    /// Lower case.
    pub(super) value: String,
    /// The number behind an id, number or time.
    pub(super) number: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Expr {
    Everything,
    Term(Term),
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
}

/// A filter, read.
#[derive(Debug)]
pub(super) struct Filter {
    expr: Expr,
    /// What was ignored, as `extensions.search[].warnings` says it.
    pub(super) warnings: Vec<Value>,
}

impl Filter {
    /// Reads `query` for a type with these fields.
    pub(super) fn read(query: &str, fields: &[(&str, Kind)]) -> Self {
        let cut: String = query.chars().take(MOST_CHARACTERS).collect();
        let mut reader = Reader { rest: &cut, fields, warnings: Vec::new() };
        if cut.len() < query.len() {
            reader.warn("", "The query is too long.", "too_long");
        }
        let expr = reader.any(0);
        Self { expr, warnings: reader.warnings }
    }

    /// Whether a thing fulfils the filter; `test` says whether it fulfils one condition.
    pub(super) fn allows(&self, test: &dyn Fn(&Term) -> bool) -> bool {
        allows(&self.expr, test)
    }

    /// The earliest value of `field` any allowed thing can have, if the filter sets one.
    pub(super) fn at_least(&self, field: &str) -> Option<i64> {
        let bound = |expr: &Expr| match expr {
            Expr::Term(term) if term.field.as_deref() == Some(field) => {
                matches!(term.cmp, Cmp::Is | Cmp::More | Cmp::MoreOrIs).then_some(term.number)
            }
            _ => None,
        };
        match &self.expr {
            Expr::All(parts) => parts.iter().filter_map(bound).max(),
            one => bound(one),
        }
    }
}

fn allows(expr: &Expr, test: &dyn Fn(&Term) -> bool) -> bool {
    match expr {
        Expr::Everything => true,
        Expr::Term(term) => test(term),
        Expr::All(parts) => parts.iter().all(|part| allows(part, test)),
        Expr::Any(parts) => parts.iter().any(|part| allows(part, test)),
        Expr::Not(part) => !allows(part, test),
    }
}

impl Term {
    /// Whether `text` is, or with a closing `*` begins with, the wanted one.
    pub(super) fn is(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        match self.value.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => text == self.value,
        }
    }

    /// Whether a word of `text`, or the wanted words in a row, are found in it.
    pub(super) fn has(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let wanted = self.value.trim_end_matches('*');
        let open = self.value.ends_with('*');
        let is_edge =
            |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
        text.match_indices(wanted).any(|(at, found)| {
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let behind = text.get(at + found.len()..).and_then(|tail| tail.chars().next());
            is_edge(before) && (open || is_edge(behind))
        })
    }

    /// Whether `number` stands in the wanted relation.
    pub(super) fn holds(&self, number: i64) -> bool {
        match self.cmp {
            Cmp::Is => number == self.number,
            Cmp::Less => number < self.number,
            Cmp::LessOrIs => number <= self.number,
            Cmp::More => number > self.number,
            Cmp::MoreOrIs => number >= self.number,
        }
    }
}

struct Reader<'q> {
    rest: &'q str,
    fields: &'q [(&'q str, Kind)],
    warnings: Vec<Value>,
}

impl Reader<'_> {
    /// `a OR b`; what stands side by side must hold together.
    fn any(&mut self, depth: usize) -> Expr {
        let mut choices = vec![self.all(depth)];
        while self.word("OR") {
            choices.push(self.all(depth));
        }
        one_or(choices, Expr::Any)
    }

    fn all(&mut self, depth: usize) -> Expr {
        let mut parts = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() || self.rest.starts_with(')') || self.sees("OR") {
                return one_or(parts, Expr::All);
            }
            if !self.word("AND") {
                parts.push(self.part(depth));
            }
        }
    }

    fn part(&mut self, depth: usize) -> Expr {
        if self.word("NOT") || self.sign('-') {
            self.rest = self.rest.trim_start();
            if depth >= DEEPEST {
                self.rest = "";
                self.warn("", "The query is nested too deeply.", "too_deep");
                return Expr::Everything;
            }
            return Expr::Not(Box::new(self.part(depth + 1)));
        }
        if self.sign('(') {
            if depth >= DEEPEST {
                self.rest = "";
                self.warn("", "The query is nested too deeply.", "too_deep");
                return Expr::Everything;
            }
            let inner = self.any(depth + 1);
            self.sign(')');
            return inner;
        }
        self.term()
    }

    fn term(&mut self) -> Expr {
        let end = self.rest.find(|c: char| c.is_whitespace() || matches!(c, ':' | '(' | ')' | '"' | '\''));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if let Some(rest) = rest.strip_prefix(':') {
            self.rest = rest;
            let cmp = self.cmp();
            let (value, quoted) = self.value();
            return self.condition(&word.to_lowercase(), cmp, &value, quoted);
        }
        let (value, _) = self.value();
        if value.is_empty() || value == "*" {
            return Expr::Everything;
        }
        Expr::Term(Term { field: None, cmp: Cmp::Is, value: value.to_lowercase(), number: 0 })
    }

    fn condition(&mut self, field: &str, cmp: Cmp, value: &str, quoted: bool) -> Expr {
        let Some(&(_, kind)) = self.fields.iter().find(|(name, _)| *name == field) else {
            self.warn(field, "Invalid search field for this query.", "invalid_field");
            return Expr::Everything;
        };
        let values: Vec<&str> = if quoted { vec![value] } else { value.split(',').collect() };
        let mut choices = Vec::new();
        for value in values {
            let number = match kind {
                Kind::Text => Some(0),
                Kind::Id => value.rsplit('/').next().and_then(|id| id.parse().ok()),
                Kind::Number => value.parse().ok(),
                Kind::Time => instant(value),
            };
            let Some(number) = number else {
                self.warn(field, &format!("Input `{value}` is not valid."), "invalid_value");
                return Expr::Everything;
            };
            let (field, value) = (Some(field.to_owned()), value.to_lowercase());
            choices.push(Expr::Term(Term { field, cmp, value, number }));
        }
        one_or(choices, Expr::Any)
    }

    fn cmp(&mut self) -> Cmp {
        let signs = [(">=", Cmp::MoreOrIs), ("<=", Cmp::LessOrIs), (">", Cmp::More), ("<", Cmp::Less)];
        for (sign, cmp) in signs {
            if let Some(rest) = self.rest.strip_prefix(sign) {
                self.rest = rest;
                return cmp;
            }
        }
        Cmp::Is
    }

    /// The next value, and whether it stood in quotes; always moves on.
    fn value(&mut self) -> (String, bool) {
        if let Some(quote) = self.rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let body = self.rest.get(1..).unwrap_or_default();
            let mut value = String::new();
            let mut escaped = false;
            for (at, character) in body.char_indices() {
                match character {
                    '\\' if !escaped => escaped = true,
                    c if c == quote && !escaped => {
                        self.rest = body.get(at + 1..).unwrap_or_default();
                        return (value, true);
                    }
                    c => {
                        escaped = false;
                        value.push(c);
                    }
                }
            }
            self.rest = "";
            return (value, true);
        }
        let end = self.rest.find(|c: char| c.is_whitespace() || c == ')').unwrap_or(self.rest.len());
        let (value, rest) = self.rest.split_at(end);
        self.rest = rest;
        (value.to_owned(), false)
    }

    fn sees(&self, word: &str) -> bool {
        self.rest
            .strip_prefix(word)
            .is_some_and(|rest| rest.chars().next().is_none_or(|c| c.is_whitespace() || c == '(' || c == ')'))
    }

    fn word(&mut self, word: &str) -> bool {
        self.rest = self.rest.trim_start();
        let seen = self.sees(word);
        if seen {
            self.rest = self.rest.get(word.len()..).unwrap_or_default();
        }
        seen
    }

    fn sign(&mut self, sign: char) -> bool {
        let Some(rest) = self.rest.strip_prefix(sign) else { return false };
        self.rest = rest;
        true
    }

    fn warn(&mut self, field: &str, message: &str, code: &str) {
        if self.warnings.len() < 20 {
            self.warnings.push(json!({ "field": field, "message": message, "code": code }));
        }
    }
}

fn one_or(mut parts: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    if parts.len() > 1 {
        return many(parts);
    }
    parts.pop().unwrap_or(Expr::Everything)
}

/// A time as the filters take it: RFC 3339, or a day.
fn instant(text: &str) -> Option<i64> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.as_millisecond());
    }
    let day: jiff::civil::Date = text.parse().ok()?;
    Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [(&str, Kind); 4] =
        [("title", Kind::Text), ("status", Kind::Text), ("id", Kind::Id), ("updated_at", Kind::Time)];

    /// Whether an active lamp named "Harbour Lamp", changed at the start of 2026, is found.
    fn finds(query: &str) -> bool {
        Filter::read(query, &FIELDS).allows(&|term| match term.field.as_deref() {
            Some("status") => term.is("ACTIVE"),
            Some("id") => term.holds(9_007_199_254_740_993),
            Some("updated_at") => term.holds(1_767_225_600_000),
            _ => term.has("Harbour Lamp"),
        })
    }

    #[test]
    fn a_filter_finds_what_it_says() {
        let cases = [
            ("", true),
            ("lamp", true),
            ("lam", false),
            ("lam*", true),
            ("harbour lamp", true),
            ("harbour chair", false),
            ("chair OR lamp", true),
            ("title:'harbour lamp'", true),
            ("title:lamp AND status:draft", false),
            ("status:draft,active", true),
            ("-status:active", false),
            ("NOT status:draft", true),
            ("(chair OR lamp) status:active", true),
            ("id:9007199254740993", true),
            ("id:gid://shopify/Product/9007199254740993", true),
            ("id:>9007199254740993", false),
            ("updated_at:>='2026-01-01T00:00:00Z'", true),
            ("updated_at:>'2026-01-01T00:00:00Z'", false),
            ("updated_at:<2026-01-02", true),
            ("title:\"unclosed lamp", false),
            ("((((", true),
            (")lamp", true),
        ];
        for (query, expected) in cases {
            assert_eq!(finds(query), expected, "{query}");
        }
    }

    #[test]
    fn what_is_not_understood_is_ignored_with_a_warning() {
        for query in ["colour:red", "updated_at:>=soon", &"(".repeat(5_000), &"NOT ".repeat(900)] {
            let filter = Filter::read(query, &FIELDS);

            assert!(!filter.warnings.is_empty(), "{query}");
        }
        assert!(finds("colour:red"));
    }

    #[test]
    fn a_lower_bound_is_known_before_anything_is_looked_at() {
        let bound = |query| Filter::read(query, &FIELDS).at_least("updated_at");

        assert_eq!(bound("updated_at:>=2026-01-01 status:active"), Some(1_767_225_600_000));
        assert_eq!(bound("updated_at:>=2026-01-01 OR status:active"), None);
        assert_eq!(bound("updated_at:<2026-01-01"), None);
    }
}
