//! Connecting accounts: one owner each; a grant without a token keeps the one we have.

use rusqlite::{Connection, params};
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::standing::Cause;

use super::standing::words;
use super::tokens::Tokens;
use crate::error::StoreError;
use crate::nouns::connections::{AccountConnected, ConnectAccount};
use crate::sqlite::rows::to_json;
use crate::sqlite::sql::Sql as _;
use crate::sqlite::{jobs, outbox};

const OWNER: &str = "
    SELECT a.merchant, a.account, a.state = 'disconnected' AND t.token IS NULL
    FROM accounts a LEFT JOIN account_tokens t ON t.merchant = a.merchant AND t.account = a.account
    WHERE a.channel = ?1 AND a.native_id = ?2";

/// The former owner keeps the row for its history, under a name that no channel uses.
const LET_GO: &str = "
    UPDATE accounts SET native_id = native_id || '~' || lower(hex(account))
    WHERE merchant = ?1 AND account = ?2 AND state = 'disconnected'";

const HAS_TOKEN: &str = "SELECT 1 FROM account_tokens WHERE merchant = ?1 AND account = ?2";

const KEEP: &str = "
    INSERT INTO accounts (merchant, account, channel, native_id, name, state, why, data, fields, connected_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '[]', ?9)
    ON CONFLICT (merchant, account) DO UPDATE SET
        name = excluded.name, state = excluded.state, why = excluded.why, data = excluded.data, connected_at = excluded.connected_at";

const GRANT: &str = "
    INSERT INTO grants (merchant, account, channel, person, granted_at) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (merchant, account) DO UPDATE SET person = excluded.person, granted_at = excluded.granted_at";

/// Whose account it is.
pub(super) fn owner(
    tx: &Connection,
    channel: ChannelKind,
    native_id: &str,
) -> Result<Option<MerchantId>, StoreError> {
    tx.one(OWNER, params![channel.word(), native_id], |row| row.get(0).map(MerchantId::from_bytes))
}

pub(super) fn connect(
    tokens: &Tokens<'_>,
    merchant: MerchantId,
    account: &ConnectAccount,
    jobs: &[&'static str],
    now: Timestamp,
) -> Result<AccountConnected, StoreError> {
    let tx = tokens.tx;
    let Some(id) = claim(tx, merchant, account)? else {
        return Ok(AccountConnected::OtherMerchant { native_id: account.native_id.clone() });
    };
    let (owner, key) = (merchant.as_bytes(), id.as_bytes());
    let reachable = account.token.is_some()
        || tx.one(HAS_TOKEN, params![owner, key], |row| row.get::<_, i64>(0))?.is_some();
    let (state, why) = words(if reachable { account.cause } else { Some(Cause::NoToken) });
    let data = to_json(&account.data)?;
    let (channel, native_id, name) = (account.channel.word(), &account.native_id, &account.name);
    tx.run_one(KEEP, params![owner, key, channel, native_id, name, state, why, data, now.millis()])?;
    if let Some(person) = &account.granted_by {
        tx.run_one(GRANT, params![owner, key, channel, person, now.millis()])?;
    }
    if let Some(token) = &account.token {
        tokens.keep_account(merchant, id, token)?;
        outbox::wake(tx, merchant, id, now)?;
    }
    for kind in jobs {
        jobs::put_up(tx, merchant, kind, &id.to_string(), now)?;
    }
    Ok(AccountConnected::Connected(id))
}

/// The id under which the merchant has the account from now on; `None` while it is another merchant's. One that its owner has
/// disconnected is free: giving it up and taking it are the two sides of a transfer.
fn claim(
    tx: &Connection,
    merchant: MerchantId,
    account: &ConnectAccount,
) -> Result<Option<AccountId>, StoreError> {
    let owner = tx.one(OWNER, params![account.channel.word(), account.native_id], |row| {
        let (owner, id) = (MerchantId::from_bytes(row.get(0)?), AccountId::from_bytes(row.get(1)?));
        Ok((owner, id, row.get::<_, bool>(2)?))
    })?;
    match owner {
        Some((owner, id, _)) if owner == merchant => Ok(Some(id)),
        Some((_, _, false)) => Ok(None),
        Some((owner, id, true)) => {
            tx.run_one(LET_GO, params![owner.as_bytes(), id.as_bytes()])?;
            Ok(Some(account.new_id))
        }
        None => Ok(Some(account.new_id)),
    }
}
