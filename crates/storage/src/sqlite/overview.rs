//! What the operator sees over all merchants: the quarantine, and figures that name nobody.

use rusqlite::{Connection, params};

use super::sql::Sql as _;
use super::values;
use crate::error::StoreError;
use crate::installation::{QuarantinePiece, QuarantineRow};

const LIST_QUARANTINE: &str =
    "SELECT row, source, why, received_at FROM quarantine WHERE row > ?1 ORDER BY row LIMIT ?2";

const FIND_QUARANTINED: &str = "SELECT source, received_at, head, body FROM quarantine WHERE row = ?1";

const COUNT_SHOPS: &str = "SELECT state, count(*) FROM shops GROUP BY state";

const COUNT_ACCOUNTS: &str = "SELECT state, count(*) FROM accounts GROUP BY state";

/// What requests go through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 2] = [LIST_QUARANTINE, FIND_QUARANTINED];

pub(super) fn list_quarantine(
    db: &Connection,
    after: i64,
    most: i64,
) -> Result<Vec<QuarantineRow>, StoreError> {
    db.all(LIST_QUARANTINE, params![after, most], |row| {
        Ok(QuarantineRow {
            row: row.get(0)?,
            source: row.get(1)?,
            why: row.get(2)?,
            received_at: values::at(row, 3)?,
        })
    })
}

pub(super) fn find_quarantined(db: &Connection, row: i64) -> Result<Option<QuarantinePiece>, StoreError> {
    db.one(FIND_QUARANTINED, params![row], |row| {
        Ok(QuarantinePiece {
            source: row.get(0)?,
            received_at: values::at(row, 1)?,
            head: row.get(2)?,
            body: row.get(3)?,
        })
    })
}

pub(super) fn count_connections(db: &Connection) -> Result<Vec<(&'static str, String, u64)>, StoreError> {
    let mut counts = Vec::new();
    for (kind, sql) in [("shop", COUNT_SHOPS), ("account", COUNT_ACCOUNTS)] {
        counts.extend(db.all(sql, [], |row| Ok((kind, row.get(0)?, row.get(1).map(values::from_column)?)))?);
    }
    Ok(counts)
}
