//! The operator's API tokens: shown once, kept as hashes, each with its scopes and perhaps an end.

use std::time::Duration;

use sha2::{Digest, Sha256};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy::{self, Entropy};
use shopclerk_domain::secret::{Secret, SecretText};
use shopclerk_storage::StoreError;
pub use shopclerk_storage::nouns::api_tokens::{ApiToken, Scope};
use thiserror::Error;

use crate::app::App;
use crate::error::FlowError;

/// How a token begins, so that one that got lost is recognised for what it is.
const PREFIX: &str = "shopclerk_";
/// Length of a token: the prefix and 256 bits in hexadecimal.
const LENGTH: usize = PREFIX.len() + 64;
/// Longest name.
const LONGEST_NAME: usize = 64;
/// Tokens of an installation.
const MOST: usize = 1_000;

/// Why a token was not made.
#[derive(Debug, Error)]
pub enum NotMade {
    /// Without a plain name and a scope it says nothing to whoever lists it.
    #[error("a token needs a scope, and a name of at most 64 letters, digits, `-`, `_` and `.`")]
    BadName,
    /// Another token has the name.
    #[error("another token has this name; revoke it first, or choose another")]
    Taken,
    /// The store failed.
    #[error("the token could not be kept")]
    Failed(#[source] StoreError),
}

/// A token about to be kept: of its text the hash alone, which may travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What the operator calls it.
    pub name: String,
    /// What it is to be good for.
    pub scopes: Vec<Scope>,
    /// How long it counts; `None` = until it is revoked.
    pub life: Option<Duration>,
    /// What its text is known by.
    pub hash: [u8; 32],
}

/// The text of a new token. It counts once its hash is kept, and is in no other place than the answer.
pub fn draw(entropy: &dyn Entropy) -> SecretText {
    Secret::new(format!("{PREFIX}{}", hex::encode(entropy::bytes::<32>(entropy))))
}

/// What a token's text is known by.
pub fn hash(text: &SecretText) -> [u8; 32] {
    Sha256::digest(text.expose().as_bytes()).into()
}

/// Keeps a token: from now on it counts.
pub async fn keep(app: &App, new: NewToken) -> Result<ApiToken, NotMade> {
    let NewToken { name, scopes, life, hash } = new;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !(1..=LONGEST_NAME).contains(&name.len()) || !name.bytes().all(plain) || scopes.is_empty() {
        return Err(NotMade::BadName);
    }
    let now = app.now();
    let token = ApiToken { name, scopes, created_at: now, ends_at: life.map(|life| now.plus(life)) };
    match app.store().keep_api_token(hash, token.clone()).await {
        Ok(()) => Ok(token),
        Err(StoreError::Conflict) => Err(NotMade::Taken),
        Err(error) => Err(NotMade::Failed(error)),
    }
}

/// All tokens, in order of their names.
pub async fn list(app: &App) -> Result<Vec<ApiToken>, FlowError> {
    Ok(app.store().list_api_tokens("", MOST).await?)
}

/// Ends a token at once.
pub async fn revoke(app: &App, name: &str) -> Result<(), FlowError> {
    if app.store().revoke_api_token(name).await? { Ok(()) } else { Err(FlowError::NotFound) }
}

/// The token this text proves, if it still counts.
pub async fn find(app: &App, text: &str) -> Result<Option<ApiToken>, FlowError> {
    if text.len() != LENGTH || !text.starts_with(PREFIX) {
        return Ok(None);
    }
    let found = app.store().find_api_token(hash(&Secret::new(text.to_owned()))).await?;
    Ok(found.filter(|token| counts(token, app.now())))
}

/// Whether any token counts that may be used for this.
pub async fn any_for(app: &App, scope: Scope) -> Result<bool, FlowError> {
    let now = app.now();
    Ok(list(app).await?.iter().any(|token| counts(token, now) && token.scopes.contains(&scope)))
}

/// How things stand over all merchants, naming none.
#[derive(Debug)]
pub struct Standing {
    /// How much waits for a person, by kind.
    pub undone: [(&'static str, u64); 4],
    /// How many connections there are, by kind and state.
    pub connections: Vec<(&'static str, String, u64)>,
    /// How long the oldest due work has waited, by kind.
    pub overdue: [(&'static str, Duration); 2],
}

/// Looks how things stand.
pub async fn standing(app: &App) -> Result<Standing, FlowError> {
    let waiting = app.store().count_waiting().await?;
    let due = app.store().next_due().await?;
    let late = |at: Option<Timestamp>| at.map_or(Duration::ZERO, |at| app.now().since(at));
    Ok(Standing {
        undone: [
            ("event", waiting.dead),
            ("job", waiting.given_up),
            ("part", waiting.parked),
            ("quarantined", waiting.quarantined),
        ],
        connections: app.store().count_connections().await?,
        overdue: [("conversation", late(due.conversation)), ("job", late(due.job))],
    })
}

fn counts(token: &ApiToken, now: Timestamp) -> bool {
    token.ends_at.is_none_or(|ends| ends > now)
}
