//! The usual delivery, messages of Pages and nothing beside them, read in one pass. Whatever differs from it in any way is left to the
//! lenient reading, which looks at each level by itself and comes to the same.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A delivery of the usual form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Usual<'a> {
    object: &'a str,
    #[serde(borrow)]
    entry: Vec<UsualEntry<'a>>,
}

/// What happened at one Page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UsualEntry<'a> {
    pub(super) id: &'a str,
    pub(super) time: u64,
    #[serde(borrow)]
    pub(super) messaging: Vec<&'a RawValue>,
}

/// The entries of a delivery that has the usual form.
pub(super) fn entries(body: &str) -> Option<Vec<UsualEntry<'_>>> {
    let usual: Usual<'_> = serde_json::from_str(body).ok()?;
    (usual.object == "page").then_some(usual.entry)
}
