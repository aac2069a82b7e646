//! Asking Meta once a day what its tokens are worth: a token that died is found before a shopper waits in vain, and an account
//! that was held back is let go once the time is over.

use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::connections::AccountRow;
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_upstream::UpstreamError;

use crate::app::App;
use crate::error::JobError;
use crate::jobs;
use crate::standing::{self, Heard};

/// Merchants whose checks are put up together.
const TOGETHER: usize = 50;

/// Puts up the check of every account, and of who connected them.
pub async fn all(app: &App) -> Result<(), JobError> {
    let mut after = None;
    loop {
        let merchants = app.store().list_merchants(after, TOGETHER).await?;
        let Some(last) = merchants.last() else { break };
        after = Some(*last);
        for merchant in merchants {
            app.store().enqueue(of_merchant(app, merchant).await?).await?;
        }
    }
    app.bell.ring();
    Ok(())
}

async fn of_merchant(app: &App, merchant: MerchantId) -> Result<Vec<NewJob>, StoreError> {
    let accounts = app.store().list_accounts(merchant).await?;
    let mut checks: Vec<NewJob> = accounts.iter().map(|row| soon(app, merchant, row.account.id)).collect();
    if !checks.is_empty() {
        checks.push(NewJob {
            merchant,
            kind: jobs::CHECK_PERSON,
            key: merchant.to_string(),
            run_at: app.now(),
        });
    }
    Ok(checks)
}

/// The check of one account.
pub(crate) fn soon(app: &App, merchant: MerchantId, account: AccountId) -> NewJob {
    NewJob { merchant, kind: jobs::CHECK_ACCOUNT, key: account.to_string(), run_at: app.now() }
}

/// Asks what an account's token is worth, and records where the account stands after that.
pub(crate) async fn account(app: &App, merchant: MerchantId, account: AccountId) -> Result<(), JobError> {
    let Some(row) = app.store().find_account(merchant, account).await? else { return Ok(()) };
    if row.account.state == ConnectionState::Disconnected {
        return Ok(());
    }
    let (heard, person) = match app.store().account_token(merchant, account).await? {
        None => (Heard::Trouble(Cause::NoToken), None),
        Some(token) => {
            let info = app.meta().inspect(&token).await.map_err(of_ourselves)?;
            let heard = standing::of_page_token(&info, &row.account.native_id, app.now());
            // An app knows a person by an id of its own, so that of another app's token is nobody's here.
            (heard, info.user.filter(|_| info.ours))
        }
    };
    learn(app, merchant, &row, heard, Vec::new()).await?;
    let held_back = matches!(row.account.state, ConnectionState::Limited | ConnectionState::Blocked);
    if held_back && heard == Heard::TokenGood && app.blocks.until(account, app.now()).is_none() {
        learn(app, merchant, &row, Heard::MayWrite, Vec::new()).await?;
    }
    Ok(app.store().mark_account_checked(merchant, account, person, app.now()).await?)
}

/// Asks what the token of who connected the accounts is worth: with it new Pages are found.
pub(crate) async fn person(app: &App, merchant: MerchantId) -> Result<(), JobError> {
    let Some(person) = app.store().person_token(merchant).await? else { return Ok(()) };
    let info = app.meta().inspect(&person.token).await.map_err(of_ourselves)?;
    let cause = match standing::of_token(&info, app.now()) {
        Heard::Trouble(cause) => Some(cause),
        _ => None,
    };
    if cause != person.cause {
        app.store().set_person_cause(merchant, cause).await?;
    }
    Ok(())
}

/// A refusal of this question is about the app's own id and secret, and says nothing of the token that is asked about.
fn of_ourselves(error: UpstreamError) -> JobError {
    match error {
        UpstreamError::TokenRefused | UpstreamError::Refused { .. } => JobError::give_up("meta.app_refused"),
        other => other.into(),
    }
}

/// Records what was learned of an account with the token it had in this row, with what is to be done about it, and tells of it
/// where it is news.
pub(crate) async fn learn(
    app: &App,
    merchant: MerchantId,
    row: &AccountRow,
    heard: Heard,
    jobs: Vec<NewJob>,
) -> Result<(), StoreError> {
    let Some(change) = standing::after(row.account.state, row.cause, heard) else { return Ok(()) };
    let moved = app.store().move_account(merchant, row.account.id, change, row.connected_at, jobs).await;
    if standing::recorded(moved)? {
        standing::tell(app, merchant, &row.account.native_id, change);
        app.bell.ring();
    }
    Ok(())
}
