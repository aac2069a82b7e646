//! One page of a connection: which rows lie between the cursors, and whether more follow.

use apollo_compiler::resolvers::{FieldError, ResolveInfo};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::context::{Args, coded};

/// Largest page Shopify gives.
const LARGEST_PAGE: i64 = 250;

/// What rows are ordered by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Key {
    Number(i64),
    Text(String),
}

/// A row's place in its order; the id tells equal keys apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) key: Key,
    pub(super) id: u64,
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    last_id: u64,
    last_value: Key,
    sort: String,
}

/// Which page is wanted, as the arguments say.
pub(super) struct Window {
    size: usize,
    from_end: bool,
    reverse: bool,
    after: Option<Position>,
    before: Option<Position>,
    sort: String,
}

/// A page.
pub(super) struct Page<T> {
    pub(super) rows: Vec<(String, T)>,
    pub(super) more_after: bool,
    pub(super) more_before: bool,
}

impl Window {
    /// Reads `first`, `last`, `after`, `before`, `reverse` and `sortKey`.
    pub(super) fn read(info: &ResolveInfo<'_>) -> Result<Self, FieldError> {
        let args = Args(info);
        let sort = args.text("sortKey").unwrap_or_default().to_owned();
        let (size, from_end) = match (args.number("first"), args.number("last")) {
            (Some(first), None) => (first, false),
            (None, Some(last)) => (last, true),
            (None, None) => return Err(bad("you must provide one of first or last")),
            (Some(_), Some(_)) => return Err(bad("providing both first and last is not supported")),
        };
        if size > LARGEST_PAGE {
            let name = if from_end { "last" } else { "first" };
            return Err(bad(&format!("{name} cannot exceed {LARGEST_PAGE}")));
        }
        let cursor = |name| args.text(name).map(|raw| decode(raw, &sort)).transpose();
        Ok(Self {
            size: usize::try_from(size).map_err(|_| bad("a page cannot have a negative size"))?,
            from_end,
            reverse: args.flag("reverse"),
            after: cursor("after")?,
            before: cursor("before")?,
            sort: sort.clone(),
        })
    }

    /// The order asked for; empty where the connection has only one.
    pub(super) fn sort(&self) -> &str {
        &self.sort
    }

    /// The ends rows must lie strictly between, lower one first.
    pub(super) fn bounds(&self) -> (Option<&Position>, Option<&Position>) {
        let ends = (self.after.as_ref(), self.before.as_ref());
        if self.reverse { (ends.1, ends.0) } else { ends }
    }

    /// Cuts the page out of `rows`, which lie within the bounds in ascending order.
    pub(super) fn cut<T>(&self, rows: impl DoubleEndedIterator<Item = (Position, T)>) -> Page<T> {
        if self.from_end == self.reverse { self.collect(rows) } else { self.collect(rows.rev()) }
    }

    /// Cuts the page out of rows in no particular order.
    pub(super) fn sort_and_cut<T>(&self, rows: impl Iterator<Item = (Position, T)>) -> Page<T> {
        let (lower, upper) = self.bounds();
        let inside = |at: &Position| lower.is_none_or(|end| at > end) && upper.is_none_or(|end| at < end);
        let mut rows: Vec<(Position, T)> = rows.filter(|(at, _)| inside(at)).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        self.cut(rows.into_iter())
    }

    fn collect<T>(&self, mut rows: impl Iterator<Item = (Position, T)>) -> Page<T> {
        let mut page: Vec<(String, T)> =
            rows.by_ref().take(self.size).map(|(at, row)| (encode(at, &self.sort), row)).collect();
        let more = rows.next().is_some();
        if self.from_end {
            page.reverse();
        }
        let (more_after, more_before) =
            if self.from_end { (self.before.is_some(), more) } else { (more, self.after.is_some()) };
        Page { rows: page, more_after, more_before }
    }
}

fn bad(why: &str) -> FieldError {
    coded("BAD_REQUEST", why)
}

fn encode(at: Position, sort: &str) -> String {
    let cursor = Cursor { last_id: at.id, last_value: at.key, sort: sort.to_owned() };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
}

fn decode(raw: &str, sort: &str) -> Result<Position, FieldError> {
    let cursor: Option<Cursor> =
        URL_SAFE_NO_PAD.decode(raw).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    match cursor {
        Some(cursor) if cursor.sort == sort => Ok(Position { key: cursor.last_value, id: cursor.last_id }),
        _ => Err(bad("Invalid cursor for current pagination sort.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(size: usize, from_end: bool, reverse: bool) -> Window {
        Window { size, from_end, reverse, after: None, before: None, sort: "ID".to_owned() }
    }

    fn rows() -> impl DoubleEndedIterator<Item = (Position, u64)> {
        (1..=5).map(|id| (Position { key: Key::Number(1), id }, id))
    }

    fn ids(page: &Page<u64>) -> Vec<u64> {
        page.rows.iter().map(|(_, id)| *id).collect()
    }

    #[test]
    fn pages_meet_without_a_gap_in_every_direction() {
        let cases = [
            (false, false, vec![1, 2], true),
            (false, true, vec![5, 4], true),
            (true, false, vec![4, 5], false),
            (true, true, vec![2, 1], false),
        ];
        for (from_end, reverse, expected, more_after) in cases {
            let page = window(2, from_end, reverse).cut(rows());
            assert_eq!((ids(&page), page.more_after), (expected, more_after), "{from_end} {reverse}");
        }

        let first = window(2, false, false).cut(rows());
        let after = Some(decode(&first.rows[1].0, "ID").ok().unwrap());
        let next = Window { after, ..window(9, false, false) }.sort_and_cut(rows());
        assert_eq!((ids(&next), next.more_after, next.more_before), (vec![3, 4, 5], false, true));
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let cursor = encode(Position { key: Key::Text("a".to_owned()), id: u64::MAX }, "TITLE");

        assert_eq!(decode(&cursor, "TITLE").ok().unwrap().id, u64::MAX);
        assert!(decode(&cursor, "ID").is_err());
        assert!(decode("%%%", "TITLE").is_err());
    }
}
