//! The key by which a repetition is known.

use sha2::{Digest, Sha256};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::event::DedupKey;

/// The bytes of a moment in milliseconds that tell nothing before the year 10889.
const ALWAYS_ZERO: usize = 2;

/// The key of what these parts tell from everything else. It leads with the moment the event names, where it names one: the
/// keys of one day lie together, so that a store of many days is written at one end alone.
pub(crate) fn key<'p>(at: Option<Timestamp>, parts: impl IntoIterator<Item = &'p [u8]>) -> DedupKey {
    let mut hash = Sha256::new();
    for part in parts {
        // With its length, so that no two lists of parts run together.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let moment = at.map(|at| at.millis().to_be_bytes()).into_iter().flatten().skip(ALWAYS_ZERO);
    let mut key = [0; 16];
    for (to, from) in key.iter_mut().zip(moment.chain(hash.finalize())) {
        *to = from;
    }
    DedupKey(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_event_has_a_later_key() {
        let at = |millis| key(Some(Timestamp::from_millis(millis)), [b"m_1".as_slice()]).0;

        assert!(at(1_795_258_800_876) < at(1_795_258_800_877));
        assert!(at(1_795_258_800_255) < at(1_795_258_800_256));
    }

    #[test]
    fn what_parts_are_split_into_counts() {
        let of = |parts: &[&[u8]]| key(None, parts.iter().copied()).0;

        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_eq!(of(&[b"ab", b"c"]), of(&[b"ab", b"c"]));
    }
}
