//! Hints of shops: a dedup key or two, the job that follows the hint up, and the mark that what we know is old; no row of
//! their own.

use rusqlite::params;
use shopclerk_domain::event::{ShopEvent, ShopHint};
use shopclerk_domain::ids::MerchantId;

use super::Arrival;
use crate::error::StoreError;
use crate::nouns::inbox::{Accepted, FollowUp};
use crate::sqlite::sql::Sql as _;
use crate::sqlite::{catalogue, data_requests, discounts, erasures, jobs, values};

pub(in crate::sqlite) const OWNER_OF_SHOP: &str = "SELECT merchant FROM shops WHERE shop = ?1";

pub(super) const HINT_PRODUCT: &str = "
    UPDATE products SET hinted_at = ?3 WHERE merchant = ?1 AND product = ?2 AND gone = 0";

pub(super) const HINT_STOCK: &str = "
    UPDATE products SET hinted_at = ?3
    WHERE merchant = ?1 AND gone = 0
    AND product = (SELECT product FROM stock_items WHERE merchant = ?1 AND item = ?2)";

impl Arrival<'_> {
    pub(super) fn hint(
        &self,
        event: &ShopEvent,
        follow_up: &FollowUp,
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
        match follow_up {
            FollowUp::Job(job) if job.merchant == owner => {
                self.mark_old(owner, event)?;
                jobs::put_up(self.tx, owner, job.kind, &job.key, job.run_at)
            }
            FollowUp::Erase(merchant, erasure) if *merchant == owner => {
                erasures::ask(self.tx, owner, erasure, None, self.now)
            }
            FollowUp::Tell(merchant, request) if *merchant == owner => {
                data_requests::ask(self.tx, owner, request, self.now)
            }
            FollowUp::Nothing | FollowUp::Job(_) | FollowUp::Erase(..) | FollowUp::Tell(..) => Ok(()),
        }
    }

    /// From now on the figures of what changed are old, until they are read again: nobody is told them meanwhile.
    fn mark_old(&self, owner: MerchantId, event: &ShopEvent) -> Result<(), StoreError> {
        let (sql, number) = match &event.hint {
            ShopHint::ProductChanged(id) | ShopHint::ProductDeleted(id) => (HINT_PRODUCT, id.number()),
            ShopHint::StockChanged(item) => (HINT_STOCK, *item),
            ShopHint::ShopChanged => {
                let params = params![owner.as_bytes(), event.shop.as_str(), self.now.millis()];
                return self.tx.run(catalogue::TELL, params).map(drop);
            }
            ShopHint::DiscountsChanged => {
                let params = params![owner.as_bytes(), event.shop.as_str(), self.now.millis()];
                return self.tx.run(discounts::TELL, params).map(drop);
            }
            _ => return Ok(()),
        };
        let params = params![owner.as_bytes(), values::to_column(number), self.now.millis()];
        self.tx.run(sql, params).map(drop)
    }
}
