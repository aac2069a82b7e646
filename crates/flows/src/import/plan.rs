//! From the Python version's rows to what each merchant takes over: which token is whose, and what is nobody's.

use std::collections::BTreeMap;
use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::entropy::Entropy;
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;
use shopclerk_storage::nouns::imports::ImportItem;
use shopclerk_storage::{PythonKind, PythonRows, PythonSession, PythonToken};

use super::report::{Entry, Verdict};
use crate::session;

/// Its sessions lived so long.
const SESSION_LIFE: Duration = Duration::from_hours(1);

/// What one merchant takes over, each item with its line in the report.
pub(super) struct Planned {
    pub(super) merchant: MerchantId,
    pub(super) items: Vec<(Entry, ImportItem)>,
}

/// What the name of a row says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Shop(ShopDomain),
    Page(String),
}

impl Thing {
    fn name(&self) -> String {
        match self {
            Self::Shop(shop) => format!("shop {shop}"),
            Self::Page(id) => format!("Page {id}"),
        }
    }
}

/// What is known of a thing.
#[derive(Default)]
struct Known {
    owner: Option<PythonToken>,
    token: Option<PythonToken>,
}

/// The merchants' items, and the rows that are left out.
pub(super) fn plan(rows: PythonRows, now: Timestamp, entropy: &dyn Entropy) -> (Vec<Planned>, Vec<Entry>) {
    let mut left_out: Vec<Entry> =
        rows.refused.into_iter().map(|row| Entry::new(row.row, Verdict::Refused(row.why))).collect();
    let things = sort(rows.tokens, &mut left_out);
    let mut merchants: BTreeMap<MerchantId, Vec<(Entry, ImportItem)>> = BTreeMap::new();
    for (thing, known) in things {
        match owner(&known, now) {
            Ok(merchant) => {
                merchants.entry(merchant).or_default().push(item(thing, known.token, now, entropy));
            }
            Err(why) => left_out.push(Entry::new(thing.name(), Verdict::Refused(why.to_owned()))),
        }
    }
    for (index, session) in rows.sessions.into_iter().enumerate() {
        let entry = Entry::new(format!("session {}", index + 1), Verdict::Taken);
        match signed_in(&session, now) {
            Err(why) => left_out.push(entry.refused(why)),
            Ok(merchant) => match merchants.get_mut(&merchant) {
                None => left_out.push(entry.refused("its merchant has neither a shop nor a Page")),
                Some(items) => {
                    let id = session::hash(session.id.expose());
                    items.push((entry, ImportItem::Session { id, begun_at: session.created_at }));
                }
            },
        }
    }
    let planned = merchants.into_iter().map(|(merchant, items)| Planned { merchant, items }).collect();
    (planned, left_out)
}

/// Brings the two rows of each thing together.
fn sort(rows: Vec<PythonToken>, left_out: &mut Vec<Entry>) -> BTreeMap<Thing, Known> {
    let mut things: BTreeMap<Thing, Known> = BTreeMap::new();
    for row in rows {
        let entry = Entry::new(row.key.clone(), Verdict::Taken);
        let (thing, wanted) = match read_key(&row.key) {
            Ok(read) => read,
            Err(why) => {
                left_out.push(entry.refused(why));
                continue;
            }
        };
        let known = things.entry(thing).or_default();
        let slot = match wanted {
            PythonKind::Token => &mut known.token,
            PythonKind::Uuid => &mut known.owner,
        };
        if row.kind != wanted {
            left_out.push(entry.refused("its name and its type disagree"));
        } else if slot.is_some() {
            left_out.push(entry.refused("another row names the same"));
        } else {
            *slot = Some(row);
        }
    }
    things.retain(|_, known| known.owner.is_some() || known.token.is_some());
    things
}

/// What a row is about and what it must hold.
fn read_key(key: &str) -> Result<(Thing, PythonKind), &'static str> {
    if key == "FACEBOOK_USER_ACCESS_TOKEN" {
        return Err("it was one person's token for everybody; it is taken for nobody");
    }
    let page = |id: &str| {
        let fits = (1..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| Thing::Page(id.to_owned())).ok_or("it names no Page")
    };
    let shop = |name: &str| {
        let label = name.strip_suffix("_myshopify_com").ok_or("it names no shop of myshopify.com")?;
        ShopDomain::parse_typed(label).map(Thing::Shop).map_err(|_| "it names no shop of myshopify.com")
    };
    if let Some(id) = key.strip_prefix("FACEBOOK_ACCESS_TOKEN_") {
        Ok((page(id)?, PythonKind::Token))
    } else if let Some(id) = key.strip_prefix("PAGE_UUID_") {
        Ok((page(id)?, PythonKind::Uuid))
    } else if let Some(name) = key.strip_prefix("SHOPIFY_ACCESS_TOKEN_") {
        Ok((shop(name)?, PythonKind::Token))
    } else if let Some(name) = key.strip_prefix("USER_UUID_") {
        Ok((shop(name)?, PythonKind::Uuid))
    } else {
        Err("it is none of the names that version used")
    }
}

/// Whose it is; what is nobody's cannot be taken.
fn owner(known: &Known, now: Timestamp) -> Result<MerchantId, &'static str> {
    let Some(row) = &known.owner else { return Err("no row says whose it is") };
    if let Some(why) = over(row, now) {
        return Err(if why == CANCELED { "its owner was canceled" } else { "its owner's row had expired" });
    }
    MerchantId::parse(row.value.expose()).map_err(|_| "its owner is not a UUID")
}

const CANCELED: &str = "it was canceled";

/// Why a row no longer counts.
fn over(row: &PythonToken, now: Timestamp) -> Option<&'static str> {
    if row.canceled {
        Some(CANCELED)
    } else if row.expires_at.is_some_and(|end| end <= now) {
        Some("it had expired")
    } else {
        None
    }
}

fn item(
    thing: Thing,
    row: Option<PythonToken>,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> (Entry, ImportItem) {
    let (token, verdict) = match usable(row, now) {
        Ok(token) => (Some(token), Verdict::Taken),
        Err(why) => (None, Verdict::Tokenless(why)),
    };
    let entry = Entry::new(thing.name(), verdict);
    let item = match thing {
        Thing::Shop(shop) => ImportItem::Shop { shop, token },
        Thing::Page(native_id) => ImportItem::Page { new_id: AccountId::new(now, entropy), native_id, token },
    };
    (entry, item)
}

/// A token that may still be good. Only letters that can stand in a header, and as many as vendors use.
fn usable(row: Option<PythonToken>, now: Timestamp) -> Result<SecretText, &'static str> {
    let row = row.ok_or("there was none")?;
    if let Some(why) = over(&row, now) {
        return Err(why);
    }
    let text = row.value.expose();
    let fits = (8..=2_048).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(row.value) } else { Err("it does not look like one") }
}

/// Whose browser it is, if it is signed in still.
fn signed_in(session: &PythonSession, now: Timestamp) -> Result<MerchantId, &'static str> {
    if session.created_at > now {
        return Err("it begins in the future");
    }
    if now.since(session.created_at) >= SESSION_LIFE {
        return Err("it had ended");
    }
    if !session::is_session_id(session.id.expose()) {
        return Err("its id is not one a browser would send");
    }
    MerchantId::parse(session.uuid.expose()).map_err(|_| "its merchant is not a UUID")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &str, expected: Result<(&str, PythonKind), &str>) {
        let read = read_key(key).map(|(thing, kind)| (thing.name(), kind));
        let expected = expected.map(|(name, kind)| (name.to_owned(), kind));
        assert_eq!(read, expected, "{key}");
    }

    #[test]
    fn names_of_rows_are_read_strictly() {
        let shop = "shop nordlys-2.myshopify.com";
        check("SHOPIFY_ACCESS_TOKEN_nordlys-2_myshopify_com", Ok((shop, PythonKind::Token)));
        check("USER_UUID_Nordlys-2_myshopify_com", Ok((shop, PythonKind::Uuid)));
        check("FACEBOOK_ACCESS_TOKEN_106511000000001", Ok(("Page 106511000000001", PythonKind::Token)));
        check("PAGE_UUID_106511000000001", Ok(("Page 106511000000001", PythonKind::Uuid)));
        for foreign in ["evil_com", "a_b_myshopify_com", "_myshopify_com", "x_myshopify_com_evil_com", ""] {
            check(&format!("USER_UUID_{foreign}"), Err("it names no shop of myshopify.com"));
        }
        for foreign in ["", "me", "1/../2", "١٢", &"1".repeat(33)] {
            check(&format!("PAGE_UUID_{foreign}"), Err("it names no Page"));
        }
        check("USER_UUID", Err("it is none of the names that version used"));
    }
}
