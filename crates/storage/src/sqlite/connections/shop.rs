//! Connecting a shop: it signs in to the merchant it belongs to, or makes one where that is allowed.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::MerchantId;

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
    INSERT INTO shops (merchant, shop, state, scopes, facts, connected_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (merchant, shop) DO UPDATE SET
        state = excluded.state, scopes = excluded.scopes, facts = ifnull(excluded.facts, facts),
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
    keep_shop(tx, merchant, connect, now)?;
    tokens.keep_shop(merchant, &connect.shop, &connect.tokens)?;
    if let Some(ended) = connect.ends_session {
        sessions::end_session(tx, ended)?;
    }
    sessions::begin_session(tx, connect.session, merchant, now)?;
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

fn keep_shop(
    tx: &Connection,
    merchant: MerchantId,
    connect: &ConnectShop,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scopes = to_json(&connect.scopes)?;
    let facts = connect.facts.clone().map(|facts| to_json(&FactsJson::from(facts))).transpose()?;
    let (shop, state) = (connect.shop.as_str(), connect.state.word());
    tx.run_one(KEEP_SHOP, params![merchant.as_bytes(), shop, state, scopes, facts, now.millis()])
}
