//! Lists page by page: a page ends where its last row is, so that rows that come and go neither repeat nor hide others.

use crate::error::FlowError;

/// What part of a list is asked for.
#[derive(Clone, Debug)]
pub struct Slice {
    /// Where the former page ended, as it told; `None` = the first page.
    pub after: Option<String>,
    /// Rows at most.
    pub most: usize,
}

impl Slice {
    /// The place after which the page begins, read by `read`; a place nobody told is refused.
    pub(crate) fn place<T>(&self, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, FlowError> {
        self.after.as_deref().map(|after| read(after).ok_or(FlowError::BadCursor)).transpose()
    }
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What the next page is asked for with; `None` = this was the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page out of rows of which there is one more than asked for if another page follows.
    pub(crate) fn cut(mut rows: Vec<T>, most: usize, place: impl FnOnce(&T) -> String) -> Self {
        let more = rows.len() > most;
        rows.truncate(most);
        let next = rows.last().filter(|_| more).map(place);
        Self { rows, next }
    }

    /// The same page of other rows.
    pub(crate) fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(show).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_whether_another_follows() {
        let cut = |count: usize| Page::cut((1..=count).collect(), 2, ToString::to_string);

        for (count, rows, next) in [(0, vec![], None), (2, vec![1, 2], None), (3, vec![1, 2], Some("2"))] {
            let page = cut(count);
            assert_eq!((page.rows, page.next.as_deref()), (rows, next));
        }
    }
}
