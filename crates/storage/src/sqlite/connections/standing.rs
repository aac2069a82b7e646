//! How connections are doing: changed only if they stand where the change was decided, with the tokens it was learned with.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ConnectionState, ShopDomain};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::standing::Cause;

use crate::error::StoreError;
use crate::nouns::connections::Move;
use crate::sqlite::sql::Sql as _;

/// What has stopped stays so until it is connected again, whatever a late word says.
const SET_SHOP: &str = "
    UPDATE shops SET
        why = CASE state WHEN 'disconnected' THEN why END,
        state = CASE state WHEN 'disconnected' THEN state ELSE ?3 END
    WHERE merchant = ?1 AND shop = ?2";

const MOVE_SHOP: &str = "
    UPDATE shops SET state = ?4, why = ?5 WHERE merchant = ?1 AND shop = ?2 AND state = ?3 AND EXISTS (
        SELECT 1 FROM shop_tokens t WHERE t.merchant = ?1 AND t.shop = ?2 AND t.generation = ?6 AND t.newest = 1)";

const SET_ACCOUNT: &str = "
    UPDATE accounts SET
        why = CASE state WHEN 'disconnected' THEN why END,
        state = CASE state WHEN 'disconnected' THEN state ELSE ?3 END
    WHERE merchant = ?1 AND account = ?2";

const MOVE_ACCOUNT: &str = "
    UPDATE accounts SET state = ?4, why = ?5
    WHERE merchant = ?1 AND account = ?2 AND state = ?3 AND connected_at = ?6";

const MARK_CHECKED: &str = "UPDATE accounts SET checked_at = ?3 WHERE merchant = ?1 AND account = ?2";

/// A grant of our own says more than a token that is looked at later.
const LEARN_GRANT: &str = "
    INSERT INTO grants (merchant, account, channel, person, granted_at)
    SELECT merchant, account, channel, ?3, connected_at FROM accounts
    WHERE merchant = ?1 AND account = ?2 AND state <> 'disconnected'
    ON CONFLICT (merchant, account) DO NOTHING";

const SET_PERSON: &str = "UPDATE user_tokens SET why = ?2 WHERE merchant = ?1";

/// The words for a state and its cause.
pub(super) fn words(cause: Option<Cause>) -> (&'static str, Option<&'static str>) {
    let state = cause.map_or(ConnectionState::Ok, Cause::state);
    (state.word(), cause.map(Cause::word))
}

pub(super) fn set_shop(
    tx: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    state: ConnectionState,
) -> Result<(), StoreError> {
    tx.run_one(SET_SHOP, params![merchant.as_bytes(), shop.as_str(), state.word()])
}

pub(super) fn move_shop(
    tx: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    change: Move,
    generation: i64,
) -> Result<(), StoreError> {
    let (state, why) = words(change.to);
    let (owner, from) = (merchant.as_bytes(), change.from.word());
    tx.run_one(MOVE_SHOP, params![owner, shop.as_str(), from, state, why, generation])
}

pub(super) fn set_account(
    tx: &Connection,
    merchant: MerchantId,
    account: AccountId,
    state: ConnectionState,
) -> Result<(), StoreError> {
    tx.run_one(SET_ACCOUNT, params![merchant.as_bytes(), account.as_bytes(), state.word()])
}

pub(super) fn move_account(
    tx: &Connection,
    merchant: MerchantId,
    account: AccountId,
    change: Move,
    connected_at: Timestamp,
) -> Result<(), StoreError> {
    let (state, why) = words(change.to);
    let (owner, key, from) = (merchant.as_bytes(), account.as_bytes(), change.from.word());
    tx.run_one(MOVE_ACCOUNT, params![owner, key, from, state, why, connected_at.millis()])
}

pub(super) fn mark_checked(
    tx: &Connection,
    merchant: MerchantId,
    account: AccountId,
    person: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (owner, key) = (merchant.as_bytes(), account.as_bytes());
    if let Some(person) = person {
        tx.run(LEARN_GRANT, params![owner, key, person])?;
    }
    tx.run_one(MARK_CHECKED, params![owner, key, now.millis()])
}

pub(super) fn set_person(
    tx: &Connection,
    merchant: MerchantId,
    cause: Option<Cause>,
) -> Result<(), StoreError> {
    tx.run_one(SET_PERSON, params![merchant.as_bytes(), cause.map(Cause::word)])
}
