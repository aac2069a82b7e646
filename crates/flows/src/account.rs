//! Reading an account again: what its channel says of it now, for the merchant's eyes and the mirror.

use serde_json::Value;
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::standing::Cause;
use shopclerk_upstream::UpstreamError;

use crate::app::App;
use crate::connect::check;
use crate::error::JobError;
use crate::mirror::{self, Subject};
use crate::standing::Heard;

/// Reads an account and writes it into the mirror, if it is another than before.
pub(crate) async fn read(app: &App, merchant: MerchantId, account: AccountId) -> Result<(), JobError> {
    let Some(row) = app.store().find_account(merchant, account).await? else { return Ok(()) };
    let Some(token) = app.store().account_token(merchant, account).await? else { return Ok(()) };
    let read = match app.meta().page_data(&row.account.native_id, &token).await {
        Ok(read) => read,
        Err(error @ UpstreamError::TokenRefused) => {
            let heard = Heard::Trouble(Cause::TokenRefused);
            check::learn(app, merchant, &row, heard, vec![check::soon(app, merchant, account)]).await?;
            return Err(error.into());
        }
        Err(error) => return Err(error.into()),
    };
    let name = read.get("name").and_then(Value::as_str).unwrap_or(&row.account.name).to_owned();
    // What only the person who connected it may see is not in the answer, and stays.
    let mut data = row.data.clone();
    if let Value::Object(known) = &mut data {
        known.extend(read);
    }
    if data != row.data {
        app.store().set_account_data(merchant, account, &name, data).await?;
    }
    Ok(mirror::write(app, merchant, &Subject::Account(account)).await?)
}
