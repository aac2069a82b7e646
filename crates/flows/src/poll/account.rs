//! A look at an account: what its channel says of it, whether its token is still accepted, and which events it delivers.

use serde_json::json;
use shopclerk_domain::connection::{ConnectionName, ConnectionState};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::connections::AccountRow;
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_storage::nouns::polls::Drift;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::meta::pages::PageRead;
use shopclerk_upstream::meta::subscriptions::PAGE_FIELDS;

use crate::account;
use crate::app::App;
use crate::connect::check;
use crate::error::JobError;
use crate::jobs;
use crate::standing::Heard;

/// What a look at an account brought.
pub(crate) struct Seen {
    page: PageRead,
    /// The fields it delivers to us.
    pub(crate) fields: Vec<String>,
}

/// Polls one account.
pub(crate) async fn run(app: &App, merchant: MerchantId, account: AccountId) -> Result<(), JobError> {
    let Some(row) = app.store().find_account(merchant, account).await? else { return Ok(()) };
    if row.account.state == ConnectionState::Disconnected {
        return Ok(());
    }
    let Some(token) = app.store().account_token(merchant, account).await? else {
        return Err(JobError::give_up("account.no_token"));
    };
    let seen = match look(app, &row, &token).await {
        Ok(seen) => seen,
        Err(error) => {
            if error == UpstreamError::TokenRefused {
                let why = vec![check::soon(app, merchant, account)];
                check::learn(app, merchant, &row, Heard::Trouble(Cause::TokenRefused), why).await?;
            }
            return Err(error.into());
        }
    };
    let changed = keep(app, merchant, &row, seen).await?;
    let drift = Drift { changed: u64::from(changed), ..Drift::default() };
    app.store().poll_done(merchant, &ConnectionName::Account(account), drift, app.now()).await?;
    app.saw("poll.account", "a Page was looked at".to_owned(), json!({ "changed": changed }));
    Ok(())
}

/// Reads what the account says of itself, and which fields it delivers.
pub(crate) async fn look(app: &App, row: &AccountRow, token: &SecretText) -> Result<Seen, UpstreamError> {
    let id = &row.account.native_id;
    let page = app.meta().read_page(id, token).await?;
    let fields = app.meta().page_fields(id, token).await?;
    Ok(Seen { page, fields })
}

/// Keeps what is new and has mended what is missing; says whether anything had changed.
async fn keep(app: &App, merchant: MerchantId, row: &AccountRow, seen: Seen) -> Result<bool, StoreError> {
    let (account, now) = (row.account.id, app.now());
    let job = |kind, run_at| NewJob { merchant, kind, key: account.to_string(), run_at };
    let mut follow = Vec::new();
    if account::keep(app, merchant, row, seen.page).await? {
        follow.push(job(jobs::MIRROR_ACCOUNT, now.plus(app.settings().mirror_delay)));
    }
    if PAGE_FIELDS.iter().any(|field| !seen.fields.iter().any(|has| has == field)) {
        follow.push(job(jobs::SUBSCRIBE_ACCOUNT, now));
    }
    if seen.fields != row.fields {
        app.store().set_account_fields(merchant, account, seen.fields).await?;
    }
    if follow.is_empty() {
        return Ok(false);
    }
    app.store().enqueue(follow).await?;
    app.bell.ring();
    Ok(true)
}
