//! Products as claims need them: content, version, and when the figures were last known to be the shop's.

use rusqlite::{Connection, Row, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{MerchantId, ProductId};
use shopclerk_domain::product::ProductRow;

use crate::error::StoreError;
use crate::nouns::catalogue::Change;
use crate::sqlite::rows::{ProductJson, from_json};
use crate::sqlite::sql::{Sql as _, corrupt};
use crate::sqlite::values::{from_column, to_column};

pub(super) const FIND: &str = "
    SELECT p.product, p.version, p.updated_at,
        CASE WHEN p.hinted_at IS NULL THEN max(p.read_at, ifnull(c.last_complete, 0), ifnull(c.last_changes, 0)) ELSE 0 END, t.content
    FROM products p
    JOIN product_contents t ON t.merchant = p.merchant AND t.product = p.product
    LEFT JOIN catalogues c ON c.merchant = p.merchant AND c.shop = p.shop
    WHERE p.merchant = ?1 AND p.product = ?2 AND p.gone = 0
    AND NOT EXISTS (SELECT 1 FROM shops s WHERE s.merchant = ?1 AND s.shop = p.shop AND s.state = 'disconnected')";

pub(super) const LIST: &str = "
    SELECT p.product, p.version, p.updated_at,
        CASE WHEN p.hinted_at IS NULL THEN max(p.read_at, ifnull(c.last_complete, 0), ifnull(c.last_changes, 0)) ELSE 0 END, t.content
    FROM products p
    JOIN product_contents t ON t.merchant = p.merchant AND t.product = p.product
    LEFT JOIN catalogues c ON c.merchant = p.merchant AND c.shop = p.shop
    WHERE p.merchant = ?1 AND p.product > ?2 AND p.gone = 0 ORDER BY p.product LIMIT ?3";

pub(super) const LIST_OF_SHOP: &str = "
    SELECT p.product, p.version, p.updated_at,
        CASE WHEN p.hinted_at IS NULL THEN max(p.read_at, ifnull(c.last_complete, p.read_at)) ELSE 0 END, t.content
    FROM products p
    JOIN product_contents t ON t.merchant = p.merchant AND t.product = p.product
    LEFT JOIN catalogues c ON c.merchant = p.merchant AND c.shop = p.shop
    WHERE p.merchant = ?1 AND p.product > ?2 AND p.gone = 0 AND p.shop = ?4 ORDER BY p.product LIMIT ?3";

const FIND_STOCK_ITEM: &str = "SELECT product FROM stock_items WHERE merchant = ?1 AND item = ?2";

pub(super) const COUNT_OFFERED: &str = "SELECT sum(offered) FROM catalogues WHERE merchant = ?1";

const LAST_CHANGE: &str = "SELECT last_version FROM merchants WHERE merchant = ?1";

pub(super) const LIST_CHANGES: &str = "
    SELECT version, product FROM products WHERE merchant = ?1 AND version > ?2 ORDER BY version LIMIT ?3";

/// A row as it is read, before its JSON is.
struct Raw {
    id: ProductId,
    version: u64,
    updated_at: Timestamp,
    read_at: Timestamp,
    content: String,
}

impl Raw {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0).map(from_column).map(ProductId::new)?,
            version: row.get(1).map(from_column)?,
            updated_at: row.get(2).map(Timestamp::from_millis)?,
            read_at: row.get(3).map(Timestamp::from_millis)?,
            content: row.get(4)?,
        })
    }

    fn decode(self) -> Result<ProductRow, StoreError> {
        let json: ProductJson = from_json(&self.content, "products", self.id)?;
        let product = json.into_product(self.id, self.updated_at);
        let product =
            product.map_err(|_| corrupt("products", self.id, "a value of it is not one we know"))?;
        Ok(ProductRow { product, version: self.version, read_at: self.read_at })
    }
}

/// The rows with these ids, in this order.
pub(in crate::sqlite) fn find(
    db: &Connection,
    merchant: MerchantId,
    ids: &[ProductId],
) -> Result<Vec<ProductRow>, StoreError> {
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        let found = db.one(FIND, params![merchant.as_bytes(), to_column(id.number())], Raw::read)?;
        rows.extend(found.map(Raw::decode).transpose()?);
    }
    Ok(rows)
}

pub(super) fn list(
    db: &Connection,
    merchant: MerchantId,
    after: Option<ProductId>,
    most: i64,
) -> Result<Vec<ProductRow>, StoreError> {
    let after = after.map_or(i64::MIN, |after| to_column(after.number()));
    let raw = db.all(LIST, params![merchant.as_bytes(), after, most], Raw::read)?;
    raw.into_iter().map(Raw::decode).collect()
}

pub(super) fn list_of_shop(
    db: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    after: Option<ProductId>,
    most: i64,
) -> Result<Vec<ProductRow>, StoreError> {
    let after = after.map_or(i64::MIN, |after| to_column(after.number()));
    let raw = db.all(LIST_OF_SHOP, params![merchant.as_bytes(), after, most, shop.as_str()], Raw::read)?;
    raw.into_iter().map(Raw::decode).collect()
}

pub(super) fn find_stock_item(
    db: &Connection,
    merchant: MerchantId,
    item: u64,
) -> Result<Option<ProductId>, StoreError> {
    db.one(FIND_STOCK_ITEM, params![merchant.as_bytes(), to_column(item)], |row| {
        row.get(0).map(from_column).map(ProductId::new)
    })
}

pub(super) fn last_change(db: &Connection, merchant: MerchantId) -> Result<u64, StoreError> {
    let last = db.one(LAST_CHANGE, params![merchant.as_bytes()], |row| row.get(0))?;
    Ok(last.map_or(0, from_column))
}

pub(super) fn list_changes(
    db: &Connection,
    merchant: MerchantId,
    seq: u64,
    most: i64,
) -> Result<Vec<Change>, StoreError> {
    db.all(LIST_CHANGES, params![merchant.as_bytes(), to_column(seq), most], |row| {
        let product = row.get(1).map(from_column).map(ProductId::new)?;
        Ok(Change { seq: row.get(0).map(from_column)?, product })
    })
}
