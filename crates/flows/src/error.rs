//! What can go wrong in a flow, sorted by what a person or a retry can do next.

use std::time::Duration;

use shopclerk_domain::window::Reason;
use shopclerk_storage::StoreError;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::objects::ObjectsError;
use thiserror::Error;

/// Why a flow did not do what it was asked.
#[derive(Debug, Error)]
pub enum FlowError {
    /// The delivery's signature does not hold.
    #[error("the signature does not hold")]
    BadSignature,
    /// Too much is waiting already: try again shortly.
    #[error("too much is waiting")]
    Busy,
    /// The name is no shop's permanent address.
    #[error("not a shop's permanent address")]
    BadShop,
    /// The provider's answer lacks what it must carry; holds the sentence people know.
    #[error("{0}")]
    MissingParameter(&'static str),
    /// The state is not of our making.
    #[error("malformed state token")]
    StateMalformed,
    /// The state is unknown, used, or of another browser, provider or shop.
    #[error("invalid state token")]
    StateInvalid,
    /// The state was ours and is too old.
    #[error("expired state token")]
    StateExpired,
    /// The callback's signature, time stamp or form does not hold.
    #[error("invalid hmac signature")]
    BadCallback,
    /// The provider did not give a token for the code.
    #[error("token exchange failed")]
    ExchangeFailed,
    /// The person said no, or the provider did in their name.
    #[error("the connection was not granted")]
    NotGranted,
    /// The request carries no session.
    #[error("missing session cookie")]
    NoSession,
    /// The session is unknown or has ended.
    #[error("invalid or expired session")]
    SessionEnded,
    /// No further shop may sign up here.
    #[error("sign-up is closed")]
    SignupClosed,
    /// The shop belongs to another merchant than the browser's session.
    #[error("the shop belongs to another merchant")]
    OtherMerchant,
    /// Every account that was granted belongs to another merchant here.
    #[error("the accounts belong to another merchant")]
    AccountTaken,
    /// The webhook handshake does not hold.
    #[error("verification failed")]
    HandshakeFailed,
    /// A signed request is not the platform's.
    #[error("the signed request does not hold")]
    BadSignedRequest,
    /// No request for deletion has this code.
    #[error("no deletion of this code")]
    UnknownDeletion,
    /// There is no such thing, or it is another merchant's: both are told alike.
    #[error("not found")]
    NotFound,
    /// The place in a list is not one that a page told.
    #[error("not a place in this list")]
    BadCursor,
    /// A rule of sending forbids what a person wants to be sent.
    #[error("it may not be sent: {}", .0.sentence())]
    MayNotBeSent(Reason),
    /// A quarantined piece cannot be read by today's rules either.
    #[error("still unreadable")]
    StillUnreadable,
    /// A broken invariant or a failing part: logged where it is handled, shown as a request id.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl FlowError {
    /// Whether a guard of the store was lost: somebody else changed in between what this was to rest on.
    pub(crate) fn is_conflict(&self) -> bool {
        let Self::Internal(source) = self else { return false };
        matches!(source.downcast_ref::<StoreError>(), Some(StoreError::Conflict))
    }
}

impl From<StoreError> for FlowError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            other @ (StoreError::Conflict | StoreError::Corrupt { .. } | StoreError::Unavailable(_)) => {
                Self::Internal(Box::new(other))
            }
        }
    }
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobDone {
    /// All of it is done.
    Whole,
    /// A slice is done; the next one may start then. Not a failure: nothing is counted against it.
    GoOnAt(shopclerk_domain::clock::Timestamp),
}

/// Why a job did not finish. The job itself chooses whether it is worth another try.
#[derive(Debug)]
pub struct JobError {
    /// A stable code for the list a person reads.
    pub code: String,
    /// Whether and when to try again.
    pub next: NextTry,
    /// What a platform refused, where one did: it may say something of its connection.
    pub(crate) refusal: Option<UpstreamError>,
}

/// Whether a failed job is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextTry {
    /// Later, at the pace of its attempts, and not before `hint` where the other side named one.
    Later(Option<Duration>),
    /// Never by itself: it waits for a person.
    Never,
}

impl JobError {
    /// Worth another try.
    pub fn retry(code: impl Into<String>) -> Self {
        Self { code: code.into(), next: NextTry::Later(None), refusal: None }
    }

    /// Not worth another try.
    pub fn give_up(code: impl Into<String>) -> Self {
        Self { code: code.into(), next: NextTry::Never, refusal: None }
    }

    /// Worth another try, not before `wait` is over.
    pub fn retry_after(code: impl Into<String>, wait: Option<Duration>) -> Self {
        Self { next: NextTry::Later(wait), ..Self::retry(code) }
    }
}

impl From<FlowError> for JobError {
    fn from(error: FlowError) -> Self {
        tracing::warn!(%error, source = ?std::error::Error::source(&error), "a step of a job failed");
        Self::retry("job.step_failed")
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt { table, .. } => Self::give_up(format!("store.corrupt.{table}")),
            StoreError::Busy => Self::retry("store.busy"),
            StoreError::Conflict => Self::retry("store.conflict"),
            StoreError::Unavailable(_) => Self::retry("store.unavailable"),
        }
    }
}

impl From<UpstreamError> for JobError {
    fn from(error: UpstreamError) -> Self {
        let refusal = Some(error.clone());
        let sorted = match error {
            UpstreamError::Limited { retry_after } => Self::retry_after("upstream.limited", retry_after),
            UpstreamError::TokenRefused => Self::give_up("upstream.token_refused"),
            UpstreamError::Refused { code } => Self::give_up(format!("upstream.refused.{code}")),
            UpstreamError::Malformed => Self::retry("upstream.malformed"),
            UpstreamError::Unavailable | UpstreamError::Unclear => Self::retry("upstream.unavailable"),
        };
        Self { refusal, ..sorted }
    }
}

impl From<ObjectsError> for JobError {
    fn from(error: ObjectsError) -> Self {
        match error {
            ObjectsError::InvalidKey => Self::give_up("objects.invalid_key"),
            ObjectsError::TooLarge => Self::give_up("objects.too_large"),
            ObjectsError::Refused(_) => Self::retry("objects.refused"),
            ObjectsError::Changed
            | ObjectsError::Unavailable(_)
            | ObjectsError::Local(_)
            | ObjectsError::Setup(_) => Self::retry("objects.unavailable"),
        }
    }
}
