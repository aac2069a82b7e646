//! Numeric ids: the file's own where it has them, otherwise derived from what does not change between two loads.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

/// Ids of one kind that are taken.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    taken: HashSet<u64>,
}

impl Ids {
    /// Takes the file's own id; `false` when it is taken already.
    pub(crate) fn take(&mut self, id: u64) -> bool {
        self.taken.insert(id)
    }

    /// Takes an id derived from `parts`, or the next free one after it.
    pub(crate) fn derive(&mut self, parts: &[&str]) -> u64 {
        let mut id = derived(parts);
        while !self.taken.insert(id) {
            id = id.wrapping_add(1) & POSITIVE;
        }
        id
    }
}

/// Ids fit a signed number too, as databases keep them; like Shopify's they may be beyond what a double holds exactly.
const POSITIVE: u64 = u64::MAX >> 1;

/// The same id for the same parts, on every machine and in every version.
pub(crate) fn derived(parts: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let start = hash.finalize().iter().take(8).fold(0, |id, byte| (id << 8) | u64::from(*byte));
    (start & POSITIVE).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_stay_the_same_and_apart() {
        assert_eq!(derived(&["product", "mug"]), derived(&["product", "mug"]));
        assert_ne!(derived(&["ab", "c"]), derived(&["a", "bc"]));
        assert!(i64::try_from(derived(&["product", "mug"])).is_ok());

        let mut ids = Ids::default();
        let first = ids.derive(&["mug"]);
        assert_eq!(ids.derive(&["mug"]), first + 1);
        assert!(!ids.take(first) && ids.take(7));
    }
}
