//! How a connection stops: its state, its tokens and what was to be done for it, in one unit. What was said stays until it is
//! erased or too old.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{AccountId, ConversationId, MerchantId};

use crate::error::StoreError;
use crate::sqlite::outbox;
use crate::sqlite::sql::Sql as _;

const STOP_SHOP: &str = "
    UPDATE shops SET state = 'disconnected', why = 'app.removed'
    WHERE merchant = ?1 AND shop = ?2 AND connected_at <= ?3";

const DROP_SHOP_TOKENS: &str = "DELETE FROM shop_tokens WHERE merchant = ?1 AND shop = ?2";

const STOP_ACCOUNT: &str = "
    UPDATE accounts SET state = 'disconnected', why = 'app.removed'
    WHERE merchant = ?1 AND account = ?2 AND connected_at <= ?3";

const DROP_ACCOUNT_TOKEN: &str = "DELETE FROM account_tokens WHERE merchant = ?1 AND account = ?2";

/// With the last account goes what its person granted.
const DROP_PERSON: &str = "
    DELETE FROM user_tokens WHERE merchant = ?1
    AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.merchant = ?1 AND a.state <> 'disconnected')";

/// Work about it that nobody is at; what is under way finds no token. Objects follow the rows, connected or not.
const DROP_JOBS: &str = "
    DELETE FROM jobs WHERE merchant = ?1 AND state IN ('waiting', 'given_up')
    AND kind NOT IN ('erase', 'mirror_shop', 'mirror_products', 'mirror_account')
    AND (key = ?2 OR (key > ?2 || '/' AND key < ?2 || '0'))";

/// Parts that may no longer leave, as they lie in the partial index.
const WITHDRAW: &str = "
    UPDATE outbox SET state = 'refused', code = 'disconnected', settled_at = ?2
    WHERE row IN (
        SELECT o.row FROM outbox o
        JOIN conversations c ON c.merchant = o.merchant AND c.conversation = o.conversation
        JOIN accounts a ON a.merchant = c.merchant AND a.account = c.account
        WHERE o.merchant = ?1 AND o.state IN ('queued', 'sending', 'unknown') AND o.state = 'queued'
        AND (
            a.state = 'disconnected'
            OR NOT EXISTS (SELECT 1 FROM shops s WHERE s.merchant = ?1 AND s.state <> 'disconnected')
        )
        LIMIT ?3
    )
    RETURNING conversation";

/// Whether somebody may be written to in this conversation: its account and a shop of the merchant's are connected.
const MAY_SEND: &str = "
    SELECT 1 FROM conversations c
    JOIN accounts a ON a.merchant = c.merchant AND a.account = c.account
    WHERE c.merchant = ?1 AND c.conversation = ?2 AND a.state <> 'disconnected'
    AND EXISTS (SELECT 1 FROM shops s WHERE s.merchant = ?1 AND s.state <> 'disconnected')";

const IS_OPEN: &str = "SELECT 1 FROM shops WHERE merchant = ?1 AND state <> 'disconnected' LIMIT 1";

/// What every send and stop goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(in crate::sqlite) const HOT: [&str; 5] = [MAY_SEND, IS_OPEN, WITHDRAW, DROP_JOBS, STOP_SHOP];

/// Stops a shop that was granted up to `granted_by`; `false` = it was granted anew since.
pub(in crate::sqlite) fn stop_shop(
    tx: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    granted_by: Timestamp,
) -> Result<bool, StoreError> {
    let (owner, key) = (merchant.as_bytes(), shop.as_str());
    if tx.run(STOP_SHOP, params![owner, key, granted_by.millis()])? == 0 {
        return Ok(false);
    }
    tx.run(DROP_SHOP_TOKENS, params![owner, key])?;
    tx.run(DROP_JOBS, params![owner, key])?;
    Ok(true)
}

/// Stops an account that was granted up to `granted_by`; `false` = it was granted anew since.
pub(in crate::sqlite) fn stop_account(
    tx: &Connection,
    merchant: MerchantId,
    account: AccountId,
    granted_by: Timestamp,
) -> Result<bool, StoreError> {
    let (owner, key) = (merchant.as_bytes(), account.as_bytes());
    if tx.run(STOP_ACCOUNT, params![owner, key, granted_by.millis()])? == 0 {
        return Ok(false);
    }
    tx.run(DROP_ACCOUNT_TOKEN, params![owner, key])?;
    tx.run(DROP_PERSON, params![owner])?;
    tx.run(DROP_JOBS, params![owner, account.to_string()])?;
    Ok(true)
}

/// Withdraws at most `most` queued parts of what has stopped; `false` once none is left.
pub(in crate::sqlite) fn withdraw(
    tx: &Connection,
    merchant: MerchantId,
    most: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut conversations = tx.all(WITHDRAW, params![merchant.as_bytes(), now.millis(), most], |row| {
        row.get(0).map(ConversationId::from_bytes)
    })?;
    conversations.sort_unstable();
    conversations.dedup();
    for conversation in &conversations {
        outbox::refresh(tx, merchant, *conversation)?;
    }
    Ok(!conversations.is_empty())
}

/// Whether any shop of the merchant's is connected.
pub(in crate::sqlite) fn is_open(db: &Connection, merchant: MerchantId) -> Result<bool, StoreError> {
    Ok(db.one(IS_OPEN, params![merchant.as_bytes()], |row| row.get::<_, i64>(0))?.is_some())
}

/// Whether anything may be sent in a conversation at all.
pub(in crate::sqlite) fn may_send(
    tx: &Connection,
    merchant: MerchantId,
    conversation: ConversationId,
) -> Result<bool, StoreError> {
    let params = params![merchant.as_bytes(), conversation.as_bytes()];
    Ok(tx.one(MAY_SEND, params, |row| row.get::<_, i64>(0))?.is_some())
}
