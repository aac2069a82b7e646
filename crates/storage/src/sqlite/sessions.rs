//! Sessions and pending sign-ins in SQLite.

use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::MerchantId;

use super::sql::{Sql as _, corrupt};
use super::writer::Lane;
use super::{SqliteStore, values};
use crate::error::StoreError;
use crate::nouns::Sessions;
use crate::nouns::sessions::{Hash, NewSession, PendingState, Purpose, SessionLimits, SessionRow, StateCaps};

/// How long what ended is kept: a sign-in to tell "late" from "never", a session for nothing.
const KEPT_MS: i64 = 86_400_000;

/// How long the use of a session may go unrecorded.
const UNRECORDED: Duration = Duration::from_mins(1);

const BEGIN_STATE: &str = "
    INSERT INTO states (state, purpose, shop, merchant, session, cookie, browser, begun_at, ends_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

const DROP_ENDED: &str = "DELETE FROM states WHERE ends_at < ?1";

const DROP_SURPLUS: &str = "DELETE FROM states WHERE row <= ?1";

const DROP_OLDER_OF_BROWSER: &str = "
    DELETE FROM states WHERE browser = ?1
    AND row <= (SELECT row FROM states WHERE browser = ?1 ORDER BY row DESC LIMIT 1 OFFSET ?2)";

const SPEND_STATE: &str = "
    DELETE FROM states WHERE state = ?1
    RETURNING purpose, shop, merchant, session, cookie, browser, begun_at, ends_at";

const FIND_SESSION: &str = "SELECT merchant, begun_at, used_at FROM sessions WHERE session = ?1";

const USE_SESSION: &str = "UPDATE sessions SET used_at = max(used_at, ?2) WHERE session = ?1";

const BEGIN_SESSION: &str =
    "INSERT INTO sessions (session, merchant, begun_at, used_at) VALUES (?1, ?2, ?3, ?3)";

const END_SESSION: &str = "DELETE FROM sessions WHERE session = ?1 RETURNING merchant";

const LIST_SESSIONS: &str = "
    SELECT session, begun_at, used_at FROM sessions WHERE merchant = ?1 ORDER BY begun_at DESC LIMIT ?2";

const END_OTHERS: &str = "DELETE FROM sessions WHERE merchant = ?1 AND session <> ?2";

const DROP_OVER: &str = "DELETE FROM sessions WHERE begun_at < ?1";

/// What every request goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 9] = [
    FIND_SESSION,
    USE_SESSION,
    SPEND_STATE,
    DROP_ENDED,
    DROP_SURPLUS,
    DROP_OLDER_OF_BROWSER,
    LIST_SESSIONS,
    END_OTHERS,
    DROP_OVER,
];

/// Whose session it is, alive or not.
pub(super) fn owner(tx: &Connection, id: Hash) -> Result<Option<MerchantId>, StoreError> {
    tx.one(FIND_SESSION, params![id], |row| row.get(0).map(MerchantId::from_bytes))
}

/// Begins a session, as part of another unit.
pub(super) fn begin_session(
    tx: &Connection,
    session: NewSession,
    merchant: MerchantId,
    now: Timestamp,
) -> Result<(), StoreError> {
    // No session lives for as long as what ended is kept.
    tx.run(DROP_OVER, params![now.millis().saturating_sub(KEPT_MS)])?;
    tx.run_one(BEGIN_SESSION, params![session.id, merchant.as_bytes(), now.millis()])
}

/// Ends a session, as part of another unit; says whose it was.
pub(super) fn end_session(tx: &Connection, id: Hash) -> Result<Option<MerchantId>, StoreError> {
    tx.one(END_SESSION, params![id], |row| row.get(0).map(MerchantId::from_bytes))
}

fn begin_state(tx: &Connection, state: &PendingState, caps: StateCaps) -> Result<(), StoreError> {
    let purpose = purpose_word(state.purpose);
    let shop = state.shop.as_ref().map(ShopDomain::as_str);
    let merchant = state.merchant.as_ref().map(MerchantId::as_bytes);
    let (begun_at, ends_at) = (state.begun_at.millis(), state.ends_at.millis());
    tx.run_one(
        BEGIN_STATE,
        params![
            state.id,
            purpose,
            shop,
            merchant,
            state.session,
            state.cookie,
            state.browser,
            begun_at,
            ends_at
        ],
    )?;
    let surplus = tx.last_insert_rowid().saturating_sub(values::limit(caps.in_all));
    tx.run(DROP_SURPLUS, params![surplus])?;
    tx.run(DROP_OLDER_OF_BROWSER, params![state.browser, values::limit(caps.per_peer)])?;
    tx.run(DROP_ENDED, params![begun_at.saturating_sub(KEPT_MS)])?;
    Ok(())
}

const fn purpose_word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Shopify => "shopify",
        Purpose::Facebook => "facebook",
    }
}

/// Takes the row out.
fn spend_state(tx: &Connection, id: Hash) -> Result<Option<PendingState>, StoreError> {
    let spent = tx.one(SPEND_STATE, params![id], |row| {
        let (purpose, shop): (String, Option<String>) = (row.get(0)?, row.get(1)?);
        Ok((purpose, shop, read_state(id, row)?))
    })?;
    let Some((purpose, shop, state)) = spent else { return Ok(None) };
    let purpose = [Purpose::Shopify, Purpose::Facebook].into_iter().find(|it| purpose_word(*it) == purpose);
    let purpose = purpose.ok_or_else(|| corrupt("states", "being spent", "the purpose is unknown"))?;
    let shop = shop.map(|shop| values::shop("states", &shop)).transpose()?;
    Ok(Some(PendingState { purpose, shop, ..state }))
}

/// All of it but what must be checked first.
fn read_state(id: Hash, row: &Row<'_>) -> rusqlite::Result<PendingState> {
    Ok(PendingState {
        id,
        purpose: Purpose::Shopify,
        shop: None,
        merchant: row.get::<_, Option<_>>(2)?.map(MerchantId::from_bytes),
        session: row.get(3)?,
        cookie: row.get(4)?,
        browser: row.get(5)?,
        begun_at: values::at(row, 6)?,
        ends_at: values::at(row, 7)?,
    })
}

#[async_trait]
impl Sessions for SqliteStore {
    async fn begin_state(&self, state: PendingState, caps: StateCaps) -> Result<(), StoreError> {
        let begin = move |tx: &Connection| begin_state(tx, &state, caps);
        self.writer.unit(Lane::Interactive, "oauth.begin", begin).await
    }

    async fn spend_state(&self, id: Hash) -> Result<Option<PendingState>, StoreError> {
        self.writer.unit(Lane::Interactive, "oauth.state", move |tx| spend_state(tx, id)).await
    }

    async fn find_session(
        &self,
        id: Hash,
        limits: SessionLimits,
        now: Timestamp,
    ) -> Result<Option<MerchantId>, StoreError> {
        let find = move |db: &Connection| {
            db.one(FIND_SESSION, params![id], |row| {
                Ok((MerchantId::from_bytes(row.get(0)?), values::at(row, 1)?, values::at(row, 2)?))
            })
        };
        let Some((merchant, begun_at, used_at)) = self.readers.glance(find).await? else { return Ok(None) };
        if !limits.is_alive(begun_at, used_at, now) {
            return Ok(None);
        }
        if now.since(used_at) >= UNRECORDED {
            let record = move |tx: &Connection| tx.run(USE_SESSION, params![id, now.millis()]).map(drop);
            self.writer.unit(Lane::Interactive, "session.use", record).await?;
        }
        Ok(Some(merchant))
    }

    async fn end_session(
        &self,
        id: Hash,
        successor: Option<NewSession>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let end = move |tx: &Connection| match (end_session(tx, id)?, successor) {
            (Some(merchant), Some(successor)) => begin_session(tx, successor, merchant, now),
            _ => Ok(()),
        };
        self.writer.unit(Lane::Interactive, "session.end", end).await
    }

    async fn list_sessions(&self, merchant: MerchantId, most: usize) -> Result<Vec<SessionRow>, StoreError> {
        let list = move |db: &Connection| {
            db.all(LIST_SESSIONS, params![merchant.as_bytes(), values::limit(most)], |row| {
                Ok(SessionRow {
                    id: row.get(0)?,
                    begun_at: values::at(row, 1)?,
                    used_at: values::at(row, 2)?,
                })
            })
        };
        self.readers.read(list).await
    }

    async fn end_other_sessions(&self, merchant: MerchantId, keep: Hash) -> Result<usize, StoreError> {
        let end = move |tx: &Connection| tx.run(END_OTHERS, params![merchant.as_bytes(), keep]);
        self.writer.unit(Lane::Interactive, "session.end_others", end).await
    }
}
