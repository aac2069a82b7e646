//! Hints of shops: a dedup key or two and the job that follows the hint up; no row of their own.

use rusqlite::params;
use shopclerk_domain::event::ShopEvent;
use shopclerk_domain::ids::MerchantId;

use super::Arrival;
use crate::error::StoreError;
use crate::nouns::inbox::Accepted;
use crate::nouns::jobs::NewJob;
use crate::sqlite::jobs;
use crate::sqlite::sql::Sql as _;

pub(in crate::sqlite) const OWNER_OF_SHOP: &str = "SELECT merchant FROM shops WHERE shop = ?1";

impl Arrival<'_> {
    pub(super) fn hint(
        &self,
        event: &ShopEvent,
        job: Option<&NewJob>,
        accepted: &mut Accepted,
    ) -> Result<(), StoreError> {
        let owner = self.tx.one(OWNER_OF_SHOP, params![event.shop.as_str()], |row| row.get(0))?;
        let Some(owner) = owner.map(MerchantId::from_bytes) else {
            accepted.unknown += 1;
            return Ok(());
        };
        let mut repeated = false;
        for key in &event.dedup {
            repeated |= self.is_repeated(*key)?;
        }
        if repeated {
            accepted.duplicates += 1;
            return Ok(());
        }
        accepted.hints += 1;
        // A job made out to another merchant was made before the shop changed hands: it must not run.
        match job.filter(|job| job.merchant == owner) {
            Some(job) => jobs::put_up(self.tx, owner, job.kind, &job.key, job.run_at),
            None => Ok(()),
        }
    }
}
