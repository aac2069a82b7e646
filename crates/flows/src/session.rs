//! Sessions: an opaque id in a cookie, its hash in the store, an end that the server enforces.

use sha2::{Digest, Sha256};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy;
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::{Secret, SecretText};
use shopclerk_storage::nouns::sessions::{Hash, NewSession, SessionRow};

use crate::app::App;
use crate::error::FlowError;

/// Length of an id or handle: 256 bits in hexadecimal.
pub(crate) const HANDLE_LEN: usize = 64;

/// Whose browser this is.
pub async fn who(app: &App, session_id: Option<&str>) -> Result<MerchantId, FlowError> {
    let id = session_id.ok_or(FlowError::NoSession)?;
    find(app, id).await?.ok_or(FlowError::SessionEnded)
}

/// Whose browser this is, if it is anybody's.
pub(crate) async fn find(app: &App, session_id: &str) -> Result<Option<MerchantId>, FlowError> {
    if !is_session_id(session_id) {
        return Ok(None);
    }
    Ok(app.store().find_session(hash(session_id), app.settings().sessions, app.now()).await?)
}

/// Ends the browser's session, if it has one; who has none is signed out already.
pub async fn end(app: &App, session_id: Option<&str>) -> Result<(), FlowError> {
    let Some(id) = session_id.filter(|id| is_handle(id)) else { return Ok(()) };
    Ok(app.store().end_session(hash(id), None, app.now()).await?)
}

/// A session of the merchant's, as the merchant sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Whether it is the one that asks.
    pub current: bool,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it was used last, to the minute.
    pub used_at: Timestamp,
}

/// Most sessions that are listed.
const MOST_LISTED: usize = 50;

/// The merchant's sessions that are alive, the newest first.
pub async fn list(app: &App, session_id: Option<&str>) -> Result<Vec<Listed>, FlowError> {
    let merchant = who(app, session_id).await?;
    let (own, limits, now) = (session_id.map(hash), app.settings().sessions, app.now());
    let rows = app.store().list_sessions(merchant, MOST_LISTED).await?;
    let alive = rows.into_iter().filter(|row| limits.is_alive(row.begun_at, row.used_at, now));
    let listed = |row: SessionRow| Listed {
        current: own == Some(row.id),
        begun_at: row.begun_at,
        used_at: row.used_at,
    };
    Ok(alive.map(listed).collect())
}

/// Ends all of the merchant's sessions but the one that asks; says how many.
pub async fn end_others(app: &App, session_id: Option<&str>) -> Result<usize, FlowError> {
    let merchant = who(app, session_id).await?;
    let own = session_id.map(hash).ok_or(FlowError::NoSession)?;
    Ok(app.store().end_other_sessions(merchant, own).await?)
}

/// Gives the browser a new id for the same merchant; the old one is dead when this returns.
pub(crate) async fn rotate(app: &App, old: Hash) -> Result<SecretText, FlowError> {
    let (id, session) = begin(app);
    app.store().end_session(old, Some(session), app.now()).await?;
    Ok(id)
}

/// A new id for the browser, and what the store keeps of it.
pub(crate) fn begin(app: &App) -> (SecretText, NewSession) {
    let id = handle(app);
    let session = NewSession { id: hash(id.expose()) };
    (id, session)
}

/// A fresh unguessable handle: 256 bits in hexadecimal.
pub(crate) fn handle(app: &App) -> SecretText {
    Secret::new(hex::encode(entropy::bytes::<32>(app.entropy())))
}

/// What the store keeps instead of a handle.
pub(crate) fn hash(handle: &str) -> Hash {
    Sha256::digest(handle.as_bytes()).into()
}

/// Whether a browser's id is worth a look: ours are handles, those of an imported session have another shape.
pub(crate) fn is_session_id(text: &str) -> bool {
    (16..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='))
}

/// Whether the text has the shape of a handle of ours.
pub(crate) fn is_handle(text: &str) -> bool {
    text.len() == HANDLE_LEN && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
