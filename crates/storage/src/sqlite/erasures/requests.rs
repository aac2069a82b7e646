//! A channel's platform names a person who connected accounts: what they granted stops, and if they ask for it, is forgotten.

use rusqlite::{Connection, params};
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy::Entropy;
use shopclerk_domain::erasure::{AskedBy, Subject};
use shopclerk_domain::ids::{AccountId, ErasureId, MerchantId};

use crate::error::StoreError;
use crate::installation::{DeletionProgress, NewDeletion, Withdrawal};
use crate::nouns::erasures::NewErasure;
use crate::sqlite::sql::Sql as _;
use crate::sqlite::{connections, values};

const GRANTED: &str =
    "SELECT merchant, account FROM grants WHERE channel = ?1 AND person = ?2 AND granted_at <= ?3";

/// The person's own token is the merchant's newest: it goes if theirs was the newest grant.
const DROP_USER_TOKEN: &str = "
    DELETE FROM user_tokens WHERE merchant = ?1 AND ?2 = (
        SELECT person FROM grants WHERE merchant = ?1 ORDER BY granted_at DESC LIMIT 1
    )";

const KNOWN: &str = "SELECT code FROM deletions WHERE request = ?1";

const OPEN: &str = "INSERT INTO deletions (request, code, asked_at) VALUES (?1, ?2, ?3)";

const ASKED_AT: &str = "SELECT request, asked_at FROM deletions WHERE code = ?1";

const PROGRESS: &str = "
    SELECT count(*), count(done_at), max(done_at) FROM erasures WHERE request = ?1 AND request IS NOT NULL";

/// Ends what a person granted up to the moment they took it back; returns what has stopped.
pub(in crate::sqlite) fn withdraw_grants(
    tx: &Connection,
    withdrawal: &Withdrawal,
    now: Timestamp,
) -> Result<Vec<(MerchantId, AccountId)>, StoreError> {
    let Withdrawal { channel, person, at } = withdrawal;
    let granted = granted(tx, *channel, person, *at)?;
    for (merchant, account) in &granted {
        connections::stop_account(tx, *merchant, *account, now)?;
        tx.run(DROP_USER_TOKEN, params![merchant.as_bytes(), person])?;
    }
    Ok(granted)
}

fn granted(
    tx: &Connection,
    channel: ChannelKind,
    person: &str,
    at: Timestamp,
) -> Result<Vec<(MerchantId, AccountId)>, StoreError> {
    tx.all(GRANTED, params![channel.word(), person, at.millis()], |row| {
        Ok((MerchantId::from_bytes(row.get(0)?), AccountId::from_bytes(row.get(1)?)))
    })
}

/// A request is opened once, however often it is made: its code stays, and what was granted since stays too.
pub(in crate::sqlite) fn open_deletion(
    tx: &Connection,
    deletion: &NewDeletion,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<String, StoreError> {
    if let Some(code) = tx.one(KNOWN, params![deletion.request], |row| row.get(0))? {
        return Ok(code);
    }
    tx.run_one(OPEN, params![deletion.request, deletion.code, now.millis()])?;
    for (merchant, account) in withdraw_grants(tx, &deletion.withdrawal, now)? {
        let erasure = NewErasure {
            id: ErasureId::new(now, entropy),
            subject: Subject::Account(account),
            asked_by: AskedBy::Channel,
            about: None,
        };
        super::ask(tx, merchant, &erasure, Some(&deletion.request), now)?;
    }
    Ok(deletion.code.clone())
}

pub(in crate::sqlite) fn find_progress(
    db: &Connection,
    code: &str,
) -> Result<Option<DeletionProgress>, StoreError> {
    let found =
        db.one(ASKED_AT, params![code], |row| Ok((row.get::<_, Vec<u8>>(0)?, values::at(row, 1)?)))?;
    let Some((request, asked_at)) = found else { return Ok(None) };
    let (all, done, done_at) = db
        .one(PROGRESS, params![request], |row| {
            Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?, values::maybe_at(row, 2)?))
        })?
        .unwrap_or_default();
    Ok(Some(DeletionProgress { asked_at, all, done, done_at: done_at.filter(|_| all == done) }))
}
