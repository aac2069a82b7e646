//! What is said of accounts themselves: a dedup key, a count by kind and effect, what must hold at once, and a job.

use rusqlite::params;
use shopclerk_domain::event::{AccountEvent, AccountNews};
use shopclerk_domain::ids::{AccountId, MerchantId};

use super::Arrival;
use crate::error::StoreError;
use crate::nouns::inbox::{Accepted, AccountJob};
use crate::sqlite::jobs;
use crate::sqlite::sql::Sql as _;

pub(super) const OWNER: &str = "
    SELECT merchant, account FROM accounts WHERE channel = ?1 AND native_id = ?2 AND state <> 'disconnected'";

pub(super) const COUNT_EVENT: &str = "
    INSERT INTO account_events (merchant, account, kind, effect, count, first_at, last_at)
    VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5)
    ON CONFLICT (merchant, account, kind, effect) DO UPDATE SET
        count = count + 1, last_at = max(last_at, excluded.last_at)";

const BLOCK: &str = "
    UPDATE accounts SET state = 'blocked', why = 'platform.writing_forbidden'
    WHERE merchant = ?1 AND account = ?2 AND state IN ('ok', 'expiring', 'limited')";

const UNBLOCK: &str = "
    UPDATE accounts SET state = 'ok', why = NULL WHERE merchant = ?1 AND account = ?2 AND state = 'blocked'";

/// Jobs that this delivery put up already: one is enough, however many events ask for it.
pub(super) type PutUp = Vec<(AccountId, &'static str)>;

impl Arrival<'_> {
    pub(super) fn account(
        &self,
        event: &AccountEvent,
        job: Option<AccountJob>,
        put_up: &mut PutUp,
        accepted: &mut Accepted,
    ) -> Result<(), StoreError> {
        let owner = self.tx.one(OWNER, params![event.channel.word(), event.account], |row| {
            Ok((MerchantId::from_bytes(row.get(0)?), AccountId::from_bytes(row.get(1)?)))
        })?;
        let Some((merchant, account)) = owner else {
            accepted.unknown += 1;
            return Ok(());
        };
        if self.is_repeated(event.dedup)? {
            accepted.duplicates += 1;
            return Ok(());
        }
        accepted.noted += 1;
        let (owner, key, at) = (merchant.as_bytes(), account.as_bytes(), event.at.unwrap_or(self.now));
        self.tx.run(COUNT_EVENT, params![owner, key, event.kind, event.news.effect(), at.millis()])?;
        let moves = match event.news {
            AccountNews::Blocked => Some(BLOCK),
            AccountNews::Unblocked => Some(UNBLOCK),
            AccountNews::Changed | AccountNews::Regranted | AccountNews::Noted => None,
        };
        if let Some(sql) = moves {
            self.tx.run(sql, params![owner, key])?;
            accepted.moved.push((account, event.news));
        }
        let Some(AccountJob { kind, run_at }) = job.filter(|job| !put_up.contains(&(account, job.kind)))
        else {
            return Ok(());
        };
        put_up.push((account, kind));
        jobs::put_up(self.tx, merchant, kind, &account.to_string(), run_at)
    }
}
