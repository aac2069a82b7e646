//! Proving a part again in the very unit that moves it to `sending`: its claims against the rows as they are now.

use std::time::Duration;

use serde_json::json;
use shopclerk_agent::gate::{self, Present};
use shopclerk_domain::claim::{Claim, RefusedClaim, RowId};
use shopclerk_domain::discount::DiscountRow;
use shopclerk_domain::message::OutboxPart;
use shopclerk_domain::product::ProductRow;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_storage::nouns::outbox::{Outlook, StartSend};

use crate::app::App;
use crate::catalogue::{discounts, read};
use crate::error::FlowError;
use crate::provenance;

/// What became of a part whose claims were checked again.
pub(super) enum Proven {
    /// It is `sending` now, with these claims, since this moment of the monotonic clock.
    Holds(OutboxPart, Duration),
    /// Its turn went back to be answered anew.
    Withdrawn,
    /// It says nothing that is still true and was taken out; the rest of its turn goes on.
    Dropped,
}

/// Checks the claims against the rows as they are now and moves the part to `sending` in a unit that fails if a row has
/// changed in between; then looks once more.
pub(super) async fn prove_again(
    app: &App,
    leased: &Leased,
    part: &OutboxPart,
    is_first: bool,
    found: Rows,
) -> Result<Proven, FlowError> {
    let (mut part, mut found) = (part.clone(), Some(found));
    for _ in 0..3 {
        let rows = match found.take() {
            Some(rows) => rows,
            None => Rows::read(app, leased, &part.part.claims).await?,
        };
        let rows = rows.fresh(app, leased, &part.part.claims).await?;
        let present = rows.present(app);
        match gate::recheck(&part.part.claims, &present) {
            Ok(claims) => {
                let before = app.clock().monotonic();
                match start(app, leased, &part, claims.clone()).await {
                    Ok(()) => {
                        part.part.claims = claims;
                        return Ok(Proven::Holds(part, before));
                    }
                    // A row changed or a person spoke in between: look again.
                    Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Err(untrue) => {
                tell_untrue(app, &untrue);
                if is_first && app.store().withdraw_turn(&leased.lease, part.id, app.now()).await.is_ok() {
                    return Ok(Proven::Withdrawn);
                }
                let mended = gate::renew(&part.part, &present);
                app.store().rewrite_part(&leased.lease, part.id, mended.clone(), app.now()).await?;
                match mended {
                    Some(mended) => part.part = mended,
                    None => return Ok(Proven::Dropped),
                }
            }
        }
    }
    Err(FlowError::from(StoreError::Conflict))
}

/// The rows that claims are about, as they are now.
pub(super) struct Rows {
    pub(super) products: Vec<ProductRow>,
    pub(super) discounts: Vec<DiscountRow>,
}

impl Rows {
    async fn read(app: &App, leased: &Leased, claims: &[Claim]) -> Result<Self, FlowError> {
        let (merchant, id) = (leased.lease.merchant, leased.lease.conversation);
        let found = app.store().look_out(merchant, id, &rows_of(claims)).await?;
        let Outlook { products, discounts, .. } = found.ok_or(StoreError::Conflict)?;
        Ok(Self { products, discounts })
    }

    /// What claims are checked against.
    pub(super) fn present<'a>(&'a self, app: &'a App) -> Present<'a> {
        let (codes, freshness) = (&app.settings().told_codes, app.settings().freshness);
        Present { rows: &self.products, discounts: &self.discounts, codes, freshness, now: app.now() }
    }

    /// Read again from the shop first, where they were read too long ago to be told.
    async fn fresh(self, app: &App, leased: &Leased, claims: &[Claim]) -> Result<Self, FlowError> {
        let merchant = leased.lease.merchant;
        let products = read::freshen(app, merchant, &self.products).await;
        let discounts = discounts::freshen(app, merchant, &self.discounts).await;
        if products || discounts { Self::read(app, leased, claims).await } else { Ok(self) }
    }
}

/// Each row that claims are about, once: what is said of a product may be that a discount applies to it.
pub(super) fn rows_of(claims: &[Claim]) -> Vec<RowId> {
    let about = |claim: &Claim| [Some(claim.row), claim.discount().map(RowId::Discount)];
    let mut rows: Vec<RowId> = claims.iter().flat_map(about).flatten().collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn tell_untrue(app: &App, untrue: &[RefusedClaim]) {
    app.saw(
        "outbox.sent_back",
        "a claim is no longer true: sent back before it left".to_owned(),
        json!({ "refused": untrue.iter().map(provenance::refused).collect::<Vec<_>>() }),
    );
}

async fn start(app: &App, leased: &Leased, part: &OutboxPart, claims: Vec<Claim>) -> Result<(), StoreError> {
    app.store().start_send(&leased.lease, start_of(part, claims), app.now()).await
}

/// The start of a part whose claims were just found true.
pub(super) fn start_of(part: &OutboxPart, claims: Vec<Claim>) -> StartSend {
    let mut rests_on: Vec<(RowId, u64)> = claims.iter().map(|claim| (claim.row, claim.version)).collect();
    rests_on.sort_unstable();
    rests_on.dedup();
    StartSend { part: part.id, rests_on, claims }
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::claim::Fact;
    use shopclerk_domain::clock::Timestamp;
    use shopclerk_domain::ids::{DiscountId, ProductId};

    use super::*;

    #[test]
    fn that_a_discount_applies_is_said_of_the_product_and_rests_on_the_discount_too() {
        let (throw, summer) = (RowId::Product(ProductId::new(1)), RowId::Discount(DiscountId::new(9)));
        let claim = |fact| Claim {
            fact,
            said: "applies".to_owned(),
            row: throw,
            variant: None,
            version: 1,
            read_at: Timestamp::from_millis(0),
        };

        let covered = claim(Fact::Covered(DiscountId::new(9)));

        assert_eq!(rows_of(&[claim(Fact::Available), covered]), [throw, summer]);
    }
}
