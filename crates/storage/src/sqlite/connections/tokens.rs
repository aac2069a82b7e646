//! Tokens at rest: sealed with their merchant, kind, row and generation, so that a copied row opens nowhere else.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ShopDomain, TokenSource};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;
use shopclerk_domain::standing::Cause;

use crate::error::StoreError;
use crate::nouns::connections::{PersonToken, ShopTokens};
use crate::seal::{Kind, Place, Sealer};
use crate::sqlite::sql::{Sql as _, corrupt};
use crate::sqlite::values::{maybe_at, millis};

const OF_SHOP: &str = "
    SELECT generation, access, access_ends, refresh, refresh_ends, source, worked FROM shop_tokens
    WHERE merchant = ?1 AND shop = ?2 AND newest = ?3";

const NEWEST_GENERATION: &str =
    "SELECT generation FROM shop_tokens WHERE merchant = ?1 AND shop = ?2 AND newest = 1";

const DROP_OTHERS: &str = "DELETE FROM shop_tokens WHERE merchant = ?1 AND shop = ?2 AND generation <> ?3";

const MAKE_FORMER: &str =
    "UPDATE shop_tokens SET newest = 0 WHERE merchant = ?1 AND shop = ?2 AND newest = 1";

const KEEP_SHOP: &str = "
    INSERT INTO shop_tokens (merchant, shop, generation, newest, access, access_ends, refresh, refresh_ends, source, worked)
    VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9)";

const CONFIRM_SHOP: &str =
    "UPDATE shop_tokens SET worked = 1 WHERE merchant = ?1 AND shop = ?2 AND generation = ?3 AND newest = 1";

const END_SHOP: &str = "UPDATE shop_tokens SET access_ends = ?4 WHERE merchant = ?1 AND shop = ?2 AND generation = ?3 AND newest = 1";

const OF_ACCOUNT: &str = "SELECT token FROM account_tokens WHERE merchant = ?1 AND account = ?2";

const KEEP_ACCOUNT: &str = "
    INSERT INTO account_tokens (merchant, account, token) VALUES (?1, ?2, ?3)
    ON CONFLICT (merchant, account) DO UPDATE SET token = excluded.token";

const KEEP_USER: &str = "
    INSERT INTO user_tokens (merchant, token, ends) VALUES (?1, ?2, ?3)
    ON CONFLICT (merchant) DO UPDATE SET token = excluded.token, ends = excluded.ends, why = NULL";

const OF_USER: &str = "SELECT token, ends, why FROM user_tokens WHERE merchant = ?1";

/// The token tables with what opens them.
#[derive(Clone, Copy)]
pub(in crate::sqlite) struct Tokens<'a> {
    pub(in crate::sqlite) tx: &'a Connection,
    pub(in crate::sqlite) sealer: &'a Sealer,
}

impl Tokens<'_> {
    /// The pair in use.
    pub(in crate::sqlite) fn newest_of_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
    ) -> Result<Option<ShopTokens>, StoreError> {
        self.of_shop(merchant, shop, Pair::Newest)
    }

    /// The pair in use, or the one kept beside it until that has worked.
    pub(super) fn of_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        which: Pair,
    ) -> Result<Option<ShopTokens>, StoreError> {
        let newest = which == Pair::Newest;
        let found = self.tx.one(OF_SHOP, params![merchant.as_bytes(), shop.as_str(), newest], |row| {
            let generation: i64 = row.get(0)?;
            let (access, refresh): (Vec<u8>, Option<Vec<u8>>) = (row.get(1)?, row.get(3)?);
            let (source, worked): (String, bool) = (row.get(5)?, row.get(6)?);
            Ok((generation, access, maybe_at(row, 2)?, refresh, maybe_at(row, 4)?, source, worked))
        })?;
        let Some((generation, access, access_ends, refresh, refresh_ends, source, worked)) = found else {
            return Ok(None);
        };
        let open = |kind, record: &[u8]| {
            let place = of_shop(merchant, kind, shop, generation);
            self.sealer.open(place, record).map_err(|why| corrupt("shop_tokens", shop, why))
        };
        let source = TokenSource::from_word(&source);
        Ok(Some(ShopTokens {
            access: open(Kind::ShopAccess, &access)?,
            access_ends,
            refresh: refresh.map(|record| open(Kind::ShopRefresh, &record)).transpose()?,
            refresh_ends,
            generation,
            source: source.ok_or_else(|| corrupt("shop_tokens", shop, "the source is unknown"))?,
            worked,
        }))
    }

    /// Keeps what a new grant brought: the platform has ended whatever came before it.
    pub(super) fn grant_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        tokens: &ShopTokens,
    ) -> Result<(), StoreError> {
        let generation = self.newest_generation(merchant, shop)?.unwrap_or(0).saturating_add(1);
        self.keep_shop(merchant, shop, generation, tokens)?;
        self.drop_others(merchant, shop, generation)
    }

    /// Replaces the pair of `tokens.generation` and keeps that of generation `spent` beside it; `Conflict` if another was
    /// kept since.
    pub(super) fn renew_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        tokens: &ShopTokens,
        spent: i64,
    ) -> Result<(), StoreError> {
        let newest = self.newest_generation(merchant, shop)?;
        if newest != Some(tokens.generation) {
            return Err(StoreError::Conflict);
        }
        self.drop_others(merchant, shop, spent)?;
        self.tx.run(MAKE_FORMER, params![merchant.as_bytes(), shop.as_str()])?;
        self.keep_shop(merchant, shop, tokens.generation.saturating_add(1), tokens)
    }

    /// Takes back a pair that is newer than ours, under the number it had; ours stays beside it. `false` = ours is as new.
    pub(super) fn put_back_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        tokens: &ShopTokens,
    ) -> Result<bool, StoreError> {
        let newest = self.newest_generation(merchant, shop)?.unwrap_or(0);
        if newest >= tokens.generation {
            return Ok(false);
        }
        self.drop_others(merchant, shop, newest)?;
        self.tx.run(MAKE_FORMER, params![merchant.as_bytes(), shop.as_str()])?;
        self.keep_shop(merchant, shop, tokens.generation, tokens)?;
        Ok(true)
    }

    /// The pair has worked: it alone is left.
    pub(super) fn confirm_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        generation: i64,
    ) -> Result<(), StoreError> {
        self.tx.run_one(CONFIRM_SHOP, params![merchant.as_bytes(), shop.as_str(), generation])?;
        self.drop_others(merchant, shop, generation)
    }

    /// The access token is not to be used any more.
    pub(super) fn end_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        generation: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (owner, domain) = (merchant.as_bytes(), shop.as_str());
        self.tx.run_one(END_SHOP, params![owner, domain, generation, now.millis()])
    }

    fn drop_others(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        generation: i64,
    ) -> Result<(), StoreError> {
        self.tx.run(DROP_OTHERS, params![merchant.as_bytes(), shop.as_str(), generation]).map(drop)
    }

    fn keep_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        generation: i64,
        tokens: &ShopTokens,
    ) -> Result<(), StoreError> {
        let (owner, domain) = (merchant.as_bytes(), shop.as_str());
        let seal = |kind, value: &SecretText| self.seal(of_shop(merchant, kind, shop, generation), value);
        let access = seal(Kind::ShopAccess, &tokens.access)?;
        let refresh = tokens.refresh.as_ref().map(|refresh| seal(Kind::ShopRefresh, refresh)).transpose()?;
        let (access_ends, refresh_ends) = (millis(tokens.access_ends), millis(tokens.refresh_ends));
        let (source, worked) = (tokens.source.word(), tokens.worked);
        self.tx.run_one(
            KEEP_SHOP,
            params![owner, domain, generation, access, access_ends, refresh, refresh_ends, source, worked],
        )
    }

    pub(in crate::sqlite) fn of_account(
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
        let record = self.seal(of_user(merchant), token)?;
        self.tx.run_one(KEEP_USER, params![merchant.as_bytes(), record, millis(ends)])
    }

    pub(in crate::sqlite) fn of_person(
        &self,
        merchant: MerchantId,
    ) -> Result<Option<PersonToken>, StoreError> {
        let found = self.tx.one(OF_USER, params![merchant.as_bytes()], |row| {
            let (record, why): (Vec<u8>, Option<String>) = (row.get(0)?, row.get(2)?);
            Ok((record, maybe_at(row, 1)?, why))
        })?;
        let open = |(record, ends, why): (Vec<u8>, _, Option<String>)| {
            let opened = self.sealer.open(of_user(merchant), &record);
            let token = opened.map_err(|why| corrupt("user_tokens", merchant, why))?;
            Ok(PersonToken { token, ends, cause: why.as_deref().and_then(Cause::from_word) })
        };
        found.map(open).transpose()
    }

    fn newest_generation(&self, merchant: MerchantId, shop: &ShopDomain) -> Result<Option<i64>, StoreError> {
        self.tx.one(NEWEST_GENERATION, params![merchant.as_bytes(), shop.as_str()], |row| row.get(0))
    }

    fn seal(&self, place: Place<'_>, token: &SecretText) -> Result<Vec<u8>, StoreError> {
        self.sealer.seal(place, token).ok_or_else(|| StoreError::unavailable("a token could not be sealed"))
    }
}

/// Which of a shop's pairs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    Newest,
    Former,
}

fn of_user<'a>(merchant: MerchantId) -> Place<'a> {
    Place { merchant: Some(merchant), kind: Kind::UserToken, row: b"", generation: 0 }
}

fn of_shop(merchant: MerchantId, kind: Kind, shop: &ShopDomain, generation: i64) -> Place<'_> {
    Place { merchant: Some(merchant), kind, row: shop.as_str().as_bytes(), generation }
}

fn of_account(merchant: MerchantId, account: &AccountId) -> Place<'_> {
    Place { merchant: Some(merchant), kind: Kind::AccountToken, row: account.as_bytes(), generation: 0 }
}
