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

const OWNER: &str = "SELECT merchant, account FROM accounts WHERE channel = ?1 AND native_id = ?2";

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
    let owner = tx.one(OWNER, params![account.channel.word(), account.native_id], |row| {
        Ok((MerchantId::from_bytes(row.get(0)?), AccountId::from_bytes(row.get(1)?)))
    })?;
    let id = match owner {
        Some((owner, _)) if owner != merchant => {
            return Ok(AccountConnected::OtherMerchant { native_id: account.native_id.clone() });
        }
        Some((_, id)) => id,
        None => account.new_id,
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
