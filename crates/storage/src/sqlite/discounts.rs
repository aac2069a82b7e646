//! Discounts in SQLite: passes that read all of them, rows with versions, and what is told of when they were read.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::discount::{Discount, DiscountRow};
use shopclerk_domain::ids::{DiscountId, MerchantId};

use super::SqliteStore;
use super::rows::{DiscountJson, from_json, to_json};
use super::sql::{Sql as _, corrupt};
use super::values::{at, from_column, limit, to_column};
use super::writer::Lane;
use crate::error::StoreError;
use crate::nouns::Discounts;
use crate::nouns::discounts::DiscountPage;

/// A pass is named by its beginning, so that two never share a name whatever the clock does.
const BEGIN: &str = "
    INSERT INTO discount_lists (merchant, shop, pass) VALUES (?1, ?2, ?3)
    ON CONFLICT (merchant, shop) DO UPDATE SET
        pass = max(excluded.pass, ifnull(pass + 1, excluded.pass), ifnull(last_complete + 1, excluded.pass))
    RETURNING pass";

const UNDER_WAY: &str = "SELECT 1 FROM discount_lists WHERE merchant = ?1 AND shop = ?2 AND pass = ?3";

const SAME: &str = "
    SELECT 1 FROM discounts WHERE merchant = ?1 AND discount = ?2 AND gone = 0 AND content = ?3";

/// What another shop of the merchant's claims stays that shop's.
const PUT: &str = "
    INSERT INTO discounts (merchant, discount, shop, version, content, gone, updated_at, read_at, pass)
    VALUES (?1, ?2, ?3, 1, ?4, 0, ?5, ?6, ?7)
    ON CONFLICT (merchant, discount) DO UPDATE SET
        version = version + (gone OR content <> excluded.content), content = excluded.content, gone = 0,
        shop = excluded.shop, updated_at = excluded.updated_at, read_at = excluded.read_at, pass = excluded.pass
    WHERE shop = excluded.shop OR gone = 1";

const LOSE: &str = "
    UPDATE discounts SET gone = 1, content = '', version = version + 1
    WHERE merchant = ?1 AND shop = ?2 AND gone = 0 AND pass < ?3
    RETURNING discount";

/// What the shop said while the pass ran is still to be read.
const END: &str = "
    UPDATE discount_lists SET pass = NULL, last_complete = ?3, told_at = CASE WHEN told_at > ?3 THEN told_at END
    WHERE merchant = ?1 AND shop = ?2 AND pass = ?3";

/// The shop says that one of its discounts changed: none of them is known to be so until all are read again.
pub(super) const TELL: &str = "
    INSERT INTO discount_lists (merchant, shop, told_at) VALUES (?1, ?2, ?3)
    ON CONFLICT (merchant, shop) DO UPDATE SET told_at = excluded.told_at";

const LIST: &str = "
    SELECT d.discount, d.version, d.updated_at, CASE WHEN l.told_at > d.read_at THEN 0 ELSE d.read_at END, d.content
    FROM discounts d
    JOIN discount_lists l ON l.merchant = d.merchant AND l.shop = d.shop
    WHERE d.merchant = ?1 AND d.gone = 0
    AND NOT EXISTS (SELECT 1 FROM shops s WHERE s.merchant = ?1 AND s.shop = d.shop AND s.state = 'disconnected')
    ORDER BY d.updated_at DESC, d.discount LIMIT ?2";

const LIST_OF_SHOP: &str = "
    SELECT d.discount, d.version, d.updated_at, d.read_at, d.content FROM discounts d
    WHERE d.merchant = ?1 AND d.gone = 0 AND d.shop = ?3 ORDER BY d.updated_at DESC, d.discount LIMIT ?2";

const FIND: &str = "
    SELECT d.discount, d.version, d.updated_at, CASE WHEN l.told_at > d.read_at THEN 0 ELSE d.read_at END, d.content
    FROM discounts d
    JOIN discount_lists l ON l.merchant = d.merchant AND l.shop = d.shop
    WHERE d.merchant = ?1 AND d.discount = ?2 AND d.gone = 0
    AND NOT EXISTS (SELECT 1 FROM shops s WHERE s.merchant = ?1 AND s.shop = d.shop AND s.state = 'disconnected')";

/// What every reply with a discount goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 5] = [BEGIN, UNDER_WAY, SAME, PUT, FIND];

/// A row as it is read, before its JSON is.
struct Raw {
    id: DiscountId,
    version: u64,
    updated_at: Timestamp,
    read_at: Timestamp,
    content: String,
}

impl Raw {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0).map(from_column).map(DiscountId::new)?,
            version: row.get(1).map(from_column)?,
            updated_at: at(row, 2)?,
            read_at: at(row, 3)?,
            content: row.get(4)?,
        })
    }

    fn decode(self) -> Result<DiscountRow, StoreError> {
        let json: DiscountJson = from_json(&self.content, "discounts", self.id)?;
        let discount = json.into_discount(self.id, self.updated_at);
        let discount =
            discount.map_err(|_| corrupt("discounts", self.id, "a value of it is not one we know"))?;
        Ok(DiscountRow { discount, version: self.version, read_at: self.read_at })
    }
}

fn require_under_way(
    tx: &Connection,
    merchant: MerchantId,
    shop: &ShopDomain,
    pass: Timestamp,
) -> Result<(), StoreError> {
    let params = params![merchant.as_bytes(), shop.as_str(), pass.millis()];
    tx.one(UNDER_WAY, params, |row| row.get::<_, i64>(0))?.map(drop).ok_or(StoreError::Conflict)
}

fn encode(discounts: Vec<Discount>) -> Result<Vec<(i64, i64, String)>, StoreError> {
    let encode = |discount: Discount| {
        let (id, updated_at) = (to_column(discount.id.number()), discount.updated_at.millis());
        Ok((id, updated_at, to_json(&DiscountJson::from(discount))?))
    };
    discounts.into_iter().map(encode).collect()
}

/// The rows with these ids that are not gone, in this order.
pub(super) fn find(
    db: &Connection,
    merchant: MerchantId,
    ids: &[DiscountId],
) -> Result<Vec<DiscountRow>, StoreError> {
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        let found = db.one(FIND, params![merchant.as_bytes(), to_column(id.number())], Raw::read)?;
        rows.extend(found.map(Raw::decode).transpose()?);
    }
    Ok(rows)
}

#[async_trait]
impl Discounts for SqliteStore {
    async fn begin_discounts(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let shop = shop.clone();
        let begin = move |tx: &Connection| {
            let pass =
                tx.one(BEGIN, params![merchant.as_bytes(), shop.as_str(), now.millis()], |row| at(row, 0))?;
            pass.ok_or(StoreError::Conflict)
        };
        self.writer.unit(Lane::Interactive, "discounts.begin", begin).await
    }

    async fn store_discounts(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        page: DiscountPage,
    ) -> Result<usize, StoreError> {
        let DiscountPage { pass, discounts, read_at } = page;
        let (discounts, shop) = (encode(discounts)?, shop.clone());
        let store = move |tx: &Connection| {
            require_under_way(tx, merchant, &shop, pass)?;
            let (owner, shop) = (merchant.as_bytes(), shop.as_str());
            let mut changed = 0;
            for (id, updated_at, content) in &discounts {
                let same = tx.one(SAME, params![owner, id, content], |row| row.get::<_, i64>(0))?;
                changed += usize::from(same.is_none());
                let (read_at, pass) = (read_at.millis(), pass.millis());
                tx.run(PUT, params![owner, id, shop, content, updated_at, read_at, pass])?;
            }
            Ok(changed)
        };
        self.writer.unit(Lane::Bulk, "discounts.page", store).await
    }

    async fn finish_discounts(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        pass: Timestamp,
    ) -> Result<Vec<DiscountId>, StoreError> {
        let shop = shop.clone();
        let finish = move |tx: &Connection| {
            let params = params![merchant.as_bytes(), shop.as_str(), pass.millis()];
            tx.run_one(END, params)?;
            tx.all(LOSE, params, |row| row.get(0).map(from_column).map(DiscountId::new))
        };
        self.writer.unit(Lane::Bulk, "discounts.finish", finish).await
    }

    async fn list_discounts(
        &self,
        merchant: MerchantId,
        most: usize,
    ) -> Result<Vec<DiscountRow>, StoreError> {
        let list = move |db: &Connection| {
            let raw = db.all(LIST, params![merchant.as_bytes(), limit(most)], Raw::read)?;
            raw.into_iter().map(Raw::decode).collect()
        };
        self.readers.read(list).await
    }

    async fn list_shop_discounts(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        most: usize,
    ) -> Result<Vec<DiscountRow>, StoreError> {
        let shop = shop.clone();
        let list = move |db: &Connection| {
            let params = params![merchant.as_bytes(), limit(most), shop.as_str()];
            let raw = db.all(LIST_OF_SHOP, params, Raw::read)?;
            raw.into_iter().map(Raw::decode).collect()
        };
        self.readers.read(list).await
    }
}
