//! Connections in SQLite: the trait; how a shop and accounts are connected is in `shop` and `accounts`, how that ends in `stop`,
//! how they are taken over from the Python version in `import`, their sealed tokens in `tokens` and `kept`, the rows people see
//! in `read`, how each is doing in `standing`.

mod accounts;
mod import;
mod kept;
mod read;
mod shop;
mod standing;
mod stop;
mod tokens;

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use serde_json::Value;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ConnectionState, ShopDomain, ShopFacts};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;
use shopclerk_domain::standing::Cause;

pub(super) use self::read::{find_account, find_shop};
#[cfg(test)]
pub(super) use self::stop::HOT;
pub(super) use self::stop::{is_open, may_send, stop_account};
use self::tokens::Pair;
pub(super) use self::tokens::Tokens;
use super::rows::{FactsJson, to_json};
use super::sql::Sql as _;
use super::writer::Lane;
use super::{SqliteStore, values};
use crate::backup::{BackupError, BackupKeys};
use crate::error::StoreError;
use crate::nouns::Connections;
use crate::nouns::connections::{
    AccountConnected, AccountRow, AccountTold, ConnectAccount, ConnectShop, Move, PersonToken, ShopConnected,
    ShopRow, ShopTokens,
};
use crate::nouns::jobs::NewJob;
use crate::seal::Sealer;

/// What pages of lists go through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const LISTS: [&str; 4] =
    [read::LIST_SHOPS, read::LIST_ACCOUNTS, read::FIND_ACCOUNT, read::OPEN_SHOPS];

const SET_SHOP_FACTS: &str = "UPDATE shops SET facts = ?3, scopes = ?4 WHERE merchant = ?1 AND shop = ?2";

const SET_ACCOUNT_DATA: &str = "
    UPDATE accounts SET name = ?3, data = ?4
    WHERE merchant = ?1 AND account = ?2 AND (name <> ?3 OR data <> ?4)";

const SET_ACCOUNT_FIELDS: &str = "UPDATE accounts SET fields = ?3 WHERE merchant = ?1 AND account = ?2";

#[async_trait]
impl Connections for SqliteStore {
    async fn connect_shop(&self, connect: ConnectShop, now: Timestamp) -> Result<ShopConnected, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        let connect =
            move |tx: &Connection| shop::connect(tx, &Tokens { tx, sealer: &sealer }, &connect, now);
        self.writer.unit(Lane::Interactive, "connect.shop", connect).await
    }

    async fn connect_accounts(
        &self,
        merchant: MerchantId,
        user_token: SecretText,
        user_token_ends: Option<Timestamp>,
        accounts: Vec<ConnectAccount>,
        jobs: Vec<&'static str>,
        now: Timestamp,
    ) -> Result<Vec<AccountConnected>, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        let connect = move |tx: &Connection| {
            let tokens = Tokens { tx, sealer: &sealer };
            tokens.keep_user(merchant, &user_token, user_token_ends)?;
            accounts.iter().map(|account| accounts::connect(&tokens, merchant, account, &jobs, now)).collect()
        };
        self.writer.unit(Lane::Interactive, "connect.accounts", connect).await
    }

    async fn list_shops(&self, merchant: MerchantId) -> Result<Vec<ShopRow>, StoreError> {
        self.readers.glance(move |db| read::list_shops(db, merchant, "", i64::MAX)).await
    }

    async fn page_shops(
        &self,
        merchant: MerchantId,
        after: Option<&ShopDomain>,
        most: usize,
    ) -> Result<Vec<ShopRow>, StoreError> {
        let after = after.map_or_else(String::new, ToString::to_string);
        self.readers.read(move |db| read::list_shops(db, merchant, &after, values::limit(most))).await
    }

    async fn list_accounts(&self, merchant: MerchantId) -> Result<Vec<AccountRow>, StoreError> {
        self.readers.read(move |db| read::list_accounts(db, merchant, &[], i64::MAX)).await
    }

    async fn page_accounts(
        &self,
        merchant: MerchantId,
        after: Option<AccountId>,
        most: usize,
    ) -> Result<Vec<AccountRow>, StoreError> {
        let list = move |db: &Connection| {
            let after: &[u8] = after.as_ref().map_or(&[], |after| after.as_bytes());
            read::list_accounts(db, merchant, after, values::limit(most))
        };
        self.readers.read(list).await
    }

    async fn find_account(
        &self,
        merchant: MerchantId,
        account: AccountId,
    ) -> Result<Option<AccountRow>, StoreError> {
        self.readers.glance(move |db| read::find_account(db, merchant, account)).await
    }

    async fn account_token(
        &self,
        merchant: MerchantId,
        account: AccountId,
    ) -> Result<Option<SecretText>, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        let find = move |tx: &Connection| Tokens { tx, sealer: &sealer }.of_account(merchant, account);
        self.readers.glance(find).await
    }

    async fn shop_tokens(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
    ) -> Result<Option<ShopTokens>, StoreError> {
        let (sealer, shop) = (Arc::clone(&self.sealer), shop.clone());
        let find = move |tx: &Connection| Tokens { tx, sealer: &sealer }.newest_of_shop(merchant, &shop);
        self.readers.glance(find).await
    }

    async fn former_shop_tokens(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
    ) -> Result<Option<ShopTokens>, StoreError> {
        let (sealer, shop) = (Arc::clone(&self.sealer), shop.clone());
        let find =
            move |tx: &Connection| Tokens { tx, sealer: &sealer }.of_shop(merchant, &shop, Pair::Former);
        self.readers.glance(find).await
    }

    async fn renew_shop_tokens(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        tokens: ShopTokens,
        spent: i64,
        jobs: Vec<NewJob>,
    ) -> Result<(), StoreError> {
        let (sealer, shop) = (Arc::clone(&self.sealer), shop.clone());
        let renew = move |tx: &Connection| {
            Tokens { tx, sealer: &sealer }.renew_shop(merchant, &shop, &tokens, spent)?;
            super::jobs::put_up_all(tx, &jobs)
        };
        self.writer.unit(Lane::Interactive, "tokens.renew", renew).await
    }

    async fn confirm_shop_tokens(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        generation: i64,
    ) -> Result<(), StoreError> {
        let (sealer, shop) = (Arc::clone(&self.sealer), shop.clone());
        let confirm =
            move |tx: &Connection| Tokens { tx, sealer: &sealer }.confirm_shop(merchant, &shop, generation);
        self.writer.unit(Lane::Interactive, "tokens.confirm", confirm).await
    }

    async fn end_shop_tokens(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        generation: i64,
        jobs: Vec<NewJob>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (sealer, shop) = (Arc::clone(&self.sealer), shop.clone());
        let end = move |tx: &Connection| {
            Tokens { tx, sealer: &sealer }.end_shop(merchant, &shop, generation, now)?;
            super::jobs::put_up_all(tx, &jobs)
        };
        self.writer.unit(Lane::Interactive, "tokens.end", end).await
    }

    async fn shop_tokens_for_backup(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let (sealer, keys, shop) = (Arc::clone(&self.sealer), Arc::clone(&self.backup_keys), shop.clone());
        let seal =
            move |tx: &Connection| kept::seal(&Tokens { tx, sealer: &sealer }, &keys, merchant, &shop, now);
        self.readers.read(seal).await
    }

    async fn set_shop_state(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        state: ConnectionState,
    ) -> Result<(), StoreError> {
        let shop = shop.clone();
        let set = move |tx: &Connection| standing::set_shop(tx, merchant, &shop, state);
        self.writer.unit(Lane::Interactive, "connection.state", set).await
    }

    async fn move_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        change: Move,
        generation: i64,
    ) -> Result<(), StoreError> {
        let shop = shop.clone();
        let set = move |tx: &Connection| standing::move_shop(tx, merchant, &shop, change, generation);
        self.writer.unit(Lane::Interactive, "connection.state", set).await
    }

    async fn set_shop_facts(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        facts: ShopFacts,
        scopes: Vec<String>,
        jobs: Vec<NewJob>,
    ) -> Result<(), StoreError> {
        let (shop, facts, scopes) = (shop.clone(), to_json(&FactsJson::from(facts))?, to_json(&scopes)?);
        let set = move |tx: &Connection| {
            tx.run_one(SET_SHOP_FACTS, params![merchant.as_bytes(), shop.as_str(), facts, scopes])?;
            super::jobs::put_up_all(tx, &jobs)
        };
        self.writer.unit(Lane::Interactive, "connection.facts", set).await
    }

    async fn set_account_state(
        &self,
        merchant: MerchantId,
        account: AccountId,
        state: ConnectionState,
    ) -> Result<(), StoreError> {
        let set = move |tx: &Connection| standing::set_account(tx, merchant, account, state);
        self.writer.unit(Lane::Interactive, "connection.state", set).await
    }

    async fn move_account(
        &self,
        merchant: MerchantId,
        account: AccountId,
        change: Move,
        connected_at: Timestamp,
        jobs: Vec<NewJob>,
    ) -> Result<(), StoreError> {
        let set = move |tx: &Connection| {
            standing::move_account(tx, merchant, account, change, connected_at)?;
            super::jobs::put_up_all(tx, &jobs)
        };
        self.writer.unit(Lane::Interactive, "connection.state", set).await
    }

    async fn mark_account_checked(
        &self,
        merchant: MerchantId,
        account: AccountId,
        person: Option<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mark =
            move |tx: &Connection| standing::mark_checked(tx, merchant, account, person.as_deref(), now);
        self.writer.unit(Lane::Interactive, "connection.checked", mark).await
    }

    async fn list_account_told(
        &self,
        merchant: MerchantId,
        account: AccountId,
        most: usize,
    ) -> Result<Vec<AccountTold>, StoreError> {
        self.readers.read(move |db| read::list_told(db, merchant, account, most)).await
    }

    async fn person_token(&self, merchant: MerchantId) -> Result<Option<PersonToken>, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        self.readers.glance(move |tx| Tokens { tx, sealer: &sealer }.of_person(merchant)).await
    }

    async fn set_person_cause(&self, merchant: MerchantId, cause: Option<Cause>) -> Result<(), StoreError> {
        let set = move |tx: &Connection| standing::set_person(tx, merchant, cause);
        self.writer.unit(Lane::Interactive, "connection.person", set).await
    }

    async fn set_account_fields(
        &self,
        merchant: MerchantId,
        account: AccountId,
        fields: Vec<String>,
    ) -> Result<(), StoreError> {
        let fields = to_json(&fields)?;
        let set = move |tx: &Connection| {
            tx.run_one(SET_ACCOUNT_FIELDS, params![merchant.as_bytes(), account.as_bytes(), fields])
        };
        self.writer.unit(Lane::Interactive, "connection.fields", set).await
    }

    async fn set_account_data(
        &self,
        merchant: MerchantId,
        account: AccountId,
        name: &str,
        data: Value,
    ) -> Result<bool, StoreError> {
        let (name, data) = (name.to_owned(), to_json(&data)?);
        let set = move |tx: &Connection| {
            let params = params![merchant.as_bytes(), account.as_bytes(), name, data];
            Ok(tx.run(SET_ACCOUNT_DATA, params)? > 0)
        };
        self.writer.unit(Lane::Bulk, "connection.data", set).await
    }

    async fn stop_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        granted_by: Timestamp,
    ) -> Result<bool, StoreError> {
        let shop = shop.clone();
        let unit = move |tx: &Connection| stop::stop_shop(tx, merchant, &shop, granted_by);
        self.writer.unit(Lane::Interactive, "connection.stop", unit).await
    }

    async fn stop_account(
        &self,
        merchant: MerchantId,
        account: AccountId,
        granted_by: Timestamp,
    ) -> Result<bool, StoreError> {
        let stop = move |tx: &Connection| stop::stop_account(tx, merchant, account, granted_by);
        self.writer.unit(Lane::Interactive, "connection.stop", stop).await
    }

    async fn withdraw_stopped(
        &self,
        merchant: MerchantId,
        most: usize,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let withdraw = move |tx: &Connection| stop::withdraw(tx, merchant, most, now);
        self.writer.unit(Lane::Interactive, "connection.withdraw", withdraw).await
    }
}

/// Takes a pair back that was kept beside the backups, as part of another unit.
pub(super) fn put_back_tokens(
    tx: &Connection,
    sealer: &Sealer,
    keys: &BackupKeys,
    pair: &[u8],
) -> Result<bool, BackupError> {
    kept::put_back(&Tokens { tx, sealer }, keys, pair)
}
