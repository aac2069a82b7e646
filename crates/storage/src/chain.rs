//! The arithmetic of the chain of proofs: what binds a record to its salt, and a link to the one before it. Where links
//! stand is the engines' business.
//!
//! The key of a chain is random and lies sealed with the key ring, so that a rotated ring seals it anew and every link
//! stays verifiable. Whoever can write to the database but has no ring cannot make a link that holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy::{self, Entropy};
use shopclerk_domain::ids::{MerchantId, TurnId};
use shopclerk_domain::secret::{Secret, SecretText};
use zeroize::Zeroizing;

/// What a salted record, or a link, comes to.
pub(crate) type Digest = [u8; 32];

/// What a link is made for; other uses of the key would come to other links.
const PURPOSE: &[u8] = b"shopclerk/proof-link/1";

/// What stands before the first link.
pub(crate) const BEGINNING: Digest = [0; 32];

/// The key that one merchant's links are made with.
pub(crate) struct ChainKey(Secret<[u8; 32]>);

/// What a link holds together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joint {
    pub(crate) merchant: MerchantId,
    pub(crate) number: i64,
    pub(crate) turn: TurnId,
    pub(crate) at: Timestamp,
    pub(crate) previous: Digest,
    pub(crate) digest: Digest,
}

impl ChainKey {
    pub(crate) fn fresh(entropy: &dyn Entropy) -> Self {
        Self(Secret::new(entropy::bytes(entropy)))
    }

    /// As it is sealed.
    pub(crate) fn to_text(&self) -> SecretText {
        Secret::new(STANDARD.encode(self.0.expose()))
    }

    /// As it was sealed.
    pub(crate) fn parse(text: &SecretText) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.expose()).ok()?);
        <[u8; 32]>::try_from(bytes.as_slice()).ok().map(|key| Self(Secret::new(key)))
    }

    /// The link over a joint. Every part has a fixed length, so that no two joints read the same.
    pub(crate) fn link(&self, joint: &Joint) -> Option<Digest> {
        mac(
            self.0.expose(),
            &[
                PURPOSE,
                joint.merchant.as_bytes(),
                &joint.number.to_be_bytes(),
                joint.turn.as_bytes(),
                &joint.at.millis().to_be_bytes(),
                &joint.previous,
                &joint.digest,
            ],
        )
    }
}

/// What a record comes to under its salt. Without the salt nobody can tell whether a guess at the record is right.
pub(crate) fn digest(salt: &[u8; 32], record: &str) -> Option<Digest> {
    mac(salt, &[record.as_bytes()])
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Option<Digest> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joint() -> Joint {
        Joint {
            merchant: MerchantId::from_bytes([1; 16]),
            number: 7,
            turn: TurnId::from_bytes([2; 16]),
            at: Timestamp::from_millis(1_795_250_000_000),
            previous: [3; 32],
            digest: [4; 32],
        }
    }

    fn check(change: impl FnOnce(&mut Joint)) {
        let key = ChainKey(Secret::new([9; 32]));
        let mut other = joint();
        change(&mut other);
        assert_ne!(key.link(&joint()), key.link(&other), "{other:?}");
    }

    #[test]
    fn a_link_holds_all_it_joins_and_its_key() {
        check(|joint| joint.merchant = MerchantId::from_bytes([0; 16]));
        check(|joint| joint.number = 8);
        check(|joint| joint.turn = TurnId::from_bytes([0; 16]));
        check(|joint| joint.at = Timestamp::from_millis(0));
        check(|joint| joint.previous = BEGINNING);
        check(|joint| joint.digest = BEGINNING);
        assert_ne!(
            ChainKey(Secret::new([9; 32])).link(&joint()),
            ChainKey(Secret::new([8; 32])).link(&joint())
        );
    }

    /// Computed with `openssl dgst -sha256 -mac hmac`.
    #[test]
    fn a_record_comes_to_the_known_digest_and_reads_back_its_key() {
        let digest = digest(&[0x0b; 32], "Winter Amber is $24.90.").unwrap();

        let hex = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert_eq!(hex, "d0c92484fcb49dabfeec8789c37101282669b929b50a0f0c990fb45973f8647d");
        let key = ChainKey::parse(&ChainKey(Secret::new([9; 32])).to_text()).unwrap();
        assert_eq!(key.link(&joint()), ChainKey(Secret::new([9; 32])).link(&joint()));
        assert!(ChainKey::parse(&Secret::new("AAEC".to_owned())).is_none());
    }
}
