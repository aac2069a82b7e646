//! Passes over a shop's catalogue: begun, resumed, ended. What a pass over everything has not seen is gone; a pass over the
//! changes takes nothing away.

use std::time::Duration;

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ConnectionName, ShopDomain};
use shopclerk_domain::ids::{MerchantId, ProductId};

use super::upsert::{KNOW_SHOP, Shelf};
use crate::error::StoreError;
use crate::nouns::catalogue::SyncState;
use crate::nouns::polls::Drift;
use crate::sqlite::polls;
use crate::sqlite::sql::Sql as _;
use crate::sqlite::values::{from_column, maybe_at, to_column};

/// A pass is named by its beginning, so that two never share a name whatever the clock does.
const BEGIN: &str = "
    UPDATE catalogues SET
        pass = max(?3, ifnull(last_complete + 1, ?3), ifnull(last_changes + 1, ?3), ifnull(pass + 1, ?3)),
        since = NULL, cursor = NULL, read = 0
    WHERE merchant = ?1 AND shop = ?2 AND (pass IS NULL OR since IS NOT NULL)";

const BEGIN_CHANGES: &str = "
    UPDATE catalogues SET
        pass = max(?3, last_complete + 1, ifnull(last_changes + 1, ?3)),
        since = max(last_complete, ifnull(last_changes, last_complete)) - ?4, cursor = NULL, read = 0
    WHERE merchant = ?1 AND shop = ?2 AND pass IS NULL AND last_complete IS NOT NULL";

/// The shop's clock and its list are a little behind: what changed so long before the last pass is asked for again.
const OVERLAP: Duration = Duration::from_mins(5);

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

/// What the shop said while the pass ran is still to be read.
const END: &str = "
    UPDATE catalogues SET
        pass = NULL, cursor = NULL, last_complete = ?3, drift_added = 0, drift_changed = 0, drift_gone = 0,
        told_at = CASE WHEN told_at >= ?3 THEN told_at END
    WHERE merchant = ?1 AND shop = ?2 AND pass = ?3 AND since IS NULL";

const END_CHANGES: &str = "
    UPDATE catalogues SET pass = NULL, since = NULL, cursor = NULL, last_changes = ?3
    WHERE merchant = ?1 AND shop = ?2 AND pass = ?3 AND since IS NOT NULL";

/// Rows that changed are no drift where the shop said that some had.
const FOUND: &str = "
    SELECT read, drift_added, CASE WHEN told_at IS NULL THEN drift_changed ELSE 0 END, drift_gone
    FROM catalogues WHERE merchant = ?1 AND shop = ?2";

pub(in crate::sqlite) const TELL: &str =
    "UPDATE catalogues SET told_at = ?3 WHERE merchant = ?1 AND shop = ?2";

const STATE: &str = "
    SELECT pass, since, cursor, read, last_complete, last_changes, products
    FROM catalogues WHERE merchant = ?1 AND shop = ?2";

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

pub(super) fn begin_changes(
    tx: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    now: Timestamp,
) -> Result<Option<SyncState>, StoreError> {
    let overlap = i64::try_from(OVERLAP.as_millis()).unwrap_or(i64::MAX);
    tx.run(BEGIN_CHANGES, params![merchant.as_bytes(), shop.as_str(), now.millis(), overlap])?;
    Ok(state(tx, merchant, shop)?.filter(|state| state.since.is_some()))
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
        if unseen && shelf.lose(*id, now)? {
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
    now: Timestamp,
) -> Result<(), StoreError> {
    let found = tx.one(FOUND, params![merchant.as_bytes(), shop.as_str()], |row| {
        let count = |column| row.get(column).map(from_column);
        Ok((count(0)?, Drift { added: count(1)?, changed: count(2)?, gone: count(3)? }))
    })?;
    let (read, drift) = found.ok_or(StoreError::Conflict)?;
    tx.run_one(END, params![merchant.as_bytes(), shop.as_str(), pass.millis()])?;
    polls::done(tx, merchant, &ConnectionName::Shop(shop.clone()), read, drift, now)
}

pub(super) fn end_changes(
    tx: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    pass: Timestamp,
) -> Result<(), StoreError> {
    tx.run_one(END_CHANGES, params![merchant.as_bytes(), shop.as_str(), pass.millis()])
}

pub(super) fn state(
    db: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
) -> Result<Option<SyncState>, StoreError> {
    db.one(STATE, params![merchant.as_bytes(), shop.as_str()], |row| {
        Ok(SyncState {
            pass: maybe_at(row, 0)?,
            since: maybe_at(row, 1)?,
            cursor: row.get(2)?,
            read: row.get(3).map(from_column)?,
            last_complete: maybe_at(row, 4)?,
            last_changes: maybe_at(row, 5)?,
            products: row.get(6).map(from_column)?,
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
