//! Who may call: codes on their way to become tokens, the tokens themselves, and the webhook subscriptions made with them.
//!
//! Only digests are kept, so the file on disk opens nothing. Saved by the caller before an answer leaves.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How long an authorisation code may be exchanged.
const CODE_LIFE_MS: i64 = 60_000;
/// Life of an expiring access token.
pub(crate) const ACCESS_LIFE_S: i64 = 3_600;
/// Life of a token for the app's own credentials, as Shopify answers it.
pub(crate) const DAY_S: i64 = 86_399;
/// Life of its refresh token.
pub(crate) const REFRESH_LIFE_S: i64 = 7_776_000;
/// Codes and tokens kept in all; the oldest make room, so nobody can fill the disk.
const MOST: usize = 20_000;

/// Everything the small state file holds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ledger {
    codes: Vec<Code>,
    tokens: Vec<Token>,
    /// Subscriptions of all shops, in the order they were made.
    #[serde(default)]
    pub(crate) subscriptions: Vec<Subscription>,
    /// How many numbers were given out for subscriptions so far.
    #[serde(default)]
    pub(crate) numbered: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Code {
    digest: String,
    shop: String,
    scopes: Vec<String>,
    ends_at: i64,
}

/// A token as the fake remembers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Token {
    shop: String,
    scopes: Vec<String>,
    access: String,
    /// `None` = a static token.
    access_ends_at: Option<i64>,
    refresh: Option<String>,
    refresh_ends_at: i64,
    /// Was refreshed; its refresh token works again until the successor's is used.
    replaced: bool,
}

/// A webhook subscription made through the API.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) id: u64,
    pub(crate) shop: String,
    /// As the API spells it, such as `PRODUCTS_UPDATE`.
    pub(crate) topic: String,
    pub(crate) uri: String,
    pub(crate) include_fields: Vec<String>,
    pub(crate) metafield_namespaces: Vec<String>,
    pub(crate) name: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// Freshly drawn secrets, handed in so that nothing here asks for chance.
pub(crate) struct Drawn {
    pub(crate) access: String,
    /// Present when the token shall expire.
    pub(crate) refresh: Option<String>,
}

/// What a presented access token allows.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) scopes: Vec<String>,
}

impl Ledger {
    /// Remembers a code for one exchange.
    pub(crate) fn add_code(&mut self, code: &str, shop: &str, scopes: Vec<String>, now: i64) {
        self.codes.retain(|code| code.ends_at > now);
        make_room(&mut self.codes);
        self.codes.push(Code {
            digest: digest(code),
            shop: shop.to_owned(),
            scopes,
            ends_at: now + CODE_LIFE_MS,
        });
    }

    /// Spends a code; its scopes, or nothing when it is unknown, used, late or another shop's.
    pub(crate) fn spend_code(&mut self, code: &str, shop: &str, now: i64) -> Option<Vec<String>> {
        let digest = digest(code);
        let at = self.codes.iter().position(|code| code.digest == digest)?;
        let code = self.codes.swap_remove(at);
        (code.shop == shop && code.ends_at > now).then_some(code.scopes)
    }

    /// A new grant. One expiring pair lives per shop: a new installation ends the former pair.
    pub(crate) fn grant(&mut self, shop: &str, scopes: Vec<String>, drawn: &Drawn, now: i64) {
        if drawn.refresh.is_some() {
            self.tokens.retain(|token| token.shop != shop || token.refresh.is_none());
        }
        self.push(shop, scopes, drawn, now);
    }

    /// Trades a refresh token for a new pair; the scopes, or nothing when the token is dead.
    ///
    /// The old refresh token can be tried again until its successor is used, so that a lost answer can be repaired. The
    /// repair ends the pair that was lost: whoever did receive it is locked out, as two refreshing processes find.
    pub(crate) fn refresh(
        &mut self,
        refresh: &str,
        shop: &str,
        drawn: &Drawn,
        now: i64,
    ) -> Option<Vec<String>> {
        let digest = digest(refresh);
        let found = self.tokens.iter().position(|token| {
            token.shop == shop && token.refresh.as_ref() == Some(&digest) && token.refresh_ends_at > now
        })?;
        let used = self.tokens.get_mut(found)?;
        let (scopes, again) = (used.scopes.clone(), used.replaced);
        used.replaced = true;
        self.tokens.retain(|token| {
            let rotating = token.shop == shop && token.refresh.is_some();
            let is_used = token.refresh.as_ref() == Some(&digest);
            !rotating || is_used || (again && token.replaced)
        });
        self.push(shop, scopes.clone(), drawn, now);
        Some(scopes)
    }

    /// Another process spent the same refresh token later: its pair takes the place of the one that was handed out first.
    pub(crate) fn overtake(&mut self, shop: &str, drawn: &Drawn, now: i64) {
        let last = self.tokens.iter().rposition(|token| token.shop == shop && token.refresh.is_some());
        let Some(outdated) = last.map(|at| self.tokens.remove(at)) else { return };
        self.push(shop, outdated.scopes, drawn, now);
    }

    /// The shop's tokens allow these scopes alone.
    pub(crate) fn rescope(&mut self, shop: &str, scopes: &[&str]) {
        for token in self.tokens.iter_mut().filter(|token| token.shop == shop) {
            token.scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        }
    }

    /// A token for the app's own credentials: it ends in a day and leaves all others alone.
    pub(crate) fn grant_for_a_day(&mut self, shop: &str, scopes: Vec<String>, drawn: &Drawn, now: i64) {
        self.push(shop, scopes, drawn, now);
        if let Some(token) = self.tokens.last_mut() {
            token.access_ends_at = Some(now + DAY_S * 1_000);
        }
    }

    /// What `access` allows in `shop` now; nothing when it is unknown, revoked or over.
    pub(crate) fn check(&self, access: &str, shop: &str, now: i64) -> Option<Access> {
        let digest = digest(access);
        let token = self.tokens.iter().find(|token| token.shop == shop && token.access == digest)?;
        let alive = token.access_ends_at.is_none_or(|end| end > now);
        alive.then(|| Access { scopes: token.scopes.clone() })
    }

    /// Ends the access tokens of a shop now; their refresh tokens still work.
    pub(crate) fn expire_access(&mut self, shop: &str, now: i64) {
        for token in self.tokens.iter_mut().filter(|token| token.shop == shop && token.refresh.is_some()) {
            token.access_ends_at = Some(now);
        }
    }

    /// Takes every token of a shop away, as uninstalling the app does.
    pub(crate) fn revoke(&mut self, shop: &str) {
        self.tokens.retain(|token| token.shop != shop);
        self.codes.retain(|code| code.shop != shop);
    }

    /// Whether the app is installed in `shop`.
    pub(crate) fn installed(&self, shop: &str) -> bool {
        self.tokens.iter().any(|token| token.shop == shop)
    }

    fn push(&mut self, shop: &str, scopes: Vec<String>, drawn: &Drawn, now: i64) {
        self.tokens.retain(|token| token.refresh.is_none() || token.refresh_ends_at > now);
        make_room(&mut self.tokens);
        self.tokens.push(Token {
            shop: shop.to_owned(),
            scopes,
            access: digest(&drawn.access),
            access_ends_at: drawn.refresh.is_some().then_some(now + ACCESS_LIFE_S * 1_000),
            refresh: drawn.refresh.as_deref().map(digest),
            refresh_ends_at: now + REFRESH_LIFE_S * 1_000,
            replaced: false,
        });
    }
}

fn make_room<T>(list: &mut Vec<T>) {
    let over = (list.len() + 1).saturating_sub(MOST);
    list.drain(..over);
}

fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// Whether `scopes` allow `wanted`: writing a thing includes reading it.
pub(crate) fn allows(scopes: &[String], wanted: &str) -> bool {
    let writing = wanted.replacen("read_", "write_", 1);
    scopes.iter().any(|scope| scope == wanted || *scope == writing)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "fjord.myshopify.com";

    fn pair(number: u8) -> Drawn {
        Drawn { access: format!("access-{number}"), refresh: Some(format!("refresh-{number}")) }
    }

    fn scopes() -> Vec<String> {
        vec!["read_products".to_owned()]
    }

    #[test]
    fn a_code_works_once_in_its_shop_and_in_time() {
        let mut ledger = Ledger::default();
        ledger.add_code("one", SHOP, scopes(), 0);
        ledger.add_code("two", SHOP, scopes(), 0);
        ledger.add_code("three", SHOP, scopes(), 0);

        assert_eq!(ledger.spend_code("one", SHOP, 1), Some(scopes()));
        assert_eq!(ledger.spend_code("one", SHOP, 1), None);
        assert_eq!(ledger.spend_code("two", "other.myshopify.com", 1), None);
        assert_eq!(ledger.spend_code("three", SHOP, CODE_LIFE_MS), None);
    }

    #[test]
    fn a_lost_answer_is_repaired_with_the_old_refresh_token_until_the_new_one_is_used() {
        let mut ledger = Ledger::default();
        ledger.grant(SHOP, scopes(), &pair(1), 0);

        assert!(ledger.refresh("refresh-1", SHOP, &pair(2), 1).is_some(), "the answer with pair 2 is lost");
        assert!(ledger.refresh("refresh-1", SHOP, &pair(3), 2).is_some(), "tried again");
        assert!(ledger.check("access-2", SHOP, 3).is_none(), "the lost pair is dead");
        assert!(ledger.check("access-3", SHOP, 3).is_some());

        assert!(ledger.refresh("refresh-3", SHOP, &pair(4), 4).is_some());
        assert!(ledger.refresh("refresh-1", SHOP, &pair(5), 5).is_none(), "too late: the successor was used");
        assert!(ledger.refresh("refresh-2", SHOP, &pair(6), 6).is_none());
        assert!(ledger.check("access-4", SHOP, 7).is_some());
    }

    #[test]
    fn an_access_token_ends_after_an_hour_and_a_static_one_never() {
        let mut ledger = Ledger::default();
        ledger.grant(SHOP, scopes(), &pair(1), 0);
        ledger.grant(SHOP, scopes(), &Drawn { access: "static".to_owned(), refresh: None }, 0);

        assert!(ledger.check("access-1", SHOP, 3_599_999).is_some());
        assert!(ledger.check("access-1", SHOP, 3_600_000).is_none());
        assert!(ledger.check("static", SHOP, i64::MAX).is_some());

        ledger.revoke(SHOP);
        assert!(ledger.check("static", SHOP, 0).is_none());
        assert!(!ledger.installed(SHOP));
    }

    #[test]
    fn the_saved_ledger_holds_no_token() {
        let mut ledger = Ledger::default();
        ledger.add_code("the-code", SHOP, scopes(), 0);
        ledger.grant(SHOP, scopes(), &pair(1), 0);

        let saved = serde_json::to_string(&ledger).unwrap();

        assert!(!saved.contains("the-code") && !saved.contains("access-1") && !saved.contains("refresh-1"));
    }
}
