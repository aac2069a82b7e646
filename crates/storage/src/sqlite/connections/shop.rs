//! Connecting a shop: it signs in to the merchant it belongs to, or makes one where that is allowed.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ShopDomain, ShopFacts};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::standing::Cause;

use super::standing::words;
use super::tokens::Tokens;
use crate::error::StoreError;
use crate::nouns::connections::{ConnectShop, ShopConnected, Signup};
use crate::sqlite::inbox::OWNER_OF_SHOP;
use crate::sqlite::rows::{FactsJson, to_json};
use crate::sqlite::sql::Sql as _;
use crate::sqlite::{jobs, sessions};

const ANY_MERCHANT: &str = "SELECT 1 FROM merchants LIMIT 1";

const ADD_MERCHANT: &str = "INSERT INTO merchants (merchant, created_at) VALUES (?1, ?2)";

const KEEP_SHOP: &str = "
    INSERT INTO shops (merchant, shop, state, why, scopes, facts, connected_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (merchant, shop) DO UPDATE SET
        state = excluded.state, why = excluded.why, scopes = excluded.scopes, facts = ifnull(excluded.facts, facts),
        connected_at = excluded.connected_at";

pub(super) fn connect(
    tx: &Connection,
    tokens: &Tokens<'_>,
    connect: &ConnectShop,
    now: Timestamp,
) -> Result<ShopConnected, StoreError> {
    let owner = tx.one(OWNER_OF_SHOP, params![connect.shop.as_str()], |row| row.get(0))?;
    let merchant = match (owner.map(MerchantId::from_bytes), connect.signed_in) {
        (Some(owner), Some(signed_in)) if owner != signed_in => return Ok(ShopConnected::OtherMerchant),
        (Some(owner), _) => owner,
        (None, _) if !may_sign_up(tx, connect.signup)? => return Ok(ShopConnected::SignupClosed),
        (None, Some(signed_in)) => signed_in,
        (None, None) => {
            tx.run_one(ADD_MERCHANT, params![connect.new_merchant.as_bytes(), now.millis()])?;
            connect.new_merchant
        }
    };
    let ConnectShop { shop, cause, scopes, facts, .. } = connect;
    keep(tx, merchant, &Kept { shop, cause: *cause, scopes, facts: facts.as_ref() }, now)?;
    tokens.grant_shop(merchant, &connect.shop, &connect.tokens)?;
    if let Some(ended) = connect.ends_session {
        sessions::end_session(tx, ended)?;
    }
    if let Some(session) = connect.session {
        sessions::begin_session(tx, session, merchant, now)?;
    }
    for kind in &connect.jobs {
        jobs::put_up(tx, merchant, kind, connect.shop.as_str(), now)?;
    }
    Ok(ShopConnected::Merchant(merchant))
}

fn may_sign_up(tx: &Connection, signup: Signup) -> Result<bool, StoreError> {
    match signup {
        Signup::Open => Ok(true),
        Signup::Closed => Ok(false),
        Signup::First => Ok(tx.one(ANY_MERCHANT, [], |row| row.get::<_, i64>(0))?.is_none()),
    }
}

/// What is kept of a shop beside its tokens.
pub(super) struct Kept<'a> {
    pub(super) shop: &'a ShopDomain,
    /// What is to be said of it.
    pub(super) cause: Option<Cause>,
    pub(super) scopes: &'a [String],
    /// `None` leaves what is known of it.
    pub(super) facts: Option<&'a ShopFacts>,
}

pub(super) fn keep(
    tx: &Connection,
    merchant: MerchantId,
    kept: &Kept<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scopes = to_json(&kept.scopes)?;
    let facts = kept.facts.cloned().map(|facts| to_json(&FactsJson::from(facts))).transpose()?;
    let (shop, (state, why)) = (kept.shop.as_str(), words(kept.cause));
    tx.run_one(KEEP_SHOP, params![merchant.as_bytes(), shop, state, why, scopes, facts, now.millis()])
}
