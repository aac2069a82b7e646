//! The Pages a merchant may connect, however they hold them. One list is not enough: Pages that belong to a business portfolio
//! stand in other lists, or are only named in the token itself.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use shopclerk_domain::secret::SecretText;

use super::Meta;
use super::oauth::id_text;
use crate::error::UpstreamError;

/// What a Page says of itself in public; all of it is kept, none of it is needed.
const PUBLIC: [&str; 11] = [
    "id",
    "name",
    "category",
    "about",
    "website",
    "link",
    "picture",
    "fan_count",
    "verification_status",
    "location",
    "phone",
];
/// What we show of it.
const SHOWN: &str = "id,name,category";
/// What we cannot do without.
const NEEDED: &str = "id,name,category,tasks,access_token";
/// Lists are followed this far: 2,000 Pages, and 100 portfolios.
const MOST_ROUNDS: usize = 20;
const PER_ROUND: &str = "100";
const MOST_PORTFOLIOS: usize = 100;

/// A Page that a merchant may connect.
#[derive(Clone, Debug)]
pub struct PageFound {
    /// Meta's id of it.
    pub id: String,
    /// Name shoppers see.
    pub name: String,
    /// Its own token; `None` when the merchant may not act for it.
    pub token: Option<SecretText>,
    /// The merchant may answer for it.
    pub can_message: bool,
    /// The merchant may subscribe it to our webhook.
    pub can_manage: bool,
    /// What it says of itself, under Meta's field names, without any token.
    pub data: Map<String, Value>,
}

/// What a Page says of itself when it is read with its own token.
#[derive(Clone, Debug)]
pub struct PageRead {
    /// Name shoppers see.
    pub name: String,
    /// What it says of itself, under Meta's field names, without any token.
    pub data: Map<String, Value>,
}

#[derive(Deserialize)]
struct Round {
    #[serde(default)]
    data: Vec<Map<String, Value>>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    cursors: Option<Cursors>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Cursors {
    after: Option<String>,
}

/// Pages by id. Of two copies the one with a token stays.
#[derive(Default)]
struct Merged {
    pages: Vec<PageFound>,
    at: BTreeMap<String, usize>,
}

impl Meta {
    /// All Pages of the merchant whose token `user` is.
    pub async fn pages(&self, user: &SecretText) -> Result<Vec<PageFound>, UpstreamError> {
        let mut merged = Merged::default();
        merged.add(self.page_list(user, &["me", "accounts"]).await?);
        for portfolio in
            passable(self.list(user, &["me", "businesses"], "id").await)?.iter().take(MOST_PORTFOLIOS)
        {
            let Some(id) = portfolio.get("id").and_then(id_text) else { continue };
            for edge in ["owned_pages", "client_pages"] {
                merged.add(passable(self.page_list(user, &[&id, edge]).await)?);
            }
        }
        for id in self.named_in_token(user).await? {
            if !merged.has_token(&id) {
                merged.add(passable(self.page(user, &id).await)?);
            }
        }
        Ok(merged.pages)
    }

    /// Reads a connected Page again with its own token.
    pub async fn read_page(&self, page: &str, token: &SecretText) -> Result<PageRead, UpstreamError> {
        self.may_ask(page)?;
        let found = self.get("meta.page", token, &[page], &[("fields", &PUBLIC.join(","))]).await;
        let found: Map<String, Value> = match found {
            Err(UpstreamError::Refused { code }) if code.starts_with("100") => {
                self.get("meta.page", token, &[page], &[("fields", SHOWN)]).await?
            }
            other => other?,
        };
        let read = page_found(found).filter(|read| read.id == page).ok_or(UpstreamError::Malformed)?;
        Ok(PageRead { name: read.name, data: read.data })
    }

    /// Pages that the token itself names: found nowhere else when they are shared in certain ways.
    async fn named_in_token(&self, user: &SecretText) -> Result<Vec<String>, UpstreamError> {
        let scopes = passable(self.inspect(user).await.map(|info| info.granular))?;
        let about_pages = scopes.into_iter().filter(|one| one.scope.starts_with("pages_"));
        let mut ids: Vec<String> = about_pages.flat_map(|one| one.targets).collect();
        ids.sort();
        ids.dedup();
        ids.truncate(MOST_PORTFOLIOS);
        Ok(ids)
    }

    async fn page(&self, user: &SecretText, id: &str) -> Result<Vec<Map<String, Value>>, UpstreamError> {
        let all = all_fields();
        let found = self.get("meta.pages", user, &[id], &[("fields", &all)]).await;
        let found = match found {
            Err(UpstreamError::Refused { .. }) => {
                self.get("meta.pages", user, &[id], &[("fields", NEEDED)]).await
            }
            other => other,
        };
        found.map(|page: Map<String, Value>| vec![page])
    }

    /// One unknown field fails a whole call, and fields come and go with versions: what is not needed must not cost a connection.
    async fn page_list(
        &self,
        user: &SecretText,
        path: &[&str],
    ) -> Result<Vec<Map<String, Value>>, UpstreamError> {
        match self.list(user, path, &all_fields()).await {
            Err(UpstreamError::Refused { code }) if code.starts_with("100") => {
                self.list(user, path, NEEDED).await
            }
            other => other,
        }
    }

    /// A list to its end. The cursor is taken by value: the address of the next round holds the token.
    async fn list(
        &self,
        user: &SecretText,
        path: &[&str],
        fields: &str,
    ) -> Result<Vec<Map<String, Value>>, UpstreamError> {
        let (mut found, mut after) = (Vec::new(), None::<String>);
        for _ in 0..MOST_ROUNDS {
            let mut query = vec![("fields", fields), ("limit", PER_ROUND)];
            if let Some(after) = &after {
                query.push(("after", after));
            }
            let round: Round = self.get("meta.pages", user, path, &query).await?;
            found.extend(round.data);
            let next = round.paging.and_then(cursor);
            if next.is_none() || next == after {
                break;
            }
            after = next;
        }
        Ok(found)
    }
}

fn all_fields() -> String {
    format!("{},tasks,access_token", PUBLIC.join(","))
}

/// A further list that the merchant did not open to us is an empty one; only what may pass later is an error.
fn passable<T: Default>(found: Result<T, UpstreamError>) -> Result<T, UpstreamError> {
    match found {
        Err(UpstreamError::Refused { .. } | UpstreamError::TokenRefused | UpstreamError::Malformed) => {
            Ok(T::default())
        }
        other => other,
    }
}

/// Where the next round begins, if there is one.
fn cursor(paging: Paging) -> Option<String> {
    let next = paging.next?;
    let (_, query) = next.split_once('?').unwrap_or_default();
    let in_address = || {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "after")
            .map(|(_, value)| value.into_owned())
    };
    paging.cursors.and_then(|cursors| cursors.after).or_else(in_address).filter(|after| !after.is_empty())
}

impl Merged {
    fn add(&mut self, found: Vec<Map<String, Value>>) {
        for page in found.into_iter().filter_map(page_found) {
            match self.at.get(&page.id).and_then(|at| self.pages.get_mut(*at)) {
                None => {
                    self.at.insert(page.id.clone(), self.pages.len());
                    self.pages.push(page);
                }
                Some(known) if known.token.is_none() && page.token.is_some() => *known = page,
                Some(_) => {}
            }
        }
    }

    fn has_token(&self, id: &str) -> bool {
        self.at.get(id).and_then(|at| self.pages.get(*at)).is_some_and(|page| page.token.is_some())
    }
}

fn page_found(mut fields: Map<String, Value>) -> Option<PageFound> {
    let id = fields.get("id").and_then(id_text)?;
    let name = fields.get("name").and_then(Value::as_str).unwrap_or(&id).to_owned();
    let token = fields.get("access_token").and_then(Value::as_str).filter(|token| !token.is_empty());
    let token = token.map(|token| SecretText::new(token.to_owned()));
    let tasks = fields.get("tasks").and_then(Value::as_array);
    let has = |wanted: &[&str]| match tasks {
        Some(tasks) => tasks.iter().filter_map(Value::as_str).any(|task| wanted.contains(&task)),
        // A single Page may be answered without its tasks; then the token is the only sign.
        None => token.is_some(),
    };
    let (can_message, can_manage) = (has(&["MESSAGING", "MESSAGE"]), has(&["MANAGE", "MODERATE"]));
    fields.retain(|field, _| PUBLIC.contains(&field.as_str()));
    Some(PageFound { id, name, token, can_message, can_manage, data: fields })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(pages: Value) -> Merged {
        let mut merged = Merged::default();
        merged.add(serde_json::from_value(pages).unwrap());
        merged
    }

    #[test]
    fn of_two_copies_of_a_page_the_one_with_a_token_stays() {
        let mut merged = found(
            json!([{ "id": "1", "name": "Nordlys" }, { "id": 2, "name": "Skerry", "access_token": "EA2" }]),
        );
        merged.add(
            serde_json::from_value(json!([{ "id": "1", "access_token": "EA1" }, { "id": "2" }])).unwrap(),
        );

        let tokens: Vec<_> = merged
            .pages
            .iter()
            .map(|page| page.token.as_ref().map(|token| token.expose().as_str()))
            .collect();
        assert_eq!(tokens, [Some("EA1"), Some("EA2")]);
        assert!(merged.has_token("1") && merged.has_token("2") && !merged.has_token("3"));
    }

    #[test]
    fn what_is_kept_of_a_page_holds_no_token() {
        let merged = found(json!([{
            "id": "1", "name": "Nordlys", "access_token": "EA1", "tasks": ["MESSAGING", "MODERATE"],
            "picture": { "data": { "url": "https://x/1.png" } }, "page_token": "EA1", "fan_count": 12,
        }]));

        let page = &merged.pages[0];
        assert!(page.can_message && page.can_manage);
        assert_eq!(page.data.keys().collect::<Vec<_>>(), ["fan_count", "id", "name", "picture"]);
        assert!(!format!("{page:?}").contains("EA1"));
    }

    #[test]
    fn tasks_say_what_the_merchant_may_do() {
        for (page, can) in [
            (json!({ "id": "1", "access_token": "E", "tasks": ["ANALYZE"] }), (false, false)),
            (json!({ "id": "1", "access_token": "E", "tasks": ["MESSAGE"] }), (true, false)),
            (json!({ "id": "1", "access_token": "E", "tasks": ["MANAGE"] }), (false, true)),
            (json!({ "id": "1", "access_token": "E" }), (true, true)),
            (json!({ "id": "1" }), (false, false)),
        ] {
            let merged = found(json!([page]));
            assert_eq!((merged.pages[0].can_message, merged.pages[0].can_manage), can);
        }
        assert!(found(json!([{ "name": "no id" }, { "id": "../me" }, { "id": "" }])).pages.is_empty());
    }

    #[test]
    fn the_next_round_is_a_cursor_never_an_address() {
        for (paging, next) in [
            (
                json!({ "next": "https://evil.example/?after=Q1&access_token=EA1", "cursors": { "after": "Q2" } }),
                Some("Q2"),
            ),
            (json!({ "next": "https://graph.facebook.com/x?after=Q%2F1&access_token=EA1" }), Some("Q/1")),
            (json!({ "cursors": { "after": "Q2" } }), None),
            (json!({ "next": "nonsense" }), None),
            (json!({}), None),
        ] {
            assert_eq!(cursor(serde_json::from_value(paging).unwrap()).as_deref(), next);
        }
    }
}
