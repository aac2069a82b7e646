//! Sealing again with the newest key what an older one sealed: in slices that keep the writer for a moment only, from where
//! the last process stopped.

use rusqlite::{Connection, params};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::Secret;

use super::installation::MERCHANTS;
use super::sql::{Sql as _, corrupt};
use super::values;
use crate::error::StoreError;
use crate::installation::{Resealed, SealedWith};
use crate::keys::KeyRing;
use crate::seal::{self, Kind, Place, Sealer};

/// Before every merchant; also the row of the key check, which stands in none.
const CHECKED: &[u8] = b"";

const KEY_CHECK: &str = "SELECT value FROM meta WHERE name = 'key_check'";

const KEEP_KEY_CHECK: &str = "
    INSERT INTO meta (name, value) VALUES ('key_check', ?1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// Present while values may be sealed with an older key: the merchant up to whom all are sealed anew.
const REACHED: &str = "SELECT value FROM meta WHERE name = 'resealed_to'";

const REACH: &str = "
    INSERT INTO meta (name, value) VALUES ('resealed_to', ?1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

const END: &str = "DELETE FROM meta WHERE name = 'resealed_to'";

/// The copy that was exported lacks the newest key.
const FORGET_EXPORT: &str = "DELETE FROM meta WHERE name = 'keys_exported_at'";

/// Where the values of a kind stand.
struct Standing {
    table: &'static str,
    column: &'static str,
    /// A merchant's rows: what names the row, its generation, the record.
    list: &'static str,
    /// Puts record ?5 in the place of ?4 in the row ?2 of generation ?3.
    keep: &'static str,
}

/// `None` for the one value that is sealed again when a ring is taken over.
const fn standing(kind: Kind) -> Option<Standing> {
    match kind {
        Kind::KeyCheck => None,
        Kind::ShopAccess => Some(Standing {
            table: "shop_tokens",
            column: "access",
            list: "SELECT CAST(shop AS BLOB), generation, access FROM shop_tokens WHERE merchant = ?1",
            keep: "UPDATE shop_tokens SET access = ?5
                WHERE merchant = ?1 AND shop = CAST(?2 AS TEXT) AND generation = ?3 AND access = ?4",
        }),
        Kind::ShopRefresh => Some(Standing {
            table: "shop_tokens",
            column: "refresh",
            list: "SELECT CAST(shop AS BLOB), generation, refresh FROM shop_tokens
                WHERE merchant = ?1 AND refresh IS NOT NULL",
            keep: "UPDATE shop_tokens SET refresh = ?5
                WHERE merchant = ?1 AND shop = CAST(?2 AS TEXT) AND generation = ?3 AND refresh = ?4",
        }),
        Kind::AccountToken => Some(Standing {
            table: "account_tokens",
            column: "token",
            list: "SELECT account, 0, token FROM account_tokens WHERE merchant = ?1",
            keep: "UPDATE account_tokens SET token = ?5
                WHERE merchant = ?1 AND account = ?2 AND ?3 = 0 AND token = ?4",
        }),
        Kind::UserToken => Some(Standing {
            table: "user_tokens",
            column: "token",
            list: "SELECT x'', 0, token FROM user_tokens WHERE merchant = ?1",
            keep: "UPDATE user_tokens SET token = ?5
                WHERE merchant = ?1 AND ?2 = x'' AND ?3 = 0 AND token = ?4",
        }),
        Kind::ProofKey => Some(Standing {
            table: "proof_chains",
            column: "key",
            list: "SELECT x'', 0, key FROM proof_chains WHERE merchant = ?1",
            keep: "UPDATE proof_chains SET key = ?5
                WHERE merchant = ?1 AND ?2 = x'' AND ?3 = 0 AND key = ?4",
        }),
    }
}

/// Every statement of a slice, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) fn hot() -> Vec<&'static str> {
    let standing = Kind::ALL.into_iter().filter_map(standing);
    let of_kinds = standing.flat_map(|standing| [standing.list, standing.keep]);
    [KEY_CHECK, REACHED, END].into_iter().chain(of_kinds).collect()
}

/// Whether the keys are those the store was made with: a known value must open. Where another key is the newest by now, the
/// value is sealed with it, and everything else is to follow.
pub(super) fn keys_fit(tx: &Connection, sealer: &Sealer) -> Result<bool, StoreError> {
    let place = Place { merchant: None, kind: Kind::KeyCheck, row: CHECKED, generation: 0 };
    let found = tx.one(KEY_CHECK, [], |row| row.get::<_, Vec<u8>>(0))?;
    let check = match &found {
        Some(record) => match sealer.open(place, record) {
            Ok(check) => check,
            Err(_) => return Ok(false),
        },
        None => Secret::new("shopclerk".to_owned()),
    };
    if found.as_ref().is_some_and(|record| sealer.is_newest(record)) {
        return Ok(true);
    }
    let record = sealer.seal(place, &check);
    let record = record.ok_or_else(|| StoreError::unavailable("the key check cannot be sealed"))?;
    if found.is_some() {
        // First, so that a stop in between finds the same again.
        tx.run_one(REACH, params![CHECKED])?;
        tx.run(FORGET_EXPORT, [])?;
    }
    tx.run_one(KEEP_KEY_CHECK, params![record])?;
    Ok(true)
}

/// Uses another ring from here on, if it has the keys of this store.
pub(super) fn adopt(tx: &Connection, sealer: &Sealer, ring: &KeyRing) -> Result<(), StoreError> {
    if !keys_fit(tx, &sealer.with(ring))? {
        return Err(StoreError::unavailable("the keys do not fit this store"));
    }
    sealer.adopt(ring);
    Ok(())
}

/// Whether nothing is to be sealed again.
pub(super) fn is_done(db: &Connection) -> Result<bool, StoreError> {
    Ok(db.one(REACHED, [], |_row| Ok(()))?.is_none())
}

/// Seals the values of the next few merchants again; `None` when all are sealed with the newest key.
pub(super) fn next_slice(
    tx: &Connection,
    sealer: &Sealer,
    most: usize,
) -> Result<Option<Resealed>, StoreError> {
    let Some(reached) = tx.one(REACHED, [], |row| row.get::<_, Vec<u8>>(0))? else { return Ok(None) };
    let merchants = tx.all(MERCHANTS, params![reached, values::limit(most)], |row| {
        row.get(0).map(MerchantId::from_bytes)
    })?;
    let mut slice = Resealed::default();
    for merchant in &merchants {
        for kind in Kind::ALL {
            reseal(tx, sealer, *merchant, kind, &mut slice)?;
        }
    }
    match merchants.last() {
        Some(last) if merchants.len() == most => tx.run_one(REACH, params![last.as_bytes()])?,
        _ => drop(tx.run(END, [])?),
    }
    Ok(Some(slice))
}

fn reseal(
    tx: &Connection,
    sealer: &Sealer,
    merchant: MerchantId,
    kind: Kind,
    slice: &mut Resealed,
) -> Result<(), StoreError> {
    let Some(standing) = standing(kind) else { return Ok(()) };
    let rows = tx.all(standing.list, params![merchant.as_bytes()], |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?))
    })?;
    for (row, generation, record) in rows.into_iter().filter(|(_, _, record)| !sealer.is_newest(record)) {
        let place = Place { merchant: Some(merchant), kind, row: &row, generation };
        if let Ok(Some(anew)) = sealer.open(place, &record).map(|value| sealer.seal(place, &value)) {
            tx.run_one(standing.keep, params![merchant.as_bytes(), row, generation, record, anew])?;
            slice.values += 1;
        } else {
            // It opened nowhere before, so nothing is lost by going on; its key stays in use, and so in the ring.
            drop(corrupt(standing.table, merchant, "a sealed value does not open"));
            slice.damaged += 1;
        }
    }
    Ok(())
}

/// How many values each key of the ring has sealed, and how many none of them did.
pub(super) fn count(db: &Connection, sealer: &Sealer) -> Result<Vec<SealedWith>, StoreError> {
    let mut found = Vec::new();
    let mut known = 0;
    for key in sealer.key_ids() {
        let head = seal::head(&key).unwrap_or_default();
        let values = sum(db, "substr({column}, 1, length(?1)) = ?1", &head)?;
        known += values;
        found.push(SealedWith { key: Some(key), values });
    }
    let others = sum(db, "{column} IS NOT NULL AND ?1 IS NOT NULL", b"")?.saturating_sub(known);
    if others > 0 {
        found.push(SealedWith { key: None, values: others });
    }
    Ok(found)
}

fn sum(db: &Connection, which: &str, head: &[u8]) -> Result<u64, StoreError> {
    let mut values = 0;
    for Standing { table, column, .. } in Kind::ALL.into_iter().filter_map(standing) {
        let sql = format!("SELECT count(*) FROM {table} WHERE {}", which.replace("{column}", column));
        values += db.one(&sql, params![head], |row| row.get(0))?.map_or(0, i64::unsigned_abs);
    }
    Ok(values)
}
