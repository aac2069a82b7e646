//! Shops that the operator connects in the terminal, where no browser is sent to agree: with a token made in the shop's admin,
//! which never ends, or by the app's own credentials, which a shop of its own organisation takes.

use shopclerk_domain::connection::{ShopDomain, TokenSource};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::{Secret, SecretText};
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::connections::{ConnectShop, ShopConnected, ShopTokens, Signup};
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::shopify::oauth::APP_UNKNOWN;
use thiserror::Error;

use super::{facts, token};
use crate::app::App;
use crate::jobs;

/// Longest token taken; Shopify's have about forty letters.
const LONGEST_TOKEN: usize = 256;

/// What the operator brings.
#[derive(Clone, Debug)]
pub enum Given {
    /// A token made in the shop's admin.
    Token(SecretText),
    /// Nothing: the shop belongs to the app's own organisation.
    Credentials,
}

/// A shop that is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopConnectedBy {
    /// Whose shop it is.
    pub merchant: MerchantId,
    /// Its permanent address.
    pub shop: ShopDomain,
    /// The name shoppers see.
    pub name: String,
    /// What is to be said of what it grants.
    pub cause: Option<Cause>,
}

/// Why a shop was not connected; nothing has changed then. Each says what to do.
#[derive(Debug, Error)]
pub enum NotConnected {
    /// The name is no shop's permanent address.
    #[error("that is no shop's permanent address; write it like my-shop.myshopify.com")]
    BadShop,
    /// What was given cannot be a token.
    #[error(
        "that is no access token: one line of letters, digits and underscores, such as the admin shows once"
    )]
    BadToken,
    /// The merchant is not known.
    #[error("there is no such merchant here; leave --merchant out to make a new one")]
    NoSuchMerchant,
    /// The shop belongs to another merchant.
    #[error("the shop belongs to another merchant here")]
    OtherMerchant,
    /// The shop does not take the token.
    #[error(
        "the shop does not accept this token; make a new one in its admin, Settings, Apps, and copy it whole"
    )]
    TokenRefused,
    /// The shop gives nothing for the app's credentials.
    #[error(
        "the shop gives nothing for the app's credentials ({code}); it must belong to the app's own organisation and have it installed"
    )]
    CredentialsRefused {
        /// Shopify's code.
        code: String,
    },
    /// Shopify does not know the app.
    #[error("Shopify does not know the app; check SHOPIFY_API_KEY and SHOPIFY_API_SECRET")]
    AppRefused,
    /// The shop was not reached, or answered something odd.
    #[error("the shop could not be asked ({0}); try again")]
    NotReached(UpstreamError),
    /// The store failed.
    #[error("it could not be kept ({0}); try again")]
    NotKept(#[from] StoreError),
}

/// A token as it stands in a file: one line, without what surrounds it.
pub fn read_token(text: &str) -> Result<SecretText, NotConnected> {
    let token = text.trim();
    let fits = (16..=LONGEST_TOKEN).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits { Ok(Secret::new(token.to_owned())) } else { Err(NotConnected::BadToken) }
}

/// Connects a shop, or gives a connected one another source of tokens. The shop is asked with the token before anything is kept.
pub async fn shop(
    app: &App,
    shop: &str,
    given: Given,
    merchant: Option<MerchantId>,
) -> Result<ShopConnectedBy, NotConnected> {
    let shop = ShopDomain::parse_typed(shop).map_err(|_| NotConnected::BadShop)?;
    let owner = owner(app, &shop, merchant).await?;
    let tokens = tokens(app, &shop, given).await?;
    let (facts, scopes) =
        app.shopify().shop_facts(&shop, &tokens.access).await.map_err(|error| match error {
            UpstreamError::TokenRefused => NotConnected::TokenRefused,
            other => NotConnected::NotReached(other),
        })?;
    let cause = facts::scopes_say(app, &scopes);
    let now = app.now();
    let connect = ConnectShop {
        shop: shop.clone(),
        new_merchant: MerchantId::new(now, app.entropy()),
        // Whoever has this terminal runs the installation.
        signup: Signup::Open,
        signed_in: owner,
        cause,
        scopes,
        tokens,
        facts: Some(facts.clone()),
        session: None,
        ends_session: None,
        jobs: vec![jobs::SUBSCRIBE_SHOP, jobs::SYNC_CATALOGUE, jobs::MIRROR_SHOP, jobs::KEEP_TOKENS],
    };
    let merchant = match app.store().connect_shop(connect, now).await? {
        ShopConnected::Merchant(merchant) => merchant,
        ShopConnected::SignupClosed | ShopConnected::OtherMerchant => {
            return Err(NotConnected::OtherMerchant);
        }
    };
    app.bell.ring();
    app.saw("connect.shop", format!("{shop} is connected"), serde_json::json!({ "shop": shop.as_str() }));
    Ok(ShopConnectedBy { merchant, shop, name: facts.name, cause })
}

/// Whose the shop is to be; asked before any token, so that a refusal costs nothing.
async fn owner(
    app: &App,
    shop: &ShopDomain,
    named: Option<MerchantId>,
) -> Result<Option<MerchantId>, NotConnected> {
    let known = app.store().merchant_of_shop(shop).await?;
    match (known, named) {
        (Some(known), Some(named)) if known != named => Err(NotConnected::OtherMerchant),
        // Every merchant began with a shop.
        (None, Some(named)) if app.store().list_shops(named).await?.is_empty() => {
            Err(NotConnected::NoSuchMerchant)
        }
        (known, named) => Ok(known.or(named)),
    }
}

async fn tokens(app: &App, shop: &ShopDomain, given: Given) -> Result<ShopTokens, NotConnected> {
    let (access, source, access_ends) = match given {
        Given::Token(token) => (token, TokenSource::Pasted, None),
        Given::Credentials => {
            let granted = app.shopify().client_credentials(shop).await.map_err(|error| match error {
                UpstreamError::Refused { code } if code == APP_UNKNOWN => NotConnected::AppRefused,
                UpstreamError::Refused { code } => NotConnected::CredentialsRefused { code },
                other => NotConnected::NotReached(other),
            })?;
            let tokens = token::of_grant(granted, TokenSource::Credentials, app.now());
            return Ok(ShopTokens { worked: true, ..tokens });
        }
    };
    Ok(ShopTokens {
        access,
        access_ends,
        refresh: None,
        refresh_ends: None,
        generation: 0,
        source,
        worked: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_word_of_plain_letters() {
        for (text, good) in [
            ("shpat_0123456789abcdef0123456789abcdef\n", true),
            ("  shpat_0123456789abcdef  ", true),
            ("", false),
            ("short", false),
            ("shpat_0123456789 abcdef0123", false),
            ("shpat_0123456789abcdef\r\nX-Other: 1", false),
            ("shpat_0123456789abcdef\0", false),
            ("ｓhpat_0123456789abcdef", false),
        ] {
            assert_eq!(read_token(text).is_ok(), good, "{text:?}");
        }
        assert!(read_token(&"a".repeat(LONGEST_TOKEN + 1)).is_err());
    }
}
