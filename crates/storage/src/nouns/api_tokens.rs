//! The operator's API tokens: kept as hashes, named, scoped, and with an end where one was asked for. They belong to the
//! installation and not to a merchant.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;

use crate::error::StoreError;
use crate::nouns::sessions::Hash;

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Reading the API.
    Read,
    /// Changing through the API.
    Write,
    /// Reading the metrics.
    Metrics,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Metrics];

    /// The stable word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Metrics => "metrics",
        }
    }

    /// The scope of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// A token as it is listed: everything but what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// What the operator calls it.
    pub name: String,
    /// What it is good for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; `None` = when it is revoked.
    pub ends_at: Option<Timestamp>,
}

/// See the module.
#[async_trait]
pub trait ApiTokens: Send + Sync {
    /// Keeps a token under its name; `Conflict` if another has the name.
    async fn keep_api_token(&self, hash: Hash, token: ApiToken) -> Result<(), StoreError>;

    /// The token with this hash, ended or not.
    async fn find_api_token(&self, hash: Hash) -> Result<Option<ApiToken>, StoreError>;

    /// Tokens in order of their names, after `after`.
    async fn list_api_tokens(&self, after: &str, most: usize) -> Result<Vec<ApiToken>, StoreError>;

    /// Forgets a token; `false` = there is none of this name.
    async fn revoke_api_token(&self, name: &str) -> Result<bool, StoreError>;
}
