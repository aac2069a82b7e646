//! What a merchant sees of the connections: each with its state and, where something is wrong, one sentence of cure.

use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::ids::MerchantId;
use shopclerk_storage::nouns::catalogue::SyncState;
use shopclerk_storage::nouns::connections::{AccountRow, ShopRow};

use crate::app::App;
use crate::error::FlowError;

/// A shop with how far its catalogue is.
#[derive(Debug)]
pub struct ShopOverview {
    /// The shop.
    pub row: ShopRow,
    /// How far the reading of its catalogue has come.
    pub sync: Option<SyncState>,
}

/// Everything a merchant has linked.
#[derive(Debug, Default)]
pub struct Overview {
    /// The merchant; `None` before the first one.
    pub merchant: Option<MerchantId>,
    /// Shops.
    pub shops: Vec<ShopOverview>,
    /// Accounts.
    pub accounts: Vec<AccountRow>,
}

/// The merchant's connections as they are now.
pub async fn overview(app: &App, merchant: MerchantId) -> Result<Overview, FlowError> {
    let mut shops = Vec::new();
    for row in app.store().list_shops(merchant).await? {
        let sync = app.store().sync_state(merchant, &row.shop.domain).await?;
        shops.push(ShopOverview { row, sync });
    }
    Ok(Overview { merchant: Some(merchant), shops, accounts: app.store().list_accounts(merchant).await? })
}

/// The oldest merchant's connections; empty before the first sign-in. For the sandbox, which has one merchant.
pub async fn first_overview(app: &App) -> Result<Overview, FlowError> {
    match app.store().list_merchants(None, 1).await?.first() {
        Some(merchant) => overview(app, *merchant).await,
        None => Ok(Overview::default()),
    }
}

/// What the merchant can do about a state; `None` when nothing needs to be done.
pub const fn cure(state: ConnectionState) -> Option<&'static str> {
    match state {
        ConnectionState::Ok => None,
        ConnectionState::Expiring => {
            Some("We could not renew the access yet. If this stays for an hour, connect again.")
        }
        ConnectionState::NeedsReconnect => Some("We are no longer let in. Connect it again."),
        ConnectionState::Limited => {
            Some("The platform slows us down for now. Replies go out as soon as it lets them.")
        }
        ConnectionState::Blocked => {
            Some("The platform does not let us write. Look into the Page's support inbox.")
        }
        ConnectionState::Disconnected => Some("It is not connected. Connect it to go on."),
    }
}
