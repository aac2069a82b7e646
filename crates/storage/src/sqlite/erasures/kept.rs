//! The erasure ledger as it is kept beside the backups: sealed, in order, so that a store put back from an older backup forgets
//! again.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::erasure::{AskedBy, Subject};
use shopclerk_domain::ids::{ErasureId, MerchantId};
use zeroize::Zeroizing;

use super::{CustomerJson, list};
use crate::backup::{BackupError, BackupKeys, BackupKind};
use crate::error::StoreError;
use crate::installation::KeptErasures;
use crate::nouns::erasures::ErasureRow;
use crate::sqlite::sql::Sql as _;

/// Lines in one sealed file.
const TOGETHER: i64 = 500;

/// How far the ledger is kept: of this store, so that one put back from a backup goes on from its own past.
const KEPT_UNTIL: &str = "SELECT value FROM counters WHERE name = 'erasures.kept'";

const KEEP_UNTIL: &str = "
    INSERT INTO counters (name, value) VALUES ('erasures.kept', ?1)
    ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)";

#[derive(Serialize, Deserialize)]
struct Line {
    id: String,
    merchant: String,
    what: String,
    key: String,
    asked_by: String,
    asked_at: i64,
    about: Option<CustomerJson>,
}

/// The next lines that are not kept yet; `None` when all are.
pub(in crate::sqlite) fn next(
    db: &Connection,
    keys: &BackupKeys,
    now: Timestamp,
) -> Result<Option<KeptErasures>, StoreError> {
    let after = db.one(KEPT_UNTIL, [], |row| row.get(0))?.unwrap_or(0);
    let rows = list(db, after, TOGETHER)?;
    let Some(last) = rows.last() else { return Ok(None) };
    let (id, until) = (last.id, last.row);
    let lines: Vec<Line> = rows.iter().map(line).collect();
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Unavailable(error);
    let plain = Zeroizing::new(serde_json::to_vec(&lines).map_err(|error| failed(error.into()))?);
    let sealed = keys.seal(BackupKind::Erasures, 0, now, plain.as_slice(), Vec::new());
    let (_, sealed) = sealed.map_err(|error| failed(error.into()))?;
    Ok(Some(KeptErasures { id, until, sealed }))
}

fn line(row: &ErasureRow) -> Line {
    Line {
        id: row.id.to_string(),
        merchant: row.merchant.to_string(),
        what: row.subject.word().to_owned(),
        key: row.subject.key(),
        asked_by: row.asked_by.word().to_owned(),
        asked_at: row.asked_at.millis(),
        about: row.about.as_ref().map(CustomerJson::from),
    }
}

/// The ledger is kept until that line.
pub(in crate::sqlite) fn mark(tx: &Connection, until: i64) -> Result<(), StoreError> {
    tx.run(KEEP_UNTIL, params![until]).map(drop)
}

/// The lines of a sealed file.
pub(in crate::sqlite) fn open(keys: &BackupKeys, sealed: &[u8]) -> Result<Vec<ErasureRow>, BackupError> {
    let mut plain = Zeroizing::new(Vec::new());
    keys.open(BackupKind::Erasures, sealed, &mut *plain)?;
    let lines: Vec<Line> = serde_json::from_slice(&plain).map_err(|_| BackupError::Foreign)?;
    lines.into_iter().map(|line| read(line).ok_or(BackupError::Foreign)).collect()
}

fn read(line: Line) -> Option<ErasureRow> {
    Some(ErasureRow {
        row: 0,
        id: ErasureId::parse(&line.id).ok()?,
        merchant: MerchantId::parse(&line.merchant).ok()?,
        subject: Subject::parse(&line.what, &line.key)?,
        asked_by: AskedBy::from_word(&line.asked_by)?,
        asked_at: Timestamp::from_millis(line.asked_at),
        done_at: None,
        about: line.about.map(Into::into),
    })
}
