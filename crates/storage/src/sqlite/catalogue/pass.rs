//! Passes over a shop's whole catalogue: begun, resumed, ended. What a pass has not seen is gone.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{MerchantId, ProductId};

use super::upsert::{KNOW_SHOP, Shelf};
use crate::error::StoreError;
use crate::nouns::catalogue::SyncState;
use crate::sqlite::sql::Sql as _;
use crate::sqlite::values::{from_column, maybe_at, to_column};

/// A pass is named by its beginning, so that two never share a name whatever the clock does.
const BEGIN: &str = "
    UPDATE catalogues SET pass = max(?3, ifnull(last_complete + 1, ?3)), cursor = NULL, read = 0
    WHERE merchant = ?1 AND shop = ?2 AND pass IS NULL";

const ADVANCE: &str = "
    UPDATE catalogues SET cursor = ?4, read = read + ?5 WHERE merchant = ?1 AND shop = ?2 AND pass = ?3";

const UNDER_WAY: &str = "SELECT 1 FROM catalogues WHERE merchant = ?1 AND shop = ?2 AND pass = ?3";

/// Read one by one since the pass began counts as seen.
const UNSEEN: &str = "
    SELECT product FROM products
    WHERE merchant = ?1 AND shop = ?2 AND gone = 0 AND (pass IS NULL OR pass < ?3) AND read_at < ?3";

pub(super) const IS_UNSEEN: &str = "
    SELECT 1 FROM products
    WHERE merchant = ?1 AND product = ?4
    AND shop = ?2 AND gone = 0 AND (pass IS NULL OR pass < ?3) AND read_at < ?3";

const END: &str = "
    UPDATE catalogues SET pass = NULL, cursor = NULL, last_complete = ?3
    WHERE merchant = ?1 AND shop = ?2 AND pass = ?3";

const STATE: &str = "
    SELECT pass, cursor, read, last_complete, products FROM catalogues WHERE merchant = ?1 AND shop = ?2";

pub(super) fn begin(
    tx: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    now: Timestamp,
) -> Result<SyncState, StoreError> {
    tx.run(KNOW_SHOP, params![merchant.as_bytes(), shop.as_str()])?;
    tx.run(BEGIN, params![merchant.as_bytes(), shop.as_str(), now.millis()])?;
    state(tx, merchant, shop)?.ok_or(StoreError::Conflict)
}

/// Moves the cursor of the pass under way; `Conflict` for any other.
pub(super) fn advance(
    tx: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    pass: Timestamp,
    cursor: Option<&str>,
    read: usize,
) -> Result<(), StoreError> {
    let read = i64::try_from(read).unwrap_or(i64::MAX);
    tx.run_one(ADVANCE, params![merchant.as_bytes(), shop.as_str(), pass.millis(), cursor, read])
}

pub(super) fn list_unseen(
    db: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    pass: Timestamp,
) -> Result<Vec<ProductId>, StoreError> {
    require_under_way(db, merchant, shop, pass)?;
    db.all(UNSEEN, params![merchant.as_bytes(), shop.as_str(), pass.millis()], |row| {
        row.get(0).map(from_column).map(ProductId::new)
    })
}

/// Takes those of a slice off the shelf that are still unseen.
pub(super) fn drop_unseen(
    tx: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    pass: Timestamp,
    slice: &[ProductId],
    now: Timestamp,
) -> Result<Vec<ProductId>, StoreError> {
    require_under_way(tx, merchant, shop, pass)?;
    let mut shelf = Shelf::open(tx, merchant, shop)?;
    let mut gone = Vec::new();
    for id in slice {
        let params = params![merchant.as_bytes(), shop.as_str(), pass.millis(), to_column(id.number())];
        let unseen = tx.one(IS_UNSEEN, params, |row| row.get::<_, i64>(0))?.is_some();
        if unseen && shelf.remove(*id, now)? {
            gone.push(*id);
        }
    }
    shelf.close()?;
    Ok(gone)
}

pub(super) fn end(
    tx: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    pass: Timestamp,
) -> Result<(), StoreError> {
    tx.run_one(END, params![merchant.as_bytes(), shop.as_str(), pass.millis()])
}

pub(super) fn state(
    db: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
) -> Result<Option<SyncState>, StoreError> {
    db.one(STATE, params![merchant.as_bytes(), shop.as_str()], |row| {
        Ok(SyncState {
            pass: maybe_at(row, 0)?,
            cursor: row.get(1)?,
            read: row.get(2).map(from_column)?,
            last_complete: maybe_at(row, 3)?,
            products: row.get(4).map(from_column)?,
        })
    })
}

fn require_under_way(
    db: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    pass: Timestamp,
) -> Result<(), StoreError> {
    let params = params![merchant.as_bytes(), shop.as_str(), pass.millis()];
    let found = db.one(UNDER_WAY, params, |row| row.get::<_, i64>(0))?;
    found.map(drop).ok_or(StoreError::Conflict)
}
