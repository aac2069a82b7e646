//! A channel's platform speaks for a person who connected accounts: they removed the app, or want to be forgotten. Both come
//! signed and may come again; what was granted after they were issued is not meant.

use serde_json::json;
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy;
use shopclerk_storage::installation::{DeletionProgress, NewDeletion, Withdrawal};
use shopclerk_upstream::meta::signed_request::SignedRequest;

use crate::app::App;
use crate::connect::stop;
use crate::error::FlowError;

/// How far a request has come, as whoever has its code may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// When it was made.
    pub asked_at: Timestamp,
    /// Whether all of it is done.
    pub whole: bool,
    /// When that was.
    pub done_at: Option<Timestamp>,
}

/// A request that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Where people see its progress.
    pub url: String,
    /// Names it.
    pub code: String,
}

/// The person removed the app: their accounts stop at once, what was said is kept until it is asked for or too old.
pub async fn deauthorize(app: &App, form: &[u8]) -> Result<(), FlowError> {
    let request = verified(app, form)?;
    let stopped = app.store().withdraw_grants(withdrawal(&request), app.now()).await?;
    app.saw(
        "connect.withdrawn",
        format!("whoever connected {} accounts removed the app", stopped.len()),
        json!({ "accounts": stopped.len() }),
    );
    for (merchant, _) in stopped {
        stop::withdraw(app, merchant).await?;
    }
    Ok(())
}

/// The person wants to be forgotten: their accounts stop at once and are erased by durable jobs.
pub async fn ask(app: &App, form: &[u8]) -> Result<Asked, FlowError> {
    let request = verified(app, form)?;
    let deletion = NewDeletion {
        request: request.fingerprint,
        code: hex::encode(entropy::bytes::<16>(app.entropy())),
        withdrawal: withdrawal(&request),
    };
    let code = app.store().open_deletion(deletion, app.now()).await?;
    app.bell.ring();
    Ok(Asked { url: format!("{}/deletion/{code}", app.settings().public_url), code })
}

/// How far the request of this code has come.
pub async fn progress(app: &App, code: &str) -> Result<Progress, FlowError> {
    let fits = code.len() == 32 && code.bytes().all(|byte| byte.is_ascii_hexdigit());
    let found = if fits { app.store().find_deletion(code).await? } else { None };
    let DeletionProgress { asked_at, all, done, done_at } = found.ok_or(FlowError::UnknownDeletion)?;
    Ok(Progress { asked_at, whole: all == done, done_at })
}

fn verified(app: &App, form: &[u8]) -> Result<SignedRequest, FlowError> {
    app.meta().read_signed_request(form, app.now()).ok_or(FlowError::BadSignedRequest)
}

/// Meta counts whole seconds: a grant of the same second came before.
fn withdrawal(request: &SignedRequest) -> Withdrawal {
    Withdrawal {
        channel: ChannelKind::Messenger,
        person: request.person.clone(),
        at: request.issued_at.plus(std::time::Duration::from_millis(999)),
    }
}
