//! Connecting a shop: the verified callback is the sign-in.

use serde_json::{Map, Value, json};
use shopclerk_domain::connection::{Shop, ShopDomain, TokenSource};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::SecretText;
use shopclerk_storage::nouns::connections::{ConnectShop, ShopConnected, Signup};
use shopclerk_storage::nouns::sessions::Purpose;
use shopclerk_upstream::shopify::oauth::{CallbackError, CallbackParams, GrantedTokens};

use super::state::{self, Browser};
use super::{Begun, facts, token};
use crate::app::{App, SignupRule};
use crate::error::FlowError;
use crate::{jobs, session};

/// A shop that is connected.
#[derive(Debug)]
pub struct ShopSignedIn {
    /// Whose shop it is.
    pub merchant: MerchantId,
    /// The shop.
    pub domain: ShopDomain,
    /// The browser's new session id.
    pub session_id: SecretText,
    /// What the shop says of itself, free of tokens.
    pub shop: Value,
}

/// Sends the browser to the shop's consent page.
pub async fn begin(app: &App, shop: &str, browser: &Browser) -> Result<Begun, FlowError> {
    let shop = ShopDomain::parse_typed(shop).map_err(|_| FlowError::BadShop)?;
    let merchant = signed_in(app, browser).await?;
    let pending = state::begin(app, Purpose::Shopify, Some(shop.clone()), merchant, browser).await?;
    let redirect = &app.settings().shopify_redirect;
    let address = app.shopify().authorize_address(&shop, redirect, pending.handle.expose());
    Ok(Begun { address, cookie: pending.cookie })
}

/// Where Shopify's signed App URL goes on: the shop it names, if the signature holds.
pub fn opened_from_admin(app: &App, query: &str) -> Result<ShopDomain, FlowError> {
    let params = app.shopify().verify_callback(query, app.now()).map_err(from_callback)?;
    Ok(params.shop)
}

/// Takes the callback: everything is checked before any outgoing call, and nothing changes before the shop has
/// answered it.
pub async fn finish(app: &App, query: &str, browser: &Browser) -> Result<ShopSignedIn, FlowError> {
    let presented = app.shopify().presented_state(query).map_err(from_callback)?;
    let pending = state::spend(app, Purpose::Shopify, &presented, browser).await?;
    let params = app.shopify().verify_callback(query, app.now()).map_err(from_callback)?;
    if pending.shop.as_ref() != Some(&params.shop) {
        return Err(FlowError::StateInvalid);
    }
    // Begun signed in, it ends in the same hands: a browser that changed its merchant meanwhile begins again.
    if pending.merchant.is_some() && pending.merchant != signed_in(app, browser).await? {
        return Err(FlowError::StateInvalid);
    }
    let CallbackParams { code: Some(code), shop, .. } = params else {
        return Err(FlowError::MissingParameter(MISSING));
    };
    admits(app, &shop, browser).await?;
    let (own, browser) = (app.clone(), browser.clone());
    app.see_through(async move { trade(&own, shop, &code, &browser).await }).await
}

/// Trades the code and keeps what it brings.
async fn trade(
    app: &App,
    shop: ShopDomain,
    code: &SecretText,
    browser: &Browser,
) -> Result<ShopSignedIn, FlowError> {
    let granted = app.shopify().exchange_code(&shop, code).await.map_err(|error| {
        tracing::warn!(shop = %shop, %error, "the shop gave no token for the code");
        FlowError::ExchangeFailed
    })?;
    connect(app, shop, granted, browser).await
}

const MISSING: &str = "Missing code/shop/state";

fn from_callback(error: CallbackError) -> FlowError {
    match error {
        CallbackError::Missing => FlowError::MissingParameter(MISSING),
        CallbackError::Doubled | CallbackError::BadHmac | CallbackError::Stale => FlowError::BadCallback,
        CallbackError::BadShop => FlowError::BadShop,
    }
}

async fn signed_in(app: &App, browser: &Browser) -> Result<Option<MerchantId>, FlowError> {
    match &browser.session_id {
        Some(id) => session::find(app, id).await,
        None => Ok(None),
    }
}

/// Whether the shop may sign in here with this browser. Asked before its code is traded, because a new grant ends the former
/// one: a refusal afterwards would leave the shop's owner with dead tokens. The unit that connects asks again.
async fn admits(app: &App, shop: &ShopDomain, browser: &Browser) -> Result<(), FlowError> {
    let owner = app.store().merchant_of_shop(shop).await?;
    match (owner, signed_in(app, browser).await?) {
        (Some(owner), Some(signed_in)) if owner != signed_in => Err(FlowError::OtherMerchant),
        (Some(_), _) => Ok(()),
        (None, _) => match signup(app, shop) {
            Signup::Open => Ok(()),
            Signup::First if app.store().list_merchants(None, 1).await?.is_empty() => Ok(()),
            Signup::First | Signup::Closed => Err(FlowError::SignupClosed),
        },
    }
}

/// Keeps what the code brought before anything is done with it, then asks the shop who it is.
async fn connect(
    app: &App,
    shop: ShopDomain,
    granted: GrantedTokens,
    browser: &Browser,
) -> Result<ShopSignedIn, FlowError> {
    let now = app.now();
    let (session_id, new_session) = session::begin(app);
    let scopes = granted.scopes.clone();
    let connect = ConnectShop {
        shop: shop.clone(),
        new_merchant: MerchantId::new(now, app.entropy()),
        signup: signup(app, &shop),
        signed_in: signed_in(app, browser).await?,
        // An answer that names no scopes says nothing of them: the shop's own list will.
        cause: if scopes.is_empty() { None } else { facts::scopes_say(app, &scopes) },
        scopes: scopes.clone(),
        tokens: token::of_grant(granted, TokenSource::Grant, now),
        facts: None,
        session: Some(new_session),
        ends_session: browser.session_id.as_deref().map(session::hash),
        jobs: vec![
            jobs::SUBSCRIBE_SHOP,
            jobs::TEST_SHOP,
            jobs::SYNC_CATALOGUE,
            jobs::MIRROR_SHOP,
            jobs::KEEP_TOKENS,
        ],
    };
    let merchant = match app.store().connect_shop(connect, now).await? {
        ShopConnected::Merchant(merchant) => merchant,
        ShopConnected::SignupClosed => return Err(FlowError::SignupClosed),
        ShopConnected::OtherMerchant => return Err(FlowError::OtherMerchant),
    };
    let described = describe(app, merchant, &shop).await;
    app.bell.ring();
    app.saw("connect.shop", format!("{shop} is connected"), json!({ "shop": shop.as_str() }));
    let answer = answer(&shop, described.as_ref(), scopes);
    Ok(ShopSignedIn { merchant, domain: shop, session_id, shop: answer })
}

/// What the shop says of itself; the sign-in does not depend on it, its first reading asks again.
async fn describe(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Option<Shop> {
    if let Err(error) = token::prove(app, merchant, shop).await {
        tracing::warn!(shop = %shop, code = %error.code, "the shop could not be read yet");
    }
    match token::row(app, merchant, shop).await {
        Ok(row) => row.map(|row| row.shop),
        Err(error) => {
            tracing::warn!(shop = %shop, %error, "the shop was not found where it was just kept");
            None
        }
    }
}

fn signup(app: &App, shop: &ShopDomain) -> Signup {
    match &app.settings().signup {
        SignupRule::First => Signup::First,
        SignupRule::Open => Signup::Open,
        SignupRule::Shops(shops) if shops.contains(shop) => Signup::Open,
        SignupRule::Shops(_) => Signup::Closed,
    }
}

/// The answer people's scripts know: `shopify_data`, without any token.
fn answer(shop: &ShopDomain, described: Option<&Shop>, granted: Vec<String>) -> Value {
    let mut data = Map::new();
    data.insert("shop".to_owned(), json!(shop.as_str()));
    if let Some(facts) = described.and_then(|shop| shop.facts.as_ref()) {
        data.insert("name".to_owned(), json!(facts.name));
        data.insert("currency".to_owned(), json!(facts.currency.code()));
        data.insert("primaryDomain".to_owned(), json!({ "url": facts.url }));
    }
    data.insert("scopes".to_owned(), json!(described.map_or(granted, |shop| shop.scopes.clone())));
    Value::Object(data)
}
