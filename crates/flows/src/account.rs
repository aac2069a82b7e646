//! Reading an account again: what its channel says of it now, for the merchant's eyes and the mirror.

use serde_json::Value;
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::connections::AccountRow;
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::meta::pages::PageRead;

use crate::app::App;
use crate::connect::check;
use crate::error::JobError;
use crate::jobs;
use crate::standing::Heard;

/// Reads an account again, and has it written into the mirror if it is another than before.
pub(crate) async fn read(app: &App, merchant: MerchantId, account: AccountId) -> Result<(), JobError> {
    let Some(row) = app.store().find_account(merchant, account).await? else { return Ok(()) };
    let Some(token) = app.store().account_token(merchant, account).await? else { return Ok(()) };
    let read = match app.meta().read_page(&row.account.native_id, &token).await {
        Ok(read) => read,
        Err(error @ UpstreamError::TokenRefused) => {
            let heard = Heard::Trouble(Cause::TokenRefused);
            check::learn(app, merchant, &row, heard, vec![check::soon(app, merchant, account)]).await?;
            return Err(error.into());
        }
        Err(error) => return Err(error.into()),
    };
    if keep(app, merchant, &row, read).await? {
        // In the lane of objects: a place that is slow keeps no other reading waiting.
        let key = account.to_string();
        let mirrored = NewJob { merchant, kind: jobs::MIRROR_ACCOUNT, key, run_at: app.now() };
        app.store().enqueue(vec![mirrored]).await?;
        app.bell.ring();
    }
    Ok(())
}

/// Keeps what an account says of itself; `false` if that is nothing new. What only the person who connected it may see is not
/// in the answer, and stays.
pub(crate) async fn keep(
    app: &App,
    merchant: MerchantId,
    row: &AccountRow,
    read: PageRead,
) -> Result<bool, StoreError> {
    let mut data = row.data.clone();
    if let Value::Object(known) = &mut data {
        known.extend(read.data);
    }
    if data == row.data {
        return Ok(false);
    }
    app.store().set_account_data(merchant, row.account.id, &read.name, data).await
}
