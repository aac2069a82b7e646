//! Looks through a merchant's whole chain of proofs: whether every record is what it was, and none is missing.

use shopclerk_domain::ids::MerchantId;
pub use shopclerk_storage::nouns::proofs::{Outcome, Proof, Standing};

use crate::app::App;
use crate::error::FlowError;
use crate::progress::Progress;

/// Records looked at together.
const TOGETHER: usize = 500;
/// So many broken ones are named; the rest is counted.
const MOST_NAMED: usize = 20;

/// What a look through a chain found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Records that are what they were.
    pub whole: u64,
    /// Records whose words are gone as they should be.
    pub erased: u64,
    /// Records that something is wrong with.
    pub broken: u64,
    /// The first of those.
    pub named: Vec<Proof>,
    /// Records that stood at the end of the chain and are not there any more.
    pub cut_off: u64,
    /// The end of the chain: whoever notes number and link can tell later that nothing before was exchanged.
    pub newest: Option<Proof>,
}

impl Verified {
    /// Whether nothing is wrong.
    pub const fn holds(&self) -> bool {
        self.broken == 0 && self.cut_off == 0
    }
}

/// Everybody who may have a chain.
pub async fn every_merchant(app: &App) -> Result<Vec<MerchantId>, FlowError> {
    let mut all: Vec<MerchantId> = Vec::new();
    loop {
        let next = app.store().list_merchants(all.last().copied(), TOGETHER).await?;
        if next.is_empty() {
            return Ok(all);
        }
        all.extend(next);
    }
}

/// Looks through the chain.
pub async fn verify(app: &App, merchant: MerchantId, progress: &dyn Progress) -> Result<Verified, FlowError> {
    let (mut found, mut after) = (Verified::default(), 0);
    loop {
        let stretch = app.store().verify_proofs(merchant, after, TOGETHER).await?;
        for proof in &stretch.proofs {
            match proof.standing {
                Standing::Whole => found.whole += 1,
                Standing::Erased => found.erased += 1,
                Standing::Broken(_) => {
                    found.broken += 1;
                    found.named.extend((found.named.len() < MOST_NAMED).then_some(*proof));
                }
            }
        }
        found.newest = stretch.proofs.last().copied().or(found.newest);
        progress.at("records", found.whole + found.erased + found.broken, None);
        if stretch.proofs.len() < TOGETHER {
            return Ok(Verified { cut_off: stretch.cut_off, ..found });
        }
        after = found.newest.map_or(after, |proof| proof.number);
    }
}
