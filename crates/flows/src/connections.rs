//! What a merchant sees of the connections: each with its state and, where something is wrong, one sentence of cure.

use shopclerk_domain::connection::{ConnectionName, ConnectionState};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::catalogue::SyncState;
use shopclerk_storage::nouns::checks::Check;
pub use shopclerk_storage::nouns::connections::AccountTold;
use shopclerk_storage::nouns::connections::{AccountRow, ShopRow};
pub use shopclerk_storage::nouns::polls::Poll;

use crate::app::App;
use crate::connect::disconnect::ConnectionId;
use crate::error::FlowError;
use crate::paging::{Page, Slice};

/// Kinds of news of an account that are shown.
const KINDS: usize = 100;

/// What was found by looking at a connection.
#[derive(Debug)]
pub struct Looks {
    /// What the last look through all of it came to.
    pub poll: Option<Poll>,
    /// Whether it works both ways.
    pub check: Option<Check>,
}

/// A shop with how far its catalogue is.
#[derive(Debug)]
pub struct ShopOverview {
    /// The shop.
    pub row: ShopRow,
    /// How far the reading of its catalogue has come.
    pub sync: Option<SyncState>,
    /// What was found by looking at it.
    pub looks: Looks,
}

/// An account.
#[derive(Debug)]
pub struct AccountOverview {
    /// The account.
    pub row: AccountRow,
    /// What its channel said of it, and what that did.
    pub told: Vec<AccountTold>,
    /// What was found by looking at it.
    pub looks: Looks,
}

/// Everything a merchant has linked.
#[derive(Debug, Default)]
pub struct Overview {
    /// The merchant; `None` before the first one.
    pub merchant: Option<MerchantId>,
    /// Shops.
    pub shops: Vec<ShopOverview>,
    /// Accounts.
    pub accounts: Vec<AccountOverview>,
    /// What is to be said of the sign-in of who connected the accounts: with it new ones are found.
    pub person: Option<Cause>,
}

/// The merchant's connections as they are now.
pub async fn overview(app: &App, merchant: MerchantId) -> Result<Overview, FlowError> {
    let (mut shops, mut accounts) = (Vec::new(), Vec::new());
    for row in app.store().list_shops(merchant).await? {
        shops.push(shop(app, merchant, row).await?);
    }
    for row in app.store().list_accounts(merchant).await? {
        accounts.push(account(app, merchant, row).await?);
    }
    let person = person(app, merchant).await?;
    Ok(Overview { merchant: Some(merchant), shops, accounts, person })
}

async fn shop(app: &App, merchant: MerchantId, row: ShopRow) -> Result<ShopOverview, StoreError> {
    let sync = app.store().sync_state(merchant, &row.shop.domain).await?;
    let looks = looks(app, merchant, &ConnectionName::Shop(row.shop.domain.clone())).await?;
    Ok(ShopOverview { row, sync, looks })
}

async fn account(app: &App, merchant: MerchantId, row: AccountRow) -> Result<AccountOverview, StoreError> {
    let looks = looks(app, merchant, &ConnectionName::Account(row.account.id)).await?;
    let told = app.store().list_account_told(merchant, row.account.id, KINDS).await?;
    Ok(AccountOverview { row, told, looks })
}

async fn looks(app: &App, merchant: MerchantId, connection: &ConnectionName) -> Result<Looks, StoreError> {
    let poll = app.store().last_poll(merchant, connection).await?;
    Ok(Looks { poll, check: app.store().last_check(merchant, connection).await? })
}

/// What is to be said of the sign-in; one that cannot be read any more is as good as none.
async fn person(app: &App, merchant: MerchantId) -> Result<Option<Cause>, FlowError> {
    match app.store().person_token(merchant).await {
        Ok(person) => Ok(person.and_then(|person| person.cause)),
        Err(StoreError::Corrupt { .. }) => Ok(Some(Cause::NoToken)),
        Err(error) => Err(error.into()),
    }
}

/// One linked shop or account.
#[derive(Debug)]
pub enum Connection {
    /// A shop.
    Shop(ShopOverview),
    /// An account.
    Account(AccountOverview),
}

impl Connection {
    /// How its merchant names it; read back by [`ConnectionId::parse`].
    pub fn id(&self) -> String {
        match self {
            Self::Shop(shop) => shop.row.shop.domain.to_string(),
            Self::Account(account) => account.row.account.id.to_string(),
        }
    }

    /// What its merchant can do, where something is wrong.
    pub fn cure(&self) -> Option<&'static str> {
        match self {
            Self::Shop(shop) => cure(shop.row.shop.state, shop.row.cause),
            Self::Account(AccountOverview { row, .. }) => cure(row.account.state, row.cause),
        }
    }

    /// What was found by looking at it.
    pub const fn looks(&self) -> &Looks {
        match self {
            Self::Shop(shop) => &shop.looks,
            Self::Account(account) => &account.looks,
        }
    }

    /// Whether it is being tried, so that there will soon be more to show.
    pub fn is_being_tried(&self) -> bool {
        self.looks().check.as_ref().is_some_and(Check::is_pending)
    }
}

/// Some of the merchant's connections: shops in order of their address, then accounts in order of their id.
pub async fn page(app: &App, merchant: MerchantId, slice: &Slice) -> Result<Page<Connection>, FlowError> {
    let most = slice.most + 1;
    let mut found = Vec::new();
    let after = match slice.place(ConnectionId::parse)? {
        Some(ConnectionId::Account(account)) => Some(account),
        place => {
            let from = match &place {
                Some(ConnectionId::Shop(shop)) => Some(shop),
                Some(ConnectionId::Account(_)) | None => None,
            };
            for row in app.store().page_shops(merchant, from, most).await? {
                found.push(Connection::Shop(shop(app, merchant, row).await?));
            }
            None
        }
    };
    for row in app.store().page_accounts(merchant, after, most.saturating_sub(found.len())).await? {
        found.push(Connection::Account(account(app, merchant, row).await?));
    }
    Ok(Page::cut(found, slice.most, Connection::id))
}

/// Some of the installation's merchants, oldest first: for the operator.
pub async fn merchants(app: &App, slice: &Slice) -> Result<Page<MerchantId>, FlowError> {
    let after = slice.place(|text| MerchantId::parse(text).ok())?;
    let rows = app.store().list_merchants(after, slice.most + 1).await?;
    Ok(Page::cut(rows, slice.most, ToString::to_string))
}

/// Whether there is such a merchant here: for the operator, who names one.
pub async fn is_merchant(app: &App, merchant: MerchantId) -> Result<bool, FlowError> {
    Ok(app.store().has_merchant(merchant).await?)
}

/// The oldest merchant's connections; empty before the first sign-in. For the sandbox, which has one merchant.
pub async fn first_overview(app: &App) -> Result<Overview, FlowError> {
    match app.store().list_merchants(None, 1).await?.first() {
        Some(merchant) => overview(app, *merchant).await,
        None => Ok(Overview::default()),
    }
}

/// What the merchant can do about it, in one sentence or two; `None` when nothing needs to be done. A state that was recorded
/// without its cause is spoken of in general.
pub fn cure(state: ConnectionState, cause: Option<Cause>) -> Option<&'static str> {
    let by_cause = cause.and_then(|cause| CURES.iter().find(|(known, _)| *known == cause));
    by_cause.map_or_else(|| cure_in_general(state), |(_, words)| Some(*words))
}

const fn cure_in_general(state: ConnectionState) -> Option<&'static str> {
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

const CURES: [(Cause, &str); 25] = [
    (
        Cause::ScopesFewer,
        "Not everything was granted, so promotions or stock per location may be missing. Connect again and accept all of it.",
    ),
    (
        Cause::ScopesMore,
        "It grants more than we ask for. We only ever read; take the rest away in the app's settings if you like.",
    ),
    (Cause::TokenEnding, "The access ends within two weeks. Connect again before it does."),
    (
        Cause::DataAccessEnding,
        "Facebook asks you to agree again every 90 days, and the time is nearly over. Connect again.",
    ),
    (Cause::DataAccessEnded, "Facebook asks you to agree again every 90 days. Connect again."),
    (
        Cause::RenewalFailing,
        "The shop does not renew our access for now. We keep trying; if this stays for an hour, connect again.",
    ),
    (
        Cause::AppRefused,
        "Shopify does not know this app by its id and secret. Whoever runs this server checks SHOPIFY_API_KEY and SHOPIFY_API_SECRET.",
    ),
    (Cause::SlowedDown, "The platform slows us down for now. Replies go out as soon as it lets them."),
    (
        Cause::WritingForbidden,
        "The platform does not let us write for now. Look into the Page's support inbox; we try again by ourselves.",
    ),
    (
        Cause::ShopFrozen,
        "Shopify has frozen the shop, mostly over an open bill. Settle it; we go on by ourselves.",
    ),
    (Cause::ShopLocked, "Shopify has locked the shop. Ask Shopify's support; we go on by ourselves."),
    (
        Cause::ScopesMissing,
        "Something we cannot work without was not granted. Connect again and accept all of it.",
    ),
    (Cause::TokenRefused, "We are no longer let in. Connect it again."),
    (Cause::RefreshRefused, "We are no longer let in. Connect it again."),
    (Cause::TokenEnded, "The access has ended. Connect it again."),
    (
        Cause::CredentialsRefused,
        "The shop gives this app nothing. Install the app in the shop, or connect it by signing in.",
    ),
    (Cause::ShopGone, "There is no shop at this address any more. If it was moved, connect the new one."),
    (Cause::NoToken, "Facebook gave us no access to this Page. Connect again and choose it."),
    (
        Cause::MayNotWrite,
        "Who connected the Page may not write for it. Connect again as someone with that role.",
    ),
    (
        Cause::PasswordChanged,
        "Facebook ended the sign-in, mostly because a password was changed. Connect again.",
    ),
    (
        Cause::LoginNeeded,
        "Facebook wants you to sign in there first. Do that at facebook.com, then connect again.",
    ),
    (Cause::RoleLost, "Who connected the Page no longer has a role there. Connect again as someone who has."),
    (Cause::OtherApp, "The access was given to another app. Connect again."),
    (
        Cause::DeliveriesRefused,
        "Facebook does not let us hear of the Page's messages. Connect again and accept all of it.",
    ),
    (Cause::AppRemoved, "The app was removed at the platform. Connect it to go on."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_but_a_good_one_and_every_cause_has_its_cure() {
        assert_eq!(cure(ConnectionState::Ok, None), None);
        for cause in Cause::ALL {
            assert!(CURES.iter().any(|(known, words)| *known == cause && words.ends_with('.')), "{cause:?}");
            let general = cure(cause.state(), None);
            assert_eq!(general.is_none(), cause.state() == ConnectionState::Ok);
        }
    }
}
