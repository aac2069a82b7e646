//! Shops and accounts as people and flows see them: no token among them.

use rusqlite::{Connection, Row, params};
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{Account, Shop, ShopFacts};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::standing::Cause;

use crate::error::StoreError;
use crate::nouns::connections::{AccountRow, AccountTold, ShopRow};
use crate::nouns::conversations::SpokenFor;
use crate::sqlite::rows::{FactsJson, from_json};
use crate::sqlite::sql::{Sql as _, corrupt};
use crate::sqlite::values::{self, connection_state};

pub(super) const LIST_SHOPS: &str = "
    SELECT s.shop, s.state, s.scopes, s.facts, s.connected_at, t.access_ends, s.why
    FROM shops s
    LEFT JOIN shop_tokens t ON t.merchant = s.merchant AND t.shop = s.shop AND t.newest = 1
    WHERE s.merchant = ?1 AND s.shop > ?2 ORDER BY s.shop LIMIT ?3";

pub(super) const LIST_ACCOUNTS: &str = "
    SELECT account, channel, native_id, name, state, data, fields, connected_at, why, checked_at
    FROM accounts WHERE merchant = ?1 AND account > ?2 ORDER BY account LIMIT ?3";

pub(super) const FIND_ACCOUNT: &str = "
    SELECT account, channel, native_id, name, state, data, fields, connected_at, why, checked_at
    FROM accounts WHERE merchant = ?1 AND account = ?2";

/// Those that are connected, and whether they were ever read to the end.
pub(super) const OPEN_SHOPS: &str = "
    SELECT s.shop, s.facts, c.last_complete IS NOT NULL FROM shops s
    LEFT JOIN catalogues c ON c.merchant = s.merchant AND c.shop = s.shop
    WHERE s.merchant = ?1 AND s.state <> 'disconnected' ORDER BY s.shop";

const LIST_TOLD: &str = "
    SELECT kind, effect, count, last_at FROM account_events
    WHERE merchant = ?1 AND account = ?2 ORDER BY kind, effect LIMIT ?3";

struct RawShop {
    domain: String,
    state: String,
    scopes: String,
    facts: Option<String>,
    connected_at: Timestamp,
    access_ends: Option<Timestamp>,
    why: Option<String>,
}

impl RawShop {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            domain: row.get(0)?,
            state: row.get(1)?,
            scopes: row.get(2)?,
            facts: row.get(3)?,
            connected_at: values::at(row, 4)?,
            access_ends: values::maybe_at(row, 5)?,
            why: row.get(6)?,
        })
    }

    fn decode(self) -> Result<ShopRow, StoreError> {
        let facts = |json: String| facts(&json, &self.domain);
        let shop = Shop {
            domain: values::shop("shops", &self.domain)?,
            state: connection_state("shops", &self.state)?,
            scopes: from_json(&self.scopes, "shops", &self.domain)?,
            facts: self.facts.map(facts).transpose()?,
        };
        Ok(ShopRow {
            shop,
            connected_at: self.connected_at,
            access_ends: self.access_ends,
            cause: cause(self.why.as_deref()),
        })
    }
}

fn facts(json: &str, shop: &str) -> Result<ShopFacts, StoreError> {
    let facts: FactsJson = from_json(json, "shops", shop)?;
    ShopFacts::try_from(facts).map_err(|_| corrupt("shops", shop, "the currency is not one"))
}

struct RawAccount {
    id: AccountId,
    channel: String,
    native_id: String,
    name: String,
    state: String,
    data: String,
    fields: String,
    connected_at: Timestamp,
    why: Option<String>,
    checked_at: Option<Timestamp>,
}

impl RawAccount {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: AccountId::from_bytes(row.get(0)?),
            channel: row.get(1)?,
            native_id: row.get(2)?,
            name: row.get(3)?,
            state: row.get(4)?,
            data: row.get(5)?,
            fields: row.get(6)?,
            connected_at: values::at(row, 7)?,
            why: row.get(8)?,
            checked_at: values::maybe_at(row, 9)?,
        })
    }

    fn decode(self) -> Result<AccountRow, StoreError> {
        let channel = ChannelKind::from_word(&self.channel);
        let account = Account {
            id: self.id,
            channel: channel.ok_or_else(|| corrupt("accounts", self.id, "the channel is unknown"))?,
            native_id: self.native_id,
            name: self.name,
            state: connection_state("accounts", &self.state)?,
        };
        Ok(AccountRow {
            account,
            data: from_json(&self.data, "accounts", self.id)?,
            fields: from_json(&self.fields, "accounts", self.id)?,
            connected_at: self.connected_at,
            cause: cause(self.why.as_deref()),
            checked_at: self.checked_at,
        })
    }
}

/// A word that this program does not know says nothing here: the state still tells what to do.
fn cause(why: Option<&str>) -> Option<Cause> {
    why.and_then(Cause::from_word)
}

/// Shops in order of their address, after `after`; nothing sorts before an empty text.
pub(super) fn list_shops(
    db: &Connection,
    merchant: MerchantId,
    after: &str,
    most: i64,
) -> Result<Vec<ShopRow>, StoreError> {
    let raw = db.all(LIST_SHOPS, params![merchant.as_bytes(), after, most], RawShop::read)?;
    raw.into_iter().map(RawShop::decode).collect()
}

/// Accounts in order of their id, after `after`; nothing sorts before an empty key.
pub(super) fn list_accounts(
    db: &Connection,
    merchant: MerchantId,
    after: &[u8],
    most: i64,
) -> Result<Vec<AccountRow>, StoreError> {
    let raw = db.all(LIST_ACCOUNTS, params![merchant.as_bytes(), after, most], RawAccount::read)?;
    raw.into_iter().map(RawAccount::decode).collect()
}

/// Whether any shop is connected, and the one that is spoken for.
pub(in crate::sqlite) fn find_shop(
    db: &Connection,
    merchant: MerchantId,
) -> Result<(bool, Option<SpokenFor>), StoreError> {
    let shops = db.all(OPEN_SHOPS, params![merchant.as_bytes()], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, bool>(2)?))
    })?;
    let is_open = !shops.is_empty();
    let known = shops.into_iter().find_map(|(shop, json, is_read)| json.map(|json| (shop, json, is_read)));
    let spoken_for = |(shop, json, is_read): (String, String, bool)| {
        Ok::<_, StoreError>(SpokenFor { facts: facts(&json, &shop)?, is_read })
    };
    Ok((is_open, known.map(spoken_for).transpose()?))
}

pub(in crate::sqlite) fn find_account(
    db: &Connection,
    merchant: MerchantId,
    account: AccountId,
) -> Result<Option<AccountRow>, StoreError> {
    let raw = db.one(FIND_ACCOUNT, params![merchant.as_bytes(), account.as_bytes()], RawAccount::read)?;
    raw.map(RawAccount::decode).transpose()
}

/// What was said of an account itself.
pub(super) fn list_told(
    db: &Connection,
    merchant: MerchantId,
    account: AccountId,
    most: usize,
) -> Result<Vec<AccountTold>, StoreError> {
    db.all(LIST_TOLD, params![merchant.as_bytes(), account.as_bytes(), values::limit(most)], |row| {
        Ok(AccountTold {
            kind: row.get(0)?,
            effect: row.get(1)?,
            count: values::from_column(row.get(2)?),
            last_at: values::at(row, 3)?,
        })
    })
}
