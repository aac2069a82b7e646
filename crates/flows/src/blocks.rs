//! Until when a channel forbids accounts to send, as far as it let us know. Kept in memory alone: a restart costs one knock at
//! a closed door.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::AccountId;

/// Blocked accounts, each with the end of its block.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    ends: Mutex<HashMap<AccountId, Timestamp>>,
}

impl Blocks {
    /// Remembers a block that was just told; those that have ended are forgotten.
    pub(crate) fn note(&self, account: AccountId, until: Timestamp, now: Timestamp) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.retain(|_, end| *end > now);
        ends.insert(account, until);
    }

    /// When the account may be tried again, if that is not now.
    pub(crate) fn until(&self, account: AccountId, now: Timestamp) -> Option<Timestamp> {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.get(&account).copied().filter(|end| *end > now)
    }
}
