//! A shop's newest token pair as it is kept beside the backups: a pair that was rotated after the last backup is lost with the
//! disk otherwise, and the shop locks out whoever comes with the one before.

use rusqlite::params;
use serde::{Deserialize, Serialize};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ShopDomain, TokenSource};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::{Secret, SecretText};
use zeroize::{Zeroize, Zeroizing};

use super::tokens::Tokens;
use crate::backup::{BackupError, BackupKeys, BackupKind};
use crate::error::StoreError;
use crate::nouns::connections::ShopTokens;
use crate::sqlite::sql::Sql as _;

const HAS_SHOP: &str = "SELECT 1 FROM shops WHERE merchant = ?1 AND shop = ?2";

/// The plain content, wiped when it is dropped.
#[derive(Serialize, Deserialize)]
struct Kept {
    merchant: String,
    shop: String,
    generation: i64,
    access: String,
    access_ends: Option<i64>,
    refresh: Option<String>,
    refresh_ends: Option<i64>,
    source: String,
    worked: bool,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.access.zeroize();
        self.refresh.zeroize();
    }
}

/// The newest pair, sealed for a backup; `None` when the shop has none.
pub(super) fn seal(
    tokens: &Tokens<'_>,
    keys: &BackupKeys,
    merchant: MerchantId,
    shop: &ShopDomain,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(pair) = tokens.newest_of_shop(merchant, shop)? else { return Ok(None) };
    let kept = Kept {
        merchant: merchant.to_string(),
        shop: shop.to_string(),
        generation: pair.generation,
        access: pair.access.expose().clone(),
        access_ends: pair.access_ends.map(Timestamp::millis),
        refresh: pair.refresh.as_ref().map(|refresh| refresh.expose().clone()),
        refresh_ends: pair.refresh_ends.map(Timestamp::millis),
        source: pair.source.word().to_owned(),
        worked: pair.worked,
    };
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Unavailable(error);
    let plain = Zeroizing::new(serde_json::to_vec(&kept).map_err(|error| failed(error.into()))?);
    let sealed = keys.seal(BackupKind::Tokens, 0, now, plain.as_slice(), Vec::new());
    sealed.map(|(_, sealed)| Some(sealed)).map_err(|error| failed(error.into()))
}

/// Keeps the pair if it is newer than the one that is here; `false` = it is not, or its shop is not known.
pub(super) fn put_back(tokens: &Tokens<'_>, keys: &BackupKeys, sealed: &[u8]) -> Result<bool, BackupError> {
    let mut plain = Zeroizing::new(Vec::new());
    keys.open(BackupKind::Tokens, sealed, &mut *plain)?;
    let kept: Kept = serde_json::from_slice(&plain).map_err(|_| BackupError::Foreign)?;
    let (merchant, shop, pair) = kept.read().ok_or(BackupError::Foreign)?;
    let put_back = || {
        let owned = params![merchant.as_bytes(), shop.as_str()];
        let known = tokens.tx.one(HAS_SHOP, owned, |row| row.get::<_, i64>(0))?.is_some();
        Ok(known && tokens.put_back_shop(merchant, &shop, &pair)?)
    };
    put_back().map_err(|error: StoreError| BackupError::Database(Box::new(error)))
}

impl Kept {
    fn read(&self) -> Option<(MerchantId, ShopDomain, ShopTokens)> {
        let secret = |text: &String| -> SecretText { Secret::new(text.clone()) };
        let pair = ShopTokens {
            access: secret(&self.access),
            access_ends: self.access_ends.map(Timestamp::from_millis),
            refresh: self.refresh.as_ref().map(secret),
            refresh_ends: self.refresh_ends.map(Timestamp::from_millis),
            generation: self.generation,
            source: TokenSource::from_word(&self.source)?,
            worked: self.worked,
        };
        Some((MerchantId::parse(&self.merchant).ok()?, ShopDomain::parse(&self.shop).ok()?, pair))
    }
}
