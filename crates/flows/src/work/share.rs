//! Shares of a crew: nobody's work may take up all workers. Knows no business: whose work it is is a key.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// How many workers each is served by now, and how many they may be.
#[derive(Debug)]
pub(crate) struct Shares<K> {
    most: usize,
    taken: Mutex<HashMap<K, usize>>,
}

/// One worker's service, until it is dropped.
#[derive(Debug)]
pub(crate) struct Share<'a, K: Copy + Eq + Hash> {
    of: &'a Shares<K>,
    whose: K,
}

impl<K: Copy + Eq + Hash> Shares<K> {
    /// At most so many workers for each.
    pub(crate) fn at_most(most: usize) -> Self {
        Self { most, taken: Mutex::default() }
    }

    /// Those who have their share in full.
    pub(crate) fn full(&self) -> Vec<K> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.iter().filter(|(_, count)| **count >= self.most).map(|(whose, _)| *whose).collect()
    }

    /// One more worker serves them.
    pub(crate) fn take(&self, whose: K) -> Share<'_, K> {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner).entry(whose).or_default() += 1;
        Share { of: self, whose }
    }
}

impl<K: Copy + Eq + Hash> Drop for Share<'_, K> {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.whose) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_full_share_gets_no_more_until_a_worker_is_free() {
        let shares = Shares::at_most(2);
        let first = shares.take("a");
        let _other = shares.take("b");
        assert!(shares.full().is_empty());

        let second = shares.take("a");
        assert_eq!(shares.full(), ["a"]);
        drop(first);
        assert!(shares.full().is_empty());
        drop(second);
        assert_eq!(shares.taken.lock().unwrap().len(), 1);
    }
}
