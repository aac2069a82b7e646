//! The operator's API tokens in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use shopclerk_domain::clock::Timestamp;

use super::sql::{Sql as _, corrupt};
use super::writer::Lane;
use super::{SqliteStore, values};
use crate::error::StoreError;
use crate::nouns::ApiTokens;
use crate::nouns::api_tokens::{ApiToken, Scope};
use crate::nouns::sessions::Hash;

const KEEP: &str =
    "INSERT INTO api_tokens (token, name, scopes, created_at, ends_at) VALUES (?1, ?2, ?3, ?4, ?5)";

const FIND: &str = "SELECT name, scopes, created_at, ends_at FROM api_tokens WHERE token = ?1";

const LIST: &str =
    "SELECT name, scopes, created_at, ends_at FROM api_tokens WHERE name > ?1 ORDER BY name LIMIT ?2";

const REVOKE: &str = "DELETE FROM api_tokens WHERE name = ?1";

/// What requests go through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 3] = [FIND, LIST, REVOKE];

/// A row as it is read, before its words are.
struct Raw {
    name: String,
    scopes: String,
    created_at: Timestamp,
    ends_at: Option<Timestamp>,
}

impl Raw {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            name: row.get(0)?,
            scopes: row.get(1)?,
            created_at: values::at(row, 2)?,
            ends_at: values::maybe_at(row, 3)?,
        })
    }

    fn decode(self) -> Result<ApiToken, StoreError> {
        let scopes: Option<Vec<Scope>> = self.scopes.split(' ').map(Scope::from_word).collect();
        let scopes = scopes.ok_or_else(|| corrupt("api_tokens", &self.name, "a scope of it is unknown"))?;
        Ok(ApiToken { name: self.name, scopes, created_at: self.created_at, ends_at: self.ends_at })
    }
}

#[async_trait]
impl ApiTokens for SqliteStore {
    async fn keep_api_token(&self, hash: Hash, token: ApiToken) -> Result<(), StoreError> {
        let scopes = token.scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" ");
        let keep = move |tx: &Connection| {
            let (made, ends) = (token.created_at.millis(), values::millis(token.ends_at));
            tx.run_one(KEEP, params![hash, token.name, scopes, made, ends])
        };
        self.writer.unit(Lane::Interactive, "api_token.keep", keep).await
    }

    async fn find_api_token(&self, hash: Hash) -> Result<Option<ApiToken>, StoreError> {
        let find =
            move |db: &Connection| db.one(FIND, params![hash], Raw::read)?.map(Raw::decode).transpose();
        self.readers.glance(find).await
    }

    async fn list_api_tokens(&self, after: &str, most: usize) -> Result<Vec<ApiToken>, StoreError> {
        let after = after.to_owned();
        let list = move |db: &Connection| {
            let raw = db.all(LIST, params![after, values::limit(most)], Raw::read)?;
            raw.into_iter().map(Raw::decode).collect()
        };
        self.readers.read(list).await
    }

    async fn revoke_api_token(&self, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        let revoke = move |tx: &Connection| Ok(tx.run(REVOKE, params![name])? > 0);
        self.writer.unit(Lane::Interactive, "api_token.revoke", revoke).await
    }
}
