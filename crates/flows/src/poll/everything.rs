//! Every connection's turn: put up as jobs whose times are spread by the merchant, so that thousands of them do not begin at once,
//! here and on every replica alike.

use std::time::Duration;

use sha2::{Digest, Sha256};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::ids::MerchantId;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::jobs::NewJob;

use crate::app::App;
use crate::error::JobError;
use crate::jobs;

/// Merchants whose jobs are put up in one unit.
const TOGETHER: usize = 50;

/// Puts up a poll of everything that is connected.
pub async fn everything(app: &App) -> Result<(), JobError> {
    put_up(app, Turn::Whole).await
}

/// Puts up a look at what changed in each shop since the last one.
pub(crate) async fn changes(app: &App) -> Result<(), JobError> {
    put_up(app, Turn::Changes).await
}

/// Puts up a reading of each shop's discounts.
pub(crate) async fn discounts(app: &App) -> Result<(), JobError> {
    put_up(app, Turn::Discounts).await
}

/// What a merchant's turn is for.
#[derive(Clone, Copy)]
enum Turn {
    Whole,
    Changes,
    Discounts,
}

async fn put_up(app: &App, turn: Turn) -> Result<(), JobError> {
    let (now, spread) = (app.now(), app.settings().poll_spread);
    let mut after = None;
    loop {
        let merchants = app.store().list_merchants(after, TOGETHER).await?;
        let Some(last) = merchants.last() else { break };
        after = Some(*last);
        let mut jobs = Vec::new();
        for merchant in merchants {
            let run_at = now.plus(turn_of(merchant, spread));
            jobs.extend(match turn {
                Turn::Whole => whole(app, merchant, run_at).await?,
                Turn::Changes => of_shops(app, merchant, jobs::SYNC_CHANGES, run_at).await?,
                Turn::Discounts => of_shops(app, merchant, jobs::SYNC_DISCOUNTS, run_at).await?,
            });
        }
        app.store().enqueue(jobs).await?;
    }
    app.bell.ring();
    Ok(())
}

async fn of_shops(
    app: &App,
    merchant: MerchantId,
    kind: &'static str,
    run_at: Timestamp,
) -> Result<Vec<NewJob>, StoreError> {
    let shops = readable_shops(app, merchant).await?.into_iter();
    Ok(shops.map(|key| NewJob { merchant, kind, key, run_at }).collect())
}

async fn whole(app: &App, merchant: MerchantId, run_at: Timestamp) -> Result<Vec<NewJob>, StoreError> {
    let mut put_up = Vec::new();
    for key in readable_shops(app, merchant).await? {
        put_up.push(NewJob { merchant, kind: jobs::SUBSCRIBE_SHOP, key: key.clone(), run_at });
        put_up.push(NewJob { merchant, kind: jobs::SYNC_CATALOGUE, key, run_at });
    }
    for row in app.store().list_accounts(merchant).await? {
        if row.account.state != ConnectionState::Disconnected {
            let key = row.account.id.to_string();
            put_up.push(NewJob { merchant, kind: jobs::SUBSCRIBE_ACCOUNT, key: key.clone(), run_at });
            put_up.push(NewJob { merchant, kind: jobs::POLL_ACCOUNT, key, run_at });
        }
    }
    Ok(put_up)
}

/// A shop that does not let us in is left alone until its merchant connects it again.
async fn readable_shops(app: &App, merchant: MerchantId) -> Result<Vec<String>, StoreError> {
    let closed = [ConnectionState::NeedsReconnect, ConnectionState::Disconnected];
    let shops = app.store().list_shops(merchant).await?.into_iter().map(|row| row.shop);
    Ok(shops.filter(|shop| !closed.contains(&shop.state)).map(|shop| shop.domain.to_string()).collect())
}

/// How long after the schedule's time a merchant's turn comes: always the same, and any within `spread` alike.
fn turn_of(merchant: MerchantId, spread: Duration) -> Duration {
    let hash: [u8; 32] = Sha256::digest(merchant.as_bytes()).into();
    let number = hash.iter().take(4).fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    spread.mul_f64(f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::entropy::SeededEntropy;

    use super::*;

    #[test]
    fn t62_turns_are_spread_over_the_whole_span_and_stay_the_same() {
        let entropy = SeededEntropy::new(1);
        let spread = Duration::from_mins(30);
        let mut each_minute = [0; 31];
        for _ in 0..3_000 {
            let merchant = MerchantId::new(Timestamp::from_millis(0), &entropy);
            let turn = turn_of(merchant, spread);
            assert_eq!(turn, turn_of(merchant, spread));
            each_minute[usize::try_from(turn.as_secs() / 60).unwrap()] += 1;
        }
        let crowd = each_minute.iter().take(30).copied();
        assert!(crowd.clone().min().unwrap() > 60 && crowd.max().unwrap() < 150, "{each_minute:?}");
        assert_eq!(turn_of(MerchantId::from_bytes([7; 16]), Duration::ZERO), Duration::ZERO);
    }
}
