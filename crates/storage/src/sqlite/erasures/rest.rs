//! What goes with a shop, an account or a merchant: the goods in slices, and at last every row that still names it, in
//! whatever table.

use rusqlite::{Connection, ToSql, params};
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::erasure::Subject;
use shopclerk_domain::ids::MerchantId;

use crate::error::StoreError;
use crate::sqlite::sql::Sql as _;

/// Tables that outlive what they name; and the inbox, which was looked through before, since no index finds its rows.
const KEPT: [&str; 3] = ["erasures", "audit", "inbox"];

const PRODUCTS: &str = "
    SELECT product FROM products WHERE merchant = ?1 AND (?2 IS NULL OR shop = ?2) LIMIT ?3";

/// What turns saw of the goods; of whatever shop, since the content does not say which.
const DROP_KEPT: &str = "
    DELETE FROM proof_rows WHERE merchant = ?1 AND name IN (
        SELECT name FROM proof_rows WHERE merchant = ?1 LIMIT ?2)";

const DROP_CONTENT: &str = "DELETE FROM product_contents WHERE merchant = ?1 AND product = ?2";

const DROP_STOCK: &str = "DELETE FROM stock_items WHERE merchant = ?1 AND product = ?2";

const DROP_PRODUCT: &str = "DELETE FROM products WHERE merchant = ?1 AND product = ?2";

/// Tables that have all of these columns.
const TABLES_WITH: &str = "
    SELECT t.name FROM sqlite_schema t
    WHERE t.type = 'table'
    AND (SELECT count(*) FROM pragma_table_info(t.name) c WHERE c.name IN ('merchant', ?1)) =
        CASE ?1 WHEN 'merchant' THEN 1 ELSE 2 END
    ORDER BY t.name";

const IS_CONNECTED: &str = "
    SELECT 1 WHERE EXISTS (
        SELECT 1 FROM shops WHERE merchant = ?1 AND state <> 'disconnected' AND (?2 IS NULL OR shop = ?2)
    )";

const HAS_LIVE_ACCOUNT: &str = "
    SELECT 1 WHERE EXISTS (
        SELECT 1 FROM accounts WHERE merchant = ?1 AND state <> 'disconnected' AND (?2 IS NULL OR account = ?2)
    )";

const DROP_JOBS: &str = "
    DELETE FROM jobs WHERE merchant = ?1 AND kind <> 'erase'
    AND (key = ?2 OR (key > ?2 || '/' AND key < ?2 || '0'))";

const DROP_POLLS: &str = "DELETE FROM polls WHERE merchant = ?1 AND kind = ?2 AND key = ?3";

/// The person's token goes with the last account they granted.
const DROP_USER_TOKEN: &str = "
    DELETE FROM user_tokens WHERE merchant = ?1 AND NOT EXISTS (
        SELECT 1 FROM accounts a WHERE a.merchant = ?1 AND a.state <> 'disconnected'
    )";

pub(super) fn erase_goods(
    tx: &Connection,
    merchant: MerchantId,
    shop: Option<&ShopDomain>,
    most: i64,
) -> Result<bool, StoreError> {
    let owner = merchant.as_bytes();
    let products =
        tx.all(PRODUCTS, params![owner, shop.map(ShopDomain::as_str), most], |row| row.get::<_, i64>(0))?;
    for product in &products {
        for sql in [DROP_CONTENT, DROP_STOCK, DROP_PRODUCT] {
            tx.run(sql, params![owner, product])?;
        }
    }
    let kept = if products.is_empty() { tx.run(DROP_KEPT, params![owner, most])? } else { 0 };
    Ok(!products.is_empty() || kept > 0)
}

/// `Conflict` if the subject was connected again meanwhile: what is there now is not what was meant.
pub(super) fn erase(tx: &Connection, merchant: MerchantId, subject: &Subject) -> Result<(), StoreError> {
    let owner = merchant.as_bytes();
    let is = |sql: &str, key: Option<&dyn ToSql>| {
        Ok::<_, StoreError>(tx.one(sql, params![owner, key], |row| row.get::<_, i64>(0))?.is_some())
    };
    // What names a parent may go after it, as long as all is gone at the end of the unit.
    tx.execute_batch("PRAGMA defer_foreign_keys = ON")?;
    match subject {
        Subject::Shop(shop) => {
            let key = shop.as_str();
            if is(IS_CONNECTED, Some(&key))? {
                return Err(StoreError::Conflict);
            }
            everywhere(tx, "shop", "merchant = ?1 AND shop = ?2", &[owner, &key])?;
            tx.run(DROP_POLLS, params![owner, "shop", key])?;
            tx.run(DROP_JOBS, params![owner, key]).map(drop)
        }
        Subject::Account(account) => {
            let key = account.as_bytes();
            if is(HAS_LIVE_ACCOUNT, Some(key))? {
                return Err(StoreError::Conflict);
            }
            everywhere(tx, "account", "merchant = ?1 AND account = ?2", &[owner, key])?;
            tx.run(DROP_POLLS, params![owner, "account", account.to_string()])?;
            tx.run(DROP_JOBS, params![owner, account.to_string()])?;
            tx.run(DROP_USER_TOKEN, params![owner]).map(drop)
        }
        Subject::Merchant => {
            if is(IS_CONNECTED, None)? || is(HAS_LIVE_ACCOUNT, None)? {
                return Err(StoreError::Conflict);
            }
            everywhere(tx, "merchant", "merchant = ?1 AND NOT ?2", &[owner, &false])
        }
        Subject::Message { .. } | Subject::Shopper(_) | Subject::Customer { .. } => Ok(()),
    }
}

/// Removes the rows that a condition names from every table that has the column.
fn everywhere(
    tx: &Connection,
    column: &str,
    condition: &str,
    keys: &[&dyn ToSql; 2],
) -> Result<(), StoreError> {
    let tables = tx.all(TABLES_WITH, params![column], |row| row.get::<_, String>(0))?;
    for table in tables.iter().filter(|table| !KEPT.contains(&table.as_str())) {
        // The job that does this ends by itself.
        let condition = match table.as_str() {
            "jobs" => format!("{condition} AND kind <> 'erase'"),
            _ => condition.to_owned(),
        };
        tx.run(&format!("DELETE FROM {table} WHERE {condition}"), keys)?;
    }
    Ok(())
}
