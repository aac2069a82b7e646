//! Whether an account can send now: connected, not blocked, its merchant still served.

use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::secret::SecretText;
use shopclerk_storage::nouns::connections::AccountRow;
use shopclerk_storage::nouns::conversations::Leased;

use super::RECONNECT_WAIT;
use crate::app::App;
use crate::connect::stop;
use crate::error::FlowError;

/// Whether the account can send now.
pub(super) enum Door {
    Open(SecretText, Box<AccountRow>),
    Closed {
        wait: Duration,
        code: &'static str,
    },
    /// It will not: it has stopped.
    Shut,
}

pub(super) async fn door(app: &App, leased: &Leased, now: Timestamp) -> Result<Door, FlowError> {
    const NEEDS_RECONNECT: Door = Door::Closed { wait: RECONNECT_WAIT, code: "account.needs_reconnect" };
    let (merchant, account) = (leased.lease.merchant, leased.account.id);
    let Some(row) = app.store().find_account(merchant, account).await? else { return Ok(NEEDS_RECONNECT) };
    match row.account.state {
        ConnectionState::Ok | ConnectionState::Expiring | ConnectionState::Limited => {}
        ConnectionState::Blocked => {
            if let Some(until) = app.blocks.until(account, now) {
                return Ok(Door::Closed { wait: until.since(now), code: "meta.blocked" });
            }
        }
        ConnectionState::NeedsReconnect => return Ok(NEEDS_RECONNECT),
        ConnectionState::Disconnected => return Ok(Door::Shut),
    }
    if !stop::is_open(app, merchant).await? {
        return Ok(Door::Shut);
    }
    let token = app.store().account_token(merchant, account).await?;
    Ok(token.map_or(NEEDS_RECONNECT, |token| Door::Open(token, Box::new(row))))
}
