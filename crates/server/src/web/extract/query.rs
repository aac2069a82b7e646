//! What a list is asked for with: how many rows, after which place, and whose.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use shopclerk_domain::ids::MerchantId;
use shopclerk_flows::paging::Slice;

use crate::web::api::problem;
use crate::web::problem::Problem;

/// Rows of a page when nobody says.
pub(crate) const USUAL: usize = 50;
/// Rows of a page at most.
pub(crate) const MOST: usize = 100;
/// Longest cursor.
pub(crate) const LONGEST_CURSOR: usize = 256;

/// `limit`, `cursor` and `merchant` of a query, each at most once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListQuery {
    limit: usize,
    after: Option<String>,
    /// Whose list, where the operator asks.
    pub(crate) merchant: Option<MerchantId>,
}

impl ListQuery {
    /// The part of the list that is asked for.
    pub(crate) fn slice(&self) -> Slice {
        Slice { after: self.after.clone(), most: self.limit }
    }

    fn read(query: &str) -> Result<Self, Problem> {
        let limit = once(query, "limit", problem::BAD_LIMIT)?;
        let cursor = once(query, "cursor", problem::BAD_CURSOR)?;
        let merchant = once(query, "merchant", problem::BAD_MERCHANT)?;
        Ok(Self {
            limit: limit.map_or(Some(USUAL), |text| read_limit(&text)).ok_or(problem::BAD_LIMIT)?,
            after: cursor.map(|text| place(&text).ok_or(problem::BAD_CURSOR)).transpose()?,
            merchant: merchant
                .map(|text| MerchantId::parse(&text).map_err(|_| problem::BAD_MERCHANT))
                .transpose()?,
        })
    }
}

/// Digits alone: no sign, no blank.
fn read_limit(text: &str) -> Option<usize> {
    let plain = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|limit| plain && (1..=MOST).contains(limit))
}

/// The one value of a parameter; an empty one or a second one is refused.
fn once(query: &str, name: &str, wrong: Problem) -> Result<Option<String>, Problem> {
    let mut found =
        form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(value), None) if !value.is_empty() => Ok(Some(value.into_owned())),
        (Some(_), _) => Err(wrong),
    }
}

/// A place in a list as it travels: what it says is ours alone to know.
pub(crate) fn cursor(place: &str) -> String {
    hex::encode(place)
}

/// What [`cursor`] made.
pub(crate) fn place(cursor: &str) -> Option<String> {
    let bytes = hex::decode(cursor).ok().filter(|_| cursor.len() <= LONGEST_CURSOR)?;
    String::from_utf8(bytes).ok()
}

impl<S: Sync> FromRequestParts<S> for ListQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Self::read(parts.uri.query().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<(usize, Option<&str>), &str>) {
        let read = ListQuery::read(query);
        let read = read.as_ref().map(|query| (query.limit, query.after.as_deref()));
        assert_eq!(read.map_err(|problem| problem.code), expected, "{query}");
    }

    #[test]
    fn a_query_says_each_thing_once_and_within_bounds() {
        check("", Ok((50, None)));
        check("limit=1&other=x", Ok((1, None)));
        check(&format!("limit=100&cursor={}", cursor("event-7")), Ok((100, Some("event-7"))));
        for limit in ["", "0", "101", "-1", "+1", "1.0", "1e1", " 1", "001 ", "99999999999999999999"] {
            check(&format!("limit={limit}"), Err("api.bad_limit"));
        }
        check("limit=1&limit=1", Err("api.bad_limit"));
        for cursor in ["", "7", "zz", "ff", &"00".repeat(200)] {
            check(&format!("cursor={cursor}"), Err("api.bad_cursor"));
        }
        for merchant in ["", "x", "1; DROP TABLE", "00000000-0000-0000-0000-00000000000"] {
            check(&format!("merchant={merchant}"), Err("api.bad_merchant"));
        }
    }
}
