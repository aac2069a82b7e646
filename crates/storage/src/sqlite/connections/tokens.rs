//! Tokens at rest: sealed with their merchant, kind, row and generation, so that a copied row opens nowhere else.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;

use crate::error::StoreError;
use crate::nouns::connections::ShopTokens;
use crate::seal::{Place, Sealer};
use crate::sqlite::sql::{Sql as _, corrupt};
use crate::sqlite::values::{maybe_at, millis};

const NEWEST_OF_SHOP: &str = "
    SELECT generation, access, access_ends, refresh, refresh_ends FROM shop_tokens
    WHERE merchant = ?1 AND shop = ?2 AND newest = 1";

const NEWEST_GENERATION: &str =
    "SELECT generation FROM shop_tokens WHERE merchant = ?1 AND shop = ?2 AND newest = 1";

const DROP_FORMER: &str = "DELETE FROM shop_tokens WHERE merchant = ?1 AND shop = ?2 AND newest = 0";

const MAKE_FORMER: &str =
    "UPDATE shop_tokens SET newest = 0 WHERE merchant = ?1 AND shop = ?2 AND newest = 1";

const KEEP_SHOP: &str = "
    INSERT INTO shop_tokens (merchant, shop, generation, newest, access, access_ends, refresh, refresh_ends)
    VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7)";

const OF_ACCOUNT: &str = "SELECT token FROM account_tokens WHERE merchant = ?1 AND account = ?2";

const KEEP_ACCOUNT: &str = "
    INSERT INTO account_tokens (merchant, account, token) VALUES (?1, ?2, ?3)
    ON CONFLICT (merchant, account) DO UPDATE SET token = excluded.token";

const KEEP_USER: &str = "
    INSERT INTO user_tokens (merchant, token, ends) VALUES (?1, ?2, ?3)
    ON CONFLICT (merchant) DO UPDATE SET token = excluded.token, ends = excluded.ends";

/// The token tables with what opens them.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'a> {
    pub(super) tx: &'a Connection,
    pub(super) sealer: &'a Sealer,
}

impl Tokens<'_> {
    pub(super) fn of_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
    ) -> Result<Option<ShopTokens>, StoreError> {
        let found = self.tx.one(NEWEST_OF_SHOP, params![merchant.as_bytes(), shop.as_str()], |row| {
            let generation: i64 = row.get(0)?;
            let (access, refresh): (Vec<u8>, Option<Vec<u8>>) = (row.get(1)?, row.get(3)?);
            Ok((generation, access, maybe_at(row, 2)?, refresh, maybe_at(row, 4)?))
        })?;
        let Some((generation, access, access_ends, refresh, refresh_ends)) = found else { return Ok(None) };
        let open = |kind, record: &[u8]| {
            let place = of_shop(merchant, kind, shop, generation);
            self.sealer.open(place, record).map_err(|why| corrupt("shop_tokens", shop, why))
        };
        Ok(Some(ShopTokens {
            access: open("shop_access", &access)?,
            access_ends,
            refresh: refresh.map(|record| open("shop_refresh", &record)).transpose()?,
            refresh_ends,
            generation,
        }))
    }

    /// Keeps a pair as the newest; the one before it stays until the next.
    pub(super) fn keep_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        tokens: &ShopTokens,
    ) -> Result<(), StoreError> {
        let (owner, domain) = (merchant.as_bytes(), shop.as_str());
        let generation = self.newest_generation(merchant, shop)?.unwrap_or(0).saturating_add(1);
        let seal = |kind, value: &SecretText| self.seal(of_shop(merchant, kind, shop, generation), value);
        let access = seal("shop_access", &tokens.access)?;
        let refresh = tokens.refresh.as_ref().map(|refresh| seal("shop_refresh", refresh)).transpose()?;
        self.tx.run(DROP_FORMER, params![owner, domain])?;
        self.tx.run(MAKE_FORMER, params![owner, domain])?;
        let (access_ends, refresh_ends) = (millis(tokens.access_ends), millis(tokens.refresh_ends));
        self.tx.run_one(
            KEEP_SHOP,
            params![owner, domain, generation, access, access_ends, refresh, refresh_ends],
        )
    }

    /// Replaces the pair of `tokens.generation`; `Conflict` if another was kept since.
    pub(super) fn renew_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        tokens: &ShopTokens,
    ) -> Result<(), StoreError> {
        if self.newest_generation(merchant, shop)? != Some(tokens.generation) {
            return Err(StoreError::Conflict);
        }
        self.keep_shop(merchant, shop, tokens)
    }

    pub(super) fn of_account(
        &self,
        merchant: MerchantId,
        account: AccountId,
    ) -> Result<Option<SecretText>, StoreError> {
        let found = self.tx.one(OF_ACCOUNT, params![merchant.as_bytes(), account.as_bytes()], |row| {
            row.get::<_, Vec<u8>>(0)
        })?;
        let open = |record: Vec<u8>| {
            let opened = self.sealer.open(of_account(merchant, &account), &record);
            opened.map_err(|why| corrupt("account_tokens", account, why))
        };
        found.map(open).transpose()
    }

    pub(super) fn keep_account(
        &self,
        merchant: MerchantId,
        account: AccountId,
        token: &SecretText,
    ) -> Result<(), StoreError> {
        let record = self.seal(of_account(merchant, &account), token)?;
        self.tx.run_one(KEEP_ACCOUNT, params![merchant.as_bytes(), account.as_bytes(), record])
    }

    /// The token of the person who connected the merchant's accounts: one per merchant.
    pub(super) fn keep_user(
        &self,
        merchant: MerchantId,
        token: &SecretText,
        ends: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let place = Place { merchant: Some(merchant), kind: "user_token", row: b"", generation: 0 };
        let record = self.seal(place, token)?;
        self.tx.run_one(KEEP_USER, params![merchant.as_bytes(), record, millis(ends)])
    }

    fn newest_generation(&self, merchant: MerchantId, shop: &ShopDomain) -> Result<Option<i64>, StoreError> {
        self.tx.one(NEWEST_GENERATION, params![merchant.as_bytes(), shop.as_str()], |row| row.get(0))
    }

    fn seal(&self, place: Place<'_>, token: &SecretText) -> Result<Vec<u8>, StoreError> {
        self.sealer.seal(place, token).ok_or_else(|| StoreError::unavailable("a token could not be sealed"))
    }
}

fn of_shop<'a>(merchant: MerchantId, kind: &'static str, shop: &'a ShopDomain, generation: i64) -> Place<'a> {
    Place { merchant: Some(merchant), kind, row: shop.as_str().as_bytes(), generation }
}

fn of_account(merchant: MerchantId, account: &AccountId) -> Place<'_> {
    Place { merchant: Some(merchant), kind: "account_token", row: account.as_bytes(), generation: 0 }
}
