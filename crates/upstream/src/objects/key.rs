//! Keys of objects, checked by one function: each names its room, and nothing in it leads out.

use object_store::path::Path;
use shopclerk_domain::ids::MerchantId;

use super::ObjectsError;

/// Most segments behind the room's beginning, and longest of them.
const MOST_SEGMENTS: usize = 6;
const LONGEST_SEGMENT: usize = 128;

/// What the keys of a room begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// `users/<uuid>`
    Mirror,
    /// `backups`
    Backups,
}

impl Rule {
    /// The path of an object.
    pub(super) fn object(self, key: &str) -> Result<Path, ObjectsError> {
        if self.segments_behind(key)? == 0 { Err(ObjectsError::InvalidKey) } else { parsed(key) }
    }

    /// The path of a folder: of a merchant, of the backups, or of one within them.
    pub(super) fn folder(self, prefix: &str) -> Result<Path, ObjectsError> {
        self.segments_behind(prefix)?;
        parsed(prefix)
    }

    /// How many segments follow the room's beginning; each is made of letters, digits and `._-`, and none begins with a
    /// dot.
    fn segments_behind(self, key: &str) -> Result<usize, ObjectsError> {
        let mut segments = key.split('/');
        let begins_well = match self {
            Self::Mirror => {
                let (users, merchant) = (segments.next(), segments.next().unwrap_or_default());
                users == Some("users")
                    && MerchantId::parse(merchant).is_ok_and(|id| id.to_string() == merchant)
            }
            Self::Backups => segments.next() == Some("backups"),
        };
        let rest: Vec<&str> = segments.collect();
        let valid = begins_well && rest.len() <= MOST_SEGMENTS && rest.iter().all(|segment| fits(segment));
        if valid { Ok(rest.len()) } else { Err(ObjectsError::InvalidKey) }
    }
}

fn fits(segment: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=LONGEST_SEGMENT).contains(&segment.len()) && !segment.starts_with('.') && segment.bytes().all(plain)
}

fn parsed(key: &str) -> Result<Path, ObjectsError> {
    Path::parse(key).map_err(|_| ObjectsError::InvalidKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MERCHANT: &str = "users/0192f3a0-0000-7000-8000-000000000001";

    fn check(rule: Rule, key: &str, expected: bool) {
        assert_eq!(rule.object(key).is_ok(), expected, "{key}");
    }

    #[test]
    fn t56_no_key_leads_out_of_its_merchants_prefix() {
        check(Rule::Mirror, &format!("{MERCHANT}/shopify/nordlys.myshopify.com/shop_products.json"), true);
        for behind in [
            "",
            "/",
            "/../x.json",
            "/./x.json",
            "//x.json",
            "/.hidden",
            "/a b",
            "/a%2e",
            "/a\0",
            "/é",
            "/1/2/3/4/5/6/7",
        ] {
            check(Rule::Mirror, &format!("{MERCHANT}{behind}"), false);
        }
        check(Rule::Mirror, &format!("{MERCHANT}/{}", "x".repeat(129)), false);
        for key in
            ["", "users", "users/not-a-uuid/x.json", "users/0192F3A0-0000-7000-8000-00000000000A/x.json"]
        {
            check(Rule::Mirror, key, false);
        }
        check(Rule::Mirror, &format!("/{MERCHANT}/x.json"), false);
        assert!(Rule::Mirror.folder("users").is_err() && Rule::Mirror.folder("").is_err());
        assert!(Rule::Mirror.folder(MERCHANT).is_ok());
    }

    #[test]
    fn neither_room_reaches_the_other() {
        check(Rule::Backups, "backups/2026-11-21.sealed", true);
        check(Rule::Backups, "backups/tokens/0192f3a0.sealed", true);
        check(Rule::Backups, "backups", false);
        check(Rule::Backups, "backups/../keys", false);
        check(Rule::Backups, &format!("{MERCHANT}/x.json"), false);
        check(Rule::Mirror, "backups/2026-11-21.sealed", false);
    }
}
