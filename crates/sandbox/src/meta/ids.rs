//! The shapes of Meta's ids and tokens. All are opaque to whoever receives them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shopclerk_domain::entropy::{self, Entropy};

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A message id: `m_` and 86 characters.
pub(super) fn message(entropy: &dyn Entropy) -> String {
    format!("m_{}", URL_SAFE_NO_PAD.encode(entropy::bytes::<64>(entropy)))
}

/// An access token.
pub(super) fn token(entropy: &dyn Entropy) -> String {
    format!("EAAG{}", letters(entropy::bytes::<160>(entropy)))
}

/// An authorisation code.
pub(super) fn code(entropy: &dyn Entropy) -> String {
    format!("AQ{}", letters(entropy::bytes::<120>(entropy)))
}

/// What support would ask for after an error.
pub(super) fn trace(entropy: &dyn Entropy) -> String {
    format!("A{}", URL_SAFE_NO_PAD.encode(entropy::bytes::<16>(entropy)))
}

/// The number a webhook's receiver has to repeat.
pub(super) fn challenge(entropy: &dyn Entropy) -> String {
    (1_000_000_000 + u64::from(u32::from_le_bytes(entropy::bytes(entropy)))).to_string()
}

/// A person's id at one Page: 16 or 17 digits.
pub(super) fn page_scoped(entropy: &dyn Entropy) -> String {
    let chance = u64::from_le_bytes(entropy::bytes(entropy));
    (1_000_000_000_000_000 + chance % 98_000_000_000_000_000).to_string()
}

fn letters<const N: usize>(chance: [u8; N]) -> String {
    chance
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 62)))
        .map(|letter| char::from(*letter))
        .collect()
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::entropy::SeededEntropy;

    use super::*;

    #[test]
    fn ids_have_the_vendors_shape() {
        let entropy = SeededEntropy::new(1);

        assert_eq!(message(&entropy).len(), 88);
        assert!(token(&entropy).starts_with("EAAG"));
        for _ in 0..100 {
            let id = page_scoped(&entropy);
            assert!((16..=17).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
        }
    }
}
