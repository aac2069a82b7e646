//! What the language model costs, in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use shopclerk_domain::ids::{MerchantId, ShopperId};

use super::SqliteStore;
use super::sql::Sql as _;
use super::writer::Lane;
use crate::error::StoreError;
use crate::nouns::Budgets;
use crate::nouns::budgets::{Booked, Cost, DailyCaps, Refusals};

/// How long past days are kept.
const DAYS_KEPT: i64 = 7;
/// The row of the merchant as a whole.
const WHOLE: &[u8] = &[];
/// The rows that count, as tokens, how often a shopper's cap and the merchant's was met; no shopper's id is that short.
const SHOPPERS_MET: &[u8] = &[1];
const MERCHANT_MET: &[u8] = &[2];

const FIND: &str =
    "SELECT tokens, micros FROM model_spending WHERE merchant = ?1 AND day = ?2 AND shopper = ?3";

const ADD: &str = "
    INSERT INTO model_spending (merchant, day, shopper, tokens, micros) VALUES (?1, ?2, ?3, max(?4, 0), max(?5, 0))
    ON CONFLICT (merchant, day, shopper) DO UPDATE
    SET tokens = max(tokens + ?4, 0), micros = max(micros + ?5, 0)";

const FORGET: &str = "DELETE FROM model_spending WHERE merchant = ?1 AND day < ?2";

/// What every call of the model goes through.
#[cfg(test)]
pub(super) const HOT: [&str; 3] = [FIND, ADD, FORGET];

fn find(db: &Connection, merchant: MerchantId, day: i64, whose: &[u8]) -> Result<Cost, StoreError> {
    let found =
        db.one(FIND, params![merchant.as_bytes(), day, whose], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (tokens, micros) = found.unwrap_or((0_i64, 0_i64));
    Ok(Cost { tokens: tokens.unsigned_abs(), micros: micros.unsigned_abs() })
}

fn add(
    tx: &Connection,
    merchant: MerchantId,
    day: i64,
    shopper: ShopperId,
    (tokens, micros): (i64, i64),
) -> Result<(), StoreError> {
    for whose in [WHOLE, shopper.as_bytes().as_slice()] {
        tx.run_one(ADD, params![merchant.as_bytes(), day, whose, tokens, micros])?;
    }
    Ok(())
}

/// Counted in the unit that refuses, so that whoever looks finds it, in whatever process.
fn refuse(tx: &Connection, merchant: MerchantId, day: i64, whose: &[u8]) -> Result<(), StoreError> {
    tx.run_one(ADD, params![merchant.as_bytes(), day, whose, 1, 0])
}

fn exceeds(spent: Cost, worst: Cost, cap: Cost) -> bool {
    spent.tokens.saturating_add(worst.tokens) > cap.tokens
        || spent.micros.saturating_add(worst.micros) > cap.micros
}

/// A figure as a column that sums of it cannot overflow.
fn column(figure: u64) -> i64 {
    i64::try_from(figure).unwrap_or(i64::MAX).min(1 << 50)
}

#[async_trait]
impl Budgets for SqliteStore {
    async fn book_model(
        &self,
        merchant: MerchantId,
        shopper: ShopperId,
        day: i64,
        worst: Cost,
        caps: DailyCaps,
    ) -> Result<Booked, StoreError> {
        let book = move |tx: &Connection| {
            if exceeds(find(tx, merchant, day, shopper.as_bytes())?, worst, caps.shopper) {
                refuse(tx, merchant, day, SHOPPERS_MET)?;
                return Ok(Booked::ShopperSpent);
            }
            if exceeds(find(tx, merchant, day, WHOLE)?, worst, caps.merchant) {
                refuse(tx, merchant, day, MERCHANT_MET)?;
                return Ok(Booked::MerchantSpent);
            }
            tx.run(FORGET, params![merchant.as_bytes(), day.saturating_sub(DAYS_KEPT)])?;
            add(tx, merchant, day, shopper, (column(worst.tokens), column(worst.micros)))?;
            Ok(Booked::Yes)
        };
        self.writer.unit(Lane::Interactive, "budget", book).await
    }

    async fn settle_model(
        &self,
        merchant: MerchantId,
        shopper: ShopperId,
        day: i64,
        booked: Cost,
        real: Cost,
    ) -> Result<(), StoreError> {
        let tokens = column(real.tokens) - column(booked.tokens);
        let micros = column(real.micros) - column(booked.micros);
        let settle = move |tx: &Connection| add(tx, merchant, day, shopper, (tokens, micros));
        self.writer.unit(Lane::Interactive, "budget", settle).await
    }

    async fn find_model_cost(
        &self,
        merchant: MerchantId,
        shopper: Option<ShopperId>,
        day: i64,
    ) -> Result<Cost, StoreError> {
        let look = move |db: &Connection| match shopper {
            Some(shopper) => find(db, merchant, day, shopper.as_bytes()),
            None => find(db, merchant, day, WHOLE),
        };
        self.readers.glance(look).await
    }

    async fn find_model_refusals(&self, merchant: MerchantId, day: i64) -> Result<Refusals, StoreError> {
        let look = move |db: &Connection| {
            let shopper = find(db, merchant, day, SHOPPERS_MET)?.tokens;
            Ok(Refusals { shopper, merchant: find(db, merchant, day, MERCHANT_MET)?.tokens })
        };
        self.readers.glance(look).await
    }
}
