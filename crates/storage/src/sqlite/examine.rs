//! Looking the whole store over: whether the file is sound, whether what is sealed opens, and what waits for a person.

use rusqlite::{Connection, params};
use shopclerk_domain::ids::{AccountId, MerchantId};

use super::connections::Tokens;
use super::sql::Sql as _;
use super::values;
use crate::error::StoreError;
use crate::installation::{Examined, Waiting};
use crate::seal::Sealer;

/// Faults of the file that are named; one is enough to know.
const MOST_FAULTS: usize = 3;

const PARKED: &str = "SELECT count(*) FROM outbox WHERE state = 'parked'";
const GIVEN_UP: &str = "SELECT count(*) FROM jobs WHERE state = 'given_up'";
const QUARANTINED: &str = "SELECT count(*) FROM quarantine";
const DEAD: &str = "SELECT count(*) FROM inbox WHERE state = 'dead'";

const SHOPS: &str = "SELECT merchant, shop FROM shop_tokens WHERE newest = 1";
const ACCOUNTS: &str = "SELECT merchant, account FROM account_tokens";
const PEOPLE: &str = "SELECT merchant FROM user_tokens";

pub(super) fn examine(db: &Connection, sealer: &Sealer) -> Result<Examined, StoreError> {
    let mut faults = Vec::new();
    db.pragma_query(None, "quick_check", |row| {
        faults.push(row.get::<_, String>(0)?);
        Ok(())
    })?;
    faults.retain(|line| line != "ok");
    faults.truncate(MOST_FAULTS);
    let schema = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let engine = format!("SQLite {}", rusqlite::version());
    Ok(Examined { engine, schema, faults, unreadable: unreadable(db, sealer)? })
}

fn unreadable(db: &Connection, sealer: &Sealer) -> Result<u64, StoreError> {
    let tokens = Tokens { tx: db, sealer };
    let mut count = 0;
    let mut look = |opened: Result<(), StoreError>| match opened {
        Err(StoreError::Corrupt { .. }) => {
            count += 1;
            Ok(())
        }
        other => other,
    };
    let merchant = |row: &rusqlite::Row<'_>| row.get(0).map(MerchantId::from_bytes);
    for (owner, shop) in db.all(SHOPS, [], |row| Ok((merchant(row)?, row.get::<_, String>(1)?)))? {
        let shop = values::shop("shop_tokens", &shop)?;
        look(tokens.newest_of_shop(owner, &shop).map(drop))?;
    }
    let account = |row: &rusqlite::Row<'_>| Ok((merchant(row)?, AccountId::from_bytes(row.get(1)?)));
    for (owner, id) in db.all(ACCOUNTS, [], account)? {
        look(tokens.of_account(owner, id).map(drop))?;
    }
    for owner in db.all(PEOPLE, [], merchant)? {
        look(tokens.of_person(owner).map(drop))?;
    }
    Ok(count)
}

pub(super) fn waiting(db: &Connection) -> Result<Waiting, StoreError> {
    let count = |sql: &str| {
        let found = db.one(sql, params![], |row| row.get::<_, i64>(0))?;
        Ok::<_, StoreError>(u64::try_from(found.unwrap_or(0)).unwrap_or(0))
    };
    Ok(Waiting {
        parked: count(PARKED)?,
        given_up: count(GIVEN_UP)?,
        quarantined: count(QUARANTINED)?,
        dead: count(DEAD)?,
    })
}
