//! Putting products on a merchant's shelf and taking them off: versions, hashes, counts, stock items. What is older
//! than what is stored changes nothing.

use std::time::Duration;

use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{MerchantId, ProductId};
use shopclerk_domain::product::Product;

use crate::error::StoreError;
use crate::nouns::polls::Drift;
use crate::sqlite::rows::{ProductJson, status_word, to_json};
use crate::sqlite::sql::Sql as _;
use crate::sqlite::values::{from_column, to_column};

const LAST_VERSION: &str = "SELECT last_version FROM merchants WHERE merchant = ?1";

const SET_LAST_VERSION: &str = "UPDATE merchants SET last_version = ?2 WHERE merchant = ?1";

pub(super) const KNOW_SHOP: &str =
    "INSERT INTO catalogues (merchant, shop) VALUES (?1, ?2) ON CONFLICT DO NOTHING";

const COUNT: &str = "
    UPDATE catalogues SET products = products + ?3, offered = offered + ?4 WHERE merchant = ?1 AND shop = ?2";

/// Before the first whole pass has ended nothing can have drifted away from it.
const DRIFT: &str = "
    UPDATE catalogues SET
        drift_added = drift_added + ?3, drift_changed = drift_changed + ?4, drift_gone = drift_gone + ?5
    WHERE merchant = ?1 AND shop = ?2 AND last_complete IS NOT NULL";

/// What changed so recently may still be told: its webhook is on its way.
const GRACE: Duration = Duration::from_mins(5);

pub(super) const KNOWN: &str = "
    SELECT shop, hash, offered, gone, updated_at, read_at, hinted_at FROM products
    WHERE merchant = ?1 AND product = ?2";

const SEEN: &str =
    "UPDATE products SET pass = max(ifnull(pass, ?3), ?3) WHERE merchant = ?1 AND product = ?2";

pub(super) const READ_AGAIN: &str = "
    UPDATE products SET updated_at = ?3, read_at = max(read_at, ?4), pass = ifnull(?5, pass),
        hinted_at = CASE WHEN hinted_at > ?4 THEN hinted_at END
    WHERE merchant = ?1 AND product = ?2";

pub(super) const PUT: &str = "
    INSERT INTO products (merchant, product, shop, version, hash, status, offered, gone, updated_at, read_at, pass)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10)
    ON CONFLICT (merchant, product) DO UPDATE SET
        shop = excluded.shop, version = excluded.version, hash = excluded.hash, status = excluded.status,
        offered = excluded.offered, gone = 0, updated_at = excluded.updated_at,
        read_at = max(read_at, excluded.read_at), pass = ifnull(excluded.pass, pass),
        hinted_at = CASE WHEN hinted_at > excluded.read_at THEN hinted_at END";

pub(super) const PUT_CONTENT: &str = "
    INSERT INTO product_contents (merchant, product, content) VALUES (?1, ?2, ?3)
    ON CONFLICT (merchant, product) DO UPDATE SET content = excluded.content";

const REMOVE: &str = "
    INSERT INTO products (merchant, product, shop, version, hash, status, offered, gone, updated_at, read_at)
    VALUES (?1, ?2, ?3, ?4, x'', 'gone', 0, 1, ?5, ?5)
    ON CONFLICT (merchant, product) DO UPDATE SET
        version = excluded.version, hash = x'', status = 'gone', offered = 0, gone = 1,
        read_at = max(read_at, excluded.read_at), hinted_at = NULL";

const REMOVE_CONTENT: &str = "DELETE FROM product_contents WHERE merchant = ?1 AND product = ?2";

pub(super) const STOCK_ITEMS: &str = "SELECT item FROM stock_items WHERE merchant = ?1 AND product = ?2";

const PUT_STOCK_ITEM: &str = "
    INSERT INTO stock_items (merchant, item, product) VALUES (?1, ?2, ?3)
    ON CONFLICT (merchant, item) DO UPDATE SET product = excluded.product";

const REMOVE_STOCK_ITEM: &str = "DELETE FROM stock_items WHERE merchant = ?1 AND item = ?2 AND product = ?3";

/// A product as it is written: encoded and hashed before it reaches the writer.
#[derive(Debug)]
pub(super) struct Encoded {
    id: ProductId,
    status: &'static str,
    offered: bool,
    updated_at: Timestamp,
    stock_items: Vec<i64>,
    hash: [u8; 32],
    content: String,
}

impl Encoded {
    pub(super) fn new(product: Product) -> Result<Self, StoreError> {
        let (id, updated_at) = (product.id, product.updated_at);
        let (status, offered) = (status_word(product.status), product.is_offered());
        let stock_items = product.variants.iter().map(|variant| to_column(variant.stock_item)).collect();
        let content = to_json(&ProductJson::from(product))?;
        let hash = Sha256::digest(content.as_bytes()).into();
        Ok(Self { id, status, offered, updated_at, stock_items, hash, content })
    }
}

/// What the store knows of a product.
#[derive(Debug)]
struct Known {
    shop: String,
    hash: Vec<u8>,
    offered: bool,
    gone: bool,
    updated_at: Timestamp,
    read_at: Timestamp,
    /// The shop said that it changed, and it was not read since.
    hinted: bool,
}

impl Known {
    /// Whether what was read at `read_at` tells nothing new. A removal knows no `updated_at` of the shop's.
    fn is_newer_than(&self, updated_at: Timestamp, read_at: Timestamp) -> bool {
        if self.gone {
            return read_at <= self.read_at;
        }
        (updated_at, read_at) < (self.updated_at, self.read_at)
    }
}

/// A merchant's products of one shop, while they are being changed.
pub(super) struct Shelf<'a> {
    tx: &'a Connection,
    merchant: MerchantId,
    shop: &'a str,
    last_version: u64,
    products: i64,
    offered: i64,
    drift: Drift,
}

impl<'a> Shelf<'a> {
    pub(super) fn open(
        tx: &'a Connection,
        merchant: MerchantId,
        shop: &'a ShopDomain,
    ) -> Result<Self, StoreError> {
        let shop = shop.as_str();
        tx.run(KNOW_SHOP, params![merchant.as_bytes(), shop])?;
        let last = tx.one(LAST_VERSION, params![merchant.as_bytes()], |row| row.get(0))?;
        let last_version = from_column(last.ok_or(StoreError::Conflict)?);
        Ok(Self { tx, merchant, shop, last_version, products: 0, offered: 0, drift: Drift::default() })
    }

    /// Puts products there; returns those whose content changed.
    pub(super) fn store(
        mut self,
        products: &[Encoded],
        read_at: Timestamp,
        pass: Option<Timestamp>,
    ) -> Result<Vec<ProductId>, StoreError> {
        let mut changed = Vec::new();
        for product in products {
            if self.put(product, read_at, pass)? {
                changed.push(product.id);
            }
        }
        self.close()?;
        Ok(changed)
    }

    /// Takes one off, leaving a mark that an older read cannot undo; says whether it was there.
    pub(super) fn remove(&mut self, id: ProductId, now: Timestamp) -> Result<bool, StoreError> {
        let known = self.known(id)?;
        if known.as_ref().is_some_and(|known| known.gone || known.shop != self.shop) {
            return Ok(false);
        }
        let version = to_column(self.next_version());
        let (merchant, product) = (self.merchant.as_bytes(), to_column(id.number()));
        self.tx.run_one(REMOVE, params![merchant, product, self.shop, version, now.millis()])?;
        self.tx.run(REMOVE_CONTENT, params![merchant, product])?;
        self.keep_stock_items(id, &[])?;
        if let Some(known) = &known {
            self.products -= 1;
            self.offered -= i64::from(known.offered);
        }
        Ok(known.is_some())
    }

    /// Takes off what a pass did not see; that it is gone is drift unless the shop has told us.
    pub(super) fn lose(&mut self, id: ProductId, now: Timestamp) -> Result<bool, StoreError> {
        let told = self.known(id)?.is_some_and(|known| known.hinted);
        let was_there = self.remove(id, now)?;
        self.drift.gone += u64::from(was_there && !told);
        Ok(was_there)
    }

    /// Writes the counts and the last version back.
    pub(super) fn close(self) -> Result<(), StoreError> {
        let merchant = self.merchant.as_bytes();
        self.tx.run_one(SET_LAST_VERSION, params![merchant, to_column(self.last_version)])?;
        if (self.products, self.offered) != (0, 0) {
            self.tx.run_one(COUNT, params![merchant, self.shop, self.products, self.offered])?;
        }
        if self.drift != Drift::default() {
            let Drift { added, changed, gone } = self.drift;
            let [added, changed, gone] = [added, changed, gone].map(to_column);
            self.tx.run(DRIFT, params![merchant, self.shop, added, changed, gone])?;
        }
        Ok(())
    }

    fn put(
        &mut self,
        product: &Encoded,
        read_at: Timestamp,
        pass: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let known = self.known(product.id)?;
        let (merchant, id) = (self.merchant.as_bytes(), to_column(product.id.number()));
        if let Some(known) = &known {
            if known.shop != self.shop && !known.gone {
                tracing::warn!(
                    product.id = id,
                    "two shops of a merchant claim one product; the first keeps it"
                );
                return Ok(false);
            }
            if known.is_newer_than(product.updated_at, read_at) {
                if let Some(pass) = pass.filter(|_| !known.gone) {
                    self.tx.run_one(SEEN, params![merchant, id, pass.millis()])?;
                }
                return Ok(false);
            }
            if !known.gone && known.hash == product.hash {
                let pass = pass.map(Timestamp::millis);
                let updated_at = product.updated_at.millis();
                self.tx.run_one(READ_AGAIN, params![merchant, id, updated_at, read_at.millis(), pass])?;
                return Ok(false);
            }
        }
        self.write(product, read_at, pass)?;
        let before = known.filter(|known| !known.gone);
        if pass.is_some() {
            self.notice_drift(product, before.as_ref(), read_at);
        }
        self.products += i64::from(before.is_none());
        self.offered += i64::from(product.offered) - before.map_or(0, |before| i64::from(before.offered));
        Ok(true)
    }

    /// Counts what a pass found and no hint had announced.
    fn notice_drift(&mut self, found: &Encoded, before: Option<&Known>, read_at: Timestamp) {
        if found.updated_at.plus(GRACE) > read_at {
            return;
        }
        match before {
            None => self.drift.added += 1,
            Some(known) => self.drift.changed += u64::from(!known.hinted),
        }
    }

    fn write(
        &mut self,
        product: &Encoded,
        read_at: Timestamp,
        pass: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let version = to_column(self.next_version());
        let (merchant, id) = (self.merchant.as_bytes(), to_column(product.id.number()));
        self.tx.run_one(
            PUT,
            params![
                merchant,
                id,
                self.shop,
                version,
                product.hash,
                product.status,
                product.offered,
                product.updated_at.millis(),
                read_at.millis(),
                pass.map(Timestamp::millis)
            ],
        )?;
        self.tx.run_one(PUT_CONTENT, params![merchant, id, product.content])?;
        self.keep_stock_items(product.id, &product.stock_items)
    }

    /// Leaves just these stock items to the product; a change of price or stock writes nothing here.
    fn keep_stock_items(&self, id: ProductId, items: &[i64]) -> Result<(), StoreError> {
        let (merchant, product) = (self.merchant.as_bytes(), to_column(id.number()));
        let known = self.tx.all(STOCK_ITEMS, params![merchant, product], |row| row.get::<_, i64>(0))?;
        for item in known.iter().filter(|item| !items.contains(item)) {
            self.tx.run(REMOVE_STOCK_ITEM, params![merchant, item, product])?;
        }
        for item in items.iter().filter(|item| !known.contains(item)) {
            self.tx.run(PUT_STOCK_ITEM, params![merchant, item, product])?;
        }
        Ok(())
    }

    fn known(&self, id: ProductId) -> Result<Option<Known>, StoreError> {
        self.tx.one(KNOWN, params![self.merchant.as_bytes(), to_column(id.number())], |row| {
            Ok(Known {
                shop: row.get(0)?,
                hash: row.get(1)?,
                offered: row.get(2)?,
                gone: row.get(3)?,
                updated_at: row.get(4).map(Timestamp::from_millis)?,
                read_at: row.get(5).map(Timestamp::from_millis)?,
                hinted: row.get::<_, Option<i64>>(6)?.is_some(),
            })
        })
    }

    fn next_version(&mut self) -> u64 {
        self.last_version = self.last_version.saturating_add(1);
        self.last_version
    }
}
