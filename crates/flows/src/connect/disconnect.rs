//! Disconnecting: everything ends here at once and in one unit; then the platform is told, as well as it can be.

use serde_json::json;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;
use shopclerk_upstream::UpstreamError;

use super::stop;
use crate::app::App;
use crate::error::FlowError;

/// A connection as its merchant names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionId {
    /// A shop, by its permanent address.
    Shop(ShopDomain),
    /// An account, by our id.
    Account(AccountId),
}

impl ConnectionId {
    /// Reads a name as it stands in an address; what is none names nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let account = AccountId::parse(text).map(Self::Account);
        account.or_else(|_| ShopDomain::parse(text).map(Self::Shop)).ok()
    }
}

/// Ends a connection of the merchant's. Durable before the platform is told: what cannot be told there has ended here all
/// the same. The telling goes on when whoever asked stops waiting.
pub async fn run(app: &App, merchant: MerchantId, id: ConnectionId) -> Result<(), FlowError> {
    let own = app.clone();
    app.see_through(async move { end(&own, merchant, &id).await }).await
}

async fn end(app: &App, merchant: MerchantId, id: &ConnectionId) -> Result<(), FlowError> {
    let goodbye = match id {
        ConnectionId::Shop(shop) => end_shop(app, merchant, shop).await?,
        ConnectionId::Account(account) => end_account(app, merchant, *account).await?,
    };
    stop::withdraw(app, merchant).await?;
    app.saw("connect.stopped", "a connection was ended by its merchant".to_owned(), json!({}));
    if let Err(error) = say(app, goodbye).await {
        tracing::warn!(merchant.id = %merchant, %error, "the platform could not be told of a disconnect");
    }
    Ok(())
}

/// What the platform is to be told, with the last use of a token that is kept no longer.
enum Goodbye {
    Nobody,
    Shop(ShopDomain, SecretText),
    Page(String, SecretText),
}

async fn end_shop(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<Goodbye, FlowError> {
    let tokens = app.store().shop_tokens(merchant, shop).await?;
    if !app.store().stop_shop(merchant, shop, app.now()).await? {
        return Err(FlowError::NotFound);
    }
    Ok(tokens.map_or(Goodbye::Nobody, |tokens| Goodbye::Shop(shop.clone(), tokens.access)))
}

async fn end_account(app: &App, merchant: MerchantId, account: AccountId) -> Result<Goodbye, FlowError> {
    let row = app.store().find_account(merchant, account).await?.ok_or(FlowError::NotFound)?;
    let token = app.store().account_token(merchant, account).await?;
    if !app.store().stop_account(merchant, account, app.now()).await? {
        return Err(FlowError::NotFound);
    }
    Ok(token.map_or(Goodbye::Nobody, |token| Goodbye::Page(row.account.native_id, token)))
}

async fn say(app: &App, goodbye: Goodbye) -> Result<(), UpstreamError> {
    match goodbye {
        Goodbye::Nobody => Ok(()),
        Goodbye::Shop(shop, token) => app.shopify().uninstall(&shop, &token).await,
        Goodbye::Page(page, token) => app.meta().unsubscribe_page(&page, &token).await,
    }
}
