//! Chance as an argument: the source of every id, token and jitter. Nobody else asks the system for randomness.

use std::fmt;
use std::sync::Mutex;

/// Where chance comes from.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Fills `bytes` with unpredictable values.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` fresh bytes.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut out = [0; N];
    entropy.fill(&mut out);
    out
}

/// A fraction in `0.0..1.0`, for jitter.
pub fn fraction(entropy: &dyn Entropy) -> f64 {
    f64::from(u32::from_le_bytes(bytes(entropy))) / (f64::from(u32::MAX) + 1.0)
}

/// The operating system's generator.
#[derive(Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// Stops the process when the system has no randomness: no token may ever be guessable.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the operating system")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            eprintln!("the operating system gives no randomness ({error}); stopping rather than guessing");
            std::process::abort();
        }
    }
}

/// A reproducible stream from a seed: for stories and rehearsals, never for secrets of a real installation.
#[derive(Debug)]
pub struct SeededEntropy {
    state: Mutex<u64>,
}

impl SeededEntropy {
    /// The stream that `seed` names.
    pub fn new(seed: u64) -> Self {
        Self { state: Mutex::new(seed) }
    }
}

impl Entropy for SeededEntropy {
    /// `SplitMix64` (Steele, Lea, Flood 2014): small, well spread, and the same on every machine.
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
            for (to, from) in chunk.iter_mut().zip(mixed.to_le_bytes()) {
                *to = from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_names_one_stream() {
        let first: [u8; 16] = bytes(&SeededEntropy::new(7));

        assert_eq!(first, bytes::<16>(&SeededEntropy::new(7)));
        assert_ne!(first, bytes::<16>(&SeededEntropy::new(8)));
        assert!((0.0..1.0).contains(&fraction(&SystemEntropy)));
    }
}
